// Package mailbox constructs the function that answers for mail: threads and messages.
package mailbox

import (
	"github.com/aws/aws-lambda-go/lambda"

	"github.com/lejek/lejek/shared/api"
	"github.com/lejek/lejek/shared/app"
	"github.com/lejek/lejek/shared/boot"
)

// New is the handler of the function.
func New(env boot.Env) lambda.Handler {
	c := app.New(env)
	return api.New("mailbox", c.Options(), append(api.Mailbox{Box: c.Mailbox(), Records: c.DB}.Routes(), api.Questions{Questions: c.Questions()}.Routes()...)...)
}
