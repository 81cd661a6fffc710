// Package deals holds what a deal is and how it moves: through the stages of a pipeline until it is won or lost. The rules
// are values in, values out; the Service loads, applies a rule and saves everything that follows from it in one change.
package deals

import (
	"slices"
	"strings"
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
	LabelIDs          []int64 // options of the built-in field of labels
	Origin            string
	Custom            map[int64]value.Custom // by the field's number; those of deleted fields stay
	Deleted           bool
	Archived          bool
	ArchiveTime       *time.Time
	Participants      []Participant // who takes part beside the deal's person
	MergedInto        *int64        // the deal that absorbed this one
	stored            *Deal         // see Follow
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
	Archived          value.Opt[bool]
	ArchiveTime       value.Opt[time.Time]
	LabelIDs          value.Opt[[]int64]
	Custom            []change.Custom
	Wrong             fault.Fields // what was found wrong on the way here: named together with the rest
}

// New is a deal made from an input that Check found right, in its resolved stage; currency is the owner's.
// update_time is now, also where add_time is not.
func New(a auth.Actor, in Input, id int64, currency string, now time.Time) Deal {
	d := Deal{
		ID: id, CreatorUserID: a.User, OwnerID: a.User, Value: "0",
		Currency: currency, AddTime: in.AddTime.Or(now), Status: Open, VisibleTo: 3, Origin: "API",
	}
	d = d.Apply(in, now)
	d.StageChangeTime, d.Links = nil, 1
	return d
}

// Apply writes an input, which Check found right, onto the deal, with every side effect of contract §2.1.
func (d Deal) Apply(in Input, now time.Time) Deal {
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
	if in.LabelIDs.Set {
		d.LabelIDs = value.Unique(in.LabelIDs.V)
	}
	d.Custom = change.SetCustom(d.Custom, in.Custom)
	d.PipelineID = in.PipelineID.Or(d.PipelineID)
	if d.StageID = in.StageID.Or(d.StageID); d.StageID != before.StageID {
		d.StageChangeTime = &now
	}
	d = d.moveTo(in, now).archive(in, now)
	if !value.Equal(d.PersonID, before.PersonID) || !value.Equal(d.OrganizationID, before.OrganizationID) {
		d.Links++
	}
	d.UpdateTime = now
	return d
}

// Check names every input that does not fit the deal's status: a time or a reason belongs to the status that it explains, and
// a closed or archived deal keeps its times.
func (d Deal) Check(in Input) error {
	var bad fault.Fields
	status := in.Status.Or(d.Status)
	if !slices.Contains([]string{Open, Won, Lost}, status) {
		bad.Add("status", "must be one of open, won, lost")
	}
	if in.LostReason.Has() && status != Lost {
		bad.Add("lost_reason", "can be set only when status is lost")
	}
	for _, t := range []struct {
		name string
		in   value.Opt[time.Time]
		of   []string
	}{{"won_time", in.WonTime, []string{Won}}, {"lost_time", in.LostTime, []string{Lost}}, {"close_time", in.CloseTime, []string{Won, Lost}}} {
		explains := slices.Contains(t.of, status)
		if t.in.Has() && !explains {
			bad.Add(t.name, "can be set only when status is %s", strings.Join(t.of, " or "))
		}
		if t.in.Null && explains {
			bad.Add(t.name, "cannot be cleared while status is %s", status)
		}
	}
	switch archived := in.Archived.Or(d.Archived); {
	case in.ArchiveTime.Has() && !archived:
		bad.Add("archive_time", "can be set only when is_archived is true")
	case in.ArchiveTime.Null && archived && d.Archived:
		bad.Add("archive_time", "cannot be cleared while is_archived is true")
	}
	return bad.Err()
}

// moveTo applies the status and what hangs on it: closing sets close_time and won_time or lost_time (now, unless given),
// winning remembers the first time ever, opening clears them. A closed deal's times can be corrected; close_time follows.
func (d Deal) moveTo(in Input, now time.Time) Deal {
	was := d
	d.Status = in.Status.Or(d.Status)
	if d.Status != was.Status || d.Status == Open {
		d.WonTime, d.LostTime, d.CloseTime, d.LostReason = nil, nil, nil, nil
	}
	switch d.Status {
	case Won:
		d.WonTime = closed(in.WonTime, in.CloseTime, d.WonTime, now)
		d.CloseTime = closed(in.CloseTime, in.WonTime, d.CloseTime, *d.WonTime)
		if d.FirstWonTime == nil || was.Status == Won && value.Equal(d.FirstWonTime, was.WonTime) {
			d.FirstWonTime = d.WonTime
		}
	case Lost:
		d.LostTime = closed(in.LostTime, in.CloseTime, d.LostTime, now)
		d.CloseTime = closed(in.CloseTime, in.LostTime, d.CloseTime, *d.LostTime)
		in.LostReason.Into(&d.LostReason)
	}
	return d
}

// closed is the time given, else the other one given with it, else the one it had, else now.
func closed(given, other value.Opt[time.Time], had *time.Time, now time.Time) *time.Time {
	switch {
	case given.Has():
		return &given.V
	case had != nil && !other.Has():
		return had
	}
	now = other.Or(now)
	return &now
}

// archive puts the deal away (at that time, now unless given) or takes it back. Its status stays as it is.
func (d Deal) archive(in Input, now time.Time) Deal {
	switch d.Archived = in.Archived.Or(d.Archived); {
	case !d.Archived:
		d.ArchiveTime = nil
	case in.ArchiveTime.Has():
		d.ArchiveTime = &in.ArchiveTime.V
	case d.ArchiveTime == nil:
		d.ArchiveTime = &now
	}
	return d
}

// Delete marks the deal; it stays readable for 30 days.
func (d Deal) Delete(now time.Time) Deal {
	d.Deleted, d.UpdateTime = true, now
	return d
}
