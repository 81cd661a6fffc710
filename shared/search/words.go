package search

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/lejek/lejek/shared/value"
)

// maxRunes is how much of a word counts: a key has room for no more than a kilobyte.
const maxRunes = 64

// token is a word in a folded text, and where it stands.
type token struct {
	word     string
	from, to int
	parts    []string // of a word with apostrophes: o, brien of o'brien
}

// tokenize cuts a folded text into words: letters and digits that stand together. An apostrophe within a word is left out of it.
func tokenize(folded string) (list []token) {
	from, text := -1, []rune(nil)
	var parts []int // where in the word there was an apostrophe
	end := func(at int) {
		if from >= 0 {
			list = append(list, newToken(text, parts, from, at))
		}
		from, text, parts = -1, nil, nil
	}
	for i, r := range folded {
		switch {
		case isWord(r):
			if from < 0 {
				from = i
			}
			text = append(text, r)
		case from >= 0 && isApostrophe(r) && beginsWord(folded[i+utf8.RuneLen(r):]):
			parts = append(parts, len(text))
		default:
			end(i)
		}
	}
	end(len(folded))
	return list
}

func newToken(text []rune, apostrophes []int, from, to int) token {
	t := token{word: cut(text), from: from, to: to}
	start := 0
	for _, at := range apostrophes {
		t.parts = append(t.parts, cut(text[start:at]))
		start = at
	}
	if start > 0 {
		t.parts = append(t.parts, cut(text[start:]))
	}
	return t
}

func cut(word []rune) string { return string(word[:min(len(word), maxRunes)]) }

func isWord(r rune) bool {
	return !isApostrophe(r) && (unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.In(r, unicode.Mc, unicode.Me))
}

func isApostrophe(r rune) bool { return strings.ContainsRune("'’‘ʼ`′", r) }

func beginsWord(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return isWord(r)
}

// text is a text taken apart.
type text struct {
	value.Text
	words  []string // by which it is found
	plain  []string // in their order, each once
	number string   // the digits of a phone number; "" when it is none
}

// newText takes a text apart. A phone number is one word, whatever stands between its digits. A word with apostrophes is also
// found by what stands behind them.
func newText(of value.Text) text {
	t := text{Text: of, number: numberOf(of)}
	if t.number != "" {
		t.words, t.plain = append(t.words, t.number), append(t.plain, t.number)
		if of.Form == value.Phone {
			return t
		}
	}
	for _, tok := range tokenize(Fold(readable(of))) {
		t.words = append(append(t.words, tok.word), tok.parts...)
		t.plain = append(t.plain, tok.word)
	}
	return t
}

const minDigits = 3 // of a phone number, to be searched by its end

// numberOf are the digits of a text that is, or may be, a phone number; "" for none. An extension behind a word is no part of it.
func numberOf(t value.Text) string {
	if t.Form != value.Phone && t.Form != value.Untold {
		return ""
	}
	digits := ""
	for _, r := range Fold(t.Value) {
		switch {
		case r >= '0' && r <= '9':
			digits += string(r)
		case strings.ContainsRune(punctuation, r):
		case t.Form == value.Untold:
			return ""
		case isWord(r) && len(digits) >= 5, r == ';', r == '#':
			return number(digits)
		}
	}
	return number(digits)
}

// punctuation is what stands between the digits of a phone number.
const punctuation = "+()-‐–./ \t"

// number is the one form of a phone number's digits: 00 is the same as +. Too long for a number, it is none.
func number(digits string) string {
	digits = strings.TrimPrefix(digits, "00")
	if len(digits) < minDigits || len(digits) > maxRunes {
		return ""
	}
	return digits
}

func reverse(digits string) string {
	b := []byte(digits)
	for i, j := 0, len(b)-1; i < j; i, j = i+1, j-1 {
		b[i], b[j] = b[j], b[i]
	}
	return string(b)
}
