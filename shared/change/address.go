package change

import (
	"strings"

	"golang.org/x/net/idna"
)

// AddressOf is the guard of an e-mail address. It is made here and nowhere else, so that a person entered by hand and one
// found by the linker meet at the same item.
func AddressOf(email string) Ref { return Named(Address, NormalAddress(email)) }

// NormalAddress is the one form in which e-mail addresses are compared: lower case, the domain as A-label (RFC 5890) and
// without a trailing dot. What is no address is only trimmed and lowered.
func NormalAddress(email string) string {
	email = strings.ToLower(strings.TrimSpace(email))
	at := strings.LastIndexByte(email, '@')
	if at < 0 {
		return email
	}
	domain := strings.TrimRight(email[at+1:], ".")
	if ascii, err := idna.Lookup.ToASCII(domain); err == nil {
		domain = ascii
	}
	return email[:at+1] + domain
}
