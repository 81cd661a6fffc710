package app

import (
	"context"

	"github.com/lejek/lejek/shared/api"
	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/dynamo"
	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/pipelines"
	"github.com/lejek/lejek/shared/statistics"
	"github.com/lejek/lejek/shared/teams"
)

// Statistics is the service of figures.
func (c Core) Statistics() statistics.Service {
	return statistics.Service{
		Store: dynamo.Statistics{DB: c.DB}, Companies: companies{c.Teams()}, Board: board{c.Pipelines()}, Now: c.Now,
	}
}

// DealSums are the routes that sum deals up.
func (c Core) DealSums() api.DealSums {
	return api.DealSums{
		Statistics: c.Statistics(), Companies: c.Teams(), Flat: c.FlatRecords(), Deals: c.Deals(), Filters: c.Filters(),
	}
}

type companies struct{ teams.Service }

func (c companies) Company(ctx context.Context, team int64) (statistics.Company, error) {
	t, err := c.Team(ctx, auth.Actor{Team: team})
	return statistics.Company{Zone: t.Zone(), Since: t.AddTime}, err
}

type board struct{ pipelines.Service }

func (b board) StagesOf(ctx context.Context, team, pipeline int64) ([]statistics.Stage, error) {
	all, err := b.Board(ctx, auth.Actor{Team: team})
	if err != nil {
		return nil, err
	}
	if p, ok := all.Pipeline(pipeline); !ok || p.Deleted {
		return nil, fault.Missing("Pipeline")
	}
	var stages []statistics.Stage
	for _, s := range all.StagesOf(pipeline) {
		stages = append(stages, statistics.Stage{ID: s.ID})
	}
	return stages, nil
}

func (b board) Probabilities(ctx context.Context, team int64) (map[int64]int64, error) {
	all, err := b.Board(ctx, auth.Actor{Team: team})
	percent := make(map[int64]int64, len(all.Stages))
	for _, s := range all.Stages {
		percent[s.ID] = s.Probability
	}
	return percent, err
}
