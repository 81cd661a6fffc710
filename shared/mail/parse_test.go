package mail_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lejek/lejek/shared/mail"
	"github.com/lejek/lejek/shared/mailbox"
)

const head = "From: Jo <jo@example.com>\nTo: anna@acme.example\nSubject: Hi\nMessage-ID: <1@example.com>\n"

func TestParseFindsTheHeaderBehindAnyPrelude(t *testing.T) {
	t.Parallel()
	mailText := head + "\nHello\nthere\n"
	for name, raw := range map[string]string{
		"none":             mailText,
		"CRLF":             strings.ReplaceAll(mailText, "\n", "\r\n"),
		"CR only":          strings.ReplaceAll(mailText, "\n", "\r"),
		"CR CR LF":         strings.ReplaceAll(mailText, "\n", "\r\r\n"),
		"byte order mark":  "\xef\xbb\xbf" + mailText,
		"empty lines":      "\r\n \r\n" + mailText,
		"mbox line":        "From jo@example.com Mon Jun  3 10:15:22 2024\n" + mailText,
		"quoted mbox line": ">From jo@example.com Mon Jun  3 10:15:22 2024\n" + mailText,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := parse(t, raw)
			if p.MessageID != "1@example.com" || p.Text != "Hello\nthere\n" || p.Unparsed != "" {
				t.Errorf("id %q, text %q, unparsed %q", p.MessageID, p.Text, p.Unparsed)
			}
		})
	}
}

func TestParseRefusesWhatIsNoMail(t *testing.T) {
	t.Parallel()
	for _, raw := range []string{"", "\r\n", "hello", "PK\x03\x04 zip: yes", "{\"json\": true}\n", strings.Repeat("x", 1<<20)} {
		if _, err := mail.Parse([]byte(raw), mail.Limits{}); !errors.Is(err, mail.ErrNotMail) {
			t.Errorf("%.20q: error %v", raw, err)
		}
	}
}

func TestParseReadsBodies(t *testing.T) {
	t.Parallel()
	multi := func(kind string, parts ...string) string {
		return "Content-Type: multipart/" + kind + "; boundary=b\n\npreamble\n--b\n" + strings.Join(parts, "\n--b\n") + "\n--b--\nepilogue\n"
	}
	plain, rich := "Content-Type: text/plain\n\nHello", "Content-Type: text/html\n\n<p>Hello</p>"
	for name, c := range map[string]struct{ raw, text, html string }{
		"no Content-Type":                  {"\nHello", "Hello", ""},
		"alternative":                      {multi("alternative", plain, rich), "Hello", "<p>Hello</p>"},
		"empty text beside HTML":           {multi("alternative", "Content-Type: text/plain\n\n \n", rich), "", "<p>Hello</p>"},
		"HTML only":                        {"Content-Type: text/html\n\n<p>Hello</p>", "", "<p>Hello</p>"},
		"part without Content-Type":        {multi("mixed", "\nHello"), "Hello", ""},
		"two texts":                        {multi("mixed", plain, "Content-Type: text/plain\n\nfooter"), "Hello\nfooter", ""},
		"text, then HTML":                  {multi("mixed", plain, rich), "Hello\nHello", `<div style="white-space:pre-wrap">Hello</div>` + "\n<p>Hello</p>"},
		"named text is the only body":      {"Content-Type: text/plain; name=mail.txt\n\nHello", "Hello", ""},
		"broken Content-Type":              {"Content-Type: text/plain; charset=\"utf-8; x\n\nHello", "Hello", ""},
		"forgotten semicolon":              {"Content-Type: text/html charset=utf-8\n\n<p>Hello</p>", "", "<p>Hello</p>"},
		"Content-Type: text":               {"Content-Type: text\n\nHello", "Hello", ""},
		"multipart without boundary":       {"Content-Type: multipart/mixed\n\nHello", "Hello", ""},
		"multipart without parts":          {"Content-Type: multipart/mixed; boundary=b\n\nHello", "Hello", ""},
		"unclosed multipart":               {"Content-Type: multipart/mixed; boundary=b\n\n--b\n" + plain, "Hello", ""},
		"a part whose header is indented":  {multi("mixed", " Content-Type: text/plain\n\nHello"), "Hello", ""},
		"a part whose header begins badly": {multi("mixed", "oops\nContent-Type: text/html\n\n<p>Hello</p>"), "", "<p>Hello</p>"},
		"a part without an empty line":     {multi("mixed", "Hello\nthere"), "Hello\nthere", ""},
		"an attachment beside a bad part":  {multi("mixed", "oops", plain, "Content-Type: application/pdf; name=a.pdf\n\nx"), "oops\nHello", ""},
		"flowed":                           {"Content-Type: text/plain; format=flowed\n\nHel \nlo\n> quo \n> ted\nend", "Hel lo\n> quo ted\nend", ""},
		"base64":                           {"Content-Transfer-Encoding: base64\n\nSGVs\nbG8=\n", "Hello", ""},
		"base64 with a list footer":        {"Content-Transfer-Encoding: base64\n\nSGVsbG8gdGhlcmUsIGhvdyBhcmUgeW91IHRvZGF5Pw==\n\n_______\nList mailing list\nunsubscribe here\nunsubscribe\n", "Hello there, how are you today?", ""},
		"base64 with stray bytes":          {"Content-Transfer-Encoding: base64\n\nSGVsbG8g\n!!!!\ndGhlcmUh\n", "Hello there!", ""},
		"broken quoted-printable":          {"Content-Transfer-Encoding: quoted-printable\n\na=3Db =ZZ c=\nd 100%=", "a=b =ZZ cd 100%", ""},
		"unknown transfer encoding":        {"Content-Transfer-Encoding: x-unknown\n\nHello", "Hello", ""},
		"NUL":                              {"\nHel\x00lo", "Hello", ""},
		"no charset, windows-1252":         {"\nna\xefve \x80", "naïve €", ""},
		"no charset, UTF-8":                {"\nżółw", "żółw", ""},
		"ISO-8859-1 means Windows":         {"Content-Type: text/plain; charset=iso-8859-1\n\n\x80 5", "€ 5", ""},
		"UTF-8 labelled ISO-8859-1":        {"Content-Type: text/plain; charset=iso-8859-1\n\nżółw", "żółw", ""},
		"windows-1252 labelled UTF-8":      {"Content-Type: text/plain; charset=utf-8\n\nna\xefve", "naïve", ""},
		"damaged UTF-8":                    {"Content-Type: text/plain; charset=utf-8\n\nżó\xff", "żó\ufffd", ""},
		"ISO-8859-2":                       {"Content-Type: text/plain; charset=ISO-8859-2\n\n\xbf\xf3\xb3w", "żółw", ""},
		"ISO-2022-JP":                      {"Content-Type: text/plain; charset=iso-2022-jp\n\n\x1b$B$3$s\x1b(B", "こん", ""},
		"GB2312 means GBK":                 {"Content-Type: text/plain; charset=gb2312\n\n\xc4\xe3\xba\xc3", "你好", ""},
		"Korean by its old name":           {"Content-Type: text/plain; charset=ks_c_5601-1987\n\n\xbe\xc8\xb3\xe7", "안녕", ""},
		"UTF-7":                            {"Content-Type: text/plain; charset=utf-7\n\n+AXwA8w-", "żó", ""},
		"UTF-16":                           {"Content-Type: text/plain; charset=utf-16\nContent-Transfer-Encoding: base64\n\n//58AQ==", "ż", ""},
		"IBM code page":                    {"Content-Type: text/plain; charset=cp850\n\n\x84", "ä", ""},
		"charset nobody knows":             {"Content-Type: text/plain; charset=x-klingon\n\nna\xefve", "naïve", ""},
		"a line of 100 KB":                 {"\n" + strings.Repeat("x", 100_000), strings.Repeat("x", 100_000), ""},
		"a part that is a text/plain;":     {multi("mixed", "Content-Type: text/plain;\n\nHello"), "Hello", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := parse(t, head+c.raw)
			if strings.TrimSuffix(p.Text, "\n") != c.text || strings.TrimSpace(p.HTML) != c.html {
				t.Errorf("text %.200q, want %.200q\nhtml %q, want %q", p.Text, c.text, p.HTML, c.html)
			}
		})
	}
}

func TestParseFilesParts(t *testing.T) {
	t.Parallel()
	p := parse(t, head+`Content-Type: multipart/mixed; boundary=m

--m
Content-Type: multipart/related; boundary=r

--r
Content-Type: text/html

<img src="cid:logo%40x"><img src=cid:two>
--r
Content-Type: image/png
Content-ID: <logo@x>
Content-Disposition: attachment; filename=logo.png
Content-Transfer-Encoding: base64

iVBORw0K
--r
Content-Type: image/gif; name="unused.gif"
Content-ID: <unused@x>

GIF89a
--r--
--m
Content-Type: text/csv; charset=iso-8859-2; name="../../etc/pa=sswd"

`+"\xbf"+`;1
--m
Content-Type: application/pdf
Content-Disposition: attachment; filename*0*=UTF-8''%C5%BC; filename*1="-two.pdf"

x
--m
Content-Type: application/pdf
Content-Disposition: attachment; filename*=iso-8859-2''%BF-two.PDF

y
--m
Content-Type: application/pdf
Content-Disposition: attachment; filename="=?UTF-8?B?xbwudHh0?="

z
--m
Content-Type: image/jpeg

no name
--m
Content-Type: text/plain
Content-Disposition: attachment; filename="`+strings.Repeat("ż", 300)+`.txt"

long
--m
Content-Type: application/octet-stream
Content-Disposition: attachment; filename="gpj.`+"\u202e"+`exe .. "

rtl
--m
Content-Type: message/rfc822

Subject: Inner / mail

Hello
--m
Content-Type: image/png; charset
Content-Disposition: attachment; file name = broken; filename=broken.png

b
--m--
`)
	var names []string
	for _, part := range p.Parts {
		names = append(names, part.Name)
		if part.Inline != (part.Name == "logo.png") {
			t.Errorf("%s: inline %v", part.Name, part.Inline)
		}
	}
	want := []string{
		"logo.png", "unused.gif", "pa=sswd", "ż-two.pdf", "ż-two (2).PDF", "ż.txt", "attachment.jpg", strings.Repeat("ż", 73) + ".txt",
		"gpj.exe", "Inner - mail.eml", "broken.png",
	}
	if !slices.Equal(names, want) {
		t.Errorf("names\n%q, want\n%q", names, want)
	}
	if got := string(p.Parts[2].Content); got != "\xbf;1" {
		t.Errorf("an attached text was changed: %q", got)
	}
	if got := string(p.Parts[0].Content); got != "\x89PNG\r\n" {
		t.Errorf("decoded %q", got)
	}
}

func TestParseTakesUUEncodedFilesOutOfTheText(t *testing.T) {
	t.Parallel()
	p := parse(t, head+"\nbegin with this\nbegin 644 ../a.txt\n%2&5L;&\\ \n`\nend\nafter\n")
	if p.Text != "begin with this\nafter\n" || len(p.Parts) != 1 || p.Parts[0].Name != "a.txt" || string(p.Parts[0].Content) != "Hello" {
		t.Errorf("text %q, parts %+v", p.Text, p.Parts)
	}
}

func TestParseReadsIDs(t *testing.T) {
	t.Parallel()
	many := strings.Builder{}
	for i := range 150 {
		many.WriteString(" <" + strings.Repeat("i", i+1) + "@x>")
	}
	for name, c := range map[string]struct{ field, want string }{
		"folded":                    {"<a1@x>\n\t<b2@x>", "a1@x b2@x"},
		"comma-separated":           {"<a1@x>,<b2@x>", "a1@x b2@x"},
		"no separator":              {"<a1@x><b2@x>", "a1@x b2@x"},
		"folded inside an id":       {"<a1@\n x> <b2@x>", "a1@x b2@x"},
		"truncated":                 {"<a1@x> <b2@x <c3@x>", "a1@x c3@x"},
		"repeated":                  {"<a1@x> <a1@x>", "a1@x"},
		"case kept":                 {"<A1b@X.example>", "A1b@X.example"},
		"no brackets":               {"a1@x b2@x", "a1@x b2@x"},
		"prose around an id":        {"Your message of Mon, 3 Jun 2024 <20240603101522.1234@x>", "20240603101522.1234@x"},
		"prose around an address":   {"Message from Jo <jo@example.com> of Monday", ""},
		"prose with both":           {"Message from Jo <jo@example.com> of Monday. <20240603.1@x>", "20240603.1@x"},
		"nothing":                   {"<>", ""},
		"too long to be kept":       {"<" + strings.Repeat("x", 2000) + "@x>", ""},
		"an id without an at sign":  {"<abc123>", "abc123"},
		"an id with inner brackets": {"<4T.\"A\"<a1234@x>>", "a1234@x"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := parse(t, head+"In-Reply-To: "+c.field+"\nReferences: "+c.field+"\n\nx")
			if got := strings.Join(p.InReplyTo, " "); got != c.want {
				t.Errorf("In-Reply-To %q, want %q", got, c.want)
			}
			if got := strings.Join(p.References, " "); got != c.want {
				t.Errorf("References %q, want %q", got, c.want)
			}
		})
	}
	p := parse(t, head+"References:"+many.String()+"\n\nx")
	if len(p.References) != 100 || p.References[0] != "i@x" || len(p.References[99]) != 152 || len(p.References[1]) != 54 {
		t.Errorf("%d references, first %q, second %q", len(p.References), p.References[0], p.References[1])
	}
	if p := parse(t, "From: a@x\nMessage-ID: 1234.abc@x\n\nx"); p.MessageID != "1234.abc@x" {
		t.Errorf("bare Message-ID: %q", p.MessageID)
	}
}

func TestParseReadsAddresses(t *testing.T) {
	t.Parallel()
	for field, want := range map[string][]mailbox.Address{
		`Jo Bloggs <Jo@Example.COM>`:                  {{Name: "Jo Bloggs", Email: "jo@example.com", Strict: true}},
		`jo@example.com.`:                             {{Email: "jo@example.com"}},
		`"Bloggs, Jo" <jo@example.com>`:               {{Name: "Bloggs, Jo", Email: "jo@example.com", Strict: true}},
		`Bloggs, Jo <jo@example.com>`:                 {{Name: "Bloggs, Jo", Email: "jo@example.com"}},
		`Jo [ACME] <jo@example.com>`:                  {{Name: "Jo [ACME]", Email: "jo@example.com"}},
		`support@ours.example via John <j@x.example>`: {{Name: "support@ours.example via John", Email: "j@x.example"}},
		`"boss@bank.example" <j@x.example>`:           {{Email: "j@x.example", Strict: true}},
		`=?UTF-8?Q?Micha=C5=82?= <m@x.example>`:       {{Name: "Michał", Email: "m@x.example", Strict: true}},
		`"=?UTF-8?Q?Micha=C5=82?=" <m@x.example>`:     {{Name: "Michał", Email: "m@x.example", Strict: true}},
		`=?ISO-8859-2?Q?Micha=B3?= <m@x.example>`:     {{Name: "Michał", Email: "m@x.example", Strict: true}},
		`Michał <m@x.example>`:                        {{Name: "Michał", Email: "m@x.example", Strict: true}},
		"Micha\xb3 <m@x.example>":                     {{Name: "Micha³", Email: "m@x.example", Strict: true}},
		`jo@BÜCHER.example`:                           {{Email: "jo@xn--bcher-kva.example", Strict: true}},
		`jo@xn--bcher-kva.example`:                    {{Email: "jo@xn--bcher-kva.example", Strict: true}},
		`undisclosed-recipients:;`:                    nil,
		`Team: jo@example.com, Al <al@example.com>;`:  {{Email: "jo@example.com", Strict: true}, {Name: "Al", Email: "al@example.com", Strict: true}},
		`jo@example.com; al@example.com`:              {{Email: "jo@example.com"}, {Email: "al@example.com"}},
		`<jo@example.com`:                             {{Email: "jo@example.com"}},
		`<mailto:jo@example.com>`:                     {{Email: "jo@example.com"}},
		`jo@example.com <not an address>`:             {{Email: "jo@example.com"}},
		`Jo Bloggs`:                                   nil,
		`a@b@c.example`:                               nil,
	} {
		t.Run(field, func(t *testing.T) {
			t.Parallel()
			p := parse(t, "From: x@x.example\nTo: "+field+"\n\nx")
			if !slices.Equal(p.To, want) {
				t.Errorf("got %+v, want %+v", p.To, want)
			}
		})
	}
	p := parse(t, "From: Jo Bloggs\nFrom: a@x.example\n\nx")
	if p.FromFields != 2 || len(p.From) != 2 || p.From[0].Name != "Jo Bloggs" {
		t.Errorf("two From fields: %d %v", p.FromFields, p.From)
	}
}

func TestParseReadsDates(t *testing.T) {
	t.Parallel()
	for field, want := range map[string]string{
		"Mon, 3 Jun 2024 10:15:22 +0200":                "2024-06-03T08:15:22Z",
		"Mon, 3 Jun 2024 10:15:22 +0200 (CEST)":         "2024-06-03T08:15:22Z",
		"3 Jun 24 10:15 GMT":                            "2024-06-03T10:15:00Z",
		"Mon, 3 Jun 2024 10:15:22":                      "2024-06-03T10:15:22Z",
		"Mon, 3 Jun 2024 10:15:22 GMT+0200":             "2024-06-03T08:15:22Z",
		"Mon, 3 Jun 2024 10:15:22 +02:00":               "2024-06-03T08:15:22Z",
		"Mon Jun  3 10:15:22 2024":                      "2024-06-03T10:15:22Z",
		"Mon, 3 Jun 2024 10.15.22 +0200":                "2024-06-03T08:15:22Z",
		"Mon, 3-Jun-2024 10:15:22 EDT":                  "2024-06-03T14:15:22Z",
		"Mon, 3 June 2024 10:15:22 PM":                  "2024-06-03T22:15:22Z",
		"6/3/2024 10:15:22 AM":                          "2024-06-03T10:15:22Z",
		"2024-06-03 10:15:22":                           "2024-06-03T10:15:22Z",
		"2024-06-03T10:15:22+02:00":                     "2024-06-03T08:15:22Z",
		"Mon, 3 Jun 2024 10:15:22 +-0500":               "2024-06-03T15:15:22Z",
		"2024/06/03 Mon 10:15:22 CDT":                   "2024-06-03T15:15:22Z",
		"Mon, 3 Jun 2024 1:5:3 +0200":                   "2024-06-02T23:05:03Z",
		"pon., 3 cze 2024 10:15:22 +0200":               "2024-06-03T08:15:22Z",
		"Mon, 27 May 02 20:43:57 Eastern Daylight Time": "2002-05-27T20:43:57Z",
		"Tue, 19 Jan 2038 03:14:08 +0000":               "2038-01-19T03:14:08Z",
		"Thu, 1 Jan 1970 00:00:00 +0000":                "1970-01-01T00:00:00Z",
		"yesterday":                                     "",
		"99 Foo 2024":                                   "",
		"":                                              "",
	} {
		t.Run(field, func(t *testing.T) {
			t.Parallel()
			p := parse(t, head+"Date: "+field+"\n\nx")
			got := ""
			if !p.Date.IsZero() {
				got = p.Date.UTC().Format(time.RFC3339)
			}
			if got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}

func TestParseDecodesSubjects(t *testing.T) {
	t.Parallel()
	for field, want := range map[string]string{
		"=?utf-8?Q?Za=C5=BC?= =?utf-8?Q?=C3=B3=C5=82?=": "Zażół",
		"=?utf-8?B?xQ==?= =?utf-8?B?vA==?=":             "ż",
		"=?ISO-2022-JP?B?GyRCJDMkcxsoQg==?=":            "こん",
		"=?utf-8*pl?Q?=C5=BC?=":                         "ż",
		"=?utf-8?Q?with space?= after":                  "with space after",
		"=?nonsense?Q?=E9?=":                            "é",
		"folded\n over lines":                           "folded over lines",
		"raw \xe9":                                      "raw é",
		"=?utf-8?X?=C5?=":                               "=?utf-8?X?=C5?=",
		"tab\there\x01":                                 "tab here",
	} {
		if got := parse(t, "From: a@x\nSubject: "+field+"\n\nx").Subject; got != want {
			t.Errorf("%q: got %q, want %q", field, got, want)
		}
	}
}

func TestParseReadsSignals(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		header string
		check  func(mailbox.Signals) bool
	}{
		"a person":                {"Auto-Submitted: no\nX-Auto-Response-Suppress: All", func(s mailbox.Signals) bool { return !s.Automatic() && s.Evidence == nil }},
		"auto-replied":            {"Auto-Submitted: auto-replied; owner=x", func(s mailbox.Signals) bool { return s.AutoReply() && len(s.Evidence) == 1 }},
		"auto-replied, commented": {"Auto-Submitted: auto-replied (vacation)", mailbox.Signals.AutoReply},
		"auto-generated":          {"Auto-Submitted: auto-generated", func(s mailbox.Signals) bool { return !s.AutoReply() && s.Automatic() }},
		"X-Autoreply":             {"X-Autoreply: yes", mailbox.Signals.AutoReply},
		"precedence":              {"Precedence: auto_reply", mailbox.Signals.AutoReply},
		"out of office, Polish":   {"Subject: =?utf-8?Q?Odpowied=C5=BA_automatyczna:_x?=", func(s mailbox.Signals) bool { return s.AutoSubject }},
		"out of office, Notes":    {"Subject: AUTO: Jan is out of the office", func(s mailbox.Signals) bool { return s.AutoSubject }},
		"a bounce of qmail": {"From: MAILER-DAEMON@x.example\nReturn-Path: <>\n\nHi. This is the qmail-send program.\n\n<jan@client.example>:\n550 5.1.1 no such user\n\n--- Below this line is a copy of the message.\n\nReturn-Path: <anna@acme.example>\nMessage-ID: <offer@acme.example>\n", func(s mailbox.Signals) bool {
			return s.IsBounce() && s.Bounce.MessageID == "offer@acme.example" && slices.Equal(s.Bounce.Recipients, []mailbox.Undelivered{{Email: "jan@client.example", Status: "5.1.1", Failed: true}})
		}},
		"a bounce of old Exim": {"From: Mail Delivery System <Mailer-Daemon@x.example>\nX-Failed-Recipients: jan@client.example\n\nThis message was created automatically.\n\n  jan@client.example\n    unrouteable\n\n------ This is a copy of the message, including all the headers. ------\n\nMessage-Id: <offer@acme.example>\n", func(s mailbox.Signals) bool {
			return s.IsBounce() && s.Bounce.MessageID == "offer@acme.example" && slices.Equal(s.Bounce.Recipients, []mailbox.Undelivered{{Email: "jan@client.example", Failed: true}})
		}},
		"a postmaster's letter":    {"From: postmaster@x.example\n\nYou wrote:\nMessage-ID: <offer@acme.example>\njan@client.example\n", func(s mailbox.Signals) bool { return !s.IsBounce() }},
		"a list":                   {"List-Id: Friends <Friends.example.com>", func(s mailbox.Signals) bool { return s.List() && s.ListID == "friends.example.com" }},
		"bulk":                     {"Precedence: bulk", mailbox.Signals.List},
		"null return path":         {"Return-Path: <>", func(s mailbox.Signals) bool { return s.EmptyReturnPath }},
		"a loop":                   {"X-Loop: a@x\nX-Loop: b@x", func(s mailbox.Signals) bool { return len(s.Loop) == 2 }},
		"a read receipt":           {"Content-Type: multipart/report; report-type=disposition-notification; boundary=b\n\n--b\n\nread\n--b--", mailbox.Signals.IsReceipt},
		"a feedback report":        {"Content-Type: multipart/report; report-type=feedback-report; boundary=b\n\n--b\n\nspam\n--b--", mailbox.Signals.IsReceipt},
		"a meeting":                {"Content-Type: text/calendar; method=request\n\nBEGIN:VCALENDAR", func(s mailbox.Signals) bool { return s.CalendarMethod == "REQUEST" }},
		"a meeting, method inside": {"Content-Type: text/calendar\n\nBEGIN:VCALENDAR\nMETHOD:REPLY\n", func(s mailbox.Signals) bool { return s.CalendarMethod == "REPLY" }},
		"PGP":                      {"Content-Type: multipart/encrypted; boundary=b\n\n--b\n\nx\n--b--", func(s mailbox.Signals) bool { return s.Encrypted == "pgp" }},
		"S/MIME":                   {"Content-Type: application/pkcs7-mime; smime-type=enveloped-data\n\nx", func(s mailbox.Signals) bool { return s.Encrypted == "smime" }},
		"TNEF":                     {"Content-Type: application/ms-tnef; name=winmail.dat\n\nx", func(s mailbox.Signals) bool { return s.Encrypted == "tnef" }},
		"redirected": {"X-Forwarded-For: Anna@acme.example acme@in.lejek.example", func(s mailbox.Signals) bool {
			return len(s.ForwardedFor) == 2 && s.ForwardedFor[0] == "anna@acme.example"
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			from := "From: jo@example.com\n"
			if strings.HasPrefix(c.header, "From:") {
				from = ""
			}
			if s := parse(t, from+c.header+"\n\nx").Signals; !c.check(s) {
				t.Errorf("%+v", s)
			}
		})
	}
}

func TestParseKeepsTheEnvelopeTraces(t *testing.T) {
	t.Parallel()
	p := fixture(t, "forward/gmail-en.eml")
	if p.ReceivedFor != "acme@in.lejek.example" {
		t.Errorf("received for %q", p.ReceivedFor)
	}
	if got := p.Header["X-Ses-Spam-Verdict"]; !slices.Equal(got, []string{"PASS"}) {
		t.Errorf("header %v", got)
	}
	if p := fixture(t, "forward/outlook-classic-en.eml"); p.ThreadIndex != "AQHatZ1y2l9Q5kqVb0m3xkq1l8fQ9g==" {
		t.Errorf("thread index %q", p.ThreadIndex)
	}
}

func TestSnippetShowsWhatTheSenderWrote(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ raw, want string }{
		"text":            {"\nHello   there\n\nAnna\n> quoted\n", "Hello there Anna"},
		"only quotes":     {"\n> quoted\n", "quoted"},
		"HTML":            {"Content-Type: text/html\n\n<head><title>T</title><style>p{}</style></head><div style='display: none'>pre<div>header</div></div><p>Hello&nbsp;<b>there</b></p><table><tr><td>a</td><td>b</td></tr></table><blockquote>old</blockquote>", "Hello there a b"},
		"hidden padding":  {"Content-Type: text/html\n\n<p>Sale&#847;&zwnj;&#8203; now</p>", "Sale now"},
		"longer than 225": {"\n" + strings.Repeat("żółw ", 100), strings.Repeat("żółw ", 44) + "żółw…"},
		"nothing":         {"\n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := parse(t, head+c.raw).Snippet
			if got != c.want || len([]rune(got)) > 225 {
				t.Errorf("got %q (%d), want %q", got, len([]rune(got)), c.want)
			}
		})
	}
}
