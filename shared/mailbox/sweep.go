package mailbox

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Object is a raw mail as the bucket lists it.
type Object struct {
	Key    string
	Size   int64
	Stored time.Time
}

// Mark tells how far the bucket was compared with the ledger. A sweep that runs out of time leaves where it was.
type Mark struct {
	Version int64
	Since   time.Time // what was stored before is settled
	Until   time.Time // of a sweep under way: it looks at what was stored before; zero: none is
	After   string    // … and has looked at all keys up to this one
	Failed  time.Time // … when the oldest was stored that it could not settle; zero: none
}

// Sweeper finds raw mail that nobody was told of, since its notice was lost or nobody could deal with it, and has it dealt with.
//
// The bucket lists keys, which say nothing of time, so each sweep lists it whole: a call for each thousand mails. Only what was
// stored since the last sweep is looked at further: its first bytes, for the address it was sent to, and its entry.
type Sweeper struct {
	Marks interface {
		Mark(ctx context.Context) (Mark, error)
		// MoveMark is a Conflict when another sweep moved it.
		MoveMark(ctx context.Context, m Mark) error
	}
	// List is a page of the bucket in the order of keys; more tells that others follow.
	List func(ctx context.Context, after string) (page []Object, more bool, err error)
	// Settle links a mail that has no entry; found tells that it had none.
	Settle func(ctx context.Context, o Object) (found bool, err error)
	Report func(o Object, err error) // of what could not be settled
}

// Swept is what a sweep came to.
type Swept struct {
	Looked int // mails that were looked at
	Found  int // that had no entry
	Failed int
	Done   bool // the whole bucket was listed; else the next sweep goes on
}

const (
	sweepGrace   = time.Hour           // in which the queue itself tries again
	sweepGivesUp = 14 * 24 * time.Hour // after which a mail that fails is only in the log; its notice leaves the dead letters then too
	sweepReserve = time.Minute         // left before the deadline
	sweepEach    = time.Minute         // that one mail may take
)

// Run sweeps as far as time allows.
func (s Sweeper) Run(ctx context.Context, now time.Time) (done Swept, err error) {
	mark, err := s.Marks.Mark(ctx)
	if err != nil {
		return done, err
	}
	if mark.Until.IsZero() {
		mark.Until = now.Add(-sweepGrace)
	}
	for more := true; more; {
		var page []Object
		if page, more, err = s.List(ctx, mark.After); err != nil {
			return done, fmt.Errorf("mailbox.Sweeper: %w", err)
		}
		for _, o := range page {
			if late(ctx, sweepReserve) {
				return done, s.Marks.MoveMark(ctx, mark)
			}
			if o.Key <= mark.After || o.Stored.Before(mark.Since) || !o.Stored.Before(mark.Until) {
				continue
			}
			done.Looked++
			found, err := s.settle(ctx, o)
			if found {
				done.Found++
			}
			if err != nil {
				done.Failed++
				s.Report(o, err)
				if mark.Failed.IsZero() || o.Stored.Before(mark.Failed) {
					mark.Failed = o.Stored
				}
			}
			mark.After = o.Key
		}
		if len(page) > 0 {
			mark.After = max(mark.After, page[len(page)-1].Key)
		}
	}
	done.Done = true
	next := Mark{Version: mark.Version, Since: mark.Until}
	if oldest := now.Add(-sweepGivesUp); !mark.Failed.IsZero() && mark.Failed.Before(next.Since) {
		next.Since = mark.Failed
		if next.Since.Before(oldest) {
			next.Since = oldest
		}
	}
	return done, s.Marks.MoveMark(ctx, next)
}

// settle holds a mail that breaks something off from the rest.
func (s Sweeper) settle(ctx context.Context, o Object) (found bool, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = errors.Join(err, fmt.Errorf("panic: %v", p))
		}
	}()
	ctx, cancel := context.WithTimeout(ctx, sweepEach)
	defer cancel()
	return s.Settle(ctx, o)
}
