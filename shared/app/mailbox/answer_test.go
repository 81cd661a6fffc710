package mailbox_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/mail"
	"strings"
	"testing"

	"github.com/lejek/lejek/infra/local/faults"
	"github.com/lejek/lejek/infra/local/functions"
	"github.com/lejek/lejek/shared/app/apptest"
	"github.com/lejek/lejek/shared/boot"
)

// replied is a reply to a question, as a mail program sends it.
type replied struct {
	from, text, fields, more string // more recipients
}

// reply sends a reply by SMTP, and returns its entry in the ledger.
func (o office) reply(q asked, id string, r replied) m {
	o.t.Helper()
	to, err := mail.ParseAddress(q.header.Get("Reply-To"))
	if err != nil {
		o.t.Fatal(err)
	}
	if r.from == "" {
		r.from = ada
	}
	if !strings.Contains(r.fields, "Content-Type") {
		r.fields += "Content-Type: text/plain; charset=utf-8\n"
	}
	o.Deliver(r.mail(q, id, to.Address))
	return o.entry(id)
}

func (r replied) mail(q asked, id, to string) apptest.Mail {
	return apptest.Mail{From: r.from, To: []string{to}, Raw: "From: " + r.from + "\nTo: " + q.header.Get("Reply-To") + r.more + "\nMessage-ID: <" + id + ">\nIn-Reply-To: <" + q.MessageID +
		"@email.amazonses.com>\nSubject: Re: Which deal? Offer\nMIME-Version: 1.0\n" + r.fields + "\n" + r.text}
}

func quoted(q asked) string {
	return "\n\nOn Mon, 23 Nov 2026 at 10:01, Lejek <questions@mail.lejek.localhost> wrote:\n> " + strings.ReplaceAll(q.text, "\n", "\n> ")
}

func TestAnAnswerDecides(t *testing.T) {
	t.Parallel()
	for text, deal := range map[string]int{
		"2": 0, "2.": 0, "#2": 0, "(2)": 0, "\n\n 1) \n\nThanks, 2 times\n": 1, "２": 0, "（２）": 0, "1。": 1, "0": -1, "None": -1, "none of them.": -1,
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			o := start(t)
			e := o.forward("1@acme")
			o.minutes(1)
			q := o.question()
			if !strings.Contains(q.text, "answer this mail with the number alone") || !strings.Contains(q.header.Get("Reply-To"), "+choose1-") {
				t.Fatalf("%s %s", q.header.Get("Reply-To"), q.text)
			}
			got := o.reply(q, "a@acme", replied{text: text + quoted(q)})
			th := o.thread(e)
			want := any(nil)
			if deal >= 0 {
				want = float64(o.deals[deal])
			}
			if th["deal_id"] != want || th["message_count"] != 1.0 || !strings.Contains(fmt.Sprint(th["link"]), "by answering the question") || th["question"].(m)["open"] != false {
				t.Errorf("%v", th)
			}
			if got["state"] != "ignored" || !strings.HasPrefix(got["reason"].(string), "answered the question about thread 1: ") || got["rule"] != 18.0 || got["mail_message_id"] != nil {
				t.Errorf("%v", got)
			}
			if e := o.entry("1@acme"); e["state"] != "linked" {
				t.Errorf("%v", e)
			}
			// Nothing happens twice, neither by a link nor by another answer nor by the same.
			if got := o.Browse("POST", choose, q.links[1]); got.Status != http.StatusNotFound {
				t.Errorf("a link afterwards: %d", got.Status)
			}
			if late := o.reply(q, "b@acme", replied{text: "1" + quoted(q)}); late["state"] != "ignored" || late["reason"] != "the question about thread 1 was decided already" {
				t.Errorf("%v", late)
			}
			again := o.Must("POST", fmt.Sprintf("/api/v2/inboundMail/%v/replay", got["id"]), nil)
			if now := o.thread(e); now["version"] != th["version"] || again.Data()["reason"] != got["reason"] {
				t.Errorf("%v, %v", now, again.Raw)
			}
		})
	}
}

func TestAnAnswerAsHTMLDecides(t *testing.T) {
	t.Parallel()
	o := start(t)
	e := o.forward("1@acme")
	o.minutes(1)
	q := o.question()
	o.reply(q, "a@acme", replied{fields: "Content-Type: text/html\n", text: "<div dir=\"ltr\"><p>&nbsp;</p><p><b>2</b></p></div><blockquote>1. Sails</blockquote>"})
	if th := o.thread(e); th["deal_id"] != float64(o.deals[0]) {
		t.Errorf("%v", th)
	}
}

// A program whose prefix nobody knows quotes as programs forward.
func TestAnAnswerUnderAnUnknownPrefixDecides(t *testing.T) {
	t.Parallel()
	o := start(t)
	e := o.forward("1@acme")
	o.minutes(1)
	q := o.question()
	r := replied{from: ada, text: "2\n\n________________________________\nFrom: Lejek <" + q.Source + ">\nSent: Monday, November 23, 2026 10:01\nTo: Ada <" + ada + ">\nSubject: Which deal? Offer 1@acme\n\n" + q.text}
	to, err := mail.ParseAddress(q.header.Get("Reply-To"))
	if err != nil {
		t.Fatal(err)
	}
	sent := r.mail(q, "a@acme", to.Address)
	sent.Raw = strings.Replace(sent.Raw, "Re: Which deal?", "Svar: Which deal?", 1)
	o.Deliver(sent)
	if th := o.thread(e); th["deal_id"] != float64(o.deals[0]) {
		t.Errorf("%v, %v", o.entry("a@acme"), th)
	}
}

// Programs may send a copy of all that a user writes to the team's address.
func TestAnAnswerMayGoToTheTeamToo(t *testing.T) {
	t.Parallel()
	o := start(t)
	e := o.forward("1@acme")
	o.minutes(1)
	q := o.question()
	to, err := mail.ParseAddress(q.header.Get("Reply-To"))
	if err != nil {
		t.Fatal(err)
	}
	sent := replied{from: ada, text: "2"}.mail(q, "deal@acme", to.Address)
	sent.To = append(sent.To, strings.Replace(o.Address(), "@", "+deal1@", 1))
	o.Deliver(sent)
	if th := o.thread(e); th["deal_id"] != nil || o.entry("deal@acme")["mail_message_id"] == nil {
		t.Errorf("to a deal: %v", th)
	}
	sent = replied{from: ada, text: "2"}.mail(q, "a@acme", to.Address)
	sent.To = append(sent.To, o.Address())
	o.Deliver(sent)
	if th, got := o.thread(e), o.entry("a@acme"); th["deal_id"] != float64(o.deals[0]) || got["mail_message_id"] != nil {
		t.Errorf("%v, %v", got, th)
	}
}

func TestWhatIsNoAnswer(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		with          replied
		state, reason string
	}{
		"words":                      {replied{text: "the second one"}, "needs_choice", "its first line is not the number of a choice"},
		"nothing but a quotation":    {replied{}, "needs_choice", "its first line is not the number of a choice"},
		"a number in a sentence":     {replied{text: "2 I think"}, "needs_choice", "its first line is not the number of a choice"},
		"a quoted number":            {replied{text: "> 2\n2"}, "needs_choice", "its first line is not the number of a choice"},
		"below a greeting":           {replied{text: "Hi,\n2"}, "needs_choice", "its first line is not the number of a choice"},
		"no such choice":             {replied{text: "3"}, "needs_choice", "there was no choice 3"},
		"another user":               {replied{from: "bob@acme.example", text: "2"}, "ignored", "only user 1 was asked about thread 1"},
		"a vacation program":         {replied{text: "2", fields: "Auto-Submitted: auto-replied\n"}, "ignored", "automatic mail answers no question"},
		"a sender who is not proven": {replied{text: "2", fields: "X-Local-Verdict: dmarc=FAIL; spf=FAIL; dkim=FAIL\n"}, "quarantined", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := start(t)
			o.colleague("bob@acme.example")
			e := o.forward("1@acme")
			o.minutes(1)
			q := o.question()
			c.with.text += quoted(q)
			got := o.reply(q, "a@acme", c.with)
			if got["state"] != c.state || c.reason != "" && got["reason"] != c.reason {
				t.Errorf("%v", got)
			}
			th := o.thread(e)
			if th["deal_id"] != nil || th["question"].(m)["open"] != true || th["message_count"] != 1.0 {
				t.Errorf("%v", th)
			}
			if c.state == "quarantined" {
				o.Must("POST", fmt.Sprintf("/api/v2/inboundMail/%v/release", got["id"]), nil)
				if got := o.entry("a@acme"); got["state"] != "ignored" || o.thread(e)["deal_id"] != nil {
					t.Errorf("released: %v", got)
				}
			}
			o.take(q.links[1]) // the links work on
			if got := o.entry("a@acme"); got["state"] == "needs_choice" || c.state == "needs_choice" && (got["state"] != "ignored" || !strings.Contains(got["reason"].(string), "decided otherwise")) {
				t.Errorf("afterwards: %v", got)
			}
			if all := o.Must("GET", "/api/v2/inboundMail?state=needs_choice", nil).List(); len(all) != 0 {
				t.Errorf("%v", all)
			}
		})
	}
}

func TestWhatElseGoesToTheAddressIsOrdinaryMail(t *testing.T) {
	t.Parallel()
	o := start(t)
	e := o.forward("1@acme")
	o.minutes(1)
	q := o.question()
	for id, r := range map[string]replied{
		"all@acme": {text: "2", more: ", <" + zed + ">"},
		"out@x":    {from: zed, text: "2"},
		"fwd@acme": {text: "--b\nContent-Type: message/rfc822\n\nFrom: Zed <" + zed + ">\nTo: " + ada + "\nMessage-ID: <carried@x>\nSubject: Carried\n\n2\n--b--\n", fields: "Content-Type: multipart/mixed; boundary=b\n"},
	} {
		if got := o.reply(q, id, r); got["mail_message_id"] == nil || got["state"] != "needs_choice" || got["rule"] == 18.0 {
			t.Errorf("%s: %v", id, got)
		}
	}
	if th := o.thread(e); th["deal_id"] != nil || th["question"].(m)["open"] != true {
		t.Errorf("%v", th)
	}
	// An address that nobody signed is none.
	to := strings.Replace(o.Address(), "@", "+choose1@", 1)
	forged := strings.Replace(o.Address(), "@", "+choose1-aaaaaaaaaaaaaaaa@", 1)
	for i, address := range []string{to, forged} {
		id := fmt.Sprintf("forged%d@acme", i)
		o.Deliver(apptest.Mail{From: ada, To: []string{address}, Raw: "From: " + ada + "\nTo: " + address + "\nMessage-ID: <" + id + ">\nSubject: Re: Which deal?\n\n2\n"})
		if got := o.entry(id); got["rule"] == 18.0 || o.thread(e)["deal_id"] != nil {
			t.Errorf("%v", got)
		}
	}
}

func TestAnAnswerWhoseDealIsGone(t *testing.T) {
	t.Parallel()
	o := start(t)
	e := o.forward("1@acme")
	o.minutes(1)
	q := o.question()
	o.Must("DELETE", fmt.Sprintf("/api/v2/deals/%d", o.deals[1]), nil)
	if got := o.reply(q, "a@acme", replied{text: "1"}); got["state"] != "needs_choice" || got["reason"] != "deal 2, choice 1, has been deleted" {
		t.Errorf("%v", got)
	}
	o.Must("DELETE", fmt.Sprintf("/v1/mailbox/mailThreads/%v", e["mail_thread_id"]), nil)
	if got := o.entry("a@acme"); got["state"] != "ignored" {
		t.Errorf("the thread is deleted: %v", got)
	}
	if got := o.reply(q, "b@acme", replied{text: "2"}); got["state"] != "ignored" || got["reason"] != "the thread of the question that it answers is gone" {
		t.Errorf("%v", got)
	}
}

func TestAnAnswerMayBeTriedWithoutEffect(t *testing.T) {
	t.Parallel()
	o := start(t)
	e := o.forward("1@acme")
	o.minutes(1)
	q := o.question()
	to, _ := mail.ParseAddress(q.header.Get("Reply-To"))
	got := o.Sending("Content-Type", "message/rfc822").Do("POST", "/api/v2/inboundMail/preview?recipients="+strings.ReplaceAll(to.Address, "+", "%2B"),
		"From: "+ada+"\r\nTo: "+to.Address+"\r\nMessage-ID: <a@acme>\r\nSubject: Re: Which deal?\r\n\r\n2\r\n")
	if got.Status != http.StatusOK || !strings.Contains(got.Raw, "answered the question about thread 1: deal 1") {
		t.Errorf("%d %s", got.Status, got.Raw)
	}
	if th := o.thread(e); th["deal_id"] != nil || th["question"].(m)["open"] != true {
		t.Errorf("%v", th)
	}
}

// Every call with which the linker takes an answer fails once, before its effect and after it; delivered again, it has its effect once.
func TestAnAnswerMayFailAtAnyCall(t *testing.T) {
	t.Parallel()
	for _, after := range []bool{false, true} {
		o := start(t)
		for n, reached := 1, true; reached; n++ {
			reached = false
			id := fmt.Sprintf("%d@acme", n)
			e := o.forward(id)
			o.minutes(1)
			var q asked
			for _, s := range o.questions() {
				if strings.Contains(s.text, "“Offer "+id+"”") {
					q = s
				}
			}
			to, _ := mail.ParseAddress(q.header.Get("Reply-To"))
			event, err := json.Marshal(o.Receive(replied{from: ada, text: "2"}.mail(q, "a"+id, to.Address)))
			if err != nil {
				t.Fatal(err)
			}
			calls := 0
			fail := func(context.Context, faults.Call) error {
				if calls++; calls == n {
					reached = true
					return errors.New("the line went dead")
				}
				return nil
			}
			hook := faults.Hook{Before: fail}
			if after {
				hook = faults.Hook{After: fail}
			}
			for _, env := range []boot.Env{failing(o.Env, hook), o.Env} {
				if _, err := functions.All["linker"](env).Invoke(t.Context(), event); err != nil {
					t.Fatal(err)
				}
			}
			th, got := o.thread(e), o.entry("a"+id)
			if th["deal_id"] != float64(o.deals[0]) || got["state"] != "ignored" || !strings.HasPrefix(got["reason"].(string), "answered") || strings.Count(fmt.Sprint(th["link"]), "by answering") != 1 {
				t.Errorf("after %v, call %d: %v, %v", after, n, got, th)
			}
		}
	}
}

// What a rule decides closes the entries that wait for the thread, answers that nobody can read among them, whether it finds a deal or
// none is left.
func TestAnAnswerIsSettledWithItsThread(t *testing.T) {
	t.Parallel()
	for lost := 1; lost <= 2; lost++ {
		t.Run(fmt.Sprintf("%d lost", lost), func(t *testing.T) {
			t.Parallel()
			o := start(t)
			settle := o.Follow()
			e := o.forward("1@acme")
			o.minutes(1)
			o.reply(o.question(), "a@acme", replied{text: "what?"})
			for _, id := range o.deals[:lost] {
				o.Must("PATCH", fmt.Sprintf("/api/v2/deals/%d", id), m{"status": "lost"})
			}
			o.receive(zed, "2@x", "From: Zed <"+zed+">\nTo: "+ada+"\nMessage-ID: <2@x>\nReferences: <1@acme>\nSubject: Re: Offer 1@acme\n\nAnd?\n")
			settle()
			if th := o.thread(e); (th["deal_id"] == nil) != (lost == 2) || th["question"].(m)["open"] != false {
				t.Errorf("%v", th)
			}
			for id, want := range map[string]string{"1@acme": "linked", "a@acme": "ignored", "2@x": "linked"} {
				if got := o.entry(id); got["state"] != want {
					t.Errorf("%s: %v", id, got)
				}
			}
		})
	}
}
