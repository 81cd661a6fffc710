package pipelines

import (
	"time"

	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/value"
)

// MaxStages of a pipeline: deleting it marks all of them in one transaction.
const MaxStages = 90

// PipelineInput and StageInput are what a client may write; what is absent stays as it is.
type PipelineInput struct {
	Name               value.Opt[string]
	ProbabilityEnabled value.Opt[bool]
	Order              value.Opt[int64] // of a change: its place, counted from 1; the others make room
}

type StageInput struct {
	Name         value.Opt[string]
	PipelineID   value.Opt[int64]
	Probability  value.Opt[int64]
	RotEnabled   value.Opt[bool]
	DaysToRotten value.Opt[int64]
	Order        value.Opt[int64] // of a change: its place in its pipeline, counted from 1; the others make room
}

func (p Pipeline) apply(in PipelineInput, now time.Time) Pipeline {
	before := p
	p.Name = in.Name.Or(p.Name)
	p.ProbabilityEnabled = in.ProbabilityEnabled.Or(p.ProbabilityEnabled)
	if p != before || p.Version == 0 {
		p.UpdateTime = now
	}
	return p
}

// apply writes an input onto the stage; one that comes to another pipeline becomes its last.
func (s Stage) apply(in StageInput, b Board, now time.Time) (Stage, error) {
	before := s
	var bad fault.Fields
	s.Name = in.Name.Or(s.Name)
	s.Probability = in.Probability.Or(s.Probability)
	s.RotEnabled = in.RotEnabled.Or(s.RotEnabled)
	in.DaysToRotten.Into(&s.DaysToRotten)
	if s.RotEnabled && s.DaysToRotten == nil {
		bad.Add("days_to_rotten", "must be given when deals rot in the stage")
	}
	if to := in.PipelineID.Or(s.PipelineID); to != s.PipelineID {
		others := b.StagesOf(to)
		if p, ok := b.Pipeline(to); !ok || p.Deleted {
			bad.Add("pipeline_id", "pipeline %d not found", to)
		} else if len(others) >= MaxStages {
			bad.Add("pipeline_id", "pipeline %d has %d stages already", to, MaxStages)
		}
		if s.PipelineID, s.Order = to, 1; len(others) > 0 {
			s.Order = others[len(others)-1].Order + 1
		}
	}
	if !s.same(before) || s.Version == 0 {
		s.UpdateTime = now
	}
	return s, bad.Err()
}

// same compares what an input can write.
func (s Stage) same(o Stage) bool {
	days := value.Equal(s.DaysToRotten, o.DaysToRotten)
	s.DaysToRotten, s.UpdateTime, o.DaysToRotten, o.UpdateTime = nil, time.Time{}, nil, time.Time{}
	return days && s == o
}
