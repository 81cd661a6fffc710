package mailbox

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/value"
)

// store writes a new message, with all that follows from it.
func (r run) store(ctx context.Context, it Item, n int, f facts, pl place) (out outcome, err error) {
	at := r.timeOf(it)
	if pl.thread == nil && len(pl.related) == 0 && len(it.About) > 0 {
		if pl.thread, err = r.inferred(ctx, it, f, at); err != nil {
			return out, err
		}
		if pl.thread != nil {
			pl.why = append(pl.why, fmt.Sprintf("thread %d inferred from subject and person", pl.thread.ID))
		}
	}
	var before *Thread
	t := Thread{AddTime: r.now, Links: 1, Read: it.Sent, Subject: cut(it.Parsed.Subject, maxSubject), BaseSubject: cut(it.Parsed.BaseSubject, maxSubject)}
	if pl.thread != nil {
		before, t = pl.thread, *pl.thread
	}
	c, err := r.cast(ctx, it, f, t.PersonIDs)
	if err != nil {
		return out, err
	}
	if before == nil {
		t.UserID = r.userOf(c)
	}
	ch, err := r.dealOf(ctx, pl.thread, c)
	if err != nil {
		return out, err
	}
	m := r.message(it, at, c)
	if m.UserID = r.judged.User.ID; m.UserID == 0 {
		m.UserID = t.UserID
	}
	suggestions, err := r.suggest(ctx, it)
	if err != nil {
		return out, err
	}
	returned, marks, err := r.returned(ctx, it, f)
	if err != nil {
		return out, err
	}
	why := slices.Concat(pl.why, c.why, marks, []string{ch.why})
	if pl.sameID {
		m.Rule = ruleSameID
		why = append(why, "row 29: another message has this Message-ID, both are kept")
	}
	m.Why = m.because(why...)
	if t = t.linked(before, c.linked, ch, m.Why); it.Internal && before == nil {
		t.Undecided = internal
	}
	if t.Undecided == nobody || len(c.suggest) > 0 {
		t.Suggestions = suggested(slices.Concat(c.suggest, suggestions), t.Suggestions)
	}
	if err := r.number(ctx, &t, &m, it, n); err != nil {
		return out, err
	}
	t = t.with(m, pl.related)
	t.UpdateTime = r.now
	m.DealID, m.PersonIDs = t.DealID, t.PersonIDs
	if err := r.keepBody(ctx, it, n, &m); err != nil {
		return out, err
	}
	targets, err := r.targets(ctx, m.HangsOn(), c.created)
	if err != nil {
		return out, err
	}
	core := r.core(before, t, m, targets, targets.Refs)
	r.claimOwn(&core, it, f, m, pl.sameID)
	if len(c.sets) > 0 && change.Weight(append(c.sets, core)...) > change.MaxOperations {
		// All persons that are to be linked do not fit beside the message: they come first.
		if err := r.write(ctx, c.sets); err != nil {
			return out, err
		}
		return out, errAgain
	}
	if change.Weight(core) > change.MaxOperations {
		core = r.core(before, t, m, targets, nil)
		r.claimOwn(&core, it, f, m, pl.sameID)
	}
	out = outcome{rule: m.Rule, why: why, thread: t.ID, message: m.ID, persons: t.PersonIDs, suggest: t.Suggestions}
	out.state, out.reason = r.stateOf(it, t)
	around, err := r.around(ctx, it, n, f, m, targets, c.created, nil)
	out.steps = slices.Concat([]change.Set{join(append(c.sets, core)...)}, around, returned)
	return out, err
}

// core writes a message with its thread. A message on many persons, each of another organization, may not fit into one transaction
// with it: then it shows nowhere yet, and the job that moves what hangs on a thread places it.
func (r run) core(before *Thread, t Thread, m Message, targets change.Targets, shown []change.Ref) change.Set {
	core := change.Set{Team: r.Team}
	core.PutPlaced(value.Deref(before), t, targets)
	core.PutPlaced(nil, m, change.Targets{Refs: shown})
	switch {
	case before != nil && before.Links != t.Links:
		core.Jobs = append(core.Jobs, change.Job{Name: change.JobName(t.Ref(), t.Links), Of: t.Ref()})
	case len(shown) < len(targets.Refs):
		core.Jobs = append(core.Jobs, change.Job{Name: "place-" + string(m.Ref()), Of: t.Ref()})
	}
	return core
}

// join makes one set of several that only make sense together.
func join(sets ...change.Set) change.Set {
	all := sets[0]
	for _, s := range sets[1:] {
		all.Records, all.Checks, all.Members = append(all.Records, s.Records...), append(all.Checks, s.Checks...), append(all.Members, s.Members...)
		all.Show, all.Hide, all.Jobs = append(all.Show, s.Show...), append(all.Hide, s.Hide...), append(all.Jobs, s.Jobs...)
		all.Counts = append(all.Counts, s.Counts...)
		all.Tallies = append(all.Tallies, s.Tallies...)
	}
	return all
}

// timeOf is the message's Date, unless it is missing, of the future or from before there was such mail.
func (r run) timeOf(it Item) time.Time {
	at := it.Parsed.Date
	if at.IsZero() || at.After(r.Received) || at.Year() < 1990 {
		at = r.Received
	}
	return at.UTC().Truncate(time.Millisecond)
}

// inferred looks for a thread by subject (§3.3, step 4) among the recent ones of the main person; of all who have the address, if
// several do: two threads that would fit are as good as none, whosever they are.
func (r run) inferred(ctx context.Context, it Item, f facts, at time.Time) (*Thread, error) {
	if !it.answers() {
		return nil, nil
	}
	var recent []Thread
	persons := f.Persons[change.AddressOf(it.About[0].Email)]
	for _, id := range persons[:min(len(persons), maxLinked)] {
		list, err := r.Store.ThreadsOn(ctx, r.Team, change.Of(change.Person, id), maxRecent)
		if err != nil {
			return nil, err
		}
		for _, t := range list {
			if !slices.ContainsFunc(recent, func(o Thread) bool { return o.ID == t.ID }) {
				recent = append(recent, t)
			}
		}
	}
	return it.infer(recent, at), nil
}

const maxRecent = 50

// userOf is whose mailbox a new thread lies in: who sent or forwarded it, else the first user it is addressed to, else the
// owner of the person, else the team's first user.
func (r run) userOf(c cast) int64 {
	if r.judged.User.ID != 0 {
		return r.judged.User.ID
	}
	if u, ok := r.roles.firstUser(r.Parsed.To, r.Parsed.Cc); ok {
		return u.ID
	}
	if c.owner != 0 {
		return c.owner
	}
	return r.actor.User
}

// number gives ids to what is new: the message and the thread, its attachments and a note in one block each.
func (r run) number(ctx context.Context, t *Thread, m *Message, it Item, n int) (err error) {
	if t.ID == 0 {
		if t.ID, err = r.Store.NextIDs(ctx, r.Team, change.MailThread, 1); err != nil {
			return err
		}
	}
	if m.ID, err = r.Store.NextIDs(ctx, r.Team, change.MailMessage, 1); err != nil {
		return err
	}
	m.ThreadID = t.ID
	parts := r.parts(it, n)
	if len(parts) > 0 {
		first, err := r.Store.NextIDs(ctx, r.Team, change.File, len(parts))
		if err != nil {
			return err
		}
		for i, p := range parts {
			m.FileIDs = append(m.FileIDs, first+int64(i))
			m.InlineAttachments = m.InlineAttachments || p.Inline
			m.RealAttachments = m.RealAttachments || !p.Inline
		}
	}
	if it.Note != "" {
		id, err := r.Store.NextIDs(ctx, r.Team, change.Note, 1)
		m.NoteIDs = append(m.NoteIDs, id)
		return err
	}
	return nil
}

// targets adds the persons that are created in the same transaction to what the existing ones lead to.
func (r run) targets(ctx context.Context, links change.Links, created []Person) (change.Targets, error) {
	existing := links
	existing.Persons = slices.DeleteFunc(slices.Clone(links.Persons), func(id int64) bool {
		return slices.ContainsFunc(created, func(p Person) bool { return p.ID == id })
	})
	t, err := r.Store.Targets(ctx, r.Team, existing)
	for _, p := range created {
		refs := []change.Ref{change.Of(change.Person, p.ID)}
		if p.OrganizationID != 0 {
			refs = append(refs, change.Of(change.Organization, p.OrganizationID))
		}
		t.Refs = distinct(append(t.Refs, refs...))
	}
	return t, err
}

// stateOf is the ledger's state of a stored item.
func (r run) stateOf(it Item, t Thread) (state, reason string) {
	switch {
	case t.Undecided == "":
		return Linked, ""
	case it.Internal:
		return Ignored, t.Undecided
	}
	return NeedsChoice, t.Undecided
}
