package linker_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/lejek/lejek/shared/app/apptest"
	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/mailbox"
)

// reply is an answer of the person, to be varied.
func (o office) reply(id, cites string) entry {
	o.t.Helper()
	raw := strings.ReplaceAll(strings.ReplaceAll(o.letter("reply"), "<answer-1@klient.example>", "<"+id+">"), "<offer-1@acme.example>", "<"+cites+">")
	raw = strings.ReplaceAll(raw, "Two questions.", "Two questions. "+id)
	o.app.Later(time.Second)
	o.app.Deliver(apptest.Mail{From: "jan.kowalski@klient.example", To: []string{o.Address()}, Raw: raw})
	return o.newest()
}

func (o office) deleteThread(id int64) {
	o.t.Helper()
	a := o.Must("DELETE", apptest.Path("/v1/mailbox/mailThreads/%d", id), nil)
	if a.ID() != id || a.Body["service"] != "email-api" {
		o.t.Errorf("deleted %s", a.Raw)
	}
}

func TestADeletedThreadIsGoneEverywhere(t *testing.T) {
	t.Parallel()
	o := open(t)
	settle := o.app.Follow()
	org := o.Must("POST", "/api/v2/organizations", map[string]any{"name": "Klient"}).ID()
	person := o.Must("POST", "/api/v2/persons", map[string]any{"name": "Jan Kowalski", "org_id": org, "emails": []any{map[string]any{"value": "jan.kowalski@klient.example"}}}).ID()
	deal := o.Must("POST", "/api/v2/deals", map[string]any{"title": "Line", "person_id": person}).ID()
	e := o.receive("attachments")
	thread := e.Threads[0]
	kept := o.receive("outbound") // another thread of the same person
	note := o.Must("POST", "/v1/notes", map[string]any{"content": "saw the photos", "deal_id": deal}).ID()
	state := func() string {
		d := o.Must("GET", apptest.Path("/api/v2/deals/%d?include_fields=email_messages_count,files_count,notes_count,last_incoming_mail_time,last_outgoing_mail_time", deal), nil).Data()
		out := fmt.Sprint(d["email_messages_count"], d["files_count"], d["notes_count"], d["last_incoming_mail_time"] != nil, d["last_outgoing_mail_time"] != nil)
		for _, record := range []string{apptest.Path("deals/%d", deal), apptest.Path("persons/%d", person), apptest.Path("organizations/%d", org)} {
			out += fmt.Sprint(" ", len(o.Must("GET", "/v1/"+record+"/mailMessages", nil).List()), len(o.Must("GET", "/v1/"+record+"/files", nil).List()))
		}
		settle()
		return out + fmt.Sprint(" ", len(o.Must("GET", "/v1/mailbox/mailThreads?folder=inbox", nil).List()), " ", strings.Count(o.Must("GET", "/api/v2/itemSearch?term=plan", nil).Raw, "plan.pdf"))
	}
	if got := state(); got != "2 2 1 true true 2 2 2 2 2 2 1 1" {
		t.Fatalf("before: %s", got)
	}
	o.deleteThread(thread)
	if got := state(); got != "1 0 1 false true 1 0 1 0 1 0 0 0" {
		t.Errorf("after: %s", got)
	}
	for _, target := range []string{
		apptest.Path("GET /v1/mailbox/mailThreads/%d", thread), apptest.Path("GET /v1/mailbox/mailThreads/%d/mailMessages", thread),
		apptest.Path("GET /v1/mailbox/mailMessages/%d", e.Messages[0]), apptest.Path("DELETE /v1/mailbox/mailThreads/%d", thread), "DELETE /v1/mailbox/mailThreads/999",
		"GET /v1/files/1", "GET /v1/files/1/download",
	} {
		if method, path, _ := strings.Cut(target, " "); o.Do(method, path, nil).Status != http.StatusNotFound {
			t.Errorf("%s finds something", target)
		}
	}
	if a := o.Do("PUT", apptest.Path("/v1/mailbox/mailThreads/%d", thread), map[string]any{"read_flag": 1}); a.Status != http.StatusNotFound {
		t.Errorf("PUT: %d", a.Status)
	}
	if n := o.messages(kept.Threads[0]); len(n) != 1 {
		t.Errorf("the other thread has %d messages", len(n))
	}
	o.Must("GET", apptest.Path("/v1/notes/%d", note), nil)
}

func TestMailAfterADeletionIsNeverLost(t *testing.T) {
	t.Parallel()
	o := open(t)
	first := o.receive("outbound").Threads[0]
	o.reply("a-1@klient.example", "offer-1@acme.example")
	o.deleteThread(first)
	second := o.reply("a-2@klient.example", "offer-1@acme.example").Threads[0]
	if second == first || len(o.messages(second)) != 1 {
		t.Fatalf("an answer to the deleted thread %d is in thread %d, with %d messages", first, second, len(o.messages(second)))
	}
	for _, cites := range []string{"offer-1@acme.example", "a-2@klient.example"} {
		if e := o.reply("answers-"+cites, cites); e.Threads[0] != second {
			t.Errorf("what cites %s is in thread %v, not %d", cites, e.Threads, second)
		}
	}
	o.deleteThread(second)
	sent := o.reply("a-2@klient.example", "offer-1@acme.example") // the very same mail, sent in anew
	if len(o.messages(sent.Threads[0])) != 1 || sent.State != "linked" {
		t.Errorf("sent in anew: %+v", sent)
	}
	if back := o.again(sent.ID, "replay"); back.Data()["state"] != "linked" || len(o.messages(sent.Threads[0])) != 1 {
		t.Errorf("decided anew: %s", back.Raw)
	}
	o.deleteThread(sent.Threads[0])
	if back := o.again(sent.ID, "replay"); back.Status != http.StatusOK || len(o.newest().Threads) != 1 || len(o.messages(o.newest().Threads[0])) != 1 {
		t.Errorf("a deleted mail decided anew: %s", back.Raw)
	}
}

// meanwhile does something before the first write.
type meanwhile struct {
	mailbox.BoxStore
	do *func()
}

func (s meanwhile) Commit(ctx context.Context, sets ...change.Set) error {
	if do := *s.do; do != nil {
		*s.do = nil
		do()
	}
	return s.BoxStore.Commit(ctx, sets...)
}

func TestAMessageThatComesWhileItsThreadIsDeletedStays(t *testing.T) {
	t.Parallel()
	o := open(t)
	thread := o.receive("outbound").Threads[0]
	box := o.app.Mailbox()
	do := func() { o.reply("late@klient.example", "offer-1@acme.example") }
	box.Store = meanwhile{box.Store, &do}
	if err := box.Delete(t.Context(), auth.Actor{Team: o.Team.ID, User: o.User.ID}, thread); err != nil {
		t.Fatal(err)
	}
	list := o.messages(thread)
	if len(list) != 1 || !strings.Contains(o.Must("GET", apptest.Path("/v1/mailbox/mailThreads/%d", thread), nil).Raw, "late@klient.example") {
		t.Errorf("%d messages: %+v", len(list), list)
	}
}

func TestALongThreadIsDeletedInSeveralTransactions(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.Must("POST", "/api/v2/persons", map[string]any{"name": "Jan Kowalski", "emails": []any{map[string]any{"value": "jan.kowalski@klient.example"}}})
	o.Must("POST", "/api/v2/deals", map[string]any{"title": "Line", "person_id": 1})
	thread := o.receive("outbound").Threads[0]
	for i := range 60 {
		o.reply(fmt.Sprintf("a-%d@klient.example", i), "offer-1@acme.example")
	}
	if n := len(o.messages(thread)); n != 61 {
		t.Fatalf("%d messages", n)
	}
	o.deleteThread(thread)
	if got := o.Must("GET", "/api/v2/persons/1?include_fields=email_messages_count,last_incoming_mail_time", nil).Data(); got["email_messages_count"] != 0.0 || got["last_incoming_mail_time"] != nil {
		t.Errorf("the person has %v mails, the last at %v", got["email_messages_count"], got["last_incoming_mail_time"])
	}
}

func TestAChoiceAboutADeletedThreadIsNoLongerAsked(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.Must("POST", "/api/v2/persons", map[string]any{"name": "Jan Kowalski", "emails": []any{map[string]any{"value": "jan.kowalski@klient.example"}}})
	for range 2 {
		o.Must("POST", "/api/v2/deals", map[string]any{"title": "One of two", "person_id": 1})
	}
	e := o.receive("outbound")
	if e.State != "needs_choice" {
		t.Fatalf("state %s", e.State)
	}
	o.deleteThread(e.Threads[0])
	if e := o.newest(); e.State != "ignored" || !strings.Contains(e.Reason, "deleted") {
		t.Errorf("the ledger says %s, %q", e.State, e.Reason)
	}
}

// TestTheThreadsOfAMailAreDeletedOneByOne: what a mail with two threads asks ends with the last that is open.
func TestTheThreadsOfAMailAreDeletedOneByOne(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		decide bool // the first thread; else it is deleted too
		state  string
	}{"both are deleted": {false, "ignored"}, "one is decided": {true, "linked"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := open(t)
			deal := int64(0)
			for _, email := range []string{zofia, jan} {
				p := o.person(email, email, 0)
				o.deal("Two", p, 0)
				deal = o.deal("One", p, 0)
			}
			e := o.receive("forward-attached")
			if e.State != "needs_choice" || len(e.Threads) != 2 {
				t.Fatalf("%s with %d threads", e.State, len(e.Threads))
			}
			first := e.Threads[0]
			if c.decide {
				o.Must("PUT", apptest.Path("/v1/mailbox/mailThreads/%d", first), map[string]any{"deal_id": deal})
			} else {
				o.deleteThread(first)
			}
			if got := o.newest().State; got != "needs_choice" {
				t.Errorf("%s while the second is open", got)
			}
			o.deleteThread(e.Threads[1])
			if got := o.newest(); got.State != c.state {
				t.Errorf("in the end %s, %q", got.State, got.Reason)
			}
		})
	}
}
