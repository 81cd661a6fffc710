// Package notes holds what users write down about a deal, a person or an organization.
package notes

import (
	"time"

	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/value"
)

// Note as stored (contract §3.1). Content is HTML.
type Note struct {
	ID                   int64
	Version              int64
	Content              string
	UserID               int64
	LastUpdateUserID     *int64
	DealID               *int64
	PersonID             *int64
	OrganizationID       *int64
	MailThreadID         *int64 // typed above a forwarded mail: it hangs where that hangs, until a user files it elsewhere
	PinnedToDeal         bool
	PinnedToPerson       bool
	PinnedToOrganization bool
	AddTime              time.Time
	UpdateTime           time.Time
	Deleted              bool
	Shown                []change.Ref
}

func (n Note) Ref() change.Ref    { return change.Of(change.Note, n.ID) }
func (n Note) ReadVersion() int64 { return n.Version }

// HangsOn are the note's direct links.
func (n Note) HangsOn() change.Links {
	return change.Links{
		Deal: value.Deref(n.DealID), Persons: []int64{value.Deref(n.PersonID)}, Organization: value.Deref(n.OrganizationID),
	}
}

// Rows are in the flow at the time the note was added.
func (n Note) Rows() []change.Row {
	if n.Deleted {
		return nil
	}
	return change.RowsOn(n.Shown, change.Flow, n.AddTime, n.Ref())
}

// LinkTo gives the note other links; it stays pinned where it still hangs.
func (n Note) LinkTo(l change.Links) change.Placed {
	n.DealID, n.PersonID, n.OrganizationID = value.NonZero(l.Deal), nil, value.NonZero(l.Organization)
	if len(l.Persons) > 0 {
		n.PersonID = value.NonZero(l.Persons[0])
	}
	n.PinnedToDeal = n.PinnedToDeal && n.DealID != nil
	n.PinnedToPerson = n.PinnedToPerson && n.PersonID != nil
	n.PinnedToOrganization = n.PinnedToOrganization && n.OrganizationID != nil
	return n
}

// Follows tells that the note takes over the links of the mail that it was typed above.
func (n Note) Follows() bool { return n.MailThreadID != nil }

// Remove marks the note when all that it hung on is gone.
func (n Note) Remove(now time.Time) change.Placed {
	n.Deleted, n.UpdateTime = true, now
	return n
}

// ShowOn keeps the targets.
func (n Note) ShowOn(targets []change.Ref) change.Placed {
	n.Shown = targets
	return n
}

// Facets are what lists sort and filter by.
func (n Note) Facets() value.Facets {
	return value.Facets{
		ID: n.ID, Owner: n.UserID, Person: value.Deref(n.PersonID), Organization: value.Deref(n.OrganizationID),
		Deal: value.Deref(n.DealID), Added: n.AddTime, Updated: n.UpdateTime, Deleted: n.Deleted,
	}
}

// Texts are what searches look in.
func (n Note) Texts() []value.Text {
	return []value.Text{{In: value.InNotes, Form: value.HTML, Value: n.Content}}
}

// Follow gives the note the links that it has after merges.
func (n Note) Follow(r change.Redirects) change.Placed {
	n.DealID, n.PersonID = r.Opt(change.Deal, n.DealID), r.Opt(change.Person, n.PersonID)
	n.OrganizationID = r.Opt(change.Organization, n.OrganizationID)
	return n
}

// UpdatedAt is the note when a merge has changed its links.
func (n Note) UpdatedAt(now time.Time) change.Placed {
	n.UpdateTime = now
	return n
}
