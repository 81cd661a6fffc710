package outbox

import (
	"bytes"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ses"
	"github.com/aws/aws-sdk-go-v2/service/ses/types"

	"github.com/lejek/lejek/infra/local/disk"
	"github.com/lejek/lejek/infra/local/engine"
	"github.com/lejek/lejek/infra/local/node"
)

func start(t *testing.T, page string) (*Outbox, *ses.Client) {
	t.Helper()
	o, err := Start(Options{Dir: t.TempDir(), Page: page, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = o.Close() })
	cfg := engine.Local(o.URL)
	cfg.RetryMaxAttempts = 1
	return o, ses.NewFromConfig(cfg)
}

func raw(text string) *ses.SendRawEmailInput {
	return &ses.SendRawEmailInput{
		Source: aws.String("acme-1@mail.lejek.localhost"), Destinations: []string{"a@example.com", "b@example.com"},
		RawMessage: &types.RawMessage{Data: []byte(text)},
	}
}

func TestSentMessageIsKeptWithItsEnvelopeAndShownOnThePage(t *testing.T) {
	t.Parallel()
	tools, err := node.Install(t.Context())
	if err != nil {
		engine.Missing(t, err)
	}
	p, page, err := StartPage(t.Context(), tools)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	o, client := start(t, page)
	text := "From: acme-1@mail.lejek.localhost\r\nTo: a@example.com\r\nSubject: Reminder\r\n\r\n\xff+ &=\r\n"
	out, err := client.SendRawEmail(t.Context(), raw(text))
	if err != nil {
		t.Fatal(err)
	}
	at := filepath.Join(o.SentDir(), aws.ToString(out.MessageId))
	if got, err := os.ReadFile(at + ".eml"); err != nil || string(got) != text {
		t.Errorf("kept %q, %v", got, err)
	}
	var e Envelope
	if ok, err := disk.ReadJSON(at+".json", &e); !ok || err != nil || strings.Join(e.Destinations, " ") != "a@example.com b@example.com" {
		t.Errorf("envelope %+v, %v", e, err)
	}
	res, err := http.Get(o.URL + "/store")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if body, _ := io.ReadAll(res.Body); !bytes.Contains(body, []byte(`"subject":"Reminder"`)) {
		t.Errorf("the page does not show the message: %s", body)
	}
}

func TestWhatSESRefusesIsRefused(t *testing.T) {
	t.Parallel()
	_, client := start(t, "")
	many := raw("From: a@b\r\n\r\n")
	for range maxDestinations {
		many.Destinations = append(many.Destinations, "c@example.com")
	}
	for what, in := range map[string]*ses.SendRawEmailInput{"too long": raw(strings.Repeat("a", maxMessage+1)), "too many": many} {
		if _, err := client.SendRawEmail(t.Context(), in); err == nil || !strings.Contains(err.Error(), "MessageRejected") {
			t.Errorf("%s: %v, want MessageRejected", what, err)
		}
	}
}
