package statistics

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/value"
)

// Report is the question of a pipeline's statistics; user 0 is the actor.
type Report struct {
	Pipeline, User int64
	Start, End     value.Date
}

// Movement answers movement_statistics.
func (s Service) Movement(ctx context.Context, a auth.Actor, q Report) (m Movement, err error) {
	err = s.report(ctx, a, q, func(trails []Trail, user int64, stages []Stage, p Period) {
		m = move(trails, q.Pipeline, user, stages, p)
	})
	return m, err
}

// Conversion answers conversion_statistics.
func (s Service) Conversion(ctx context.Context, a auth.Actor, q Report) (c Conversion, err error) {
	err = s.report(ctx, a, q, func(trails []Trail, user int64, stages []Stage, p Period) {
		c = convert(trails, q.Pipeline, user, stages, p)
	})
	return c, err
}

func (s Service) report(ctx context.Context, a auth.Actor, q Report, count func([]Trail, int64, []Stage, Period)) error {
	stages, err := s.Board.StagesOf(ctx, a.Team, q.Pipeline)
	if err != nil {
		return err
	}
	company, err := s.Companies.Company(ctx, a.Team)
	if err != nil {
		return err
	}
	p, err := NewPeriod(q.Start, q.End, company.Zone, s.Now().UTC())
	if err != nil {
		return err
	}
	user := q.User
	if user == 0 {
		user = a.User
	}
	trails, err := s.trails(ctx, a.Team, p.From, func() ([]change.Ref, error) { return []change.Ref{Shelf(q.Pipeline, user)}, nil })
	if err != nil {
		return fmt.Errorf("statistics of pipeline %d: %w", q.Pipeline, err)
	}
	count(trails, user, stages, p)
	return nil
}

// Timeline answers deals/timeline.
func (s Service) Timeline(ctx context.Context, a auth.Actor, q Timeline) ([]Slice, error) {
	company, err := s.Companies.Company(ctx, a.Team)
	if err != nil {
		return nil, err
	}
	probability, err := s.Board.Probabilities(ctx, a.Team)
	if err != nil {
		return nil, err
	}
	if q.Of != nil {
		return q.of(trailsOf(q.Of), probability, company.Zone), nil
	}
	trails, err := s.trails(ctx, a.Team, value.StartOfDay(q.Start, company.Zone), func() (shelves []change.Ref, err error) {
		// Totals name every pipeline and owner that has deals.
		l, err := s.totals(ctx, a.Team)
		for _, ref := range slices.Sorted(maps.Keys(l)) {
			if t := l[ref]; (q.Pipeline == 0 || t.PipelineID == q.Pipeline) && (q.User == 0 || t.OwnerID == q.User) && len(t.Sums) > 0 {
				shelves = append(shelves, Shelf(t.PipelineID, t.OwnerID))
			}
		}
		return shelves, err
	})
	if err != nil {
		return nil, fmt.Errorf("statistics.Timeline: %w", err)
	}
	return q.of(trails, probability, company.Zone), nil
}

// Summary answers deals/summary.
func (s Service) Summary(ctx context.Context, a auth.Actor, q Summary) (sum Amounts, err error) {
	probability, err := s.Board.Probabilities(ctx, a.Team)
	if err != nil {
		return sum, err
	}
	if q.Of != nil {
		l := ledger{}
		for _, f := range q.Of {
			l.replace(change.Fact{}, f)
		}
		return q.of(l, probability), nil
	}
	err = s.settled(ctx, a.Team, func(tail []Noted) error {
		l, err := s.totals(ctx, a.Team)
		if err != nil {
			return err
		}
		before, after, err := s.follow(ctx, a.Team, nil, tail)
		if err != nil {
			return err
		}
		for id, t := range after {
			l.replace(before[id].Last, t.Last)
		}
		sum = q.of(l, probability)
		return nil
	})
	return sum, err
}

// trailsOf are deals as they are; how they came there is not known.
func trailsOf(deals []change.Fact) []Trail {
	trails := make([]Trail, len(deals))
	for i, f := range deals {
		trails[i].Last = f
	}
	return trails
}

// trails are all that lie on some shelves and count at `since` or later, with the tail of facts applied: right at once after a
// change. Others may be among them.
func (s Service) trails(ctx context.Context, team int64, since time.Time, shelves func() ([]change.Ref, error)) (list []Trail, err error) {
	err = s.settled(ctx, team, func(tail []Noted) error {
		filed := map[int64]Trail{}
		on, err := shelves()
		if err != nil {
			return err
		}
		for _, shelf := range on {
			trails, err := s.Store.Filed(ctx, team, shelf, since)
			if err != nil {
				return err
			}
			for _, t := range trails {
				filed[t.Last.Deal] = t
			}
		}
		_, after, err := s.follow(ctx, team, filed, tail)
		if err != nil {
			return err
		}
		maps.Copy(filed, after)
		list = slices.Collect(maps.Values(filed))
		return nil
	})
	return list, err
}

// follow is the trails of the tail's deals before and after it. Known ones need not be read, nor those of new deals.
func (s Service) follow(ctx context.Context, team int64, known map[int64]Trail, tail []Noted) (before, after map[int64]Trail, err error) {
	made := map[int64]bool{}
	for _, f := range tail {
		made[f.Deal] = made[f.Deal] || f.Version == 1
	}
	ids := slices.DeleteFunc(dealsOf(tail), func(id int64) bool { _, ok := known[id]; return ok || made[id] })
	if before, err = s.Store.Trails(ctx, team, ids); err != nil {
		return nil, nil, err
	}
	for _, f := range tail {
		if t, ok := known[f.Deal]; ok {
			before[f.Deal] = t
		}
	}
	return before, apply(before, tail), nil
}

// settled reads figures between two folding steps: when the mark has moved meanwhile, what was read is read again.
func (s Service) settled(ctx context.Context, team int64, read func(tail []Noted) error) error {
	for range 5 {
		mark, err := s.mark(ctx, team)
		if err != nil {
			return err
		}
		tail, err := s.Store.Facts(ctx, team, mark, s.Now().UTC().Add(ahead), 0)
		if err != nil {
			return err
		}
		if err := read(tail); err != nil {
			return err
		}
		after, err := s.mark(ctx, team)
		if err != nil || after.Version == mark.Version {
			return err
		}
	}
	return fault.New(fault.Unavailable, "Figures are being made, please try again")
}

// ahead is how far the clock of another function may be before ours.
const ahead = time.Minute
