package linker_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lejek/lejek/shared/app/apptest"
)

func TestForwardJoinsTheThreadOfItsContact(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ letter, text, note string }{
		{"forward-gmail-en", "delivery in March", "keep an eye"}, // by the ids that the forward mentions
		{"forward-outlook-pl", "transport", "Do wiadomo"},        // by subject and person
	} {
		t.Run(c.letter, func(t *testing.T) {
			t.Parallel()
			o := open(t)
			begun := o.receive("outbound")
			e := o.receive(c.letter)
			if !slices.Equal(e.Threads, begun.Threads) {
				t.Fatalf("threads %v, want %v: %q", e.Threads, begun.Threads, e.Evidence)
			}
			list := o.messages(e.Threads[0])
			if len(list) != 2 || list[1].From[0].Email != "jan.kowalski@klient.example" || list[1].Sent != 0 {
				t.Fatalf("messages %+v", list)
			}
			one := read[message](o, apptest.Path("/v1/mailbox/mailMessages/%d?include_body=1", list[1].ID))
			if !strings.Contains(one.Body, c.text) || strings.Contains(one.Body, c.note) {
				t.Errorf("body %q", one.Body)
			}
			notes := o.Must("GET", apptest.Path("/v1/notes?person_id=%d", e.Persons[0]), nil)
			if !strings.Contains(notes.Raw, c.note) {
				t.Errorf("no note of what the user typed: %s", notes.Raw)
			}
			again := o.receive(c.letter)
			if len(o.messages(e.Threads[0])) != 2 || strings.Count(o.Must("GET", "/v1/notes", nil).Raw, c.note) != 1 {
				t.Errorf("the same forward once more was stored again: %q", again.Evidence)
			}
		})
	}
}

func TestMailThatCitesTheForwardedOneMeetsItsThread(t *testing.T) {
	t.Parallel()
	o := open(t)
	begun := o.receive("outbound")
	o.receive("forward-gmail-en") // mentions <unseen-1@klient.example>
	o.app.Later(time.Second)
	raw := strings.ReplaceAll(o.letter("reply"), "<offer-1@acme.example>", "<unseen-1@klient.example>")
	o.app.Deliver(apptest.Mail{From: "jan.kowalski@klient.example", To: []string{o.Address()}, Raw: raw})
	if e := o.newest(); !slices.Equal(e.Threads, begun.Threads) {
		t.Errorf("threads %v, want %v", e.Threads, begun.Threads)
	}
}

func TestMailKnownFromAForwardBecomesWholeWhenItArrives(t *testing.T) {
	t.Parallel()
	o := open(t)
	f := o.receive("forward-gmail-en")
	o.app.Later(time.Second)
	o.app.Deliver(apptest.Mail{From: "jan.kowalski@klient.example", To: []string{o.Address()}, Raw: `From: Jan Kowalski <jan.kowalski@klient.example>
To: Ada Nowak <ada@acme.example>
Subject: Re: Offer for the new line
Date: Mon, 23 Nov 2026 09:40:11 +0100
Message-ID: <unseen-1@klient.example>

What about delivery in March?

Jan
`})
	e := o.newest()
	if !slices.Equal(e.Messages, f.Messages) || e.Rule != 28 {
		t.Errorf("message %v by rule %d, want %v: %q", e.Messages, e.Rule, f.Messages, e.Evidence)
	}
	if n := len(o.messages(f.Threads[0])); n != 1 {
		t.Errorf("%d messages in the thread", n)
	}
}

func TestThreadsAreJoinedByIDOrByPersonAndSubject(t *testing.T) {
	t.Parallel()
	for letter, joins := range map[string]bool{"reply": true, "subject-reply": true, "stranger-cites": false, "exposed": false} {
		t.Run(letter, func(t *testing.T) {
			t.Parallel()
			o := open(t)
			begun := o.receive("outbound")
			e := o.receive(letter)
			if slices.Equal(e.Threads, begun.Threads) != joins {
				t.Errorf("threads %v after %v, joined should be %v: %q", e.Threads, begun.Threads, joins, e.Evidence)
			}
		})
	}
}

func TestAttachedMailsKeepTheirOwnFiles(t *testing.T) {
	t.Parallel()
	o := open(t)
	e := o.receive("forward-attached")
	if len(e.Threads) != 2 {
		t.Fatalf("threads %v", e.Threads)
	}
	for i, want := range map[int]int{0: 1, 1: 0} {
		list := o.Must("GET", apptest.Path("/v1/persons/%d/files", e.Persons[i]), nil).List()
		if len(list) != want {
			t.Errorf("person %d has %d files, want %d", e.Persons[i], len(list), want)
		}
	}
}

func TestAttachmentsShowAndTheBodyIsSafe(t *testing.T) {
	t.Parallel()
	o := open(t)
	e := o.receive("attachments")
	list := read[[]struct {
		Name   string
		Inline bool `json:"inline_flag"`
	}](o, "/v1/files")
	if len(list) != 2 || list[0].Name != "logo.png" || !list[0].Inline || list[1].Name != "plan.pdf" || list[1].Inline {
		t.Errorf("files %+v", list)
	}
	body := read[message](o, apptest.Path("/v1/mailbox/mailMessages/%d?include_body=1", e.Messages[0])).Body
	if !strings.Contains(body, "<b>this</b>") || !strings.Contains(body, "cid:logo") || strings.Contains(body, "script") || strings.Contains(body, "track.example") || strings.Contains(body, "onclick") {
		t.Errorf("body %s", body)
	}
	flow := o.Must("GET", apptest.Path("/v1/persons/%d/mailMessages", e.Persons[0]), nil)
	if len(flow.List()) != 1 {
		t.Errorf("the person's mail: %s", flow.Raw)
	}
}

func TestInfectedFilesAreLocked(t *testing.T) {
	t.Parallel()
	o := open(t)
	e := o.receive("virus")
	if len(e.Files) != 1 || len(o.Must("GET", "/v1/mailbox/mailThreads?folder=inbox", nil).List()) != 0 {
		t.Fatalf("entry %+v", e)
	}
	if a := o.Do("GET", apptest.Path("/v1/files/%d/download", e.Files[0]), nil); a.Status < 400 {
		t.Errorf("an infected file is handed out: %d", a.Status)
	}
}

func TestThreadsAreListedByFolder(t *testing.T) {
	t.Parallel()
	o := open(t)
	sent := o.receive("outbound").Threads[0]
	got := o.receive("unknown").Threads[0]
	in := func(folder string) (ids []int64) {
		for _, th := range read[[]thread](o, "/v1/mailbox/mailThreads?folder="+folder) {
			ids = append(ids, th.ID)
		}
		return ids
	}
	check := func(inbox, sentBox, archive []int64) {
		t.Helper()
		for folder, want := range map[string][]int64{"inbox": inbox, "sent": sentBox, "archive": archive, "drafts": nil} {
			if ids := in(folder); !slices.Equal(ids, want) {
				t.Errorf("%s holds %v, want %v", folder, ids, want)
			}
		}
	}
	check([]int64{got}, []int64{sent}, nil)
	o.Must("PUT", apptest.Path("/v1/mailbox/mailThreads/%d", got), map[string]any{"archived_flag": 1, "read_flag": "1"})
	check(nil, []int64{sent}, []int64{got})
}

func TestOutlooksMarkJoinsAConversation(t *testing.T) {
	t.Parallel()
	begun := func(o office) entry {
		return o.post("ada@acme.example", strings.Replace(o.letter("outbound"), "MIME-Version", "Thread-Index: AQHcXWjvEVqQ3k5kT0uM1x8o2v5Y3A==\nMIME-Version", 1))
	}
	for name, c := range map[string]struct {
		replace []string
		joins   bool
	}{
		"an answer without ids": {nil, true},
		// the prefix is cut, so that the subject by itself joins nothing
		"without a prefix":          {[]string{"RE: Offer", "Offer"}, true},
		"another subject":           {[]string{"RE: Offer for the new line", "Invoice"}, false},
		"another conversation":      {[]string{"AQHcXWjv", "AQHcXXXX", "RE: Offer", "Offer"}, false},
		"of somebody else":          {[]string{jan, "eve@evil.example"}, false},
		"that cites another thread": {[]string{"Thread-Topic", "In-Reply-To: <theirs@lis.example>\nThread-Topic"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := open(t)
			first := begun(o)
			o.post(zofia, header("Zofia <"+zofia+">", "{{inbound}}", "Other matters", "theirs@lis.example")+"\nhi\n")
			raw := strings.NewReplacer(c.replace...).Replace(o.letter("outlook-reply"))
			e := o.post(sender(raw), raw)
			if slices.Equal(e.Threads, first.Threads) != c.joins {
				t.Errorf("threads %v after %v: %q", e.Threads, first.Threads, e.Evidence)
			}
		})
	}
}

func TestSubjectJoinsOnlyWhatIsUnmistakable(t *testing.T) {
	t.Parallel()
	answer := func(o office) entry {
		return o.post(jan, header("Jan <"+jan+">", "{{inbound}}", "Re: Spare parts for the press", "answer@klient.example")+"\nyes\n")
	}
	ask := func(o office, id string) entry {
		return o.post(ada, header("Ada <"+ada+">", "Jan <"+jan+">", "Spare parts for the press", id)+"\ndo you need any?\n")
	}
	t.Run("one thread", func(t *testing.T) {
		t.Parallel()
		o := open(t)
		begun := ask(o, "one@acme.example")
		if e := answer(o); !slices.Equal(e.Threads, begun.Threads) || !strings.Contains(strings.Join(e.Evidence, "\n"), "inferred") {
			t.Errorf("threads %v, want %v: %q", e.Threads, begun.Threads, e.Evidence)
		}
	})
	t.Run("two threads of one person", func(t *testing.T) {
		t.Parallel()
		o := open(t)
		a, b := ask(o, "one@acme.example"), ask(o, "two@acme.example")
		if e := answer(o); slices.Equal(e.Threads, a.Threads) || slices.Equal(e.Threads, b.Threads) {
			t.Errorf("threads %v of %v and %v", e.Threads, a.Threads, b.Threads)
		}
	})
	t.Run("a thread each of two persons with the address", func(t *testing.T) {
		t.Parallel()
		o := open(t)
		o.person("Jan", jan, 0)
		a := ask(o, "one@acme.example")
		o.app.Later(time.Minute)
		other := o.person("Office of Klient", jan, 0)
		o.deal("Makes him the one", other, 0)
		b := ask(o, "two@acme.example")
		if slices.Equal(a.Persons, b.Persons) {
			t.Fatalf("both threads are of %v", a.Persons)
		}
		if e := answer(o); slices.Equal(e.Threads, a.Threads) || slices.Equal(e.Threads, b.Threads) {
			t.Errorf("threads %v of %v and %v: %q", e.Threads, a.Threads, b.Threads, e.Evidence)
		}
	})
	t.Run("after 60 days", func(t *testing.T) {
		t.Parallel()
		o := open(t)
		begun := ask(o, "one@acme.example")
		o.app.Later(61 * 24 * time.Hour)
		raw := strings.Replace(header("Jan <"+jan+">", "{{inbound}}", "Re: Spare parts for the press", "late@klient.example"), "23 Nov 2026", "23 Jan 2027", 1)
		if e := o.post(jan, raw+"\nyes\n"); slices.Equal(e.Threads, begun.Threads) {
			t.Errorf("joined %v", e.Threads)
		}
	})
}
