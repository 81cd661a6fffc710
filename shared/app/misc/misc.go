// Package misc constructs the function of users, tokens, currencies, activity types and settings. What no other function's routes
// match comes here too, and is answered as an unknown path.
package misc

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
	routes := api.Misc{Teams: c.Teams(), Activities: c.Activities(), Types: c.ActivityTypes(), Now: c.Now}.Routes()
	return api.New("misc", c.Options(), slices.Concat(routes, api.Administration{Teams: c.Teams()}.Routes(),
		api.InboundAddress{Teams: c.Teams(), MailDomain: c.MailDomain, Now: c.Now}.Routes(), api.UserSettings{Teams: c.Teams()}.Routes())...)
}
