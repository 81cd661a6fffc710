package mail

import (
	"strings"
	"unicode"
)

// separatorKind is what a line between the forwarder's note and the other message claims.
type separatorKind int

const (
	noSeparator separatorKind = iota
	originalSeparator
	forwardSeparator
)

// The Bat! draws no rule around its phrase, but scissors around the message itself.
const (
	theBat   = "This is a forwarded message"
	scissors = "8<"
)

// separatorOf recognises a separator line. A phrase of the tables needs a rule before it or a rule or colon behind it; a
// phrase that no table knows needs rules on both sides and counts as the weaker kind. Underscores alone, which also set off
// disclaimers, separate nothing.
func separatorOf(text string) separatorKind {
	text = strings.Trim(text, "* \t\u00a0")
	if text == "" || len(text) > 200 {
		return noSeparator
	}
	if text == theBat {
		return forwardSeparator
	}
	rest := strings.TrimLeftFunc(text, isRule)
	body := strings.TrimRightFunc(rest, func(r rune) bool { return isRule(r) || r == ':' || r == '：' })
	before, after := text[:len(text)-len(rest)], rest[len(body):]
	if body == "" || strings.TrimSpace(before+after) == "" {
		return noSeparator
	}
	phrase := foldLabel(body)
	for _, known := range forwardSeparators {
		if strings.HasPrefix(phrase, known) {
			return forwardSeparator
		}
	}
	for _, known := range originalSeparators {
		if strings.HasPrefix(phrase, known) {
			return originalSeparator
		}
	}
	if len(strings.TrimSpace(before)) >= 3 && len(strings.TrimSpace(after)) >= 3 && len(phrase) <= 100 &&
		strings.IndexFunc(phrase, unicode.IsLetter) >= 0 {
		return originalSeparator
	}
	return noSeparator
}

// endsForward recognises the line that some programs print below a forwarded message.
func endsForward(text string) bool {
	if text = strings.TrimSpace(text); !strings.HasPrefix(text, "--") && !strings.HasPrefix(text, "==") {
		return false
	}
	phrase := foldLabel(strings.TrimFunc(strings.Replace(text, scissors, "", 1), isRule))
	for _, known := range forwardEnds {
		if strings.HasPrefix(phrase, known) {
			return true
		}
	}
	return false
}

// splitSeparator takes "----- Forwarded Message ----- From: …", which is how Yahoo prints plain text, apart: it answers where
// the header block starts, or 0.
func splitSeparator(text string) int {
	trimmed := strings.TrimLeft(text, " ")
	if !strings.HasPrefix(trimmed, "--") || len(text) > 4000 {
		return 0
	}
	end := strings.LastIndex(text, "-- ") + len("-- ")
	if l, _, ok := splitLabel(text[end:]); !ok || l.field != fromField || separatorOf(text[:end]) == noSeparator {
		return 0
	}
	return end
}

func isRule(r rune) bool { return strings.ContainsRune("-=_~—–* \t\u00a0", r) }

// isLongRule holds for a line of nothing but dashes.
func isLongRule(text string) bool {
	text = strings.TrimSpace(text)
	return len(text) >= 10 && strings.Trim(text, "-=") == ""
}

// foldLabel makes labels and phrases comparable: lower case, single spaces, no emphasis, no direction marks, no dot at the end,
// the Turkish i's as one.
func foldLabel(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '*' || r == '\u0307' || unicode.Is(unicode.Cf, r):
			return -1
		case unicode.IsSpace(r):
			return ' '
		case r == 'İ' || r == 'ı':
			return 'i'
		}
		return unicode.ToLower(r)
	}, s)
	return strings.TrimSuffix(strings.Join(strings.Fields(s), " "), ".")
}
