package flow

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/fault"
)

// Movers write records anew that name one that was absorbed, each by the rules of its kind.
type Movers interface {
	// Move is the change that gives a record the links that it has after merges; empty when it has them.
	Move(ctx context.Context, a auth.Actor, ref change.Ref) (change.Set, error)
	// Forget is the change that takes a record that is gone for good from one that names it; empty when it stays.
	Forget(ctx context.Context, a auth.Actor, ref, gone change.Ref) (change.Set, error)
	// Follower has a user who followed what was absorbed follow what became of it.
	Follower(ctx context.Context, a auth.Actor, absorbed change.Ref, user int64) error
	// Release takes what an absorbed record is found by from it.
	Release(ctx context.Context, a auth.Actor, ref change.Ref) error
}

// progress is how far a merge has come: in which of its parts, after which record or row.
type progress struct {
	Round, Part int
	After       string
}

// maxRounds is how often a merge waits for an index, a second each time.
const maxRounds = 100

// merge carries on the job of a merge. What names the absorbed record by a link of its own is found by indexes and moved first,
// then its collection is walked: nothing new has been placed in it since the merge was decided (change.Sum), so one walk is enough.
// Indexes lag; that everything was found is known from the numbers that the absorbed record's summary counts, which are then zero.
func (s Service) merge(ctx context.Context, team int64, job change.Job) (change.Job, error) {
	m := mover{Service: s, team: team, targets: map[string]change.Targets{}, actor: auth.Actor{Team: team, User: job.User, Source: "app"}, merged: job.Of}
	var at progress
	if job.Cursor != "" {
		if err := json.Unmarshal([]byte(job.Cursor), &at); err != nil {
			return job, fmt.Errorf("cursor: %w", err)
		}
	}
	parts := linkedTo[job.Of.Kind()]
	switch {
	case at.Part < len(parts):
		refs, more, err := s.Store.Linked(ctx, team, parts[at.Part], job.Of, change.Ref(at.After), perStep)
		if err != nil {
			return job, err
		}
		done, err := m.moveLinked(ctx, refs)
		if err != nil {
			return job, err
		}
		if done > 0 {
			at.After = string(refs[done-1])
		}
		if done == len(refs) && !more {
			at.Part, at.After = at.Part+1, ""
		}
	case at.Part == len(parts):
		rows, more, err := s.Store.Walk(ctx, team, job.Of, at.After, perStep)
		if err != nil {
			return job, err
		}
		done, err := m.move(ctx, rows)
		if err != nil {
			return job, err
		}
		if done > 0 {
			at.After = rows[done-1].Cursor
		}
		if done == len(rows) && !more {
			at.Part, at.After = at.Part+1, ""
		}
	default:
		left, err := s.left(ctx, team, job.Of)
		if err != nil {
			return job, err
		}
		if !left {
			job.Done = true
			return job, s.Movers.Release(ctx, m.actor, job.Of)
		}
		if at = (progress{Round: at.Round + 1}); at.Round > maxRounds {
			return job, fmt.Errorf("%s still counts what no index tells of", job.Of)
		}
		if err := wait(ctx, time.Second); err != nil {
			return job, err
		}
	}
	cursor, err := json.Marshal(at)
	job.Cursor = string(cursor)
	return job, err
}

// linkedTo are the lists of records that name one of a kind by a link of their own, wherever they show.
var linkedTo = map[string][]string{
	change.Person:       {change.Deal, change.Deal + Archived},
	change.Organization: {change.Person, change.Deal, change.Deal + Archived},
}

// Archived is what the list of archived deals is called beside that of the others.
const Archived = "Archived"

// moved are the kinds of records that Movers move.
var moved = []string{change.Deal, change.Person, change.Organization}

// left tells that records are counted which name the absorbed one.
func (s Service) left(ctx context.Context, team int64, of change.Ref) (bool, error) {
	sums, err := s.Store.OwnSummaries(ctx, team, []change.Ref{of})
	if err != nil {
		return false, err
	}
	for _, n := range change.Linked {
		if sums[of].Count(n) > 0 {
			return true, nil
		}
	}
	return false, nil
}

func wait(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

// moveLinked moves records that name the absorbed one and tells how many it came through before time ran short.
func (m *mover) moveLinked(ctx context.Context, refs []change.Ref) (done int, err error) {
	for i, ref := range refs {
		if short(ctx) {
			return i, m.flush(ctx)
		}
		if err := m.addLinked(ctx, ref); err != nil {
			return i, err
		}
	}
	return len(refs), m.flush(ctx)
}

// finish commits how far a job has come. A merge that is done is noted as such in the same transaction.
func (s Service) finish(ctx context.Context, team int64, job change.Job) error {
	set := change.Set{Team: team, Jobs: []change.Job{job}}
	if job.Done && job.Into != "" {
		set.Merges = []change.Merge{{Absorbed: job.Of, Into: job.Into, At: s.Now().UTC(), Done: true}}
	}
	return fault.Except(s.Store.Commit(ctx, set), fault.Conflict) // the same event, handed out twice, got here first
}
