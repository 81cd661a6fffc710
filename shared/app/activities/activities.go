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
	return api.New("activities", c.Options(), slices.Concat(
		c.ActivityRoutes().Routes(), c.LegacyActivities().Routes(), api.Reminders{Reminders: c.Reminders()}.Routes(),
	)...)
}
