package api

import (
	"context"
	"fmt"
	"slices"

	"github.com/lejek/lejek/shared/currencies"
	"github.com/lejek/lejek/shared/fault"
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
	Status     string            `query:"status" rule:"enum=open|won|lost"`
	UserID     int64             `query:"user_id" rule:"min=1"`
	PipelineID int64             `query:"pipeline_id" rule:"min=1"`
	StageID    int64             `query:"stage_id" rule:"min=1"`
	FilterID   value.Opt[string] `query:"filter_id" rule:"unsupported"`
}

type timelineQuery struct {
	StartDate    value.Date        `query:"start_date" rule:"required"`
	Interval     string            `query:"interval" rule:"required,enum=day|week|month|quarter"`
	Amount       int64             `query:"amount" rule:"required,min=1,max=400"`
	FieldKey     string            `query:"field_key" rule:"required"`
	UserID       int64             `query:"user_id" rule:"min=1"`
	PipelineID   int64             `query:"pipeline_id" rule:"min=1"`
	ExcludeDeals bool              `query:"exclude_deals"`
	Convert      string            `query:"totals_convert_currency"`
	FilterID     value.Opt[string] `query:"filter_id" rule:"unsupported"`
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
	Flat       FlatDeals
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
	got, err := h.Statistics.Summary(ctx, c.Actor, statistics.Summary{
		Status: in.Status, User: in.UserID, Pipeline: in.PipelineID, Stage: in.StageID, Archived: archived,
	})
	return summaryOut(got, team.Currency), err
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
	list, err := h.Statistics.Timeline(ctx, c.Actor, statistics.Timeline{
		Start: in.StartDate, Interval: in.Interval, Amount: int(in.Amount), Field: in.FieldKey, Pipeline: in.PipelineID, User: in.UserID,
	})
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
	flat, err := h.Flat.read(ctx, c, ids)
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
