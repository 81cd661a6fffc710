package mail

import (
	"iter"
	"strings"
	"unicode"

	"github.com/lejek/lejek/shared/mailbox"
)

const (
	maxSnippet         = 225
	fingerprintLetters = 500
	maxPrinted         = 16 << 10  // bytes of text that a fingerprint looks at
	maxGistText        = 64 << 10  // bytes of a body that are read for its gist
	maxGistHTML        = 512 << 10 // markup holds less
)

// gist is what a message is known by at a glance: the beginning of what the sender wrote, on one line, and its first letters.
type gist struct {
	own, all []rune // without and with what is quoted
	letters  []rune
	read     int
}

// gistOf reads a body once, and no further than it must.
func gistOf(p mailbox.Parsed) gist {
	g := gist{own: make([]rune, 0, maxSnippet+1), all: make([]rune, 0, maxSnippet+1), letters: make([]rune, 0, fingerprintLetters)}
	var lines iter.Seq[line]
	if strings.TrimSpace(p.Text) != "" {
		lines = eachTextLine(p.Text[:min(len(p.Text), maxGistText)])
	} else {
		lines = eachHTMLLine(p.HTML[:min(len(p.HTML), maxGistHTML)], false)
	}
	for l := range lines {
		if l.depth == 0 {
			g.own = appendShown(g.own, l.text)
		}
		g.all = appendShown(g.all, l.text)
		if g.read < maxPrinted {
			g.letters = appendLetters(g.letters, l.text)
			g.read += len(l.text) + 1
		}
		if len(g.own) > maxSnippet && (len(g.letters) == fingerprintLetters || g.read >= maxPrinted) {
			break
		}
	}
	return g
}

// snippet is at most 225 characters; what is quoted is left out unless there is nothing else.
func (g gist) snippet() string {
	shown := g.own
	if len(shown) == 0 {
		shown = g.all
	}
	if len(shown) > maxSnippet {
		return strings.TrimSpace(string(shown[:maxSnippet-1])) + "…"
	}
	return string(shown)
}

// appendShown adds a line with its white space collapsed, as long as it is of use.
func appendShown(out []rune, text string) []rune {
	if len(out) > maxSnippet {
		return out
	}
	space := len(out) > 0
	for _, c := range text {
		switch {
		case unicode.IsSpace(c):
			space = len(out) > 0
		case invisible(c), unicode.IsControl(c), c == unicode.ReplacementChar:
		default:
			if space {
				out = append(out, ' ')
			}
			if out, space = append(out, c), false; len(out) > maxSnippet {
				return out
			}
		}
	}
	return out
}

// appendLetters adds a line's letters and digits, without whatever a mail program changes when it quotes: wrapping, marks, links,
// case.
func appendLetters(out []rune, text string) []rune {
	for word := range strings.FieldsSeq(text) {
		if len(out) == fingerprintLetters {
			break
		}
		if strings.Contains(word, "://") || strings.Contains(word, "[cid:") || strings.Contains(word, "<mailto:") {
			continue
		}
		for _, c := range word {
			if (unicode.IsLetter(c) || unicode.IsDigit(c)) && len(out) < fingerprintLetters {
				out = append(out, unicode.ToLower(c))
			}
		}
	}
	return out
}
