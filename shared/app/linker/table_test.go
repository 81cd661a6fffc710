package linker_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lejek/lejek/shared/app/apptest"
	"github.com/lejek/lejek/shared/value"
)

const (
	zofia = "zofia@lis.example"
	ada   = "ada@acme.example"
)

// row is a case of a row of the decision table: a letter, what was there before it, and what becomes of it.
type row struct {
	row, letter, before string        // before: letters received earlier, by name
	setup               func(office)  // records that are there; nil for none
	from, tag           string        // the envelope's sender where it is not From; what is appended to the local part of the address
	state, why          string        // of the letter; why is part of the evidence or the reason
	rule                int           // that decided
	persons             string        // names of all persons afterwards
	messages            int           // that the letter is, or brought
	label               string        // of the message
	check               func(outcome) // what else holds; nil for nothing
}

// outcome is an office after a letter.
type outcome struct {
	office
	entry
}

func jan1(o office) { o.person("Jan Kowalski", jan, 0) }

// rows go through the table by number, each case with a real message.
var rows = []row{
	{row: "1", letter: "outbound", state: "linked", rule: 1, persons: "Kowalski, Jan", messages: 1, check: func(o outcome) {
		if m := o.message(); m.Sent != 1 || m.Link.Exposed {
			o.t.Errorf("%+v", m)
		}
	}},
	{row: "2", letter: "exposed", state: "linked", rule: 2, why: "visible", persons: "Jan Kowalski", messages: 1, check: func(o outcome) {
		if !o.message().Link.Exposed || !o.Exposed {
			o.t.Errorf("nothing tells that the address is exposed: %+v", o.message().Link)
		}
	}},
	{row: "3", letter: "several", state: "linked", rule: 3, persons: "Jan Kowalski|Zofia Lis|biuro", messages: 1},
	{row: "3, the main person has a thread", letter: "kickoff-followup", before: "several-zofia", state: "linked", rule: 3, persons: "Zofia Lis|Jan Kowalski", messages: 1, check: func(o outcome) {
		if o.Persons[0] != 1 {
			o.t.Errorf("persons %v, want Zofia first", o.Persons)
		}
	}},
	{row: "3, the main person has an open deal", letter: "several", setup: func(o office) {
		o.person("Jan Kowalski", jan, 0)
		o.deal("Zofia's", o.person("Zofia Lis", zofia, 0), 0)
	}, state: "linked", rule: 3, why: "row 17: deal 1", persons: "Jan Kowalski|Zofia Lis|biuro", messages: 1, check: func(o outcome) {
		if o.Persons[0] != 2 || len(o.Persons) != 3 {
			o.t.Errorf("persons %v, want Zofia first", o.Persons)
		}
	}},
	{row: "4", letter: "reply", before: "outbound", state: "linked", rule: 4, persons: "Kowalski, Jan", messages: 1, check: func(o outcome) {
		if m := o.message(); m.Sent != 0 || o.thread(m.Thread).Count != 2 {
			o.t.Errorf("%+v", m)
		}
	}},
	{row: "5 Gmail, English", letter: "forward-gmail-en", state: "linked", rule: 5, persons: "Jan Kowalski", messages: 1},
	{row: "5 Outlook, Polish", letter: "forward-outlook-pl", state: "linked", rule: 5, persons: "Jan Kowalski", messages: 1},
	{row: "6", letter: "forward-attached", state: "linked", rule: 6, persons: "Jan Kowalski|Zofia Lis", messages: 2},
	{row: "7", letter: "forward-own", state: "linked", rule: 7, persons: "Jan Kowalski", messages: 1, check: func(o outcome) {
		if m := o.message(); m.Sent != 1 || m.Subject != "Price list 2027" || m.From[0].Email != ada {
			o.t.Errorf("%+v", m)
		}
	}},
	{row: "8", letter: "forward-outsider", state: "linked", rule: 8, persons: "Zofia Lis", messages: 1, check: func(o outcome) {
		if m := o.message(); m.Sent != 1 || m.From[0].Email != ada {
			o.t.Errorf("%+v", m)
		}
	}},
	{row: "9 suggests whom the name may be", letter: "forward-nameless", before: "outbound", state: "needs_choice", rule: 9, why: "names no address", persons: "Kowalski, Jan", messages: 1, check: func(o outcome) {
		if s := o.thread(o.Threads[0]).Suggestions; len(s) != 1 || s[0].Person != 1 || len(o.Suggestions) != 1 {
			o.t.Errorf("suggestions %+v", s)
		}
		if n := len(o.Must("GET", "/v1/persons/1/mailMessages", nil).List()); n != 1 {
			o.t.Errorf("the suggested person shows %d mails", n)
		}
	}},
	{row: "9 nobody has the name", letter: "forward-nameless", state: "needs_choice", rule: 9, messages: 1},
	{row: "9 by its ids", letter: "forward-nameless-ids", before: "outbound", state: "linked", rule: 9, why: "it answers a message", persons: "Kowalski, Jan", messages: 1},
	{row: "9 a forward without a mail", letter: "forward-empty", state: "needs_choice", rule: 9, why: "no mail was found", messages: 1},
	{row: "10", letter: "redirect", from: "ada+caf_=team=mail.lejek.localhost@acme.example", state: "linked", rule: 10, why: "relayed by", persons: "Jan Kowalski", messages: 1},
	{row: "10 by a stranger's server", letter: "redirect-foreign", from: "eve@evil.example", state: "quarantined", rule: 21, why: "DMARC failed"},
	{row: "11", letter: "secondary", setup: func(o office) {
		o.Must("POST", "/api/v2/persons", map[string]any{"name": "Jan", "emails": []any{map[string]any{"value": jan}, map[string]any{"value": "Jan.Kowalski@DOM.example"}}})
	}, state: "linked", rule: 21, persons: "Jan", messages: 1},
	{row: "12 whose thread it is", letter: "reply", before: "outbound", setup: func(o office) {
		o.person("Jan", jan, 0)
		o.app.Later(time.Minute)
		o.receive("outbound")
		o.person("Sales at Klient", jan, 0)
	}, state: "linked", rule: 4, why: "row 12: the address belongs to persons [1 2], taken is 1", persons: "Jan|Sales at Klient", messages: 1},
	{row: "12 who has an open deal", letter: "outbound", setup: func(o office) {
		o.deal("Line", o.person("Jan", jan, 0), 0)
		o.person("Sales at Klient", jan, 0)
	}, state: "linked", rule: 1, why: "row 12: the address belongs to persons [1 2], taken is 1", persons: "Jan|Sales at Klient", messages: 1},
	{row: "12 the latest", letter: "outbound", setup: func(o office) {
		o.person("Jan", jan, 0)
		o.app.Later(time.Minute)
		o.person("Sales at Klient", jan, 0)
	}, state: "linked", rule: 1, why: "row 12: the address belongs to persons [1 2], taken is 2", persons: "Jan|Sales at Klient", messages: 1},
	{row: "13", letter: "unknown", state: "linked", rule: 21, why: "row 13: person", persons: "Michał Wiśniewski", messages: 1, check: func(o outcome) {
		if p := o.Must("GET", "/api/v2/persons/1", nil).Data(); p["from_mail"] != true {
			o.t.Errorf("nothing tells that the person is from mail: %v", p)
		}
	}},
	{row: "13 unproven", letter: "unproven", state: "needs_choice", rule: 21, why: "not proven", messages: 1},
	{row: "14", letter: "colleague", setup: func(o office) {
		org := o.Must("POST", "/api/v2/organizations", map[string]any{"name": "Klient"}).ID()
		o.person("Jan", jan, org)
	}, state: "linked", rule: 21, why: "row 14: organization 1", persons: "Jan|Anna", messages: 1},
	{row: "15 of a user", letter: "outbound", tag: "+DEAL1", setup: func(o office) { o.deal("Tagged", 0, 0) },
		state: "linked", rule: 1, why: "row 15: addressed to deal 1", persons: "Kowalski, Jan", messages: 1, check: dealIs(1)},
	{row: "15 of an outsider", letter: "unknown", tag: "+deal1", setup: func(o office) { o.deal("Tagged", 0, 0) },
		state: "linked", rule: 21, why: "row 15: the tag of deal 1 was ignored, since it is not signed", persons: "Michał Wiśniewski", messages: 1, check: dealIs(0)},
	{row: "15 of no deal", letter: "outbound", tag: "+deal77", state: "linked", rule: 1, why: "there is no deal 77", persons: "Kowalski, Jan", messages: 1, check: dealIs(0)},
	{row: "15 that names nothing", letter: "outbound", tag: "+deal1x", setup: func(o office) { o.deal("Tagged", 0, 0) },
		state: "linked", rule: 1, why: "names nothing", persons: "Kowalski, Jan", messages: 1, check: dealIs(0)},
	{row: "16", letter: "reply", setup: func(o office) {
		p := o.person("Jan", jan, 0)
		o.deal("Line", p, 0)
		o.receive("outbound")
		o.deal("Spare parts", p, 0)
	}, state: "linked", rule: 4, why: "row 16: the thread has deal 1", persons: "Jan", messages: 1, check: dealIs(1)},
	{row: "16 closed, another open", letter: "reply", setup: func(o office) {
		p := o.person("Jan", jan, 0)
		o.deal("Line", p, 0)
		o.receive("outbound")
		o.deal("Spare parts", p, 0)
		o.Must("PATCH", "/api/v2/deals/1", map[string]any{"status": "won"})
	}, state: "needs_choice", rule: 4, why: "row 16: deal 1 is closed", persons: "Jan", messages: 1, check: dealIs(0, 2)},
	{row: "17", letter: "outbound", setup: func(o office) { o.deal("Line", o.person("Jan", jan, 0), 0) },
		state: "linked", rule: 1, why: "row 17: deal 1 is the one open deal", persons: "Jan", messages: 1, check: dealIs(1)},
	{row: "18", letter: "outbound", setup: func(o office) {
		p := o.person("Jan", jan, 0)
		o.deal("First", p, 0)
		o.deal("Second", p, 0)
	}, state: "needs_choice", rule: 1, why: "row 18: 2 open deals", persons: "Jan", messages: 1, check: dealIs(0, 2, 1)},
	{row: "19", letter: "outbound", setup: func(o office) {
		org := o.Must("POST", "/api/v2/organizations", map[string]any{"name": "Klient"}).ID()
		o.person("Jan", jan, org)
		o.deal("Frame contract", 0, org)
	}, state: "linked", rule: 1, why: "row 19: no open deal", persons: "Jan", messages: 1, check: dealIs(0, 1)},
	{row: "20", letter: "false-user", state: "quarantined", rule: 20},
	{row: "21", letter: "dmarc-fail", state: "quarantined", rule: 21, why: "DMARC failed"},
	{row: "22", letter: "internal", state: "ignored", rule: 22, why: "internal", messages: 1},
	{row: "23", letter: "user-as-contact", setup: func(o office) { o.person("Bartek as a customer", "bartek@acme.example", 0) },
		state: "linked", rule: 1, persons: "Bartek as a customer|Jan Kowalski", messages: 1, check: func(o outcome) {
			if !slices.Equal(o.Persons, []int64{2}) {
				o.t.Errorf("persons %v", o.Persons)
			}
		}},
	{row: "24", letter: "out-of-office", before: "outbound", state: "linked", rule: 24, persons: "Kowalski, Jan", messages: 1, label: "auto_reply", check: func(o outcome) {
		if n := len(o.Must("GET", "/api/v2/activities", nil).List()); n != 0 {
			o.t.Errorf("%d activities", n)
		}
	}},
	{row: "24 of a stranger", letter: "out-of-office", state: "needs_choice", rule: 24, why: "a machine wrote it", messages: 1, label: "auto_reply"},
	{row: "25", letter: "bounce", before: "outbound", state: "linked", rule: 25, persons: "Kowalski, Jan", messages: 1, label: "bounce", check: func(o outcome) {
		if raw := o.Must("GET", "/api/v2/persons/1", nil).Raw; !strings.Contains(raw, `"bounced_emails":[{"value":"jan.kowalski@klient.example","status":"5.1.1"`) {
			o.t.Errorf("the address is not marked: %s", raw)
		}
		o.Must("PATCH", "/api/v2/persons/1", map[string]any{"emails": []any{map[string]any{"value": "jan@klient.example"}}})
		if raw := o.Must("GET", "/api/v2/persons/1", nil).Raw; strings.Contains(raw, "bounced_emails") {
			o.t.Errorf("the mark outlives the address: %s", raw)
		}
	}},
	{row: "25 of unknown mail", letter: "bounce", setup: jan1, state: "ignored", rule: 25, why: "not here", persons: "Jan Kowalski", check: notBounced},
	{row: "25 of mail to somebody else", letter: "bounce", before: "exposed-same-id", setup: jan1, state: "linked", rule: 25, persons: "Jan Kowalski|Zofia Lis", messages: 1, label: "bounce", check: notBounced},
	{row: "26", letter: "newsletter", state: "needs_choice", rule: 26, messages: 1, label: "list"},
	{row: "26 of a known person", letter: "newsletter", setup: func(o office) { o.person("Shop", "news@shop.example", 0) }, state: "linked", rule: 26, persons: "Shop", messages: 1, label: "list"},
	{row: "27 read receipt", letter: "read-receipt", before: "outbound", state: "linked", rule: 27, persons: "Kowalski, Jan", messages: 1, label: "receipt"},
	{row: "27 calendar reply", letter: "calendar-reply", before: "several", state: "linked", rule: 27, persons: "Jan Kowalski|Zofia Lis|biuro", messages: 1, label: "calendar_reply"},
	{row: "27 calendar reply to nothing", letter: "calendar-reply", setup: jan1, state: "ignored", rule: 27, why: "not here", persons: "Jan Kowalski"},
	{row: "27 DMARC report", letter: "dmarc-report", state: "ignored", rule: 27, why: "not here"},
	{row: "27 complaint", letter: "arf-report", state: "ignored", rule: 27, why: "not here"},
	{row: "28", letter: "unknown", before: "unknown", state: "linked", rule: 28, persons: "Michał Wiśniewski", messages: 1},
	{row: "28 with a tag", letter: "outbound", tag: "+deal1", setup: func(o office) {
		o.deal("Tagged", 0, 0)
		o.receive("outbound")
	}, state: "linked", rule: 28, why: "row 15: addressed to deal 1", persons: "Kowalski, Jan", messages: 1, check: dealIs(1)},
	{row: "28 with an outsider's tag", letter: "unknown", tag: "+deal1", setup: func(o office) {
		o.deal("Tagged", 0, 0)
		o.receive("unknown")
	}, state: "linked", rule: 28, why: "row 15: the tag of deal 1 was ignored, since it is not signed", persons: "Michał Wiśniewski", messages: 1, check: dealIs(0)},
	{row: "28 with a tag, after a user's choice", letter: "outbound", tag: "+deal1", setup: func(o office) {
		o.deal("Tagged", 0, 0)
		o.deal("Chosen", 0, 0)
		o.receive("outbound")
		o.Must("PUT", "/v1/mailbox/mailThreads/1", map[string]any{"deal_id": 2})
	}, state: "linked", rule: 28, persons: "Kowalski, Jan", messages: 1, check: dealIs(2)},
	{row: "29", letter: "same-id", before: "unknown", state: "linked", rule: 29, persons: "Michał Wiśniewski", messages: 1},
	{row: "29 again", letter: "same-id", before: "unknown same-id", state: "linked", rule: 28, persons: "Michał Wiśniewski", messages: 1},
	{row: "30", letter: "no-id", state: "linked", rule: 21, persons: "Michal", messages: 1},
	{row: "30 again", letter: "no-id", before: "no-id", state: "linked", rule: 28, persons: "Michal", messages: 1},
	{row: "31", letter: "own-reminder", state: "ignored", rule: 31},
	{row: "31 under another From", letter: "own-reminder-rewritten", state: "ignored", rule: 31},
	{row: "32 virus", letter: "virus", state: "quarantined", rule: 32, why: "virus"},
	{row: "32 spam", letter: "spam", state: "quarantined", rule: 32, why: "spam"},
	{row: "32 spam of a user", letter: "spam-user", state: "linked", rule: 1, persons: "Jan Kowalski", messages: 1},
	{row: "33 S/MIME", letter: "smime", before: "outbound", state: "linked", rule: 4, why: "row 33", persons: "Kowalski, Jan", messages: 1, label: "encrypted", check: keepsFile("smime.p7m")},
	{row: "33 winmail.dat", letter: "winmail", before: "outbound", state: "linked", rule: 4, why: "row 33", persons: "Kowalski, Jan", messages: 1, label: "encrypted", check: keepsFile("winmail.dat")},
	{row: "33 that a user forwards", letter: "forward-encrypted", state: "needs_choice", rule: 33, messages: 1, label: "encrypted"},
	{row: "34", letter: "broken", state: "unparsable", rule: 34},
	{row: "34 over the limits", letter: "too-deep", before: "outbound", state: "linked", rule: 4, why: "row 34: not parsed", persons: "Kowalski, Jan", messages: 1, label: "not_parsed"},
}

// TestRowsOfTheDecisionTable goes through the table row by row.
func TestRowsOfTheDecisionTable(t *testing.T) {
	t.Parallel()
	for _, c := range rows {
		t.Run("row "+c.row, func(t *testing.T) {
			t.Parallel()
			o := open(t)
			if c.setup != nil {
				c.setup(o)
			}
			for name := range strings.FieldsSeq(c.before) {
				o.receive(name)
			}
			before := len(o.entries(""))
			o.app.Later(time.Second)
			local, domain, _ := strings.Cut(o.Address(), "@")
			raw := o.letter(c.letter)
			from := c.from
			if from == "" {
				from = sender(raw)
			}
			o.app.Deliver(apptest.Mail{From: from, To: []string{local + c.tag + "@" + domain}, Raw: raw})
			e := o.newest()
			if e.State != c.state || e.Rule != c.rule {
				t.Errorf("%s by rule %d, want %s by %d: %s %q", e.State, e.Rule, c.state, c.rule, e.Reason, e.Evidence)
			}
			if all := strings.Join(append(e.Evidence, e.Reason), "\n"); !strings.Contains(all, c.why) {
				t.Errorf("nothing says %q in\n%s", c.why, all)
			}
			var names []string
			for _, p := range o.persons() {
				names = append(names, p.Name)
			}
			if got := strings.Join(names, "|"); got != c.persons {
				t.Errorf("persons %q, want %q", got, c.persons)
			}
			if len(e.Messages) != c.messages {
				t.Fatalf("messages %v, want %d", e.Messages, c.messages)
			}
			if n := len(o.entries("")); n != before+1 {
				t.Errorf("%d entries after %d", n, before)
			}
			out := outcome{o, e}
			if c.messages > 0 && value.Deref(out.message().Link.Label) != c.label {
				t.Errorf("label %v, want %q", value.Deref(out.message().Link.Label), c.label)
			}
			if c.check != nil {
				c.check(out)
			}
		})
	}
}

// TestEveryRowHasItsLetter: the table has 34 rows.
func TestEveryRowHasItsLetter(t *testing.T) {
	t.Parallel()
	for n := 1; n <= 34; n++ {
		number := apptest.Path("%d", n)
		if !slices.ContainsFunc(rows, func(r row) bool {
			return strings.FieldsFunc(r.row, func(c rune) bool { return c == ' ' || c == ',' })[0] == number
		}) {
			t.Errorf("no case for row %d", n)
		}
	}
}

// message is the first one that the letter is, or brought.
func (o outcome) message() message {
	o.t.Helper()
	return read[message](o.office, apptest.Path("/v1/mailbox/mailMessages/%d?include_body=1", o.Messages[0]))
}

// dealIs demands the thread's deal, 0 for none, and the deals to choose from, in their order.
func dealIs(deal int64, candidates ...int64) func(outcome) {
	return func(o outcome) {
		o.t.Helper()
		th := o.thread(o.Threads[0])
		var ids []int64
		for _, c := range th.Candidates {
			ids = append(ids, c.ID)
		}
		if value.Deref(th.DealID) != deal || !slices.Equal(ids, candidates) {
			o.t.Errorf("deal %d of %v, want %d of %v", value.Deref(th.DealID), ids, deal, candidates)
		}
		if n := 0; deal != 0 {
			if n = len(o.Must("GET", apptest.Path("/v1/deals/%d/mailMessages", deal), nil).List()); n == 0 {
				o.t.Errorf("the deal shows no mail")
			}
		}
	}
}

func keepsFile(name string) func(outcome) {
	return func(o outcome) {
		o.t.Helper()
		if raw := o.Must("GET", "/v1/files", nil).Raw; !strings.Contains(raw, name) {
			o.t.Errorf("%s is not kept: %s", name, raw)
		}
	}
}

func notBounced(o outcome) {
	o.t.Helper()
	if raw := o.Must("GET", "/api/v2/persons/1", nil).Raw; strings.Contains(raw, "bounced_emails") {
		o.t.Errorf("marked by a bounce of mail that did not go there: %s", raw)
	}
}
