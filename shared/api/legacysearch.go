package api

import (
	"context"
	"fmt"
	"strings"

	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/search"
	"github.com/lejek/lejek/shared/value"
)

// Searches of v1 find what those of v2 find (contract §4); they go on by offset.

type searchQueryV1 struct {
	offsetPage
	Term  string `query:"term" rule:"required,max=500"`
	Exact bool   `query:"exact_match"`
}

func (q searchQueryV1) query(types, in []string) search.Query {
	return search.Query{Term: q.Term, Exact: q.Exact, Types: types, In: in, Links: map[string]int64{}}
}

type dealSearchV1 struct {
	searchQueryV1
	Fields  []string         `query:"fields" rule:"enum=custom_fields|notes|title"`
	Person  value.Opt[int64] `query:"person_id" rule:"min=1"`
	Company value.Opt[int64] `query:"organization_id" rule:"min=1"`
	Status  string           `query:"status" rule:"enum=open|won|lost"`
	Include []string         `query:"include_fields" rule:"enum=deal.cc_email"`
}

type personSearchV1 struct {
	searchQueryV1
	Fields  []string         `query:"fields" rule:"enum=custom_fields|email|notes|phone|name"`
	Company value.Opt[int64] `query:"organization_id" rule:"min=1"`
	Include []string         `query:"include_fields" rule:"enum=person.picture"`
}

type organizationSearchV1 struct {
	searchQueryV1
	Fields []string `query:"fields" rule:"enum=address|custom_fields|name|notes"`
}

type itemSearchV1 struct {
	searchQueryV1
	Types   []string `query:"item_types" rule:"enum=deal|person|organization|product|lead|file|mail_attachment|project"`
	Fields  []string `query:"fields" rule:"enum=address|code|custom_fields|email|name|notes|organization_name|person_name|phone|title|description"`
	Related bool     `query:"search_for_related_items"`
	Include []string `query:"include_fields" rule:"enum=deal.cc_email|person.picture|product.price|lead.was_seen"`
}

type fieldSearchV1 struct {
	offsetPage
	Term  string `query:"term" rule:"required,max=500"`
	Type  string `query:"field_type" rule:"required,enum=dealField|leadField|personField|organizationField|productField|projectField"`
	Field string `query:"field_key" rule:"required,max=100"`
	Exact bool   `query:"exact_match"`
	IDs   bool   `query:"return_item_ids"`
}

// ItemsV1 binds the searches of v1 across kinds.
func (h Search) ItemsV1() []Route {
	return []Route{
		Handle("GET /v1/itemSearch", func(ctx context.Context, c Call, in itemSearchV1) (any, error) {
			q := in.query(in.Types, in.Fields)
			q.Related = in.Related
			return h.page(ctx, c, q, in.Include, in.offsetPage)
		}).Returns(itemResults{}).Pages(ByOffset),
		Handle("GET /v1/itemSearch/field", h.fieldV1).Lists(fieldResultV1{}, ByOffset),
	}
}

// OfV1 binds the search of one kind in v1.
func (h Search) OfV1(kind string) Route {
	switch kind {
	case change.Deal:
		return Handle("GET /v1/deals/search", func(ctx context.Context, c Call, in dealSearchV1) (any, error) {
			q := in.query([]string{kind}, in.Fields)
			q.Status = in.Status
			with(q, value.ByPerson, in.Person)
			with(q, value.ByOrganization, in.Company)
			return h.page(ctx, c, q, in.Include, in.offsetPage)
		}).Returns(dealResults{}).Pages(ByOffset)
	case change.Person:
		return Handle("GET /v1/persons/search", func(ctx context.Context, c Call, in personSearchV1) (any, error) {
			q := in.query([]string{kind}, in.Fields)
			with(q, value.ByOrganization, in.Company)
			return h.page(ctx, c, q, in.Include, in.offsetPage)
		}).Returns(personResults{}).Pages(ByOffset)
	}
	return Handle("GET /v1/organizations/search", func(ctx context.Context, c Call, in organizationSearchV1) (any, error) {
		return h.page(ctx, c, in.query([]string{kind}, in.Fields), nil, in.offsetPage)
	}).Returns(organizationResults{}).Pages(ByOffset)
}

// page is a page of a search. A search ranks all that it finds, for each page anew, so a page costs as much as the first one, and one or two
// calls for where it ends.
func (h Search) page(ctx context.Context, c Call, q search.Query, include []string, p offsetPage) (any, error) {
	var found search.Page // a page is never made of two: one that is short is the last
	o := offsetted[search.Item]{h.Marks, fmt.Sprintf("search %+v", q), func(l value.List) (page value.Page[search.Item], err error) {
		q.Limit, q.Cursor = l.Limit, l.Cursor
		found, err = h.Search.Search(ctx, c.Actor, q)
		return value.Page[search.Item]{Items: found.Items, Next: found.Next}, err
	}}
	items, next, more, err := o.page(ctx, c, value.List{}, p)
	if err != nil {
		return nil, err
	}
	if found.Items = items; len(items) == 0 {
		found.Related = nil // of a page that was passed by
	}
	results, err := h.results(ctx, c, q, found, include)
	start, limit := p.at()
	return Answer{Data: results, Additional: paginationTo(start, limit, more, next)}, err
}

// fieldResultV1 is what one record holds in the field, and its id where it is asked for.
type fieldResultV1 map[string]any

// JSONSchema is how it is written.
func (fieldResultV1) JSONSchema() string {
	return `{"type":"object","properties":{"id":{"type":"integer"}},"additionalProperties":{"type":"string"}}`
}

// fieldV1 answers with each value once, unless ids are asked for. Values are told apart within a page only.
func (h Search) fieldV1(ctx context.Context, c Call, in fieldSearchV1) (any, error) {
	q := search.FieldQuery{Kind: strings.TrimSuffix(in.Type, "Field"), Field: in.Field, Term: in.Term, Match: search.Middle}
	if in.Exact {
		q.Match = search.Exact
	}
	o := offsetted[search.FieldItem]{h.Marks, fmt.Sprintf("field %+v", q), func(l value.List) (page value.Page[search.FieldItem], err error) {
		q.Limit, q.Cursor = l.Limit, l.Cursor
		page.Items, page.Next, err = h.Search.SearchField(ctx, c.Actor, q)
		return page, renamed(err, map[string]string{"field": "field_key", "entity_type": "field_type"})
	}}
	items, next, more, err := o.page(ctx, c, value.List{}, in.offsetPage)
	if err != nil {
		return nil, err
	}
	rows, seen := []fieldResultV1{}, map[string]bool{}
	for _, i := range items {
		row := fieldResultV1{in.Field: i.Value}
		if in.IDs {
			row["id"] = i.Record.(search.Record).Ref().ID()
		} else if seen[i.Value] {
			continue
		}
		seen[i.Value] = true
		rows = append(rows, row)
	}
	start, limit := in.at()
	return Answer{Data: rows, Additional: paginationTo(start, limit, more, next)}, nil
}
