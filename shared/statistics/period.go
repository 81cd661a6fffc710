package statistics

import (
	"time"

	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/value"
)

// Period is the time from local midnight of its first day to the end of its last, in the company's zone. Now is when the
// question is asked: time that has not passed yet is not counted as spent.
type Period struct {
	From, To time.Time // To is the first instant after the period
	Now      time.Time
}

// NewPeriod is the period of two dates.
func NewPeriod(start, end value.Date, zone *time.Location, now time.Time) (Period, error) {
	if end < start {
		return Period{}, fault.BadField("end_date", "must not be before start_date")
	}
	return Period{From: value.StartOfDay(start, zone), To: value.StartOfDay(end.AddDays(1), zone), Now: now}, nil
}

func (p Period) has(t time.Time) bool { return !t.Before(p.From) && t.Before(p.To) }

func (p Period) hasSet(t *time.Time) bool { return t != nil && p.has(*t) }

// last is the last instant of the period; times are whole milliseconds.
func (p Period) last() time.Time { return p.To.Add(-time.Millisecond) }

// limit is until when time counts as spent.
func (p Period) limit() time.Time {
	if p.Now.Before(p.To) {
		return p.Now
	}
	return p.To
}

// span is the time from From until To; empty unless From is before To.
type span struct{ from, to time.Time }

func (s span) empty() bool { return !s.from.Before(s.to) }

func (s span) cut(o span) span {
	if o.from.After(s.from) {
		s.from = o.from
	}
	if o.to.Before(s.to) {
		s.to = o.to
	}
	return s
}

// open are the times during which the deal was open: all since it was added, without its closings.
func (t Trail) open() []span {
	spans := []span{{t.Last.AddTime, far}}
	for _, c := range t.Closings {
		closed := span{c.From, far}
		if c.Until != nil {
			closed.to = *c.Until
		}
		if closed.empty() {
			continue
		}
		var rest []span
		for _, s := range spans {
			for _, part := range []span{{s.from, closed.from}, {closed.to, s.to}} {
				if part = part.cut(s); !part.empty() {
					rest = append(rest, part)
				}
			}
		}
		spans = rest
	}
	return spans
}

// stays are the times during which the deal was open in each stage of a pipeline.
func (t Trail) stays(pipeline int64) map[int64][]span {
	stays := map[int64][]span{}
	opens := t.open()
	for i, v := range t.Visits {
		if v.PipelineID != pipeline {
			continue
		}
		visit := span{v.At, far}
		if i+1 < len(t.Visits) {
			visit.to = t.Visits[i+1].At
		}
		for _, o := range opens {
			if s := visit.cut(o); !s.empty() {
				stays[v.StageID] = append(stays[v.StageID], s)
			}
		}
	}
	return stays
}

// entered reports whether the deal came into the pipeline in the period: was created in it or moved into it.
func (t Trail) entered(pipeline int64, p Period) bool {
	for i, v := range t.Visits {
		if v.PipelineID == pipeline && (i == 0 || t.Visits[i-1].PipelineID != pipeline) && p.has(v.At) {
			return true
		}
	}
	return false
}

// openIn reports whether the deal was open in the pipeline at an instant.
func (t Trail) openIn(pipeline int64, at time.Time) bool {
	for _, stay := range t.stays(pipeline) {
		for _, s := range stay {
			if !at.Before(s.from) && at.Before(s.to) {
				return true
			}
		}
	}
	return false
}

// age is the time from add_time until the deal was closed, as it stood at the limit, or until the limit.
func (t Trail) age(limit time.Time) time.Duration {
	end := limit
	for _, c := range t.Closings {
		if c.From.Before(limit) && (c.Until == nil || !c.Until.Before(limit)) && c.From.Before(end) {
			end = c.From
		}
	}
	return max(0, end.Sub(t.Last.AddTime))
}
