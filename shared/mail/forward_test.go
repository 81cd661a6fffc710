package mail_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lejek/lejek/shared/mail"
	"github.com/lejek/lejek/shared/mailbox"
)

func fixture(t *testing.T, name string) mailbox.Parsed {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return parse(t, string(raw))
}

func parse(t *testing.T, raw string) mailbox.Parsed {
	t.Helper()
	p, err := mail.Parse([]byte(raw), mail.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func emails(list []mailbox.Address) string {
	var out []string
	for _, a := range list {
		out = append(out, a.Email)
	}
	return strings.Join(out, " ")
}

// What each mail program makes of "forward", with headers as it writes them.
func TestForwardFindsTheMailInside(t *testing.T) {
	t.Parallel()
	cest := time.FixedZone("", 2*60*60)
	for name, want := range map[string]struct {
		how, from, to, cc, subject, note, begins, id string
		date                                         time.Time
	}{
		"gmail-en": {
			how: "html", from: "jan.kowalski@client.example", to: "anna@acme.example piotr@client.example", cc: "ewa@client.example",
			subject: "Re: Offer for 200 chairs", note: "Please log this one.\n\nAnna", begins: "Dear Anna,\n\nwe accept",
			date: time.Date(2024, 6, 3, 10, 15, 0, 0, cest),
		},
		"gmail-pl": {
			how: "html", from: "jan.kowalski@klient.example", to: "anna@acme.example", subject: "Zapytanie o krzesła",
			note: "Do wprowadzenia, pilne.", begins: "Dzień dobry,\n\nproszę o ofertę", date: time.Date(2024, 6, 3, 10, 15, 0, 0, cest),
		},
		"outlook-classic-en": {
			how: "html", from: "jan.kowalski@client.example", to: "anna@acme.example", subject: "Delivery date",
			note:   "FYI, he wants it sooner.\n\nKind regards\nAnna\n________________________________\nThis e-mail is confidential.",
			begins: "Dear Anna,\n\ncould we have", date: time.Date(2024, 6, 3, 10, 15, 0, 0, time.UTC),
		},
		"outlook-classic-pl": {
			how: "text", from: "jan.kowalski@klient.example", to: "piotr@klient.example ewa@klient.example",
			subject: "Zamówienie 17/2024", note: "Przesyłam do systemu.", begins: "Dzień dobry,\nzamawiamy",
			date: time.Date(2024, 6, 3, 10, 15, 0, 0, cest),
		},
		"outlook-2003-en": {
			how: "text", from: "jan.kowalski@klient.example", to: "piotr@klient.example ewa@klient.example", subject: "Order 17/2024",
			begins: "Dear Anna,\nwe order", date: time.Date(2024, 6, 3, 10, 15, 0, 0, cest),
		},
		"outlook-new-en": {
			how: "html", from: "jan.kowalski@client.example", to: "anna@acme.example tom@client.example", cc: "ewa@client.example",
			subject: "Meeting on Friday", note: "See below.", begins: "Can we meet", date: time.Date(2024, 6, 3, 10, 15, 0, 0, time.UTC),
		},
		"outlook-new-pl": {
			how: "html", from: "jan.kowalski@client.example", to: "anna@acme.example tom@client.example", cc: "ewa@client.example",
			subject: "Spotkanie w piątek", note: "Patrz niżej.", begins: "Czy możemy", date: time.Date(2024, 6, 3, 10, 15, 0, 0, time.UTC),
		},
		"outlook-mac-en": {
			how: "text", from: "jan.kowalski@client.example", note: "Hers too.", begins: "Where can we park?",
			date: time.Date(2024, 6, 3, 10, 15, 0, 0, cest),
		},
		"apple-en": {
			how: "html", from: "jan.kowalski@client.example", to: "anna@acme.example", subject: "Samples",
			note: "For the record.\n\nAnd a word below.", begins: "Hello Anna,\n\nthe samples", date: time.Date(2024, 6, 3, 10, 15, 22, 0, cest),
		},
		"apple-pl": {
			how: "text", from: "jan.kowalski@klient.example", to: "anna@acme.example", subject: "Próbki", note: "Wysłane z iPhone’a",
			begins: "Dzień dobry,\npróbki", date: time.Date(2024, 6, 3, 10, 15, 22, 0, cest),
		},
		"thunderbird-en": {
			how: "html", from: "jan.kowalski@client.example", to: "anna@acme.example", subject: "Invoice question", note: "For you.",
			begins: "Dear Anna, the invoice lacks our order number, could you please send us a corrected one?",
			date:   time.Date(2024, 6, 3, 10, 15, 22, 0, cest), id: "INV9@client.example",
		},
		"thunderbird-pl": {
			how: "text", from: "jan.kowalski@klient.example", to: "anna@acme.example", subject: "Faktura", begins: "Dzień dobry, na fakturze",
			date: time.Date(2024, 6, 3, 10, 15, 22, 0, cest),
		},
		"thunderbird-attached": {
			how: "attached", from: "jan.kowalski@client.example", to: "anna@acme.example", cc: "ewa@client.example", subject: "Re: Contract",
			note: "Signed at last.", begins: "Signed, see attachment. Łódź", date: time.Date(2024, 6, 3, 10, 15, 22, 0, cest),
			id: "Contract-7@client.example",
		},
		"yahoo-en": {
			how: "html", from: "jan.kowalski@client.example", to: "anna.acme@yahoo.com", subject: "Price list",
			begins: "Hello Anna, do you", date: time.Date(2024, 6, 3, 10, 15, 22, 0, cest),
		},
		"yahoo-pl": {
			how: "text", from: "jan.kowalski@klient.example", to: "anna.acme@yahoo.com", subject: "Cennik", note: "Nowe pytanie.",
			begins: "Dzień dobry, czy", date: time.Date(2024, 6, 3, 10, 15, 22, 0, cest),
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := fixture(t, "forward/"+name+".eml")
			inner := mail.Forward(p, mail.Limits{})
			if len(inner) != 1 {
				t.Fatalf("%d messages found", len(inner))
			}
			in := inner[0].Parsed
			for what, pair := range map[string][2]string{
				"how": {inner[0].How, want.how}, "from": {emails(in.From), want.from}, "to": {emails(in.To), want.to},
				"cc": {emails(in.Cc), want.cc}, "subject": {in.Subject, want.subject}, "note": {inner[0].Note, want.note},
				"id": {in.MessageID, want.id},
			} {
				if pair[0] != pair[1] {
					t.Errorf("%s: got %q, want %q", what, pair[0], pair[1])
				}
			}
			if in.From[0].Name != "Jan Kowalski" {
				t.Errorf("name %q", in.From[0].Name)
			}
			if !in.Date.Equal(want.date) {
				t.Errorf("date %v, want %v", in.Date, want.date)
			}
			if !strings.HasPrefix(in.Text, want.begins) {
				t.Errorf("text begins %q", in.Text)
			}
			if want.how == "html" && !strings.Contains(in.HTML, want.begins[:10]) {
				t.Errorf("html %q", in.HTML)
			}
			if in.ContentPrint == "" || in.Snippet == "" {
				t.Error("nothing to know the message by")
			}
		})
	}
}

func TestForwardReadsEveryAttachedMessage(t *testing.T) {
	t.Parallel()
	inner := mail.Forward(fixture(t, "forward/outlook-attached-two.eml"), mail.Limits{})
	if len(inner) != 2 {
		t.Fatalf("%d messages found", len(inner))
	}
	first, second := inner[0].Parsed, inner[1].Parsed
	if !slices.Equal(first.References, []string{"Root-1@acme.example", "Contract-6@acme.example"}) {
		t.Errorf("references %v", first.References)
	}
	if len(first.Parts) != 1 || first.Parts[0].Name != "umowa łódzka.pdf" {
		t.Errorf("parts %v", first.Parts)
	}
	if second.MessageID != "" || second.Fingerprint == "" || second.Subject != "No id here" {
		t.Errorf("second: %q %q %q", second.MessageID, second.Fingerprint, second.Subject)
	}
	if inner[1].Note != "Both of them." {
		t.Errorf("note %q", inner[1].Note)
	}
}

const outer = "From: anna@acme.example\nTo: acme@in.lejek.example\nDate: Tue, 4 Jun 2024 11:00:00 +0200\nMessage-ID: <o@acme.example>\n"

func TestForwardReadsOddHeaderBlocks(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ body, from, to, begins string }{
		"bold labels":             {"*From:* Jan <jan@x.example>\n*Date:* 3 June 2024 10:15\n*To:* <anna@acme.example>\n*Subject:* Hi\n\nText", "jan@x.example", "anna@acme.example", "Text"},
		"bold around the space":   {"*From: *Jan <jan@x.example>\n*Subject: *Hi\n\nText", "jan@x.example", "", "Text"},
		"quote marks":             {"> From: Jan <jan@x.example>\n> Subject: Hi\n> \n> Text", "jan@x.example", "", "Text"},
		"no-break spaces":         {"From:\u00a0Jan <jan@x.example>\nSubject\u00a0:\u00a0Hi\n\nText", "jan@x.example", "", "Text"},
		"full-width colons":       {"发件人： Jan <jan@x.example>\n主题： Hi\n\nText", "jan@x.example", "", "Text"},
		"mailto in brackets":      {"From: Jan [mailto:jan@x.example]\nSubject: Hi\n\nText", "jan@x.example", "", "Text"},
		"mailto twice":            {"From: Jan <jan@x.example<mailto:jan@x.example>>\nSubject: Hi\n\nText", "jan@x.example", "", "Text"},
		"wrapped address":         {"From: Jan <\njan@x.example>\nSubject: Hi\n\nText", "jan@x.example", "", "Text"},
		"wrapped recipients":      {"From: Jan <jan@x.example>\nTo: Anna <anna@acme.example>,\nEwa <ewa@x.example>\nSubject: Hi\n\nText", "jan@x.example", "anna@acme.example ewa@x.example", "Text"},
		"empty lines between":     {"From: Jan <jan@x.example>\n\nTo: anna@acme.example\n\nSubject: Hi\n\nText", "jan@x.example", "anna@acme.example", "Text"},
		"all on one line":         {"From: Jan <jan@x.example>To: Anna <anna@acme.example>Sent: 3 June 2024 10:15Subject: Hi\nText", "jan@x.example", "anna@acme.example", "Text"},
		"surname first":           {"From: Kowalski, Jan <jan@x.example>\nTo: Nowak, Anna <anna@acme.example>\nSubject: Hi\n\nText", "jan@x.example", "anna@acme.example", "Text"},
		"on behalf of":            {"From: jan@x.example <jan@x.example> On Behalf Of Jan\nSubject: Hi\n\nText", "jan@x.example", "", "Text"},
		"on behalf of an address": {"From: office@x.example [mailto:office@x.example] On Behalf Of Jan <jan@x.example>\nSubject: Hi\n\nText", "jan@x.example", "", "Text"},
		"a list on behalf of":     {"From: friends-admin@lists.example [mailto:friends-admin@lists.example]On Behalf Of Jan Kowalski\nSent: 3 June 2024 10:15\nTo: anna@acme.example\nSubject: Hi\n\nText", "", "anna@acme.example", "Text"},
		"in the name of, Polish":  {"Od: friends-bounces@lists.example W imieniu Jan Kowalski\nWysłano: 3 czerwca 2024 10:15\nTemat: Hi\n\nText", "", "", "Text"},
		"a name in encoded words": {"---------- Forwarded message ---------\nFrom: =?utf-8?q?J=C3=B6rg?= <jan@x.example>\nSubject: Hello\n\nText", "jan@x.example", "", "Text"},
		"the whole header":        {"--- begin forwarded text\n\n\nDelivered-To: a@x.example\nReceived: from b\n by c; Mon, 3 Jun 2024\nX-Mailer: Eudora\nDate: Mon, 3 Jun 2024 10:15:22 +0200\nFrom: Jan <jan@x.example>\nTo: anna@acme.example\nSubject: Hi\nContent-Type: text/plain\n\nText\n\n--- end forwarded text", "jan@x.example", "anna@acme.example", "Text"},
		"Lotus Notes":             {"----- Forwarded by Anna/ACME on 2024-06-04 11:00 -----\n\nFrom:   Jan <jan@x.example>\nTo:   anna@acme.example\nDate:   2024-06-03 10:15\nSubject:   Hi\n\nText", "jan@x.example", "anna@acme.example", "Text"},
		"unknown separator":       {"=== Neviem čo to je ===\nFrom: Jan <jan@x.example>\nSubject: Hi\n\nText", "jan@x.example", "", "Text"},
		"attribution, no address": {"On Jun 3, 2024, at 10:15, Jan Kowalski wrote:\n\n> Text", "", "", "Text"},
		"attribution, German":     {"Am Mo., 3. Juni 2024 um 10:15 Uhr schrieb Jan Kowalski <jan@x.example>:\n\n> Text", "jan@x.example", "", "Text"},
		"attribution, wrapped":    {"W dniu pon., 3 cze 2024 o 10:15 Jan Kowalski <jan@x.example>\nnapisał(a):\n\n> Text", "jan@x.example", "", "Text"},
		"attribution, Chinese":    {"Jan <jan@x.example> 于2024年6月3日周一 10:15写道：\n\n> Text", "jan@x.example", "", "Text"},
		"no address at all":       {"From: Jan Kowalski\nSent: Monday, June 3, 2024 10:15 AM\nTo: Anna Nowak\nSubject: Hi\n\nText", "", "", "Text"},
		"forward of a forward":    {"From: Jan <jan@x.example>\nSubject: Fwd: Hi\n\nText\n\n---------- Forwarded message ---------\nFrom: Eve <eve@y.example>\nSubject: Hi\n\nDeeper", "jan@x.example", "", "Text\n\n---------- Forwarded"},
		"note above a disclaimer": {"Look\n____________\nFrom the legal department: secret.\n\nFrom: Jan <jan@x.example>\nDate: 3 June 2024\nSubject: Hi\n\nText", "jan@x.example", "", "Text"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inner := mail.Forward(parse(t, outer+"Subject: FW: Hi\nContent-Type: text/plain; charset=utf-8\n\nNote\n\n"+c.body+"\n"), mail.Limits{})
			if len(inner) != 1 {
				t.Fatal("not found")
			}
			in := inner[0].Parsed
			if emails(in.From) != c.from || c.from == "" && in.From[0].Name != "Jan Kowalski" {
				t.Errorf("from %v", in.From)
			}
			if emails(in.To) != c.to {
				t.Errorf("to %v", in.To)
			}
			if !strings.HasPrefix(in.Text, c.begins) || !strings.HasPrefix(inner[0].Note, "Note") {
				t.Errorf("text %q, note %q", in.Text, inner[0].Note)
			}
		})
	}
}

func TestForwardLeavesOtherMailAlone(t *testing.T) {
	t.Parallel()
	block := "From: Jan <jan@x.example>\nSent: Monday, June 3, 2024 10:15 AM\nTo: anna@acme.example\nSubject: Hi\n\nText\n"
	for name, c := range map[string]struct{ subject, body string }{
		"a plain message":                     {"Hi", "Hello,\n\nnothing here.\n"},
		"a forward prefix and nothing else":   {"Fwd: Hi", "I forgot to attach it.\n"},
		"a reply with an attribution":         {"Re: Hi", "Yes.\n\nOn Mon, Jun 3, 2024 at 10:15 AM Jan <jan@x.example> wrote:\n> Text\n"},
		"a reply to a forward":                {"Re: Fwd: Hi", "Yes.\n\nOn Mon, Jun 3, 2024 at 10:15 AM Anna <a@acme.example> wrote:\n> ---------- Forwarded message ---------\n> From: Jan <jan@x.example>\n> Subject: Hi\n>\n> Text\n"},
		"a reply from Outlook":                {"RE: Hi", "Yes.\n\n" + block},
		"a reply from old Outlook":            {"RE: Hi", "Yes.\n\n-----Original Message-----\n" + block},
		"an attribution without a prefix":     {"Hi", "See:\n\nOn Mon, Jun 3, 2024 at 10:15 AM Jan <jan@x.example> wrote:\n> Text\n"},
		"a disclaimer under underscores":      {"Fwd: Hi", "Hello\n______________________\nThis message is confidential.\nFrom: nowhere\n"},
		"labels in a conversation":            {"Trip", "From: Warsaw\nTo: Berlin\n\nBook it.\n"},
		"a signature with a telephone number": {"FW: Hi", "Hello\n-- \nAnna\nTel: 123\nMail: anna@acme.example\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if inner := mail.Forward(parse(t, outer+"Subject: "+c.subject+"\n\n"+c.body), mail.Limits{}); len(inner) != 0 {
				t.Errorf("found %+v", inner[0].Parsed.From)
			}
		})
	}
}

// A header block is proof enough when the forwarder wrote a subject of his own.
func TestForwardNeedsNoPrefix(t *testing.T) {
	t.Parallel()
	block := "From: Jan <jan@x.example>\nSent: Monday, June 3, 2024 10:15 AM\nTo: anna@acme.example\nSubject: Hi\n\nText\n"
	for _, body := range []string{block, "-----Original Message-----\n" + block, "---------- Forwarded message ---------\n" + block} {
		if inner := mail.Forward(parse(t, outer+"Subject: New lead\n\n"+body), mail.Limits{}); len(inner) != 1 || emails(inner[0].Parsed.From) != "jan@x.example" {
			t.Errorf("not found in %q", body)
		}
	}
}

func TestForwardDoesNotUnwrapBounces(t *testing.T) {
	t.Parallel()
	p := fixture(t, "bounce.eml")
	if inner := mail.Forward(p, mail.Limits{}); len(inner) != 0 {
		t.Errorf("found %d", len(inner))
	}
	if b := p.Signals.Bounce; b.MessageID != "Offer-1@acme.example" || !slices.Equal(b.Recipients, []mailbox.Undelivered{{Email: "nobody@client.example", Status: "5.1.1", Failed: true}}) {
		t.Errorf("bounce %+v", b)
	}
}

// A copy that comes directly and the one inside a forward are recognised as the same mail.
func TestContentPrintMeetsAcrossForwards(t *testing.T) {
	t.Parallel()
	direct := parse(t, "From: Jan Kowalski <JAN.kowalski@client.example>\nTo: anna@acme.example\nSubject: Samples\nDate: Mon, 3 Jun 2024 10:15:22 +0200\n"+
		"Message-ID: <SAMPLE1@client.example>\n\nHello Anna,\n\nthe samples arrived.\nThank you!\n\nJan\n")
	forwarded := mail.Forward(fixture(t, "forward/apple-en.eml"), mail.Limits{})[0].Parsed
	if direct.ContentPrint != forwarded.ContentPrint {
		t.Error("the forwarded copy has another print")
	}
	later := parse(t, "From: Jan Kowalski <jan.kowalski@client.example>\nSubject: Samples\nDate: Mon, 3 Jun 2024 10:16:22 +0200\n\nHello Anna, the samples arrived. Thank you! Jan\n")
	if later.ContentPrint != direct.ContentPrint || later.Fingerprint == direct.Fingerprint {
		t.Error("the minute belongs to the fingerprint, and only to it")
	}
}

// What other readers of forwards were reported to lose.
func TestForwardReadsWhatOthersLose(t *testing.T) {
	t.Parallel()
	const jan, anna = "jan@client.example", "anna@acme.example"
	for name, c := range map[string]struct{ subject, body, to, cc, begins, ends string }{
		"Outlook without separator, all of the body": {
			"FW: Pressing matter", "\n\nFrom: Jan <jan@client.example>\nSent: Tuesday, January 11, 2022 3:34 PM\nTo: Anna <anna@acme.example>\nSubject: Pressing matter\n\nHi\n\nBye\n",
			anna, "", "Hi", "Bye",
		},
		"Gmail wraps the copies inside an address": {
			"Fwd: Test", "---------- Forwarded message ---------\nFrom: Jan <jan@client.example>\nDate: Fri, 25 Feb 2022 at 18:08\nSubject: Test\nTo: Anna <anna@acme.example>\nCc: One <one@client.example>, Two <\ntwo@client.example>, Three <three@client.example>\n\n\nStarts here...\n",
			anna, "one@client.example two@client.example three@client.example", "Starts here...", "here...",
		},
		"a disclaimer under underscores, below": {
			"TR: URGENT", "I transfer you that mail.\n\nDe : Jan <jan@client.example>\nEnvoyé : jeudi 6 avril 2023 16:17\nÀ : Anna <anna@acme.example>\nObjet : URGENT\n\n\nMy body\n  ________________________________\n  This email is intended for the designated recipient(s) only.\n",
			anna, "", "My body", "only.",
		},
		"a disclaimer under underscores, above": {
			"FW: URGENT", "Look.\n\n________________________________\nThis email is intended for the designated recipient(s) only.\n\nFrom: Jan <jan@client.example>\nSent: 6 April 2023 16:17\nTo: Anna <anna@acme.example>\nSubject: URGENT\n\nMy body\n",
			anna, "", "My body", "body",
		},
		"Apple Mail without indentation": {
			"Fwd: Test", "Begin forwarded message:\n\nFrom: Jan <jan@client.example>\nSubject: Test\nDate: 25 February 2022 at 18:08:21 CET\nTo: anna@acme.example\n\nStarts here\n\nEnds here\n",
			anna, "", "Starts here", "Ends here",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inner := mail.Forward(parse(t, outer+"Subject: "+c.subject+"\nContent-Type: text/plain; charset=utf-8\n\n"+c.body), mail.Limits{})
			if len(inner) != 1 {
				t.Fatal("not found")
			}
			in := inner[0].Parsed
			if emails(in.From) != jan || emails(in.To) != c.to || emails(in.Cc) != c.cc {
				t.Errorf("from %v to %v cc %v", in.From, in.To, in.Cc)
			}
			if !strings.HasPrefix(in.Text, c.begins) || !strings.HasSuffix(in.Text, c.ends) {
				t.Errorf("text %q", in.Text)
			}
		})
	}
}
