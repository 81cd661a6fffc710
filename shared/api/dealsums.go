package api

import (
	"context"
	"fmt"
	"slices"

	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/currencies"
	"github.com/lejek/lejek/shared/deals"
	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/filters"
	"github.com/lejek/lejek/shared/statistics"
	"github.com/lejek/lejek/shared/value"
)

// There are no exchange rates, so an amount converts only into its own currency. What cannot be converted is null: a sum that
// left out the deals in other currencies would look like a total and be none.

type summaryWire struct {
	ValuesTotal                map[string]summaryValue    `json:"values_total"`
	WeightedValuesTotal        map[string]summaryWeighted `json:"weighted_values_total"`
	TotalCount                 int64                      `json:"total_count"`
	Converted                  *value.Decimal             `json:"total_currency_converted_value"`
	ConvertedFormatted         *string                    `json:"total_currency_converted_value_formatted"`
	WeightedConverted          *value.Decimal             `json:"total_weighted_currency_converted_value"`
	WeightedConvertedFormatted *string                    `json:"total_weighted_currency_converted_value_formatted"`
}

type summaryValue struct {
	Value                   value.Decimal  `json:"value"`
	Count                   int64          `json:"count"`
	ValueConverted          *value.Decimal `json:"value_converted"`
	ValueFormatted          string         `json:"value_formatted"`
	ValueConvertedFormatted *string        `json:"value_converted_formatted"`
}

type summaryWeighted struct {
	Value          value.Decimal `json:"value"`
	Count          int64         `json:"count"`
	ValueFormatted string        `json:"value_formatted"`
}

func summaryOut(a statistics.Amounts, currency string) summaryWire {
	w := summaryWire{ValuesTotal: map[string]summaryValue{}, WeightedValuesTotal: map[string]summaryWeighted{}, TotalCount: a.Count}
	for code, sum := range a.Values {
		v := summaryValue{Value: sum.Value, Count: sum.Count, ValueFormatted: currencies.Format(code, sum.Value)}
		if code == currency {
			v.ValueConverted, v.ValueConvertedFormatted = money(code, sum.Value)
		}
		w.ValuesTotal[code] = v
		w.WeightedValuesTotal[code] = summaryWeighted{sum.Weighted, sum.Count, currencies.Format(code, sum.Weighted)}
	}
	if sum, ok := a.In(currency); ok {
		w.Converted, w.ConvertedFormatted = money(currency, sum.Value)
		w.WeightedConverted, w.WeightedConvertedFormatted = money(currency, sum.Weighted)
	}
	return w
}

func money(code string, v value.Decimal) (*value.Decimal, *string) {
	text := currencies.Format(code, v)
	return &v, &text
}

type summaryQuery struct {
	byFilter
	Status     string `query:"status" rule:"enum=open|won|lost"`
	UserID     int64  `query:"user_id" rule:"min=1"`
	PipelineID int64  `query:"pipeline_id" rule:"min=1"`
	StageID    int64  `query:"stage_id" rule:"min=1"`
}

type timelineQuery struct {
	byFilter
	StartDate    value.Date `query:"start_date" rule:"required"`
	Interval     string     `query:"interval" rule:"required,enum=day|week|month|quarter"`
	Amount       int64      `query:"amount" rule:"required,min=1,max=400"`
	FieldKey     string     `query:"field_key" rule:"required"`
	UserID       int64      `query:"user_id" rule:"min=1"`
	PipelineID   int64      `query:"pipeline_id" rule:"min=1"`
	ExcludeDeals bool       `query:"exclude_deals"`
	Convert      string     `query:"totals_convert_currency"`
}

type timelineWire struct {
	PeriodStart     string             `json:"period_start"`
	PeriodEnd       string             `json:"period_end"`
	Deals           *[]flatDeal        `json:"deals,omitempty"`
	Totals          timelineTotals     `json:"totals"`
	TotalsConverted *timelineConverted `json:"totals_converted,omitempty"`
}

type byCurrency map[string]value.Decimal

type timelineTotals struct {
	Count              int64      `json:"count"`
	Values             byCurrency `json:"values"`
	WeightedValues     byCurrency `json:"weighted_values"`
	OpenCount          int64      `json:"open_count"`
	OpenValues         byCurrency `json:"open_values"`
	WeightedOpenValues byCurrency `json:"weighted_open_values"`
	WonCount           int64      `json:"won_count"`
	WonValues          byCurrency `json:"won_values"`
}

// timelineConverted holds the same in one currency; null where some deals are in another.
type timelineConverted struct {
	Count             int64          `json:"count"`
	Value             *value.Decimal `json:"value"`
	WeightedValue     *value.Decimal `json:"weighted_value"`
	OpenCount         int64          `json:"open_count"`
	OpenValue         *value.Decimal `json:"open_value"`
	WeightedOpenValue *value.Decimal `json:"weighted_open_value"`
	WonCount          int64          `json:"won_count"`
	WonValue          *value.Decimal `json:"won_value"`
}

func sums(a statistics.Amounts) (values, weighted byCurrency) {
	values, weighted = byCurrency{}, byCurrency{}
	for code, sum := range a.Values {
		values[code], weighted[code] = sum.Value, sum.Weighted
	}
	return values, weighted
}

func converted(a statistics.Amounts, currency string) (v, weighted *value.Decimal) {
	sum, ok := a.In(currency)
	if !ok {
		return nil, nil
	}
	return &sum.Value, &sum.Weighted
}

func sliceOut(s statistics.Slice, currency string) timelineWire {
	w := timelineWire{PeriodStart: string(s.First) + " 00:00:00", PeriodEnd: string(s.Last) + " 23:59:59"}
	t := timelineTotals{Count: s.All.Count, OpenCount: s.Open.Count, WonCount: s.Won.Count}
	t.Values, t.WeightedValues = sums(s.All)
	t.OpenValues, t.WeightedOpenValues = sums(s.Open)
	t.WonValues, _ = sums(s.Won)
	if w.Totals = t; currency != "" {
		c := timelineConverted{Count: s.All.Count, OpenCount: s.Open.Count, WonCount: s.Won.Count}
		c.Value, c.WeightedValue = converted(s.All, currency)
		c.OpenValue, c.WeightedOpenValue = converted(s.Open, currency)
		c.WonValue, _ = converted(s.Won, currency)
		w.TotalsConverted = &c
	}
	return w
}

// DealSums are the routes that sum deals up.
type DealSums struct {
	Statistics statistics.Service
	Companies  Companies
	Flat       FlatRecords
	Deals      deals.Service
	Filters    FilterUse
}

// Routes binds them.
func (h DealSums) Routes() []Route {
	return []Route{
		Handle("GET /v1/deals/summary", func(ctx context.Context, c Call, in summaryQuery) (any, error) { return h.summary(ctx, c, in, false) }).Returns(summaryWire{}),
		Handle("GET /v1/deals/summary/archived", func(ctx context.Context, c Call, in summaryQuery) (any, error) { return h.summary(ctx, c, in, true) }).Returns(summaryWire{}),
		Handle("GET /v1/deals/timeline", h.timeline).Lists(timelineWire{}, Whole),
	}
}

func (h DealSums) summary(ctx context.Context, c Call, in summaryQuery, archived bool) (any, error) {
	team, err := h.Companies.Team(ctx, c.Actor)
	if err != nil {
		return nil, err
	}
	q := statistics.Summary{Status: in.Status, User: in.UserID, Pipeline: in.PipelineID, Stage: in.StageID, Archived: archived}
	if in.FilterID.Has() {
		q.User = 0 // the client's own documentation says so
		if q.Of, err = h.chosen(ctx, c, in.byFilter, value.List{Archived: archived}); err != nil {
			return nil, err
		}
	}
	got, err := h.Statistics.Summary(ctx, c.Actor, q)
	return summaryOut(got, team.Currency), err
}

// Sums over what a filter finds are made by looking at the deals, page by page; so many pages of at most 2,000 rows and 2 MB.
const maxSumPages = 5

// chosen are the deals that a filter finds; never nil.
func (h DealSums) chosen(ctx context.Context, c Call, b byFilter, l value.List) ([]change.Fact, error) {
	l.Sort, l.Limit = value.SortID, 2000
	if err := b.apply(ctx, c, h.Filters, filters.Deals, &l); err != nil {
		return nil, err
	}
	found := []change.Fact{}
	for range maxSumPages {
		page, err := h.Deals.List(ctx, c.Actor, l)
		if err != nil {
			return nil, err
		}
		found = append(found, each(page.Items, deals.Deal.Fact)...)
		if l.Cursor = page.Next; l.Cursor == "" {
			return found, nil
		}
	}
	return nil, fault.BadField("filter_id", "filter %d looks through more deals than can be summed up at once (%d pages of a list): "+
		"have it ask with = for an owner, a person, an organization, a stage, a pipeline or a status", b.FilterID.V, maxSumPages)
}

// maxTimelineDeals keeps the answer, which has no pages, below Lambda's 6 MB.
const maxTimelineDeals = 1000

func (h DealSums) timeline(ctx context.Context, c Call, in timelineQuery) (any, error) {
	if !slices.Contains(statistics.Dates, in.FieldKey) {
		return nil, fault.BadField("field_key", "must be one of %s", joined(statistics.Dates))
	}
	currency, err := h.currency(ctx, c, in.Convert)
	if err != nil {
		return nil, err
	}
	q := statistics.Timeline{
		Start: in.StartDate, Interval: in.Interval, Amount: int(in.Amount), Field: in.FieldKey, Pipeline: in.PipelineID, User: in.UserID,
	}
	if in.FilterID.Has() {
		if q.Of, err = h.chosen(ctx, c, in.byFilter, value.List{}); err != nil {
			return nil, err
		}
	}
	list, err := h.Statistics.Timeline(ctx, c.Actor, q)
	if err != nil {
		return nil, err
	}
	out := each(list, func(s statistics.Slice) timelineWire { return sliceOut(s, currency) })
	if in.ExcludeDeals {
		return out, nil
	}
	var ids []int64
	for _, s := range list {
		ids = append(ids, s.Deals...)
	}
	if len(ids) > maxTimelineDeals {
		return nil, fault.New(fault.Invalid, "%d deals are too many for one answer, which holds %d: ask for less time, or with exclude_deals=1", len(ids), maxTimelineDeals)
	}
	flat, err := h.Flat.flat(ctx, c, ids)
	if err != nil {
		return nil, fmt.Errorf("deals of the timeline: %w", err)
	}
	for i, s := range list {
		deals := []flatDeal{}
		for _, id := range s.Deals {
			if d, ok := flat[id]; ok {
				deals = append(deals, d)
			}
		}
		out[i].Deals = &deals
	}
	if sizeOf(out) > maxAnswer {
		return nil, fault.New(fault.Invalid, "These deals are too long for one answer: ask for less time, or with exclude_deals=1")
	}
	return out, nil
}

// currency is the one that totals are converted to; "" when that is not asked for.
func (h DealSums) currency(ctx context.Context, c Call, asked string) (string, error) {
	if asked == "default_currency" {
		team, err := h.Companies.Team(ctx, c.Actor)
		return team.Currency, err
	}
	if asked != "" && !currencies.Known(asked) {
		return "", fault.BadField("totals_convert_currency", "must be default_currency or the code of a known currency, such as EUR")
	}
	return asked, nil
}
