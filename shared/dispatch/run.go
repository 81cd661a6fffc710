package dispatch

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/lejek/lejek/shared/letter"
)

const (
	// overlap is how many minutes are looked at again: a line may come to light that long after the time at which its write
	// began. No write takes longer.
	overlap = 3 * time.Minute
	// A run begins nothing in its last seconds: they are for the mail under way, and for noting what became of it.
	spare    = 20 * time.Second
	sending  = 8 * time.Second
	patience = 10 * time.Second
	// readers and workers are how many minutes are read, and lines dealt with, at once. SES takes fourteen mails a second
	// from a new account.
	readers = 8
	workers = 4
	stride  = 60 // minutes between two marks, when many have to be caught up with
)

// Service sends what is due.
type Service struct {
	Store   Store
	Sources map[string]Source // by the kind of what a line names
	Sender  letter.Sender
	// Begin is when the first line can have been written; zero when there can be none yet.
	Begin func(ctx context.Context) (time.Time, error)
	Now   func() time.Time
}

// Ran is what a run did.
type Ran struct {
	Sent   int `json:"sent"`
	Missed int `json:"missed"`
	Failed int `json:"failed"` // refused for ever
	Later  int `json:"later"`  // to be tried again
}

// Run looks at all lines until now. What it could not deal with stays, and the mark before it, for the next run.
func (s Service) Run(ctx context.Context, now time.Time) (Ran, error) {
	clock := s.Now().UTC()
	if now.IsZero() {
		now = clock
	}
	r := &run{Service: s, now: now.UTC()}
	mark, err := s.Store.Mark(ctx)
	if err == nil && mark.IsZero() {
		mark, err = s.begin(ctx, clock)
	}
	if err != nil {
		return r.Ran, fmt.Errorf("dispatch.Run: %w", err)
	}
	// An event made by hand may name any time; what can still be written lies behind the clock's minute.
	safe := minuteOf(clock).Add(-overlap)
	for from := mark.Add(time.Minute); !from.After(minuteOf(now)); from = from.Add(stride * time.Minute) {
		if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) < spare {
			break
		}
		to := from.Add((stride - 1) * time.Minute)
		if last := minuteOf(now); to.After(last) {
			to = last
		}
		r.minutes(ctx, from, to)
		if first := r.earliest; !first.IsZero() && !first.After(to) {
			to = first.Add(-time.Minute) // what is left there is found again; it keeps nothing later waiting
		}
		if to.After(safe) {
			to = safe
		}
		if to.After(mark) {
			mark = to
			if err := s.Store.MoveMark(ctx, to); err != nil {
				r.fail(to, err)
			}
		}
	}
	if err := errors.Join(r.failed...); err != nil {
		return r.Ran, fmt.Errorf("dispatch.Run: %w", err)
	}
	return r.Ran, nil
}

// begin is where the very first run begins.
func (s Service) begin(ctx context.Context, clock time.Time) (time.Time, error) {
	first, err := s.Begin(ctx)
	if oldest := clock.Add(-Late - time.Hour); first.Before(oldest) {
		first = oldest
	}
	return minuteOf(first).Add(-time.Minute), err
}

func minuteOf(t time.Time) time.Time { return t.UTC().Truncate(time.Minute) }

// run is one Run under way.
type run struct {
	Service
	now time.Time

	mu sync.Mutex
	Ran
	earliest time.Time // the first minute with something left
	failed   []error
}

// leave notes that something of a minute is not dealt with, fail also why.
func (r *run) leave(minute time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.earliest.IsZero() || minute.Before(r.earliest) {
		r.earliest = minute
	}
}

func (r *run) fail(minute time.Time, err error) {
	r.leave(minute)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.failed = append(r.failed, err)
}

func (r *run) count(n *int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	*n++
}

// minutes reads some minutes and deals with their lines.
func (r *run) minutes(ctx context.Context, from, to time.Time) {
	var wg sync.WaitGroup
	minutes, lines := make(chan time.Time), make(chan Line)
	var reading sync.WaitGroup
	for range readers {
		reading.Go(func() {
			for m := range minutes {
				found, err := r.Store.Due(ctx, m)
				if err != nil {
					r.fail(m, err)
				}
				for _, l := range found {
					lines <- l
				}
			}
		})
	}
	for range workers {
		wg.Go(func() {
			for l := range lines {
				r.line(ctx, l)
			}
		})
	}
	for m := from; !m.After(to); m = m.Add(time.Minute) {
		minutes <- m
	}
	close(minutes)
	reading.Wait()
	close(lines)
	wg.Wait()
}

// line deals with one line, unless the run's time is over.
func (r *run) line(ctx context.Context, l Line) {
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) < spare {
		r.leave(l.Minute)
		return
	}
	done, err := r.deal(ctx, l)
	if err != nil {
		r.fail(l.Minute, fmt.Errorf("%s of team %d: %w", l.Of, l.Team, err))
	} else if !done {
		r.leave(l.Minute)
	}
}
