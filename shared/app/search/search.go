// Package search constructs the function of searches across kinds. Each entity's own search is answered by its function.
package search

import (
	"github.com/aws/aws-lambda-go/lambda"

	"github.com/lejek/lejek/shared/api"
	"github.com/lejek/lejek/shared/app"
	"github.com/lejek/lejek/shared/boot"
)

// New is the handler of the function.
func New(env boot.Env) lambda.Handler {
	c := app.New(env)
	return api.New("search", c.Options(), append(c.Search().Items(), c.Search().ItemsV1()...)...)
}
