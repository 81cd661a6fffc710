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
}

const maxRepeats = 50

// repeat is a message that is here already: by another delivery (row 28), or because this one was interrupted before its entry
// was written, and what is left is done now.
func (r run) repeat(ctx context.Context, it Item, n int, f facts, pl place) (out outcome, err error) {
	m := *pl.repeat
	out = outcome{thread: m.ThreadID, message: m.ID, persons: m.PersonIDs, rule: ruleRepeat}
	resumed := m.RawID == r.RawID || slices.Contains(m.RepeatIDs, r.RawID)
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
		if m.RawID != r.RawID {
			m.FileIDs = nil // it brought none, or they are written already with what it brought
		}
		if out.steps, err = r.around(ctx, it, n, f, m, targets, nil, done); err != nil || len(m.FileIDs) == 0 {
			return out, err
		}
		return out, r.keepParts(ctx, r.parts(it, n), n)
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
	_, carried := r.outer(it)
	if it.Note != "" && carried {
		id, err := r.Store.NextIDs(ctx, r.Team, change.Note, 1)
		if err != nil {
			return out, err
		}
		now.NoteIDs = append(slices.Clone(m.NoteIDs), id)
	}
	set := change.Set{Team: r.Team}
	placed := set.PutPlaced(m, now, targets).(Message)
	if full {
		if guard := idGuard(it.Parsed.MessageID); it.Parsed.MessageID != "" {
			set.Put(guard, Alias{ThreadID: m.ThreadID, MessageID: m.ID}, f.Aliases[guard].Version)
		}
		if t := pl.thread; t != nil && t.attached(now).Attachments != t.Attachments {
			set.Put(t.Ref(), t.attached(now), t.Version)
		}
	} else {
		placed.FileIDs = nil // what is attached here came with the first delivery
	}
	around, err := r.around(ctx, it, n, f, placed, targets, nil, nil)
	out.steps = append([]change.Set{set}, around...)
	return out, err
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
	now.NoteIDs, now.Rule, now.Evidence, now.Shown = m.NoteIDs, m.Rule, m.Evidence, m.Shown
	now.DealID, now.PersonIDs = m.DealID, m.PersonIDs
	now.RepeatIDs = append(slices.Clone(m.RepeatIDs), m.RawID)
	now.FileIDs = m.FileIDs
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
	if err := r.keepParts(ctx, parts, n); err != nil {
		return m, err
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
