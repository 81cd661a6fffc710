package mail

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/lejek/lejek/shared/mailbox"
)

const maxSubject = 1000 // characters

// BaseSubject strips what replying and forwarding put around a subject (compare RFC 5256 §2.1, which knows only English):
// prefixes in some thirty languages with their counters, list tags, "[Fwd: …]" wrappers, a trailing "(fwd)". The kind is
// that of the outermost prefix, which tells what was done last.
func BaseSubject(s string) (string, mailbox.SubjectKind) {
	s = norm.NFC.String(repair(s[:min(len(s), 8*maxSubject)]))
	runes := []rune(s)
	s = string(runes[:min(len(runes), maxSubject)])
	s = strings.Join(strings.Fields(s), " ")
	kind := mailbox.SubjectNew
	claim := func(k mailbox.SubjectKind) {
		if kind == mailbox.SubjectNew {
			kind = k
		}
	}
	// Every pass that goes on makes the subject shorter, so this ends.
	for {
		if inner, ok := unwrapForward(s); ok {
			claim(mailbox.SubjectForward)
			s = inner
		} else if rest, ok := stripTag(s); ok {
			s = rest
		} else if rest, k := stripPrefix(s); k != mailbox.SubjectNew {
			claim(k)
			s = rest
		} else if n := len(s) - len("(fwd)"); n >= 0 && strings.EqualFold(s[n:], "(fwd)") {
			claim(mailbox.SubjectForward)
			s = strings.TrimSpace(s[:n])
		} else {
			return s, kind
		}
	}
}

// vaguePrefix reports that the outermost prefix is one that different languages mean differently.
func vaguePrefix(s string) bool {
	for rest, ok := stripTag(s); ok; rest, ok = stripTag(s) {
		s = rest
	}
	prefix, _, _ := strings.Cut(strings.ReplaceAll(s, "：", ":"), ":")
	return foldPrefix(strings.TrimSpace(prefix)) == "vs"
}

// unwrapForward takes the inside out of "[Fwd: inside]".
func unwrapForward(s string) (string, bool) {
	if !strings.HasPrefix(s, "[") || !strings.HasSuffix(s, "]") {
		return s, false
	}
	rest, kind := stripPrefix(s[1 : len(s)-1])
	return rest, kind == mailbox.SubjectForward
}

// stripTag removes a list tag, but never the last thing that a subject says.
func stripTag(s string) (string, bool) {
	if !strings.HasPrefix(s, "[") {
		return s, false
	}
	end := strings.IndexByte(s, ']')
	if end < 0 || end > 100 {
		return s, false
	}
	rest := strings.TrimSpace(s[end+1:])
	return rest, rest != ""
}

// stripPrefix removes one prefix with its colon: "Re:", "RE[2]:", "Re^3:", "AW (4):", "Odp：".
func stripPrefix(s string) (string, mailbox.SubjectKind) {
	end := strings.IndexAny(s, ":：")
	if end <= 0 || end > 60 {
		return s, mailbox.SubjectNew
	}
	label, exact := s[:end], true
	for _, closing := range []string{"[]", "()", "^"} {
		label, exact = trimCounter(label, closing, exact)
	}
	trimmed := strings.TrimSpace(label)
	exact = exact && trimmed == label
	prefix, ok := subjectPrefixes[foldPrefix(strings.TrimSuffix(trimmed, "."))]
	if !ok || prefix.exact && !exact {
		return s, mailbox.SubjectNew
	}
	_, rest, _ := strings.Cut(s[end:], s[end:end+colonLen(s[end:])])
	return strings.TrimSpace(rest), prefix.kind
}

func colonLen(s string) int {
	if s[0] == ':' {
		return 1
	}
	return len("：")
}

// trimCounter removes a trailing number in the given brackets, or behind the given sign.
func trimCounter(label, brackets string, exact bool) (string, bool) {
	open := strings.LastIndexByte(label, brackets[0])
	if open <= 0 {
		return label, exact
	}
	digits := label[open+1:]
	if len(brackets) == 2 {
		var ok bool
		if digits, ok = strings.CutSuffix(strings.TrimSpace(digits), brackets[1:]); !ok {
			return label, exact
		}
	}
	if digits == "" || len(digits) > 6 || strings.Trim(digits, "0123456789") != "" {
		return label, exact
	}
	return label[:open], false
}

// foldPrefix lowers a prefix so that the Turkish "İLT", "ilt" and "i̇lt" are one.
func foldPrefix(s string) string {
	s = strings.Map(func(r rune) rune {
		if r == 'İ' || r == 'ı' {
			return 'i'
		}
		return unicode.ToLower(r)
	}, s)
	return strings.ReplaceAll(norm.NFC.String(s), "i\u0307", "i")
}
