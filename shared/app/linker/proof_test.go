package linker_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lejek/lejek/shared/app/apptest"
	"github.com/lejek/lejek/shared/value"
)

// post delivers a letter written in the test; {{inbound}} stands for the dedicated address.
func (o office) post(from, letter string) entry {
	o.t.Helper()
	o.app.Later(time.Second)
	o.app.Deliver(apptest.Mail{From: from, To: []string{o.Address()}, Raw: strings.ReplaceAll(letter, "{{inbound}}", o.Address())})
	return o.newest()
}

func header(from, to, subject, id string) string {
	return "From: " + from + "\nTo: " + to + "\nSubject: " + subject + "\nDate: Mon, 23 Nov 2026 09:00:00 +0100\nMessage-ID: <" + id + ">\n"
}

// attaching is a forward by Ada with parts beside what she typed.
func attaching(id, typed string, parts ...string) string {
	letter := header("Ada <ada@acme.example>", "{{inbound}}", "for the file", id) +
		"MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"oo\"\n\n--oo\nContent-Type: text/plain; charset=utf-8\n\n" + typed + "\n"
	for _, p := range parts {
		letter += "--oo\n" + p + "\n"
	}
	return letter + "--oo--\n"
}

const attached = "Content-Type: message/rfc822\n\n"

func TestStrangersAnswerToAnInvitationDoesNotGetIn(t *testing.T) {
	t.Parallel()
	for from, joins := range map[string]bool{"eve@evil.example": false, jan: true, "anna@klient.example": true} {
		t.Run(from, func(t *testing.T) {
			t.Parallel()
			o := open(t)
			begun := o.receive("outbound")
			e := o.post(from, header("X <"+from+">", "{{inbound}}", "Accepted", "reply-1@x.example")+
				"In-Reply-To: <offer-1@acme.example>\nMIME-Version: 1.0\nContent-Type: text/calendar; method=REPLY\n\nBEGIN:VCALENDAR\nMETHOD:REPLY\nEND:VCALENDAR\n")
			if slices.Equal(e.Threads, begun.Threads) != joins || len(o.persons()) != 1 {
				t.Errorf("threads %v after %v, %d persons: %q", e.Threads, begun.Threads, len(o.persons()), e.Evidence)
			}
		})
	}
}

func TestForwardedStrangerWhoCitesAnIDDoesNotGetIn(t *testing.T) {
	t.Parallel()
	cites := "In-Reply-To: <offer-1@acme.example>\n"
	for name, c := range map[string]struct {
		outer, from string
		joins       bool
	}{
		"a stranger":                       {from: "eve@evil.example"},
		"a stranger, the client copies it": {outer: cites, from: "eve@evil.example"},
		"the contact":                      {from: jan, joins: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := open(t)
			begun := o.receive("outbound")
			inner := header("X <"+c.from+">", "ada@acme.example", "Re: Offer", "inner-1@x.example") + cites + "\nLet me in\n"
			e := o.post("ada@acme.example", c.outer+attaching("outer-1@acme.example", "spam?", attached+inner))
			if slices.Equal(e.Threads, begun.Threads) != c.joins {
				t.Errorf("threads %v after %v: %q", e.Threads, begun.Threads, e.Evidence)
			}
		})
	}
}

func TestQuestionAfterAChosenDealIsLostStaysOpen(t *testing.T) {
	t.Parallel()
	o := open(t)
	p := o.person("Jan", jan, 0)
	first := o.deal("First", p, 0)
	second := o.deal("Second", p, 0)
	id := o.receive("outbound").Threads[0]
	o.app.Later(time.Second)
	o.Must("PUT", apptest.Path("/v1/mailbox/mailThreads/%d", id), map[string]any{"deal_id": first})
	o.app.Later(time.Second)
	o.Must("PATCH", apptest.Path("/api/v2/deals/%d", first), map[string]any{"status": "lost"})
	for _, letter := range []string{"reply", "subject-reply"} {
		e, th := o.receive(letter), o.thread(id)
		if e.State != "needs_choice" || th.DealID != nil || len(th.Candidates) != 1 || th.Candidates[0].ID != second {
			t.Errorf("%s: %s, deal %d, candidates %v: %q", letter, e.State, value.Deref(th.DealID), th.Candidates, e.Evidence)
		}
	}
}

func TestNoteFollowsWhenALostDealIsReplaced(t *testing.T) {
	t.Parallel()
	o := open(t)
	p := o.person("Jan", jan, 0)
	first := o.deal("First", p, 0)
	id := o.receive("forward-gmail-en").Threads[0]
	second := o.deal("Second", p, 0)
	o.Must("PATCH", apptest.Path("/api/v2/deals/%d", first), map[string]any{"status": "lost"})
	o.post(jan, header("Jan <"+jan+">", "{{inbound}}", "Re: Offer", "and@klient.example")+"In-Reply-To: <unseen-1@klient.example>\n\nand?\n")
	o.Must("PUT", apptest.Path("/v1/mailbox/mailThreads/%d", id), map[string]any{"deal_id": second})
	if notes := o.Must("GET", apptest.Path("/v1/notes?deal_id=%d", second), nil); !strings.Contains(notes.Raw, "keep an eye") {
		t.Errorf("the note stayed with the lost deal; the other has %s", notes.Raw)
	}
}

func TestThreadForgetsADeletedPerson(t *testing.T) {
	t.Parallel()
	o := open(t)
	gone := o.receive("outbound").Persons[0]
	o.Must("DELETE", apptest.Path("/api/v2/persons/%d", gone), nil)
	if e := o.receive("reply"); len(e.Persons) != 1 || e.Persons[0] == gone {
		t.Errorf("persons %v, %d is deleted", e.Persons, gone)
	}
}

func TestFileBesideAKnownMailIsKept(t *testing.T) {
	t.Parallel()
	o := open(t)
	inner := attached + header("Jan <"+jan+">", "ada@acme.example", "Drawings", "drawings@klient.example") + "\nsee\n"
	pdf := "Content-Type: application/pdf; name=\"contract.pdf\"\nContent-Disposition: attachment; filename=\"contract.pdf\"\nContent-Transfer-Encoding: base64\n\nAAAA"
	first := o.post("ada@acme.example", attaching("one@acme.example", "one", inner))
	for range 2 { // the second is the same forward again
		e := o.post("ada@acme.example", attaching("two@acme.example", "with the contract", inner, pdf))
		files := o.Must("GET", apptest.Path("/v1/persons/%d/files", first.Persons[0]), nil)
		if len(files.List()) != 1 || !strings.Contains(files.Raw, "contract.pdf") || !slices.Equal(e.Messages, first.Messages) {
			t.Errorf("messages %v, files %s", e.Messages, files.Raw)
		}
	}
}

func TestMailIsSettledWithTheLastOfItsThreads(t *testing.T) {
	t.Parallel()
	o := open(t)
	chosen := []int64{}
	for _, email := range []string{jan, "zofia@lis.example"} {
		p := o.person(email, email, 0)
		chosen = append(chosen, o.deal("One", p, 0))
		o.deal("Two", p, 0)
	}
	e := o.receive("forward-attached")
	for i, state := range []string{"needs_choice", "linked"} {
		o.Must("PUT", apptest.Path("/v1/mailbox/mailThreads/%d", e.Threads[i]), map[string]any{"deal_id": chosen[i]})
		if got := o.newest().State; got != state {
			t.Errorf("%s after %d of 2 choices, want %s", got, i+1, state)
		}
	}
}

func TestColleagueWithoutAccountIsNoContact(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.post("ada@acme.example", header("Ada <ada@acme.example>", "Celina <celina@acme.example>, Jan <"+jan+">", "Offer for you", "both@acme.example")+"\nhi\n")
	if e := o.post("ada@acme.example", strings.Replace(o.letter("forward-gmail-en"), "\nSubject:", "\nCc: Celina <celina@acme.example>\nSubject:", 1)); e.Rule != 5 {
		t.Errorf("a forward with a colleague in copy is judged by row %d", e.Rule)
	}
	o.post("celina@acme.example", header("Celina <celina@acme.example>", "{{inbound}}", "Lunch today", "lunch@acme.example")+"\nhi\n")
	if all := o.persons(); len(all) != 1 {
		t.Errorf("persons %v", all)
	}
}
