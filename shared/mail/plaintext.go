package mail

import (
	"bytes"
	"strings"

	"github.com/lejek/lejek/shared/mailbox"
)

// BodyText is the body as plain text: as sent, or rendered from the HTML of a message that has nothing else.
func BodyText(p mailbox.Parsed) string {
	if strings.TrimSpace(p.Text) != "" {
		return p.Text
	}
	return renderHTML(p.HTML)
}

// unfoldNewlines gives a text the one line end we use.
func unfoldNewlines(s string) string {
	return strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
}

// unflow joins the lines of format=flowed text (RFC 3676): a line that ends in a space goes on in the next one of the same
// quote depth. The signature separator "-- " stays.
func unflow(s string, deleteSpace bool) string {
	var out strings.Builder
	open, depth, first := false, 0, true
	for line := range strings.SplitSeq(s, "\n") {
		rest := strings.TrimLeft(line, ">")
		d := len(line) - len(rest)
		rest = strings.TrimPrefix(rest, " ") // space-stuffing
		if open && d == depth && rest != "-- " {
			line = rest
		} else {
			if !first {
				out.WriteByte('\n')
			}
			line = strings.Repeat(">", d)
			if d > 0 {
				line += " "
			}
			line += rest
		}
		first = false
		depth, open = d, strings.HasSuffix(rest, " ") && rest != "-- "
		if open && deleteSpace {
			line = line[:len(line)-1]
		}
		out.WriteString(line)
	}
	return out.String()
}

// extractUUEncoded takes files out of a text into which an old program pasted them.
func extractUUEncoded(text string) (string, []mailbox.Part) {
	var parts []mailbox.Part
	var kept strings.Builder
	for len(parts) < 100 {
		at := 0
		if !strings.HasPrefix(text, "begin ") {
			if at = strings.Index(text, "\nbegin ") + 1; at == 0 {
				break
			}
		}
		header, rest, _ := strings.Cut(text[at:], "\n")
		fields := strings.SplitN(header, " ", 3)
		content, after, ok := []byte(nil), "", false
		if len(fields) == 3 && len(fields[1]) >= 3 && strings.Trim(fields[1], "01234567") == "" {
			content, after, ok = decodeUU(rest)
		}
		if !ok {
			kept.WriteString(text[:len(text)-len(rest)])
			text = rest
			if text == "" {
				break
			}
			continue
		}
		kept.WriteString(text[:at])
		parts = append(parts, mailbox.Part{Name: safeName(fields[2]), MediaType: "application/octet-stream", Content: content})
		text = after
	}
	if kept.Len() == 0 && len(parts) == 0 {
		return text, nil
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
