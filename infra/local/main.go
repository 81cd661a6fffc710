// Command local runs the whole of Lejek on this machine: the same handlers that are deployed, behind doubles of the services
// that they use, with data on disk. See infra/local/system for how it is put together.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/lejek/lejek/infra/local/functions"
	"github.com/lejek/lejek/infra/local/system"
)

func main() {
	o := system.Options{Functions: functions.All, MailPage: true, Clock: true}
	flag.StringVar(&o.HTTP, "http", "127.0.0.1:8080", "address of the HTTP API; port 0 picks a free one")
	flag.StringVar(&o.SMTP, "smtp", "127.0.0.1:2525", "address of the mail listener; port 0 picks a free one")
	flag.StringVar(&o.DataDir, "data", ".local", "folder that keeps the data")
	flag.BoolVar(&o.Demo, "demo", true, "make a demo team with a few records, and an empty one")
	flag.IntVar(&o.RateLimit, "rate-limit", 0, "requests that a token may make in two seconds; 0 for any number")
	flag.BoolVar(&o.PrivateWebhooks, "allow-private-webhooks", false, "let webhooks reach this machine, and addresses without TLS")
	flag.Parse()
	if flag.NArg() > 0 {
		fmt.Fprintf(os.Stderr, "there are no arguments besides flags, but %q was given\n", flag.Arg(0))
		os.Exit(2)
	}
	if o.RateLimit < 0 {
		fmt.Fprintln(os.Stderr, "-rate-limit must not be negative")
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	ctx, cancel := withParent(ctx)
	defer cancel()
	if err := run(ctx, o, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "lejek:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, o system.Options, out io.Writer) error {
	began := time.Now()
	s, err := system.Start(ctx, o)
	if err != nil {
		if ctx.Err() != nil {
			return nil // asked to stop before it was up
		}
		return err
	}
	if err := s.WriteReady(); err != nil {
		return errors.Join(err, s.Close())
	}
	if err := greet(out, s, time.Since(began)); err != nil {
		return errors.Join(err, s.Close())
	}
	select {
	case <-ctx.Done():
		fmt.Fprintln(out, "\nstopping; what waits in queues is delivered at the next start")
	case <-s.Done():
		err = errors.New("the DynamoDB engine ended unexpectedly")
	}
	return errors.Join(err, s.Close())
}

// greet prints ready.json and, for a person, what to do next.
func greet(out io.Writer, s *system.System, took time.Duration) error {
	ready := s.Ready()
	text, err := json.Marshal(ready)
	if err != nil {
		return fmt.Errorf("greet: %w", err)
	}
	fmt.Fprintf(out, "%s\n\n", text)
	fmt.Fprintf(out, "Lejek is ready after %v (stop it with Ctrl-C; data stays in %s)\n\n", took.Round(10*time.Millisecond), s.DataDir)
	fmt.Fprintf(out, "  API        %s\n  sent mail  %s\n  receives   SMTP %s\n", ready.URL, ready.SES, ready.SMTP)
	if ready.Token == "" {
		fmt.Fprintf(out, "\nThere is no team yet: make team NAME=Acme EMAIL=you@example.com\n")
		return nil
	}
	fmt.Fprintf(out, "  token      %s (%s)\n  mail to    %s\n\nTry:\n\n%s\n", ready.Token, ready.UserEmail, ready.InboundAddress, commands(s))
	return nil
}

// commands can be pasted as they are: what the demo team sells, a new person, and a letter to a customer with the team's
// address in blind copy.
func commands(s *system.System) string {
	r := strings.NewReplacer("{url}", s.URL, "{token}", s.Demo.Token, "{smtp}", s.SMTP,
		"{user}", s.Demo.UserEmail, "{address}", s.Demo.InboundAddress, "{contact}", s.Demo.Contact)
	return r.Replace(`curl -sw '\n' '{url}/api/v2/deals' -H 'x-api-token: {token}'

curl -sw '\n' '{url}/api/v2/persons' -H 'x-api-token: {token}' -H 'content-type: application/json' \
  -d '{"name": "Ewa Zielona", "emails": [{"value": "ewa@example.com", "primary": true, "label": "work"}]}'

printf 'From: Anna Nowak <{user}>\nTo: {contact}\nSubject: Paper samples\nMessage-ID: <samples-%s@demo.example>\n\nThe samples are on their way.\n' "$(date +%s)" |
  curl -s --crlf 'smtp://{smtp}' --mail-from '{user}' --mail-rcpt '{address}' -T - &&
  sleep 2 && curl -sw '\n' '{url}/v1/mailbox/mailThreads?folder=sent' -H 'x-api-token: {token}'
`)
}
