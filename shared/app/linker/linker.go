// Package linker constructs the function that stores and links inbound mail. Its event is a batch of a queue, each message a
// notice that SES received a mail and where its raw bytes lie. It never sends mail, whatever comes in.
//
// What fails is reported by message, so that the rest of the batch is done; the queue brings it again and, after some times,
// puts it aside with its input intact. A mail that cannot be read does not fail: it ends in the ledger as unparsable.
package linker

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/lejek/lejek/shared/app"
	"github.com/lejek/lejek/shared/boot"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/dynamo"
	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/mail"
	"github.com/lejek/lejek/shared/mailbox"
)

type linker struct {
	boot.Env
	mailbox mailbox.Linker
	teams   dynamo.Teams
}

// New is the handler of the function.
func New(env boot.Env) lambda.Handler {
	c := app.New(env)
	l := linker{Env: env, mailbox: c.Linker(mail.RegistrableDomain), teams: dynamo.Teams{DB: c.DB}}
	l.mailbox.Read = mailbox.Reader{
		Aligned: mail.Aligned, Safe: sanitize(), Domain: mail.RegistrableDomain, FreeMail: mail.FreeMail,
		Forward: func(p mailbox.Parsed) []mailbox.Inner { return mail.Forward(p, mail.DefaultLimits) },
	}
	return lambda.NewHandler(l.handle)
}

func (l linker) handle(ctx context.Context, e events.SQSEvent) (answer events.SQSEventResponse, _ error) {
	answer.BatchItemFailures = []events.SQSBatchItemFailure{}
	for _, m := range e.Records {
		start := time.Now()
		if err := l.one(ctx, m.Body); err != nil {
			l.Log.LogAttrs(ctx, slog.LevelError, "mail failed", slog.String("message", m.MessageId), slog.String("cause", err.Error()))
			answer.BatchItemFailures = append(answer.BatchItemFailures, events.SQSBatchItemFailure{ItemIdentifier: m.MessageId})
			continue
		}
		l.Log.LogAttrs(ctx, slog.LevelInfo, "mail", slog.String("message", m.MessageId), slog.Int64("ms", time.Since(start).Milliseconds()))
	}
	return answer, nil
}

// one links one raw message in every team that it was sent to.
func (l linker) one(ctx context.Context, body string) error {
	n, ok, err := read(body)
	if err != nil || !ok {
		return err
	}
	teams, err := l.route(ctx, n)
	if err != nil || len(teams) == 0 {
		return err
	}
	raw, err := l.raw(ctx, n.key())
	if err != nil {
		return err
	}
	d := n.delivery(l.Now())
	if d.Parsed, err = mail.Parse(raw, mail.DefaultLimits); err != nil {
		d.NotMail = err.Error()
	}
	var failed []error // one team's failure is no other's: the rest gets the mail now, and nothing twice when it is tried again
	for _, t := range teams {
		d.Team, d.Recipients = t.team, t.recipients
		if _, err := l.mailbox.Link(ctx, d); err != nil {
			failed = append(failed, fmt.Errorf("team %d: %w", t.team, err))
		}
	}
	return errors.Join(failed...)
}

// addressed is a team and those of the envelope's recipients that are its own: no team learns of another.
type addressed struct {
	team       int64
	recipients []string
}

// route finds the teams of the recipients, one read each. What is after a plus is for the team to read. Mail to addresses that
// nobody has is noted and nothing else.
func (l linker) route(ctx context.Context, n notice) (teams []addressed, err error) {
	unknown := 0
next:
	for _, recipient := range n.Receipt.Recipients {
		address := change.NormalAddress(recipient)
		local, domain, _ := strings.Cut(address, "@")
		local, _, _ = strings.Cut(local, "+")
		team, err := int64(0), error(fault.Missing("Address"))
		if domain == l.MailDomain && local != "" {
			team, err = l.teams.AddressTeam(ctx, local)
		}
		if fault.Is(err, fault.NotFound) {
			unknown++
			continue
		}
		if err != nil {
			return nil, err
		}
		for i := range teams {
			if teams[i].team == team {
				teams[i].recipients = append(teams[i].recipients, address)
				continue next
			}
		}
		teams = append(teams, addressed{team, []string{address}})
	}
	if unknown > 0 {
		return teams, l.unroutable(ctx, n)
	}
	return teams, nil
}

// keepUnroutable is long enough to find out why a mail did not arrive.
const keepUnroutable = 90 * 24 * time.Hour

func (l linker) unroutable(ctx context.Context, n notice) error {
	err := l.teams.Commit(ctx, change.Set{Entries: []change.Entry{{
		Directory: change.Unroutable, Name: n.Mail.MessageID, Fate: mailbox.Ignored + ": no such address", Expires: l.Now().Add(keepUnroutable),
	}}})
	if fault.Is(err, fault.Conflict) {
		return nil // noted already
	}
	return err
}

// raw reads the message. An object that is not there yet fails and is tried again.
func (l linker) raw(ctx context.Context, key string) ([]byte, error) {
	out, err := l.S3.GetObject(ctx, &s3.GetObjectInput{Bucket: &l.MailBucket, Key: &key})
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", key, err)
	}
	defer out.Body.Close()
	raw, err := io.ReadAll(out.Body)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", key, err)
	}
	return raw, nil
}
