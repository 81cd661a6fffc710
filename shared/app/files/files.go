// Package files constructs the function of files.
package files

import (
	"github.com/aws/aws-lambda-go/lambda"

	"github.com/lejek/lejek/shared/api"
	"github.com/lejek/lejek/shared/app"
	"github.com/lejek/lejek/shared/boot"
)

// New is the handler of the function.
func New(env boot.Env) lambda.Handler {
	c := app.New(env)
	h := c.Files()
	return api.New("files", c.Options(), append(h.Routes(), h.WriteRoutes()...)...)
}
