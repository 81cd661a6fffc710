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

// ThreadInput is what a user may change about a thread. A deal, or none, is a choice that sticks.
type ThreadInput struct {
	DealID   value.Opt[int64]
	Shared   value.Opt[bool]
	Read     value.Opt[bool]
	Archived value.Opt[bool]
}

// Update writes the given fields. With a deal the thread moves to it, and with the thread its messages, their files and the
// notes of whoever forwarded them: at once as far as one transaction holds, the rest by a job.
func (b Box) Update(ctx context.Context, a auth.Actor, id int64, in ThreadInput) (t Thread, err error) {
	if in.DealID.Has() {
		if _, err := b.Deals.Deal(ctx, a.Team, in.DealID.V); fault.Is(err, fault.NotFound) {
			return t, fault.BadField("deal_id", "deal %d not found", in.DealID.V)
		} else if err != nil {
			return t, err
		}
	}
	err = change.Retry(ctx, func() error {
		t, err = b.update(ctx, a, id, in)
		return err
	})
	return t, err
}

func (t Thread) apply(in ThreadInput, now time.Time) Thread {
	t.Shared, t.Read, t.Archived = in.Shared.Or(t.Shared), in.Read.Or(t.Read), in.Archived.Or(t.Archived)
	if in.DealID.Set {
		before := t.DealID
		t.DealID = nil
		in.DealID.Into(&t.DealID)
		t.DealChosenTime, t.Undecided = &now, ""
		if !value.Equal(before, t.DealID) {
			t.Links++
		}
	}
	t.UpdateTime = now
	return t
}

func (b Box) update(ctx context.Context, a auth.Actor, id int64, in ThreadInput) (Thread, error) {
	before, err := b.Thread(ctx, a, id)
	if err != nil {
		return before, err
	}
	now := before.apply(in, b.Now().UTC().Truncate(time.Millisecond))
	core := change.Set{Team: a.Team}
	targets := change.Targets{Refs: before.Shown}
	var bundles []change.Set
	if in.DealID.Set {
		if targets, err = b.Store.Targets(ctx, a.Team, now.HangsOn()); err != nil {
			return now, err
		}
		if bundles, err = b.bundles(ctx, a, before, now, targets); err != nil {
			return now, err
		}
	}
	now = core.PutPlaced(before, now, targets).(Thread)
	first, rest := []change.Set{core}, bundles
	for len(rest) > 0 && change.Weight(append(slices.Clone(first), rest[0])...) < change.MaxOperations {
		first, rest = append(first, rest[0]), rest[1:]
	}
	if len(rest) > 0 && before.Links != now.Links {
		first[0].Jobs = append(first[0].Jobs, change.Job{Name: change.JobName(now.Ref(), now.Links), Of: now.Ref()})
	}
	if err := b.Store.Commit(ctx, first...); err != nil {
		return now, fmt.Errorf("mailbox.Update %d: %w", id, err)
	}
	now.Version = before.Version + 1
	if len(rest) > 0 {
		return now, b.settle(ctx, a, before, now)
	}
	return now, nil
}

// follower is what takes over the links of a thread.
type follower interface {
	change.Placed
	LinkTo(change.Links) change.Placed
}

// bundles are the moves that follow from a thread's: its messages, newest first, each with its notes and files, then the
// ledger's entries. What is where it belongs is left out.
func (b Box) bundles(ctx context.Context, a auth.Actor, before, now Thread, t change.Targets) (sets []change.Set, err error) {
	messages, err := b.Store.MessagesIn(ctx, a.Team, now.ID)
	if err != nil {
		return nil, err
	}
	var refs []change.Ref
	var raws []string
	for _, m := range messages {
		refs = append(refs, m.Attachments()...)
		refs = append(refs, refsOf(change.Note, m.NoteIDs)...)
		raws = append(append(raws, m.RawID), m.RepeatIDs...)
	}
	annexes, err := b.Store.GetAny(ctx, a.Team, refs)
	if err != nil {
		return nil, err
	}
	entries, err := b.Store.EntriesOf(ctx, a.Team, merged(nil, raws))
	if err != nil {
		return nil, err
	}
	links := now.HangsOn()
	move := func(had, has change.Placed) {
		set := change.Set{Team: a.Team}
		set.PutPlaced(had, has, t)
		if len(set.Show)+len(set.Hide) > 0 || fmt.Sprint(had.HangsOn()) != fmt.Sprint(has.HangsOn()) {
			sets = append(sets, set)
		}
	}
	for _, m := range slices.Backward(messages) {
		for _, ref := range refsOf(change.Note, m.NoteIDs) {
			note, ok := annexes[ref].(change.Placed)
			if filed := []int64{value.Deref(m.DealID), value.Deref(before.DealID)}; ok && slices.Contains(filed, note.HangsOn().Deal) {
				move(note, b.Annexes.Refile(note, now.DealID)) // before its message, whose deal tells that nobody moved the note
			}
		}
		move(m, m.LinkTo(links))
		for _, ref := range m.Attachments() {
			if f, ok := annexes[ref].(follower); ok {
				move(f, f.LinkTo(links))
			}
		}
	}
	var others []int64
	for _, e := range entries {
		others = union(others, e.ThreadIDs...)
	}
	threads, err := b.Store.Mail(ctx, a.Team, slices.DeleteFunc(others, func(id int64) bool { return id == now.ID }), nil)
	if err != nil {
		return nil, err
	}
	undecided := func(id int64) bool { t := threads.Threads[id]; return t.Undecided != "" && !t.Deleted }
	for _, e := range entries {
		if settled := e.settled(); settled != e.State && !slices.ContainsFunc(e.ThreadIDs, undecided) {
			e.State, e.Reason, e.UpdateTime = settled, "", now.UpdateTime
			e.Why = e.because(fmt.Sprintf("row 18: user %d chose", a.User))
			set := change.Set{Team: a.Team}
			set.Put(e.Ref(), e, e.Version)
			sets = append(sets, set)
		}
	}
	return sets, nil
}

// settled is the entry's state after a user has chosen.
func (e Entry) settled() string {
	if e.State == NeedsChoice || e.State == Ignored {
		return Linked
	}
	return e.State
}

// settle moves what did not fit beside the thread. The job does the same for messages and files, should this stop midway; what
// both do is done once.
func (b Box) settle(ctx context.Context, a auth.Actor, before, t Thread) error {
	return change.Retry(ctx, func() error {
		targets, err := b.Store.Targets(ctx, a.Team, t.HangsOn())
		if err != nil {
			return err
		}
		bundles, err := b.bundles(ctx, a, before, t, targets)
		if err != nil {
			return err
		}
		for _, set := range bundles {
			if err := b.Store.Commit(ctx, set); err != nil {
				return err
			}
		}
		return nil
	})
}
