package mail

import (
	"strings"

	"github.com/lejek/lejek/shared/mailbox"
)

// Aligned reports whether the message really comes from the domain in its From field, and by what (or what is missing).
//
// A passing SPF or DKIM check authenticates some domain, not the From that people read: a stranger passes both for his own.
// So DMARC must pass, or one of the two for a domain that shares From's registrable domain (RFC 7489 §3.1, relaxed). There
// must be exactly one From field with exactly one address that is written as RFC 5322 wants it; otherwise two programs may
// disagree on who the sender is. The verdicts come from the receipt event. The signing domains exist only in SES's own
// Authentication-Results, which counts only where the event says that DKIM passed.
func Aligned(p mailbox.Parsed, checks mailbox.Checks) (bool, string) {
	switch {
	case p.FromFields != 1:
		return false, "not exactly one From field"
	case len(p.From) != 1 || p.From[0].Email == "":
		return false, "not exactly one address in From"
	case !p.From[0].Strict:
		return false, "From is malformed"
	}
	from := RegistrableDomain(p.From[0].Email)
	if from == "" {
		return false, "From has no registrable domain"
	}
	if pass(checks.DMARC) {
		return true, "DMARC passed"
	}
	if pass(checks.DKIM) {
		for _, domain := range p.AuthResults.DKIMDomains {
			if RegistrableDomain(domain) == from {
				return true, "DKIM passed for " + domain
			}
		}
	}
	if pass(checks.SPF) && RegistrableDomain(checks.MailFrom) == from {
		return true, "SPF passed for " + domainOf(checks.MailFrom)
	}
	return false, "neither DMARC, DKIM nor SPF passed for " + from
}

func pass(verdict string) bool { return strings.EqualFold(verdict, "PASS") }
