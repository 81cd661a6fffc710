// Package flow holds what shows on a record: its flow, its detail view, and how rows follow when links change.
//
// What hangs on a deal shows on its person and organization too, and what hangs on a person on the person's organization.
// Each of these records keeps rows that only refer to what shows there, so that reading a flow is one query for the rows and
// one batch read for what they refer to, which is always fresh. When a deal or a person gets other links, the rows of all
// that hangs on it must move; that is a Job, done in steps (relink.go).
package flow

import (
	"context"
	"slices"
	"time"

	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/fault"
)

// Store is where records and their rows are kept.
type Store interface {
	// GetAny reads records, each as its own type; what does not exist is absent.
	GetAny(ctx context.Context, team int64, refs []change.Ref) (map[change.Ref]any, error)
	// Stored is GetAny without following merges that are under way.
	Stored(ctx context.Context, team int64, refs []change.Ref) (map[change.Ref]any, error)
	// Linked are records of a list (see linkedTo) that name a record, after one of them, from an index, which may lag.
	Linked(ctx context.Context, team int64, list string, of, after change.Ref, limit int) (refs []change.Ref, more bool, err error)
	// GetSome is GetAny of as many of refs, from their beginning, as an answer could hold; n is how many these are.
	GetSome(ctx context.Context, team int64, refs []change.Ref) (found map[change.Ref]any, n int, err error)
	// Rows reads a part of a shelf; more tells that rows follow the last.
	Rows(ctx context.Context, team int64, on change.Ref, r change.Range) (rows []change.Row, more bool, err error)
	// Head reads a record with its relations and its newest files, with exactly one query; Record is nil when there is none.
	Head(ctx context.Context, team int64, of change.Ref, files int) (Head, error)
	// PersonsOf reads persons of an organization with exactly one query of an index, which may lag.
	PersonsOf(ctx context.Context, team, organization int64, limit int) (persons []any, more bool, err error)
	// Walk reads all that lies in a record's collection in the order of its keys, after the cursor.
	Walk(ctx context.Context, team int64, on change.Ref, cursor string, limit int) (found []Placement, more bool, err error)
	// Summaries are what is derived for records.
	Summaries(ctx context.Context, team int64, of []change.Ref) (map[change.Ref]change.Summary, error)
	// OwnSummaries are those of these records alone, without what is being absorbed into them.
	OwnSummaries(ctx context.Context, team int64, of []change.Ref) (map[change.Ref]change.Summary, error)
	Targets(ctx context.Context, team int64, links change.Links) (change.Targets, error)
	// ActivityTypeRefs names the team's activity types, without a query.
	ActivityTypeRefs(ctx context.Context, team int64) ([]change.Ref, error)
	// Job is the job of that name; false when it is done.
	Job(ctx context.Context, team int64, name string) (change.Job, bool, error)
	Commit(ctx context.Context, sets ...change.Set) error
	// RemoveRows and RemoveCollection take away what a purged record left: rows elsewhere, and all that lay with it. The
	// second does nothing while the record exists.
	RemoveRows(ctx context.Context, team int64, rows []change.Row) error
	RemoveCollection(ctx context.Context, team int64, of change.Ref) error
}

// Objects are the bytes that records own.
type Objects interface {
	Delete(ctx context.Context, key string) error
}

// Service reads flows and views, and keeps rows where they belong.
type Service struct {
	Store   Store
	Objects Objects // only the indexer has it, and what follows
	// Relations takes away what related an organization that is gone; Ledger follows threads.
	Relations Relations
	Ledger    Ledger
	Movers    Movers
	Now       func() time.Time
}

// Relations are those between organizations.
type Relations interface {
	Forget(ctx context.Context, team, organization int64) error
}

// Names of what a flow can be limited to (contract §3.8). Activities are all activities, PlannedActivities the undone ones;
// so with mail and mail that has attachments.
const (
	Activities          = "activity"
	PlannedActivities   = "plannedActivity"
	Notes               = "note"
	Files               = "file"
	Mails               = "mailMessage"
	MailsWithAttachment = "mailMessageWithAttachment"
	Changes             = "change"
	DealChanges         = "dealChange"
	PersonChanges       = "personChange"
	OrganizationChanges = "organizationChange"
	maxExamined         = 50_000 // rows that one page may cost
	chunk               = 1000
	kindUser            = "user"
	kindStage           = "stage"
	kindPipeline        = "pipeline"
)

// Query is the question for a page of a flow; no Items means everything. Changes of custom fields are left out unless Custom.
type Query struct {
	Start, Limit int
	Items        []string
	Custom       bool
}

// Entry is one line of a flow: a record that shows there, or one field of a write in the change log.
type Entry struct {
	Row    change.Row
	Source change.Placed // nil for a field
	Field  *change.Field
	Index  int // of the field in its write
	Offset int // of the entry in the flow
}

// Page is one page of a flow. Records holds what its entries name: deals, persons, organizations, users, stages.
type Page struct {
	Entries []Entry
	More    bool
	Next    int // where the next one begins
	Records map[change.Ref]any
}

// Page reads entries from an offset: undone activities first, the one due last first and before it those without a date,
// then what happened, newest first. An offset has to read the rows before it, so no page reads beyond maxExamined rows.
func (s Service) Page(ctx context.Context, a auth.Actor, of change.Ref, q Query) (Page, error) {
	if err := s.Exists(ctx, a.Team, of); err != nil {
		return Page{}, err
	}
	var p Page
	skip, examined := q.Start, 0
	for _, shelf := range []change.Shelf{change.Planned, change.Flow} {
		r := change.Range{Shelf: shelf, Desc: true, Once: true}
		for more := q.wantsShelf(shelf); more && len(p.Entries) <= q.Limit; {
			r.Limit = min(skip+q.Limit+1-len(p.Entries), chunk)
			if len(q.Items) > 0 {
				r.Limit = chunk
			}
			if examined >= maxExamined+chunk {
				return Page{}, fault.BadField("start", "this flow cannot be read so far from its start, at most %d rows", maxExamined)
			}
			var rows []change.Row
			var err error
			if rows, more, err = s.Store.Rows(ctx, a.Team, of, r); err != nil {
				return Page{}, err
			}
			examined += len(rows)
			if len(rows) > 0 {
				r.After = &rows[len(rows)-1]
			}
			entries, err := s.wanted(ctx, a.Team, q, rows)
			if err != nil {
				return Page{}, err
			}
			behind := min(skip, len(entries))
			skip -= behind
			p.Entries = append(p.Entries, entries[behind:]...)
		}
	}
	if p.More = len(p.Entries) > q.Limit; p.More {
		p.Entries = p.Entries[:q.Limit]
	}
	for i := range p.Entries {
		p.Entries[i].Offset = q.Start + i
	}
	p.Next = q.Start + q.Limit
	return p, s.fill(ctx, a, of, &p)
}

// Exists is NotFound where the team has no such record.
func (s Service) Exists(ctx context.Context, team int64, of change.Ref) error {
	found, err := s.Store.GetAny(ctx, team, []change.Ref{of})
	if err == nil && found[of] == nil {
		err = change.MissingRecord(of)
	}
	return err
}

func (q Query) wantsShelf(shelf change.Shelf) bool {
	if len(q.Items) == 0 {
		return true
	}
	planned := slices.Contains(q.Items, Activities) || slices.Contains(q.Items, PlannedActivities)
	if shelf == change.Planned {
		return planned
	}
	return slices.ContainsFunc(q.Items, func(item string) bool { return item != PlannedActivities })
}

// wants tells whether a row is asked for, as far as the row itself knows.
func (q Query) wants(row change.Row) bool {
	if len(q.Items) == 0 {
		return true
	}
	of := map[string][]string{
		change.Activity: {Activities}, change.Note: {Notes}, change.File: {Files}, change.MailMessage: {Mails, MailsWithAttachment},
		change.Changes: {Changes, row.On.Kind() + "Change"},
	}[row.Source.Kind()]
	if row.Shelf == change.Planned {
		of = append(of, PlannedActivities)
	}
	return slices.ContainsFunc(of, func(item string) bool { return slices.Contains(q.Items, item) })
}

// wanted are the entries of rows that are asked for; a write in the change log is one entry per field. Only a question for
// mail with attachments has to look at the mail itself.
func (s Service) wanted(ctx context.Context, team int64, q Query, rows []change.Row) (entries []Entry, err error) {
	var mails map[change.Ref]any
	if slices.Contains(q.Items, MailsWithAttachment) && !slices.Contains(q.Items, Mails) {
		var refs []change.Ref
		for _, row := range rows {
			if row.Source.Kind() == change.MailMessage {
				refs = append(refs, row.Source)
			}
		}
		if mails, err = s.Store.GetAny(ctx, team, refs); err != nil {
			return nil, err
		}
	}
	for _, row := range rows {
		switch {
		case !q.wants(row):
		case row.Log != nil:
			for i, f := range row.Log.Fields {
				if change.IsCustomKey(f.Key) && !q.Custom {
					continue
				}
				entries = append(entries, Entry{Row: row, Field: &row.Log.Fields[i], Index: i})
			}
		case mails != nil && row.Source.Kind() == change.MailMessage:
			if m, ok := mails[row.Source].(Message); ok && m.HasRealAttachments() {
				entries = append(entries, Entry{Row: row})
			}
		default:
			entries = append(entries, Entry{Row: row})
		}
	}
	return entries, nil
}
