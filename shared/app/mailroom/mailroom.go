// Package mailroom is what the functions share that read raw mail: how one is fetched, parsed, and handed to the teams that it was
// sent to. It stands beside package app, because what every function shares must stay free of parsing libraries.
package mailroom

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go"

	"github.com/lejek/lejek/shared/app"
	"github.com/lejek/lejek/shared/boot"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/dynamo"
	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/mail"
	"github.com/lejek/lejek/shared/mailbox"
)

// Room reads raw mail and has it linked.
type Room struct {
	app.Core
	Linker mailbox.Linker
	teams  dynamo.Teams
}

// New is the room of a function.
func New(env boot.Env) Room {
	c := app.New(env)
	r := Room{Core: c, Linker: c.Linker(mail.RegistrableDomain), teams: dynamo.Teams{DB: c.DB}}
	r.Linker.Read = mailbox.Reader{
		Aligned: mail.Aligned, Safe: sanitize(), Domain: mail.RegistrableDomain, FreeMail: mail.FreeMail,
		Text: mail.BodyText, Forward: func(p mailbox.Parsed) []mailbox.Inner { return mail.Forward(p, mail.DefaultLimits) },
	}
	return r
}

// Post links one raw message in every team that it was sent to. d has the recipients of the envelope, still of any team, and neither
// team nor content.
func (r Room) Post(ctx context.Context, d mailbox.Delivery) error {
	teams, unknown, err := r.route(ctx, d.Recipients)
	if err != nil {
		return err
	}
	if unknown > 0 {
		if err := r.unroutable(ctx, d.RawID); err != nil {
			return err
		}
	}
	if len(teams) == 0 {
		return nil
	}
	raw, err := r.raw(ctx, d.RawKey)
	if err != nil {
		return err
	}
	if d = Read(d, raw); d.Swept {
		d = d.Stamped(mailbox.Gray)
	}
	var failed []error // one team's failure is no other's: the rest gets the mail now, and nothing twice when it is tried again
	for _, t := range teams {
		d.Team, d.Recipients, d.FormerUntil = t.team, t.recipients, t.until
		if _, err := r.Linker.Link(ctx, d); err != nil {
			failed = append(failed, fmt.Errorf("team %d: %w", t.team, err))
		}
	}
	return errors.Join(failed...)
}

// Again links a mail of a team's ledger once more.
func (r Room) Again(ctx context.Context, d mailbox.Delivery) (mailbox.Entry, error) {
	raw, err := r.raw(ctx, d.RawKey)
	var api smithy.APIError
	if errors.As(err, &api) && slices.Contains([]string{"NoSuchKey", "AccessDenied"}, api.ErrorCode()) { // S3 says so to who may not list
		return mailbox.Entry{}, fault.New(fault.NotFound, "The raw mail is not there any more").Because(err)
	}
	if err != nil {
		return mailbox.Entry{}, err
	}
	return r.Linker.Link(ctx, Read(d, raw))
}

// Read is the delivery with what its message says.
func Read(d mailbox.Delivery, raw []byte) mailbox.Delivery {
	var err error
	if d.Parsed, err = mail.Parse(raw, mail.DefaultLimits); err != nil {
		d.NotMail = err.Error()
	}
	return d
}

// addressed is a team and those of the envelope's recipients that are its own: no team learns of another.
type addressed struct {
	team       int64
	recipients []string
	until      *time.Time // when an address that the team gave up stops to receive mail; nil where none is among them
}

// route finds the teams of the recipients, one read each, and counts the addresses that nobody has.
func (r Room) route(ctx context.Context, recipients []string) (teams []addressed, unknown int, err error) {
	for _, recipient := range recipients {
		address := change.NormalAddress(recipient)
		team, until, err := r.TeamOf(ctx, address)
		if err != nil {
			return nil, 0, err
		}
		if team == 0 {
			unknown++
			continue
		}
		i := slices.IndexFunc(teams, func(t addressed) bool { return t.team == team })
		if i < 0 {
			i, teams = len(teams), append(teams, addressed{team: team})
		}
		teams[i].recipients = append(teams[i].recipients, address)
		if !until.IsZero() {
			teams[i].until = &until
		}
	}
	return teams, unknown, nil
}

// TeamOf is the team that a dedicated address belongs to, 0 for none, and until when, zero for ever. What is after a plus is for the team
// to read.
func (r Room) TeamOf(ctx context.Context, address string) (team int64, until time.Time, err error) {
	local, domain, _ := strings.Cut(address, "@")
	local, _, _ = strings.Cut(local, "+")
	if domain != r.MailDomain || local == "" {
		return 0, until, nil
	}
	team, until, err = r.teams.AddressTeam(ctx, local)
	if fault.Is(err, fault.NotFound) || err == nil && !until.IsZero() && !r.Now().Before(until) {
		return 0, time.Time{}, nil
	}
	return team, until, err
}

// keepUnroutable is long enough to find out why a mail did not arrive.
const keepUnroutable = 90 * 24 * time.Hour

// unroutable notes mail to addresses that nobody has; nothing else becomes of it.
func (r Room) unroutable(ctx context.Context, rawID string) error {
	err := r.teams.Commit(ctx, change.Set{Entries: []change.Entry{{
		Directory: change.Unroutable, Name: rawID, Fate: mailbox.Ignored + ": no such address", Expires: r.Now().Add(keepUnroutable),
	}}})
	if fault.Is(err, fault.Conflict) {
		return nil // noted already
	}
	return err
}

// raw reads the message. An object that is not there yet fails and is tried again.
func (r Room) raw(ctx context.Context, key string) ([]byte, error) {
	out, err := r.S3.GetObject(ctx, &s3.GetObjectInput{Bucket: &r.MailBucket, Key: &key})
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
