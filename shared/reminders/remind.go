package reminders

import (
	"context"
	"crypto/rand"
	"fmt"
	"time"

	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/letter"
)

const (
	// lease is how long a claim holds: longer than any run.
	lease = 5 * time.Minute
	// firstPause is how long a refused mail waits for its next try; it doubles each time, up to longestPause.
	firstPause   = time.Minute
	longestPause = 30 * time.Minute
)

// remind deals with an entry; false when it has to be looked at again. Whatever changes meanwhile is a conflict, and read anew.
func (r *run) remind(ctx context.Context, e Entry) (done bool, err error) {
	err = change.Retry(ctx, func() error {
		done, err = r.attempt(ctx, e)
		return err
	})
	return done, err
}

func (r *run) attempt(ctx context.Context, e Entry) (done bool, err error) {
	a, err := r.Agenda.Activity(ctx, e.Team, e.Activity)
	if fault.Is(err, fault.NotFound) {
		return true, r.Store.Commit(ctx, change.Set{Team: e.Team, Dues: []change.Due{e.line(true)}})
	}
	if err != nil {
		return false, err
	}
	if !a.Open || a.DueAt.IsZero() {
		return true, r.drop(ctx, e, a)
	}
	owner, err := r.Users.Owner(ctx, e.Team, a.OwnerID)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return false, err
	}
	if err != nil || owner.Lead == nil || !owner.Active {
		return true, r.drop(ctx, e, a)
	}
	rem, err := r.Store.Reminder(ctx, e.Team, a.ID, a.DueAt, a.OwnerID)
	if err != nil {
		return false, err
	}
	rem.ActivityID, rem.OwnerID, rem.DueAt = a.ID, a.OwnerID, a.DueAt
	at := a.DueAt.Add(-*owner.Lead)
	switch {
	case rem.over():
		return true, r.drop(ctx, e, a)
	case rem.State == Sending && r.Now().Before(rem.Until):
		return false, nil // another run has it, or had it when it died
	case r.now.Before(at): // the activity moved, or its owner's lead time did
		return true, r.move(ctx, e, a, at, nil)
	case !r.now.Before(a.DueAt.Add(late)):
		return true, r.miss(ctx, e, a, rem)
	}
	return r.send(ctx, e, a, owner, rem)
}

// send claims, sends and notes.
func (r *run) send(ctx context.Context, e Entry, a Activity, owner Owner, rem Reminder) (bool, error) {
	linked, err := r.Agenda.Named(ctx, e.Team, a.Links)
	if err != nil {
		return false, err
	}
	raw, err := compose(message{activity: a, owner: owner, linked: linked, from: r.From, link: r.Link, now: r.now})
	if err != nil {
		return false, err
	}
	if rem, err = r.claim(ctx, e, a, rem); err != nil {
		return false, err
	}
	within, stop := context.WithTimeout(ctx, sending)
	id, fate, err := r.Sender.Send(within, r.From, []string{owner.Email}, raw)
	stop()
	if rem.Error = ""; err != nil {
		rem.Error = err.Error()
	}
	sent := r.now
	// What SES did is noted even when the run's own time is over.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	switch fate {
	case letter.NotTaken:
		rem.State = Pending
		return true, r.note(ctx, &r.Later, func() error { return r.move(ctx, e, a, r.retryAt(rem), &rem) })
	case letter.Refused:
		rem.State = Failed
		return true, r.note(ctx, &r.Failed, func() error { return r.end(ctx, e, a, rem) })
	case letter.Unknown:
		rem.Error = "the mail was handed over, but the answer was lost (" + rem.Error + "); it is not sent again"
	}
	rem.State, rem.SentAt, rem.MessageID = Sent, &sent, id
	return true, r.note(ctx, &r.Sent, func() error { return r.end(ctx, e, a, rem) })
}

// claim takes the reminder, if the activity is still as it was read. When the answer to it is lost, the record tells whether
// the claim holds.
func (r *run) claim(ctx context.Context, e Entry, a Activity, rem Reminder) (Reminder, error) {
	rem.State, rem.Claim, rem.Until, rem.Tries = Sending, rand.Text(), r.Now().UTC().Truncate(time.Millisecond).Add(lease), rem.Tries+1
	set := change.Set{Team: e.Team, Checks: []change.Check{unchanged(a)}}
	set.Put(rem.Ref(), rem, rem.Version)
	err := r.Store.Commit(ctx, set)
	if err != nil && !fault.Is(err, fault.Conflict) {
		now, again := r.Store.Reminder(ctx, e.Team, a.ID, a.DueAt, a.OwnerID)
		if again != nil || now.Claim != rem.Claim {
			return rem, fmt.Errorf("claim: %w", err)
		}
		err = nil
	}
	rem.Version++
	return rem, err
}

// note writes what became of a claim, with patience: when it cannot be written, the mail goes out again.
func (r *run) note(ctx context.Context, n *int, write func() error) (err error) {
	for pause := 50 * time.Millisecond; ; pause *= 2 {
		if err = write(); err == nil {
			r.count(n)
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("the reminder was dealt with, but that could not be noted: %w", err)
		case <-time.After(pause):
		}
	}
}

// end notes what became of a reminder and takes its entry away. When the activity changed meanwhile, the entry may wait for
// something new, so it stays to be looked at again.
func (r *run) end(ctx context.Context, e Entry, a Activity, rem Reminder) error {
	return r.write(ctx, e, a, rem, change.Set{Team: e.Team, Dues: []change.Due{e.line(true)}})
}

func (r *run) write(ctx context.Context, e Entry, a Activity, rem Reminder, lines change.Set) error {
	set := change.Set{Team: e.Team}
	set.Put(rem.Ref(), rem, rem.Version)
	lines.Checks = []change.Check{unchanged(a)}
	err := r.Store.Commit(ctx, set, lines)
	if !fault.Is(err, fault.Conflict) {
		return err
	}
	now, err := r.Store.Reminder(ctx, e.Team, a.ID, a.DueAt, a.OwnerID)
	if err != nil || now.Version == rem.Version+1 && now.Claim == rem.Claim && now.State == rem.State {
		return err // it was written, and only the answer was lost
	}
	r.leave(e.Minute)
	return r.Store.Commit(ctx, set)
}

// miss notes that it is too late.
func (r *run) miss(ctx context.Context, e Entry, a Activity, rem Reminder) error {
	rem.State = Missed
	set := change.Set{Team: e.Team, Dues: []change.Due{e.line(true)}, Checks: []change.Check{unchanged(a)}}
	set.Put(rem.Ref(), rem, rem.Version)
	err := r.Store.Commit(ctx, set)
	if err == nil {
		r.count(&r.Missed)
	}
	return err
}

// drop takes away an entry that nothing has to be done for.
func (r *run) drop(ctx context.Context, e Entry, a Activity) error {
	return r.Store.Commit(ctx, change.Set{Team: e.Team, Dues: []change.Due{e.line(true)}, Checks: []change.Check{unchanged(a)}})
}

// move lets an entry wait for a later minute, and notes why where there is something to note.
func (r *run) move(ctx context.Context, e Entry, a Activity, to time.Time, rem *Reminder) error {
	set := change.Set{Team: e.Team}
	set.Wait(e.Activity, &e.Minute, &to)
	if rem == nil {
		set.Checks = []change.Check{unchanged(a)}
		return r.Store.Commit(ctx, set)
	}
	return r.write(ctx, e, a, *rem, set)
}

// retryAt is when a mail that was not taken is tried again.
func (r *run) retryAt(rem Reminder) time.Time {
	pause := firstPause
	for range rem.Tries - 1 {
		if pause *= 2; pause > longestPause {
			pause = longestPause
			break
		}
	}
	at := r.now
	if clock := r.Now(); clock.After(at) {
		at = clock
	}
	return at.Add(pause)
}

func unchanged(a Activity) change.Check {
	return change.Check{Ref: change.Of(change.Activity, a.ID), Version: a.Version}
}

func (e Entry) line(remove bool) change.Due {
	return change.Due{Minute: e.Minute, Activity: e.Activity, Remove: remove}
}

// OfActivity tells what became of the reminders of an activity, and of the one that waits.
func (s Service) OfActivity(ctx context.Context, team, id int64) ([]Reminder, error) {
	a, err := s.Agenda.Activity(ctx, team, id)
	if err != nil {
		return nil, err
	}
	list, err := s.Store.OfActivity(ctx, team, id)
	if err != nil {
		return nil, err
	}
	if !a.Open || a.DueAt.IsZero() || a.RemindAt == nil {
		return list, nil
	}
	for _, r := range list {
		if r.OwnerID == a.OwnerID && r.DueAt.Equal(a.DueAt) {
			return list, nil
		}
	}
	return append(list, Reminder{ActivityID: id, OwnerID: a.OwnerID, DueAt: a.DueAt, State: Pending}), nil
}
