package linker_test

import (
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/lejek/lejek/shared/app/apptest"
	"github.com/lejek/lejek/shared/value"
)

const jan = "jan.kowalski@klient.example"

func TestOneOpenDealIsLinkedAndStays(t *testing.T) {
	t.Parallel()
	o := open(t)
	p := o.person("Jan", jan, 0)
	d := o.deal("Line", p, 0)
	e := o.receive("outbound")
	th := o.thread(e.Threads[0])
	if value.Deref(th.DealID) != d || len(th.Candidates) != 0 || e.State != "linked" {
		t.Fatalf("row 17: deal %v, candidates %v, %s", value.Deref(th.DealID), th.Candidates, e.State)
	}
	other := o.deal("Spare parts", p, 0)
	o.receive("reply")
	if th = o.thread(th.ID); value.Deref(th.DealID) != d {
		t.Errorf("row 16: deal %v after another was opened, want %d", value.Deref(th.DealID), d)
	}
	o.Must("PATCH", apptest.Path("/api/v2/deals/%d", d), map[string]any{"status": "won"})
	e = o.receive("subject-reply")
	if th = o.thread(th.ID); th.DealID != nil || len(th.Candidates) != 1 || th.Candidates[0].ID != other || e.State != "needs_choice" {
		t.Errorf("row 16: closed deal, another open: deal %v, candidates %v, %s", th.DealID, th.Candidates, e.State)
	}
}

func TestUserChoosesAmongSeveralDeals(t *testing.T) {
	t.Parallel()
	o := open(t)
	p := o.person("Jan", jan, 0)
	first := o.deal("First", p, 0)
	second := o.deal("Second", p, 0)
	e := o.receive("attachments")
	id := e.Threads[0]
	th := o.thread(id)
	if th.DealID != nil || e.State != "needs_choice" || len(th.Candidates) != 2 || th.Candidates[0].ID != second {
		t.Fatalf("row 18: %+v, %s", th, e.State)
	}
	foreign := o.app.NewTeam("Other")
	theirs := foreign.Must("POST", "/api/v2/deals", map[string]any{"title": "Theirs"}).ID()
	for name, c := range map[string]struct {
		body   any
		status int
	}{
		"missing deal":         {map[string]any{"deal_id": 999}, 400},
		"a lead":               {map[string]any{"lead_id": "x"}, 400},
		"no number":            {map[string]any{"deal_id": "many"}, 400},
		"unknown keys are let": {map[string]any{"foo": 1}, 200},
	} {
		if a := o.Do("PUT", apptest.Path("/v1/mailbox/mailThreads/%d", id), c.body); a.Status != c.status {
			t.Errorf("%s: %d %s", name, a.Status, a.Raw)
		}
	}
	if a := foreign.Do("PUT", apptest.Path("/v1/mailbox/mailThreads/%d", id), map[string]any{"deal_id": theirs}); a.Status != 404 {
		t.Errorf("another team's thread: %d", a.Status)
	}
	a := o.Must("PUT", apptest.Path("/v1/mailbox/mailThreads/%d", id), map[string]any{"deal_id": first})
	if strings.Contains(a.Raw, "parties\":{") || a.Body["service"] != "email-api" {
		t.Errorf("answer %s", a.Raw)
	}
	if th = o.thread(id); value.Deref(th.DealID) != first || len(th.Candidates) != 0 {
		t.Errorf("after the choice %+v", th)
	}
	if e := o.newest(); e.State != "linked" {
		t.Errorf("the ledger says %s", e.State)
	}
	for _, what := range []string{"mailMessages", "files"} {
		if n := len(o.Must("GET", apptest.Path("/v1/deals/%d/%s", first, what), nil).List()); n == 0 {
			t.Errorf("the deal shows no %s", what)
		}
	}
	o.app.Later(time.Second)
	raw := strings.NewReplacer("<photos-1@klient.example>", "<photos-2@klient.example>", "Subject: Photos", "In-Reply-To: <photos-1@klient.example>\nSubject: Re: Photos").Replace(o.letter("attachments"))
	o.app.Deliver(apptest.Mail{From: jan, To: []string{o.Address()}, Raw: raw})
	if th = o.thread(id); th.Count != 2 || value.Deref(th.DealID) != first || o.newest().State != "linked" {
		t.Errorf("the choice does not stick: %+v", th)
	}
	o.Must("PUT", apptest.Path("/v1/mailbox/mailThreads/%d", id), map[string]any{"deal_id": nil})
	if th = o.thread(id); th.DealID != nil || len(o.Must("GET", apptest.Path("/v1/deals/%d/mailMessages", first), nil).List()) != 0 {
		t.Errorf("taken off its deal: %+v", th)
	}
}

func TestForwardersNoteMovesWithTheThread(t *testing.T) {
	t.Parallel()
	o := open(t)
	p := o.person("Jan", jan, 0)
	first := o.deal("First", p, 0)
	o.deal("Second", p, 0)
	e := o.receive("forward-gmail-en")
	path := apptest.Path("/api/v1/mailbox/mailThreads/%d", e.Threads[0])
	form := events.APIGatewayV2HTTPRequest{
		RawPath: path, Body: apptest.Path("deal_id=%d&shared_flag=1", first),
		Headers: map[string]string{"authorization": "Bearer " + string(o.Token), "content-type": "application/x-www-form-urlencoded"},
	}
	form.RequestContext.HTTP.Method = "PUT"
	if a := o.app.Send(form); a.Status != 200 || a.Data()["shared_flag"] != 1.0 {
		t.Fatalf("%d %s", a.Status, a.Raw)
	}
	if notes := o.Must("GET", apptest.Path("/v1/notes?deal_id=%d", first), nil); !strings.Contains(notes.Raw, "keep an eye") {
		t.Errorf("notes %s", notes.Raw)
	}
}

func TestWithoutOpenDealTheOrganizationsAreCandidates(t *testing.T) {
	t.Parallel()
	o := open(t)
	org := o.Must("POST", "/api/v2/organizations", map[string]any{"name": "Klient"}).ID()
	o.person("Jan", jan, org)
	d := o.deal("Frame contract", 0, org)
	e := o.receive("outbound")
	th := o.thread(e.Threads[0])
	if th.DealID != nil || e.State != "linked" || len(th.Candidates) != 1 || th.Candidates[0].ID != d || value.Deref(th.Candidates[0].OrgID) != org {
		t.Errorf("row 19: %+v, %s", th, e.State)
	}
	if n := len(o.Must("GET", apptest.Path("/v1/organizations/%d/mailMessages", org), nil).List()); n != 1 {
		t.Errorf("the organization shows %d mails", n)
	}
}

func TestNewPersonJoinsTheOrganizationOfItsDomain(t *testing.T) {
	t.Parallel()
	o := open(t)
	org := o.Must("POST", "/api/v2/organizations", map[string]any{"name": "Klient"}).ID()
	o.person("Jan", jan, org)
	e := o.receive("colleague")
	got := read[named](o, apptest.Path("/api/v2/persons/%d", e.Persons[0]))
	if value.Deref(got.OrgID) != org {
		t.Errorf("row 14: organization %v, want %d: %q", value.Deref(got.OrgID), org, e.Evidence)
	}
	second := o.Must("POST", "/api/v2/organizations", map[string]any{"name": "Klient Two"}).ID()
	o.person("Ola", "ola@klient.example", second)
	o.app.Later(time.Second)
	o.app.Deliver(apptest.Mail{From: "iza@klient.example", To: []string{o.Address()}, Raw: strings.ReplaceAll(strings.ReplaceAll(o.letter("colleague"), "anna@", "iza@"), "invoice-1", "invoice-2")})
	if got := read[named](o, apptest.Path("/api/v2/persons/%d", o.newest().Persons[0])); got.OrgID != nil {
		t.Errorf("row 14: two organizations, and %d was taken", *got.OrgID)
	}
}
