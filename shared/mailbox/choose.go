package mailbox

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/value"
)

// ThreadInput is what a user may change about a thread. A deal, or none, is a choice that sticks. A person is whom the thread is
// about from then on; the others stay.
type ThreadInput struct {
	DealID   value.Opt[int64]
	PersonID value.Opt[int64]
	Shared   value.Opt[bool]
	Read     value.Opt[bool]
	Archived value.Opt[bool]
	how      string // a deal was chosen, if not through the API
	about    Person // of PersonID
	answer   *Answer
}

func (in ThreadInput) links() bool { return in.DealID.Set || in.PersonID.Has() }

// Update writes the given fields. When links change, the thread's messages, their files and the notes of whoever forwarded them go
// with it: at once as far as one transaction holds, the rest as long as there is time, and all of it by a job.
func (b Box) Update(ctx context.Context, a auth.Actor, id int64, in ThreadInput) (t Thread, err error) {
	var bad fault.Fields
	if in.DealID.Has() {
		d, err := b.Deals.Deal(ctx, a.Team, in.DealID.V)
		if fault.Is(err, fault.NotFound) || err == nil && d.ID != in.DealID.V {
			bad.Add("deal_id", "deal %d not found", in.DealID.V)
		} else if err != nil {
			return t, err
		}
	}
	if in.PersonID.Has() {
		known, err := b.People.Persons(ctx, a.Team, []int64{in.PersonID.V})
		if err != nil {
			return t, err
		}
		if in.about = known[in.PersonID.V]; len(known) == 0 {
			bad.Add("person_id", "person %d not found", in.PersonID.V)
		}
	}
	if err := bad.Err(); err != nil {
		return t, err
	}
	err = change.Retry(ctx, func() error {
		before, err := b.Thread(ctx, a, id)
		if err == nil {
			t, err = b.update(ctx, a, before, in)
		}
		return err
	})
	return t, err
}

// apply writes an input onto the thread. open are the open deals of all that are linked when a person is chosen.
func (t Thread) apply(a auth.Actor, in ThreadInput, open []Deal, now time.Time) Thread {
	before := t
	t.Shared, t.Read, t.Archived = in.Shared.Or(t.Shared), in.Read.Or(t.Read), in.Archived.Or(t.Archived)
	if in.PersonID.Has() {
		t.PersonIDs = union([]int64{in.PersonID.V}, t.PersonIDs...)
		t.PersonIDs, t.Suggestions = t.PersonIDs[:min(len(t.PersonIDs), maxLinked)], nil
		t = t.recognise(in.about)
		t.Why = t.because(fmt.Sprintf("user %d chose person %d", a.User, in.PersonID.V))
		if t.DealID == nil && t.DealChosenTime == nil {
			ch := chooseDeal(nil, nil, open)
			t.DealID, t.Undecided, t.Why = ch.deal, ch.undecided, t.because(ch.why)
		}
	}
	if in.DealID.Set {
		t = t.choose(a, in, now)
	}
	if in.answer != nil && t.Question != nil {
		q := *t.Question
		q.Answer, t.Question = in.answer, &q
	}
	t = t.answered()
	if !value.Equal(before.DealID, t.DealID) || !slices.Equal(before.PersonIDs, t.PersonIDs) {
		t.Links++
	}
	t.UpdateTime = now
	return t
}

// choose settles the thread's deal, or that there is none.
func (t Thread) choose(a auth.Actor, in ThreadInput, now time.Time) Thread {
	t.DealID = nil
	in.DealID.Into(&t.DealID)
	t.DealChosenTime, t.Undecided = &now, ""
	t.Why = t.because(fmt.Sprintf("row 18: user %d chose deal %d%s", a.User, value.Deref(t.DealID), in.how))
	return t.answered()
}

// update writes a thread that was read. Where it is written, the answer has the next version, whatever became of the rest.
func (b Box) update(ctx context.Context, a auth.Actor, before Thread, in ThreadInput) (Thread, error) {
	var open []Deal
	var err error
	if in.PersonID.Has() {
		if open, err = b.Deals.OpenDeals(ctx, a.Team, refsOf(change.Person, union([]int64{in.PersonID.V}, before.PersonIDs...))); err != nil {
			return before, err
		}
	}
	now := before.apply(a, in, open, b.Now().UTC().Truncate(time.Millisecond))
	if !in.links() {
		core := change.By(a)
		now = core.PutPlaced(before, now, change.Targets{Refs: before.Shown}).(Thread)
		if err := b.Store.Commit(ctx, core); err != nil {
			return now, fmt.Errorf("mailbox.Update %d: %w", before.ID, err)
		}
		now.Version = before.Version + 1
		return now, nil
	}
	now, left, err := b.relink(ctx, a, before, now)
	if err == nil && left {
		err = b.follow(ctx, a.Team, now)
	}
	return now, err
}

// relink writes a thread that a user gave other links, with as much of what follows as one transaction holds. left tells that there is
// more, which a job does, unless it is done at once.
func (b Box) relink(ctx context.Context, a auth.Actor, before, now Thread) (_ Thread, left bool, err error) {
	targets, err := b.Store.Targets(ctx, a.Team, now.HangsOn())
	if err != nil {
		return now, false, err
	}
	if gone := targets.Except(before.HangsOn()).Missing; len(gone) > 0 { // just now
		return now, false, change.MissingRecord(gone[0])
	}
	rest, checks, err := b.following(ctx, a.Team, now, targets)
	if err != nil {
		return now, false, err
	}
	core := change.By(a)
	now = core.PutPlaced(before, now, targets).(Thread)
	core.Checks = append(core.Checks, checks...)
	first := []change.Set{core}
	for len(rest) > 0 && change.Weight(append(slices.Clone(first), rest[0])...) < change.MaxOperations {
		first, rest = append(first, rest[0]), rest[1:]
	}
	if len(rest) > 0 {
		first[0].Jobs = append(first[0].Jobs, change.Job{Name: fmt.Sprintf("choose-%s-%d", now.Ref(), before.Version+1), Of: now.Ref()})
	}
	if err := b.Store.Commit(ctx, first...); err != nil {
		return now, false, fmt.Errorf("mailbox.relink %d: %w", now.ID, err)
	}
	now.Version = before.Version + 1
	return now, len(rest) > 0, nil
}

// following are the moves that follow from a thread's: its messages, newest first, each with its notes and files, then the ledger's
// entries. What is where it belongs is left out. checks are for the transaction that decides about the thread.
func (b Box) following(ctx context.Context, team int64, now Thread, t change.Targets) (sets []change.Set, checks []change.Check, err error) {
	messages, err := b.Store.MessagesIn(ctx, team, now.ID)
	if err != nil {
		return nil, nil, err
	}
	var refs []change.Ref
	for _, m := range messages {
		refs = append(refs, m.Carries()...)
	}
	annexes, err := b.Store.GetAny(ctx, team, refs)
	if err != nil {
		return nil, nil, err
	}
	move := func(had, has change.Placed) {
		set := change.Set{Team: team}
		set.PutPlaced(had, has, t)
		if len(set.Show)+len(set.Hide) > 0 || fmt.Sprint(had.HangsOn()) != fmt.Sprint(has.HangsOn()) {
			sets = append(sets, set)
		}
	}
	for _, m := range slices.Backward(messages) {
		move(m, now.Pass(m))
		for _, ref := range m.Carries() {
			if p, ok := annexes[ref].(change.Placed); ok {
				move(p, now.Pass(p))
			}
		}
	}
	settled, checks, err := b.settled(ctx, team, now, messages)
	return append(sets, settled...), checks, err
}

// settled are the entries of messages that are settled with their thread, as it is now. An entry with several threads is so with the
// last of them: who decides while one is still open checks that it stays open, so that of two who decide at once one sees the other.
func (b Box) settled(ctx context.Context, team int64, now Thread, messages []Message) (sets []change.Set, checks []change.Check, err error) {
	if now.Undecided != "" || now.Deleted {
		return nil, nil, nil
	}
	var raws []string
	for _, m := range messages {
		raws = append(append(raws, m.RawID), m.RepeatIDs...)
	}
	raws = append(raws, now.unread()...)
	entries, err := b.Store.EntriesOf(ctx, team, merged(nil, raws))
	if err != nil {
		return nil, nil, err
	}
	entries = filter(entries, func(e Entry) bool {
		return e.State == NeedsChoice || e.State == Ignored && !slices.Contains(now.unread(), e.ID)
	})
	closed, _, checks, err := b.undisputed(ctx, team, entries, now.ID)
	for _, e := range closed {
		if e.State, e.Reason, e.UpdateTime = Linked, "", now.UpdateTime; slices.Contains(now.unread(), e.ID) {
			e.State, e.Reason = Ignored, unreadable
		}
		e.Why = e.because(fmt.Sprintf("decided with thread %d", now.ID))
		set := change.Set{Team: team}
		set.Put(e.Ref(), e, e.Version)
		sets = append(sets, set)
	}
	return sets, checks, err
}

// undisputed are the entries of which no other thread than this one is open; lives tells which other threads are not deleted. Of the others,
// an open thread is to be checked.
func (b Box) undisputed(ctx context.Context, team int64, entries []Entry, than int64) (closed []Entry, lives map[int64]bool, checks []change.Check, err error) {
	var others []int64
	for _, e := range entries {
		others = union(others, e.ThreadIDs...)
	}
	others = slices.DeleteFunc(others, func(id int64) bool { return id == than })
	found, err := b.Store.Mail(ctx, team, others, nil)
	if err != nil {
		return nil, nil, nil, err
	}
	lives = map[int64]bool{}
	for id, t := range found.Threads {
		lives[id] = !t.Deleted
	}
	open := func(id int64) bool { return lives[id] && found.Threads[id].Undecided != "" }
	for _, e := range entries {
		i := slices.IndexFunc(e.ThreadIDs, open)
		if i < 0 {
			closed = append(closed, e)
			continue
		}
		t := found.Threads[e.ThreadIDs[i]]
		if check := (change.Check{Ref: t.Ref(), Version: t.Version}); !slices.Contains(checks, check) && len(checks) < maxOpen {
			checks = append(checks, check)
		}
	}
	return closed, lives, checks, nil
}

const maxOpen = 40 // other threads that one decision checks

// answerReserve is left to answer whoever waits; the job does what is not done by then.
const answerReserve = 3 * time.Second

// late tells that no more time is left than is kept for what has to be done last.
func late(ctx context.Context, reserve time.Duration) bool {
	deadline, ok := ctx.Deadline()
	return ctx.Err() != nil || ok && time.Until(deadline) < reserve
}

// follow moves what did not fit beside the thread, several in one transaction. What it and the job both do is done once.
func (b Box) follow(ctx context.Context, team int64, t Thread) error {
	return change.Retry(ctx, func() error {
		targets, err := b.Store.Targets(ctx, team, t.HangsOn())
		if err != nil {
			return err
		}
		rest, _, err := b.following(ctx, team, t, targets)
		if err != nil {
			return err
		}
		for len(rest) > 0 {
			if late(ctx, answerReserve) {
				return nil
			}
			n := 1
			for n < len(rest) && change.Weight(rest[:n+1]...) <= change.MaxOperations {
				n++
			}
			if err := b.Store.Commit(ctx, rest[:n]...); err != nil {
				return err
			}
			rest = rest[n:]
		}
		return nil
	})
}

// Settle moves the ledger's entries of these messages on, when their thread is decided: a rule may have found out later whom it is
// about.
func (b Box) Settle(ctx context.Context, team, thread int64, messages []int64) error {
	return change.Retry(ctx, func() error {
		found, err := b.Store.Mail(ctx, team, []int64{thread}, messages)
		if err != nil {
			return err
		}
		t, ok := found.Threads[thread]
		if !ok {
			return nil
		}
		var list []Message
		for _, id := range messages {
			if m, ok := found.Messages[id]; ok {
				list = append(list, m)
			}
		}
		sets, checks, err := b.settled(ctx, team, t, list)
		if err != nil {
			return err
		}
		for _, set := range sets {
			set.Checks = append(set.Checks, checks...)
			if err := b.Store.Commit(ctx, set); err != nil {
				return err
			}
		}
		return nil
	})
}
