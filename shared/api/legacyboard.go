package api

import (
	"context"
	"net/http"

	"github.com/lejek/lejek/shared/pipelines"
	"github.com/lejek/lejek/shared/value"
)

// stageV1 and pipelineV1 are stages and pipelines in the forms of v1 (contract §4.1).
type stageV1 struct {
	relatedStage
	PipelineName            string `json:"pipeline_name"`
	PipelineDealProbability bool   `json:"pipeline_deal_probability"`
}

type pipelineV1 struct {
	relatedPipeline
	Selected bool `json:"selected"`
}

func stageV1Out(s pipelines.Stage, b pipelines.Board) stageV1 {
	p, _ := b.Pipeline(s.PipelineID)
	return stageV1{relatedStageOut(s), p.Name, p.ProbabilityEnabled}
}

func pipelineV1Out(p pipelines.Pipeline, first bool) pipelineV1 {
	return pipelineV1{relatedPipelineOut(p), first}
}

// pipelineBodyV1 is what a client of v1 may write of a pipeline.
type pipelineBodyV1 struct {
	DealProbability value.Opt[bool] `json:"deal_probability" rule:"notnull"`
}

type pipelineCreateV1 struct {
	Name value.Opt[string] `json:"name" rule:"required,max=255,trim"`
	pipelineBodyV1
}

type pipelineUpdateV1 struct {
	byID
	Name    value.Opt[string] `json:"name" rule:"notnull,nonempty,max=255,trim"`
	OrderNr value.Opt[int64]  `json:"order_nr" rule:"notnull,min=1"`
	pipelineBodyV1
}

// stageBodyV1 is what a client of v1 may write of a stage.
type stageBodyV1 struct {
	DealProbability value.Opt[int64] `json:"deal_probability" rule:"notnull,min=0,max=100"`
	RottenFlag      value.Opt[bool]  `json:"rotten_flag" rule:"notnull"`
	RottenDays      value.Opt[int64] `json:"rotten_days" rule:"min=1,max=10000"`
}

func (b stageBodyV1) input(name value.Opt[string], pipeline value.Opt[int64]) pipelines.StageInput {
	return pipelines.StageInput{
		Name: name, PipelineID: pipeline, Probability: b.DealProbability, RotEnabled: b.RottenFlag, DaysToRotten: b.RottenDays,
	}
}

type stageCreateV1 struct {
	Name       value.Opt[string] `json:"name" rule:"required,max=255,trim"`
	PipelineID value.Opt[int64]  `json:"pipeline_id" rule:"required,min=1"`
	stageBodyV1
}

type stageUpdateV1 struct {
	byID
	Name       value.Opt[string] `json:"name" rule:"notnull,nonempty,max=255,trim"`
	PipelineID value.Opt[int64]  `json:"pipeline_id" rule:"notnull,min=1"`
	OrderNr    value.Opt[int64]  `json:"order_nr" rule:"notnull,min=1"`
	stageBodyV1
}

type stageListV1 struct {
	PipelineID value.Opt[int64] `query:"pipeline_id" rule:"min=1"`
}

// LegacyRoutes are those of v1.
func (h Pipelines) LegacyRoutes() []Route {
	stage := func(ctx context.Context, c Call, s pipelines.Stage, status int, err error) (any, error) {
		if err != nil {
			return nil, renamed(err, map[string]string{"days_to_rotten": "rotten_days"})
		}
		b, err := h.Pipelines.Board(ctx, c.Actor)
		return Answer{Status: status, Data: stageV1Out(s, b)}, err
	}
	pipeline := func(ctx context.Context, c Call, p pipelines.Pipeline, status int, err error) (any, error) {
		if err != nil {
			return nil, err
		}
		b, err := h.Pipelines.Board(ctx, c.Actor)
		return Answer{Status: status, Data: pipelineV1Out(p, b.Default(p.ID))}, err
	}
	return []Route{
		Handle("GET /v1/pipelines", func(ctx context.Context, c Call, _ struct{}) (any, error) {
			b, err := h.Pipelines.Board(ctx, c.Actor)
			return each(b.Ordered(), func(p pipelines.Pipeline) pipelineV1 { return pipelineV1Out(p, b.Default(p.ID)) }), err
		}).Lists(pipelineV1{}, Whole),
		Handle("POST /v1/pipelines", func(ctx context.Context, c Call, in pipelineCreateV1) (any, error) {
			p, err := h.Pipelines.CreatePipeline(ctx, c.Actor, pipelines.PipelineInput{Name: in.Name, ProbabilityEnabled: in.DealProbability})
			return pipeline(ctx, c, p, http.StatusCreated, err)
		}).Returns(pipelineV1{}).Created(),
		Handle("GET /v1/pipelines/{id}", func(ctx context.Context, c Call, in byID) (any, error) {
			p, err := h.Pipelines.Pipeline(ctx, c.Actor, in.ID)
			return pipeline(ctx, c, p, http.StatusOK, err)
		}).Returns(pipelineV1{}),
		Handle("PUT /v1/pipelines/{id}", func(ctx context.Context, c Call, in pipelineUpdateV1) (any, error) {
			p, err := h.Pipelines.UpdatePipeline(ctx, c.Actor, in.ID, pipelines.PipelineInput{Name: in.Name, ProbabilityEnabled: in.DealProbability, Order: in.OrderNr})
			return pipeline(ctx, c, p, http.StatusOK, err)
		}).Returns(pipelineV1{}),
		Handle("DELETE /v1/pipelines/{id}", func(ctx context.Context, c Call, in byID) (any, error) {
			return deleted(in), h.Pipelines.DeletePipeline(ctx, c.Actor, in.ID)
		}).Returns(deleted{}),
		Handle("GET /v1/stages", func(ctx context.Context, c Call, in stageListV1) (any, error) {
			b, err := h.Pipelines.Board(ctx, c.Actor)
			return each(b.Sorted(in.PipelineID.V), func(s pipelines.Stage) stageV1 { return stageV1Out(s, b) }), err
		}).Lists(stageV1{}, Whole),
		Handle("POST /v1/stages", func(ctx context.Context, c Call, in stageCreateV1) (any, error) {
			s, err := h.Pipelines.CreateStage(ctx, c.Actor, in.input(in.Name, in.PipelineID))
			return stage(ctx, c, s, http.StatusCreated, err)
		}).Returns(stageV1{}).Created(),
		Handle("DELETE /v1/stages", func(ctx context.Context, c Call, in severalIDs) (any, error) {
			return deleteEach(in.IDs, "Stage", func(id int64) error { return h.Pipelines.DeleteStage(ctx, c.Actor, id) })
		}).Returns(deletedMany{}),
		Handle("GET /v1/stages/{id}", func(ctx context.Context, c Call, in byID) (any, error) {
			s, err := h.Pipelines.Stage(ctx, c.Actor, in.ID)
			return stage(ctx, c, s, http.StatusOK, err)
		}).Returns(stageV1{}),
		Handle("PUT /v1/stages/{id}", func(ctx context.Context, c Call, in stageUpdateV1) (any, error) {
			input := in.input(in.Name, in.PipelineID)
			input.Order = in.OrderNr
			s, err := h.Pipelines.UpdateStage(ctx, c.Actor, in.ID, input)
			return stage(ctx, c, s, http.StatusOK, err)
		}).Returns(stageV1{}),
		Handle("DELETE /v1/stages/{id}", func(ctx context.Context, c Call, in byID) (any, error) {
			return deleted(in), h.Pipelines.DeleteStage(ctx, c.Actor, in.ID)
		}).Returns(deleted{}),
	}
}
