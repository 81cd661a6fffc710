package mail

import (
	"mime"
	"net/mail"
	"strings"
	"unicode"

	"golang.org/x/net/idna"

	"github.com/lejek/lejek/shared/mailbox"
)

// maxAddresses bounds what one message can make the linker look up.
const maxAddresses = 2000

// maxNamePrefix is how much of a broken field may be the comma-ridden name of one person.
const maxNamePrefix = 200

var strictParser = mail.AddressParser{WordDecoder: &mime.WordDecoder{CharsetReader: charsetReader}}

// addresses reads an address field (RFC 5322 §3.4), groups included. About one field in fifty breaks the grammar and half of
// those still hold an address: it is rescued from the last pair of angle brackets, never from a display name such as
// "support@ours via John", and marked as not strict. With nameless set, names without an address are kept.
func addresses(values []string, nameless bool) []mailbox.Address {
	var out []mailbox.Address
	for _, value := range values {
		if strings.TrimSpace(value) == "" {
			continue
		}
		list, err := strictParser.ParseList(value)
		if err != nil {
			out = append(out, rescueList(value, nameless)...)
		}
		for _, a := range list {
			out = append(out, mailbox.Address{Name: cleanName(a.Name), Email: NormalizeAddress(decodeWords(a.Address)), Strict: true})
		}
	}
	out = withoutLong(out, nameless)
	return out[:min(len(out), maxAddresses)]
}

// maxAddress is RFC 3696's bound without its erratum, in bytes. Addresses are keys of records: a longer one could not be kept.
const maxAddress = 320

// withoutLong drops addresses that are too long to be anybody's. With nameless set they only lose the address, so that the
// field is still seen to name somebody.
func withoutLong(list []mailbox.Address, nameless bool) (out []mailbox.Address) {
	for _, a := range list {
		if len(a.Email) > maxAddress {
			if !nameless {
				continue
			}
			a = mailbox.Address{Name: a.Name}
		}
		out = append(out, a)
	}
	return out
}

// rescueList takes a broken field apart at its commas. A piece without an address belongs to the name that follows, as in
// the unquoted "Doe, John <john@example.com>".
func rescueList(value string, nameless bool) []mailbox.Address {
	var out []mailbox.Address
	prefix := ""
	for _, piece := range splitOutside(value, ',', ';') {
		a := rescue(prefix + piece)
		if a.Email == "" {
			if prefix += piece + ","; len(prefix) > maxNamePrefix {
				prefix = ""
			}
			continue
		}
		out = append(out, a)
		prefix = ""
	}
	if name := cleanName(strings.Trim(prefix, ", ")); nameless && len(out) == 0 && name != "" {
		out = append(out, mailbox.Address{Name: name})
	}
	return out
}

// rescue finds the address in a single damaged mailbox, and the name before it.
func rescue(piece string) mailbox.Address {
	piece = strings.TrimSpace(decodeWords(piece))
	if open := strings.LastIndexByte(piece, '<'); open >= 0 {
		inside, _, _ := strings.Cut(piece[open+1:], ">")
		inside = strings.TrimPrefix(strings.TrimSpace(inside), "mailto:")
		if isAddress(inside) {
			return mailbox.Address{Name: cleanName(piece[:open]), Email: NormalizeAddress(inside)}
		}
		piece = piece[:open] // what is in the brackets is no address; one may stand before them
	}
	for word := range strings.FieldsFuncSeq(piece, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(`"'()[]<>,;`, r) }) {
		word = strings.TrimPrefix(word, "mailto:")
		if isAddress(word) {
			name, _, _ := strings.Cut(piece, word)
			return mailbox.Address{Name: cleanName(name), Email: NormalizeAddress(word)}
		}
	}
	return mailbox.Address{}
}

// isAddress is deliberately coarse: one "@" with something on both sides and a plausible domain.
func isAddress(s string) bool {
	at := strings.LastIndexByte(s, '@')
	if at <= 0 || len(s) > maxAddress || strings.ContainsAny(s, " \t\r\n\"<>,;:()") {
		return false
	}
	domain := strings.Trim(s[at+1:], ".")
	return domain != "" && !strings.Contains(s[:at], "@") && !strings.ContainsAny(domain, "/\\[]='")
}

// NormalizeAddress gives an address the one form in which it is compared and stored: lower case, domain as A-label
// (RFC 5890) and without a trailing dot. What is no address is only lowered.
func NormalizeAddress(email string) string {
	email = strings.ToLower(strings.TrimSpace(repair(email)))
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

// cleanName makes a display name fit for showing: decoded, without quotes, controls and direction overrides.
func cleanName(name string) string {
	name = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
			return ' '
		}
		return r
	}, decodeWords(name))
	name = strings.Trim(strings.Join(strings.Fields(name), " "), ` ,;:`)
	for _, quote := range []string{`"`, `'`} {
		if len(name) > 1 && strings.HasPrefix(name, quote) && strings.HasSuffix(name, quote) {
			name = strings.TrimSpace(name[1 : len(name)-1])
		}
	}
	if runes := []rune(name); len(runes) > 200 {
		name = string(runes[:200])
	}
	if name = strings.TrimSpace(strings.Trim(name, `"`)); isAddress(name) || name == "'" {
		return "" // an address is no name, and a deceitful one when it is not the sender's
	}
	return name
}
