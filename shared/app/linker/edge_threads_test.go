package linker_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lejek/lejek/shared/app/apptest"
)

// says is a mail of somebody to Ada, with further header fields.
func (o office) says(from, subject, id, fields string) entry {
	o.t.Helper()
	return o.post(from, header("X <"+from+">", "Ada <"+ada+">", subject, id)+fields+"\nsays "+id+"\n")
}

// writes is a mail of Ada to somebody.
func (o office) writes(to, subject, id, fields string) entry {
	o.t.Helper()
	return o.post(ada, header("Ada <"+ada+">", "X <"+to+">", subject, id)+fields+"\nwrites "+id+"\n")
}

func (o office) together(a, b entry, want bool) {
	o.t.Helper()
	if slices.Equal(a.Threads, b.Threads) != want {
		o.t.Errorf("threads %v and %v, together should be %v: %q", a.Threads, b.Threads, want, b.Evidence)
	}
}

func TestEdgesOfThreads(t *testing.T) {
	t.Parallel()
	runEdges(t, []edge{
		{"24 the reply comes before its parent", func(o office) {
			reply := o.says(jan, "Re: Line", "reply@klient.example", "In-Reply-To: <parent@acme.example>\n")
			parent := o.writes(jan, "Line", "parent@acme.example", "")
			o.together(reply, parent, true)
			if list := o.messages(parent.Threads[0]); len(list) != 2 {
				o.t.Errorf("%d messages", len(list))
			}
		}},
		{"24 a stranger who cites a mail to come does not take it", func(o office) {
			stranger := o.says("eve@evil.example", "Re: Line", "trap@evil.example", "In-Reply-To: <parent@klient.example>\n")
			parent := o.says(jan, "Line", "parent@klient.example", "")
			o.together(stranger, parent, false)
			o.together(parent, o.says(jan, "Re: Line", "next@klient.example", "In-Reply-To: <parent@klient.example>\n"), true)
		}},
		{"24 a parent that comes last, between what it answers and what answers it", func(o office) {
			reply := o.says(jan, "Re: Line", "reply@klient.example", "In-Reply-To: <between@acme.example>\n")
			begun := o.says(jan, "The line", "begun@klient.example", "")
			between := o.writes(jan, "Re: The line", "between@acme.example", "In-Reply-To: <begun@klient.example>\n")
			o.together(reply, between, true)
			o.together(begun, between, false)
			if !strings.Contains(strings.Join(between.Evidence, "\n"), apptest.Path("also mentions a message of thread %d", begun.Threads[0])) {
				o.t.Errorf("nothing tells that the threads belong together: %q", between.Evidence)
			}
		}},
		{"25 a known id in the middle of the chain", func(o office) {
			begun := o.writes(jan, "Line", "known@acme.example", "")
			e := o.says(jan, "Re: Other words", "late@klient.example", "In-Reply-To: <n3@klient.example>\nReferences: <n0@acme.example> <known@acme.example> <n2@klient.example> <n3@klient.example>\n")
			o.together(begun, e, true)
			o.together(begun, o.says(jan, "Re: Again other", "later@klient.example", "In-Reply-To: <n2@klient.example>\n"), true)
		}},
		{"26 In-Reply-To with prose and several ids", func(o office) {
			begun := o.writes(jan, "Line", "20261123.0900@acme.example", "") // in prose an id must not look like an address
			o.together(begun, o.says(jan, "Re: X", "prose@klient.example", "In-Reply-To: Your message of Mon, 23 Nov 2026 \"<20261123.0900@acme.example>\"\n"), true)
			o.together(begun, o.says(jan, "Re: Y", "several@klient.example", "In-Reply-To: <unknown@x.example> <20261123.0900@acme.example>\n"), true)
			o.together(begun, o.says(jan, "Re: Z", "none@klient.example", "In-Reply-To: your message of Monday\n"), false)
		}},
		{"27 folded, comma-separated and truncated References", func(o office) {
			begun := o.writes(jan, "Line", "known@acme.example", "")
			o.together(begun, o.says(jan, "Re: A", "folded@klient.example", "References: <a@x.example>\n\t<known@acme.example>\n <b@x.example>\n"), true)
			o.together(begun, o.says(jan, "Re: B", "commas@klient.example", "References: <c@x.example>, <known@acme.example>,<d@x.example>\n"), true)
			o.together(begun, o.says(jan, "Re: C", "cut@klient.example", "References: <known@acme.example> <cut-off@x.exa\n"), true)
		}},
		{"28 the subject is changed in a thread", func(o office) {
			begun := o.writes(jan, "Line", "known@acme.example", "")
			o.together(begun, o.says(jan, "Transport (was: Line)", "changed@klient.example", "In-Reply-To: <known@acme.example>\n"), true)
		}},
		{"29 a template subject to two customers", func(o office) {
			a := o.writes(jan, "Your offer from Acme", "one@acme.example", "")
			b := o.writes(zofia, "Your offer from Acme", "two@acme.example", "")
			o.together(a, b, false)
			o.together(b, o.says(zofia, "Re: Your offer from Acme", "answer@lis.example", ""), true)
			o.together(a, o.says(jan, "Re: Your offer from Acme", "answer@klient.example", ""), true)
		}},
		{"30 a new topic by Reply", func(o office) {
			begun := o.writes(jan, "Line", "known@acme.example", "")
			o.together(begun, o.says(jan, "Christmas party", "party@klient.example", "In-Reply-To: <known@acme.example>\nReferences: <known@acme.example>\n"), true)
		}},
		{"31 a forged reference to another customer's thread", func(o office) {
			begun := o.writes(jan, "Line", "known@acme.example", "")
			e := o.says("eve@evil.example", "Re: Line", "forged@evil.example", "In-Reply-To: <known@acme.example>\n")
			o.together(begun, e, false)
			if !strings.Contains(strings.Join(e.Evidence, "\n"), apptest.Path("also mentions a message of thread %d", begun.Threads[0])) || o.thread(begun.Threads[0]).Count != 1 {
				o.t.Errorf("%q", e.Evidence)
			}
			if n := len(o.Must("GET", "/v1/persons/1/mailMessages", nil).List()); n != 1 {
				o.t.Errorf("the customer shows %d mails", n)
			}
		}},
		{"31 to another team's thread", func(o office) {
			other := office{o.app.NewTeam("Other"), o.t, o.app}
			o.writes(jan, "Line", "known@acme.example", "")
			e := other.says(jan, "Re: Line", "other@klient.example", "In-Reply-To: <known@acme.example>\n")
			if other.thread(e.Threads[0]).Count != 1 || o.thread(1).Count != 1 {
				o.t.Errorf("%+v", e)
			}
		}},
		{"32 the same Message-ID with another body", func(o office) {
			a := o.says(jan, "Line", "same@klient.example", "")
			b := o.post(jan, header("X <"+jan+">", "Ada <"+ada+">", "Line", "same@klient.example")+"\nsomething else\n")
			if b.Rule != 29 || slices.Equal(a.Messages, b.Messages) {
				o.t.Errorf("%+v", b)
			}
			c := o.post("eve@evil.example", header("E <eve@evil.example>", "Ada <"+ada+">", "Line", "same@klient.example")+"\nlet me in\n")
			o.together(a, c, false)
		}},
		{"35 an empty subject joins nothing", func(o office) {
			begun := o.says(jan, "", "none@klient.example", "")
			o.together(begun, o.says(jan, "Re:", "answer@klient.example", ""), false)
			o.together(begun, o.says(jan, "", "known@klient.example", "In-Reply-To: <none@klient.example>\n"), true)
		}},
		{"36 a thread whose deal was lost", func(o office) {
			p := o.person("Jan", jan, 0)
			d := o.deal("Line", p, 0)
			begun := o.writes(jan, "Line", "known@acme.example", "")
			o.app.Later(time.Second)
			o.Must("PATCH", apptest.Path("/api/v2/deals/%d", d), map[string]any{"status": "lost"})
			e := o.says(jan, "Re: Line", "reply@klient.example", "In-Reply-To: <known@acme.example>\n")
			o.together(begun, e, true)
			if th := o.thread(e.Threads[0]); th.DealID == nil || *th.DealID != d || e.State != "linked" { // no other is open
				o.t.Errorf("%+v", th)
			}
		}},
		{"38 references in a loop", func(o office) {
			a := o.says(jan, "Line", "a@klient.example", "In-Reply-To: <b@klient.example>\nReferences: <a@klient.example> <b@klient.example>\n")
			b := o.says(jan, "Re: Line", "b@klient.example", "In-Reply-To: <a@klient.example>\nReferences: <b@klient.example> <a@klient.example>\n")
			o.together(a, b, true)
		}},
	})
}
