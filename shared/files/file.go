// Package files holds the records of stored files. The bytes lie in S3 under a key that the machine made; a client finds
// them only through the record of its own team.
package files

import (
	"time"

	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/value"
)

// File as stored (contract §3.2). Key is the object's key in the data bucket, Name what people see.
type File struct {
	ID             int64
	Version        int64
	Name           string
	Key            string
	Hash           string // of its bytes, where the team keeps such bytes once; else they are this file's alone
	MediaType      string
	Size           int64
	UserID         int64
	DealID         *int64
	PersonIDs      []int64 // the first is the one that the API shows
	OrganizationID *int64
	ActivityID     *int64
	MailMessageID  *int64
	MailThreadID   *int64
	ContentID      string
	Inline         bool
	Locked         bool // not handed out: it came with a message that failed the virus scan
	Description    *string
	AddTime        time.Time
	UpdateTime     time.Time
	Deleted        bool
	Shown          []change.Ref
}

func (f File) Ref() change.Ref    { return change.Of(change.File, f.ID) }
func (f File) ReadVersion() int64 { return f.Version }

// HangsOn are the file's direct links; those of an attachment are its message's.
func (f File) HangsOn() change.Links {
	return change.Links{Deal: value.Deref(f.DealID), Persons: f.PersonIDs, Organization: value.Deref(f.OrganizationID)}
}

// Rows are on the shelf of files; a file that came by itself, not with a mail, is also part of the flow.
func (f File) Rows() []change.Row {
	if f.Deleted {
		return nil
	}
	rows := change.RowsOn(f.Shown, change.Files, f.AddTime, f.Ref())
	if content := f.Content(); content != "" {
		rows = append(rows, change.Row{On: content, Shelf: change.Files, At: f.AddTime, Source: f.Ref()})
	}
	if f.MailMessageID == nil {
		rows = append(rows, change.RowsOn(f.Shown, change.Flow, f.AddTime, f.Ref())...)
	}
	return rows
}

// ShowOn keeps the targets.
func (f File) ShowOn(targets []change.Ref) change.Placed {
	f.Shown = targets
	return f
}

// Facets are what lists sort and filter by.
func (f File) Facets() value.Facets {
	l := f.HangsOn()
	facets := value.Facets{
		ID: f.ID, Owner: f.UserID, Deal: l.Deal, Organization: l.Organization, Added: f.AddTime, Updated: f.UpdateTime, Deleted: f.Deleted,
	}
	if len(l.Persons) > 0 {
		facets.Person = l.Persons[0]
	}
	return facets
}

// LinkTo gives an attachment the links of its message's thread.
func (f File) LinkTo(l change.Links) change.Placed {
	f.DealID, f.PersonIDs, f.OrganizationID = nil, l.Persons, nil
	if l.Deal != 0 {
		f.DealID = &l.Deal
	}
	if l.Organization != 0 {
		f.OrganizationID = &l.Organization
	}
	return f
}

// Mailed tells that the file came with a mail, whose links it has.
func (f File) Mailed() bool { return f.MailMessageID != nil }

// Remove marks the file when all that it hung on is gone.
func (f File) Remove(now time.Time) change.Placed {
	f.Deleted, f.UpdateTime = true, now
	return f
}

// Content names the bytes that it may share with other files of the team; "" when they are its own.
func (f File) Content() change.Ref {
	if f.Hash == "" {
		return ""
	}
	return change.ContentRef(f.Hash)
}

// Objects are the keys of what belongs to it alone.
func (f File) Objects() []string {
	if f.Hash != "" {
		return nil
	}
	return []string{f.Key}
}

// Texts are what searches look in; images that a mail shows are nothing that anybody looks for.
func (f File) Texts() []value.Text {
	if f.Inline {
		return nil
	}
	return []value.Text{{In: value.InName, Value: f.Name}}
}

// Follow gives the file the links that it has after merges.
func (f File) Follow(r change.Redirects) change.Placed {
	f.DealID, f.PersonIDs = r.Opt(change.Deal, f.DealID), r.IDs(change.Person, f.PersonIDs)
	f.OrganizationID = r.Opt(change.Organization, f.OrganizationID)
	return f
}

// UpdatedAt is the file when a merge has changed its links.
func (f File) UpdatedAt(now time.Time) change.Placed {
	f.UpdateTime = now
	return f
}
