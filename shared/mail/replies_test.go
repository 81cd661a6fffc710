package mail_test

import (
	"html"
	"strings"
	"testing"

	"github.com/lejek/lejek/shared/mail"
)

// answer is a mail that carries no forwarded one, whatever it quotes.
type answer struct{ name, subject, text, rich string }

// answers are replies of every program in every language, and other mail that looks like a forward here and there.
func answers(tb testing.TB) []answer {
	var list []answer
	for _, l := range locales(tb) {
		re := l.one("re")
		if re == "VS" {
			re = "Vs" // Finnish
		}
		s := stories()[1]
		s.wall = walls[0]
		line := strings.NewReplacer("{name}", s.name, "{addr}", s.email).Replace(s.date(l, l.one("reply")))
		add := func(name, subject, text, rich string) {
			list = append(list, answer{name + ", " + l.name, subject, text, rich})
		}
		quoted := "Yes, gladly.\n\n" + wrap(line) + "\n\n" + quote(s.text())
		add("Gmail", "Re: "+s.subject, quoted, `<div dir="ltr">Yes, gladly.</div><br><div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">`+html.EscapeString(line)+
			`<br></div><blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex;border-left:1px solid rgb(204,204,204)">`+s.rich("<div>%s</div>")+`</blockquote></div>`)
		add("Gmail, own subject", "Order", quoted, "")
		add("bottom posting", re+": "+s.subject, wrap(line)+"\n"+quote(s.text())+"\nYes, gladly.\n\nAnna\n", "")
		if text, rich, ok := outlookWeb(l, &story{name: s.name, email: s.email, to: s.to, cc: s.cc, subject: s.subject, wall: s.wall, body: s.body, note: "Yes."}); ok {
			add("Outlook on the web", re+": Offer for chairs", text, rich)
		}
		if text, rich, ok := outlook(l, &story{name: s.name, email: s.email, to: s.to, subject: s.subject, wall: s.wall, body: s.body, note: "Yes."}); ok {
			add("Outlook", re+": Offer for chairs", text, rich)
		}
		if text, rich, ok := outlookMac(l, &story{name: s.name, email: s.email, to: s.to, subject: s.subject, wall: s.wall, body: s.body, note: "Yes."}); ok {
			add("Outlook for Mac", re+": Offer for chairs", text, rich)
		}
		if text, rich, ok := outlookMacOld(l, &story{name: s.name, email: s.email, wall: s.wall, body: s.body, note: "Yes."}); ok {
			add("Outlook for Mac, old", "Re: Offer for chairs", text, rich)
			add("Outlook for Mac, old, own subject", "Offer for chairs", text, rich)
		}
		if text, rich, ok := samsung(l, &story{name: s.name, email: s.email, to: s.to, subject: s.subject, wall: s.wall, body: s.body, note: "Yes."}); ok {
			add("Samsung", "Re: Offer for chairs", text, rich)
		}
		forward, _, _ := gmail(l, &story{name: "Eve", email: "eve@other.example", to: s.to, subject: "Chairs", wall: s.wall, body: s.body})
		if forward != "" {
			add("a reply to a forward", "Re: Fwd: Chairs", "Thanks.\n\n"+line+"\n\n"+quote(forward), "")
		}
	}
	return append(list, oddAnswers...)
}

const disclaimer = "________________________________\nThis e-mail and its attachments are confidential. From time to time we check.\nTo unsubscribe: write to us.\n"

var oddAnswers = []answer{
	{"a plain mail", "Chairs", "Hello,\n\nnothing here.\n", ""},
	{"a forward prefix and nothing else", "Fwd: Chairs", "I forgot to attach it.\n", ""},
	{"a forward prefix over a signature", "FW: Chairs", "Hello\n-- \nAnna\nTel: 123\nMail: anna@acme.example\n", ""},
	{"a forward prefix over a disclaimer", "WG: Chairs", "Hello\n\n" + disclaimer, ""},
	{"a disclaimer", "Chairs", "Hello\n\n" + disclaimer, ""},
	{"a disclaimer in HTML", "Chairs", "", "<p>Hello</p><hr><p>This e-mail is confidential.<br>From: the legal department<br>To: whom it may concern</p>"},
	{"a timetable", "Trip", "From: Warsaw\nTo: Berlin\nDate: 3 June 2024\n\nBook it.\n", ""},
	{"a timetable, prefix", "Fwd: Trip", "From: Warsaw\nTo: Berlin\n\nBook it.\n", ""},
	{"a timetable in HTML", "Trip", "", "<table><tr><td>From:</td><td>Warsaw</td></tr><tr><td>To:</td><td>Berlin</td></tr><tr><td>Date:</td><td>3 June 2024</td></tr></table>"},
	{"a booking, German", "Reise", "Von: Berlin Hbf\nAn: Warszawa Centralna\nDatum: 03.06.2024\n", ""},
	{"a booking, Polish", "Podróż", "Od: Warszawa\nDo: Berlin\nData: 3.06.2024\nCena: 100 zł\n", ""},
	{"an invoice, Latvian words", "Invoice", "No: FV/12/2024\nDate: 3 June 2024\nTo: ACME Ltd\nTotal: 100\n", ""},
	{"a period", "Report", "From: January\nTo: March\n\nSee attachment.\n", ""},
	{"agenda", "Meeting", "Agenda\n------\nDate: Monday\nSubject: chairs\nFrom 10 to 12.\n", ""},
	{"minutes between rules", "Minutes", "----- Minutes -----\nPresent: Anna, Jan\nDate: 3 June 2024\n----- End -----\n", ""},
	{"rules around a heading", "Price list", "--- Price list ---\nChairs: 100\nTables: 200\n", ""},
	{"the phrase in a sentence", "Question", "Did you get my forwarded message: the one of Monday?\nFrom: what I know, no.\n", ""},
	{"the phrase alone", "Question", "---------- Forwarded message ---------\n\nI meant to forward something.\n", ""},
	{"a colon after a name", "Note", "Jan Kowalski wrote that he is coming:\n\nOn Monday at 10.\n", ""},
	{"a quotation in prose", "Note", "On Monday Jan wrote:\n> I come.\n\nSo be it.\n", ""},
	{"a chat", "Chat", "[10:15] Jan: hello\n[10:16] Anna: hi\nFrom: Jan\n", ""},
	{"a log", "Log", "2024-06-03 10:15 INFO from: 10.0.0.1 to: 10.0.0.2 subject: none\n", ""},
	{"a contact form", "New message", "Name: Jan\nE-mail: jan@client.example\nSubject: Chairs\nMessage: Hello\n", ""},
	{"a definition list", "Words", "Re: about\nFw: forward\nCc: copy\nFrom: sender\n", ""},
	{"addresses of a colleague", "Addresses", "Jan: jan@client.example\nEwa: ewa@client.example\n", ""},
	{"a letter's head", "Letter", "To: ACME Ltd\nFrom: Client Ltd\n\nDear Sir or Madam,\n", ""},
	{"a fax", "Fax", "TO: ACME\nFROM: CLIENT\nPAGES: 2\nDATE: 3/6/2024\n", ""},
	{"a Polish letter", "Pismo", "Dotyczy: umowy\nOd: Anna\nDo: Jan\n\nPrzesyłam.\n", ""},
	{"a receipt", "Receipt", "Date: 3 June 2024\nTo: Anna\nTotal: 10\n", ""},
	{"nothing", "", "", ""},
	{"only a quote", "Re: Chairs", "> What do you need?\n> Jan\n", ""},
	{"an invitation", "Meeting", "When: Monday, June 3, 2024 10:15 AM\nWhere: Warsaw\nOrganizer: Jan <jan@client.example>\n", ""},
	{"a blockquote", "Poem", "", `<blockquote type="cite">Roses are red.</blockquote><p>Nice.</p>`},
	{"code", "Code", "type Mail struct {\n\tFrom: string\n\tTo: string\n\tSubject: string\n}\n", ""},
	{"a signature with labels", "Chairs", "Yes.\n\n--\nAnna Nowak\nAn: der Alster 1\nVon: 9 bis 17 Uhr\n", ""},
}

// Nothing else is taken for a forward: a colleague's reply must not become a stranger's mail. Any miss fails, which keeps precision,
// over these and the forwards, at 1.
func TestRepliesAreNoForwards(t *testing.T) {
	t.Parallel()
	var precise score
	for i, a := range answers(t) {
		p, err := mail.Parse(outerMessage(a.subject, a.text, a.rich, i), mail.Limits{})
		if err != nil {
			t.Fatal(a.name, err)
		}
		precise.of++
		if found := mail.Forward(p, mail.Limits{}); len(found) > 0 {
			t.Errorf("%s: taken for a mail from %v", a.name, found[0].Parsed.From)
			continue
		}
		precise.held++
	}
	t.Logf("%d of %d left alone, %.4f", precise.held, precise.of, precise.share())
}
