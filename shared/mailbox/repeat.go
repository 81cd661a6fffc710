package mailbox

import (
	"context"
	"fmt"
	"slices"

	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/value"
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
		out.suggest = pl.thread.Suggestions
	}
	targets, err := r.Store.Targets(ctx, r.Team, m.HangsOn())
	if err != nil {
		return out, err
	}
	if m.RawID == r.RawID || slices.Contains(m.RepeatIDs, r.RawID) {
		out.steps, err = r.resume(ctx, it, n, f, m, targets)
		return out, err
	}
	full := m.InnerCopy && it.Inner != InnerHTML && it.Inner != InnerText
	outer, carried := r.outer(it)
	again := f.Aliases[outer].MessageID != 0 // the carrier itself was here before
	now := m
	if full {
		if now, err = r.complete(ctx, it, n, f, m); err != nil {
			return out, err
		}
		out.why = append(out.why, "it was known from a forward and is whole now")
	} else {
		now.RepeatIDs = append(slices.Clone(m.RepeatIDs), r.RawID)
		it.Parsed.Parts = nil // what is attached to it came with the first delivery; what a user attached beside it may be new
		if it.Inner == InnerAttached && !again {
			if now, err = r.attach(ctx, now, r.parts(it, n)); err != nil {
				return out, err
			}
		}
	}
	now.RepeatIDs = now.RepeatIDs[:min(len(now.RepeatIDs), maxRepeats)]
	now.Recipients, now.UpdateTime = merged(m.Recipients, r.Recipients), r.now
	note := int64(0)
	if it.Note != "" && carried && !again {
		if note, err = r.Store.NextIDs(ctx, r.Team, change.Note, 1); err != nil {
			return out, err
		}
		now.NoteIDs = append(slices.Clone(m.NoteIDs), note)
	}
	set := change.Set{Team: r.Team}
	t, why, err := r.retagged(ctx, pl.thread)
	if err != nil {
		return out, err
	}
	out.why = append(out.why, why...)
	if t != nil && t.Links != pl.thread.Links {
		now.DealID, now.PersonIDs, now.OrganizationID = t.DealID, t.PersonIDs, t.OrganizationID
		if targets, err = r.Store.Targets(ctx, r.Team, t.HangsOn()); err != nil {
			return out, err
		}
		set.Jobs = append(set.Jobs, change.Job{Name: change.JobName(t.Ref(), t.Links), Of: t.Ref()})
		out.state, out.reason = r.stateOf(it, *t)
	}
	placed := set.PutPlaced(m, now, targets).(Message)
	if guard := idGuard(it.Parsed.MessageID); full && it.Parsed.MessageID != "" {
		set.Put(guard, Alias{ThreadID: m.ThreadID, MessageID: m.ID}, f.Aliases[guard].Version)
	}
	if t != nil {
		has := t.attached(now)
		if r.asks(it, has) {
			has.Question = r.question()
		}
		set.Dues = has.waiting(pl.thread)
		switch {
		case has.Links != pl.thread.Links:
			set.PutPlaced(*pl.thread, has, targets)
		case has.RealAttachments != pl.thread.RealAttachments || has.InlineAttachments != pl.thread.InlineAttachments || len(set.Dues) > 0:
			set.Put(has.Ref(), has, has.Version) // where it shows stays
		}
	}
	around, err := r.around(ctx, it, n, f, placed, targets, nil, note)
	if err != nil {
		return out, err
	}
	filed, err := r.file(ctx, it, n, placed, targets, nil)
	out.steps = slices.Concat([]change.Set{set}, around, filed)
	return out, err
}

// resume is what an interrupted delivery left undone beside its message. The note of a forwarder is written with the alias of what
// carried it.
func (r run) resume(ctx context.Context, it Item, n int, f facts, m Message, targets change.Targets) ([]change.Set, error) {
	if m.RawID != r.RawID {
		it.Parsed.Parts = nil // they came with the first delivery
	}
	done, err := r.Store.Known(ctx, r.Team, m.Attachments())
	if err != nil {
		return nil, err
	}
	outer, carried := r.outer(it)
	note := int64(0)
	if carried && n == 0 && f.Aliases[outer].MessageID == 0 && it.Note != "" && len(m.NoteIDs) > 0 {
		note = m.NoteIDs[len(m.NoteIDs)-1]
	}
	around, err := r.around(ctx, it, n, f, m, targets, nil, note)
	if err != nil {
		return nil, err
	}
	returned, _, err := r.returned(ctx, it, f)
	if err != nil {
		return nil, err
	}
	filed, err := r.file(ctx, it, n, m, targets, done)
	return slices.Concat(around, filed, returned), err
}

// retagged is the thread of a repeat with what this delivery is addressed to (rows 15, 28): a person, an organization, and a deal unless
// a user chose another since.
func (r run) retagged(ctx context.Context, t *Thread) (*Thread, []string, error) {
	if t == nil || len(r.heard.tags) == 0 {
		return t, r.heard.why, nil
	}
	d, tag, why, err := r.tagged(ctx)
	if err != nil {
		return t, nil, err
	}
	person, organization, more, err := r.tagLinks(ctx)
	if err != nil {
		return t, nil, err
	}
	why = slices.Concat(r.heard.why, why, more)
	ch := choice{deal: t.DealID, undecided: t.Undecided}
	switch {
	case d != nil && t.DealChosenTime == nil && value.Deref(t.DealID) != d.ID:
		ch = choice{deal: &d.ID, tagged: tag, why: fmt.Sprintf("row 15: addressed to deal %d by a repeat", d.ID)}
	case t.Undecided == nobody && person != 0:
		open, err := r.openDeals(ctx, []Person{{ID: person}})
		if err != nil {
			return t, nil, err
		}
		ch = chooseDeal(t, nil, open)
	case t.Undecided == nobody && organization != 0:
		ch.undecided = ""
	}
	why = append(why, ch.why)
	persons := union(t.PersonIDs, person)
	now := t.linked(t, persons[:min(len(persons), maxLinked)], organization, ch, r.judged.because(why...))
	return &now, why, nil
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
	now.DealID, now.PersonIDs, now.OrganizationID = m.DealID, m.PersonIDs, m.OrganizationID
	now.RepeatIDs = append(slices.Clone(m.RepeatIDs), m.RawID)
	now.FileIDs, now.Brought = m.FileIDs, m.Brought
	now.InlineAttachments, now.RealAttachments = m.InlineAttachments, m.RealAttachments
	if now, err = r.attach(ctx, now, r.parts(it, n)); err != nil {
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
