package mail

import (
	"encoding/base64"
	"io"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/cention-sany/utf7"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/ianaindex"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// decodeCharset turns text into valid UTF-8 without NULs. Labels are read as browsers do, by which ISO-8859-1 and ASCII mean
// windows-1252 (or "€" becomes a control character) and GB2312 means GBK. No charset is guessed from letter frequencies: that
// breaks long, mostly ASCII UTF-8. But what is valid UTF-8 is not windows-1252, whatever its label, and what is neither
// labelled nor UTF-8 is.
func decodeCharset(content []byte, label string) string {
	enc := lookupCharset(label)
	if enc == charmap.Windows1252 && utf8.Valid(content) {
		return repair(string(content))
	}
	if enc == unicode.UTF8 {
		if utf8.Valid(content) || hasMultibyte(content) {
			return repair(string(content))
		}
		enc = charmap.Windows1252
	}
	decoded, _, err := transform.Bytes(unicode.BOMOverride(enc.NewDecoder()), content)
	if err != nil {
		return repair(string(content))
	}
	return repair(string(decoded))
}

// lookupCharset answers windows-1252 for a label that is missing or means nothing.
func lookupCharset(label string) encoding.Encoding {
	label = strings.ToLower(strings.Trim(label, " \t'\""))
	label = strings.TrimPrefix(label, "charset=")
	switch label {
	case "utf-7", "utf7", "unicode-1-1-utf-7", "x-unicode-2-0-utf-7":
		return utf7.UTF7
	}
	if enc, err := htmlindex.Get(label); err == nil && enc != encoding.Replacement {
		return enc
	}
	if enc, err := ianaindex.MIME.Encoding(label); err == nil && enc != nil && enc != encoding.Replacement {
		return enc
	}
	return charmap.Windows1252
}

// hasMultibyte reports whether the text holds a character that only UTF-8 explains.
func hasMultibyte(content []byte) bool {
	for len(content) > 0 {
		r, size := utf8.DecodeRune(content)
		if r != utf8.RuneError && size > 1 {
			return true
		}
		content = content[size:]
	}
	return false
}

var unprintable = strings.NewReplacer("\x00", "", "\uFEFF", "")

// repair makes a text storable: valid UTF-8, no NUL, no byte order mark (Apple puts one into the middle of forwards).
func repair(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	if strings.IndexByte(s, 0) < 0 && !strings.Contains(s, "\uFEFF") {
		return s
	}
	return unprintable.Replace(s)
}

// charsetReader is the hook of net/mail for encoded words in names.
func charsetReader(label string, input io.Reader) (io.Reader, error) {
	content, err := io.ReadAll(input)
	return strings.NewReader(decodeCharset(content, label)), err
}

// Spaces inside an encoded word are forbidden by RFC 2047 and common.
var encodedWord = regexp.MustCompile(`=\?([^?\s]{1,60})\?([bBqQ])\?([^?]*)\?=`)

// decodeWords decodes the encoded words of RFC 2047 wherever they stand, also inside quotes. Neighbours of one charset are
// joined before they are decoded, because programs split words in the middle of a character.
func decodeWords(s string) string {
	if !strings.Contains(s, "=?") {
		return s
	}
	var out strings.Builder
	var bytesOfRun []byte
	var charsetOfRun string
	last, pending := 0, false
	flush := func() {
		if pending {
			out.WriteString(decodeCharset(bytesOfRun, charsetOfRun))
			bytesOfRun, pending = nil, false
		}
	}
	for _, m := range encodedWord.FindAllStringSubmatchIndex(s, -1) {
		label, _, _ := strings.Cut(strings.ToLower(s[m[2]:m[3]]), "*") // RFC 2231 §5: charset*language
		between := s[last:m[0]]
		if !pending || strings.TrimSpace(between) != "" {
			flush()
			out.WriteString(between)
		} else if label != charsetOfRun {
			flush()
		}
		bytesOfRun = append(bytesOfRun, decodeWord(s[m[4]:m[5]], s[m[6]:m[7]])...)
		charsetOfRun, pending, last = label, true, m[1]
	}
	flush()
	out.WriteString(s[last:])
	return out.String()
}

func decodeWord(encoding, text string) []byte {
	if strings.EqualFold(encoding, "q") {
		return decodeQuotedPrintable([]byte(strings.ReplaceAll(strings.ReplaceAll(text, "_", "=20"), " ", "=20")))
	}
	text = strings.TrimRight(strings.ReplaceAll(text, " ", ""), "=")
	decoded, err := base64.RawStdEncoding.DecodeString(text)
	if err != nil {
		decoded = decodeBase64Lines([]byte(text))
	}
	return decoded
}
