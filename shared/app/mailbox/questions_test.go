package mailbox_test

import (
	"fmt"
	"mime"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lejek/lejek/shared/app/apptest"
)

func TestTheUserWhoForwardsIsAskedOnce(t *testing.T) {
	t.Parallel()
	o := start(t)
	e := o.forward("1@acme")
	if e["state"] != "needs_choice" {
		t.Fatalf("%v", e)
	}
	if got := o.thread(e)["question"]; fmt.Sprintf("%v %v %v", got.(m)["state"], got.(m)["user_id"], got.(m)["open"]) != "pending 1 true" {
		t.Errorf("before it is sent: %v", got)
	}
	if len(o.questions()) != 0 {
		t.Error("the linker mails")
	}
	o.minutes(1)
	q := o.question()
	if len(q.Destinations) != 1 || q.Destinations[0] != ada {
		t.Errorf("sent to %v", q.Destinations)
	}
	subject, _ := new(mime.WordDecoder).DecodeHeader(q.header.Get("Subject"))
	for name, got := range map[string][2]string{
		"subject": {subject, "Which deal? Offer 1@acme"}, "from": {q.header.Get("From"), `"Lejek" <questions@mail.lejek.localhost>`},
		"auto-submitted": {q.header.Get("Auto-Submitted"), "auto-generated"}, "x-loop": {q.header.Get("X-Loop"), "questions@mail.lejek.localhost"},
	} {
		if got[0] != got[1] {
			t.Errorf("%s is %q, want %q", name, got[0], got[1])
		}
	}
	for _, want := range []string{
		"“Offer 1@acme” with Zed (zed@x.example)", "1. Sails – 1200 EUR, Qualified, Pipeline\n", "2. Boats – 1200 EUR", "0. None of them\n", "Stop these mails: https://crm.example" + stop,
	} {
		if !strings.Contains(q.text, want) {
			t.Errorf("the mail lacks %q:\n%s", want, q.text)
		}
	}
	for i := range 3 {
		id := fmt.Sprintf("more%d@x", i)
		o.receive(zed, id, "From: Zed <"+zed+">\nTo: "+ada+"\nMessage-ID: <"+id+">\nReferences: <1@acme>\nSubject: Re: Offer 1@acme\n\nAnd?\n")
		o.receive(ada, "mine"+id, "From: Ada <"+ada+">\nTo: "+zed+"\nMessage-ID: <mine"+id+">\nReferences: <1@acme>\nSubject: Re: Offer 1@acme\n\nWell.\n")
		o.minutes(2)
	}
	o.minutes(10)
	o.question()
	th := o.thread(e)
	if got := th["question"].(m); got["state"] != "sent" || fmt.Sprint(got["deal_ids"]) != fmt.Sprintf("[%d %d]", o.deals[1], o.deals[0]) || got["sent_time"] == nil || th["message_count"] != 7.0 {
		t.Errorf("%v messages, %v", th["message_count"], got)
	}
}

func TestALinkDecidesWhenItsButtonIsPressed(t *testing.T) {
	t.Parallel()
	o := start(t)
	e := o.forward("1@acme")
	o.receive(zed, "2@x", "From: Zed <"+zed+">\nTo: "+ada+"\nMessage-ID: <2@x>\nReferences: <1@acme>\nSubject: Re: Offer 1@acme\n\nAnd?\n")
	o.minutes(1)
	q := o.question()
	before := o.thread(e)
	for range 2 {
		page := o.Browse("GET", choose, q.links[1])
		if page.Status != http.StatusOK || !strings.Contains(page.Raw, "<b>Sails</b>") || !strings.Contains(page.Raw, "Ada of Acme") || strings.Count(page.Raw, "<button>") != 1 {
			t.Fatalf("%d %s", page.Status, page.Raw)
		}
		for name, want := range map[string]string{"Referrer-Policy": "no-referrer", "Cache-Control": "no-store"} {
			if page.Header[name] != want {
				t.Errorf("%s: %q", name, page.Header[name])
			}
		}
	}
	if got := o.thread(e); got["version"] != before["version"] {
		t.Error("opening the page did something")
	}
	o.take(q.links[1])
	th := o.thread(e)
	if th["deal_id"] != float64(o.deals[1]) || !strings.Contains(fmt.Sprint(th["link"].(m)["evidence"]), "row 18: user 1 chose deal 2, by a link that was mailed") || th["question"].(m)["open"] != false {
		t.Errorf("%v", th)
	}
	for _, path := range []string{"/v1/deals/%d/mailMessages", "/v1/deals/%d/files"} {
		if got := o.Must("GET", fmt.Sprintf(path, o.deals[1]), nil).List(); len(got) == 0 {
			t.Errorf("nothing at %s", path)
		}
	}
	if got := o.Must("GET", fmt.Sprintf("/v1/notes?deal_id=%d", o.deals[1]), nil); !strings.Contains(got.Raw, "for the file") {
		t.Errorf("notes: %s", got.Raw)
	}
	for _, id := range []string{"1@acme", "2@x"} {
		if got := o.entry(id); got["state"] != "linked" {
			t.Errorf("%s: %v", id, got)
		}
	}
	version := th["version"]
	for name, token := range map[string]string{"the same": q.links[1], "another": q.links[2], "none": q.links[0]} {
		for _, method := range []string{"GET", "POST"} {
			if got := o.Browse(method, choose, token); got.Status != http.StatusNotFound || strings.Contains(got.Raw, "Offer") || strings.Contains(got.Raw, "Ada") {
				t.Errorf("%s, %s, afterwards: %d %s", name, method, got.Status, got.Raw)
			}
		}
	}
	if got := o.thread(e); got["version"] != version {
		t.Error("a link that was used did something")
	}
	o.receive(zed, "3@x", "From: Zed <"+zed+">\nTo: "+ada+"\nMessage-ID: <3@x>\nReferences: <2@x>\nSubject: Re: Offer 1@acme\n\nStill there?\n")
	if got := o.entry("3@x"); got["state"] != "linked" || o.thread(e)["deal_id"] != float64(o.deals[1]) {
		t.Errorf("later mail: %v", got)
	}
	o.minutes(10)
	o.question()
}

func TestNoneSticks(t *testing.T) {
	t.Parallel()
	o := start(t)
	e := o.forward("1@acme")
	o.minutes(1)
	q := o.question()
	if page := o.Browse("GET", choose, q.links[0]); !strings.Contains(page.Raw, "<b>none</b> of the deals") {
		t.Errorf("%s", page.Raw)
	}
	o.take(q.links[0])
	o.receive(zed, "2@x", "From: Zed <"+zed+">\nTo: "+ada+"\nMessage-ID: <2@x>\nReferences: <1@acme>\nSubject: Re: Offer 1@acme\n\nAnd?\n")
	if th := o.thread(e); th["deal_id"] != nil || len(th["deal_candidates"].([]any)) != 0 || o.entry("2@x")["state"] != "linked" || o.entry("1@acme")["state"] != "linked" {
		t.Errorf("%v", th)
	}
}

func TestLinksThatAreNotGoodDecideNothing(t *testing.T) {
	t.Parallel()
	o := start(t)
	e := o.forward("1@acme")
	o.minutes(1)
	q := o.question()
	p := office{App: o.App, Client: o.NewTeam("Other"), t: t}
	p.zed = p.Must("POST", "/api/v2/persons", m{"name": "Zed", "emails": []any{m{"value": zed, "primary": true}}}).ID()
	p.deal("Theirs", nil)
	p.deal("Theirs too", nil)
	p.receive("ada@other.example", "9@other", "From: ada@other.example\nTo: "+zed+"\nMessage-ID: <9@other>\nSubject: Secret\n\nHello\n")
	o.minutes(1)
	var theirs asked
	for _, s := range o.questions() {
		if s.Destinations[0] == "ada@other.example" {
			theirs = s
		}
	}
	body, mac, _ := strings.Cut(q.links[1], ".")
	_, foreign, _ := strings.Cut(theirs.links[1], ".")
	for name, token := range map[string]string{
		"none": "", "nonsense": "nonsense", "no signature": body + ".", "no body": "." + mac, "another's signature": body + "." + foreign, "another purpose": q.stop,
		"signature of another link": body + strings.TrimPrefix(q.links[2], strings.SplitN(q.links[2], ".", 2)[0]),
	} {
		for _, method := range []string{"GET", "POST"} {
			if got := o.Browse(method, choose, token); got.Status != http.StatusNotFound || strings.Contains(got.Raw, "Offer") {
				t.Errorf("%s, %s: %d %s", name, method, got.Status, got.Raw)
			}
		}
	}
	o.Later(14 * 24 * time.Hour)
	if got := o.Browse("POST", choose, q.links[1]); got.Status != http.StatusNotFound {
		t.Errorf("expired: %d", got.Status)
	}
	if th := o.thread(e); th["deal_id"] != nil || th["question"].(m)["open"] != true {
		t.Errorf("%v", th)
	}
}

func TestOfTwoWhoDecideAtOnceOneDoes(t *testing.T) {
	t.Parallel()
	o := start(t)
	e := o.forward("1@acme")
	o.minutes(1)
	q := o.question()
	var wg sync.WaitGroup
	done := make([]bool, 8)
	o.Browse("GET", choose, q.links[1]) // made once, for all
	for i := range done {
		wg.Go(func() {
			env := o.Env
			done[i] = o.pressed(env, q.links[i%3])
		})
	}
	wg.Wait()
	n, deal := 0, any(nil)
	for i, ok := range done {
		if ok {
			n++
			if i%3 > 0 {
				deal = float64(o.deals[2-i%3])
			}
		}
	}
	if th := o.thread(e); n != 1 || th["deal_id"] != deal {
		t.Errorf("%d did, deal %v, want %v", n, th["deal_id"], deal)
	}
}

func TestADecisionElsewhereVoidsTheLinks(t *testing.T) {
	t.Parallel()
	for name, decide := range map[string]func(o office, thread string){
		"in the mailbox": func(o office, thread string) { o.Must("PUT", thread, m{"deal_id": o.deals[0]}) },
		"none":           func(o office, thread string) { o.Must("PUT", thread, m{"deal_id": nil}) },
		"by a tag": func(o office, _ string) {
			o.Deliver(apptest.Mail{From: ada, To: []string{strings.Replace(o.Address(), "@", fmt.Sprintf("+deal%d@", o.deals[0]), 1)},
				Raw: "From: " + ada + "\nTo: " + zed + "\nMessage-ID: <tag@acme>\nReferences: <1@acme>\nSubject: Re: Offer 1@acme\n\nThis one\n"})
		},
		"by a rule": func(o office, _ string) {
			o.Must("PATCH", fmt.Sprintf("/api/v2/deals/%d", o.deals[1]), m{"status": "lost"})
			o.receive(zed, "2@x", "From: Zed <"+zed+">\nTo: "+ada+"\nMessage-ID: <2@x>\nReferences: <1@acme>\nSubject: Re: Offer 1@acme\n\nAnd?\n")
		},
		"the thread is deleted": func(o office, thread string) { o.Must("DELETE", thread, nil) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := start(t)
			path := fmt.Sprintf("/v1/mailbox/mailThreads/%v", o.forward("1@acme")["mail_thread_id"])
			o.minutes(1)
			q := o.question()
			decide(o, path)
			if got := o.Do("GET", path, nil); got.Status == http.StatusOK && got.Data()["question"].(m)["open"] != false {
				t.Errorf("still open: %s", got.Raw)
			}
			for _, token := range q.links[:3] {
				if got := o.Browse("POST", choose, token); got.Status != http.StatusNotFound {
					t.Errorf("%d %s", got.Status, got.Raw)
				}
			}
			// Nor do they come to life again when the thread is opened anew.
			if name == "in the mailbox" {
				o.Must("PATCH", fmt.Sprintf("/api/v2/deals/%d", o.deals[0]), m{"status": "lost"})
				o.receive(ada, "3@x", "From: "+ada+"\nTo: "+zed+"\nMessage-ID: <3@x>\nReferences: <1@acme>\nSubject: Re: Offer 1@acme\n\nAnd?\n")
				o.minutes(3)
				o.question()
				if got := o.Browse("POST", choose, q.links[1]); got.Status != http.StatusNotFound {
					t.Errorf("anew: %d %s", got.Status, got.Raw)
				}
			}
		})
	}
}

func TestWhatIsDecidedBeforeItIsAskedIsNotAsked(t *testing.T) {
	t.Parallel()
	for name, before := range map[string]func(o office, thread string){
		"decided":      func(o office, thread string) { o.Must("PUT", thread, m{"deal_id": o.deals[0]}) },
		"switched off": func(o office, _ string) { o.Must("PUT", "/api/v2/userSettings", m{"mail_questions": false}) },
		"all lost": func(o office, _ string) {
			for _, id := range o.deals {
				o.Must("PATCH", fmt.Sprintf("/api/v2/deals/%d", id), m{"status": "lost"})
			}
		},
		"deleted": func(o office, thread string) { o.Must("DELETE", thread, nil) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := start(t)
			path := fmt.Sprintf("/v1/mailbox/mailThreads/%v", o.forward("1@acme")["mail_thread_id"])
			before(o, path)
			o.minutes(3)
			if n := len(o.questions()); n != 0 {
				t.Errorf("%d questions", n)
			}
			if got := o.Do("GET", path, nil); got.Status == http.StatusOK && (got.Data()["question"].(m)["state"] != "void" || got.Data()["question"].(m)["error"] == nil) {
				t.Errorf("%s", got.Raw)
			}
		})
	}
}

func TestWhoIsNotAsked(t *testing.T) {
	t.Parallel()
	o := start(t)
	o.receive(zed, "in@x", "From: Zed <"+zed+">\nTo: "+ada+"\nMessage-ID: <in@x>\nSubject: Rope\n\nHello\n")
	if o.entry("in@x")["state"] != "needs_choice" {
		t.Fatal(o.entry("in@x"))
	}
	o.receive(ada, "auto@acme", "From: "+ada+"\nTo: "+zed+"\nMessage-ID: <auto@acme>\nSubject: Away\nAuto-Submitted: auto-replied\n\nI am away\n")
	o.receive(ada, "false@acme", "From: "+ada+"\nTo: "+zed+"\nMessage-ID: <false@acme>\nSubject: Not Ada\nX-Local-Verdict: dmarc=FAIL; spf=FAIL; dkim=FAIL\n\nHello\n")
	o.Must("POST", fmt.Sprintf("/api/v2/inboundMail/%v/replay", o.entry("in@x")["id"]), nil)
	o.minutes(3)
	if n := len(o.questions()); n != 0 {
		t.Errorf("%d questions", n)
	}
	// A user who brings the same mail in is asked, since nobody was.
	o.receive(ada, "fwd@acme", "From: "+ada+"\nTo: <"+o.Address()+">\nMessage-ID: <fwd@acme>\nSubject: Fwd: Rope\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: message/rfc822\n\n"+
		"From: Zed <"+zed+">\nTo: "+ada+"\nMessage-ID: <in@x>\nSubject: Rope\n\nHello\n--b--\n")
	o.minutes(1)
	o.question()
}

func TestWhatIsWrittenHereAsksToo(t *testing.T) {
	t.Parallel()
	o := start(t)
	got := o.Do("POST", "/api/v2/mailMessages", m{"to": []string{"Zed <" + zed + ">"}, "subject": "News", "text": "Hello"})
	if got.Status != http.StatusCreated {
		t.Fatal(got.Raw)
	}
	o.Do("POST", "/api/v2/mailMessages", m{"to": []string{zed}, "subject": "Of a deal", "text": "Hello", "deal_id": o.deals[0]})
	o.minutes(1)
	if q := o.question(); !strings.Contains(q.text, "“News” with Zed (zed@x.example)") {
		t.Errorf("%s", q.text)
	}
}

func TestTitlesAndSubjectsBecomeNothingElse(t *testing.T) {
	t.Parallel()
	o := start(t)
	evil := "<script>x</script>\r\nBcc: z@z.example\r\n\r\n0. Good \u202e one" + strings.Repeat("y", 200)
	o.deal(evil, nil)
	o.receive(ada, "1@acme", "From: "+ada+"\nTo: \"<b>Zed</b>\" <"+zed+">\nMessage-ID: <1@acme>\nSubject: =?utf-8?b?PGI+T2ZmZXI8L2I+DQpCY2M6IHpAei5leGFtcGxl?=\n\nHello\n")
	o.minutes(1)
	q := o.question()
	if q.header.Get("Bcc") != "" || len(q.Destinations) != 1 || strings.Contains(q.html, "<script") || strings.Contains(q.html, "<b>Zed") || strings.Contains(q.html, "<b>Offer") ||
		strings.Contains(q.text, "\n0. Good") || strings.Contains(q.text, "\u202e") || !strings.Contains(q.html, "&lt;script&gt;") || q.links[3] == "" || q.links[4] != "" {
		t.Errorf("%s\n%s", q.Raw, q.html)
	}
	if page := o.Browse("GET", choose, q.links[1]); page.Status != http.StatusOK || strings.Contains(page.Raw, "<script") || strings.Contains(page.Raw, "<b>Zed") {
		t.Errorf("%s", page.Raw)
	}
	o.take(q.links[1])
}

func TestTwentyDealsAreListed(t *testing.T) {
	t.Parallel()
	o := start(t)
	for i := range 21 {
		o.deal(fmt.Sprintf("Deal %d", i), nil)
		o.Later(time.Second)
	}
	o.forward("1@acme")
	o.minutes(1)
	q := o.question()
	if q.links[20] == "" || q.links[21] != "" || !strings.Contains(q.text, "These are the 20 with the newest activity; 3 more are open.") || !strings.Contains(q.text, "1. Deal 20") {
		t.Errorf("%s", q.text)
	}
}

func TestDealsThatChangedMeanwhile(t *testing.T) {
	t.Parallel()
	o := start(t)
	third := o.deal("Masts", nil)
	e := o.forward("1@acme")
	o.minutes(1)
	q := o.question() // Masts, Sails, Boats
	o.Must("DELETE", fmt.Sprintf("/api/v2/deals/%d", o.deals[1]), nil)
	for _, method := range []string{"GET", "POST"} {
		if got := o.Browse(method, choose, q.links[2]); got.Status != http.StatusNotFound || !strings.Contains(got.Raw, "has been deleted meanwhile") {
			t.Errorf("deleted: %d %s", got.Status, got.Raw)
		}
	}
	if th := o.thread(e); th["deal_id"] != nil || th["question"].(m)["open"] != true {
		t.Errorf("%v", th)
	}
	o.Must("PUT", fmt.Sprintf("/v1/deals/%d/merge", third), m{"merge_with_id": o.deals[0]})
	o.Must("PATCH", fmt.Sprintf("/api/v2/deals/%d", o.deals[0]), m{"status": "won"})
	if page := o.Browse("GET", choose, q.links[1]); !strings.Contains(page.Raw, "(won)") {
		t.Errorf("merged and closed: %s", page.Raw)
	}
	o.take(q.links[1])
	if th := o.thread(e); th["deal_id"] != float64(o.deals[0]) {
		t.Errorf("merged: %v, want %d", th["deal_id"], o.deals[0])
	}
}

func TestAThreadWhoseDealIsClosedIsAskedAbout(t *testing.T) {
	t.Parallel()
	o := start(t)
	reply := func(from, to, id string) {
		o.receive(from, id, "From: "+from+"\nTo: "+to+"\nMessage-ID: <"+id+">\nReferences: <1@acme>\nSubject: Re: Rope\n\nHello\n")
	}
	o.Must("PATCH", fmt.Sprintf("/api/v2/deals/%d", o.deals[1]), m{"status": "lost"})
	o.receive(ada, "1@acme", "From: "+ada+"\nTo: "+zed+"\nMessage-ID: <1@acme>\nSubject: Rope\n\nHello\n")
	o.Must("PATCH", fmt.Sprintf("/api/v2/deals/%d", o.deals[0]), m{"status": "won"})
	o.Must("PATCH", fmt.Sprintf("/api/v2/deals/%d", o.deals[1]), m{"status": "open"})
	reply(zed, ada, "2@x") // takes the deal into question, and is no user's
	o.minutes(2)
	if o.entry("2@x")["state"] != "needs_choice" || len(o.questions()) != 0 {
		t.Fatalf("%v", o.entry("2@x"))
	}
	reply(ada, zed, "3@acme")
	o.minutes(1)
	q := o.question()
	if !strings.Contains(q.text, "1. Sails") || q.links[2] != "" || q.links[0] == "" {
		t.Errorf("%s", q.text)
	}
	o.take(q.links[1])
	for _, id := range []string{"2@x", "3@acme"} {
		if got := o.entry(id); got["state"] != "linked" {
			t.Errorf("%v", got)
		}
	}
}
