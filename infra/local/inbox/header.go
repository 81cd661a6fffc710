package inbox

import (
	"bytes"
	"strings"
)

// field is a header field: its name, its value unfolded, and the bytes it came from.
type field struct {
	name, value string
	raw         []byte
}

// fields splits the header of a message, however broken it is, into its fields. What is no field ends the header, as does
// the empty line; rest is everything from there on.
func fields(message []byte) (all []field, rest []byte) {
	for len(message) > 0 {
		end := lineEnd(message)
		name, _, ok := strings.Cut(string(message[:end]), ":")
		if !ok || !isName(strings.TrimRight(name, " \t")) {
			return all, message
		}
		for end < len(message) && (message[end] == ' ' || message[end] == '\t') {
			end += lineEnd(message[end:])
		}
		raw := message[:end]
		all = append(all, field{name: strings.TrimRight(name, " \t"), value: unfold(raw[len(name)+1:]), raw: raw})
		message = message[end:]
	}
	return all, message
}

// isName tells whether the text can name a field (RFC 5322, 2.2): printable ASCII without spaces.
func isName(text string) bool {
	return text != "" && strings.IndexFunc(text, func(r rune) bool { return r < '!' || r > '~' }) < 0
}

// lineEnd is the index behind the line's break, or behind the message.
func lineEnd(b []byte) int {
	if i := bytes.IndexByte(b, '\n'); i >= 0 {
		return i + 1
	}
	return len(b)
}

// unfold writes the value on one line, each fold as one space, in valid UTF-8.
func unfold(raw []byte) string {
	var lines []string
	for line := range bytes.Lines(raw) {
		lines = append(lines, string(bytes.TrimSpace(line)))
	}
	return strings.ToValidUTF8(strings.TrimSpace(strings.Join(lines, " ")), "\uFFFD")
}

// first is the value of the first field of that name.
func first(all []field, name string) string {
	for _, f := range all {
		if strings.EqualFold(f.name, name) {
			return f.value
		}
	}
	return ""
}
