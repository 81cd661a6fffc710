// Package inbound constructs the function that answers for the ledger of inbound mail, and reads a raw mail once more where a user asks
// for it. It carries the parser, which the mailbox does not.
package inbound

import (
	"context"

	"github.com/aws/aws-lambda-go/lambda"

	"github.com/lejek/lejek/shared/api"
	"github.com/lejek/lejek/shared/app/mailroom"
	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/boot"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/mailbox"
)

// New is the handler of the function.
func New(env boot.Env) lambda.Handler {
	room := mailroom.New(env)
	box := room.Mailbox()
	return api.New("inbound", room.Options(), api.InboundMail{Box: box, Again: rereader{room, box}}.Routes()...)
}

type rereader struct {
	mailroom.Room
	box mailbox.Box
}

// Replay decides about a mail anew, as the rules and the records are now.
func (r rereader) Replay(ctx context.Context, a auth.Actor, id string) (mailbox.Entry, error) {
	e, err := r.box.Entry(ctx, a, id)
	if err != nil {
		return e, err
	}
	return r.Again(ctx, e.Again(a.Team))
}

// Release lets a mail out of quarantine.
func (r rereader) Release(ctx context.Context, a auth.Actor, id string) (mailbox.Entry, error) {
	e, err := r.box.Entry(ctx, a, id)
	if err != nil {
		return e, err
	}
	d, ok, err := e.Release(a.Team, a.User)
	if err != nil || !ok {
		return e, err
	}
	return r.Again(ctx, d)
}

// previewed is no id that SES gives.
const previewed = "preview"

// Preview decides about a mail that is not kept. Addresses of another team are nobody's, as those that nobody has.
func (r rereader) Preview(ctx context.Context, a auth.Actor, raw []byte, recipients []string) (p mailbox.Preview, err error) {
	d := mailroom.Read(mailbox.Delivery{Team: a.Team, RawID: previewed, Received: r.Now().UTC()}, raw)
	d = d.Stamped(mailbox.Pass)
	for _, recipient := range recipients {
		address := change.NormalAddress(recipient)
		team, until, err := r.TeamOf(ctx, address)
		if err != nil {
			return p, err
		}
		if team == a.Team {
			d.Recipients = append(d.Recipients, address)
			if !until.IsZero() {
				d.FormerUntil = &until
			}
		}
	}
	if len(recipients) > 0 && len(d.Recipients) == 0 {
		return p, fault.BadField("recipients", "none is an address of this team")
	}
	return r.Linker.Preview(ctx, d)
}
