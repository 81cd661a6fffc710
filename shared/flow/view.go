package flow

import (
	"context"
	"slices"

	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/change"
)

// How much of each section a view shows. Related organizations have a limit of their own (organizations.MaxRelations).
const (
	MaxRelations  = 100
	viewFiles     = 50
	viewPlanned   = 50
	viewFlow      = 50
	viewThreads   = 50
	viewOpenDeals = 50
	viewPersons   = 100
)

// Head is a record with what lies next to it.
type Head struct {
	Record    any
	Links     change.Links // a deal's person and organization, a person's organization
	Relations []change.Ref
	Files     []change.Ref
	FilesMore bool
}

// Section is a part of a view; More tells that it was cut.
type Section struct {
	Records []any
	More    bool
}

// View is a whole detail view. Records holds what any part of it names.
type View struct {
	Record       any
	Person       any // of a deal
	Organization any // of a deal or a person
	Persons      Section
	OpenDeals    Section
	TakesPart    Section // deals in which a person takes part without being the deal's own
	Relations    []any   // the organizations at their other ends are in Records
	Planned      Section
	Flow         Page // what happened; undone activities are Planned
	Threads      Section
	Files        Section
	Summaries    map[change.Ref]change.Summary // of the record, and of what it is related by
	Records      map[change.Ref]any
}

// shelf is what a view reads of one shelf.
type shelf struct {
	refs []change.Ref
	rows []change.Row
	more bool
}

// View reads everything that a detail view shows: one query for the head, one each for planned activities, flow, threads, open
// deals, what a person takes part in and an organization's persons, so at most six; then one batch read of what these refer to and one of what that names.
func (s Service) View(ctx context.Context, a auth.Actor, of change.Ref) (v View, err error) {
	head, err := s.Store.Head(ctx, a.Team, of, viewFiles)
	if err == nil && head.Record == nil {
		err = change.MissingRecord(of)
	}
	if err != nil {
		return v, err
	}
	v.Record = head.Record
	read := func(name change.Shelf, desc bool, limit int) (sh shelf) {
		if err == nil {
			sh.rows, sh.more, err = s.Store.Rows(ctx, a.Team, of, change.Range{Shelf: name, Desc: desc, Limit: limit, Once: true})
		}
		for _, row := range sh.rows {
			if row.Log == nil {
				sh.refs = append(sh.refs, row.Source)
			}
		}
		return sh
	}
	planned := read(change.Planned, false, viewPlanned)
	happened := read(change.Flow, true, viewFlow)
	threads := read(change.Threads, true, viewThreads)
	var open shelf
	if of.Kind() != change.Deal {
		open = read(change.OpenDeals, false, viewOpenDeals)
	}
	var named shelf
	if of.Kind() == change.Person {
		named = read(change.NamedBy, false, viewOpenDeals)
	}
	if of.Kind() == change.Organization && err == nil {
		v.Persons.Records, v.Persons.More, err = s.Store.PersonsOf(ctx, a.Team, of.ID(), viewPersons)
	}
	if err != nil {
		return v, err
	}
	links := head.Links.Refs()
	sources, err := s.Store.GetAny(ctx, a.Team, distinct(slices.Concat(
		links, planned.refs, happened.refs, threads.refs, open.refs, named.refs, head.Files, head.Relations)))
	if err != nil {
		return v, err
	}
	for _, ref := range links {
		if ref.Kind() == change.Person {
			v.Person = sources[ref]
		} else {
			v.Organization = sources[ref]
		}
	}
	v.Planned, v.Threads, v.OpenDeals = section(sources, change.Planned, planned.refs, planned.more), section(sources, change.Threads, threads.refs, threads.more),
		section(sources, change.OpenDeals, open.refs, open.more)
	v.TakesPart = section(sources, change.NamedBy, named.refs, named.more)
	v.TakesPart.Records = slices.DeleteFunc(v.TakesPart.Records, func(r any) bool { // others name the person in a custom field
		d, ok := r.(interface{ TakesPart(person int64) bool })
		return !ok || !d.TakesPart(of.ID())
	})
	v.Files = section(sources, change.Files, head.Files, head.FilesMore)
	v.Relations = section(sources, change.Relations, head.Relations, false).Records
	v.Flow = firstPage(happened, sources)
	return v, s.name(ctx, a, of, &v, sources)
}

// section are the records of refs on a shelf, each once; what was deleted since its row was read, or is on that shelf no more, is
// left out.
func section(found map[change.Ref]any, shelf change.Shelf, refs []change.Ref, more bool) Section {
	sec := Section{More: more}
	seen := map[change.Ref]bool{}
	for _, ref := range refs {
		r, rows := found[ref].(interface{ Rows() []change.Row })
		if seen[ref] || !rows || !slices.ContainsFunc(r.Rows(), func(row change.Row) bool { return row.Shelf == shelf }) {
			continue
		}
		seen[ref] = true
		sec.Records = append(sec.Records, found[ref])
	}
	return sec
}

// firstPage are the first entries of what happened.
func firstPage(happened shelf, sources map[change.Ref]any) Page {
	var entries []Entry
	for _, row := range happened.rows {
		if row.Log == nil {
			entries = append(entries, Entry{Row: row})
			continue
		}
		for i := range row.Log.Fields {
			entries = append(entries, Entry{Row: row, Field: &row.Log.Fields[i], Index: i})
		}
	}
	p := Page{Entries: join(entries, sources), More: happened.more}
	if len(p.Entries) > viewFlow {
		p.Entries, p.More = p.Entries[:viewFlow], true
	}
	return p
}

// Related is a relation between organizations.
type Related interface{ Ends() []int64 }

// maxNames bounds the second batch read; what would not fit is shown without its name.
const maxNames = 600

// name reads what the view's parts name.
func (s Service) name(ctx context.Context, a auth.Actor, of change.Ref, v *View, sources map[change.Ref]any) (err error) {
	names, err := s.types(ctx, a.Team, v.Flow.Entries)
	if err != nil {
		return err
	}
	names = append(names, change.Of(kindUser, a.User))
	for _, r := range v.Relations {
		if related, ok := r.(Related); ok {
			for _, id := range related.Ends() {
				names = append(names, change.Of(change.Organization, id))
			}
		}
	}
	for _, e := range v.Flow.Entries {
		names = append(names, e.names()...)
	}
	for _, r := range slices.Concat([]any{v.Record, v.Person, v.Organization}, v.Files.Records, v.Threads.Records) {
		names = append(names, NamesOf(r)...)
	}
	known := map[change.Ref]any{of: v.Record}
	var wanted []change.Ref
	for _, ref := range names {
		if sources[ref] != nil {
			known[ref] = sources[ref]
		} else if known[ref] == nil && !slices.Contains(wanted, ref) && len(wanted) < maxNames {
			wanted = append(wanted, ref)
		}
	}
	if v.Records, err = s.Store.GetAny(ctx, a.Team, wanted); err != nil {
		return err
	}
	for ref, r := range known {
		v.Records[ref] = r
	}
	sums := []change.Ref{of}
	if r, ok := v.Record.(interface{ Related() []change.Ref }); ok {
		sums = append(sums, r.Related()...)
	}
	v.Summaries, err = s.Store.Summaries(ctx, a.Team, sums)
	return err
}
