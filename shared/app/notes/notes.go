// Package notes constructs the function of notes. It alone carries the sanitiser that makes their HTML safe.
package notes

import (
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/microcosm-cc/bluemonday"

	"github.com/lejek/lejek/shared/api"
	"github.com/lejek/lejek/shared/app"
	"github.com/lejek/lejek/shared/boot"
	"github.com/lejek/lejek/shared/dynamo"
	"github.com/lejek/lejek/shared/notes"
)

// New is the handler of the function. The policy is bluemonday's for what users write: formatting, links and images stay,
// scripts, styles, frames, forms and event handlers go.
func New(env boot.Env) lambda.Handler {
	c := app.New(env)
	service := notes.Service{Store: dynamo.NewNotes(c.DB), Users: c.Teams(), Sanitize: bluemonday.UGCPolicy().Sanitize, Now: c.Now}
	comments := notes.Comments{Store: dynamo.Comments{DB: c.DB}, Notes: service, Sanitize: service.Sanitize}
	return api.New("notes", c.Options(), append(api.Notes{Notes: service, Records: c.DB}.Routes(), api.Comments{Comments: comments}.Routes()...)...)
}
