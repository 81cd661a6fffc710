package apptest

import (
	"errors"
	"os"
	"path/filepath"
	"strings"

	"github.com/lejek/lejek/infra/local/disk"
	"github.com/lejek/lejek/infra/local/engine"
	"github.com/lejek/lejek/infra/local/outbox"
)

// WithOutbox takes the mail that functions send; Sent reads it.
func WithOutbox(a *App) {
	box, err := outbox.Start(outbox.Options{Dir: a.t.TempDir(), Now: a.now, Feedback: func(n outbox.Notice) {
		a.mu.Lock()
		defer a.mu.Unlock()
		a.comesBack = append(a.comesBack, Mail{To: []string{n.To}, Raw: string(n.Raw)})
	}})
	if err != nil {
		a.t.Fatal(err)
	}
	a.t.Cleanup(func() { _ = box.Close() })
	a.outbox = box
	a.SES = engine.Local(box.URL)
}

// SentMail is a message as SES got it.
type SentMail struct {
	outbox.Envelope
	Raw []byte
}

// Sent is all mail so far, in no order; for tests WithOutbox.
func (a *App) Sent() (all []SentMail) {
	a.t.Helper()
	files, err := filepath.Glob(filepath.Join(a.outbox.SentDir(), "*.json"))
	if err != nil {
		a.t.Fatal(err)
	}
	for _, file := range files {
		var m SentMail
		_, err := disk.ReadJSON(file, &m.Envelope)
		raw, unread := os.ReadFile(strings.TrimSuffix(file, ".json") + ".eml")
		if err := errors.Join(err, unread); err != nil {
			a.t.Fatal(err)
		}
		m.Raw = raw
		all = append(all, m)
	}
	return all
}

// Feedback delivers what comes back of the mail so far from SES's mailbox simulator, and returns how many that are; for tests
// WithOutbox and WithObjects.
func (a *App) Feedback() int {
	a.t.Helper()
	a.mu.Lock()
	list := a.comesBack
	a.comesBack = nil
	a.mu.Unlock()
	for _, m := range list {
		a.Deliver(m)
	}
	return len(list)
}
