// Package persons constructs the function of persons.
package persons

import (
	"github.com/aws/aws-lambda-go/lambda"

	"github.com/lejek/lejek/shared/api"
	"github.com/lejek/lejek/shared/app"
	"github.com/lejek/lejek/shared/boot"
	"github.com/lejek/lejek/shared/change"
)

// New is the handler of the function.
func New(env boot.Env) lambda.Handler {
	c := app.New(env)
	routes := append(api.Persons{Persons: c.Persons()}.Routes(), c.Details(change.Person)...)
	return api.New("persons", c.Options(), routes...)
}
