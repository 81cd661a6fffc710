package search

import "strings"

// A term is what somebody looks for. It is cut into units, all of which have to be found: a word, or digits that stand together
// as in a phone number. These can be read in two ways, as words or as one number.
type term struct {
	text  string
	units []unit
}

type unit struct {
	words  []string
	number string // "" when it is none
}

const (
	maxUnits = 20 // of a term; more are left out
	trunk    = 8  // digits from which on a 0 in front is one that numbers within a country begin with
)

func newTerm(text string) (t term) {
	t.text = text
	folded := Fold(text)
	var last token
	for _, tok := range tokenize(folded) {
		n := len(t.units)
		switch {
		case n > 0 && isDigits(tok.word) && t.units[n-1].number != "" && strings.Trim(folded[last.to:tok.from], punctuation) == "":
			u := &t.units[n-1]
			u.words, u.number = append(u.words, tok.word), u.number+tok.word
		case n == maxUnits:
			return t.numbered()
		case isDigits(tok.word):
			t.units = append(t.units, unit{[]string{tok.word}, tok.word})
		default:
			t.units = append(t.units, unit{words: []string{tok.word}})
		}
		last = tok
	}
	return t.numbered()
}

// numbered brings the units' numbers into the form that phone numbers have.
func (t term) numbered() term {
	for i, u := range t.units {
		n := number(u.number)
		if len(n) >= trunk {
			n = strings.TrimPrefix(n, "0")
		}
		t.units[i].number = n
	}
	return t
}

func isDigits(word string) bool { return strings.Trim(word, "0123456789") == "" }

// words are all words of the term in their order.
func (t term) words() (all []string) {
	for _, u := range t.units {
		all = append(all, u.words...)
	}
	return all
}
