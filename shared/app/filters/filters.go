// Package filters constructs the function of filters.
package filters

import (
	"github.com/aws/aws-lambda-go/lambda"

	"github.com/lejek/lejek/shared/api"
	"github.com/lejek/lejek/shared/app"
	"github.com/lejek/lejek/shared/boot"
)

// New is the handler of the function.
func New(env boot.Env) lambda.Handler {
	c := app.New(env)
	return api.New("filters", c.Options(), api.Filters{Filters: c.Filters()}.Routes()...)
}
