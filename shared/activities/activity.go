// Package activities holds planned work of any kind, tied to a deal, persons and an organization. An undone activity waits
// among the planned ones of everything it shows on, a done one is part of what happened.
package activities

import (
	"slices"
	"time"

	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/value"
)

// Activity as stored (contract §2.4). DueDate and DueTime together are one instant in UTC; a date without a time is a day in
// the owner's time zone.
type Activity struct {
	ID                int64
	Version           int64
	Subject           string
	Type              string // key of an activity Type
	OwnerID           int64
	CreatorUserID     int64
	DealID            *int64
	OrganizationID    *int64
	Participants      []Participant
	DueDate           *value.Date
	DueTime           *string    // HH:MM:SS
	Duration          *string    // HH:MM:SS
	DueAt             *time.Time // what DueDate and DueTime say; nil without a date
	Busy              bool
	Done              bool
	DoneTime          *time.Time
	Location          *value.Address
	PublicDescription *string
	Note              *string // HTML
	Priority          *int64
	AddTime           time.Time
	UpdateTime        time.Time
	UpdateUserID      int64
	Deleted           bool
	RemindAt          *time.Time // when its reminder is looked at; nil when none is due
	Shown             []change.Ref
}

// Participant is a person who takes part; one of them is primary.
type Participant struct {
	PersonID int64
	Primary  bool
}

// Ref names the activity.
func (a Activity) Ref() change.Ref    { return change.Of(change.Activity, a.ID) }
func (a Activity) ReadVersion() int64 { return a.Version }

// PersonID is the primary participant; 0 for none.
func (a Activity) PersonID() int64 {
	for _, p := range a.Participants {
		if p.Primary {
			return p.PersonID
		}
	}
	return 0
}

// HangsOn are the deal, all participants and the organization.
func (a Activity) HangsOn() change.Links {
	l := change.Links{Deal: value.Deref(a.DealID), Organization: value.Deref(a.OrganizationID)}
	for _, p := range a.Participants {
		l.Persons = append(l.Persons, p.PersonID)
	}
	return l
}

// Rows are among the planned while undone, in the flow at the due time (or when it was done) after.
func (a Activity) Rows() []change.Row {
	if a.Deleted {
		return nil
	}
	at := change.Far
	if a.DueAt != nil {
		at = *a.DueAt
	}
	if !a.Done {
		return change.RowsOn(a.Shown, change.Planned, at, a.Ref())
	}
	if a.DueAt == nil {
		at = a.UpdateTime
		if a.DoneTime != nil {
			at = *a.DoneTime
		}
	}
	return change.RowsOn(a.Shown, change.Flow, at, a.Ref())
}

// LinkTo gives the activity other links. Those who take part already go on so.
func (a Activity) LinkTo(l change.Links) change.Placed {
	a.DealID, a.OrganizationID = value.NonZero(l.Deal), value.NonZero(l.Organization)
	primary := a.PersonID()
	a.Participants = nil
	for _, id := range l.Persons {
		a.Participants = append(a.Participants, Participant{PersonID: id, Primary: id == primary})
	}
	if len(a.Participants) > 0 && a.PersonID() == 0 {
		a.Participants[0].Primary = true
	}
	return a
}

// Remove marks the activity when all that it hung on is gone.
func (a Activity) Remove(now time.Time) change.Placed {
	a.Deleted, a.UpdateTime = true, now
	return a
}

// ShowOn keeps the targets.
func (a Activity) ShowOn(targets []change.Ref) change.Placed {
	a.Shown = targets
	return a
}

// Facets are what lists sort and filter by.
func (a Activity) Facets() value.Facets {
	f := value.Facets{
		ID: a.ID, Owner: a.OwnerID, Person: a.PersonID(), Organization: value.Deref(a.OrganizationID), Deal: value.Deref(a.DealID),
		Done: &a.Done, Added: a.AddTime, Updated: a.UpdateTime, Deleted: a.Deleted,
	}
	if a.DueAt != nil {
		f.Due = *a.DueAt
	}
	return f
}

// Follow gives the activity the links that it has after merges. Whoever took part as two persons takes part once.
func (a Activity) Follow(r change.Redirects) change.Placed {
	a.DealID, a.OrganizationID = r.Opt(change.Deal, a.DealID), r.Opt(change.Organization, a.OrganizationID)
	if !r.Any() {
		return a
	}
	var all []Participant
	for _, p := range a.Participants {
		p.PersonID = r.ID(change.Person, p.PersonID)
		if i := slices.IndexFunc(all, func(q Participant) bool { return q.PersonID == p.PersonID }); i >= 0 {
			all[i].Primary = all[i].Primary || p.Primary
			continue
		}
		all = append(all, p)
	}
	a.Participants = all
	return a
}

// UpdatedAt is the activity when a merge has changed its links.
func (a Activity) UpdatedAt(now time.Time) change.Placed {
	a.UpdateTime = now
	return a
}
