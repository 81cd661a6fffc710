package mail

import (
	_ "embed"
	"strings"
	"sync"

	"golang.org/x/net/publicsuffix"
)

//go:embed freemail.txt
var freeMailList string

var freeMail = sync.OnceValue(func() map[string]bool {
	domains := map[string]bool{}
	for line := range strings.Lines(freeMailList) {
		for domain := range strings.FieldsSeq(line) {
			domains[domain] = true
		}
	}
	return domains
})

// RegistrableDomain answers the domain that an organisation registers, one label below the public suffix, for an address or a
// host name: example.co.uk for jo@mail.example.co.uk. It is empty for a public suffix itself, an IP literal or a bare name.
func RegistrableDomain(addressOrHost string) string {
	domain := domainOf(addressOrHost)
	if domain == "" || strings.HasPrefix(domain, "[") {
		return ""
	}
	site, err := publicsuffix.EffectiveTLDPlusOne(domain)
	if err != nil {
		return ""
	}
	return site
}

// FreeMail reports whether anybody can get an address in this domain, so that sharing it says nothing about sharing an
// employer. Suffixes under which customers get their own name, such as github.io, are covered by RegistrableDomain.
func FreeMail(addressOrHost string) bool {
	domain := domainOf(addressOrHost)
	return freeMail()[domain] || freeMail()[RegistrableDomain(domain)]
}

// domainOf returns the normalised domain of an address or host name.
func domainOf(s string) string {
	s = strings.Trim(s, "<> \t")
	normal := NormalizeAddress("x@" + s[strings.LastIndexByte(s, '@')+1:])
	return normal[2:]
}
