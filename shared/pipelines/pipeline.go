// Package pipelines holds the ways that deals move: pipelines and their ordered stages. A team has few of them, so they lie
// in one collection, are read whole as a Board, and every rule is a question to the Board.
package pipelines

import (
	"cmp"
	"slices"
	"time"

	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/fault"
)

// Kinds of the two records.
const (
	KindPipeline = change.Pipeline
	KindStage    = change.Stage
)

// Pipeline (contract §2.5). Order counts from 1; the lowest is the default.
type Pipeline struct {
	ID                 int64
	Version            int64
	Name               string
	Order              int64
	ProbabilityEnabled bool
	AddTime            time.Time
	UpdateTime         time.Time
	Deleted            bool
}

// Stage of a pipeline. Order counts from 1 within it.
type Stage struct {
	ID           int64
	Version      int64
	Name         string
	PipelineID   int64
	Order        int64
	Probability  int64 // percent
	RotEnabled   bool
	DaysToRotten *int64
	AddTime      time.Time
	UpdateTime   time.Time
	Deleted      bool
}

func (p Pipeline) Ref() change.Ref { return change.Of(KindPipeline, p.ID) }
func (s Stage) Ref() change.Ref    { return change.Of(KindStage, s.ID) }

// Board is all pipelines and stages of a team, deleted ones included.
type Board struct {
	Pipelines []Pipeline
	Stages    []Stage
}

// Ordered are the pipelines that deals can be in, default first.
func (b Board) Ordered() []Pipeline {
	alive := slices.DeleteFunc(slices.Clone(b.Pipelines), func(p Pipeline) bool { return p.Deleted })
	slices.SortFunc(alive, func(x, y Pipeline) int { return cmp.Or(cmp.Compare(x.Order, y.Order), cmp.Compare(x.ID, y.ID)) })
	return alive
}

// Sorted are all stages that deals can be in, by the order of their pipelines and their own; those of one pipeline, or of all for 0.
func (b Board) Sorted(pipeline int64) (all []Stage) {
	for _, p := range b.Ordered() {
		if pipeline == 0 || p.ID == pipeline {
			all = append(all, b.StagesOf(p.ID)...)
		}
	}
	return all
}

// Default reports whether deals go to this pipeline unless they name another.
func (b Board) Default(pipeline int64) bool {
	all := b.Ordered()
	return len(all) > 0 && all[0].ID == pipeline
}

// StagesOf are the stages of a pipeline in order.
func (b Board) StagesOf(pipeline int64) []Stage {
	alive := slices.DeleteFunc(slices.Clone(b.Stages), func(s Stage) bool { return s.Deleted || s.PipelineID != pipeline })
	slices.SortFunc(alive, func(x, y Stage) int { return cmp.Or(cmp.Compare(x.Order, y.Order), cmp.Compare(x.ID, y.ID)) })
	return alive
}

// Pipeline and Stage find by id, deleted ones included.
func (b Board) Pipeline(id int64) (Pipeline, bool) {
	i := slices.IndexFunc(b.Pipelines, func(p Pipeline) bool { return p.ID == id })
	if i < 0 {
		return Pipeline{}, false
	}
	return b.Pipelines[i], true
}

func (b Board) Stage(id int64) (Stage, bool) {
	i := slices.IndexFunc(b.Stages, func(s Stage) bool { return s.ID == id })
	if i < 0 {
		return Stage{}, false
	}
	return b.Stages[i], true
}

// Place is where a deal goes that names this pipeline and this stage; zero means not named. A stage implies its pipeline, a
// pipeline alone its first stage, neither the first stage of the default pipeline (contract §2.1).
func (b Board) Place(pipeline, stage int64) (int64, int64, error) {
	if stage != 0 {
		s, ok := b.Stage(stage)
		if !ok || s.Deleted {
			return 0, 0, fault.BadField("stage_id", "stage %d not found", stage)
		}
		if pipeline != 0 && pipeline != s.PipelineID {
			return 0, 0, fault.BadField("stage_id", "stage %d belongs to pipeline %d, not %d", stage, s.PipelineID, pipeline)
		}
		return s.PipelineID, s.ID, nil
	}
	if pipeline == 0 {
		all := b.Ordered()
		if len(all) == 0 {
			return 0, 0, fault.BadField("pipeline_id", "must be given: the team has no pipeline")
		}
		pipeline = all[0].ID
	} else if p, ok := b.Pipeline(pipeline); !ok || p.Deleted {
		return 0, 0, fault.BadField("pipeline_id", "pipeline %d not found", pipeline)
	}
	stages := b.StagesOf(pipeline)
	if len(stages) == 0 {
		return 0, 0, fault.BadField("stage_id", "must be given: pipeline %d has no stage", pipeline)
	}
	return pipeline, stages[0].ID, nil
}

// Default is the pipeline that a new team begins with.
func Default(now time.Time) Board {
	b := Board{Pipelines: []Pipeline{{ID: 1, Name: "Pipeline", Order: 1, AddTime: now, UpdateTime: now}}}
	for i, name := range []string{"Qualified", "Contact Made", "Demo Scheduled", "Proposal Made", "Negotiations Started"} {
		n := int64(i + 1)
		b.Stages = append(b.Stages, Stage{ID: n, Name: name, PipelineID: 1, Order: n, Probability: 100, AddTime: now, UpdateTime: now})
	}
	return b
}
