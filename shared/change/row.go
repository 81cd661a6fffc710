package change

import (
	"slices"
	"strconv"
	"time"

	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/value"
)

// Shelf is a family of rows in a record's collection.
type Shelf string

const (
	Flow        Shelf = "flow"      // what happened, newest first
	Planned     Shelf = "planned"   // undone activities by due time
	OpenDeals   Shelf = "deals"     // open deals of a person or an organization
	Threads     Shelf = "threads"   // mail threads by last message
	Strangers   Shelf = "strangers" // of an address: mail threads in which nobody is linked who has it, by last message
	Files       Shelf = "files"     // newest first
	Relations   Shelf = "relations"
	NamedBy     Shelf = "named"       // what names the record by a link of its own and does not show on it
	Messages    Shelf = "messages"    // of a thread, oldest first
	Followers   Shelf = "followers"   // by the user's id
	FollowerLog Shelf = "followerLog" // oldest first
	Figures     Shelf = "figures"     // what deals count for in a pipeline, by the last time that they count
)

// Range is a part of a shelf: from its start or after a row, at most Limit rows, 0 for all.
type Range struct {
	Shelf Shelf
	Desc  bool
	Limit int
	After *Row
	Once  bool // exactly one query, even where that leaves some of the rows for the next
}

// Row is a reference that shows a record (Source) in the collection of another (On). Rows hold no content, so that what is
// read through them is always fresh; only the change log, which never changes, lies in its row, and a figure, which is written
// anew with all that it is made of.
type Row struct {
	On     Ref
	Shelf  Shelf
	At     time.Time // position on Flow, Planned, Threads, Strangers and Figures
	Source Ref
	Sent   bool // a mail that a user of the team wrote
	Log    *Log
	Figure any
	Strict bool // it must not be there when it is shown, and must be when it is hidden
}

// place is what tells two rows apart.
func (r Row) place() string {
	return string(r.On) + "|" + string(r.Shelf) + "|" + r.At.UTC().Format(time.RFC3339Nano) + "|" + string(r.Source) + "|" + strconv.FormatBool(r.Sent)
}

// Log is one write to a record in its change log: who changed which fields from what to what. Field keys are those of v1
// (contract §3.8), values their text.
type Log struct {
	ID     int64
	User   int64
	Source string // "api", "app"
	Agent  string
	Fields []Field
}

// Field is one changed field.
type Field struct {
	Key      string
	Old, New *string
}

// Logged tells how one field of T reads in the change log.
type Logged[T any] struct {
	Key  string
	Text func(T) *string
}

// As is a Logged field.
func As[T any](key string, text func(T) *string) Logged[T] { return Logged[T]{Key: key, Text: text} }

// Diff lists the fields in which two states differ, in the order in which they are declared.
func Diff[T any](fields []Logged[T], before, now T) (changed []Field) {
	for _, f := range fields {
		if old, new := f.Text(before), f.Text(now); !value.Equal(old, new) {
			changed = append(changed, Field{Key: f.Key, Old: old, New: new})
		}
	}
	return changed
}

// Written is the change log's row of a write: who changed what in a record that was read at that version, 0 for a new one; more
// are changed fields beyond the declared ones. A creation is the one field add_time (contract §3.8).
func Written[T interface {
	Ref() Ref
	Facets() value.Facets
}](a auth.Actor, fields []Logged[T], before, now T, version int64, more ...Field) Row {
	log := Log{User: a.User, Source: a.Source, Agent: a.Agent, Fields: append(Diff(fields, before, now), more...)}
	f := now.Facets()
	if version == 0 {
		log.Fields = []Field{{Key: "add_time", New: value.Stamp(&f.Added)}}
	}
	return LogRow(now.Ref(), f.Updated, version+1, log)
}

// Log shows the change log's row of a write, unless it changed nothing that is logged.
func (s *Set) Log(row Row) {
	if len(row.Log.Fields) > 0 {
		s.Show = append(s.Show, row)
	}
}

// LogRow is the row of a write in the record's own flow. Version makes it unique.
func LogRow(on Ref, at time.Time, version int64, log Log) Row {
	log.ID = version
	return Row{On: on, Shelf: Flow, At: at, Source: Of(Changes, version), Log: &log}
}

// Links are what a record hangs on directly.
type Links struct {
	Deal         int64
	Persons      []int64
	Organization int64
}

// Refs are the links as references.
func (l Links) Refs() []Ref {
	var refs []Ref
	if l.Deal != 0 {
		refs = append(refs, Of(Deal, l.Deal))
	}
	for _, p := range l.Persons {
		if p != 0 && !slices.Contains(refs, Of(Person, p)) {
			refs = append(refs, Of(Person, p))
		}
	}
	if l.Organization != 0 {
		refs = append(refs, Of(Organization, l.Organization))
	}
	return refs
}

// Targets are the records that something with given Links shows on: those it links to, a deal's person and organization,
// a person's organization. Checks hold the links that were followed, Leads tells where each led; Missing are direct links to what
// does not exist or is deleted. Moved is what became of records on the way that were absorbed by others, Absorbed those of them that
// are still there, Aside what these led to.
type Targets struct {
	Refs     []Ref
	Checks   []Check
	Leads    map[Ref]Links
	Missing  []Ref
	Moved    Redirects
	Absorbed []Ref
	Aside    []Ref
}

// Has tells that the record is there, deleted or not.
func (t Targets) Has(ref Ref) bool {
	return slices.Contains(t.Refs, ref) || slices.Contains(t.Absorbed, ref) || slices.Contains(t.Aside, ref)
}

// Except forgives links that were there before: one may lead to what was deleted since, which is no reason to refuse other
// changes.
func (t Targets) Except(before Links) Targets {
	had := before.Refs()
	t.Missing = slices.DeleteFunc(slices.Clone(t.Missing), func(r Ref) bool { return slices.Contains(had, r) })
	return t
}

// RowsOn makes one row per target.
func RowsOn(targets []Ref, shelf Shelf, at time.Time, source Ref) []Row {
	rows := make([]Row, 0, len(targets))
	for _, t := range targets {
		rows = append(rows, Row{On: t, Shelf: shelf, At: at, Source: source})
	}
	return rows
}

// Mentions are the rows by which a record is found that its custom fields name.
func Mentions(source Ref, custom map[int64]value.Custom) (rows []Row) {
	for _, v := range custom {
		if v.Kind == Person || v.Kind == Organization {
			rows = append(rows, Row{On: Of(v.Kind, v.ID), Shelf: NamedBy, Source: source})
		}
	}
	return rows
}

// MissingRecord is the NotFound of a record that others show on.
func MissingRecord(ref Ref) error {
	names := map[string]string{Deal: "Deal", Person: "Person", Organization: "Organization"}
	return fault.Missing(names[ref.Kind()])
}

// Among are the targets with no links missing but those.
func (t Targets) Among(l Links) Targets {
	refs := l.Refs()
	t.Missing = slices.DeleteFunc(slices.Clone(t.Missing), func(r Ref) bool { return !slices.Contains(refs, r) })
	return t
}

// NameMissing adds each link that leads nowhere to the wrong inputs, under its name in the API.
func NameMissing(bad *fault.Fields, t Targets) {
	names := map[string]string{Deal: "deal_id", Person: "person_id", Organization: "org_id"}
	for _, ref := range t.Missing {
		bad.Add(names[ref.Kind()], "%s %d not found", ref.Kind(), ref.ID())
	}
}
