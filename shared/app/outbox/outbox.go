// Package outbox constructs the function that mails for users: what they write, and links that confirm their addresses. It carries the
// parser of mail, since what users write here is stored as what they write elsewhere is.
package outbox

import (
	"context"

	"github.com/aws/aws-lambda-go/lambda"

	"github.com/lejek/lejek/shared/api"
	"github.com/lejek/lejek/shared/app"
	"github.com/lejek/lejek/shared/app/mailer"
	"github.com/lejek/lejek/shared/app/mailroom"
	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/boot"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/dynamo"
	"github.com/lejek/lejek/shared/mail"
	"github.com/lejek/lejek/shared/mailbox"
	"github.com/lejek/lejek/shared/teams"
)

// New is the handler of the function.
func New(env boot.Env) lambda.Handler {
	c, sender := app.New(env), mailer.New(env.SES)
	addresses := teams.Addresses{Service: c.Teams(), Sender: sender, Domain: c.MailDomain}
	desk := mailbox.Desk{
		Linker: mailroom.New(env).Linker, Home: home(c), Files: stock(c), Sender: sender, Region: env.SES.Region,
		Parse: func(raw []byte) (mailbox.Parsed, error) { return mail.Parse(raw, mail.DefaultLimits) },
		Plain: func(html string) string { return mail.BodyText(mailbox.Parsed{HTML: html}) },
	}
	return api.New("outbox", c.Options(), append(api.UserAddresses{Addresses: addresses}.Routes(), api.Writing{Desk: desk, Records: c.DB}.Routes()...)...)
}

// home are the team's dedicated address and that of a mail thread.
func home(c app.Core) func(ctx context.Context, team, thread int64) (own, ofThread string, err error) {
	return func(ctx context.Context, team, thread int64) (own, ofThread string, err error) {
		t, err := c.Teams().Team(ctx, auth.Actor{Team: team})
		return t.Address(c.MailDomain), t.AddressOf(change.Of(change.MailThread, thread), c.MailDomain), err
	}
}

// stock are the files of a team that may leave it.
func stock(c app.Core) func(context.Context, int64, []int64) (map[int64]mailbox.Stock, error) {
	return func(ctx context.Context, team int64, ids []int64) (map[int64]mailbox.Stock, error) {
		found, err := dynamo.NewFiles(c.DB).GetMany(ctx, team, ids)
		all := map[int64]mailbox.Stock{}
		for id, f := range found {
			if !f.Deleted && !f.Locked {
				all[id] = mailbox.Stock{Name: f.Name, Key: f.Key, MediaType: f.MediaType, Size: f.Size}
			}
		}
		return all, err
	}
}
