package mail

import (
	"regexp"
	"strings"
	"time"
	"unicode"

	"github.com/lejek/lejek/shared/mailbox"
)

// attribution is a line such as "On 3 June 2024 at 10:15, Jo Bloggs <jo@example.com> wrote:".
type attribution struct {
	from  mailbox.Address
	date  time.Time
	next  int
	depth int // of quoting
}

// readAttribution reads the attribution that starts at line i and ends, at a colon, at most two lines below. It takes a
// verb of the table and a date or an address, or, in any language, a date and an address.
func (f finder) readAttribution(i int) (attribution, bool) {
	if a, ok := f.readGroupWise(i); ok {
		return a, true
	}
	joined := ""
	for j := i; j < len(f.lines) && j < i+3; j++ {
		text := strings.TrimFunc(f.lines[j].text, isBlank)
		if text == "" || len(joined)+len(text) > 500 || f.lines[j].depth != f.lines[i].depth {
			break
		}
		joined = strings.TrimSpace(joined + " " + text)
		if strings.HasSuffix(joined, ":") || strings.HasSuffix(joined, "：") {
			a, ok := parseAttribution(strings.TrimRight(joined, ":： "), f.zone)
			a.next, a.depth = j+1, f.lines[i].depth
			return a, ok
		}
		if j == i && !strings.ContainsFunc(text, func(r rune) bool { return r == '@' || unicode.IsDigit(r) }) {
			break // neither a date nor an address: the line above an attribution, not its start
		}
	}
	return attribution{}, false
}

func parseAttribution(text string, zone *time.Location) (attribution, bool) {
	text = unmailto(text)
	address := rescue(text)
	verb := ""
	lower := foldLabel(text)
	for _, v := range writingVerbs {
		if len(v) > len(verb) && strings.Contains(lower, v) {
			verb = v
		}
	}
	if address.Email == "" && verb == "" {
		return attribution{}, false
	}
	date := guessDate(withoutAddress(text), zone)
	if date.IsZero() && (address.Email == "" || verb == "") {
		return attribution{}, false
	}
	a := attribution{date: date, from: mailbox.Address{Email: address.Email}}
	before, _, _ := strings.Cut(text, "<")
	if address.Email != "" && !strings.Contains(text, "<") {
		before, _, _ = strings.Cut(text, address.Email)
	}
	a.from.Name = attributedName(before, verb)
	return a, a.from.Email != "" || a.from.Name != ""
}

// readGroupWise reads the line that Novell's program prints above what it quotes, which is not marked otherwise:
//
//	>>> Jan Kowalski <jan@client.example> 6/3/2024 10:15 AM >>>
func (f finder) readGroupWise(i int) (a attribution, ok bool) {
	text, closed := strings.CutSuffix(strings.TrimFunc(f.lines[i].text, isBlank), ">>>")
	opened := strings.TrimPrefix(text, ">>>")
	if !closed || f.lines[i].depth != 3 && opened == text || len(text) > 500 {
		return a, false
	}
	text = strings.TrimSpace(unmailto(opened))
	name, _, found := strings.Cut(text, "<")
	if !found {
		name = text[:max(strings.IndexFunc(text, unicode.IsDigit), 0)]
	}
	a = attribution{date: guessDate(withoutAddress(text), f.zone), from: mailbox.Address{Email: rescue(text).Email}, next: i + 1}
	a.from.Name = cleanName(strings.Trim(strings.TrimSpace(name), `"`))
	return a, !a.date.IsZero() && (a.from.Email != "" || a.from.Name != "")
}

// attributionNoise are words that stand between the date and the name, or around the time.
var attributionNoise = func() map[string]bool {
	words := map[string]bool{}
	for word := range strings.FieldsSeq(`am pm a.m p.m π.μ μ.μ uhr r h kl klo ч hat ha heeft le the a um om user użytkownik пользователь користувач
		používateľ uživatel odesílatel időpontban χρήστης lietotājs naudotojas oseba je به 于 於`) {
		words[foldLabel(word)] = true
	}
	return words
}()

var quotedName = regexp.MustCompile(`["“„«]\s*([^"”»]+?)\s*["”»]\s*[(]?$`)

// attributedName finds the name in "On 3 June 2024 at 10:15 AM Jo Bloggs": what is quoted at the end, else what follows the last
// word with a digit.
func attributedName(s, verb string) string {
	s = strings.TrimSpace(s)
	if m := quotedName.FindStringSubmatch(s); m != nil {
		return cleanName(m[1])
	}
	words := strings.Fields(s)
	start := 0
	for i, word := range words {
		if strings.ContainsFunc(word, unicode.IsDigit) {
			start = i + 1
		}
	}
	var name []string
	for _, word := range words[start:] {
		plain := foldLabel(strings.Trim(word, ",.:;("))
		if plain == "" || attributionNoise[plain] || verb != "" && strings.Contains(" "+verb+" ", " "+plain+" ") {
			continue
		}
		name = append(name, word)
	}
	if len(name) > 8 {
		return ""
	}
	return cleanName(strings.TrimSuffix(strings.Join(name, " "), "("))
}

// withoutAddress blanks what stands in angle brackets: the digits of an address are no date.
func withoutAddress(s string) string { return bracketed.ReplaceAllString(s, " ") }
