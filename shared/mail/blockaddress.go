package mail

import (
	"regexp"
	"strings"

	"github.com/lejek/lejek/shared/mailbox"
)

var mailtoForms = regexp.MustCompile(`(?i)[\[<(]\s*mailto:\s*([^\]>)\s]+)\s*[\])>]+`)

// unmailto turns the forms in which Outlook repeats an address ("[mailto:a@b]", "<a@b<mailto:a@b>>") into plain brackets.
func unmailto(s string) string { return mailtoForms.ReplaceAllString(s, "<$1>") }

// blockAddresses reads the addresses of a header block. They are printed for people, so each is rescued rather than parsed;
// with nameless set, a field that has only a name keeps it.
func blockAddresses(value string, nameless bool) []mailbox.Address {
	value = strings.TrimSpace(unmailto(value))
	if value == "" {
		return nil
	}
	separators := []byte{';'}
	if !strings.Contains(value, ";") {
		separators = []byte{','}
	}
	var out []mailbox.Address
	prefix := ""
	for _, piece := range splitOutside(value, separators...) {
		a := rescueQuoted(prefix + piece)
		if a.Email == "" {
			// A comma may stand inside "Kowalski, Jan <…>"; a semicolon always ends a person.
			if prefix += piece + ","; separators[0] == ';' || len(prefix) > maxNamePrefix {
				prefix = ""
			}
			continue
		}
		out = append(out, a)
		if prefix = ""; len(out) == maxAddresses {
			break
		}
	}
	if name := cleanName(value); nameless && len(out) == 0 && name != "" {
		if cut := strings.IndexAny(name, "<[("); cut > 0 { // Exchange prints its own addresses: </o=ExchangeLabs/…>
			name = cleanName(name[:cut])
		}
		out = append(out, mailbox.Address{Name: name})
	}
	return withoutLong(out, nameless)
}

// rescueQuoted prefers what the grammar allows and otherwise takes the first address, with the name before it.
func rescueQuoted(piece string) mailbox.Address {
	if a, err := strictParser.Parse(strings.TrimSpace(piece)); err == nil {
		return mailbox.Address{Name: cleanName(a.Name), Email: NormalizeAddress(a.Address), Strict: true}
	}
	a := rescue(piece)
	if cut := strings.IndexAny(a.Name, "<[("); cut >= 0 {
		a.Name = cleanName(a.Name[:cut])
	}
	return a
}
