// Package deals holds what a deal is and how it moves: through the stages of a pipeline until it is won or lost. The rules
// are values in, values out; the Service loads, applies a rule and saves everything that follows from it in one change.
package deals

import (
	"slices"
	"time"

	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/value"
)

// Statuses of a deal.
const (
	Open = "open"
	Won  = "won"
	Lost = "lost"
)

// Deal as stored (contract §2.1). Times are UTC.
type Deal struct {
	ID                int64
	Version           int64
	Links             int64 // counts changes of person and organization; see change.Check
	Title             string
	CreatorUserID     int64
	OwnerID           int64
	PersonID          *int64
	OrganizationID    *int64
	PipelineID        int64
	StageID           int64
	Value             value.Decimal
	Currency          string
	AddTime           time.Time
	UpdateTime        time.Time
	StageChangeTime   *time.Time
	Status            string
	Probability       *int64 // percent
	LostReason        *string
	WonTime           *time.Time
	LostTime          *time.Time
	CloseTime         *time.Time
	FirstWonTime      *time.Time
	ExpectedCloseDate *value.Date
	VisibleTo         int64
	Origin            string
	Deleted           bool
}

// Ref names the deal.
func (d Deal) Ref() change.Ref { return change.Of(change.Deal, d.ID) }

// Input is what a client may write; what is absent stays as it is.
type Input struct {
	Title             value.Opt[string]
	OwnerID           value.Opt[int64]
	PersonID          value.Opt[int64]
	OrganizationID    value.Opt[int64]
	PipelineID        value.Opt[int64]
	StageID           value.Opt[int64]
	Value             value.Opt[value.Decimal]
	Currency          value.Opt[string]
	AddTime           value.Opt[time.Time]
	Status            value.Opt[string]
	Probability       value.Opt[int64]
	LostReason        value.Opt[string]
	WonTime           value.Opt[time.Time]
	LostTime          value.Opt[time.Time]
	CloseTime         value.Opt[time.Time]
	ExpectedCloseDate value.Opt[value.Date]
	VisibleTo         value.Opt[int64]
}

// Defaults fill a new deal where the input is silent.
type Defaults struct {
	Currency   string
	PipelineID int64
	StageID    int64
}

// New is a deal made from its input. update_time equals add_time on a new record.
func New(a auth.Actor, in Input, id int64, def Defaults, now time.Time) (Deal, error) {
	added := in.AddTime.Or(now)
	d := Deal{
		ID: id, CreatorUserID: a.User, OwnerID: a.User, PipelineID: def.PipelineID, StageID: def.StageID, Value: "0",
		Currency: def.Currency, AddTime: added, UpdateTime: added, Status: Open, VisibleTo: 3, Origin: "API",
	}
	d, err := d.Apply(in, now)
	d.UpdateTime, d.StageChangeTime, d.Links = added, nil, 1
	return d, err
}

// Apply writes an input onto the deal, with every side effect of contract §2.1.
func (d Deal) Apply(in Input, now time.Time) (Deal, error) {
	if err := d.check(in); err != nil {
		return d, err
	}
	before := d
	d.Title = in.Title.Or(d.Title)
	d.OwnerID = in.OwnerID.Or(d.OwnerID)
	in.PersonID.Into(&d.PersonID)
	in.OrganizationID.Into(&d.OrganizationID)
	d.Value = in.Value.Or(d.Value)
	if in.Value.Null {
		d.Value = "0"
	}
	d.Currency = in.Currency.Or(d.Currency)
	in.Probability.Into(&d.Probability)
	in.ExpectedCloseDate.Into(&d.ExpectedCloseDate)
	d.VisibleTo = in.VisibleTo.Or(d.VisibleTo)
	d.PipelineID = in.PipelineID.Or(d.PipelineID)
	if d.StageID = in.StageID.Or(d.StageID); d.StageID != before.StageID {
		d.StageChangeTime = &now
	}
	d = d.moveTo(in, now)
	if !value.Equal(d.PersonID, before.PersonID) || !value.Equal(d.OrganizationID, before.OrganizationID) {
		d.Links++
	}
	d.UpdateTime = now
	return d, nil
}

// check names every wrong input at once. A time or a reason belongs to the status that it explains.
func (d Deal) check(in Input) error {
	var bad fault.Fields
	status := in.Status.Or(d.Status)
	if !slices.Contains([]string{Open, Won, Lost}, status) {
		bad.Add("status", "must be one of open, won, lost")
	}
	if in.LostReason.Has() && status != Lost {
		bad.Add("lost_reason", "can be set only when status is lost")
	}
	if in.WonTime.Has() && status != Won {
		bad.Add("won_time", "can be set only when status is won")
	}
	if in.LostTime.Has() && status != Lost {
		bad.Add("lost_time", "can be set only when status is lost")
	}
	if in.CloseTime.Has() && status == Open {
		bad.Add("close_time", "can be set only when status is won or lost")
	}
	return bad.Err()
}

// moveTo applies the status and what hangs on it: closing sets close_time and won_time or lost_time (now, unless given),
// winning remembers the first time ever, opening clears them.
func (d Deal) moveTo(in Input, now time.Time) Deal {
	was := d.Status
	d.Status = in.Status.Or(d.Status)
	if d.Status != was || d.Status == Open {
		d.WonTime, d.LostTime, d.CloseTime, d.LostReason = nil, nil, nil, nil
	}
	switch d.Status {
	case Won:
		d.WonTime = firstSet(in.WonTime, d.WonTime, in.CloseTime.Or(now))
		d.CloseTime = firstSet(in.CloseTime, d.CloseTime, *d.WonTime)
		if d.FirstWonTime == nil {
			d.FirstWonTime = d.WonTime
		}
	case Lost:
		d.LostTime = firstSet(in.LostTime, d.LostTime, in.CloseTime.Or(now))
		d.CloseTime = firstSet(in.CloseTime, d.CloseTime, *d.LostTime)
		in.LostReason.Into(&d.LostReason)
	}
	return d
}

func firstSet(in value.Opt[time.Time], had *time.Time, def time.Time) *time.Time {
	switch {
	case in.Has():
		return &in.V
	case had != nil:
		return had
	}
	return &def
}

// Delete marks the deal; it stays readable for 30 days.
func (d Deal) Delete(now time.Time) Deal {
	d.Deleted, d.UpdateTime = true, now
	return d
}
