package sender_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lejek/lejek/shared/app/apptest"
)

type m = map[string]any

// receiver is somebody's program on this machine.
type receiver struct {
	*httptest.Server
	mu     sync.Mutex
	got    []letter
	answer func(n int, w http.ResponseWriter, r *http.Request) // to the n-th request, counted from 1; nil: 200
}

type letter struct {
	header http.Header
	raw    []byte
	body   m
}

func (l letter) meta() m { meta, _ := l.body["meta"].(m); return meta }

// said is what happened to what, and to how much of it: "change.deal 7 attempt 2".
func (l letter) said() string {
	return fmt.Sprintf("%v.%v %v attempt %v", l.meta()["action"], l.meta()["entity"], l.meta()["entity_id"], l.meta()["attempt"])
}

type fixture struct {
	*apptest.App
	*receiver
	c      *apptest.Client
	settle func()
	now    func() time.Time
	t      *testing.T
}

func start(t *testing.T, options ...func(*apptest.App)) *fixture {
	a := apptest.New(t, append(options, apptest.WithDeliveries, apptest.WithReceivers)...)
	f := &fixture{App: a, receiver: &receiver{}, c: a.NewTeam("Acme"), t: t}
	f.now = a.Now
	f.receiver.Server = httptest.NewServer(f.receiver)
	t.Cleanup(f.receiver.Close)
	f.settle = a.FollowBy("webhooks")
	return f
}

func (f *receiver) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	raw, _ := io.ReadAll(r.Body)
	l := letter{header: r.Header.Clone(), raw: raw}
	_ = json.Unmarshal(raw, &l.body)
	f.mu.Lock()
	f.got = append(f.got, l)
	n := len(f.got)
	answer := f.answer
	f.mu.Unlock()
	if answer != nil {
		answer(n, w, r)
	}
}

func status(code int) func(int, http.ResponseWriter, *http.Request) {
	return func(_ int, w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
}

func (f *fixture) answers(with func(int, http.ResponseWriter, *http.Request)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.answer = with
}

// take are the requests so far, each once.
func (f *fixture) take() []letter {
	f.mu.Lock()
	defer f.mu.Unlock()
	all := f.got
	f.got = nil
	return all
}

func said(letters []letter) (all []string) {
	for _, l := range letters {
		all = append(all, l.said())
	}
	return all
}

// hook makes a webhook to the receiver.
func (f *fixture) hook(more m) int64 {
	f.t.Helper()
	body := m{"subscription_url": f.URL + "/hook", "event_action": "*", "event_object": "deal"}
	for k, v := range more {
		body[k] = v
	}
	got := f.c.Do("POST", "/v1/webhooks", body)
	if got.Status != http.StatusCreated {
		f.t.Fatalf("%d %s", got.Status, got.Raw)
	}
	return got.ID()
}

func (f *fixture) deal(title string) int64 {
	f.t.Helper()
	return f.c.Must("POST", "/api/v2/deals", m{"title": title}).ID()
}

func (f *fixture) rename(deal int64, title string) {
	f.t.Helper()
	f.c.Must("PATCH", apptest.Path("/api/v2/deals/%d", deal), m{"title": title})
}

// run announces all that was written, and sends what is due.
func (f *fixture) run() []letter {
	f.settle()
	f.Work()
	return f.take()
}

func (f *fixture) log(hook int64) []any {
	f.t.Helper()
	return f.c.Must("GET", apptest.Path("/api/v2/webhooks/%d/deliveries", hook), nil).List()
}

func want(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s: got %q, want %q", what, got, want)
	}
}

func TestFirstAttemptsLeaveInTheOrderOfTheirRecord(t *testing.T) {
	t.Parallel()
	f := start(t)
	f.hook(nil)
	a, b := f.deal("A"), f.deal("B")
	for i := range 12 {
		f.rename(a, fmt.Sprintf("A%02d", i))
		f.rename(b, fmt.Sprintf("B%02d", i))
	}
	f.c.Must("DELETE", apptest.Path("/api/v2/deals/%d", a), nil)
	f.answers(func(n int, w http.ResponseWriter, _ *http.Request) {
		if n%3 == 0 {
			w.WriteHeader(http.StatusBadGateway) // retries of some must not hold up the others
		}
	})
	var titles []string
	for _, l := range f.run() {
		if data, ok := l.body["data"].(m); ok && data["id"] == float64(a) {
			titles = append(titles, data["title"].(string))
		} else if !ok {
			titles = append(titles, "deleted "+l.body["previous"].(m)["title"].(string))
		}
	}
	want(t, "of one deal", titles, "A", "A00", "A01", "A02", "A03", "A04", "A05", "A06", "A07", "A08", "A09", "A10", "A11", "deleted A11")
}

func TestFailedDeliveryIsRepeatedThreeTimesUnderItsID(t *testing.T) {
	t.Parallel()
	f := start(t)
	hook := f.hook(nil)
	f.answers(status(http.StatusInternalServerError))
	f.deal("A")
	first := f.run()
	want(t, "at first", said(first), "create.deal 1 attempt 1")
	id := first[0].meta()["id"]
	for i, pause := range []time.Duration{3 * time.Second, 30 * time.Second, 150 * time.Second} {
		f.Later(pause - time.Second)
		if early := f.run(); len(early) > 0 {
			t.Errorf("sent a second early: %v", said(early))
		}
		f.Later(time.Second)
		again := f.run()
		want(t, "repeated", said(again), fmt.Sprintf("create.deal 1 attempt %d", i+2))
		if len(again) == 1 && again[0].meta()["id"] != id {
			t.Errorf("the id is %v, was %v", again[0].meta()["id"], id)
		}
	}
	f.Later(24 * time.Hour)
	if more := f.run(); len(more) > 0 || len(f.Waiting()) > 0 {
		t.Errorf("a fifth attempt: %v", said(more))
	}
	d := f.log(hook)[0].(m)
	if d["state"] != "failed" || len(d["attempts"].([]any)) != 4 || d["id"] != id || d["event"] != "create.deal" {
		t.Errorf("the log says %v", d)
	}
	if a := d["attempts"].([]any)[1].(m); a["http_status"] != 500.0 || a["time"] != "2026-11-23T10:00:03.000Z" {
		t.Errorf("the second attempt is %v", a)
	}
}

func TestRetriesHoldUpNobodyAndEndWithTheFirstSuccess(t *testing.T) {
	t.Parallel()
	f := start(t)
	hook := f.hook(nil)
	f.answers(func(n int, w http.ResponseWriter, _ *http.Request) {
		if n == 1 {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	})
	d := f.deal("A")
	f.rename(d, "B")
	want(t, "at once", said(f.run()), "create.deal 1 attempt 1", "change.deal 1 attempt 1")
	f.answers(status(http.StatusNoContent)) // any 2xx is a success
	f.Later(3 * time.Second)
	want(t, "later", said(f.run()), "create.deal 1 attempt 2")
	f.Later(time.Hour)
	want(t, "nothing more", said(f.run()))
	for _, d := range f.log(hook) {
		if d.(m)["state"] != "delivered" {
			t.Errorf("the log says %v", d)
		}
	}
	if w := f.c.Must("GET", "/v1/webhooks", nil).List()[0].(m); w["last_http_status"] != 204.0 || w["last_delivery_time"] != "2026-11-23T10:00:03.000Z" {
		t.Errorf("the webhook says %v", w)
	}
}

func TestWebhookIsBannedForHalfAnHourAfterTenFailedFirstAttempts(t *testing.T) {
	t.Parallel()
	f := start(t)
	hook := f.hook(m{"event_action": "create"})
	fails := func(times int) {
		t.Helper()
		f.answers(status(http.StatusInternalServerError))
		for i := range times {
			if got := f.c.Must("GET", "/v1/webhooks", nil).List()[0].(m)["banned_until"]; got != nil {
				t.Fatalf("banned after %d failures", i)
			}
			f.deal(fmt.Sprint(i))
			f.run()
		}
	}
	fails(9)
	f.answers(status(http.StatusOK))
	f.deal("seen") // a success between failures starts the count anew
	f.run()
	fails(10)
	if got := f.c.Must("GET", "/v1/webhooks", nil).List()[0].(m)["banned_until"]; got != "2026-11-23T10:30:00.000Z" {
		t.Fatalf("banned until %v", got)
	}
	f.answers(status(http.StatusOK))
	lost := f.deal("lost")
	if got := f.run(); len(got) > 0 {
		t.Errorf("sent though banned: %v", said(got))
	}
	f.Later(29*time.Minute + 59*time.Second)
	f.deal("lost too")
	for _, l := range f.run() {
		if l.meta()["attempt"] == 1.0 {
			t.Errorf("a first attempt though banned: %v", l.said())
		}
	}
	f.Later(time.Second)
	back := f.deal("back")
	want(t, "after the ban", said(f.run()), fmt.Sprintf("create.deal %d attempt 1", back))
	for _, d := range f.log(hook) {
		if id := d.(m)["entity_id"]; id == float64(lost) {
			t.Errorf("of a ban, %v is in the log", d)
		}
	}
}

func TestWebhookWithoutSuccessForThreeDaysIsRemoved(t *testing.T) {
	t.Parallel()
	f := start(t)
	hook := f.hook(nil)
	d := f.deal("A")
	f.run()
	f.Later(10 * 24 * time.Hour) // without events nothing fails
	f.answers(status(http.StatusInternalServerError))
	f.rename(d, "B")
	f.run()
	f.Later(72*time.Hour - time.Minute)
	f.rename(d, "C")
	f.run()
	if n := len(f.c.Must("GET", "/v1/webhooks", nil).List()); n != 1 {
		t.Fatalf("removed too early")
	}
	f.Later(time.Hour)
	f.c.Must("POST", apptest.Path("/api/v2/webhooks/%d/deliveries/%v/replay", hook, f.log(hook)[0].(m)["id"]), nil) // says nothing of it
	f.rename(d, "D")
	f.run()
	if n := len(f.c.Must("GET", "/v1/webhooks", nil).List()); n != 1 {
		t.Fatalf("removed before a delivery was given up")
	}
	for range 4 {
		f.Later(151 * time.Second)
		f.run()
	}
	if n := len(f.c.Must("GET", "/v1/webhooks", nil).List()); n != 0 {
		t.Errorf("still there after three days")
	}
	if act := f.c.Must("GET", "/api/v2/auditLog?limit=1", nil).List()[0].(m); act["action"] != "webhook.removed" || act["source"] != "app" {
		t.Errorf("the audit log says %v", act)
	}
	if len(f.log(hook)) != 4 {
		t.Errorf("the log of a removed webhook is %v", f.log(hook))
	}
	f.rename(d, "E")
	f.Later(time.Hour)
	if got := f.run(); len(got) > 0 {
		t.Errorf("sent to a removed webhook: %v", said(got))
	}
	f.hook(nil) // it counts no more among the forty
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	t.Parallel()
	f := start(t)
	hook := f.hook(nil)
	f.answers(func(_ int, w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
	})
	f.deal("A")
	if got := f.run(); len(got) != 1 {
		t.Errorf("a redirect led to %d requests", len(got))
	}
	if a := f.log(hook)[0].(m)["attempts"].([]any)[0].(m); a["http_status"] != 307.0 || a["error"] != "redirects are not followed" {
		t.Errorf("the attempt is %v", a)
	}
}

func TestBasicAuthenticationIsSent(t *testing.T) {
	t.Parallel()
	f := start(t)
	f.hook(m{"http_auth_user": "ada", "http_auth_password": "pa:ss"})
	f.deal("A")
	got := f.run()
	user, password, ok := (&http.Request{Header: got[0].header}).BasicAuth()
	if !ok || user != "ada" || password != "pa:ss" || got[0].header.Get("Content-Type") != "application/json" {
		t.Errorf("sent %v", got[0].header)
	}
	for name := range got[0].header {
		if strings.HasPrefix(strings.ToLower(name), "webhook-") {
			t.Errorf("%s is sent though nobody wants signatures", name)
		}
	}
}

func TestWhatIsHandedOutTwiceIsSentOnce(t *testing.T) {
	t.Parallel()
	f := start(t)
	hook := f.hook(nil)
	f.deal("A")
	f.settle()
	jobs := f.Waiting()
	f.Work()
	f.Again(jobs...)
	f.Work()
	want(t, "sent", said(f.take()), "create.deal 1 attempt 1")
	f.FollowBy("webhooks")() // the whole stream once more, from its beginning
	f.Work()
	want(t, "announced again", said(f.take()))
	if n := len(f.log(hook)); n != 1 {
		t.Errorf("%d deliveries", n)
	}
}

func TestReplayDoesNotWaitForTheRetries(t *testing.T) {
	t.Parallel()
	f := start(t)
	hook := f.hook(nil)
	f.deal("A")
	f.answers(status(http.StatusInternalServerError))
	f.run()
	for _, pause := range []time.Duration{3 * time.Second, 30 * time.Second} {
		f.Later(pause)
		f.run()
	}
	f.answers(status(http.StatusOK))
	f.c.Must("POST", apptest.Path("/api/v2/webhooks/%d/deliveries/%v/replay", hook, f.log(hook)[0].(m)["id"]), nil)
	if got := f.run(); len(got) != 1 {
		t.Errorf("sent at once: %v", said(got))
	}
	f.Later(time.Hour)
	if got := f.run(); len(got) != 0 {
		t.Errorf("sent once more: %v", said(got))
	}
}

func TestDeliveriesAreListedAndReplayed(t *testing.T) {
	t.Parallel()
	f := start(t)
	hook := f.hook(nil)
	d := f.deal("A")
	for i := range 4 {
		f.rename(d, fmt.Sprint(i))
	}
	first := f.run()
	seen := map[string]bool{}
	for i, one := range f.log(hook) { // newest first, though all are of one second
		if id := first[len(first)-1-i].meta()["id"]; one.(m)["id"] != id {
			t.Errorf("at %d the log has %v, want %v", i, one.(m)["id"], id)
		}
	}
	cursor := ""
	for pages := 0; ; pages++ {
		got := f.c.Must("GET", apptest.Path("/api/v2/webhooks/%d/deliveries?limit=2&cursor=%s", hook, cursor), nil)
		for _, one := range got.List() {
			seen[one.(m)["id"].(string)] = true
		}
		next, _ := got.Body["additional_data"].(m)["next_cursor"].(string)
		if cursor = next; next == "" {
			if pages != 2 || len(seen) != 5 {
				t.Errorf("%d pages with %d deliveries", pages+1, len(seen))
			}
			break
		}
	}
	id := first[2].meta()["id"]
	target := apptest.Path("/api/v2/webhooks/%d/deliveries/%s/replay", hook, id)
	for range 2 {
		got := f.c.Must("POST", target, nil)
		if got.Data()["state"] != "waiting" || got.Data()["id"] != id {
			t.Errorf("replayed: %s", got.Raw)
		}
		f.answers(status(http.StatusInternalServerError))
		again := f.run()
		want(t, "replayed", said(again), first[2].said())
		if len(again) == 1 && string(again[0].raw) != string(first[2].raw) {
			t.Errorf("replayed is\n%s\nnot\n%s", again[0].raw, first[2].raw)
		}
		f.answers(status(http.StatusOK))
		f.Later(3 * time.Second)
		if got := f.run(); len(got) != 1 || got[0].meta()["attempt"] != 2.0 {
			t.Errorf("a replay that failed is repeated as %v", said(got))
		}
	}
	for _, nobody := range []string{"019aa5f2-7c00-7000-8000-000000000000", "x", "..%2f1"} {
		if got := f.c.Do("POST", apptest.Path("/api/v2/webhooks/%d/deliveries/%s/replay", hook, nobody), nil); got.Status != 404 {
			t.Errorf("%s: %d %s", nobody, got.Status, got.Raw)
		}
	}
	if got := f.c.Do("GET", apptest.Path("/api/v2/webhooks/%d/deliveries?cursor=zzz", hook), nil); got.Status != 400 {
		t.Errorf("a wrong cursor: %d %s", got.Status, got.Raw)
	}
	f.Later(15 * 24 * time.Hour)
	if n := len(f.log(hook)); n != 0 {
		t.Errorf("after two weeks %d deliveries are left", n)
	}
}
