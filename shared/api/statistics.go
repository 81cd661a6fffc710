package api

import (
	"context"

	"github.com/lejek/lejek/shared/currencies"
	"github.com/lejek/lejek/shared/statistics"
	"github.com/lejek/lejek/shared/value"
)

// conversionWire and movementWire are the figures of a pipeline (contract §3.7).
type conversionWire struct {
	StageConversions []stageConversion `json:"stage_conversions"`
	WonConversion    int64             `json:"won_conversion"`
	LostConversion   int64             `json:"lost_conversion"`
}

type stageConversion struct {
	FromStageID    int64 `json:"from_stage_id"`
	ToStageID      int64 `json:"to_stage_id"`
	ConversionRate int64 `json:"conversion_rate"`
}

type movementWire struct {
	Movements struct {
		Count int `json:"count"`
	} `json:"movements_between_stages"`
	NewDeals      dealGroup  `json:"new_deals"`
	DealsLeftOpen dealGroup  `json:"deals_left_open"`
	WonDeals      dealGroup  `json:"won_deals"`
	LostDeals     dealGroup  `json:"lost_deals"`
	AverageAge    averageAge `json:"average_age_in_days"`
}

type averageAge struct {
	Across  int64      `json:"across_all_stages"`
	ByStage []stageAge `json:"by_stages"`
}

type stageAge struct {
	StageID int64 `json:"stage_id"`
	Value   int64 `json:"value"`
}

type dealGroup struct {
	Count           int                      `json:"count"`
	DealsIDs        []int64                  `json:"deals_ids"`
	Values          map[string]value.Decimal `json:"values"`
	FormattedValues map[string]string        `json:"formatted_values"`
}

func groupOut(g statistics.Group) dealGroup {
	w := dealGroup{
		Count: len(g.Deals), DealsIDs: append([]int64{}, g.Deals...), Values: map[string]value.Decimal{}, FormattedValues: map[string]string{},
	}
	for code, v := range g.Values {
		w.Values[code], w.FormattedValues[code] = v, currencies.Format(code, v)
	}
	return w
}

type reportQuery struct {
	byID
	StartDate value.Date `query:"start_date" rule:"required"`
	EndDate   value.Date `query:"end_date" rule:"required"`
	UserID    int64      `query:"user_id" rule:"min=1"`
}

func (q reportQuery) report() statistics.Report {
	return statistics.Report{Pipeline: q.ID, User: q.UserID, Start: q.StartDate, End: q.EndDate}
}

// PipelineStatistics are the routes of a pipeline's figures.
type PipelineStatistics struct{ Statistics statistics.Service }

// Routes binds them.
func (h PipelineStatistics) Routes() []Route {
	return []Route{
		Handle("GET /v1/pipelines/{id}/conversion_statistics", func(ctx context.Context, c Call, in reportQuery) (any, error) {
			got, err := h.Statistics.Conversion(ctx, c.Actor, in.report())
			return conversionWire{
				StageConversions: each(got.Stages, func(s statistics.StageConversion) stageConversion { return stageConversion{s.From, s.To, s.Rate} }),
				WonConversion:    got.Won, LostConversion: got.Lost,
			}, err
		}).Returns(conversionWire{}),
		Handle("GET /v1/pipelines/{id}/movement_statistics", func(ctx context.Context, c Call, in reportQuery) (any, error) {
			got, err := h.Statistics.Movement(ctx, c.Actor, in.report())
			w := movementWire{
				NewDeals: groupOut(got.New), DealsLeftOpen: groupOut(got.LeftOpen), WonDeals: groupOut(got.Won), LostDeals: groupOut(got.Lost),
				AverageAge: averageAge{got.Age, each(got.StageAges, func(a statistics.StageAge) stageAge { return stageAge{a.StageID, a.Days} })},
			}
			w.Movements.Count = got.Moves
			return w, err
		}).Returns(movementWire{}),
	}
}
