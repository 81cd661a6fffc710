package search_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// A scan answers searches in the plainest way: it looks through all texts of all records. It shares nothing with the code that
// it is compared with.

// record is what a test wrote last.
type record struct {
	kind         string
	id           int64
	texts        map[string][]string // by field
	deal, person int64               // links; of a note what it hangs on
	organization int64
	deleted      bool
}

var letters = strings.NewReplacer("ł", "l", "ø", "o", "ß", "ss", "đ", "d", "ð", "d", "æ", "ae", "œ", "oe", "þ", "th", "ı", "i", "ς", "σ")

func plain(s string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(s) {
		if !unicode.Is(unicode.Mn, r) {
			b.WriteRune(r)
		}
	}
	return letters.Replace(strings.ToLower(b.String()))
}

// startsIn tells whether a word begins with part somewhere in a text.
func startsIn(text, part string) bool {
	for _, t := range []string{strings.ReplaceAll(text, "'", ""), text} {
		for from := 0; ; from++ {
			i := strings.Index(t[from:], part)
			if i < 0 {
				break
			}
			from += i
			before := []rune(t[:from])
			if len(before) == 0 || !unicode.IsLetter(before[len(before)-1]) && !unicode.IsNumber(before[len(before)-1]) {
				return true
			}
		}
	}
	return false
}

var (
	notWord  = regexp.MustCompile(`[^\pL\pN']+`)
	notDigit = regexp.MustCompile(`\D+`)
	digits   = regexp.MustCompile(`\b\d+(?:[-+()./ ]+\d+)*\b`)
	tag      = regexp.MustCompile(`<[^>]*>`)
)

func wordsIn(text string) []string {
	return strings.Fields(notWord.ReplaceAllString(strings.ReplaceAll(text, "'", ""), " "))
}

func every(list []string, is func(string) bool) bool {
	return !slices.ContainsFunc(list, func(s string) bool { return !is(s) })
}

// world is all records of a team.
type world struct{ records []*record }

// shows are the records that a note shows on.
func (w *world) shows(n *record) (on []string) {
	add := func(kind string, id int64) *record {
		for _, r := range w.records {
			if r.kind == kind && r.id == id && id != 0 {
				on = append(on, fmt.Sprint(kind, " ", id))
				return r
			}
		}
		return &record{}
	}
	deal := add("deal", n.deal)
	add("organization", deal.organization)
	for _, id := range []int64{n.person, deal.person} {
		add("organization", add("person", id).organization)
	}
	add("organization", n.organization)
	return on
}

// scan finds what has every word of a term in some field, or a number that begins or ends with its digits.
func (w *world) scan(term string, kinds, fields []string) (found []string) {
	in := func(field string) bool { return fields == nil || slices.Contains(fields, field) }
	for _, r := range w.records {
		if r.deleted || !slices.Contains(kinds, r.kind) {
			continue
		}
		name := fmt.Sprint(r.kind, " ", r.id)
		var texts, numbers []string
		for field, list := range r.texts {
			for _, t := range list {
				if in(field) && field == "phone" {
					numbers = append(numbers, notDigit.ReplaceAllString(t, ""))
				} else if in(field) {
					texts = append(texts, plain(t))
				}
			}
		}
		for _, n := range w.records {
			if n.kind == "note" && !n.deleted && in("notes") && r.kind != "file" && slices.Contains(w.shows(n), name) {
				texts = append(texts, plain(tag.ReplaceAllString(n.texts["notes"][0], "")))
			}
		}
		word := func(w string) bool {
			return slices.ContainsFunc(texts, func(t string) bool { return startsIn(t, w) }) ||
				slices.ContainsFunc(numbers, func(n string) bool { return strings.HasPrefix(n, w) })
		}
		number := func(digits string) bool {
			return len(digits) > 2 && slices.ContainsFunc(numbers, func(n string) bool { return strings.HasPrefix(n, digits) || strings.HasSuffix(n, digits) })
		}
		rest := plain(term)
		for _, group := range digits.FindAllString(rest, -1) {
			if every(wordsIn(group), word) || number(notDigit.ReplaceAllString(group, "")) {
				rest = strings.Replace(rest, group, " ", 1)
			}
		}
		if !every(wordsIn(rest), word) {
			continue
		}
		found = append(found, name)
	}
	return found
}
