// Package activities constructs the function of activities.
package activities

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
	h := api.Activities{Activities: c.Activities(), Filters: c.Filters()}
	return api.New("activities", c.Options(), slices.Concat(
		h.Routes(), api.LegacyActivities{Activities: h, Legacy: c.Legacy()}.Routes(), api.Reminders{Reminders: c.Reminders(nil)}.Routes(),
	)...)
}
