package mailbox

import (
	"context"
	"fmt"
	"slices"

	"github.com/lejek/lejek/shared/change"
)

// claimOwn registers what identifies a stored message, in the transaction that stores it: two deliveries of the same message
// cannot both.
func (r run) claimOwn(set *change.Set, it Item, f facts, m Message, sameID bool) {
	p := it.Parsed
	own := Alias{ThreadID: m.ThreadID, MessageID: m.ID}
	if p.MessageID != "" && !sameID {
		set.Put(idGuard(p.MessageID), own, f.Aliases[idGuard(p.MessageID)].Version)
	}
	if sameID || p.MessageID == "" && !m.InnerCopy {
		set.Put(printGuard(p.Fingerprint), own, f.Aliases[printGuard(p.Fingerprint)].Version)
	}
	if guard := contentGuard(p.ContentPrint); f.Aliases[guard].MessageID == 0 {
		set.Put(guard, own, f.Aliases[guard].Version)
	}
	if guard := outlookGuard(p.ThreadIndex); p.ThreadIndex != "" && f.Aliases[guard].ThreadID == 0 {
		set.Put(guard, Alias{ThreadID: m.ThreadID}, f.Aliases[guard].Version)
	}
}

const maxRepeats = 50

// repeat is a message that is here already: by another delivery (row 28), or because this one was interrupted before its entry
// was written, and what is left is done now.
func (r run) repeat(ctx context.Context, it Item, n int, f facts, pl place) (out outcome, err error) {
	m := *pl.repeat
	out = outcome{thread: m.ThreadID, message: m.ID, persons: m.PersonIDs, rule: ruleRepeat}
	before := slices.IndexFunc(m.Extras, func(x Extra) bool { return x.RawID == r.RawID })
	resumed := m.RawID == r.RawID || before >= 0 || slices.Contains(m.RepeatIDs, r.RawID)
	switch {
	case m.RawID == r.RawID:
		out.rule, out.why = m.Rule, m.Evidence[min(len(r.judged.Evidence), len(m.Evidence)):]
	case it.Inner != "":
		out.rule = r.judged.Rule
		fallthrough
	default:
		out.why = append(out.why, fmt.Sprintf("row 28: it is here already, as message %d", m.ID))
	}
	out.state = Linked
	if pl.thread != nil {
		out.state, out.reason = r.stateOf(it, *pl.thread)
	}
	targets, err := r.Store.Targets(ctx, r.Team, m.HangsOn())
	if err != nil {
		return out, err
	}
	if resumed {
		done, err := r.Store.Known(ctx, r.Team, m.Attachments())
		if err != nil {
			return out, err
		}
		switch {
		case m.RawID == r.RawID:
		case before >= 0:
			it.Parsed.Parts = nil // they came with the first delivery
			m.FileIDs = block(m.Extras[before].FileID, len(r.parts(it, n)))
		default:
			m.FileIDs = nil // it brought none
		}
		returned, _, err := r.returned(ctx, it, f)
		if err != nil {
			return out, err
		}
		out.steps, err = r.around(ctx, it, n, f, m, targets, nil, done)
		out.steps = append(out.steps, returned...)
		return out, err
	}
	full := m.InnerCopy && it.Inner != InnerHTML && it.Inner != InnerText
	now := m
	if full {
		if now, err = r.complete(ctx, it, n, f, m); err != nil {
			return out, err
		}
		out.why = append(out.why, "it was known from a forward and is whole now")
	} else {
		now.RepeatIDs = append(slices.Clone(m.RepeatIDs), r.RawID)
	}
	now.RepeatIDs = now.RepeatIDs[:min(len(now.RepeatIDs), maxRepeats)]
	now.Recipients, now.UpdateTime = merged(m.Recipients, r.Recipients), r.now
	outer, carried := r.outer(it)
	var extra []int64
	if !full {
		it.Parsed.Parts = nil // what is attached to it came with the first delivery
		if it.Inner == InnerAttached && f.Aliases[outer].MessageID == 0 {
			if extra, err = r.extra(ctx, it, n, &now); err != nil {
				return out, err
			}
		}
	}
	if it.Note != "" && carried {
		id, err := r.Store.NextIDs(ctx, r.Team, change.Note, 1)
		if err != nil {
			return out, err
		}
		now.NoteIDs = append(slices.Clone(m.NoteIDs), id)
	}
	set := change.Set{Team: r.Team}
	t, why, err := r.retagged(ctx, pl.thread)
	if err != nil {
		return out, err
	}
	if why != "" {
		out.why = append(out.why, why)
	}
	if t != nil && t.Links != pl.thread.Links {
		now.DealID = t.DealID
		if targets, err = r.Store.Targets(ctx, r.Team, t.HangsOn()); err != nil {
			return out, err
		}
		set.Jobs = append(set.Jobs, change.Job{Name: change.JobName(t.Ref(), t.Links), Of: t.Ref()})
		out.state, out.reason = r.stateOf(it, *t)
	}
	placed := set.PutPlaced(m, now, targets).(Message)
	if full {
		if guard := idGuard(it.Parsed.MessageID); it.Parsed.MessageID != "" {
			set.Put(guard, Alias{ThreadID: m.ThreadID, MessageID: m.ID}, f.Aliases[guard].Version)
		}
	} else {
		placed.FileIDs = extra
	}
	if t != nil {
		switch has := t.attached(now); {
		case has.Links != pl.thread.Links:
			set.PutPlaced(*pl.thread, has, targets)
		case has.RealAttachments != pl.thread.RealAttachments || has.InlineAttachments != pl.thread.InlineAttachments:
			set.Put(has.Ref(), has, has.Version) // where it shows stays
		}
	}
	around, err := r.around(ctx, it, n, f, placed, targets, nil, nil)
	out.steps = append([]change.Set{set}, around...)
	return out, err
}

// retagged is the thread of a repeat under the deal that this delivery is addressed to (rows 15, 28), unless a user chose another
// since.
func (r run) retagged(ctx context.Context, t *Thread) (*Thread, string, error) {
	if t == nil {
		return nil, "", nil
	}
	d, ignored, err := r.tagged(ctx)
	if err != nil || d == nil || t.DealChosenTime != nil || t.DealID != nil && *t.DealID == d.ID {
		return t, ignored, err
	}
	ch := choice{deal: &d.ID, why: fmt.Sprintf("row 15: addressed to deal %d by a repeat", d.ID)}
	now := t.linked(t, t.PersonIDs, ch, r.judged.because(ch.why))
	return &now, ch.why, nil
}

// extra adds to a message that is here already what a user attached beside it this time.
func (r run) extra(ctx context.Context, it Item, n int, m *Message) (ids []int64, err error) {
	parts := r.parts(it, n)
	if len(parts) == 0 {
		return nil, nil
	}
	first, err := r.Store.NextIDs(ctx, r.Team, change.File, len(parts))
	if err != nil {
		return nil, err
	}
	ids = block(first, len(parts))
	m.FileIDs, m.Extras = slices.Concat(m.FileIDs, ids), append(slices.Clone(m.Extras), Extra{r.RawID, first})
	for _, p := range parts {
		m.InlineAttachments, m.RealAttachments = m.InlineAttachments || p.Inline, m.RealAttachments || !p.Inline
	}
	return ids, nil
}

// block are n ids that follow each other.
func block(first int64, n int) []int64 {
	ids := make([]int64, n)
	for i := range ids {
		ids[i] = first + int64(i)
	}
	return ids
}

// complete is a message that was known only from a quotation, now that it has come by itself.
func (r run) complete(ctx context.Context, it Item, n int, f facts, m Message) (Message, error) {
	known := it
	known.MayCreate = false
	c, err := r.cast(ctx, known, f, m.PersonIDs)
	if err != nil {
		return m, err
	}
	now := r.message(it, r.timeOf(it), c)
	now.ID, now.Version, now.ThreadID, now.UserID, now.AddTime, now.Read = m.ID, m.Version, m.ThreadID, m.UserID, m.AddTime, m.Read
	now.NoteIDs, now.Why, now.Shown = m.NoteIDs, m.Why, m.Shown
	now.DealID, now.PersonIDs = m.DealID, m.PersonIDs
	now.RepeatIDs = append(slices.Clone(m.RepeatIDs), m.RawID)
	now.FileIDs, now.Extras = m.FileIDs, m.Extras
	now.InlineAttachments, now.RealAttachments = m.InlineAttachments, m.RealAttachments
	parts := r.parts(it, n)
	if len(parts) > 0 {
		first, err := r.Store.NextIDs(ctx, r.Team, change.File, len(parts))
		if err != nil {
			return m, err
		}
		for i, p := range parts {
			now.FileIDs = append(now.FileIDs[:len(now.FileIDs):len(now.FileIDs)], first+int64(i))
			now.InlineAttachments, now.RealAttachments = now.InlineAttachments || p.Inline, now.RealAttachments || !p.Inline
		}
	}
	return now, r.keepBody(ctx, it, n, &now)
}

func merged(a, b []string) []string {
	out := slices.Clone(a)
	for _, s := range b {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}
