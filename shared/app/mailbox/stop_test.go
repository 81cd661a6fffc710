package mailbox_test

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

func (o office) settings() any {
	o.t.Helper()
	return o.Must("GET", "/api/v2/userSettings", nil).Data()["mail_questions"]
}

func TestALinkStopsQuestions(t *testing.T) {
	t.Parallel()
	o := start(t)
	o.forward("1@acme")
	o.minutes(1)
	q := o.question()
	if page := o.Browse("GET", stop, q.stop); page.Status != http.StatusOK || !strings.Contains(page.Raw, "Ada of Acme will not be asked") || strings.Count(page.Raw, "<button>") != 1 || o.settings() != true {
		t.Fatalf("%d %s, %v", page.Status, page.Raw, o.settings())
	}
	if got := o.Browse("POST", stop, q.stop); got.Status != http.StatusOK || o.settings() != false {
		t.Fatalf("%d %s, %v", got.Status, got.Raw, o.settings())
	}
	if log := o.Must("GET", "/api/v2/auditLog", nil).Raw; !strings.Contains(log, "user.mail_questions_off") {
		t.Error("the audit log lacks it")
	}
	e := o.forward("2@acme")
	o.minutes(3)
	o.question()
	if got := o.thread(e)["question"]; got != nil || e["state"] != "needs_choice" {
		t.Errorf("%v, %v", got, e)
	}
	// The link did its work: it does not undo what the user says later.
	o.Must("PUT", "/api/v2/userSettings", m{"mail_questions": true})
	for name, token := range map[string]string{"used": q.stop, "none": "", "another purpose": q.links[1], "no signature": q.stop[:len(q.stop)-4]} {
		for _, method := range []string{"GET", "POST"} {
			if got := o.Browse(method, stop, token); got.Status != http.StatusNotFound || strings.Contains(got.Raw, "Ada") {
				t.Errorf("%s, %s: %d %s", name, method, got.Status, got.Raw)
			}
		}
	}
	if o.settings() != true {
		t.Error("a link that was used did something")
	}
	o.forward("3@acme")
	o.minutes(1)
	if n := len(o.questions()); n != 2 {
		t.Errorf("switched on again: %d questions", n)
	}
	o.Later(30 * 24 * time.Hour)
	for _, s := range o.questions() {
		if got := o.Browse("POST", stop, s.stop); got.Status != http.StatusNotFound {
			t.Errorf("expired: %d", got.Status)
		}
	}
}

func TestUsersSetOnlyTheirOwn(t *testing.T) {
	t.Parallel()
	o := start(t)
	bob := o.colleague("bob@acme.example")
	bob.Must("PUT", "/api/v2/userSettings", m{"mail_questions": false})
	if o.settings() != true || (office{App: o.App, Client: bob, t: t}).settings() != false {
		t.Error("another user's setting changed")
	}
	reader, err := o.Teams().CreateToken(t.Context(), o.Team.ID, ada, "read-only")
	if err != nil {
		t.Fatal(err)
	}
	if got := o.With(reader).Do("PUT", "/api/v2/userSettings", m{"mail_questions": false}); got.Status != http.StatusForbidden || o.settings() != true {
		t.Errorf("with a token that only reads: %d %s", got.Status, got.Raw)
	}
	for _, body := range []m{{"mail_questions": nil}, {"mail_questions": "no"}, {"user_id": bob.User.ID, "mail_questions": true}} {
		if got := o.Do("PUT", "/api/v2/userSettings", body); got.Status != http.StatusBadRequest {
			t.Errorf("%v: %d %s", body, got.Status, got.Raw)
		}
	}
	if got := o.Must("PUT", "/api/v2/userSettings", m{}); got.Data()["mail_questions"] != true {
		t.Errorf("%s", got.Raw)
	}
}

func TestWhoIsSwitchedOffChoosesNothing(t *testing.T) {
	t.Parallel()
	o := start(t)
	bob := o.colleague("bob@acme.example")
	o.receive("bob@acme.example", "1@acme", "From: bob@acme.example\nTo: "+zed+"\nMessage-ID: <1@acme>\nSubject: Rope\n\nHello\n")
	o.minutes(1)
	q := o.question()
	if q.Destinations[0] != "bob@acme.example" {
		t.Errorf("%v", q.Destinations)
	}
	o.receive("bob@acme.example", "2@acme", "From: bob@acme.example\nTo: "+zed+"\nMessage-ID: <2@acme>\nSubject: Chain\n\nHello\n")
	if _, err := o.Teams().SetActive(t.Context(), actor(o), bob.User.ID, false); err != nil {
		t.Fatal(err)
	}
	o.minutes(3)
	o.question()
	for path, token := range map[string]string{choose: q.links[1], stop: q.stop} {
		if got := o.Browse("POST", path, token); got.Status != http.StatusNotFound {
			t.Errorf("%s: %d %s", path, got.Status, got.Raw)
		}
	}
}
