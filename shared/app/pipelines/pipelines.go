// Package pipelines constructs the function of pipelines and stages.
package pipelines

import (
	"slices"

	"github.com/aws/aws-lambda-go/lambda"

	"github.com/lejek/lejek/shared/api"
	"github.com/lejek/lejek/shared/app"
	"github.com/lejek/lejek/shared/boot"
)

// New is the handler of the function.
func New(env boot.Env) lambda.Handler {
	c := app.New(env)
	h := api.Pipelines{Pipelines: c.Pipelines()}
	return api.New("pipelines", c.Options(), slices.Concat(
		h.Routes(), h.LegacyRoutes(), api.PipelineStatistics{Statistics: c.Statistics()}.Routes(),
		[]api.Route{c.LegacyDeals().On("pipelines"), c.LegacyDeals().On("stages")},
	)...)
}
