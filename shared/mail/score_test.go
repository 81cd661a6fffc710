package mail_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"mime"
	"mime/quotedprintable"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lejek/lejek/shared/mail"
	"github.com/lejek/lejek/shared/mailbox"
)

var walls = []time.Time{
	time.Date(2024, 6, 3, 10, 15, 0, 0, time.UTC), time.Date(2024, 12, 17, 16, 5, 0, 0, time.UTC), time.Date(2023, 11, 25, 9, 31, 0, 0, time.UTC),
	time.Date(2024, 3, 5, 23, 40, 0, 0, time.UTC), time.Date(2022, 8, 31, 12, 0, 0, 0, time.UTC), time.Date(2024, 5, 10, 0, 5, 0, 0, time.UTC),
}

// stories are told by every program in every language that it is known in: with one recipient and with many, with copies, a note
// above, a disclaimer under the note, a history of its own, a long subject, a subject with a colon.
func stories() []story {
	anna, piotr := [2]string{"Anna Nowak", "anna@acme.example"}, [2]string{"Piotr Zieliński", "piotr.zielinski@client.example"}
	ewa, bare := [2]string{"Ewa Lis", "ewa@client.example"}, [2]string{"", "office@client.example"}
	long := [2]string{"Aleksandra Konstantynopolska", "aleksandra.konstantynopolska@purchasing.client.example"}
	body := []string{"Dear Anna,", "we would like to order 200 chairs.\nCould you tell us the price: delivery included?", "From Monday on I am away.\nTo be sure, call 22 123 45 67.", "Jan"}
	older := append(slices.Clone(body), "On Mon, May 20, 2024 at 8:00 AM Anna Nowak <anna@acme.example> wrote:", "> What do you need?", "---------- Forwarded message ---------\nFrom: Eve <eve@other.example>\nSubject: Chairs\n\nOlder still.")
	return []story{
		{name: "Jan Kowalski", email: "jan.kowalski@client.example", to: [][2]string{{"", "anna@acme.example"}}, subject: "Offer for chairs", body: body},
		{name: "Jan Kowalski", email: "jan.kowalski@client.example", to: [][2]string{anna, piotr}, cc: [][2]string{ewa}, subject: "Re: Offer for chairs", body: body, note: "Please log this one.\n\nAnna"},
		{name: "Łukasz Żółć-Śmigły", email: "l.zolc@client.example", to: [][2]string{anna, piotr, long, bare}, cc: [][2]string{ewa, long, bare}, subject: "Zamówienie: krzesła, stoły i biurka do nowego biura przy ulicy Świętokrzyskiej w Warszawie", body: body, note: "FYI", below: "And one more word."},
		{name: "Dr. Jörg Müller (Einkauf)", email: "joerg.mueller@client.example", to: [][2]string{anna}, subject: "AW: WG: [ext] Angebot 17/2024", body: older, note: "See below.\n\nAnna Nowak\n________________________________\nThis e-mail is confidential. If you are not the intended recipient, delete it."},
		{name: "kowalski@client.example", email: "kowalski@client.example", to: [][2]string{{"", "anna@acme.example"}, bare}, cc: [][2]string{piotr}, subject: "Chairs", body: []string{"From 1 July we need 20 more.", "Subject to your price."}, note: "Hi,\n\nto: whom it may concern\n\nAnna"},
		{name: "Müller, Jörg", email: "joerg.mueller@client.example", to: [][2]string{anna, ewa}, cc: [][2]string{long}, subject: "Fwd: Chairs", body: body[:2], below: "Bye"},
	}
}

// score counts, for one quality, how often it held of how often it could.
type score struct{ held, of int }

func (s score) share() float64 { return float64(s.held) / float64(max(s.of, 1)) }

type scores map[string]*score

func (s scores) count(quality string, held bool) bool {
	if s[quality] == nil {
		s[quality] = &score{}
	}
	s[quality].of++
	if held {
		s[quality].held++
	}
	return held
}

// floors are just below what was measured last.
var floors = map[string]float64{
	"found": 0.999, "from": 0.999, "name": 0.999, "to": 0.999, "cc": 0.999, "subject": 0.999, "date": 0.999, "start": 0.999, "end": 0.999, "note": 0.999, "print": 0.999,
}

var qualities = []string{"found", "from", "name", "to", "cc", "subject", "date", "start", "end", "note", "print"}

// Forwards of every program in every language are found, and what they say is read. The report shows the share of each quality,
// and every miss.
func TestForwardsOfAllProgramsAreRead(t *testing.T) {
	t.Parallel()
	total, n := scores{}, 0
	for _, program := range programs {
		each, languages := scores{}, 0
		for li, l := range locales(t) {
			known := false
			for i, s := range stories() {
				s.wall = walls[(li+i)%len(walls)]
				subject := map[string]string{"": l.one("fwd") + ": " + s.subject, "-": "New lead", "=": s.subject}[program.prefix]
				if subject == "" {
					subject = program.prefix + ": " + s.subject
				}
				text, rich, ok := program.print(l, &s)
				if !ok {
					continue
				}
				if known = true; !strings.Contains(text+rich, s.below) {
					s.below = ""
				}
				forms := shapes(text, rich, s.email)
				form := forms[(li+i)%len(forms)]
				raw := outerMessage(subject, form[0], form[1], n)
				n++
				for quality, held := range judge(raw, s) {
					if total.count(quality, held); !each.count(quality, held) {
						t.Logf("missed: %s, %s, story %d: %s", program.name, l.name, i, quality)
					}
				}
			}
			if known {
				languages++
			}
		}
		t.Logf("%-26s in %2d languages: %s", program.name, languages, each)
	}
	t.Logf("%d forwards of %d programs: recall %.4f, %s", n, len(programs), total["found"].share(), total)
	for quality, floor := range floors {
		if got := total[quality].share(); got < floor {
			t.Errorf("%s: %.4f is below the floor of %.4f", quality, got, floor)
		}
	}
}

func (s scores) String() string {
	var out []string
	for _, quality := range qualities {
		if c := s[quality]; c != nil {
			out = append(out, fmt.Sprintf("%s %.4f", quality, c.share()))
		}
	}
	return strings.Join(out, " ")
}

// shapes are the forms in which programs send one forward: both bodies, or one of them, unless the text alone does not name the sender.
func shapes(text, rich, email string) [][2]string {
	switch {
	case rich == "":
		return [][2]string{{text, ""}}
	case !strings.Contains(strings.ReplaceAll(text, "\n", ""), email):
		return [][2]string{{text, rich}, {"", rich}}
	}
	return [][2]string{{text, rich}, {text, ""}, {"", rich}}
}

func judge(raw []byte, s story) map[string]bool {
	p, err := mail.Parse(raw, mail.Limits{})
	if err != nil {
		return map[string]bool{"found": false}
	}
	found := mail.Forward(p, mail.Limits{})
	if len(found) != 1 {
		return map[string]bool{"found": false}
	}
	in := found[0].Parsed
	flat := func(s string) string { return strings.Join(strings.Fields(s), " ") }
	emails := func(list [][2]string) (out []string) {
		for _, a := range list {
			out = append(out, a[1])
		}
		return out
	}
	note := s.note
	if s.below != "" {
		note += "\n" + s.below
	}
	name := s.name
	if strings.Contains(name, "@") {
		name = ""
	}
	text := flat(mail.BodyText(in))
	marker := "\x00"
	if s.below != "" {
		marker = s.below
	}
	last := strings.TrimLeft(flat(s.body[len(s.body)-1]), "> ")
	qualities := map[string]bool{
		"found":   true,
		"from":    len(in.From) == 1 && in.From[0].Email == s.email,
		"name":    len(in.From) == 1 && in.From[0].Name == name,
		"to":      slices.Equal(addressesOf(in.To), emails(s.to)),
		"cc":      slices.Equal(addressesOf(in.Cc), emails(s.cc)),
		"subject": in.Subject == s.subject,
		"date":    in.Date.Truncate(time.Minute).Equal(s.at),
		"start":   strings.HasPrefix(text, flat(s.body[0])),
		"end":     strings.Contains(text, last[max(0, len(last)-12):]) && !strings.Contains(text, marker),
		"note":    flat(strings.ReplaceAll(found[0].Note, "<https://aka.ms/o0ukef>", "")) == flat(note),
	}
	if s.email != "" && s.subject != "" {
		qualities["print"] = in.ContentPrint == directCopy(s).ContentPrint
	}
	return qualities
}

// directCopy is the mail itself, had it come to the team too.
func directCopy(s story) mailbox.Parsed {
	p, err := mail.Parse([]byte("From: <"+s.email+">\nSubject: "+mime.BEncoding.Encode("utf-8", s.subject)+"\nContent-Type: text/plain; charset=utf-8\n\n"+s.text()+"\n"), mail.Limits{})
	if err != nil {
		panic(err)
	}
	return p
}

func addressesOf(list []mailbox.Address) (out []string) {
	for _, a := range list {
		out = append(out, a.Email)
	}
	return out
}

// outerMessage is the whole mail as a user sends it to the team's address, with the headers that programs write; every third has no ids.
func outerMessage(subject, text, rich string, n int) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "Return-Path: <anna@acme.example>\r\nReceived: from mail.acme.example (mail.acme.example [192.0.2.7])\r\n by inbound-smtp.eu-west-1.amazonaws.com with SMTP id abc%d\r\n for acme@in.lejek.example; Tue, 04 Jun 2024 09:00:00 +0000 (UTC)\r\n", n)
	fmt.Fprintf(&b, "From: Anna Nowak <anna@acme.example>\r\nTo: acme@in.lejek.example\r\nSubject: %s\r\nDate: Tue, 4 Jun 2024 11:00:00 +0200\r\nMIME-Version: 1.0\r\n", mime.BEncoding.Encode("utf-8", subject))
	if n%3 != 0 {
		fmt.Fprintf(&b, "Message-ID: <outer-%d@acme.example>\r\nReferences: <inner-%d@client.example>\r\nIn-Reply-To: <inner-%d@client.example>\r\n", n, n, n)
	}
	part := func(kind, body string) {
		if n%2 == 0 {
			fmt.Fprintf(&b, "Content-Type: %s; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n", kind)
			w := quotedprintable.NewWriter(&b)
			w.Write([]byte(strings.ReplaceAll(body, "\n", "\r\n")))
			w.Close()
			b.WriteString("\r\n")
			return
		}
		fmt.Fprintf(&b, "Content-Type: %s; charset=\"UTF-8\"\r\nContent-Transfer-Encoding: base64\r\n\r\n", kind)
		writeBase64(&b, []byte(strings.ReplaceAll(body, "\n", "\r\n")))
	}
	switch {
	case rich == "":
		part("text/plain", text)
	case text == "":
		part("text/html", rich)
	default:
		b.WriteString("Content-Type: multipart/alternative; boundary=\"=_b\"\r\n\r\n--=_b\r\n")
		part("text/plain", text)
		b.WriteString("--=_b\r\n")
		part("text/html", rich)
		b.WriteString("--=_b--\r\n")
	}
	return b.Bytes()
}

func writeBase64(b *bytes.Buffer, content []byte) {
	for encoded := range slices.Chunk([]byte(base64.StdEncoding.EncodeToString(content)), 76) {
		b.Write(encoded)
		b.WriteString("\r\n")
	}
}
