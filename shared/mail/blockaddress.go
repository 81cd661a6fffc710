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
		out = append(out, mailbox.Address{Name: withoutBrackets(name)})
	}
	return withoutLong(out, nameless)
}

// onBehalf is how Outlook joins who sent a mail to who wrote it.
var onBehalf = regexp.MustCompile(`(?i)[ >\])](on behalf of|w imieniu|im auftrag von|de la part de|en nombre de|per conto di|em nome de|namens|på vegne a[fv]|jménem|v mene|от имени) `)

// blockAuthor reads the From of a header block, which is one person's. Of "list-admin@x on behalf of Jan <jan@y>" it takes the author, whose address may be
// unknown, unless a person sent it for him.
func blockAuthor(value string) []mailbox.Address {
	value = unmailto(value)
	m := onBehalf.FindStringIndex(value)
	if m == nil {
		return firstAddress(value)
	}
	sender, author := firstAddress(value[:m[0]+1]), firstAddress(value[m[1]:])
	if len(author) > 0 && (author[0].Email != "" || len(sender) == 0 || relays.MatchString(sender[0].Email)) {
		return author
	}
	return sender
}

func firstAddress(value string) []mailbox.Address {
	list := blockAddresses(value, true)
	return list[:min(len(list), 1)]
}

// relays are the addresses of list servers and robots, which send for others but are nobody.
var relays = regexp.MustCompile(`^(owner-|bounce|no-?reply|notification)|(-admin|-bounces?|-owner|-request|\+bounces?)(@|[-+=])|^[^@]*-return-`)

// rescueQuoted takes the first address, with the name before it. The grammar of header fields would take "(Sales)" out of a name.
func rescueQuoted(piece string) mailbox.Address {
	a := rescue(piece)
	a.Name = strings.ReplaceAll(withoutBrackets(a.Name), `\"`, `"`)
	return a
}

// withoutBrackets takes an address off a name; Exchange prints its own kind: </o=ExchangeLabs/…>.
func withoutBrackets(name string) string {
	for _, bracket := range []byte("<[(") {
		if cut := strings.IndexByte(name, bracket); cut > 0 && strings.ContainsAny(name[cut:], "@/") {
			return cleanName(name[:cut])
		}
	}
	return name
}
