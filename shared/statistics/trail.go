// Package statistics makes figures of what happened to deals. Each write of a deal leaves a fact (change.Fact). Facts are folded,
// later and once, into what answers are made of: a Trail per deal, filed by pipeline, owner and the last time that it counts,
// and Totals, sums by pipeline and owner. An answer is made of those and of the tail of facts that are not folded yet, so that
// it is right at once after a change.
//
// Figures of a period are counted from trails, not from sums by day. They ask "of the deals that entered this stage, how many
// were won later", list the deals they count, and change for days long past when a deal gets another owner, value or pipeline, or
// is deleted; no sum by day could follow. A trail counts for a period only when its deal was open, or changed, since the
// period's begin, and lies under that time: an answer reads those trails and no others.
package statistics

import (
	"fmt"
	"slices"
	"time"

	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/value"
)

// KindTrail names the record of a trail.
const KindTrail = "trail"

// Statuses of deals.
const (
	open = "open"
	won  = "won"
	lost = "lost"
)

// Trail is the way of one deal.
type Trail struct {
	Version  int64
	Last     change.Fact // the deal as the newest fact tells it
	Visits   []Visit     // in the order in which they were written
	Closings []Closing
}

// Visit is the arrival in a stage; it ends with the next one.
type Visit struct {
	PipelineID int64
	StageID    int64
	At         time.Time
}

// Closing is a time during which the deal was not open: since close_time, until it was opened again or closed differently.
type Closing struct {
	From  time.Time
	Until *time.Time
}

// The newest visits and closings are kept, so that a deal which a script moves to and fro for ever still fits its item. Nobody
// moves a deal that often by hand.
const (
	maxVisits   = 1000
	maxClosings = 500
)

// Ref names the trail of a deal.
func Ref(deal int64) change.Ref { return change.Of(KindTrail, deal) }

// After is the trail after a fact. A fact that it holds already changes nothing, so facts can be applied again.
func (t Trail) After(f change.Fact) Trail {
	if f.Version <= t.Last.Version {
		return t
	}
	before := t.Last
	t.Last = f
	switch {
	case before.Version == 0:
		t.Visits = []Visit{{f.PipelineID, f.StageID, f.AddTime}}
	case f.StageID != before.StageID:
		at := f.UpdateTime
		if f.StageChangeTime != nil {
			at = *f.StageChangeTime
		}
		t.Visits = newest(t.Visits, Visit{f.PipelineID, f.StageID, at}, maxVisits)
	}
	if before.Version > 0 && before.Status != open && f.Status != before.Status {
		t.Closings = t.closeLast(func(c *Closing) { c.Until = &f.UpdateTime })
	}
	switch at := value.Deref(f.CloseTime); {
	case f.Status == open:
	case f.Status != before.Status:
		t.Closings = newest(t.Closings, Closing{From: at}, maxClosings)
	default: // close_time was corrected
		t.Closings = t.closeLast(func(c *Closing) { c.From = at })
	}
	return t
}

// closeLast changes the last closing without touching the array that other copies of the trail share.
func (t Trail) closeLast(do func(*Closing)) []Closing {
	list := slices.Clone(t.Closings)
	if n := len(list); n > 0 {
		do(&list[n-1])
	}
	return list
}

func newest[T any](list []T, item T, most int) []T {
	list = append(slices.Clone(list), item)
	return list[max(0, len(list)-most):]
}

// counts reports whether the deal belongs to a pipeline's figures of a user; 0 is any.
func (t Trail) counts(pipeline, user int64) bool {
	return !t.Last.Deleted && (pipeline == 0 || t.Last.PipelineID == pipeline) && (user == 0 || t.Last.OwnerID == user)
}

// far is when open deals stop to count.
var far = time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)

// until is the last time that the deal counts: no period that begins later has to look at it.
func (t Trail) until() time.Time {
	f := t.Last
	if f.Status == open {
		return far
	}
	last := f.AddTime
	for _, at := range []*time.Time{&f.UpdateTime, f.StageChangeTime, f.WonTime, f.LostTime, f.CloseTime, f.FirstWonTime} {
		if at != nil && at.After(last) {
			last = *at
		}
	}
	if f.ExpectedCloseDate != nil { // a day in any zone ends within these hours
		if end := value.StartOfDay(f.ExpectedCloseDate.AddDays(2), time.UTC); end.After(last) {
			last = end
		}
	}
	for _, v := range t.Visits {
		if v.At.After(last) {
			last = v.At
		}
	}
	for _, c := range t.Closings {
		if c.Until != nil && c.Until.After(last) {
			last = *c.Until
		}
	}
	return last
}

// Shelf is where trails of a pipeline and an owner are filed.
func Shelf(pipeline, owner int64) change.Ref {
	return change.Named("pipe", fmt.Sprintf("%d#user#%d", pipeline, owner))
}

// row is the filed copy of the trail; none when the deal is deleted, since it counts nowhere.
func (t Trail) row() []change.Row {
	if t.Last.Version == 0 || t.Last.Deleted {
		return nil
	}
	return []change.Row{{
		On: Shelf(t.Last.PipelineID, t.Last.OwnerID), Shelf: change.Figures, At: t.until(), Source: change.Of(change.Deal, t.Last.Deal), Figure: t,
	}}
}
