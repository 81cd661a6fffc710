package mailbox

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/value"
)

// decision is what the rules say about an item in its thread, with what is written besides the two.
type decision struct {
	cast
	before   *Thread // nil: a new one
	thread   Thread
	message  Message
	returned []change.Set // marks of a bounce
	why      []string
}

// decide applies the rules that need the team's records: who takes part, which deal it is about.
func (r run) decide(ctx context.Context, it Item, f facts, pl place) (d decision, err error) {
	t := Thread{AddTime: r.now, Links: 1, Read: it.Sent, Subject: cut(it.Parsed.Subject, maxSubject), BaseSubject: cut(it.Parsed.BaseSubject, maxSubject)}
	if pl.thread != nil {
		d.before, t = pl.thread, *pl.thread
	}
	if d.cast, err = r.cast(ctx, it, f, t.PersonIDs); err != nil {
		return d, err
	}
	if d.before == nil {
		t.UserID = r.userOf(d.cast)
	}
	ch, err := r.dealOf(ctx, pl.thread, d.cast)
	if err != nil {
		return d, err
	}
	suggestions, err := r.suggest(ctx, it)
	if err != nil {
		return d, err
	}
	returned, marks, err := r.returned(ctx, it, f)
	if err != nil {
		return d, err
	}
	d.returned = returned
	m := r.message(it, r.timeOf(it), d.cast)
	if m.UserID = r.judged.User.ID; m.UserID == 0 {
		m.UserID = t.UserID
	}
	d.why = slices.Concat(pl.why, r.heard.why, d.cast.why, marks, []string{ch.why})
	if pl.sameID {
		m.Rule = ruleSameID
		d.why = append(d.why, "row 29: another message has this Message-ID, both are kept")
	}
	m.Why = m.because(d.why...)
	if t = t.linked(d.before, d.linked, d.organization, ch, m.Why); it.Internal && t.DealID == nil && len(t.PersonIDs) == 0 && t.OrganizationID == nil {
		t.Undecided = internal
	}
	if t.Undecided == nobody || len(d.suggest) > 0 {
		t.Suggestions = suggested(slices.Concat(d.suggest, suggestions), t.Suggestions)
	}
	if r.asks(it, t) {
		t.Question = r.question()
	}
	t.UpdateTime = r.now
	m.DealID, m.PersonIDs, m.OrganizationID = t.DealID, t.PersonIDs, t.OrganizationID
	d.thread, d.message = t, m
	return d, nil
}

// outcome is that of a decided item, without steps.
func (r run) outcome(it Item, d decision) outcome {
	t, m := d.thread, d.message
	out := outcome{rule: m.Rule, why: d.why, thread: t.ID, message: m.ID, persons: t.PersonIDs, suggest: t.Suggestions}
	out.state, out.reason = r.stateOf(it, t)
	return out
}

// store writes a new message, with all that follows from it.
func (r run) store(ctx context.Context, it Item, n int, f facts, pl place) (out outcome, err error) {
	if pl.thread == nil && len(pl.related) == 0 && len(it.About) > 0 && r.Ours == nil {
		if pl.thread, err = r.inferred(ctx, it, f, r.timeOf(it)); err != nil {
			return out, err
		}
		if pl.thread != nil {
			pl.why = append(pl.why, fmt.Sprintf("thread %d inferred from subject and person", pl.thread.ID))
		}
	}
	d, err := r.decide(ctx, it, f, pl)
	if err != nil {
		return out, err
	}
	note, err := r.number(ctx, &d, it, n)
	if err != nil {
		return out, err
	}
	d.thread = d.thread.with(d.message, pl.related)
	if err := r.keepBody(ctx, it, n, &d.message); err != nil {
		return out, err
	}
	targets, err := r.targets(ctx, d.message.HangsOn(), d.created)
	if err != nil {
		return out, err
	}
	write := func(shown []change.Ref) change.Set {
		core := r.core(d, nil, targets, shown)
		r.claimOwn(&core, it, f, d.message, pl.sameID)
		return core
	}
	core := write(targets.Refs)
	if len(d.sets) > 0 && change.Weight(append(d.sets, core)...) > change.MaxOperations {
		// All persons that are to be linked do not fit beside the message: they come first.
		if err := r.write(ctx, d.sets); err != nil {
			return out, err
		}
		return out, errAgain
	}
	if change.Weight(core) > change.MaxOperations {
		core = write(nil)
	}
	out = r.outcome(it, d)
	around, err := r.around(ctx, it, n, f, d.message, targets, d.created, note)
	if err != nil {
		return out, err
	}
	filed, err := r.file(ctx, it, n, d.message, targets, nil)
	out.steps = slices.Concat([]change.Set{join(append(d.sets, core)...)}, around, filed, d.returned)
	return out, err
}

// core writes a message with its thread. A message on many persons, each of another organization, may not fit into one transaction
// with it: then it shows nowhere yet, and the job that moves what hangs on a thread places it.
func (r run) core(d decision, had *Message, targets change.Targets, shown []change.Ref) change.Set {
	core, t := change.Set{Team: r.Team}, d.thread
	core.PutPlaced(value.Deref(d.before), t, targets)
	core.Dues = t.waiting(d.before)
	core.PutPlaced(value.Deref(had), d.message, change.Targets{Refs: shown, Moved: targets.Moved})
	switch {
	case d.before != nil && d.before.Links != t.Links:
		core.Jobs = append(core.Jobs, change.Job{Name: change.JobName(t.Ref(), t.Links), Of: t.Ref()})
	case len(shown) < len(targets.Refs), d.before != nil && d.before.Undecided == severalDeals && t.Undecided == "": // entries wait for it
		core.Jobs = append(core.Jobs, change.Job{Name: "place-" + string(d.message.Ref()), Of: t.Ref()})
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
		all.Tallies, all.Dues = append(all.Tallies, s.Tallies...), append(all.Dues, s.Dues...)
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

// number gives ids to what is new: the message and the thread, its attachments in one block, and the note of a forwarder.
func (r run) number(ctx context.Context, d *decision, it Item, n int) (note int64, err error) {
	t, m := &d.thread, &d.message
	if t.ID == 0 && r.Ours != nil && r.Ours.New {
		t.ID = r.Ours.Thread
	}
	if t.ID == 0 {
		if t.ID, err = r.Store.NextIDs(ctx, r.Team, change.MailThread, 1); err != nil {
			return 0, err
		}
	}
	if m.ID, err = r.Store.NextIDs(ctx, r.Team, change.MailMessage, 1); err != nil {
		return 0, err
	}
	m.ThreadID = t.ID
	if *m, err = r.attach(ctx, *m, r.parts(it, n)); err != nil || it.Note == "" {
		return 0, err
	}
	note, err = r.Store.NextIDs(ctx, r.Team, change.Note, 1)
	m.NoteIDs = append(m.NoteIDs, note)
	return note, err
}

// attach numbers the files that this delivery brings to a message.
func (r run) attach(ctx context.Context, m Message, parts []Part) (Message, error) {
	if len(parts) == 0 {
		return m, nil
	}
	first, err := r.Store.NextIDs(ctx, r.Team, change.File, len(parts))
	return m.add(r.RawID, first, parts), err
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
