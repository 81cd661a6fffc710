package outbox_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/smithy-go"

	"github.com/lejek/lejek/infra/local/faults"
	"github.com/lejek/lejek/shared/app/apptest"
)

// down is SES as it takes nothing, or takes all and answers nothing, while it is set.
type down struct {
	mu     sync.Mutex
	before error
	after  error
}

func (d *down) set(before, after error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.before, d.after = before, after
}

func (d *down) hook() faults.Hook {
	answer := func(err *error) func(context.Context, faults.Call) error {
		return func(context.Context, faults.Call) error {
			d.mu.Lock()
			defer d.mu.Unlock()
			return *err
		}
	}
	return faults.Hook{Before: answer(&d.before), After: answer(&d.after)}
}

// startWith is an office whose SES may be down.
func startWith(t *testing.T) (office, *down) {
	d := &down{}
	a := apptest.New(t, apptest.WithObjects, apptest.WithOutbox, func(a *apptest.App) { a.SES.APIOptions = append(a.SES.APIOptions, d.hook().Add) })
	return office{a, a.NewTeam("Acme"), t}, d
}

var refused = &smithy.GenericAPIError{Code: "MessageRejected", Message: "Email address is not verified."}

func TestAMailThatFailedIsSentAgain(t *testing.T) {
	t.Parallel()
	o, ses := startWith(t)
	ses.set(refused, nil)
	file := o.Do("POST", "/v1/files", apptest.Form{Files: map[string]string{"file": "hello"}}).ID()
	made := o.Do("POST", "/api/v2/mailMessages", m{
		"to": []string{"Zed Ź <zed@x.example>"}, "cc": []string{"cy@x.example"}, "bcc": []string{"hidden@y.example"}, "subject": "Łodzie", "html": "<p>Hello</p>", "file_ids": []int64{file},
	})
	if made.Status != http.StatusCreated || made.Data()["send_state"] != "failed" || !strings.Contains(made.Raw, "not verified") || len(o.Sent()) != 0 {
		t.Fatalf("%d %s", made.Status, made.Raw)
	}
	send := fmt.Sprintf("/api/v2/mailMessages/%d/send", made.ID())
	if again := o.Do("POST", send, nil); again.Status != http.StatusOK || again.Data()["send_state"] != "failed" {
		t.Errorf("while SES is down: %d %s", again.Status, again.Raw)
	}
	if got := o.NewTeam("Other").Do("POST", send, nil); got.Status != http.StatusNotFound {
		t.Errorf("another team: %d %s", got.Status, got.Raw)
	}
	ses.set(nil, nil)
	var wg sync.WaitGroup
	statuses := make([]int, 4)
	for i := range statuses {
		wg.Go(func() { statuses[i] = o.Do("POST", send, nil).Status })
	}
	wg.Wait()
	sent := o.Sent()
	if len(sent) != 1 {
		t.Fatalf("%d mails went out: %v", len(sent), statuses)
	}
	h := o.header(sent[0])
	if strings.Join(sent[0].Destinations, " ") != "zed@x.example cy@x.example hidden@y.example" || strings.Contains(string(sent[0].Raw), "hidden@y") || h.Get("Cc") != "<cy@x.example>" ||
		h.Get("Subject") != "=?utf-8?b?xYFvZHppZQ==?=" || !strings.Contains(string(sent[0].Raw), "<p>Hello</p>") || !strings.Contains(string(sent[0].Raw), "aGVsbG8=") ||
		h.Get("References") != "" || h.Get("Message-Id") != "<"+made.Data()["internet_message_id"].(string)+">" {
		t.Errorf("%v %s", sent[0].Destinations, sent[0].Raw)
	}
	now := o.Must("GET", strings.TrimSuffix(send, "/send"), nil).Data()
	if now["send_state"] != "sent" || now["send_error"] != nil || len(o.messages(now["mail_thread_id"])) != 1 {
		t.Errorf("%v", now)
	}
	o.Deliver(apptest.Mail{From: "zed@x.example", To: []string{o.Address()}, Raw: fmt.Sprintf("From: Zed <zed@x.example>\nTo: %s\nMessage-ID: <a@x>\nIn-Reply-To: <%s@email.amazonses.com>\nSubject: x\n\nYes\n", o.Address(), sent[0].MessageID)})
	if n := len(o.messages(now["mail_thread_id"])); n != 2 {
		t.Errorf("the answer is not in the thread: %d messages", n)
	}
	if got := o.Do("POST", send, nil); got.Status != http.StatusBadRequest || !strings.Contains(got.Raw, "this one is sent") {
		t.Errorf("a sent one: %d %s", got.Status, got.Raw)
	}
}

func TestAMailOfWhichNobodyKnowsIsSentAgainOnlyOnRequest(t *testing.T) {
	t.Parallel()
	o, ses := startWith(t)
	ses.set(nil, errors.New("the network is gone"))
	made := o.Do("POST", "/api/v2/mailMessages", m{"to": []string{"zed@x.example"}, "text": "Hello"})
	if made.Data()["send_state"] != "unconfirmed" || len(o.Sent()) != 1 {
		t.Fatalf("%d mails: %s", len(o.Sent()), made.Raw)
	}
	ses.set(nil, nil)
	o.Later(time.Hour)
	c, send := o.Sending("Idempotency-Key", "k"), fmt.Sprintf("/api/v2/mailMessages/%d/send", made.ID())
	first, second := c.Do("POST", send, nil), c.Do("POST", send, nil)
	if first.Data()["send_state"] != "sent" || first.Raw != second.Raw || len(o.Sent()) != 2 {
		t.Errorf("%d mails\n%s\n%s", len(o.Sent()), first.Raw, second.Raw)
	}
}

// TestNoMailIsSentAgainTwice lets every call to AWS fail while a mail is sent again, as TestNoMailIsLostOrSentTwice does for the first time.
func TestNoMailIsSentAgainTwice(t *testing.T) {
	t.Parallel()
	o, ses := startWith(t)
	ses.set(refused, nil)
	type try struct {
		breaker
		after bool
		id    int64
		name  string
	}
	var tries []*try
	const most = 14 // calls
	for at := range most {
		for _, after := range []bool{false, true} {
			for _, dead := range []bool{false, true} {
				tries = append(tries, &try{breaker: breaker{at: at + 1, dead: dead}, after: after, name: fmt.Sprintf("call %d, after %v, dead %v.", at+1, after, dead)})
			}
		}
	}
	all := func(do func(*try)) {
		var wg sync.WaitGroup
		for _, c := range tries {
			wg.Go(func() { do(c) })
		}
		wg.Wait()
	}
	all(func(c *try) {
		c.id = o.Do("POST", mailMessages, m{"to": []string{"zed@x.example"}, "subject": c.name, "text": "Hello"}).ID()
	})
	ses.set(nil, nil)
	whole := &breaker{}
	first := tries[0]
	if status, state := o.post(failing(o.Env, faults.Hook{Before: whole.fail}), fmt.Sprintf("%s/%d/send", mailMessages, first.id), "", nil); status != http.StatusOK || state != "sent" || whole.count > most {
		t.Fatalf("%d %s in %d calls, want at most %d", status, state, whole.count, most)
	}
	t.Logf("sending a mail again takes %d calls", whole.count)
	tries = tries[1:]
	path := func(c *try) string { return fmt.Sprintf("%s/%d/send", mailMessages, c.id) }
	all(func(c *try) {
		hook := faults.Hook{Before: c.fail}
		if c.after {
			hook = faults.Hook{After: c.fail}
		}
		o.post(failing(o.Env, hook), path(c), c.name, nil)
	})
	o.Later(10 * time.Minute)
	all(func(c *try) { o.post(o.Env, path(c), c.name, nil) })
	sent := map[string]int{}
	for _, s := range o.Sent() {
		sent[o.header(s).Get("Subject")]++
	}
	for _, c := range tries {
		now := o.Must("GET", fmt.Sprintf("%s/%d", mailMessages, c.id), nil).Data()["send_state"]
		if n := sent[c.name]; n > 1 || now == "sending" || now == "sent" && n != 1 || n == 1 && now != "sent" && now != "unconfirmed" {
			t.Errorf("%s %d mails, is %v", c.name, n, now)
		}
	}
}
