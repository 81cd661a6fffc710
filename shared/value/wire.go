package value

import "strings"

// WireSize is about how many bytes a text takes in an answer: it is JSON within the JSON of Lambda's response, so that a
// quote takes four.
func WireSize(s string) int {
	n := len(s)
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			n += 3
		case c == '\n' || c == '\r' || c == '\t':
			n += 2
		case c < ' ':
			n += 6
		}
	}
	return n + 4*(strings.Count(s, "\u2028")+strings.Count(s, "\u2029"))
}
