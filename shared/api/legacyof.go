package api

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/lejek/lejek/shared/activities"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/deals"
	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/filters"
	"github.com/lejek/lejek/shared/manifest"
	"github.com/lejek/lejek/shared/pipelines"
	"github.com/lejek/lejek/shared/statistics"
	"github.com/lejek/lejek/shared/value"
)

// What v1 lists under a record: what belongs to it (contract §4). Each is a list by a link, which has its index, after one read that tells
// that the record is the team's.

// owners are the kinds of records that others are listed under, by their names in paths.
var owners = map[string]struct{ kind, name, link string }{
	"deals":         {change.Deal, "Deal", value.ByDeal},
	"persons":       {change.Person, "Person", value.ByPerson},
	"organizations": {change.Organization, "Organization", value.ByOrganization},
	"pipelines":     {pipelines.KindPipeline, "Pipeline", value.ByPipeline},
	"stages":        {pipelines.KindStage, "Stage", value.ByStage},
}

// question asks for what belongs to one record.
func (h Legacy) question(ctx context.Context, c Call, entities string, id int64, p sortedV1) (value.List, error) {
	of := owners[entities]
	ref := change.Of(of.kind, id)
	found, err := h.Flat.Records.GetAny(ctx, c.Team, []change.Ref{ref})
	if err == nil && found[ref] == nil {
		err = fault.Missing(of.name)
	}
	if err != nil {
		return value.List{}, err
	}
	l, err := p.list()
	l.Links[of.link] = id
	return l, err
}

func under(entities, what string) manifest.Operation {
	return manifest.Operation(fmt.Sprintf("GET /v1/%s/{id}/%s", entities, what))
}

type activitiesOf struct {
	byID
	sortedV1
	Done    value.Opt[bool] `query:"done"`
	Exclude []int64         `query:"exclude"`
}

// Of binds the activities of a record; those of a person are those in which it takes part first.
func (h LegacyActivities) Of(entities string) Route {
	return Handle(under(entities, "activities"), func(ctx context.Context, c Call, in activitiesOf) (any, error) {
		l, err := h.question(ctx, c, entities, in.ID, in.sortedV1)
		if err != nil {
			return nil, err
		}
		if in.Done.Has() {
			l.Done = &in.Done.V
		}
		if len(in.Exclude) > 0 {
			l.Sieve = sieve(func(n activities.Activity) bool { return !slices.Contains(in.Exclude, n.ID) }, in.Exclude)
		}
		return h.page(ctx, c, l, in.offsetPage)
	}).Lists(activityV1{}, ByOffset).Relates()
}

type dealsOf struct {
	byID
	sortedV1
	dealStatusV1
	OnlyPrimary bool `query:"only_primary_association"` // always so: others are not looked for
}

// Of binds the deals of a person or an organization.
func (h LegacyDeals) Of(entities string) Route {
	return Handle(under(entities, "deals"), func(ctx context.Context, c Call, in dealsOf) (any, error) {
		l, err := h.question(ctx, c, entities, in.ID, in.sortedV1)
		if err != nil {
			return nil, err
		}
		l.Statuses = in.statuses()
		return h.page(ctx, c, l, in.offsetPage)
	}).Lists(dealV1{}, ByOffset).Relates()
}

type dealsOn struct {
	byID
	offsetPage
	byFilter
	UserID   value.Opt[int64] `query:"user_id" rule:"min=1"`
	Everyone bool             `query:"everyone"`
	StageID  value.Opt[int64] `query:"stage_id" rule:"min=1"`
	Summary  bool             `query:"get_summary"`
}

// On binds the deals of a pipeline or a stage: the open ones of the token's user, unless something else is asked for.
func (h LegacyDeals) On(entities string) Route {
	return Handle(under(entities, "deals"), func(ctx context.Context, c Call, in dealsOn) (any, error) {
		if in.Summary && in.FilterID.Has() {
			return nil, fault.BadField("get_summary", "is not made of what a filter finds: ask deals/summary with it")
		}
		l, err := h.question(ctx, c, entities, in.ID, sortedV1{})
		if err != nil {
			return nil, err
		}
		on := maps.Clone(l.Links)
		l.Statuses = []string{deals.Open}
		switch {
		case in.Everyone:
		case in.FilterID.Has() && !in.UserID.Has():
			if err := in.apply(ctx, c, h.Filters, filters.Deals, &l); err != nil {
				return nil, err
			}
		default:
			l.Links[value.ByOwner] = in.UserID.Or(c.User)
		}
		if !within(&l, on) || in.StageID.Has() && !within(&l, map[string]int64{value.ByStage: in.StageID.V}) {
			l.IDs = []int64{} // what is asked for is in another place
		}
		answer, err := legacyPage(ctx, c, h.Legacy, change.Deal, l, in.offsetPage, func(l value.List) (value.Page[deals.Deal], error) {
			return h.Deals.Deals.List(ctx, c.Actor, l)
		}, flatOut.flatDeal)
		if err != nil {
			return nil, err
		}
		if in.Summary {
			s := statistics.Summary{
				Status: deals.Open, User: l.Links[value.ByOwner], Pipeline: l.Links[value.ByPipeline], Stage: l.Links[value.ByStage],
			}
			if answer.Additional, err = h.summed(ctx, c, s, answer.Additional.(map[string]any)); err != nil {
				return nil, err
			}
		}
		answer.Related = nil
		return answer, nil
	}).Lists(flatDeal{}, ByOffset).Adds(summedUp{})
}

// summedUp is what stands beside the deals of a pipeline where it is asked for: the sums of all, not of those on the page.
type summedUp struct {
	Summary *summaryWire `json:"deals_summary,omitempty"`
}

func (h LegacyDeals) summed(ctx context.Context, c Call, q statistics.Summary, beside map[string]any) (map[string]any, error) {
	team, err := h.Deals.Companies.Team(ctx, c.Actor)
	if err != nil {
		return nil, err
	}
	got, err := h.Statistics.Summary(ctx, c.Actor, q)
	beside["deals_summary"] = summaryOut(got, team.Currency)
	return beside, err
}

// within adds links to a question; false where it asks for others already.
func within(l *value.List, links map[string]int64) bool {
	if l.Links == nil {
		l.Links = map[string]int64{}
	}
	for name, id := range links {
		if has, ok := l.Links[name]; ok && has != id {
			return false
		}
		l.Links[name] = id
	}
	return true
}

type personsOf struct {
	byID
	sortedV1
}

// Of binds the persons of a deal or an organization.
func (h LegacyPersons) Of(entities string) Route {
	return Handle(under(entities, "persons"), func(ctx context.Context, c Call, in personsOf) (any, error) {
		l, err := h.question(ctx, c, entities, in.ID, in.sortedV1)
		if err != nil {
			return nil, err
		}
		if entities == "deals" {
			if l.IDs, err = h.ofDeal(ctx, c, in.ID, nil); err != nil {
				return nil, err
			}
			l.Links = nil
		}
		return h.page(ctx, c, l, in.offsetPage)
	}).Lists(personV1{}, ByOffset).Relates()
}

type productsOf struct {
	byID
	offsetPage
	WithData bool `query:"include_product_data"`
}

type (
	// noProduct is what a list of products would hold, were there any.
	noProduct struct {
		ID int64 `json:"id"`
	}
	productTotals struct {
		Quantity          int64  `json:"products_quantity_total"`
		Sum               int64  `json:"products_sum_total"`
		QuantityFormatted string `json:"products_quantity_total_formatted"`
		SumFormatted      string `json:"products_sum_total_formatted"`
	}
)

// Products binds those of a deal or a person: none, since there are no products.
func (h Legacy) Products(entities string) Route {
	route := Handle(under(entities, "products"), func(ctx context.Context, c Call, in productsOf) (any, error) {
		if _, err := h.question(ctx, c, entities, in.ID, sortedV1{}); err != nil {
			return nil, err
		}
		start, limit := in.at()
		extra := pagination(start, limit, false)
		if entities == "deals" {
			extra["products_quantity_total"], extra["products_sum_total"] = 0, 0
			extra["products_quantity_total_formatted"], extra["products_sum_total_formatted"] = "0", "0"
		}
		return Answer{Data: []noProduct{}, Additional: extra, Related: map[string]any{"user": map[string]any{}}}, nil
	}).Lists(noProduct{}, ByOffset).Relates()
	if entities == "deals" {
		route = route.Adds(productTotals{})
	}
	return route
}
