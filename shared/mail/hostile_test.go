package mail_test

import (
	"bytes"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/lejek/lejek/shared/mail"
)

const hostileHead = "From: mallory@example.org\r\nTo: jo@example.com\r\nMessage-ID: <h@example.org>\r\nReferences: <root@example.com>\r\nMIME-Version: 1.0\r\n"

// Mail built to exhaust a parser is put aside in time, and can still be linked by its headers. The bound is generous, since
// tests share the machine: what it catches is quadratic time, which takes minutes.
func TestParsePutsHostileMailAside(t *testing.T) {
	const big = 40 << 20
	for name, c := range map[string]struct {
		build  func() []byte
		reason string
	}{
		"5,000 nested multiparts":   {func() []byte { return nested(5000, "") }, "too many nested parts"},
		"100,000 flat parts":        {func() []byte { return flat(100_000, "Content-Type: text/plain\r\n\r\nx") }, "too many parts"},
		"100,000 headless parts":    {func() []byte { return flat(100_000, "\r\nx") }, "too many parts"},
		"200,000 header fields":     {func() []byte { return repeatHeader(200_000) }, "header over the limit"},
		"one header field of 40 MB": {func() []byte { return []byte(hostileHead + "X: " + strings.Repeat("x", big)) }, "header over the limit"},
		"headers of 40 MB in parts": {func() []byte { return flat(900, strings.Repeat("X-Y: z\r\n", 6000)+"\r\nx") }, "headers of all parts over the limit"},
		"40 MB, 45 levels down":     {func() []byte { return nested(45, strings.Repeat("0123456789abcde\n", big/16)) }, "nested too deep for its size"},
		"40 MB of header, no end":   {func() []byte { return bytes.Repeat([]byte("Received: x\r\n"), big/13) }, "header over the limit"},
		"boundaries amid lines":     {func() []byte { return amid(20_000) }, "too many nested parts"},
	} {
		t.Run(name, func(t *testing.T) {
			raw := c.build()
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			start := time.Now()
			p, err := mail.Parse(raw, mail.Limits{})
			took := time.Since(start)
			runtime.ReadMemStats(&after)
			if err != nil || p.Unparsed != c.reason {
				t.Fatalf("got reason %q, error %v; want %q", p.Unparsed, err, c.reason)
			}
			if !strings.HasPrefix(name, "40 MB of header") && (p.MessageID != "h@example.org" || p.From[0].Email != "mallory@example.org" || len(p.References) != 1) {
				t.Errorf("headers lost: %q %v %v", p.MessageID, p.From, p.References)
			}
			if took > 4*time.Second {
				t.Errorf("took %v", took)
			}
			if spent := (after.TotalAlloc - before.TotalAlloc) >> 20; spent > 128 {
				t.Errorf("allocated %d MB", spent)
			}
			t.Logf("%v, %d MB allocated", took, (after.TotalAlloc-before.TotalAlloc)>>20)
		})
	}
}

// What is large but honest is read, and so is what is odd inside the limits.
func TestParseReadsTheLargestMail(t *testing.T) {
	const big = 28 << 20 // 38 MB in base64
	attachment := bytes.Repeat([]byte("QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5ejAxMjM0\r\n"), big/57)
	for name, encoding := range map[string]string{"base64": "base64", "bytes that are no base64": "base64"} {
		t.Run(name, func(t *testing.T) {
			body := attachment
			if name == "bytes that are no base64" {
				body = bytes.Repeat([]byte("!%$ \xff\xfe\r\n"), big/8)
			}
			raw := bytes.Join([][]byte{[]byte(hostileHead + "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nHello\r\n--b\r\n" +
				"Content-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: " + encoding + "\r\n\r\n"), body, []byte("\r\n--b--\r\n")}, nil)
			start := time.Now()
			p, err := mail.Parse(raw, mail.Limits{})
			if err != nil || p.Unparsed != "" || strings.TrimSpace(p.Text) != "Hello" || len(p.Parts) != 1 {
				t.Fatalf("error %v, unparsed %q, text %q, %d parts", err, p.Unparsed, p.Text, len(p.Parts))
			}
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			t.Logf("%d MB in %v, heap from the system %d MB", len(raw)>>20, time.Since(start), m.HeapSys>>20)
		})
	}
}

func nested(depth int, body string) []byte {
	var b strings.Builder
	b.WriteString(hostileHead)
	for i := range depth {
		fmt.Fprintf(&b, "Content-Type: multipart/mixed; boundary=b%d.\r\n\r\n--b%d.\r\n", i, i)
	}
	b.WriteString("Content-Type: text/plain\r\n\r\nx\n" + body)
	return []byte(b.String())
}

func flat(parts int, part string) []byte {
	return []byte(hostileHead + "Content-Type: multipart/mixed; boundary=b\r\n\r\n" + strings.Repeat("--b\r\n"+part+"\r\n", parts) + "--b--\r\n")
}

func repeatHeader(n int) []byte {
	return []byte(hostileHead + strings.Repeat("X-Filler: y\r\n", n) + "\r\nHello\r\n")
}

// amid puts each boundary in the middle of a line, where enmime takes it for one and a plainer reader would not.
func amid(depth int) []byte {
	var b strings.Builder
	b.WriteString(hostileHead)
	for i := range depth {
		fmt.Fprintf(&b, "Content-Type: multipart/mixed; boundary=b%d.\r\n\r\nx --b%d. \r\n", i, i)
	}
	return []byte(b.String())
}
