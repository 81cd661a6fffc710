package apptest

import (
	"context"
	"encoding/json"
	"net/smtp"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/lejek/lejek/infra/local/inbox"
	"github.com/lejek/lejek/infra/local/queue"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/manifest"
)

// Mail is a message on its way: the envelope, and the bytes as the sender wrote them.
type Mail struct {
	From string
	To   []string
	Raw  string
}

// Address is the team's dedicated mail address.
func (c *Client) Address() string { return c.Team.Address(c.app.MailDomain) }

// AddressOf is the address under which mail is filed with a record.
func (c *Client) AddressOf(kind string, id int64) string {
	return c.Team.AddressOf(change.Of(kind, id), c.app.MailDomain)
}

// Receive sends a mail over SMTP to the local listener, which stores it and announces it as SES does, and returns the event
// that the linker gets for it; for tests WithObjects.
func (a *App) Receive(m Mail) events.SQSEvent {
	a.t.Helper()
	var body string
	in, err := inbox.Start(inbox.Options{
		Addr: "127.0.0.1:0", Domain: a.MailDomain, Bucket: a.MailBucket, Topic: manifest.Queues[0].Topic, Now: a.now,
		Store: a.objects.Put,
		Queue: func(b string) error { body = b; return nil },
	})
	if err != nil {
		a.t.Fatal(err)
	}
	defer in.Close()
	raw := strings.ReplaceAll(strings.ReplaceAll(m.Raw, "\r\n", "\n"), "\n", "\r\n")
	if err := smtp.SendMail(in.Addr, nil, m.From, m.To, []byte(raw)); err != nil {
		a.t.Fatal(err)
	}
	return queue.Event(manifest.Queues[0].Name, []queue.Message{{ID: "m", Body: body, Sent: time.Now(), Receives: 1, FirstReceived: time.Now()}})
}

// Deliver has the linker handle a mail, which must succeed.
func (a *App) Deliver(m Mail) {
	a.t.Helper()
	event, err := json.Marshal(a.Receive(m))
	if err != nil {
		a.t.Fatal(err)
	}
	out, err := a.Handler("linker").Invoke(context.Background(), event)
	if err != nil {
		a.t.Fatal(err)
	}
	var answer events.SQSEventResponse
	if err := json.Unmarshal(out, &answer); err != nil || len(answer.BatchItemFailures) > 0 {
		a.t.Fatalf("linker: %v %s", err, out)
	}
}
