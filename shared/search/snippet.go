package search

import (
	"slices"
	"strings"

	"github.com/lejek/lejek/shared/value"
)

const (
	maxShown   = 5   // notes, and custom fields, of one result
	maxSnippet = 200 // characters of each
	before     = 60  // of these before what was found
)

// keep keeps a text that answers to the term, if results show texts of its field.
func (m *match) keep(t value.Text) {
	switch {
	case t.In == value.InCustom && len(m.custom) < maxShown:
		m.custom = append(m.custom, t)
	case t.In == value.InNotes && len(m.notes) < maxShown:
		m.notes = append(m.notes, t)
	}
}

func snippets(texts []value.Text, of term) []string {
	list := make([]string, len(texts))
	for i, t := range texts {
		list[i] = snippet(readable(t), of)
	}
	return list
}

// snippet is the part of a text around the first of its words that answers to the term.
func snippet(s string, of term) string {
	pieces := strings.Fields(s)
	if text := strings.Join(pieces, " "); len([]rune(text)) <= maxSnippet {
		return text
	}
	at := max(slices.IndexFunc(pieces, func(piece string) bool {
		return slices.ContainsFunc(newText(value.Text{Value: piece}).words, func(w string) bool {
			return slices.ContainsFunc(of.words(), func(part string) bool { return strings.HasPrefix(w, part) })
		})
	}), 0)
	from := at
	for n := 0; from > 0 && n < before; from-- {
		n += len([]rune(pieces[from-1])) + 1
	}
	text := []rune(strings.Join(pieces[from:], " "))
	more := ""
	if len(text) > maxSnippet {
		text, more = text[:maxSnippet], "…"
	}
	if from > 0 {
		return "…" + string(text) + more
	}
	return string(text) + more
}
