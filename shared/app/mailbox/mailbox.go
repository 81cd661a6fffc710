// Package mailbox constructs the function that answers for mail: threads, messages, and what became of each inbound mail.
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
	box := c.Mailbox()
	routes := append(api.Mailbox{Box: box, Records: c.DB}.Routes(), api.InboundMail{Box: box}.Routes()...)
	return api.New("mailbox", c.Options(), routes...)
}
