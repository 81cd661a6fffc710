// Package inbox is SES receiving mail on this machine: an SMTP listener that accepts what SES accepts, stores each message
// as the receipt rule does and publishes the notification that SES would. It says 250 only when both are on disk.
//
// There is no DNS here, so nothing can be verified: every verdict is PASS unless the message says otherwise in the header
// X-Local-Verdict (verdict.go), which is taken off before anything is stored.
package inbox

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strings"
	"time"

	"github.com/emersion/go-smtp"

	"github.com/lejek/lejek/shared/manifest"
)

// Limits of SES, see "Quotas related to email receiving".
const (
	maxMessage    = 40 << 20
	maxRecipients = 100
)

// Options of a listener.
type Options struct {
	Addr   string // host:port; port 0 picks a free one
	Domain string // the mail domain; any local part of it is accepted
	Bucket string
	Topic  string                                         // name of the SNS topic that the notification claims to come from
	Store  func(bucket, key string, content []byte) error // returns when the object is on disk
	Queue  func(body string) error                        // returns when the message is on disk
	Now    func() time.Time
}

// Inbox is a running listener.
type Inbox struct {
	Addr   string // host:port it listens on
	server *smtp.Server
}

// Start listens.
func Start(o Options) (*Inbox, error) {
	l, err := net.Listen("tcp", o.Addr)
	if err != nil {
		return nil, fmt.Errorf("inbox.Start(%s): %w", o.Addr, err)
	}
	s := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		return &session{Options: o, client: c}, nil
	}))
	s.Domain = "inbound-smtp.local"
	s.MaxLineLength = 0 // real mail has lines of any length
	s.MaxMessageBytes = maxMessage
	s.MaxRecipients = maxRecipients
	s.EnableSMTPUTF8 = true
	s.ReadTimeout, s.WriteTimeout = 5*time.Minute, time.Minute
	s.ErrorLog = slog.NewLogLogger(slog.Default().Handler(), slog.LevelWarn)
	go func() { _ = s.Serve(l) }()
	return &Inbox{Addr: l.Addr().String(), server: s}, nil
}

// Close lets sessions finish for a moment; a message that is then not yet acknowledged will be sent again by its sender.
func (i *Inbox) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	if err := i.server.Shutdown(ctx); err != nil {
		return errors.Join(i.server.Close())
	}
	return nil
}

// session is one connection; a connection may bring several messages.
type session struct {
	Options
	client     *smtp.Conn
	from       string
	recipients []string
}

func (s *session) Reset()        { s.from, s.recipients = "", nil }
func (s *session) Logout() error { return nil }

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	s.from = from
	return nil
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	at := strings.LastIndexByte(to, '@')
	if at < 1 || !strings.EqualFold(to[at+1:], s.Domain) {
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "Requested action not taken: mailbox unavailable"}
	}
	s.recipients = append(s.recipients, to)
	return nil
}

func (s *session) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	now := s.Now()
	v, raw := takeVerdict(raw)
	m := message{
		id: messageID(), from: s.from, recipients: s.recipients, received: now, verdict: v,
		client: s.client.Hostname(), ip: host(s.client.Conn().RemoteAddr()),
	}
	m.stored = append(m.added(raw), raw...)
	key := manifest.MailPrefix + m.id
	if err := s.Store(s.Bucket, key, m.stored); err != nil {
		return s.later(err)
	}
	body, err := m.envelope(s.Topic, s.Bucket, key)
	if err == nil {
		err = s.Queue(body)
	}
	if err != nil {
		return s.later(err)
	}
	return nil
}

// later asks the sender to try again: nothing was accepted.
func (s *session) later(cause error) error {
	slog.Error("inbox: a message could not be kept", "error", cause)
	return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "Requested action aborted: local error in processing"}
}

func host(a net.Addr) string {
	h, _, err := net.SplitHostPort(a.String())
	if err != nil {
		return a.String()
	}
	return h
}

// messageID has the form of SES's: forty lower-case letters and digits.
func messageID() string { return strings.ToLower(rand.Text() + rand.Text())[:40] }
