package mailbox_test

import (
	"strings"
	"testing"

	"github.com/lejek/lejek/shared/mailbox"
)

// reader believes DMARC alone and takes the last two labels for the registrable domain.
var reader = mailbox.Reader{
	Aligned: func(_ mailbox.Parsed, c mailbox.Checks) (bool, string) { return c.DMARC == "PASS", "DMARC " + c.DMARC },
	Forward: func(p mailbox.Parsed) []mailbox.Inner { return p.Inner },
	Safe:    func(html string, _ func(string) bool) string { return html },
	Domain: func(address string) string {
		labels := strings.Split(address[strings.LastIndexByte(address, '@')+1:], ".")
		return strings.Join(labels[max(0, len(labels)-2):], ".")
	},
	FreeMail: func(address string) bool { return strings.HasSuffix(address, "free.example") },
}

var roles = mailbox.Roles{
	Users:  []mailbox.User{{ID: 1, Email: "ada@acme.example"}, {ID: 2, Email: "bob@acme.example"}, {ID: 3, Email: "cy@free.example"}},
	Domain: "in.example",
}

func at(emails ...string) (list []mailbox.Address) {
	for _, e := range emails {
		list = append(list, mailbox.Address{Email: e, Strict: true})
	}
	return list
}

func written(from string, to ...string) mailbox.Parsed {
	return mailbox.Parsed{From: at(from), FromFields: 1, To: at(to...), Header: map[string][]string{"From": {from}}}
}

func TestJudgement(t *testing.T) {
	t.Parallel()
	forward := func(inner mailbox.Parsed, how string) mailbox.Parsed {
		p := written("ada@acme.example", "team@in.example")
		p.Inner = []mailbox.Inner{{How: how, Parsed: inner}}
		return p
	}
	signals := func(s mailbox.Signals) mailbox.Parsed {
		p := written("x@out.example", "ada@acme.example")
		p.Signals = s
		return p
	}
	redirected := written("x@out.example", "ada@acme.example")
	redirected.Signals.ForwardedFor = []string{"ada@acme.example"}
	twoFrom := written("x@out.example", "ada@acme.example")
	twoFrom.FromFields = 2
	fail := mailbox.Checks{DMARC: "FAIL"}
	for name, c := range map[string]struct {
		parsed      mailbox.Parsed
		checks      mailbox.Checks // zero: all pass
		spam, virus string
		state       string
		rule        int
		about       string // external parties of the first item
		sent        bool
	}{
		"a user writes to a contact":                 {parsed: written("ada@acme.example", "x@out.example"), rule: 1, about: "x@out.example", sent: true},
		"with the dedicated address in sight":        {parsed: written("ada@acme.example", "x@out.example", "team@in.example"), rule: 2, about: "x@out.example", sent: true},
		"to several":                                 {parsed: written("ada@acme.example", "x@out.example", "bob@acme.example", "y@out.example"), rule: 3, about: "x@out.example y@out.example", sent: true},
		"a contact answers all":                      {parsed: written("x@out.example", "ada@acme.example"), rule: 4, about: "x@out.example"},
		"a forward, inline":                          {parsed: forward(written("x@out.example", "ada@acme.example"), mailbox.InnerText), rule: 5, about: "x@out.example"},
		"a forward, attached":                        {parsed: forward(written("x@out.example", "ada@acme.example"), mailbox.InnerAttached), rule: 6, about: "x@out.example"},
		"a forward of one's own mail":                {parsed: forward(written("bob@acme.example", "y@out.example"), mailbox.InnerHTML), rule: 7, about: "y@out.example", sent: true},
		"a forward that names no address":            {parsed: forward(mailbox.Parsed{From: []mailbox.Address{{Name: "Jan"}}}, mailbox.InnerHTML), rule: 9},
		"a user's mailbox relays":                    {parsed: redirected, checks: mailbox.Checks{DMARC: "FAIL", SPF: "PASS", MailFrom: "ada@acme.example"}, rule: 10, about: "x@out.example"},
		"a relay that names a user, from elsewhere":  {parsed: redirected, checks: mailbox.Checks{DMARC: "FAIL", SPF: "PASS", MailFrom: "x@evil.example"}, state: mailbox.Quarantined, rule: 21},
		"a false user":                               {parsed: written("ada@acme.example", "x@out.example"), checks: fail, state: mailbox.Quarantined, rule: 20},
		"a stranger":                                 {parsed: written("x@out.example", "team@in.example"), rule: 21, about: "x@out.example"},
		"a stranger whose domain denies it":          {parsed: written("x@out.example", "team@in.example"), checks: fail, state: mailbox.Quarantined, rule: 21},
		"two From fields":                            {parsed: twoFrom, state: mailbox.Quarantined, rule: 21},
		"no sender":                                  {parsed: mailbox.Parsed{Header: map[string][]string{"Subject": {"x"}}}, state: mailbox.Quarantined, rule: 21},
		"colleagues only":                            {parsed: written("ada@acme.example", "bob@acme.example"), rule: 22, sent: true},
		"nobody but the blind copy":                  {parsed: written("ada@acme.example"), rule: 22, sent: true},
		"out of office":                              {parsed: signals(mailbox.Signals{AutoSubmitted: "auto-replied"}), rule: 24, about: "x@out.example"},
		"a bounce":                                   {parsed: signals(mailbox.Signals{Report: "delivery-status"}), rule: 25},
		"a mailing list":                             {parsed: signals(mailbox.Signals{ListID: "l"}), rule: 26, about: "x@out.example"},
		"a read receipt":                             {parsed: signals(mailbox.Signals{Report: "disposition-notification"}), rule: 27, about: "x@out.example"},
		"an answer to an invitation":                 {parsed: signals(mailbox.Signals{CalendarMethod: "REPLY"}), rule: 27, about: "x@out.example"},
		"our own mail":                               {parsed: written("team@in.example", "ada@acme.example"), state: mailbox.Ignored, rule: 31},
		"a virus, even from a user":                  {parsed: written("ada@acme.example", "x@out.example"), virus: "FAIL", state: mailbox.Quarantined, rule: 32},
		"spam":                                       {parsed: written("x@out.example", "team@in.example"), spam: "FAIL", state: mailbox.Quarantined, rule: 32},
		"spam, says the scan of a user's mail":       {parsed: written("ada@acme.example", "x@out.example"), spam: "FAIL", rule: 1, about: "x@out.example", sent: true},
		"nothing but what the receiving server adds": {parsed: mailbox.Parsed{Header: map[string][]string{"Received": {"x"}}}, state: mailbox.Unparsable, rule: 34},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if c.checks == (mailbox.Checks{}) {
				c.checks = mailbox.Checks{DMARC: "PASS"}
			}
			j := roles.Judge(mailbox.Delivery{Parsed: c.parsed, Checks: c.checks, Spam: c.spam, Virus: c.virus}, reader)
			if j.State != c.state || j.Rule != c.rule {
				t.Fatalf("%q by row %d, want %q by %d: %q", j.State, j.Rule, c.state, c.rule, j.Evidence)
			}
			if j.State != "" {
				return
			}
			var about []string
			for _, a := range j.Items[0].About {
				about = append(about, a.Email)
			}
			if got := strings.Join(about, " "); got != c.about || j.Items[0].Sent != c.sent {
				t.Errorf("about %q, sent %v", got, j.Items[0].Sent)
			}
		})
	}
}

// TestNobodyIsCreatedOfMailThatProvesNothing: robots, lists and unproven senders never become persons.
func TestNobodyIsCreatedOfMailThatProvesNothing(t *testing.T) {
	t.Parallel()
	list := written("x@out.example", "team@in.example")
	list.Signals.Precedence = "bulk"
	for name, c := range map[string]struct {
		parsed mailbox.Parsed
		dmarc  string
		may    bool
	}{
		"a proven stranger": {written("x@out.example", "team@in.example"), "PASS", true},
		"an unproven one":   {written("x@out.example", "team@in.example"), "GRAY", false},
		"a robot":           {written("no-reply@out.example", "team@in.example"), "PASS", false},
		"a list":            {list, "PASS", false},
	} {
		j := roles.Judge(mailbox.Delivery{Parsed: c.parsed, Checks: mailbox.Checks{DMARC: c.dmarc}}, reader)
		if j.Items[0].MayCreate != c.may {
			t.Errorf("%s: may create %v", name, j.Items[0].MayCreate)
		}
	}
}
