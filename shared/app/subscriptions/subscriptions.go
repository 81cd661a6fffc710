// Package subscriptions constructs the function of webhooks as their users see them: what they are for, what was sent.
package subscriptions

import (
	"github.com/aws/aws-lambda-go/lambda"

	"github.com/lejek/lejek/shared/api"
	"github.com/lejek/lejek/shared/app"
	"github.com/lejek/lejek/shared/boot"
	"github.com/lejek/lejek/shared/queues"
)

// New is the handler of the function.
func New(env boot.Env) lambda.Handler {
	c := app.New(env)
	return api.New("subscriptions", c.Options(), api.Webhooks{Webhooks: c.Webhooks(queues.New(env.SQS, env.Deliveries))}.Routes()...)
}
