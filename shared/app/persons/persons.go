// Package persons constructs the function of persons.
package persons

import (
	"slices"

	"github.com/aws/aws-lambda-go/lambda"

	"github.com/lejek/lejek/shared/api"
	"github.com/lejek/lejek/shared/app"
	"github.com/lejek/lejek/shared/boot"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/pictures"
)

// New is the handler of the function.
func New(env boot.Env) lambda.Handler {
	c := app.New(env)
	return api.New("persons", c.Options(), slices.Concat(
		c.PersonRoutes().Routes(), c.LegacyPersons().Routes(),
		[]api.Route{c.LegacyActivities().Of("persons"), c.LegacyDeals().Of("persons"), c.Legacy().Products("persons")},
		api.Pictures{Pictures: c.Pictures(pictures.Squares)}.Routes(), c.Details(change.Person),
		api.LinkSuggestions{Box: c.Mailbox(), Records: c.DB}.Routes(), api.PersonMerges{Persons: c.Persons(), Flat: c.FlatRecords()}.Routes(),
	)...)
}
