// Package outbox is SES sending mail on this machine. It answers SendRawEmail of the v1 API, keeps each raw message and its
// envelope under <data>/sent, lets addresses of SES's mailbox simulator bounce or complain, and hands a copy to aws-ses-v2-local,
// whose web page shows what was sent but which keeps no raw bytes and never forgets.
package outbox

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/lejek/lejek/infra/local/disk"
)

// Quotas of SES v1, see "Service quotas in Amazon SES".
const (
	maxMessage      = 10 << 20
	maxDestinations = 50
)

// Envelope lies beside each raw message.
type Envelope struct {
	MessageID    string    `json:"message_id"`
	Source       string    `json:"source"`
	Destinations []string  `json:"destinations"`
	Sent         time.Time `json:"sent"`
}

// Options of the outbox.
type Options struct {
	Dir  string // messages lie in Dir/sent
	Page string // URL of aws-ses-v2-local; "" runs without its page
	Now  func() time.Time
	// Feedback takes the mail that comes back from SES's mailbox simulator, such as bounce@simulator.amazonses.com; nil: none does.
	Feedback func(Notice)
}

// Outbox is a running SES.
type Outbox struct {
	Options
	URL    string
	server *http.Server

	mu     sync.Mutex
	copied int // messages that the page holds
}

// Start serves on a free port of the loopback address.
func Start(o Options) (*Outbox, error) {
	out := &Outbox{Options: o}
	if err := os.MkdirAll(out.SentDir(), 0o700); err != nil {
		return nil, fmt.Errorf("outbox.Start: %w", err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("outbox.Start: %w", err)
	}
	out.URL = "http://" + l.Addr().String()
	mux := http.NewServeMux()
	mux.HandleFunc("POST /{$}", out.api)
	if o.Page != "" {
		page, err := url.Parse(o.Page)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("outbox.Start: %w", err), l.Close())
		}
		mux.Handle("GET /", proxy(page))
	}
	out.server = &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = out.server.Serve(l) }()
	return out, nil
}

// SentDir is where sent messages lie: <id>.eml and <id>.json each.
func (o *Outbox) SentDir() string { return filepath.Join(o.Dir, "sent") }

// Close lets running requests finish.
func (o *Outbox) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if err := o.server.Shutdown(ctx); err != nil {
		return errors.Join(fmt.Errorf("outbox.Close: %w", err), o.server.Close())
	}
	return nil
}

// api answers the query protocol: a form in, XML out.
func (o *Outbox) api(w http.ResponseWriter, r *http.Request) {
	// A message in base64 is a third longer, and percent signs take their part of it.
	r.Body = http.MaxBytesReader(w, r.Body, 2*maxMessage)
	if err := r.ParseForm(); err != nil {
		refuse(w, "MessageRejected", "the request cannot be read: "+err.Error())
		return
	}
	if action := r.PostForm.Get("Action"); action != "SendRawEmail" {
		refuse(w, "InvalidAction", "only SendRawEmail is spoken here, not "+action)
		return
	}
	raw, err := base64.StdEncoding.DecodeString(r.PostForm.Get("RawMessage.Data"))
	e := Envelope{MessageID: messageID(), Source: r.PostForm.Get("Source"), Destinations: members(r.PostForm, "Destinations"), Sent: o.Now().UTC()}
	switch {
	case err != nil || len(raw) == 0:
		refuse(w, "InvalidParameterValue", "RawMessage.Data is no message")
		return
	case len(raw) > maxMessage:
		refuse(w, "MessageRejected", fmt.Sprintf("Message length is more than %d bytes long.", maxMessage))
		return
	case len(e.Destinations) > maxDestinations:
		refuse(w, "MessageRejected", fmt.Sprintf("Recipient count exceeds %d.", maxDestinations))
		return
	}
	if err := o.keep(e, raw); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	o.copyToPage(r.Context(), r.PostForm)
	w.Header().Set("Content-Type", "text/xml")
	_, _ = fmt.Fprintf(w, `<SendRawEmailResponse xmlns=%q><SendRawEmailResult><MessageId>%s</MessageId></SendRawEmailResult><ResponseMetadata><RequestId>%s</RequestId></ResponseMetadata></SendRawEmailResponse>`,
		namespace, e.MessageID, rand.Text())
	o.simulate(e, raw)
}

// keep writes the envelope last: where it is, the message is whole.
func (o *Outbox) keep(e Envelope, raw []byte) error {
	at := filepath.Join(o.SentDir(), e.MessageID)
	if err := disk.Write(at+".eml", raw, 0o600); err != nil {
		return fmt.Errorf("outbox.keep(%s): %w", e.MessageID, err)
	}
	return disk.WriteJSON(at+".json", e)
}

func members(form url.Values, list string) (values []string) {
	for i := 1; ; i++ {
		v := form.Get(fmt.Sprintf("%s.member.%d", list, i))
		if v == "" {
			return values
		}
		values = append(values, strings.TrimSpace(v))
	}
}

const namespace = "http://ses.amazonaws.com/doc/2010-12-01/"

func refuse(w http.ResponseWriter, code, message string) {
	w.Header().Set("Content-Type", "text/xml")
	w.WriteHeader(http.StatusBadRequest)
	text := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(message)
	_, _ = fmt.Fprintf(w, `<ErrorResponse xmlns=%q><Error><Type>Sender</Type><Code>%s</Code><Message>%s</Message></Error><RequestId>%s</RequestId></ErrorResponse>`,
		namespace, code, text, rand.Text())
}

// messageID has the form of SES's, to which <region>.amazonses.com is added in the Message-ID header.
func messageID() string {
	var b [26]byte
	_, _ = rand.Read(b[:])
	h := hex.EncodeToString(b[:])
	return fmt.Sprintf("%s-%s-%s-%s-%s-%s-000000", h[:16], h[16:24], h[24:28], h[28:32], h[32:36], h[36:48])
}
