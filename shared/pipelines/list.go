package pipelines

import (
	"context"

	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/value"
)

// Facets are what lists sort and filter by.
func (p Pipeline) Facets() value.Facets {
	return value.Facets{ID: p.ID, Order: p.Order, Added: p.AddTime, Updated: p.UpdateTime, Deleted: p.Deleted}
}

func (s Stage) Facets() value.Facets {
	return value.Facets{ID: s.ID, Pipeline: s.PipelineID, Order: s.Order, Added: s.AddTime, Updated: s.UpdateTime, Deleted: s.Deleted}
}

// Pipelines is one page of pipelines, Stages one of stages; the Board holds them all.
func (s Service) Pipelines(ctx context.Context, a auth.Actor, l value.List) (value.Page[Pipeline], error) {
	b, err := s.Store.Board(ctx, a.Team)
	if err != nil {
		return value.Page[Pipeline]{}, err
	}
	page, err := value.PageOf(b.Pipelines, Pipeline.Facets, l)
	return page, fault.Cursor(err)
}

func (s Service) Stages(ctx context.Context, a auth.Actor, l value.List) (value.Page[Stage], error) {
	b, err := s.Store.Board(ctx, a.Team)
	if err != nil {
		return value.Page[Stage]{}, err
	}
	page, err := value.PageOf(b.Stages, Stage.Facets, l)
	return page, fault.Cursor(err)
}

// Pipeline and Stage are one of them, deleted ones included.
func (s Service) Pipeline(ctx context.Context, a auth.Actor, id int64) (Pipeline, error) {
	b, err := s.Store.Board(ctx, a.Team)
	p, ok := b.Pipeline(id)
	if err == nil && !ok {
		err = fault.Missing("Pipeline")
	}
	return p, err
}

func (s Service) Stage(ctx context.Context, a auth.Actor, id int64) (Stage, error) {
	b, err := s.Store.Board(ctx, a.Team)
	st, ok := b.Stage(id)
	if err == nil && !ok {
		err = fault.Missing("Stage")
	}
	return st, err
}
