package search

import (
	"html"
	"strings"

	"github.com/lejek/lejek/shared/value"
)

// readable is a text as people see it.
func readable(t value.Text) string {
	if t.Form == value.HTML {
		return visible(t.Value)
	}
	return t.Value
}

// within are the elements that may stand within a word; any other ends it.
var within = map[string]bool{
	"a": true, "abbr": true, "b": true, "bdi": true, "bdo": true, "cite": true, "code": true, "del": true, "dfn": true, "em": true, "font": true, "i": true,
	"ins": true, "kbd": true, "mark": true, "q": true, "s": true, "samp": true, "small": true, "span": true, "strike": true, "strong": true,
	"sub": true, "sup": true, "tt": true, "u": true, "var": true, "wbr": true,
}

// visible is the text between tags. Stored HTML was made safe before, so it is well formed; what is not reads as text.
func visible(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	for {
		text, rest, ok := strings.Cut(s, "<")
		b.WriteString(text)
		if !ok {
			break
		}
		tag, after, ok := strings.Cut(rest, ">")
		if !ok {
			b.WriteString("<" + rest)
			break
		}
		name, _, _ := strings.Cut(strings.Trim(tag, "/ "), " ")
		if !within[strings.ToLower(name)] {
			b.WriteByte(' ')
		}
		s = after
	}
	return html.UnescapeString(b.String())
}
