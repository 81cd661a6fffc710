// Package activities constructs the function of activities.
package activities

import (
	"github.com/aws/aws-lambda-go/lambda"

	"github.com/lejek/lejek/shared/api"
	"github.com/lejek/lejek/shared/app"
	"github.com/lejek/lejek/shared/boot"
)

// New is the handler of the function.
func New(env boot.Env) lambda.Handler {
	c := app.New(env)
	routes := append(api.Activities{Activities: c.Activities(), Filters: c.Filters()}.Routes(), api.Reminders{Reminders: c.Reminders(nil)}.Routes()...)
	return api.New("activities", c.Options(), routes...)
}
