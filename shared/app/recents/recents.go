// Package recents constructs the function that tells what changed lately.
package recents

import (
	"github.com/aws/aws-lambda-go/lambda"

	"github.com/lejek/lejek/shared/api"
	"github.com/lejek/lejek/shared/app"
	"github.com/lejek/lejek/shared/boot"
	"github.com/lejek/lejek/shared/dynamo"
	"github.com/lejek/lejek/shared/recents"
)

// New is the handler of the function.
func New(env boot.Env) lambda.Handler {
	c := app.New(env)
	return api.New("recents", c.Options(), api.Recents{
		Recents: recents.Service{Store: dynamo.Recents{DB: c.DB}, Now: c.Now}, Pipelines: c.Pipelines(), Flat: c.FlatRecords(),
		Marks: dynamo.Bookmarks{DB: c.DB}, Users: api.Misc{Now: c.Now},
	}.Routes()...)
}
