package search

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/value"
)

// How a field's value can be compared with a term, case included (contract §2.6).
const (
	Exact     = "exact"
	Beginning = "beginning"
	Middle    = "middle"
)

// FieldQuery asks for records of a kind by one field: a built-in one by its name in either version, or a team's own by its code.
type FieldQuery struct {
	Kind   string
	Field  string
	Term   string
	Match  string
	Limit  int
	Cursor string `json:"-"`
}

// FieldItem is a record whose field answers, with the value that does.
type FieldItem struct {
	Record any
	Value  string
}

// maxRows are looked at for one page where words do not lead to what is asked for.
const (
	maxRows   = 2000
	rowsAtOne = 500
)

// builtIn are the fields that are searched, by the names that clients know.
var builtIn = map[string]map[string]string{
	change.Deal:         {"title": value.InTitle},
	change.Person:       {"name": value.InName, "email": value.InEmail, "emails": value.InEmail, "phone": value.InPhone, "phones": value.InPhone},
	change.Organization: {"name": value.InName, "address": value.InAddress},
}

// rowPlace is where a page ended: behind a record, in the order of archived ones last, then ids; List leads a walk near to it.
type rowPlace struct {
	Archived bool   `json:"a,omitempty"`
	ID       int64  `json:"i,omitempty"`
	List     string `json:"l,omitempty"`
	Query    string `json:"q"`
}

func placeOf(r Record) rowPlace { f := r.Facets(); return rowPlace{Archived: f.Archived, ID: f.ID} }

func (p rowPlace) compare(o rowPlace) int {
	if p.Archived != o.Archived {
		if o.Archived {
			return -1
		}
		return 1
	}
	return cmp.Compare(p.ID, o.ID)
}

// SearchField answers a page in the order of ids. Exact values and beginnings are found by their words; the middle of a value, or
// what too many have, by walking through all records of the kind, a bounded part of them for each page, which may come back
// short or empty with a cursor.
func (s Service) SearchField(ctx context.Context, a auth.Actor, q FieldQuery) (items []FieldItem, next string, err error) {
	if n := utf8.RuneCountInString(q.Term); n < minTerm && q.Match != Exact || n == 0 {
		return nil, "", fault.BadField("term", "must be at least %d characters, or 1 with match=exact", minTerm)
	}
	if fields[q.Kind] == nil {
		return nil, "", nil
	}
	after, err := q.place()
	if err != nil {
		return nil, "", err
	}
	in, own := builtIn[q.Kind][q.Field], int64(0)
	if in == "" {
		if own, err = s.Fields.Field(ctx, a.Team, q.Kind, q.Field); err != nil {
			return nil, "", fmt.Errorf("search.SearchField: %w", err)
		}
		if in = value.InCustom; own == 0 {
			return nil, "", fault.BadField("field", "is no field of a %s that is searched", q.Kind)
		}
	}
	w := walk{q, in, own, after}
	items, next, ok, err := s.byWords(ctx, a.Team, w)
	if err == nil && !ok {
		items, next, err = s.byRows(ctx, a.Team, w)
	}
	if err != nil {
		return nil, "", fmt.Errorf("search.SearchField: %w", err)
	}
	return items, next, nil
}

// walk is the question with what it means.
type walk struct {
	FieldQuery
	in    string
	own   int64 // number of a team's own field
	after rowPlace
}

// answer is a record's value that answers; false when it has none, or is behind already.
func (w walk) answer(record any) (FieldItem, bool) {
	r, ok := record.(Record)
	if !ok || r.Facets().Deleted || placeOf(r).compare(w.after) <= 0 {
		return FieldItem{}, false
	}
	is := map[string]func(s, term string) bool{
		Exact: func(s, term string) bool { return s == term }, Beginning: strings.HasPrefix, Middle: strings.Contains,
	}[w.Match]
	for _, t := range r.Texts() {
		if t.In == w.in && t.Field == w.own && is(t.Value, w.Term) {
			return FieldItem{r, t.Value}, true
		}
	}
	return FieldItem{}, false
}

// byWords reads what the term's words lead to; not ok when that is not sure to be all.
func (s Service) byWords(ctx context.Context, team int64, w walk) (items []FieldItem, next string, ok bool, err error) {
	m := matcher{newTerm(w.Term), w.Match == Exact, []string{w.in}}
	short := func(word string) bool { return utf8.RuneCountInString(word) == 1 }
	if w.Match == Middle || w.Match == Beginning && !slices.ContainsFunc(m.words(), func(word string) bool { return !short(word) }) {
		return nil, "", false, nil
	}
	refs, set, err := s.candidates(ctx, team, m, []string{w.Kind}, nil)
	if err != nil || !set.sure || len(set.of) > maxCandidates {
		return nil, "", false, err
	}
	found, err := s.Store.GetAny(ctx, team, refs)
	if err != nil {
		return nil, "", false, err
	}
	for _, record := range found {
		if one, ok := w.answer(record); ok {
			items = append(items, one)
		}
	}
	slices.SortFunc(items, func(a, b FieldItem) int { return placeOf(a.Record.(Record)).compare(placeOf(b.Record.(Record))) })
	if len(items) > w.Limit {
		items = items[:w.Limit]
		next = w.cursor(placeOf(items[w.Limit-1].Record.(Record)), "")
	}
	return items, next, true, nil
}

// byRows walks through records of the kind, archived ones last.
func (s Service) byRows(ctx context.Context, team int64, w walk) (items []FieldItem, next string, err error) {
	at := w.after
	for rows := 0; rows < maxRows; {
		l := value.List{Archived: at.Archived, Sort: value.SortID, Limit: rowsAtOne, Cursor: at.List}
		page, err := s.Store.List(ctx, team, w.Kind, l)
		if err != nil {
			return nil, "", err
		}
		for _, record := range page.Items {
			one, ok := w.answer(record)
			if !ok {
				continue
			}
			if len(items) == w.Limit {
				return items, w.cursor(placeOf(items[w.Limit-1].Record.(Record)), at.List), nil
			}
			items = append(items, one)
		}
		rows += rowsAtOne // what the list left out was read too
		switch {
		case page.Next != "":
			at.List = page.Next
		case !at.Archived && w.Kind == change.Deal:
			at = rowPlace{Archived: true}
		default:
			return items, "", nil
		}
	}
	last := at
	if len(items) > 0 {
		last = placeOf(items[len(items)-1].Record.(Record))
	}
	if last.Archived != at.Archived {
		last = rowPlace{Archived: at.Archived}
	}
	return items, w.cursor(last, at.List), nil
}

func (q FieldQuery) cursor(at rowPlace, list string) string {
	at.List, at.Query = list, q.name()
	b, _ := json.Marshal(at)
	return base64.RawURLEncoding.EncodeToString(b)
}

func (q FieldQuery) place() (at rowPlace, err error) {
	if q.Cursor == "" {
		return at, nil
	}
	b, err := base64.RawURLEncoding.DecodeString(q.Cursor)
	if err == nil {
		err = json.Unmarshal(b, &at)
	}
	if err != nil {
		return at, fault.BadField("cursor", "must be the next_cursor of an earlier page")
	}
	if at.Query != q.name() {
		return at, fault.BadField("cursor", "belongs to another search")
	}
	return at, nil
}

func (q FieldQuery) name() string {
	q.Limit = 0
	return digest(q)
}
