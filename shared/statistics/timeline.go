package statistics

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/value"
)

// Dates are the fields that a timeline can be drawn by.
var Dates = []string{"add_time", "update_time", "stage_change_time", "won_time", "first_won_time", "close_time", "expected_close_date"}

// date is the day of a field of the deal in a zone; "" when it is not set.
func (t Trail) date(field string, zone *time.Location) value.Date {
	f := t.Last
	at := map[string]*time.Time{
		"add_time": &f.AddTime, "update_time": &f.UpdateTime, "stage_change_time": f.StageChangeTime, "won_time": f.WonTime,
		"first_won_time": f.FirstWonTime, "close_time": f.CloseTime,
	}[field]
	switch {
	case field == "expected_close_date" && f.ExpectedCloseDate != nil:
		return *f.ExpectedCloseDate
	case at == nil:
		return ""
	}
	return value.DateOf(*at, zone)
}

// Slice is one period of a timeline, First to Last, with the open and won deals, not archived, whose date lies in it.
type Slice struct {
	First, Last value.Date
	Deals       []int64
	All         Amounts
	Open        Amounts
	Won         Amounts
}

// Intervals of timelines.
const (
	Day     = "day"
	Week    = "week"
	Month   = "month"
	Quarter = "quarter"
)

// slicesFrom cuts n intervals, the first of which begins at start.
func slicesFrom(start value.Date, interval string, n int) []Slice {
	begin := func(i int) value.Date {
		switch interval {
		case Week:
			return start.AddDays(7 * i)
		case Month:
			return months(start, i)
		case Quarter:
			return months(start, 3*i)
		}
		return start.AddDays(i)
	}
	list := make([]Slice, n)
	for i := range list {
		list[i] = Slice{First: begin(i), Last: begin(i + 1).AddDays(-1)}
	}
	return list
}

// months is the same day n months later, or the last of a month that is too short for it.
func months(d value.Date, n int) value.Date {
	first := d[:8] + "01"
	month := first.AddMonths(n)
	if day := month[:8] + d[8:]; day <= month.AddMonths(1).AddDays(-1) {
		return day
	}
	return month.AddMonths(1).AddDays(-1)
}

// Timeline is the question of a timeline; zero Pipeline or User is any.
type Timeline struct {
	Start          value.Date
	Interval       string
	Amount         int
	Field          string
	Pipeline, User int64
	Of             []change.Fact // only these deals, as they are here; nil for all
}

func (q Timeline) of(trails []Trail, probability map[int64]int64, zone *time.Location) []Slice {
	list := slicesFrom(q.Start, q.Interval, q.Amount)
	for _, t := range sorted(trails) {
		date := t.date(q.Field, zone)
		if date == "" || t.Last.Status == lost || t.Last.Archived || !t.counts(q.Pipeline, q.User) {
			continue
		}
		i, begins := slices.BinarySearchFunc(list, date, func(s Slice, d value.Date) int { return cmp.Compare(s.First, d) })
		if !begins {
			i--
		}
		if i < 0 || date > list[i].Last {
			continue
		}
		f := t.Last
		percent, known := probability[f.StageID]
		if f.Probability != nil {
			percent = *f.Probability
		} else if !known {
			percent = 100
		}
		list[i].Deals = append(list[i].Deals, f.Deal)
		status := &list[i].Open
		if f.Status == won {
			status = &list[i].Won
		}
		for _, a := range []*Amounts{&list[i].All, status} {
			a.add(f.Currency, 1, f.Value, f.Value.Times(percent))
		}
	}
	return list
}

// Summary is the question of a summary; zero or empty is any.
type Summary struct {
	Status                string
	Archived              bool // of archived deals instead of the others
	User, Pipeline, Stage int64
	Of                    []change.Fact // only these deals, as they are here; nil for all
}

func (q Summary) of(l ledger, probability map[int64]int64) (sum Amounts) {
	for _, ref := range slices.Sorted(maps.Keys(l)) {
		t := l[ref]
		if q.Pipeline != 0 && t.PipelineID != q.Pipeline || q.User != 0 && t.OwnerID != q.User {
			continue
		}
		for _, s := range t.Sums {
			if s.Archived != q.Archived || q.Status != "" && s.Status != q.Status || q.Stage != 0 && s.StageID != q.Stage {
				continue
			}
			percent, known := probability[s.StageID]
			if !known {
				percent = 100
			}
			sum.add(s.Currency, s.Count, s.Value, s.Weighted.Add(s.Stage.Times(percent)))
		}
	}
	return sum
}
