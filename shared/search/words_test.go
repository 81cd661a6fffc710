package search

import (
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/lejek/lejek/shared/value"
)

func TestFoldMakesLettersPlain(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"Łódź": "lodz", "ŻÓŁĆ gęślą JAŹŃ": "zolc gesla jazn", "Straße STRASSE ẞ": "strasse strasse ss", "Müller": "muller", "Ærøskøbing": "aeroskobing",
		"Œuvre": "oeuvre", "Þórður Guðmundsson": "thordur gudmundsson", "İSTANBUL ılık IŞIK": "istanbul ilik isik", "Đorđe": "dorde",
		"Οδυσσεύς ΟΔΥΣΣΕΥΣ": "οδυσσευσ οδυσσευσ", "Ёлка": "елка", "ﬁnance ① Ⅷ ｆｕｌｌ": "finance 1 viii full", "soft\u00adhyphen": "softhyphen", "e\u0301t\u00e9": "ete",
	} {
		if got := Fold(in); got != want {
			t.Errorf("%q folds to %q, want %q", in, got, want)
		}
	}
}

func TestTextsAreCutIntoWords(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		text   value.Text
		words  string
		number string
	}{
		{value.Text{Value: "Kowalska-Nowak, sp. z o.o. (2024)"}, "kowalska nowak sp z o o 2024", ""},
		{value.Text{Value: "O’Brien d'Arc rock 'n' roll"}, "obrien o brien darc d arc rock n roll", ""},
		{value.Text{Form: value.Email, Value: "Jan.Kowalski+crm@Mail.Acme-Corp.example"}, "jan kowalski crm mail acme corp example", ""},
		{value.Text{Form: value.HTML, Value: "<p>One<br>two</p><ul><li><b>th</b>ree &amp; f&oacute;ur</li></ul> 5 < 6"}, "one two three four 5 6", ""},
		{value.Text{Form: value.Phone, Value: "+48 (601) 234-567"}, "48601234567", "48601234567"},
		{value.Text{Form: value.Phone, Value: "0048.601.234.567 ext. 12"}, "48601234567", "48601234567"},
		{value.Text{Form: value.Phone, Value: "1-800-FLOWERS"}, "1800", "1800"},
		{value.Text{Form: value.Phone, Value: "ask Bob, 12"}, "ask bob 12", ""},
		{value.Text{Form: value.Untold, Value: "601 234 567"}, "601234567 601 234 567", "601234567"},
		{value.Text{Form: value.Untold, Value: "room 601"}, "room 601", ""},
		{value.Text{Value: "601 234 567"}, "601 234 567", ""},
		{value.Text{Value: strings.Repeat("ż", 100)}, strings.Repeat("z", maxRunes), ""},
	} {
		got := newText(test.text)
		if strings.Join(got.words, " ") != test.words || got.number != test.number {
			t.Errorf("%+v: %q %q", test.text, got.words, got.number)
		}
	}
}

func TestATermIsCutIntoUnits(t *testing.T) {
	t.Parallel()
	type units = []unit
	for text, want := range map[string]units{
		"Jan  Kowalski":          {{words: []string{"jan"}}, {words: []string{"kowalski"}}},
		"o'brien":                {{words: []string{"obrien"}}},
		"+48 (601) 234-567":      {{[]string{"48", "601", "234", "567"}, "48601234567"}},
		"0601 234 567":           {{[]string{"0601", "234", "567"}, "601234567"}},
		"00 48 601":              {{[]string{"00", "48", "601"}, "48601"}},
		"jan 601 234, deal 7":    {{words: []string{"jan"}}, {[]string{"601", "234"}, "601234"}, {words: []string{"deal"}}, {words: []string{"7"}}},
		"1, 2":                   {{words: []string{"1"}}, {words: []string{"2"}}},
		"...":                    nil,
		strings.Repeat("a ", 99): slices.Repeat(units{{words: []string{"a"}}}, maxUnits),
	} {
		if got := newTerm(text).units; !slices.EqualFunc(got, want, func(a, b unit) bool { return slices.Equal(a.words, b.words) && a.number == b.number }) {
			t.Errorf("%q: %+v", text, got)
		}
	}
}

func FuzzFold(f *testing.F) {
	for _, s := range []string{"Łódź ẞ", "İı", "ΐς", "O'Brien", "\xff", "ŉ", "ͅ", "ǆ Ǆ"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		once := Fold(s)
		if again := Fold(once); again != once {
			t.Errorf("%q folds to %q, that to %q", s, once, again)
		}
		for _, tok := range tokenize(once) {
			for _, w := range append(tok.parts, tok.word) {
				if w == "" || strings.ContainsFunc(w, func(r rune) bool { return unicode.IsSpace(r) || r == '#' }) {
					t.Errorf("%q has the word %q", s, w)
				}
			}
			if tok.from >= tok.to || tok.to > len(once) {
				t.Errorf("%q: %+v", s, tok)
			}
		}
	})
}

// FuzzTermFindsItsText has every text found by itself and by the beginning of each of its words.
func FuzzTermFindsItsText(f *testing.F) {
	for _, s := range []string{"Zażółć gęślą jaźń", "+48 601 234 567", "O’Brien & Sons", "a b", "00 0", "1,2", "<b>", "0000\xf6Ģ"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		texts := []value.Text{{In: value.InName, Value: s}}
		check := func(text string) {
			if m := (matcher{term: newTerm(text)}); len(m.units) > 0 && len(m.units) < maxUnits {
				if _, ok := m.verify(texts); !ok {
					t.Errorf("%q is not found by %q", s, text)
				}
			}
		}
		check(s)
		for _, tok := range tokenize(Fold(s)) {
			runes := []rune(tok.word)
			check(string(runes[:(len(runes)+1)/2]))
		}
	})
}
