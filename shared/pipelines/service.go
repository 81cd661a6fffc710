package pipelines

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/fault"
)

// Store is where pipelines and stages are kept.
type Store interface {
	// Board reads all of them, strongly consistent.
	Board(ctx context.Context, team int64) (Board, error)
	NextID(ctx context.Context, team int64, kind string) (int64, error)
	// DealsIn reports whether any deal that is not deleted is in the stage.
	DealsIn(ctx context.Context, team, stage int64) (bool, error)
	Commit(ctx context.Context, sets ...change.Set) error
}

// Service is what can be done with pipelines and stages.
type Service struct {
	Store Store
	Now   func() time.Time
}

// Board is everything at once; lists are made from it.
func (s Service) Board(ctx context.Context, a auth.Actor) (Board, error) {
	return s.Store.Board(ctx, a.Team)
}

// Place finds a deal's place on the team's board (see Board.Place).
func (s Service) Place(ctx context.Context, team, pipeline, stage int64) (int64, int64, error) {
	b, err := s.Store.Board(ctx, team)
	if err != nil {
		return 0, 0, err
	}
	return b.Place(pipeline, stage)
}

// CreatePipeline makes a pipeline after all others.
func (s Service) CreatePipeline(ctx context.Context, a auth.Actor, in PipelineInput) (p Pipeline, err error) {
	id, err := s.Store.NextID(ctx, a.Team, KindPipeline)
	if err != nil {
		return p, err
	}
	err = s.onBoard(ctx, a, func(b Board) error {
		now := s.now()
		p = Pipeline{ID: id, Order: 1, AddTime: now}
		set := change.By(a)
		if others := b.Ordered(); len(others) > 0 {
			last := others[len(others)-1]
			p.Order = last.Order + 1
			// Writing the last one's version keeps two new ones from taking the same place.
			set.Put(last.Ref(), last, last.Version)
		}
		p = p.apply(in, now)
		set.Put(p.Ref(), p, 0)
		set.Audit(a, s.now(), "pipeline.created", p.Ref(), map[string]string{"name": p.Name})
		return s.commit(ctx, set)
	})
	return p, err
}

// UpdatePipeline writes the given fields.
func (s Service) UpdatePipeline(ctx context.Context, a auth.Actor, id int64, in PipelineInput) (p Pipeline, err error) {
	err = s.onBoard(ctx, a, func(b Board) error {
		before, err := b.pipeline(id)
		if err != nil {
			return err
		}
		set := change.By(a)
		p = before.apply(in, s.now())
		if in.Order.Has() {
			p.Order = move(&set, b.Ordered(), p, in.Order.V, s.now())
		}
		if p == before && len(set.Records) == 0 {
			return nil
		}
		p.UpdateTime = s.now()
		set.Put(p.Ref(), p, p.Version)
		set.Audit(a, s.now(), "pipeline.changed", p.Ref(), map[string]string{"name": p.Name})
		return s.commit(ctx, set)
	})
	return p, err
}

// DeletePipeline marks an empty pipeline and its stages.
func (s Service) DeletePipeline(ctx context.Context, a auth.Actor, id int64) error {
	return s.onBoard(ctx, a, func(b Board) error {
		p, err := b.pipeline(id)
		if err != nil {
			return err
		}
		set := change.By(a)
		for _, st := range b.StagesOf(id) {
			if err := s.empty(ctx, a, st); err != nil {
				return err
			}
			st.Deleted, st.UpdateTime = true, s.now()
			set.Put(st.Ref(), st, st.Version)
		}
		p.Deleted, p.UpdateTime = true, s.now()
		set.Put(p.Ref(), p, p.Version)
		set.Audit(a, s.now(), "pipeline.deleted", p.Ref(), map[string]string{"name": p.Name})
		return s.commit(ctx, set)
	})
}

// CreateStage makes a stage after the others of its pipeline.
func (s Service) CreateStage(ctx context.Context, a auth.Actor, in StageInput) (st Stage, err error) {
	id, err := s.Store.NextID(ctx, a.Team, KindStage)
	if err != nil {
		return st, err
	}
	err = s.onBoard(ctx, a, func(b Board) error {
		now := s.now()
		if st, err = (Stage{ID: id, Probability: 100, AddTime: now}).apply(in, b, now); err != nil {
			return err
		}
		set := change.By(a)
		enter(&set, b, st)
		set.Put(st.Ref(), st, 0)
		set.Audit(a, s.now(), "stage.created", st.Ref(), map[string]string{"name": st.Name})
		return s.commit(ctx, set)
	})
	return st, err
}

// UpdateStage writes the given fields.
func (s Service) UpdateStage(ctx context.Context, a auth.Actor, id int64, in StageInput) (st Stage, err error) {
	err = s.onBoard(ctx, a, func(b Board) error {
		before, err := b.stage(id)
		if err != nil {
			return err
		}
		if st, err = before.apply(in, b, s.now()); err != nil {
			return err
		}
		set := change.By(a)
		if in.Order.Has() {
			st.Order = move(&set, b.StagesOf(st.PipelineID), st, in.Order.V, s.now())
		}
		if st.same(before) && len(set.Records) == 0 {
			return nil
		}
		st.UpdateTime = s.now()
		if st.PipelineID != before.PipelineID {
			// Its deals name the pipeline too; moving them all is not one user action.
			if err := s.empty(ctx, a, st); err != nil {
				return err
			}
			enter(&set, b, st)
		}
		set.Put(st.Ref(), st, st.Version)
		set.Audit(a, s.now(), "stage.changed", st.Ref(), map[string]string{"name": st.Name})
		return s.commit(ctx, set)
	})
	return st, err
}

// place is a pipeline or a stage with its place in an order.
type place[T any] interface {
	Ref() change.Ref
	placed() (order, version int64)
	at(order int64, now time.Time) T
}

func (p Pipeline) placed() (int64, int64) { return p.Order, p.Version }
func (s Stage) placed() (int64, int64)    { return s.Order, s.Version }

func (p Pipeline) at(order int64, now time.Time) Pipeline {
	p.Order, p.UpdateTime = order, now
	return p
}

func (s Stage) at(order int64, now time.Time) Stage {
	s.Order, s.UpdateTime = order, now
	return s
}

// move is the place of one among others in their order, of which all that stand elsewhere then are written anew.
func move[T place[T]](set *change.Set, all []T, one T, to int64, now time.Time) int64 {
	all = slices.DeleteFunc(all, func(o T) bool { return o.Ref() == one.Ref() })
	to = min(to, int64(len(all))+1)
	for i, o := range all {
		order := int64(i) + 1
		if order >= to {
			order++
		}
		if was, version := o.placed(); was != order {
			set.Put(o.Ref(), o.at(order, now), version)
		}
	}
	return to
}

// enter writes the version of the pipeline that a stage comes to, so that it is not deleted at the same time, and that two
// stages do not take the same place.
func enter(set *change.Set, b Board, st Stage) {
	if p, ok := b.Pipeline(st.PipelineID); ok {
		set.Put(p.Ref(), p, p.Version)
	}
}

// DeleteStage marks an empty stage.
func (s Service) DeleteStage(ctx context.Context, a auth.Actor, id int64) error {
	return s.onBoard(ctx, a, func(b Board) error {
		st, err := b.stage(id)
		if err != nil {
			return err
		}
		if err := s.empty(ctx, a, st); err != nil {
			return err
		}
		st.Deleted, st.UpdateTime = true, s.now()
		set := change.By(a)
		set.Put(st.Ref(), st, st.Version)
		set.Audit(a, s.now(), "stage.deleted", st.Ref(), map[string]string{"name": st.Name})
		return s.commit(ctx, set)
	})
}

func (s Service) now() time.Time { return s.Now().UTC().Truncate(time.Millisecond) }

func (s Service) onBoard(ctx context.Context, a auth.Actor, do func(Board) error) error {
	return change.Retry(ctx, func() error {
		b, err := s.Store.Board(ctx, a.Team)
		if err != nil {
			return err
		}
		return do(b)
	})
}

func (b Board) pipeline(id int64) (Pipeline, error) {
	if p, ok := b.Pipeline(id); ok && !p.Deleted {
		return p, nil
	}
	return Pipeline{}, fault.Missing("Pipeline")
}

func (b Board) stage(id int64) (Stage, error) {
	if s, ok := b.Stage(id); ok && !s.Deleted {
		return s, nil
	}
	return Stage{}, fault.Missing("Stage")
}

// empty refuses to take a stage away from deals that are in it.
func (s Service) empty(ctx context.Context, a auth.Actor, st Stage) error {
	used, err := s.Store.DealsIn(ctx, a.Team, st.ID)
	if err == nil && used {
		return fault.New(fault.Invalid, "Stage %d still has deals; move or delete them first", st.ID)
	}
	return err
}

func (s Service) commit(ctx context.Context, set change.Set) error {
	if err := s.Store.Commit(ctx, set); err != nil {
		return fmt.Errorf("pipelines.commit: %w", err)
	}
	return nil
}
