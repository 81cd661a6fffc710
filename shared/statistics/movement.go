package statistics

import (
	"cmp"
	"slices"
	"time"

	"github.com/lejek/lejek/shared/value"
)

// Movement is what happened in a pipeline during a period (contract §3.7): among the deals that are in the pipeline now, are not
// deleted and belong to the user.
type Movement struct {
	Moves     int // stage changes between two stages of the pipeline
	New       Group
	LeftOpen  Group
	Won       Group
	Lost      Group
	Age       int64 // mean days from add_time to close, over the deals that were open in some stage
	StageAges []StageAge
}

// Group is some deals and what they are worth together.
type Group struct {
	Deals  []int64
	Values map[string]value.Decimal // by currency
}

func (g *Group) add(t Trail) {
	if g.Values == nil {
		g.Values = map[string]value.Decimal{}
	}
	g.Deals = append(g.Deals, t.Last.Deal)
	g.Values[t.Last.Currency] = g.Values[t.Last.Currency].Add(t.Last.Value)
}

// StageAge is the mean number of days that deals spent in a stage.
type StageAge struct{ StageID, Days int64 }

// Stage of a pipeline; lists of them are in the pipeline's order.
type Stage struct{ ID int64 }

// move counts a period of a pipeline. Trails may be those of other owners too.
func move(trails []Trail, pipeline, user int64, stages []Stage, p Period) Movement {
	var m Movement
	var ages mean
	byStage := map[int64]*mean{}
	for _, t := range sorted(trails) {
		if !t.counts(pipeline, user) {
			continue
		}
		for i, v := range t.Visits {
			if i > 0 && v.PipelineID == pipeline && t.Visits[i-1].PipelineID == pipeline && p.has(v.At) {
				m.Moves++
			}
		}
		if t.entered(pipeline, p) {
			m.New.add(t)
		}
		if t.openIn(pipeline, p.last()) {
			m.LeftOpen.add(t)
		}
		if t.Last.Status == won && p.hasSet(t.Last.WonTime) {
			m.Won.add(t)
		}
		if t.Last.Status == lost && p.hasSet(t.Last.LostTime) {
			m.Lost.add(t)
		}
		present := false
		for stage, stays := range t.stays(pipeline) {
			if during(stays, p) {
				if present = true; byStage[stage] == nil {
					byStage[stage] = &mean{}
				}
				byStage[stage].add(spent(stays, p.limit()))
			}
		}
		if present {
			ages.add(t.age(p.limit()))
		}
	}
	m.Age = ages.days()
	for _, s := range stages {
		days := int64(0)
		if byStage[s.ID] != nil {
			days = byStage[s.ID].days()
		}
		m.StageAges = append(m.StageAges, StageAge{s.ID, days})
	}
	return m
}

// during reports whether any of the stays overlaps the period.
func during(stays []span, p Period) bool {
	return slices.ContainsFunc(stays, func(s span) bool { return !s.cut(span{p.From, p.To}).empty() })
}

// spent is the time of all stays before the limit.
func spent(stays []span, limit time.Time) (sum time.Duration) {
	for _, s := range stays {
		if s = s.cut(span{s.from, limit}); !s.empty() {
			sum += s.to.Sub(s.from)
		}
	}
	return sum
}

// mean of durations, in whole days; the sum of many years of many deals is beyond a Duration, so it is kept in milliseconds.
type mean struct{ sum, n int64 }

func (m *mean) add(d time.Duration) { m.sum, m.n = m.sum+d.Milliseconds(), m.n+1 }

func (m mean) days() int64 {
	if m.n == 0 {
		return 0
	}
	return m.sum / m.n / (24 * time.Hour).Milliseconds()
}

// sorted orders trails by deal, so that the same question gets the same answer.
func sorted(trails []Trail) []Trail {
	list := slices.Clone(trails)
	slices.SortFunc(list, func(a, b Trail) int { return cmp.Compare(a.Last.Deal, b.Last.Deal) })
	return list
}
