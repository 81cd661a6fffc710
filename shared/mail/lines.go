package mail

import (
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

// textLines splits a plain text body.
func textLines(text string) []line {
	text = text[:min(len(text), maxScan)]
	var lines []line
	at := 0
	for raw := range strings.Lines(text) {
		rest, depth, skipped := strings.TrimRight(raw, "\r\n"), 0, 0
		for {
			trimmed := strings.TrimLeft(rest, " ")
			if !strings.HasPrefix(trimmed, ">") || strings.HasPrefix(trimmed, ">From ") {
				break
			}
			depth++
			skipped += len(rest) - len(trimmed) + 1
			rest = trimmed[1:]
		}
		if depth > 0 && strings.HasPrefix(rest, " ") {
			rest, skipped = rest[1:], skipped+1
		}
		if end := splitSeparator(rest); end > 0 {
			lines = append(lines, line{text: rest[:end], at: at + skipped, depth: depth})
			rest, skipped = rest[end:], skipped+end
		}
		lines = append(lines, line{text: rest, at: at + skipped, depth: depth})
		if at += len(raw); len(lines) >= maxLines {
			break
		}
	}
	return lines
}

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
