package mail

import (
	"iter"
	"slices"
	"strings"
	"unicode"
)

// line is one line of a body, from either of its forms, with the quote marks taken off.
type line struct {
	text  string
	at    int // offset of the text in the source
	depth int // how often it is quoted
	mark  mark
}

// mark says that a line is the first one inside a container by which a mail program sets off another message.
type mark int

const (
	unmarked  mark = iota
	markQuote      // used for replies and forwards alike
	markForward
)

// Only so much of a body is looked at to find a forward, a snippet, a fingerprint.
const (
	maxScan  = 2 << 20
	maxLines = 20_000
)

// eachTextLine splits a plain text body.
func eachTextLine(text string) iter.Seq[line] {
	return func(yield func(line) bool) {
		at, n := 0, 0
		for raw := range strings.Lines(text[:min(len(text), maxScan)]) {
			rest, depth, skipped := unquoted(strings.TrimRight(raw, "\r\n"))
			if end := splitSeparator(rest); end > 0 {
				if !yield(line{text: rest[:end], at: at + skipped, depth: depth}) {
					return
				}
				rest, skipped = rest[end:], skipped+end
			}
			if n++; !yield(line{text: rest, at: at + skipped, depth: depth}) || n >= maxLines {
				return
			}
			at += len(raw)
		}
	}
}

// unquoted takes the quote marks off a line, and tells how many and how much it took.
func unquoted(raw string) (rest string, depth, skipped int) {
	rest = raw
	for {
		trimmed := strings.TrimLeft(rest, " ")
		if !strings.HasPrefix(trimmed, ">") || strings.HasPrefix(trimmed, ">From ") {
			break
		}
		depth++
		rest = trimmed[1:]
	}
	if depth > 0 {
		rest = strings.TrimPrefix(rest, " ")
	}
	return rest, depth, len(raw) - len(rest)
}

func textLines(text string) []line { return slices.Collect(eachTextLine(text)) }

// joinLines writes lines out again, quoted relative to the given depth, with single empty lines between paragraphs.
func joinLines(lines []line, base int) string {
	var out strings.Builder
	blank := true
	for _, l := range lines {
		text := strings.TrimRightFunc(l.text, unicode.IsSpace)
		if text == "" && blank {
			continue
		}
		blank = text == ""
		if quote := l.depth - base; quote > 0 {
			out.WriteString(strings.Repeat(">", min(quote, 20)) + " ")
		}
		out.WriteString(text + "\n")
	}
	return strings.TrimSpace(out.String())
}
