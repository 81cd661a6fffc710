// Package outbox constructs the function that mails for users: what they write, and links that confirm their addresses.
package outbox

import (
	"github.com/aws/aws-lambda-go/lambda"

	"github.com/lejek/lejek/shared/api"
	"github.com/lejek/lejek/shared/app"
	"github.com/lejek/lejek/shared/app/mailer"
	"github.com/lejek/lejek/shared/boot"
	"github.com/lejek/lejek/shared/teams"
)

// New is the handler of the function.
func New(env boot.Env) lambda.Handler {
	c, sender := app.New(env), mailer.New(env.SES)
	addresses := teams.Addresses{Service: c.Teams(), Sender: sender, Domain: c.MailDomain}
	return api.New("outbox", c.Options(), api.UserAddresses{Addresses: addresses}.Routes()...)
}
