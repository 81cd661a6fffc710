package dispatch

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

// deal deals with a line; false when it has to be looked at again. Whatever changes meanwhile is a conflict, and read anew.
func (r *run) deal(ctx context.Context, l Line) (done bool, err error) {
	err = change.Retry(ctx, func() error {
		done, err = r.attempt(ctx, l)
		return err
	})
	return done, err
}

func (r *run) attempt(ctx context.Context, l Line) (done bool, err error) {
	source, ok := r.Sources[l.Of.Kind()]
	if !ok {
		return false, fmt.Errorf("nothing is known of lines of a %q", l.Of.Kind())
	}
	m, err := source(ctx, l)
	if fault.Is(err, fault.NotFound) {
		return true, r.Store.Commit(ctx, change.Set{Team: l.Team, Dues: []change.Due{l.due(true)}})
	}
	if err != nil {
		return false, err
	}
	switch {
	case m.State == Sending && r.Now().Before(m.Until):
		return false, nil // another run has it, or had it when it died
	case m.Idle || m.Over():
		return true, r.drop(ctx, l, m)
	case r.now.Before(m.From): // what it waits for has moved
		return true, r.move(ctx, l, m, m.From, nil)
	case !r.now.Before(m.Late):
		return true, r.miss(ctx, l, m)
	}
	return r.send(ctx, l, m)
}

// send claims, sends and notes.
func (r *run) send(ctx context.Context, l Line, m Matter) (bool, error) {
	mail, err := m.Write(ctx, r.now)
	if err != nil {
		return false, err
	}
	if err := r.claim(ctx, l, &m); err != nil {
		return false, err
	}
	within, stop := context.WithTimeout(ctx, sending)
	id, fate, err := r.Sender.Send(within, mail.From, mail.To, mail.Raw)
	stop()
	d := m.Delivery
	if d.Error = ""; err != nil {
		d.Error = err.Error()
	}
	sent := r.now
	// What SES did is noted even when the run's own time is over.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	switch fate {
	case letter.NotTaken:
		d.State = Pending
		return true, r.note(ctx, &r.Later, func() error { return r.move(ctx, l, m, r.retryAt(d), &d) })
	case letter.Refused:
		d.State = Failed
		return true, r.note(ctx, &r.Failed, func() error { return r.end(ctx, l, m, d) })
	case letter.Unknown:
		d.Error = "the mail was handed over, but the answer was lost (" + d.Error + "); it is not sent again"
	}
	d.State, d.SentAt, d.MessageID = Sent, &sent, id
	return true, r.note(ctx, &r.Sent, func() error { return r.end(ctx, l, m, d) })
}

// claim takes the mail, if all is still as it was read. When the answer to it is lost, the record tells whether the claim holds.
func (r *run) claim(ctx context.Context, l Line, m *Matter) error {
	m.State, m.Claim, m.Until, m.Tries = Sending, rand.Text(), r.Now().UTC().Truncate(time.Millisecond).Add(lease), m.Tries+1
	set := change.Set{Team: l.Team, Checks: m.Unchanged}
	m.Keep(&set, m.Delivery, m.Version)
	err := r.Store.Commit(ctx, set)
	if err != nil && !fault.Is(err, fault.Conflict) {
		now, _, again := m.Again(ctx)
		if again != nil || now.Claim != m.Claim {
			return fmt.Errorf("claim: %w", err)
		}
		err = nil
	}
	m.Version++
	return err
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
			return fmt.Errorf("the mail was dealt with, but that could not be noted: %w", err)
		case <-time.After(pause):
		}
	}
}

// end notes what became of a mail and takes its line away. When what it told of changed meanwhile, the line may wait for something
// new, so it stays to be looked at again.
func (r *run) end(ctx context.Context, l Line, m Matter, d Delivery) error {
	return r.write(ctx, l, m, d, change.Set{Team: l.Team, Dues: []change.Due{l.due(true)}})
}

func (r *run) write(ctx context.Context, l Line, m Matter, d Delivery, lines change.Set) error {
	set := change.Set{Team: l.Team}
	m.Keep(&set, d, m.Version)
	lines.Checks = m.Unchanged
	err := r.Store.Commit(ctx, set, lines)
	if !fault.Is(err, fault.Conflict) {
		return err
	}
	now, version, err := m.Again(ctx)
	if fault.Is(err, fault.NotFound) { // what it told of is gone, and its line with it
		lines.Checks = nil
		return r.Store.Commit(ctx, lines)
	}
	if err != nil || now.Claim != d.Claim || now.State == d.State {
		return err // it was written, and only the answer was lost; or it is another's by now
	}
	r.leave(l.Minute)
	set = change.Set{Team: l.Team}
	m.Keep(&set, d, version)
	return r.Store.Commit(ctx, set)
}

// miss notes that it is too late.
func (r *run) miss(ctx context.Context, l Line, m Matter) error {
	d := m.Delivery
	d.State = Missed
	set := change.Set{Team: l.Team, Dues: []change.Due{l.due(true)}, Checks: m.Unchanged}
	m.Keep(&set, d, m.Version)
	err := r.Store.Commit(ctx, set)
	if err == nil {
		r.count(&r.Missed)
	}
	return err
}

// drop takes away a line that nothing has to be done for.
func (r *run) drop(ctx context.Context, l Line, m Matter) error {
	set := change.Set{Team: l.Team, Dues: []change.Due{l.due(true)}, Checks: m.Unchanged}
	if m.Ends != nil {
		m.Keep(&set, *m.Ends, m.Version)
	}
	return r.Store.Commit(ctx, set)
}

// move lets a line wait for a later minute, and notes why where there is something to note.
func (r *run) move(ctx context.Context, l Line, m Matter, to time.Time, d *Delivery) error {
	set := change.Set{Team: l.Team}
	set.Wait(l.Of, &l.Minute, &to)
	if d == nil {
		set.Checks = m.Unchanged
		return r.Store.Commit(ctx, set)
	}
	return r.write(ctx, l, m, *d, set)
}

// retryAt is when a mail that was not taken is tried again.
func (r *run) retryAt(d Delivery) time.Time {
	pause := firstPause
	for range d.Tries - 1 {
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
