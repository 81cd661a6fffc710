package mail

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/jhillyerd/enmime/v2/mediatype"
)

// Longer values are cut: mending one costs enmime's parser quadratic time, and no sane field comes near.
const maxMediaType = 8 << 10

// "TEXT/PLAIN charset=US-ASCII"
var forgottenSemicolon = regexp.MustCompile(`^\s*([\w.+-]+/[\w.+-]+)[ \t]+([\w-]+=)`)

// mediaType parses a Content-Type or Content-Disposition value and never fails: one bad field must not cost the message.
// A boundary is kept only where the type is multipart, and never a monstrous one.
func mediaType(value string) (string, map[string]string) {
	value = value[:min(len(value), maxMediaType)]
	value = forgottenSemicolon.ReplaceAllString(value, "$1; $2")
	kind, params, _, err := mediatype.Parse(value)
	if err != nil {
		kind, _, _ = strings.Cut(value, ";")
		params = parameters(value)
	}
	if params == nil {
		params = map[string]string{}
	}
	kind = strings.ToLower(strings.TrimSpace(kind))
	if kind == "text" { // RFC 1049, still sent by scripts
		kind = "text/plain"
	}
	if fields := strings.Fields(kind); len(fields) > 1 {
		kind = fields[0]
	}
	if !strings.HasPrefix(kind, "multipart/") || len(params["boundary"]) > 1000 {
		delete(params, "boundary")
	}
	return kind, params
}

// parameters reads the parameters of a field leniently, with the continuations and charsets of RFC 2231, which the
// standard library knows only in UTF-8.
func parameters(value string) map[string]string {
	plain, pieces := map[string]string{}, map[string]map[int]string{}
	for _, item := range splitOutside(value[:min(len(value), maxMediaType)], ';')[1:] {
		key, val, ok := strings.Cut(item, "=")
		if !ok {
			continue
		}
		key = strings.ToLower(strings.TrimSpace(key))
		val = unquote(strings.TrimSpace(val))
		name, section, _ := strings.Cut(key, "*")
		if name == key {
			if _, seen := plain[name]; !seen {
				plain[name] = decodeWords(val)
			}
			continue
		}
		index, _ := strconv.Atoi(strings.TrimSuffix(section, "*"))
		if pieces[name] == nil {
			pieces[name] = map[int]string{}
		}
		if section == "" || strings.HasSuffix(section, "*") {
			val = "*" + val // percent-encoded, to be told apart from a literal piece
		}
		pieces[name][index] = val
	}
	for name, byIndex := range pieces {
		plain[name] = joinPieces(byIndex)
	}
	return plain
}

// joinPieces puts the continuations of RFC 2231 together. The first piece names the charset of them all.
func joinPieces(byIndex map[int]string) string {
	var charset string
	var joined []byte
	for i := range len(byIndex) {
		piece, ok := byIndex[i]
		if !ok {
			break
		}
		encoded, isEncoded := strings.CutPrefix(piece, "*")
		if !isEncoded {
			joined = append(joined, piece...)
			continue
		}
		if first, rest, ok := strings.Cut(encoded, "'"); ok && i == 0 {
			if _, text, ok := strings.Cut(rest, "'"); ok {
				charset, encoded = first, text
			}
		}
		joined = append(joined, percentDecode(encoded)...)
	}
	return decodeCharset(joined, charset)
}

// percentDecode keeps what is not a valid escape.
func percentDecode(s string) []byte {
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			if b, err := strconv.ParseUint(s[i+1:i+3], 16, 8); err == nil {
				out = append(out, byte(b))
				i += 2
				continue
			}
		}
		out = append(out, s[i])
	}
	return out
}

// splitOutside splits at a separator that stands outside quotes and angle brackets.
func splitOutside(s string, separators ...byte) []string {
	var parts []string
	quoted, angle, start := false, false, 0
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\' && quoted:
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '<':
			angle = true
		case c == '>':
			angle = false
		case !angle && strings.IndexByte(string(separators), c) >= 0:
			parts = append(parts, s[start:i])
			start = i + 1
		}
	}
	return append(parts, s[start:])
}

// unquote removes the quotes and escapes of a quoted-string, also of one that was never closed.
func unquote(s string) string {
	if !strings.HasPrefix(s, `"`) {
		return s
	}
	s = strings.TrimSuffix(s[1:], `"`)
	if !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
