package mail_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/lejek/lejek/shared/mail"
	"github.com/lejek/lejek/shared/mailbox"
)

func seed(f *testing.F) {
	for _, pattern := range []string{"testdata/*.eml", "testdata/*/*.eml"} {
		files, _ := filepath.Glob(pattern)
		for _, name := range files {
			raw, err := os.ReadFile(name)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(raw)
		}
	}
}

// storable fails on what would break a database or a log line.
func storable(t *testing.T, p mailbox.Parsed) {
	t.Helper()
	texts := []string{p.MessageID, p.Subject, p.BaseSubject, p.Text, p.HTML, p.Snippet, p.ReceivedFor, p.ThreadIndex}
	texts = append(append(texts, p.References...), p.InReplyTo...)
	for _, list := range [][]mailbox.Address{p.From, p.Sender, p.ReplyTo, p.To, p.Cc, p.Bcc, p.ResentFrom} {
		for _, a := range list {
			texts = append(texts, a.Name, a.Email)
		}
	}
	for _, part := range p.Parts {
		texts = append(texts, part.Name, part.MediaType, part.ContentID)
		if part.Name == "" || filepath.Base(part.Name) != part.Name || len(part.Name) > 200 {
			t.Errorf("unsafe name %q", part.Name)
		}
	}
	for _, s := range texts {
		if !utf8.ValidString(s) {
			t.Errorf("invalid UTF-8: %q", s)
		}
	}
	if len(p.References) > 100 || len([]rune(p.Snippet)) > 225 {
		t.Errorf("%d references, snippet of %d", len(p.References), len([]rune(p.Snippet)))
	}
}

func FuzzParse(f *testing.F) {
	seed(f)
	for _, c := range slices.Concat(peopleCases, threadCases, contentCases) {
		if len(c.raw) < 10<<10 {
			f.Add([]byte(c.raw))
		}
	}
	f.Add([]byte("From: a@x\nContent-Type: multipart/mixed; boundary=b\n\n--b\n oops\n--b\noops\nContent-Type: text/html\n\nx\n--b--"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		p, err := mail.Parse(raw, mail.Limits{})
		if err != nil {
			return
		}
		storable(t, p)
		stub := func(part mailbox.Part) bool { return strings.HasPrefix(part.Name, "unreadable part") }
		if slices.Contains(p.Defects, "a malformed part was skipped") && p.Unparsed == "" && !slices.ContainsFunc(p.Parts, stub) {
			t.Error("a part was lost without a word")
		}
		again, _ := mail.Parse(raw, mail.Limits{})
		if again.Fingerprint != p.Fingerprint {
			t.Error("the same bytes have two fingerprints")
		}
	})
}

func FuzzForward(f *testing.F) {
	for i, program := range programs {
		for _, l := range locales(f) {
			s := stories()[i%len(stories())]
			s.wall = walls[i%len(walls)]
			if text, rich, ok := program.print(l, &s); ok && (l.name == "en" || l.name == "pl" || l.name == "zh-cn" || l.name == "ar") {
				f.Add("Fwd: x", text, rich)
			}
		}
	}
	for _, a := range answers(f) {
		f.Add(a.subject, a.text, a.rich)
	}
	f.Fuzz(func(t *testing.T, subject, text, rich string) {
		if !utf8.ValidString(subject) || !utf8.ValidString(text) || !utf8.ValidString(rich) {
			return // parsing hands on nothing else
		}
		_, kind := mail.BaseSubject(subject)
		p := mailbox.Parsed{Subject: subject, SubjectKind: kind, Text: text, HTML: rich}
		for _, inner := range mail.Forward(p, mail.Limits{}) {
			storable(t, inner.Parsed)
			if len(inner.Parsed.From) != 1 || inner.Parsed.From[0].Email == "" && inner.Parsed.From[0].Name == "" {
				t.Errorf("a quoted message from %v", inner.Parsed.From)
			}
			if !strings.Contains(rich, inner.Parsed.HTML) {
				t.Error("markup that was not there")
			}
		}
	})
}

func FuzzForwardRaw(f *testing.F) {
	seed(f)
	for _, c := range forwardCases {
		f.Add([]byte(c.raw))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		p, err := mail.Parse(raw, mail.Limits{})
		if err != nil {
			return
		}
		for _, inner := range mail.Forward(p, mail.Limits{}) {
			storable(t, inner.Parsed)
			if inner.How == mailbox.InnerAttached && inner.Parsed.CarrierPart >= len(p.Parts) {
				t.Errorf("attached as part %d of %d", inner.Parsed.CarrierPart, len(p.Parts))
			}
		}
	})
}

func FuzzBaseSubject(f *testing.F) {
	for _, s := range []string{"Re: [list] Fwd: x (fwd)", "[Fwd: x]", "İLT: x", "Re[2]： x", "ii:[x]", "Redir.: x", "VS: Vs: x", "Re: AW: WG: [ext] x", "إعادة توجيه: x", "[Fwd: [a] (fwd)]"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		base, _ := mail.BaseSubject(s)
		if again, kind := mail.BaseSubject(base); again != base || kind != mailbox.SubjectNew {
			t.Errorf("%q: %q is not the base yet, %q", s, base, again)
		}
	})
}
