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
	h := api.Deals{Deals: c.Deals(), Fields: c.Fields(), Companies: c.Teams(), Filters: c.Filters(), Derived: c.Derived()}
	return api.New("deals", c.Options(), slices.Concat(
		h.Routes(), c.Details(change.Deal), c.DealSums().Routes(),
		api.LegacyDeals{Deals: h, Legacy: c.Legacy(), Statistics: c.Statistics()}.Routes(),
		api.DealActions{Deals: c.Deals(), Flat: c.FlatRecords()}.Routes(),
	)...)
}
