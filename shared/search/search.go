// Package search finds records by words. Each word of a record has a posting, kept by the indexer from the table's stream: an
// item whose key begins with the word, so that all words with one beginning lie together. A search reads the postings of its
// words, then the records that they lead to, and verifies these: what is found is always as it is now, and a posting that is
// left over does no harm. Notes are found by their own postings, which name the records that they show on.
//
// Texts are compared without case and accents (Fold). A word finds all that begin with it; an e-mail address is found by its
// parts, a phone number by its beginning and its end.
//
// The score of a result: each word, or number, is worth 1 where it stands as it is, 0.7 where a longer one begins with it, times
// 1 in a title or name, 0.4 in a note, 0.6 elsewhere; of several places the best counts. The score is their mean; if one field
// has all of them it adds 0.5 times the field's worth, if it has nothing else 1.2 times that besides. Equal ones are in the
// order of kinds, then ids.
package search

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/value"
)

// Types of items. Files that came with a mail are a type of their own; of leads, products and projects there are none.
const MailAttachment = "mail_attachment"

// own are the fields that the records of a kind have themselves, fields all that they are searched by.
var own = map[string][]string{
	change.Deal:         {value.InTitle, value.InCustom},
	change.Person:       {value.InName, value.InEmail, value.InPhone, value.InNotes, value.InCustom},
	change.Organization: {value.InName, value.InAddress, value.InCustom},
	change.File:         {value.InName},
}

var fields = map[string][]string{
	change.Deal:         append([]string{value.InNotes}, own[change.Deal]...),
	change.Person:       own[change.Person],
	change.Organization: append([]string{value.InNotes}, own[change.Organization]...),
	change.File:         own[change.File],
}

// Store is what searches need.
type Store interface {
	// Postings reads the postings of each lookup, at most MaxPostings of each.
	Postings(ctx context.Context, team int64, lookups []Lookup) ([]Found, error)
	// GetAny reads records, strongly consistent; what does not exist is absent.
	GetAny(ctx context.Context, team int64, refs []change.Ref) (map[change.Ref]any, error)
	// List reads a page of the records of a kind from an index, which may lag behind the last writes.
	List(ctx context.Context, team int64, kind string, l value.List) (value.Page[any], error)
}

// Fields knows the fields that teams have made.
type Fields interface {
	// Forms are those of a team's own fields of some kinds of records that are searched, by their numbers, in one call.
	Forms(ctx context.Context, team int64, kinds []string) (map[int64]value.Form, error)
	// Field is the number of a team's own field, by its code; 0 when there is none that is searched.
	Field(ctx context.Context, team int64, kind, code string) (int64, error)
}

// Service searches.
type Service struct {
	Store  Store
	Fields Fields
}

// Query is what is searched for. Types and In that are nil are all.
type Query struct {
	Term  string
	Exact bool // the term is a whole field
	Types []string
	In    []string
	// Links that records must have, by value.ByPerson and the like, and the status of deals.
	Links   map[string]int64
	Status  string
	Related bool // wants what is related to the results
	Limit   int
	Cursor  string
}

// Item is a record that was found.
type Item struct {
	Score  int // in thousandths
	Type   string
	Record any
	Custom []string // of its custom fields, those that answer to the term
	Notes  []string // of the notes on it, likewise

	match match
}

// Page is a part of what was found. Records holds what its items name.
type Page struct {
	Items   []Item
	Related []Item
	Next    string
	Records map[change.Ref]any
}

// minTerm is how many characters a term has at least; with Exact one will do.
const minTerm = 2

// Search answers a page of results, best first.
func (s Service) Search(ctx context.Context, a auth.Actor, q Query) (p Page, err error) {
	q.Term = strings.TrimSpace(q.Term)
	if n := utf8.RuneCountInString(q.Term); n < minTerm && !q.Exact || n == 0 {
		return p, fault.BadField("term", "must be at least %d characters, or 1 with exact_match", minTerm)
	}
	after, err := parseCursor(q)
	if err != nil {
		return p, err
	}
	items, err := s.ranked(ctx, a.Team, q)
	if err != nil {
		return p, fmt.Errorf("search.Search: %w", err)
	}
	if q.Cursor != "" {
		items = slices.DeleteFunc(items, func(i Item) bool { return compareItems(i.place(), after) <= 0 })
	}
	if len(items) > q.Limit {
		items = items[:q.Limit]
		p.Next = cursorAt(items[q.Limit-1], q)
	}
	for i := range items {
		items[i].Custom, items[i].Notes = snippets(items[i].match.custom, newTerm(q.Term)), snippets(items[i].match.notes, newTerm(q.Term))
	}
	p.Items = items
	if q.Related {
		if p.Related, err = s.related(ctx, a.Team, items); err != nil {
			return p, fmt.Errorf("search.Search: %w", err)
		}
	}
	p.Records, err = s.Store.GetAny(ctx, a.Team, named(slices.Concat(p.Items, p.Related)))
	return p, err
}

// ranked are all results, best first.
func (s Service) ranked(ctx context.Context, team int64, q Query) ([]Item, error) {
	kinds := kindsOf(q.Types)
	m := matcher{newTerm(q.Term), q.Exact, q.In}
	refs, set, err := s.candidates(ctx, team, m, kinds, q.Links)
	if err != nil || len(refs) == 0 {
		return nil, err
	}
	found, err := s.Store.GetAny(ctx, team, refs)
	if err != nil {
		return nil, err
	}
	notes, err := s.notes(ctx, team, refs, found, set)
	if err != nil {
		return nil, err
	}
	forms, err := s.forms(ctx, team, m, kinds, found)
	if err != nil {
		return nil, err
	}
	var items []Item
	for _, ref := range refs {
		r, ok := found[ref].(Record)
		if !ok || !q.admits(r) {
			continue
		}
		texts := defined(r.Texts(), forms)
		for _, n := range newest(set.of[ref].notes) {
			if note, ok := notes[n].(Record); ok && slices.Contains(shownOn(note), ref) {
				texts = append(texts, note.Texts()...)
			}
		}
		if match, ok := m.verify(texts); ok {
			items = append(items, Item{Score: match.score, Type: typeOf(r), Record: r, match: match})
		}
	}
	slices.SortFunc(items, func(a, b Item) int { return compareItems(a.place(), b.place()) })
	return items, nil
}

// notes are those that led to records which may be results.
func (s Service) notes(ctx context.Context, team int64, refs []change.Ref, found map[change.Ref]any, set set) (map[change.Ref]any, error) {
	var wanted []change.Ref
	seen := map[change.Ref]bool{}
	for _, ref := range refs {
		for _, n := range newest(set.of[ref].notes) {
			if found[ref] != nil && !seen[n] && len(wanted) < maxNotes {
				seen[n] = true
				wanted = append(wanted, n)
			}
		}
	}
	if len(wanted) == 0 {
		return nil, nil
	}
	return s.Store.GetAny(ctx, team, wanted)
}

// forms are those of custom fields, if any of the records has a value in one.
func (s Service) forms(ctx context.Context, team int64, m matcher, kinds []string, found map[change.Ref]any) (map[int64]value.Form, error) {
	if m.searches(value.InCustom) {
		for _, one := range found {
			if r, ok := one.(Record); ok && slices.ContainsFunc(r.Texts(), func(t value.Text) bool { return t.Field != 0 }) {
				return s.Fields.Forms(ctx, team, kinds)
			}
		}
	}
	return nil, nil
}

// defined are the texts without those of custom fields that are not searched, or not there any more.
func defined(texts []value.Text, forms map[int64]value.Form) (out []value.Text) {
	for _, t := range texts {
		form, ok := forms[t.Field]
		if t.Field != 0 {
			t.Form = form
		}
		if ok || t.Field == 0 {
			out = append(out, t)
		}
	}
	return out
}

// admits tells whether a record may be a result, whatever its texts.
func (q Query) admits(r Record) bool {
	f := r.Facets()
	if f.Deleted || q.Types != nil && !slices.Contains(q.Types, typeOf(r)) || q.Status != "" && f.Status != q.Status {
		return false
	}
	for name, id := range q.Links {
		if f.Link(name) != id {
			return false
		}
	}
	return true
}

// kindsOf are the kinds of records that are items of some types.
func kindsOf(types []string) (kinds []string) {
	for _, kind := range Kinds {
		if fields[kind] != nil && (types == nil || slices.Contains(types, kind) || kind == change.File && slices.Contains(types, MailAttachment)) {
			kinds = append(kinds, kind)
		}
	}
	return kinds
}

func typeOf(r Record) string {
	if f, ok := r.(interface{ Mailed() bool }); ok && f.Mailed() {
		return MailAttachment
	}
	return r.Ref().Kind()
}

// named are the records that items name beside themselves.
func named(items []Item) (refs []change.Ref) {
	seen := map[change.Ref]bool{}
	add := func(kind string, id int64) {
		if ref := change.Of(kind, id); id != 0 && !seen[ref] {
			seen[ref] = true
			refs = append(refs, ref)
		}
	}
	for _, i := range items {
		f := i.Record.(Record).Facets()
		add(change.Person, f.Person)
		add(change.Organization, f.Organization)
		add(change.Deal, f.Deal)
		add(change.Stage, f.Stage)
	}
	return refs
}

// place is where an item stands among the results.
type place struct {
	Score int        `json:"s"`
	Ref   change.Ref `json:"r"`
	Query string     `json:"q"`
}

func (i Item) place() place { return place{Score: i.Score, Ref: i.Record.(Record).Ref()} }

func compareItems(a, b place) int {
	return cmp.Or(cmp.Compare(b.Score, a.Score), compareRefs(a.Ref, b.Ref))
}
