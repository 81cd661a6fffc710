// Package fields constructs the function of fields.
package fields

import (
	"github.com/aws/aws-lambda-go/lambda"

	"github.com/lejek/lejek/shared/api"
	"github.com/lejek/lejek/shared/app"
	"github.com/lejek/lejek/shared/boot"
)

// New is the handler of the function.
func New(env boot.Env) lambda.Handler {
	c := app.New(env)
	return api.New("fields", c.Options(), api.Fields{Fields: c.Fields()}.Routes()...)
}
