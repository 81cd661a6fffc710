package api

import (
	"context"
	"slices"

	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/persons"
	"github.com/lejek/lejek/shared/search"
	"github.com/lejek/lejek/shared/value"
)

// searchQuery are the parameters of every search (contract §2.6).
type searchQuery struct {
	Term   string `query:"term" rule:"required,max=500"`
	Exact  bool   `query:"exact_match"`
	Limit  int64  `query:"limit" rule:"min=1,max=100"`
	Cursor string `query:"cursor" rule:"max=2000"`
}

func (q searchQuery) query(types, in []string) search.Query {
	limit := int(q.Limit)
	if limit == 0 {
		limit = 100
	}
	return search.Query{Term: q.Term, Exact: q.Exact, Types: types, In: in, Links: map[string]int64{}, Limit: limit, Cursor: q.Cursor}
}

type dealSearch struct {
	searchQuery
	Fields  []string         `query:"fields" rule:"enum=custom_fields|notes|title"`
	Person  value.Opt[int64] `query:"person_id" rule:"min=1"`
	Company value.Opt[int64] `query:"organization_id" rule:"min=1"`
	Status  string           `query:"status" rule:"enum=open|won|lost"`
	Include []string         `query:"include_fields" rule:"enum=deal.cc_email"`
}

type personSearch struct {
	searchQuery
	Fields  []string         `query:"fields" rule:"enum=custom_fields|email|notes|phone|name"`
	Company value.Opt[int64] `query:"organization_id" rule:"min=1"`
	Include []string         `query:"include_fields" rule:"enum=person.picture"`
}

type organizationSearch struct {
	searchQuery
	Fields []string `query:"fields" rule:"enum=address|custom_fields|name|notes"`
}

type itemSearch struct {
	searchQuery
	Types   []string `query:"item_types" rule:"enum=deal|person|organization|product|lead|file|mail_attachment|project"`
	Fields  []string `query:"fields" rule:"enum=address|code|custom_fields|email|name|notes|phone|title|description"`
	Related bool     `query:"search_for_related_items"`
	Include []string `query:"include_fields" rule:"enum=deal.cc_email|person.picture|product.price|lead.was_seen"`
}

type fieldSearch struct {
	Entity string `query:"entity_type" rule:"required,enum=deal|lead|person|organization|product|project"`
	Field  string `query:"field" rule:"required,max=100"`
	Term   string `query:"term" rule:"required,max=500"`
	Match  string `query:"match" rule:"enum=exact|beginning|middle"`
	Limit  int64  `query:"limit" rule:"min=1,max=500"`
	Cursor string `query:"cursor" rule:"max=4000"`
}

// Search are the routes of searches: Items those across kinds, Of that of one kind, which its entity's function answers.
type Search struct {
	Search     search.Service
	Companies  Companies
	Pictures   persons.Pictures
	MailDomain string
	Marks      Bookmarks
}

// Items binds the searches across kinds.
func (h Search) Items() []Route {
	return []Route{
		Handle("GET /api/v2/itemSearch", func(ctx context.Context, c Call, in itemSearch) (any, error) {
			q := in.query(in.Types, in.Fields)
			q.Related = in.Related
			return h.answer(ctx, c, q, in.Include)
		}).Returns(itemResults{}).Pages(ByCursor),
		Handle("GET /api/v2/itemSearch/field", h.field).Lists(fieldResult{}, ByCursor),
	}
}

// Of binds the search of one kind.
func (h Search) Of(kind string) Route {
	switch kind {
	case change.Deal:
		return Handle("GET /api/v2/deals/search", func(ctx context.Context, c Call, in dealSearch) (any, error) {
			q := in.query([]string{kind}, in.Fields)
			q.Status = in.Status
			with(q, value.ByPerson, in.Person)
			with(q, value.ByOrganization, in.Company)
			return h.answer(ctx, c, q, in.Include)
		}).Returns(dealResults{}).Pages(ByCursor)
	case change.Person:
		return Handle("GET /api/v2/persons/search", func(ctx context.Context, c Call, in personSearch) (any, error) {
			q := in.query([]string{kind}, in.Fields)
			with(q, value.ByOrganization, in.Company)
			return h.answer(ctx, c, q, in.Include)
		}).Returns(personResults{}).Pages(ByCursor)
	}
	return Handle("GET /api/v2/organizations/search", func(ctx context.Context, c Call, in organizationSearch) (any, error) {
		return h.answer(ctx, c, in.query([]string{kind}, in.Fields), nil)
	}).Returns(organizationResults{}).Pages(ByCursor)
}

func with(q search.Query, link string, id value.Opt[int64]) {
	if id.Has() {
		q.Links[link] = id.V
	}
}

func (h Search) answer(ctx context.Context, c Call, q search.Query, include []string) (any, error) {
	page, err := h.Search.Search(ctx, c.Actor, q)
	if err != nil {
		return nil, err
	}
	results, err := h.results(ctx, c, q, page, include)
	return listed(results, page.Next), err
}

// results writes what was found.
func (h Search) results(ctx context.Context, c Call, q search.Query, page search.Page, include []string) (results itemResults, err error) {
	out := searchOut{Call: c, known: page.Records}
	if err := out.include(ctx, h, slices.Concat(page.Items, page.Related), include); err != nil {
		return results, err
	}
	results.Items = each(page.Items, out.item)
	if q.Related {
		related := each(page.Related, out.item)
		results.Related = &related
	}
	return results, nil
}

// field answers with the ids of records by one field (contract §2.6).
func (h Search) field(ctx context.Context, c Call, in fieldSearch) (any, error) {
	q := search.FieldQuery{Kind: in.Entity, Field: in.Field, Term: in.Term, Match: in.Match, Limit: int(in.Limit), Cursor: in.Cursor}
	if q.Match == "" {
		q.Match = search.Exact
	}
	if q.Limit == 0 {
		q.Limit = 100
	}
	items, next, err := h.Search.SearchField(ctx, c.Actor, q)
	if err != nil {
		return nil, err
	}
	return listed(each(items, func(i search.FieldItem) fieldResult { return fieldFound(in.Field, i) }), next), nil
}
