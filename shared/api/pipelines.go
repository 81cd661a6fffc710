package api

import (
	"context"

	"github.com/lejek/lejek/shared/pipelines"
	"github.com/lejek/lejek/shared/value"
)

// pipelineWire and stageWire are those of v2 (contract §2.5).
type pipelineWire struct {
	ID                       int64   `json:"id"`
	Name                     string  `json:"name"`
	OrderNr                  int64   `json:"order_nr"`
	IsDeleted                bool    `json:"is_deleted"`
	IsDealProbabilityEnabled bool    `json:"is_deal_probability_enabled"`
	AddTime                  *string `json:"add_time"`
	UpdateTime               *string `json:"update_time"`
}

func pipelineOut(p pipelines.Pipeline) pipelineWire {
	return pipelineWire{p.ID, p.Name, p.Order, p.Deleted, p.ProbabilityEnabled, seconds(&p.AddTime), seconds(&p.UpdateTime)}
}

type stageWire struct {
	ID               int64   `json:"id"`
	OrderNr          int64   `json:"order_nr"`
	Name             string  `json:"name"`
	IsDeleted        bool    `json:"is_deleted"`
	DealProbability  int64   `json:"deal_probability"`
	PipelineID       int64   `json:"pipeline_id"`
	IsDealRotEnabled bool    `json:"is_deal_rot_enabled"`
	DaysToRotten     *int64  `json:"days_to_rotten"`
	AddTime          *string `json:"add_time"`
	UpdateTime       *string `json:"update_time"`
}

func stageOut(s pipelines.Stage) stageWire {
	return stageWire{
		s.ID, s.Order, s.Name, s.Deleted, s.Probability, s.PipelineID, s.RotEnabled, s.DaysToRotten, seconds(&s.AddTime), seconds(&s.UpdateTime),
	}
}

type pipelineCreate struct {
	Name                     value.Opt[string] `json:"name" rule:"required,max=255,trim"`
	IsDealProbabilityEnabled value.Opt[bool]   `json:"is_deal_probability_enabled" rule:"notnull"`
}

type pipelineUpdate struct {
	byID
	Name                     value.Opt[string] `json:"name" rule:"notnull,nonempty,max=255,trim"`
	IsDealProbabilityEnabled value.Opt[bool]   `json:"is_deal_probability_enabled" rule:"notnull"`
}

type stageBody struct {
	DealProbability  value.Opt[int64] `json:"deal_probability" rule:"notnull,min=0,max=100"`
	IsDealRotEnabled value.Opt[bool]  `json:"is_deal_rot_enabled" rule:"notnull"`
	DaysToRotten     value.Opt[int64] `json:"days_to_rotten" rule:"min=1,max=10000"`
}

func (b stageBody) input(name value.Opt[string], pipeline value.Opt[int64]) pipelines.StageInput {
	return pipelines.StageInput{
		Name: name, PipelineID: pipeline, Probability: b.DealProbability, RotEnabled: b.IsDealRotEnabled, DaysToRotten: b.DaysToRotten,
	}
}

type stageCreate struct {
	Name       value.Opt[string] `json:"name" rule:"required,max=255,trim"`
	PipelineID value.Opt[int64]  `json:"pipeline_id" rule:"required,min=1"`
	stageBody
}

type stageUpdate struct {
	byID
	Name       value.Opt[string] `json:"name" rule:"notnull,nonempty,max=255,trim"`
	PipelineID value.Opt[int64]  `json:"pipeline_id" rule:"notnull,min=1"`
	stageBody
}

type pipelineList struct {
	v2Page
}

type stageList struct {
	v2Page
	PipelineID value.Opt[int64] `query:"pipeline_id" rule:"min=1"`
}

// Pipelines are the routes of pipelines and stages.
type Pipelines struct {
	Pipelines pipelines.Service
}

// Routes binds them.
func (h Pipelines) Routes() []Route {
	return []Route{
		Handle("GET /api/v2/pipelines", h.list).Lists(pipelineWire{}, ByCursor),
		Handle("POST /api/v2/pipelines", func(ctx context.Context, c Call, in pipelineCreate) (any, error) {
			p, err := h.Pipelines.CreatePipeline(ctx, c.Actor, pipelines.PipelineInput{Name: in.Name, ProbabilityEnabled: in.IsDealProbabilityEnabled})
			return pipelineOut(p), err
		}).Returns(pipelineWire{}),
		Handle("GET /api/v2/pipelines/{id}", func(ctx context.Context, c Call, in byID) (any, error) {
			p, err := h.Pipelines.Pipeline(ctx, c.Actor, in.ID)
			return pipelineOut(p), err
		}).Returns(pipelineWire{}),
		Handle("PATCH /api/v2/pipelines/{id}", func(ctx context.Context, c Call, in pipelineUpdate) (any, error) {
			write := pipelines.PipelineInput{Name: in.Name, ProbabilityEnabled: in.IsDealProbabilityEnabled}
			p, err := h.Pipelines.UpdatePipeline(ctx, c.Actor, in.ID, write)
			return pipelineOut(p), err
		}).Returns(pipelineWire{}),
		Handle("DELETE /api/v2/pipelines/{id}", func(ctx context.Context, c Call, in byID) (any, error) {
			return deleted(in), h.Pipelines.DeletePipeline(ctx, c.Actor, in.ID)
		}).Returns(deleted{}),
		Handle("GET /api/v2/stages", h.listStages).Lists(stageWire{}, ByCursor),
		Handle("POST /api/v2/stages", func(ctx context.Context, c Call, in stageCreate) (any, error) {
			s, err := h.Pipelines.CreateStage(ctx, c.Actor, in.input(in.Name, in.PipelineID))
			return stageOut(s), err
		}).Returns(stageWire{}),
		Handle("GET /api/v2/stages/{id}", func(ctx context.Context, c Call, in byID) (any, error) {
			s, err := h.Pipelines.Stage(ctx, c.Actor, in.ID)
			return stageOut(s), err
		}).Returns(stageWire{}),
		Handle("PATCH /api/v2/stages/{id}", func(ctx context.Context, c Call, in stageUpdate) (any, error) {
			s, err := h.Pipelines.UpdateStage(ctx, c.Actor, in.ID, in.input(in.Name, in.PipelineID))
			return stageOut(s), err
		}).Returns(stageWire{}),
		Handle("DELETE /api/v2/stages/{id}", func(ctx context.Context, c Call, in byID) (any, error) {
			return deleted(in), h.Pipelines.DeleteStage(ctx, c.Actor, in.ID)
		}).Returns(deleted{}),
	}
}

func (h Pipelines) list(ctx context.Context, c Call, in pipelineList) (any, error) {
	l, err := in.list()
	if err != nil {
		return nil, err
	}
	page, err := h.Pipelines.Pipelines(ctx, c.Actor, l)
	return listed(each(page.Items, pipelineOut), page.Next), err
}

func (h Pipelines) listStages(ctx context.Context, c Call, in stageList) (any, error) {
	l, err := in.list(value.SortOrder)
	if err != nil {
		return nil, err
	}
	link(&l, value.ByPipeline, in.PipelineID)
	page, err := h.Pipelines.Stages(ctx, c.Actor, l)
	return listed(each(page.Items, stageOut), page.Next), err
}
