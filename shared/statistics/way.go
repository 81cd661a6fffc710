package statistics

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/value"
)

// Way is how one deal went (contract §4.1).
type Way struct {
	Stages []int64                 // of the pipeline that the deal is in now, in their order
	Stays  map[int64]time.Duration // how long it was open in each
	Age    time.Duration           // until it was closed, or until now
	ToWon  time.Duration           // until it was won for the first time; zero for one that never was
	Place  int                     // of its stage in the pipeline, from 1; of a won deal that of the last one
}

// Way reads one deal's trail, which may be an hour old, and, where the deal was written since, its change log from then on; no
// other deal's facts. At is the deal as it is.
func (s Service) Way(ctx context.Context, a auth.Actor, at change.Fact) (w Way, err error) {
	trails, err := s.Store.Trails(ctx, a.Team, []int64{at.Deal})
	if err != nil {
		return w, fmt.Errorf("the trail of deal %d: %w", at.Deal, err)
	}
	trail := trails[at.Deal]
	if last := trail.Last; last.Version < at.Version {
		var since time.Time
		if last.Version > 0 {
			since = last.At.Add(-time.Minute) // the clock of another function may be so far behind
		}
		log, err := s.Store.Log(ctx, a.Team, change.Of(change.Deal, at.Deal), since)
		if err != nil {
			return w, fmt.Errorf("the change log of deal %d: %w", at.Deal, err)
		}
		trail = trail.upTo(at, log)
	}
	stages, err := s.Board.StagesOf(ctx, a.Team, at.PipelineID)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return w, err
	}
	now := s.Now().UTC()
	w = Way{Stays: map[int64]time.Duration{}, Age: trail.age(now)}
	for stage, stays := range trail.stays(at.PipelineID) {
		w.Stays[stage] = spent(stays, now)
	}
	for i, stage := range stages {
		if w.Stages = append(w.Stages, stage.ID); stage.ID == at.StageID || at.Status == won {
			w.Place = i + 1
		}
	}
	if at.FirstWonTime != nil {
		w.ToWon = max(0, at.FirstWonTime.Sub(at.AddTime))
	}
	return w, nil
}

// upTo is the trail after the writes that a change log tells of: from the deal as it is now, back to where the trail ends.
func (t Trail) upTo(now change.Fact, log []change.Row) Trail {
	slices.SortFunc(log, func(a, b change.Row) int { return cmp.Compare(b.Log.ID, a.Log.ID) })
	facts := []change.Fact{now}
	state := now
	for _, row := range log {
		if row.Log.ID <= t.Last.Version {
			break
		}
		state.Version, state.UpdateTime = row.Log.ID, row.At
		facts = append(facts, state)
		for _, f := range row.Log.Fields {
			state = before(state, f)
		}
	}
	slices.Reverse(facts)
	for _, f := range facts {
		t = t.After(f)
	}
	return t
}

// before is the deal as it was before a field changed.
func before(f change.Fact, c change.Field) change.Fact {
	id := func(old int64) int64 {
		n, err := strconv.ParseInt(value.Deref(c.Old), 10, 64)
		if err != nil {
			return old
		}
		return n
	}
	at := func() *time.Time {
		t, err := time.Parse(time.DateTime, value.Deref(c.Old))
		if err != nil {
			return nil
		}
		return &t
	}
	switch c.Key {
	case "stage_id":
		f.StageID = id(f.StageID)
	case "pipeline":
		f.PipelineID = id(f.PipelineID)
	case "status":
		f.Status = value.Deref(c.Old)
	case "close_time":
		f.CloseTime = at()
	case "stage_change_time":
		f.StageChangeTime = at()
	}
	return f
}
