package mailbox

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/change"
)

// Delete takes a thread away, with its messages and their attachments; what users noted about them stays. The thread itself goes
// last: a deletion that is interrupted midway is simply asked for again. A message that comes in meanwhile was not meant, so the
// thread stays with it. And mail that answers a deleted thread, or is sent in anew, begins another one (see facts).
func (b Box) Delete(ctx context.Context, a auth.Actor, id int64) error {
	if _, err := b.Thread(ctx, a, id); err != nil {
		return err
	}
	messages, err := b.Store.MessagesIn(ctx, a.Team, id)
	if err != nil {
		return fmt.Errorf("mailbox.Delete %d: %w", id, err)
	}
	meant := make([]int64, len(messages))
	for i, m := range messages {
		meant[i] = m.ID
	}
	err = change.Retry(ctx, func() error { return b.takeAway(ctx, a, id, meant) })
	if err != nil {
		return fmt.Errorf("mailbox.Delete %d: %w", id, err)
	}
	return nil
}

// takeAway deletes those of the messages that are still there, then the thread, if it holds no others.
func (b Box) takeAway(ctx context.Context, a auth.Actor, id int64, meant []int64) error {
	found, err := b.Store.Mail(ctx, a.Team, []int64{id}, meant)
	if err != nil {
		return err
	}
	t := found.Threads[id]
	if t.Deleted {
		return nil
	}
	now := b.Now().UTC().Truncate(time.Millisecond)
	var steps []change.Set
	var files []change.Ref
	var raws []string
	for _, m := range slices.Sorted(slices.Values(meant)) {
		m := found.Messages[m]
		files, raws = append(files, m.Attachments()...), append(append(raws, m.RawID), m.RepeatIDs...)
		if gone := m; !m.Deleted {
			gone.Deleted, gone.UpdateTime = true, now
			set := change.Set{Team: a.Team}
			set.PutPlaced(m, gone, change.Targets{})
			steps = append(steps, set)
		}
	}
	records, err := b.Store.GetAny(ctx, a.Team, files)
	if err != nil {
		return err
	}
	for _, ref := range distinct(files) {
		if file, ok := records[ref].(remover); ok && len(file.Rows()) > 0 {
			set := change.Set{Team: a.Team}
			set.PutPlaced(file, file.Remove(now), change.Targets{})
			steps = append(steps, set)
		}
	}
	closed, checks, err := b.unsettled(ctx, a, id, merged(nil, append(raws, t.unread()...)), now)
	if err != nil {
		return err
	}
	rest, err := b.Store.MessagesIn(ctx, a.Team, id)
	if err != nil {
		return err
	}
	rest = slices.DeleteFunc(rest, func(m Message) bool { return slices.Contains(meant, m.ID) })
	left := t.recounted(rest)
	left.UpdateTime = now
	last := change.Set{Team: a.Team, Checks: checks}
	last.PutPlaced(t, left, change.Targets{Refs: t.Shown})
	return inOrder(ctx, b.Store, slices.Concat(steps, closed, []change.Set{last}))
}

// unsettled closes the ledger's entries that wait for somebody to choose a deal for the thread, and for no other one: they are linked
// where another thread of theirs lives.
func (b Box) unsettled(ctx context.Context, a auth.Actor, id int64, raws []string, now time.Time) (sets []change.Set, checks []change.Check, err error) {
	entries, err := b.Store.EntriesOf(ctx, a.Team, raws)
	if err != nil {
		return nil, nil, err
	}
	entries = filter(entries, func(e Entry) bool { return e.State == NeedsChoice && slices.Contains(e.ThreadIDs, id) })
	closed, lives, checks, err := b.undisputed(ctx, a.Team, entries, id)
	for _, e := range closed {
		e.State, e.Reason, e.UpdateTime = Ignored, fmt.Sprintf("user %d deleted the thread", a.User), now
		if slices.ContainsFunc(e.ThreadIDs, func(other int64) bool { return lives[other] }) {
			e.State, e.Reason = Linked, ""
			e.Why = e.because(fmt.Sprintf("user %d deleted thread %d", a.User, id))
		}
		set := change.Set{Team: a.Team}
		set.Put(e.Ref(), e, e.Version)
		sets = append(sets, set)
	}
	return sets, checks, err
}

// inOrder commits steps in as few transactions as they fit into, in their order.
func inOrder(ctx context.Context, store interface {
	Commit(ctx context.Context, sets ...change.Set) error
}, steps []change.Set) error {
	var batch []change.Set
	for _, s := range steps {
		if len(batch) > 0 && change.Weight(append(slices.Clone(batch), s)...) > change.MaxOperations {
			if err := store.Commit(ctx, batch...); err != nil {
				return err
			}
			batch = nil
		}
		batch = append(batch, s)
	}
	return store.Commit(ctx, batch...)
}
