package mail

import (
	"strings"
	"unicode"

	"github.com/lejek/lejek/shared/mailbox"
)

const maxSnippet = 225

// BodyText is the body as plain text: as sent, or rendered from the HTML of a message that has nothing else.
func BodyText(p mailbox.Parsed) string {
	if strings.TrimSpace(p.Text) != "" {
		return p.Text
	}
	return renderHTML(p.HTML)
}

// Snippet is the beginning of what the sender wrote, on one line, at most 225 characters. What is quoted is left out unless
// there is nothing else.
func Snippet(p mailbox.Parsed) string {
	var lines []line
	if strings.TrimSpace(p.Text) != "" {
		lines = textLines(p.Text[:min(len(p.Text), 64<<10)])
	} else {
		lines = htmlLines(p.HTML[:min(len(p.HTML), 512<<10)], false)
	}
	if own := oneLine(lines, func(l line) bool { return l.depth == 0 }); own != "" {
		return own
	}
	return oneLine(lines, func(line) bool { return true })
}

func oneLine(lines []line, wanted func(line) bool) string {
	var out []rune
	for _, l := range lines {
		if !wanted(l) {
			continue
		}
		space := len(out) > 0
		for _, c := range l.text {
			switch {
			case unicode.IsSpace(c):
				space = len(out) > 0
			case invisible(c), unicode.IsControl(c), c == unicode.ReplacementChar:
			default:
				if space {
					out = append(out, ' ')
				}
				out, space = append(out, c), false
			}
			if len(out) > maxSnippet {
				return strings.TrimSpace(string(out[:maxSnippet-1])) + "…"
			}
		}
	}
	return string(out)
}
