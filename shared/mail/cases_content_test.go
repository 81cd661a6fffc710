package mail_test

import (
	"bytes"
	"strings"

	"github.com/lejek/lejek/shared/mailbox"
)

func text(want string) func(mailbox.Parsed) bool {
	return func(p mailbox.Parsed) bool { return strings.TrimSpace(p.Text) == want && p.Unparsed == "" }
}

var contentCases = []edgeCase{
	{59, "CR only", strings.ReplaceAll(fromJan+rest+"\nHello\nthere\n", "\n", "\r"), text("Hello\nthere")},
	{59, "CR only, but for a last LF", strings.ReplaceAll(fromJan+rest+"\nHello\nthere", "\n", "\r") + "\n", text("Hello\nthere")},
	{59, "a header of CR over a body of CRLF", strings.ReplaceAll(fromJan+rest, "\n", "\r") + "\rHello\r\nthere\r\n", text("Hello\nthere")},
	{59, "LF only", fromJan + rest + "\nHello\nthere\n", text("Hello\nthere")},
	{59, "NUL", fromJan + rest + "\nHel\x00lo\n", text("Hello")},
	{59, "NUL in the header", fromJan + "Subject: Cha\x00irs\n" + body, func(p mailbox.Parsed) bool { return p.Subject == "Chairs" }},
	{59, "a line of 100 KB", fromJan + rest + "\n" + strings.Repeat("x", 100<<10), text(strings.Repeat("x", 100<<10))},
	{59, "a header line of 100 KB", fromJan + "X-Long: " + strings.Repeat("x", 100<<10) + "\n" + rest + body, text("Hello")},
	{61, "an image that the text shows, one that it does not, one that is missing", fromJan + rest + "Content-Type: multipart/related; boundary=r\n\n--r\nContent-Type: text/html\n\n<img src=\"cid:logo@x\"><img src=\"cid:gone@x\">\n--r\nContent-Type: image/png; name=logo.png\nContent-ID: <logo@x>\n\nPNG\n--r\nContent-Type: image/png; name=scan.png\nContent-Disposition: inline\n\nPNG\n--r--\n", func(p mailbox.Parsed) bool {
		return len(p.Parts) == 2 && p.Parts[0].Inline && !p.Parts[1].Inline && strings.Contains(p.HTML, "cid:gone@x")
	}},
	{63, "a macro and a program are files like others, a zip is not opened", attachments("Content-Type: application/vnd.ms-word.document.macroEnabled.12; name=\"offer.docm\"\n\nPK\x03\x04x", "Content-Type: application/x-msdownload; name=\"invoice.pdf.exe\"\n\nMZx", "Content-Type: application/zip; name=\"a.zip\"\n\nPK\x03\x04"), func(p mailbox.Parsed) bool {
		return len(p.Parts) == 3 && p.Parts[0].Name == "offer.docm" && p.Parts[1].Name == "invoice.pdf.exe" && bytes.Equal(p.Parts[2].Content, []byte("PK\x03\x04"))
	}},
	{64, "a date in 1970", fromJan + "Date: Thu, 1 Jan 1970 00:00:00 +0000\n" + body, func(p mailbox.Parsed) bool { return p.Date.Year() == 1970 }},
	{64, "a date in 2038, which is the receiver's to clamp", fromJan + "Date: Tue, 19 Jan 2038 03:14:08 +0000\n" + body, func(p mailbox.Parsed) bool { return p.Date.Unix() == 1<<31 }},
	{64, "no date", fromJan + "Date: soon\n" + body, func(p mailbox.Parsed) bool { return p.Date.IsZero() }},
	// What HTML may be shown is decided where it is stored; here it becomes text.
	{71, "scripts, styles and what is hidden are no text", fromJan + rest + "Content-Type: text/html\n\n<style>p{}</style><script>alert(1)</script><p>Hello</p><div style=\"display:none\">secret</div><form><textarea>x</textarea></form><img src=\"https://track.example/1.gif\">", func(p mailbox.Parsed) bool { return p.Snippet == "Hello" }},
}
