package statistics

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/value"
)

const (
	// grace is how old a fact must be to be folded. A fact carries the time at which its write began; no function runs for
	// longer than this (Lambda's own limit is 15 minutes), so nothing can come to light behind the mark.
	grace = 16 * time.Minute
	// stepDeals is how many deals one transaction folds: each is a trail, its filed copy and the copy's old place, and at most
	// two totals; with the mark that is below the 100 operations that one holds, and trails at their longest below 4 MB.
	stepDeals = 15
	stepFacts = 500
)

// Folded is what a run did.
type Folded struct {
	Teams int64 `json:"teams"`
	Facts int   `json:"facts"`
	Deals int   `json:"deals"`
}

// Fold makes figures of all facts of all teams that are old enough at now, in as many steps as it takes. Each step is one
// transaction with the mark, so that a run which is repeated, killed or runs beside another folds each fact once. One team's
// failure does not keep the others waiting.
func (s Service) Fold(ctx context.Context, now time.Time) (f Folded, err error) {
	// An event may be late, or made by hand with any time; the clock decides what cannot be added to any more.
	if clock := s.Now(); now.IsZero() || clock.Before(now) {
		now = clock
	}
	if f.Teams, err = s.Store.LastTeam(ctx); err != nil {
		return f, fmt.Errorf("statistics.Fold: %w", err)
	}
	var failed []error
	for team := int64(1); team <= f.Teams; team++ {
		if err := s.foldTeam(ctx, team, now.UTC().Add(-grace), &f); err != nil && !fault.Is(err, fault.NotFound) {
			failed = append(failed, fmt.Errorf("statistics.Fold of team %d: %w", team, err))
		}
	}
	return f, errors.Join(failed...)
}

func (s Service) foldTeam(ctx context.Context, team int64, until time.Time, f *Folded) error {
	for more := true; more; {
		// A step that another run did meanwhile is a conflict: the next try goes on from that run's mark.
		err := change.Retry(ctx, func() error {
			mark, err := s.mark(ctx, team)
			if err != nil {
				return err
			}
			facts, err := s.Store.Facts(ctx, team, mark, until, stepFacts)
			if err != nil {
				return err
			}
			if more = len(facts) > 0; !more {
				return s.advance(ctx, team, mark, until)
			}
			facts = firstDeals(facts, stepDeals)
			deals, err := s.step(ctx, team, mark, facts)
			if err == nil {
				f.Facts, f.Deals = f.Facts+len(facts), f.Deals+deals
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// mark is the team's mark, or the beginning.
func (s Service) mark(ctx context.Context, team int64) (Mark, error) {
	mark, err := s.Store.Mark(ctx, team)
	if err != nil || mark.Version > 0 {
		return mark, err
	}
	c, err := s.Companies.Company(ctx, team)
	return Mark{At: c.Since}, err
}

// advance moves the mark over days without facts, so that nobody has to look at them again.
func (s Service) advance(ctx context.Context, team int64, mark Mark, until time.Time) error {
	day := value.StartOfDay(value.DateOf(until, time.UTC), time.UTC)
	if !day.After(mark.At) {
		return nil
	}
	set := change.Set{Team: team}
	set.Put(MarkRef(), Mark{At: day}, mark.Version)
	return s.Store.Commit(ctx, set)
}

// firstDeals is the beginning of the facts that concerns at most n deals.
func firstDeals(facts []Noted, n int) []Noted {
	seen := map[int64]bool{}
	for i, f := range facts {
		if seen[f.Deal] = true; len(seen) > n {
			return facts[:i]
		}
	}
	return facts
}

// step folds facts and moves the mark behind them, in one transaction.
func (s Service) step(ctx context.Context, team int64, mark Mark, facts []Noted) (deals int, err error) {
	ids := dealsOf(facts)
	before, err := s.Store.Trails(ctx, team, ids)
	if err != nil {
		return 0, err
	}
	totals, err := s.totals(ctx, team)
	if err != nil {
		return 0, err
	}
	unchanged := maps.Clone(totals)
	set := change.Set{Team: team}
	after := apply(before, facts)
	for _, id := range ids {
		was, is := before[id], after[id]
		if is.Last.Version == was.Last.Version {
			continue
		}
		totals.replace(was.Last, is.Last)
		set.Put(Ref(id), is, was.Version)
		set.Show = append(set.Show, is.row()...)
		set.Hide = append(set.Hide, was.row()...) // where it is shown again, Commit leaves it
	}
	for _, ref := range slices.Sorted(maps.Keys(totals)) {
		if t := totals[ref]; !same(t, unchanged[ref]) {
			set.Put(ref, t, t.Version)
		}
	}
	set.Put(MarkRef(), facts[len(facts)-1].mark(), mark.Version)
	return len(ids), s.Store.Commit(ctx, set)
}

func dealsOf(facts []Noted) (ids []int64) {
	seen := map[int64]bool{}
	for _, f := range facts {
		if !seen[f.Deal] {
			seen[f.Deal] = true
			ids = append(ids, f.Deal)
		}
	}
	return ids
}

// apply is the trails after the facts. Those of one deal are applied by its versions, whatever the clocks of their writers said.
func apply(before map[int64]Trail, facts []Noted) map[int64]Trail {
	after := maps.Clone(before)
	ordered := slices.Clone(facts)
	slices.SortStableFunc(ordered, func(a, b Noted) int { return int(a.Version - b.Version) })
	for _, f := range ordered {
		after[f.Deal] = after[f.Deal].After(f.Fact)
	}
	return after
}

func (s Service) totals(ctx context.Context, team int64) (ledger, error) {
	list, err := s.Store.Totals(ctx, team)
	l := make(ledger, len(list))
	for _, t := range list {
		l[t.Ref()] = t
	}
	return l, err
}

func same(a, b Totals) bool { return a.Version == b.Version && slices.Equal(a.Sums, b.Sums) }
