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
	h := api.Persons{Persons: c.Persons(), Fields: c.Fields(), Filters: c.Filters(), Derived: c.Derived(), Records: c.DB}
	return api.New("persons", c.Options(), slices.Concat(
		h.Routes(), api.LegacyPersons{Persons: h, Legacy: c.Legacy()}.Routes(),
		api.Pictures{Pictures: c.Pictures(pictures.Squares)}.Routes(), c.Details(change.Person),
	)...)
}
