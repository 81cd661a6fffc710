package statistics

import "slices"

// Conversion is how many of a pipeline's deals went on, in percent (contract §3.7).
type Conversion struct {
	Stages    []StageConversion
	Won, Lost int64
}

// StageConversion is from a stage to the next one in order.
type StageConversion struct{ From, To, Rate int64 }

// convert counts a period of a pipeline. Trails may be those of other owners too.
func convert(trails []Trail, pipeline, user int64, stages []Stage, p Period) Conversion {
	var c Conversion
	order := map[int64]int{}
	for i, s := range stages {
		order[s.ID] = i
	}
	var all, ended ratio
	steps := make([]ratio, len(stages))
	for _, t := range trails {
		if !t.counts(pipeline, user) {
			continue
		}
		for i := range steps {
			if arrived := t.arrival(pipeline, stages[i].ID, p); arrived >= 0 {
				steps[i].count(t.Last.Status == won || t.beyond(pipeline, arrived, i, order))
			}
		}
		if t.entered(pipeline, p) || t.present(pipeline, p) {
			all.count(t.Last.Status == won && p.hasSet(t.Last.WonTime))
			ended.count(t.Last.Status == lost && p.hasSet(t.Last.LostTime))
		}
	}
	for i := range max(0, len(stages)-1) {
		c.Stages = append(c.Stages, StageConversion{stages[i].ID, stages[i+1].ID, steps[i].percent()})
	}
	c.Won, c.Lost = all.percent(), ended.percent()
	return c
}

// arrival is the first visit by which the deal entered a stage in the period; -1 for none.
func (t Trail) arrival(pipeline, stage int64, p Period) int {
	return slices.IndexFunc(t.Visits, func(v Visit) bool { return v.PipelineID == pipeline && v.StageID == stage && p.has(v.At) })
}

// beyond reports whether the deal entered a later stage of the pipeline after a visit.
func (t Trail) beyond(pipeline int64, visit, place int, order map[int64]int) bool {
	return slices.ContainsFunc(t.Visits[visit+1:], func(v Visit) bool {
		to, known := order[v.StageID]
		return known && v.PipelineID == pipeline && to > place
	})
}

// present reports whether the deal was open in the pipeline at any time of the period.
func (t Trail) present(pipeline int64, p Period) bool {
	for _, stays := range t.stays(pipeline) {
		if during(stays, p) {
			return true
		}
	}
	return false
}

// ratio is a share of deals.
type ratio struct{ some, of int64 }

func (r *ratio) count(some bool) {
	r.of++
	if some {
		r.some++
	}
}

// percent is rounded half up; 0 of nothing.
func (r ratio) percent() int64 {
	if r.of == 0 {
		return 0
	}
	return (200*r.some + r.of) / (2 * r.of)
}
