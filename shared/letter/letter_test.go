package letter

import (
	"bytes"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"strings"
	"testing"
	"time"
)

// nasty are texts that would be more than text in a mail that is put together carelessly.
var nasty = []string{
	"a\r\nBcc: evil@x.example", "a\nBcc: evil@x.example", "a\rBcc: evil@x.example", "a\r\n\r\nbody", "a\r\n Bcc: evil@x.example", "a\x00b", "a\u2028b\u0085c",
	"=?utf-8?q?a=0D=0ABcc:_evil@x.example?=", "=?utf-8?b?DQpCY2M6IGV2aWxAeC5leGFtcGxl?=", `"><script>`, `x" <evil@x.example>, "y`, "a;b,c:d<e>(f)@[g]\\",
	"zażółć gęślą jaźń " + strings.Repeat("ł", 500), strings.Repeat("x", 2000), "\xff\xfe", "<a@b> <c@d>", "--b\r\n\r\n--b--",
}

func whole() Letter {
	return Letter{
		From: mail.Address{Name: "Ada", Address: "acme@mail.example"}, To: []mail.Address{{Name: "Zed", Address: "zed@x.example"}}, Subject: "s",
		Date: time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC), MessageID: "1@mail.example", Text: "t", HTML: "<p>t</p>",
		Attachments: []Attachment{{Name: "a.txt", MediaType: "text/plain", Content: []byte("x")}},
	}
}

// TestNothingInjects puts nasty texts into every field: what comes out has the fields of a harmless letter, and no line that is too long.
func TestNothingInjects(t *testing.T) {
	t.Parallel()
	fields := map[string]func(*Letter, string){
		"From name":     func(l *Letter, s string) { l.From.Name = s },
		"Reply-To name": func(l *Letter, s string) { l.ReplyTo = &mail.Address{Name: s, Address: "acme@mail.example"} },
		"To name":       func(l *Letter, s string) { l.To[0].Name = s },
		"Cc name":       func(l *Letter, s string) { l.Cc = []mail.Address{{Name: s, Address: "c@x.example"}} },
		"From":          func(l *Letter, s string) { l.From.Address = s + "@x.example" },
		"To":            func(l *Letter, s string) { l.To[0].Address = s + "@x.example" },
		"To domain":     func(l *Letter, s string) { l.To[0].Address = "a@" + s },
		"Subject":       func(l *Letter, s string) { l.Subject = s },
		"Message-ID":    func(l *Letter, s string) { l.MessageID = s },
		"In-Reply-To":   func(l *Letter, s string) { l.InReplyTo = s },
		"References":    func(l *Letter, s string) { l.References = []string{"a@b", s, "c@d"} },
		"X-Loop":        func(l *Letter, s string) { l.Loop = s },
		"file name":     func(l *Letter, s string) { l.Attachments[0].Name = s },
		"media type":    func(l *Letter, s string) { l.Attachments[0].MediaType = s },
		"text":          func(l *Letter, s string) { l.Text = s },
		"HTML":          func(l *Letter, s string) { l.HTML = s },
	}
	for name, set := range fields {
		for _, s := range nasty {
			l := whole()
			set(&l, s)
			raw, err := l.Bytes()
			if err != nil {
				if name == "Subject" || strings.HasSuffix(name, "name") || name == "text" || name == "HTML" || name == "media type" {
					t.Errorf("%s %.60q: %v", name, s, err)
				}
				continue // no mail at all is as good
			}
			check(t, name, s, raw)
		}
	}
}

func check(t *testing.T, name, s string, raw []byte) {
	t.Helper()
	for line := range bytes.SplitSeq(raw, []byte("\r\n")) {
		if len(line) > 998 || bytes.ContainsAny(line, "\r\n\x00") {
			t.Errorf("%s %.60q: the line %.60q", name, s, line)
		}
	}
	got, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Errorf("%s %.60q: %v", name, s, err)
		return
	}
	for field := range got.Header {
		if !strings.Contains(" From Reply-To To Cc Subject Date Message-Id In-Reply-To References X-Loop Mime-Version Content-Type ", " "+field+" ") {
			t.Errorf("%s %.60q: the field %s", name, s, field)
		}
	}
	for _, field := range []string{"From", "To", "Cc", "Reply-To"} {
		if got.Header.Get(field) == "" {
			continue
		}
		if list, err := got.Header.AddressList(field); err == nil && (len(list) != 1 || strings.Contains(list[0].Address, "evil") && !strings.HasPrefix(name, "To") && !strings.HasPrefix(name, "From")) {
			t.Errorf("%s %.60q: %s is %v", name, s, field, list)
		}
	}
	_, p, err := mime.ParseMediaType(got.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	r, n := multipart.NewReader(got.Body, p["boundary"]), 0
	for ; ; n++ {
		part, err := r.NextRawPart()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Errorf("%s %.60q: %v", name, s, err)
			return
		}
		if len(part.Header) > 3 {
			t.Errorf("%s %.60q: a part has %v", name, s, part.Header)
		}
	}
	if n != 2 {
		t.Errorf("%s %.60q: %d parts", name, s, n)
	}
}

func TestTextIsReadAsItWasTyped(t *testing.T) {
	t.Parallel()
	decoder := mime.WordDecoder{}
	for _, s := range nasty {
		if s = Line(s); s == "" {
			continue
		}
		l := whole()
		l.Subject, l.To[0].Name = s, s
		raw, err := l.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		got, err := mail.ReadMessage(bytes.NewReader(raw))
		if err != nil {
			t.Fatal(err)
		}
		if subject, err := decoder.DecodeHeader(got.Header.Get("Subject")); err != nil || subject != s {
			t.Errorf("%.60q is read as %.60q, %v", s, subject, err)
		}
		if to, err := got.Header.AddressList("To"); err != nil || len(to) != 1 || to[0].Name != s || to[0].Address != "zed@x.example" {
			t.Errorf("%.60q is read as %v, %v", s, to, err)
		}
	}
}

// TestTheWholeTextIsSent reads the body as its recipient does, whatever its last line is.
func TestTheWholeTextIsSent(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"Hello", "Hello\n", "one\ntwo", "one\r\ntwo ", "zażółć", strings.Repeat("long ", 100) + "end", "a=b", "a \n.\n"} {
		for kind, l := range map[string]Letter{"text": {Text: text}, "html": {HTML: text}} {
			raw, err := l.Bytes()
			if err != nil {
				t.Fatal(err)
			}
			_, body, _ := bytes.Cut(raw, []byte("\r\n\r\n"))
			got, err := io.ReadAll(quotedprintable.NewReader(bytes.NewReader(body)))
			if want := strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\n", "\r\n"); err != nil || string(got) != want {
				t.Errorf("%s %q arrives as %q (%v)", kind, text, got, err)
			}
		}
	}
}
