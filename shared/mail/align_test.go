package mail_test

import (
	"slices"
	"testing"

	"github.com/lejek/lejek/shared/mail"
	"github.com/lejek/lejek/shared/mailbox"
)

func TestAlignedBelievesOnlyTheDomainInFrom(t *testing.T) {
	t.Parallel()
	const ses = "Authentication-Results: amazonses.com;\n spf=pass client-ip=1.2.3.4; envelope-from=x@example.com;\n dkim=pass header.i=@mail.example.co.uk;\n dmarc=none\n"
	for name, c := range map[string]struct {
		header string
		checks mailbox.Checks
		want   bool
	}{
		"DMARC":                           {"From: a@example.com\n", mailbox.Checks{DMARC: "PASS"}, true},
		"nothing passed":                  {"From: a@example.com\n", mailbox.Checks{DMARC: "GRAY", SPF: "FAIL", DKIM: "FAIL", MailFrom: "a@example.com"}, false},
		"SPF for the same domain":         {"From: a@example.com\n", mailbox.Checks{SPF: "PASS", MailFrom: "bounce@mail.example.com"}, true},
		"SPF for the attacker's domain":   {"From: a@example.com\n", mailbox.Checks{SPF: "PASS", MailFrom: "a@evil.example"}, false},
		"SPF for a sibling of the suffix": {"From: a@one.co.uk\n", mailbox.Checks{SPF: "PASS", MailFrom: "a@two.co.uk"}, false},
		"DKIM for the same domain":        {ses + "From: a@example.co.uk\n", mailbox.Checks{DKIM: "PASS"}, true},
		"DKIM for another domain":         {ses + "From: a@other.co.uk\n", mailbox.Checks{DKIM: "PASS"}, false},
		"DKIM that the event denies":      {ses + "From: a@example.co.uk\n", mailbox.Checks{DKIM: "FAIL"}, false},
		"injected below SES's field":      {ses + "Authentication-Results: amazonses.com; dkim=pass header.i=@bank.example\nFrom: a@bank.example\n", mailbox.Checks{DKIM: "PASS"}, false},
		"injected under another name":     {"Authentication-Results: mx.bank.example; dkim=pass header.i=@bank.example\nFrom: a@bank.example\n", mailbox.Checks{DKIM: "PASS"}, false},
		"injected through a comment":      {"Authentication-Results: amazonses.com; spf=fail (domain of x;dkim=pass header.i=@bank.example ) client-ip=1.2.3.4\nFrom: a@bank.example\n", mailbox.Checks{DKIM: "PASS"}, false},
		"injected through a quoted name":  {"Authentication-Results: amazonses.com; spf=fail envelope-from=\"x;dkim=pass header.i=@bank.example\"@evil.example\nFrom: a@bank.example\n", mailbox.Checks{DKIM: "PASS"}, false},
		"two From fields":                 {"From: a@example.com\nFrom: b@example.com\n", mailbox.Checks{DMARC: "PASS"}, false},
		"two addresses in From":           {"From: a@example.com, b@example.com\n", mailbox.Checks{DMARC: "PASS"}, false},
		"a malformed From":                {"From: Doe, Jo <a@example.com>\n", mailbox.Checks{DMARC: "PASS"}, false},
		"an empty From":                   {"From: <>\nTo: x@example.com\n", mailbox.Checks{DMARC: "PASS"}, false},
		"a name only":                     {"From: Jo\n", mailbox.Checks{DMARC: "PASS"}, false},
		"a public suffix":                 {"From: a@co.uk\n", mailbox.Checks{SPF: "PASS", MailFrom: "a@co.uk"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got, why := mail.Aligned(parse(t, c.header+"\nx"), c.checks); got != c.want {
				t.Errorf("got %v: %s", got, why)
			}
		})
	}
}

func TestAuthResultsReadsWhatSESWrites(t *testing.T) {
	t.Parallel()
	r := fixture(t, "forward/gmail-en.eml").AuthResults
	if !r.Present || r.SPF != "pass" || r.DKIM != "pass" || r.DMARC != "pass" || r.MailFrom != "acme.example" || !slices.Equal(r.DKIMDomains, []string{"acme.example"}) {
		t.Errorf("%+v", r)
	}
}

func TestRegistrableDomainAndFreeMail(t *testing.T) {
	t.Parallel()
	for host, want := range map[string]struct {
		domain string
		free   bool
	}{
		"jo@mail.example.co.uk": {"example.co.uk", false},
		"example.com.":          {"example.com", false},
		"jo@BÜCHER.example":     {"xn--bcher-kva.example", false},
		"jo@gmail.com":          {"gmail.com", true},
		"jo@poczta.onet.pl":     {"onet.pl", true},
		"jo@sub.wp.pl":          {"wp.pl", true},
		"co.uk":                 {"", false},
		"jo@[192.0.2.1]":        {"", false},
		"localhost":             {"", false},
		"":                      {"", false},
	} {
		if got := mail.RegistrableDomain(host); got != want.domain {
			t.Errorf("%q: domain %q, want %q", host, got, want.domain)
		}
		if got := mail.FreeMail(host); got != want.free {
			t.Errorf("%q: free %v", host, got)
		}
	}
}
