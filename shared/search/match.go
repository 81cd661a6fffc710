package search

import (
	"slices"
	"strings"

	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/value"
)

// What a match is worth, in thousandths; the package comment adds them up.
const (
	whole     = 1000 // a word that is the one searched for
	beginning = 700  // a word that begins with it
	together  = 500  // all that is searched for stands in one field
	entire    = 1200 // which has nothing else
)

// weight is what finding something in a field is worth, in thousandths.
func weight(in string) int {
	switch in {
	case value.InTitle, value.InName:
		return 1000
	case value.InNotes:
		return 400
	}
	return 600
}

// matcher verifies records against a term.
type matcher struct {
	term
	exact bool
	in    []string // the fields that are searched; nil is all
}

// match is what of a record answers to the term.
type match struct {
	score  int
	custom []value.Text // the texts that answer
	notes  []value.Text
}

func (m matcher) searches(in string) bool { return m.in == nil || slices.Contains(m.in, in) }

// verify tells whether texts answer to the term, and how well.
func (m matcher) verify(texts []value.Text) (match, bool) {
	var list []text
	for _, t := range texts {
		if m.searches(t.In) && (!m.exact || m.equals(t)) {
			list = append(list, newText(t))
		}
	}
	best := make([]int, len(m.units))
	var found match
	for _, t := range list {
		all, any := true, m.exact
		for i, u := range m.units {
			worth := u.worth(t)
			best[i] = max(best[i], worth)
			all = all && worth > 0
		}
		any = any || m.touches(t)
		if bonus := weight(t.In) * (together + m.fills(t)) / 1000; all && bonus > found.score {
			found.score = bonus
		}
		if any {
			found.keep(t.Text)
		}
	}
	sum := 0
	for i, u := range m.units {
		worth := max(best[i], u.scattered(list))
		if worth == 0 && !m.exact {
			return match{}, false
		}
		sum += worth
	}
	found.score += sum / max(len(m.units), 1)
	return found, len(list) > 0 && len(m.units) > 0
}

// worth is how well one text answers to the unit; 0 is not at all.
func (u unit) worth(t text) int {
	sum := 0
	for _, word := range u.words {
		if w := t.has(word); w > 0 {
			sum += w
		} else {
			sum = 0
			break
		}
	}
	return max(sum/len(u.words), u.call(t)) * weight(t.In) / 1000
}

// call is how well a phone number answers to the unit: by its beginning or its end.
func (u unit) call(t text) int {
	switch {
	case u.number == "" || t.number == "" || t.Form != value.Phone:
		return 0
	case t.number == u.number:
		return whole
	case strings.HasPrefix(t.number, u.number), strings.HasSuffix(t.number, u.number):
		return beginning
	}
	return 0
}

// scattered is how well all texts together answer to the unit's words.
func (u unit) scattered(list []text) int {
	sum := 0
	for _, word := range u.words {
		best := 0
		for _, t := range list {
			best = max(best, t.has(word)*weight(t.In)/1000)
		}
		if best == 0 {
			return 0
		}
		sum += best
	}
	return sum / len(u.words)
}

func (t text) has(word string) int {
	best := 0
	for _, w := range t.words {
		if w == word {
			return whole
		}
		if strings.HasPrefix(w, word) {
			best = beginning
		}
	}
	return best
}

// touches reports that a text has at least a part of what is searched for, and so is shown beside the record.
func (m matcher) touches(t text) bool {
	return slices.ContainsFunc(m.units, func(u unit) bool {
		return u.call(t) > 0 || slices.ContainsFunc(u.words, func(w string) bool { return t.has(w) > 0 })
	})
}

// fills is what it adds that a text has nothing but the term.
func (m matcher) fills(t text) int {
	if len(m.units) == 1 && m.units[0].call(t) == whole || slices.Equal(t.plain, m.words()) {
		return entire
	}
	return 0
}

// equals compares a whole text with the term as exact searches do: case makes no difference, accents do.
func (m matcher) equals(t value.Text) bool {
	switch t.Form {
	case value.Email:
		return change.NormalAddress(t.Value) == change.NormalAddress(m.text)
	case value.Phone:
		return change.NormalPhone(t.Value) == change.NormalPhone(m.text)
	}
	return change.NormalText(readable(t)) == change.NormalText(m.text)
}
