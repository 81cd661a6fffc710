// Package app joins entities, storage and HTTP. Core is what every function shares; each package below it is the
// constructor of one function. Here, and only here, one entity's needs are met by another's service.
package app

import (
	"context"
	"time"

	"github.com/lejek/lejek/shared/activities"
	"github.com/lejek/lejek/shared/api"
	"github.com/lejek/lejek/shared/boot"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/currencies"
	"github.com/lejek/lejek/shared/deals"
	"github.com/lejek/lejek/shared/dynamo"
	"github.com/lejek/lejek/shared/fields"
	"github.com/lejek/lejek/shared/limits"
	"github.com/lejek/lejek/shared/organizations"
	"github.com/lejek/lejek/shared/persons"
	"github.com/lejek/lejek/shared/pipelines"
	"github.com/lejek/lejek/shared/teams"
)

// Core is the services over one table.
type Core struct {
	boot.Env
	DB *dynamo.DB
}

// New is the core of a function.
func New(env boot.Env) Core {
	return Core{Env: env, DB: dynamo.New(env.DynamoDB, env.Table, env.Now)}
}

// Options are those of every API handler.
func (c Core) Options() api.Options {
	return api.Options{
		Auth: c.Teams(), Limits: limits.Limiter{Store: dynamo.Requests{DB: c.DB}, PerWindow: c.RateLimit, Now: c.Now}, Claims: dynamo.Claims{DB: c.DB},
		Begin: dynamo.Remembering, Log: c.Log,
	}
}

// Teams makes a new team's first records from the defaults of other entities.
func (c Core) Teams() teams.Service {
	return teams.Service{Store: dynamo.Teams{DB: c.DB}, Currency: currencies.Known, Begin: c.begin, Now: c.Now}
}

func (c Core) begin(ctx context.Context, team int64, now time.Time) ([]change.Set, error) {
	set := change.Set{Team: team}
	board, types := pipelines.Default(now), activities.DefaultTypes(now)
	for kind, n := range map[string]int{
		pipelines.KindPipeline: len(board.Pipelines), pipelines.KindStage: len(board.Stages), activities.KindType: len(types),
	} {
		if _, err := c.DB.NextIDs(ctx, team, kind, n); err != nil {
			return nil, err
		}
	}
	for _, p := range board.Pipelines {
		set.Put(p.Ref(), p, 0)
	}
	for _, s := range board.Stages {
		set.Put(s.Ref(), s, 0)
	}
	for _, t := range types {
		set.Put(t.Ref(), t, 0)
	}
	return []change.Set{set}, nil
}

// Pipelines and Deals are the services of those entities.
func (c Core) Pipelines() pipelines.Service {
	return pipelines.Service{Store: dynamo.Pipelines{DB: c.DB}, Now: c.Now}
}

func (c Core) Deals() deals.Service {
	return deals.Service{Store: dynamo.NewDeals(c.DB), Stages: c.Pipelines(), Users: c.Teams(), Now: c.Now}
}

// FlatRecords reads records in the forms that v1 has.
func (c Core) FlatRecords() api.FlatRecords {
	return api.FlatRecords{
		Records: c.DB, Fields: c.Fields(), Summaries: c.DB, Companies: c.Teams(), Types: c.Activities(), Pictures: c.Pictures(nil),
		MailDomain: c.MailDomain,
	}
}

// Fields is the service of field definitions.
func (c Core) Fields() fields.Service {
	return fields.Service{Store: dynamo.Fields{DB: c.DB}, Users: c.Teams(), Types: activityTypes{c.DB}, Currency: currencies.Known, Now: c.Now}
}

// Derived reads what is derived for records.
func (c Core) Derived() api.Derived {
	return api.Derived{Summaries: c.DB, Companies: c.Teams(), MailDomain: c.MailDomain}
}

// Activities is the service of activities.
func (c Core) Activities() activities.Service {
	return activities.Service{Store: dynamo.NewActivities(c.DB), Users: clocks{c.Teams()}, Now: c.Now}
}

// ActivityTypes is the service of their types.
func (c Core) ActivityTypes() activities.Types {
	return activities.Types{Store: dynamo.ActivityTypes{DB: c.DB}, Now: c.Now}
}

// Persons, Organizations and Relations are the services of those entities.
func (c Core) Persons() persons.Service {
	return persons.Service{Store: dynamo.NewPersons(c.DB), Users: c.Teams(), Now: c.Now}
}

// Pictures are those of persons; squares reads what was uploaded, which no other function than that of persons does.
func (c Core) Pictures(squares func([]byte, persons.Crop, ...int) ([][]byte, error)) persons.Pictures {
	return persons.Pictures{Store: dynamo.NewPersons(c.DB), Objects: objects{c.S3, c.DataBucket}, Squares: squares, Now: c.Now}
}

func (c Core) Organizations() organizations.Service {
	return organizations.Service{Store: dynamo.NewOrganizations(c.DB), Users: c.Teams(), Now: c.Now}
}

func (c Core) Relations() organizations.Relations {
	return organizations.Relations{Store: dynamo.NewRelations(c.DB), Organizations: dynamo.NewOrganizations(c.DB), Now: c.Now}
}
