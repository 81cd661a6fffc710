package mail

import (
	"bytes"
	"regexp"
	"strings"

	"github.com/lejek/lejek/shared/mailbox"
)

// unfoldNewlines gives a text the one line end we use.
func unfoldNewlines(s string) string {
	return strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
}

// unflow joins the lines of format=flowed text (RFC 3676): a line that ends in a space goes on in the next one of the same
// quote depth. The signature separator "-- " stays.
func unflow(s string, deleteSpace bool) string {
	var out strings.Builder
	open, depth := false, 0
	for i, line := range strings.Split(s, "\n") {
		rest := strings.TrimLeft(line, ">")
		d := len(line) - len(rest)
		rest = strings.TrimPrefix(rest, " ") // space-stuffing
		if open && d == depth && rest != "-- " {
			line = rest
		} else {
			if i > 0 {
				out.WriteByte('\n')
			}
			line = strings.Repeat(">", d)
			if d > 0 {
				line += " "
			}
			line += rest
		}
		depth, open = d, strings.HasSuffix(rest, " ") && rest != "-- "
		if open && deleteSpace {
			line = line[:len(line)-1]
		}
		out.WriteString(line)
	}
	return out.String()
}

var uuBegin = regexp.MustCompile(`(?m)^begin [0-7]{3,4} (\S[^\n]*)\n`)

// extractUUEncoded takes files out of a text into which an old program pasted them.
func extractUUEncoded(text string) (string, []mailbox.Part) {
	var parts []mailbox.Part
	var kept strings.Builder
	for len(parts) < 100 && strings.Contains(text, "begin ") {
		m := uuBegin.FindStringSubmatchIndex(text)
		if m == nil {
			break
		}
		content, rest, ok := decodeUU(text[m[1]:])
		if !ok {
			kept.WriteString(text[:m[1]])
			text = text[m[1]:]
			continue
		}
		kept.WriteString(text[:m[0]])
		parts = append(parts, mailbox.Part{Name: safeName(text[m[2]:m[3]]), MediaType: "application/octet-stream", Content: content})
		text = rest
	}
	kept.WriteString(text)
	return kept.String(), parts
}

// decodeUU reads lines up to "end"; the first character of each says how many bytes it holds.
func decodeUU(text string) (content []byte, rest string, ok bool) {
	var out bytes.Buffer
	for text != "" {
		line, tail, _ := strings.Cut(text, "\n")
		text = tail
		if strings.TrimSpace(line) == "end" {
			return out.Bytes(), text, out.Len() > 0
		}
		if line == "" || line[0] < ' ' || line[0] > '`' {
			return nil, "", false
		}
		n := int(line[0]-' ') & 63
		at := func(i int) byte {
			if i < len(line) {
				return (line[i] - ' ') & 63
			}
			return 0
		}
		for i := 1; n > 0; i += 4 {
			group := []byte{at(i)<<2 | at(i+1)>>4, at(i+1)<<4 | at(i+2)>>2, at(i+2)<<6 | at(i+3)}
			out.Write(group[:min(n, 3)])
			n -= 3
		}
	}
	return nil, "", false
}
