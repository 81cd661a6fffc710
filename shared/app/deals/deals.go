// Package deals constructs the function of deals.
package deals

import (
	"slices"

	"github.com/aws/aws-lambda-go/lambda"

	"github.com/lejek/lejek/shared/api"
	"github.com/lejek/lejek/shared/app"
	"github.com/lejek/lejek/shared/boot"
	"github.com/lejek/lejek/shared/change"
)

// New is the handler of the function.
func New(env boot.Env) lambda.Handler {
	c := app.New(env)
	return api.New("deals", c.Options(), slices.Concat(
		c.DealRoutes().Routes(), c.Details(change.Deal), c.DealSums().Routes(), c.LegacyDeals().Routes(),
		[]api.Route{c.LegacyActivities().Of("deals"), c.LegacyPersons().Of("deals"), c.Legacy().Products("deals")},
		api.DealActions{Deals: c.Deals(), Flat: c.FlatRecords()}.Routes(),
		api.Participants{Deals: c.Deals(), Flat: c.FlatRecords(), Flow: c.Flow(), Now: c.Now}.Routes(),
	)...)
}
