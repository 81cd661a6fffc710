package mail

import (
	"bytes"
	"encoding/base64"
	"strings"
)

// decodeTransfer undoes a Content-Transfer-Encoding (RFC 2045 §6). It cannot fail: damaged stretches are left out or left
// as they are, and reported.
func decodeTransfer(raw []byte, encoding string) (content []byte, damaged bool) {
	switch strings.ToLower(strings.TrimSpace(encoding)) {
	case "base64":
		return decodeBase64(raw)
	case "quoted-printable":
		return decodeQuotedPrintable(raw), false
	}
	return raw, false
}

func decodeBase64(raw []byte) (content []byte, damaged bool) {
	compact := make([]byte, 0, len(raw))
	for _, c := range raw {
		if c > ' ' {
			compact = append(compact, c)
		}
	}
	out := make([]byte, base64.StdEncoding.DecodedLen(len(compact)))
	if n, err := base64.StdEncoding.Decode(out, compact); err == nil {
		return out[:n], false
	}
	return decodeBase64Lines(raw), true
}

// decodeBase64Lines rescues base64 to which something was added on the way, such as the footer of a mailing list. Once a
// line was not base64, or the padding has ended the text, only lines as long as the first one are believed, or "unsubscribe"
// would be decoded too.
func decodeBase64Lines(raw []byte) []byte {
	var out, pending []byte
	width, suspicious := 0, false
	for len(raw) > 0 {
		var line []byte
		line, raw, _ = bytes.Cut(raw, []byte("\n"))
		line = bytes.TrimSpace(line)
		text := bytes.TrimRight(line, "=")
		if len(text) == 0 || !isBase64(text) || suspicious && len(line) != width {
			suspicious = suspicious || width > 0
			continue
		}
		if width == 0 {
			width = len(line)
		}
		pending = append(pending, text...)
		if len(text) < len(line) {
			out, pending, suspicious = appendBase64(out, pending), nil, true
		}
	}
	return appendBase64(out, pending)
}

func isBase64(line []byte) bool {
	for _, c := range line {
		if !('A' <= c && c <= 'Z' || 'a' <= c && c <= 'z' || '0' <= c && c <= '9' || c == '+' || c == '/') {
			return false
		}
	}
	return true
}

func appendBase64(out, text []byte) []byte {
	if len(text)%4 == 1 {
		text = text[:len(text)-1]
	}
	decoded, _ := base64.RawStdEncoding.AppendDecode(out, text)
	return decoded
}

// decodeQuotedPrintable keeps an "=" that escapes nothing, as in a URL that was never encoded.
func decodeQuotedPrintable(raw []byte) []byte {
	out := make([]byte, 0, len(raw))
	for len(raw) > 0 {
		line, rest, found := bytes.Cut(raw, []byte("\n"))
		raw = rest
		ending := ""
		if found {
			ending = "\n"
			if bytes.HasSuffix(line, []byte("\r")) {
				ending = "\r\n"
			}
		}
		line = bytes.TrimRight(line, " \t\r") // RFC 2045 §6.7 rule 3: padding added in transport
		if soft := bytes.TrimSuffix(line, []byte("=")); len(soft) < len(line) {
			line, ending = soft, ""
		}
		for i := 0; i < len(line); i++ {
			if line[i] == '=' && i+2 < len(line) {
				if hi, lo := unhex(line[i+1]), unhex(line[i+2]); hi < 16 && lo < 16 {
					out = append(out, hi<<4|lo)
					i += 2
					continue
				}
			}
			out = append(out, line[i])
		}
		out = append(out, ending...)
	}
	return out
}

func unhex(c byte) byte {
	switch {
	case '0' <= c && c <= '9':
		return c - '0'
	case 'A' <= c && c <= 'F':
		return c - 'A' + 10
	case 'a' <= c && c <= 'f':
		return c - 'a' + 10
	}
	return 0xff
}
