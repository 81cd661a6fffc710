package mail_test

import (
	"slices"
	"strings"

	"github.com/lejek/lejek/shared/mail"
	"github.com/lejek/lejek/shared/mailbox"
)

// inside applies a check to the only message that a forward carries.
func inside(want func(mailbox.Inner) bool) func(mailbox.Parsed) bool {
	return func(p mailbox.Parsed) bool {
		found := mail.Forward(p, mail.Limits{})
		return len(found) == 1 && want(found[0])
	}
}

func insideFrom(name, email string) func(mailbox.Parsed) bool {
	return inside(func(in mailbox.Inner) bool {
		return len(in.Parsed.From) == 1 && in.Parsed.From[0].Name == name && in.Parsed.From[0].Email == email
	})
}

func nothingInside(p mailbox.Parsed) bool {
	return len(mail.Forward(p, mail.Limits{})) == 0 && len(p.Inner) == 0
}

const (
	fwd     = outer + "Subject: Fwd: Chairs\nContent-Type: text/plain; charset=utf-8\n\n"
	printed = "---------- Forwarded message ---------\nFrom: Jan Kowalski <jan@client.example>\nDate: Mon, 3 Jun 2024 at 10:15\nSubject: Chairs\nTo: <anna@acme.example>\n\nDear Anna,\n\n200 chairs, please.\n\nJan\n"
	ole     = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
)

// attachments is a forward with the given parts attached.
func attachments(parts ...string) string {
	return outer + "Subject: Fwd: Chairs\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=m\n\n--m\n\nPlease log.\n--m\n" + strings.Join(parts, "\n--m\n") + "\n--m--\n"
}

const original = "From: Jan Kowalski <jan@client.example>\nTo: anna@acme.example\nSubject: Chairs\nDate: Mon, 3 Jun 2024 10:15:00 +0200\nMessage-ID: <chairs@client.example>\n\nDear Anna,\n\n200 chairs, please.\n\nJan\n"

// The print by which copies of one mail know each other.
var originalPrint = func() string {
	p, err := mail.Parse([]byte(original), mail.Limits{})
	if err != nil {
		panic(err)
	}
	return p.ContentPrint
}()

func samePrint(in mailbox.Inner) bool { return in.Parsed.ContentPrint == originalPrint }

var forwardCases = []edgeCase{
	{40, "no From address: a name is no address", outer + "Subject: FW: Chairs\n\nFrom: Jan Kowalski\nSent: Monday, June 3, 2024 10:15 AM\nTo: Anna Nowak\nSubject: Chairs\n\nText\n", insideFrom("Jan Kowalski", "")},
	{40, "no From address: a surname first", outer + "Subject: FW: Chairs\n\nFrom: Kowalski, Jan\nSent: Monday, June 3, 2024 10:15 AM\nTo: Nowak, Anna\nSubject: Chairs\n\nText\n", insideFrom("Kowalski, Jan", "")},
	{40, "no From address: an Exchange path is none", outer + "Subject: FW: Chairs\n\nFrom: Jan Kowalski </O=EXCHANGELABS/OU=GROUP/CN=RECIPIENTS/CN=JAN>\nSent: Monday, June 3, 2024 10:15 AM\nSubject: Chairs\n\nText\n", insideFrom("Jan Kowalski", "")},
	{40, "no From address in the text, linked in the HTML", outer + "Subject: FW: Chairs\nContent-Type: multipart/alternative; boundary=b\n\n--b\n\nFrom: Jan Kowalski\nSent: Monday, June 3, 2024 10:15 AM\nSubject: Chairs\n\nText\n--b\nContent-Type: text/html\n\n<b>From:</b> <a href=\"mailto:jan@client.example\">Jan Kowalski</a><br><b>Sent:</b> Monday, June 3, 2024 10:15 AM<br><b>Subject:</b> Chairs<br><br>Text\n--b--\n", insideFrom("Jan Kowalski", "jan@client.example")},
	{40, "no From address: the outer references stay", outer + "References: <chairs@client.example>\nSubject: FW: Chairs\n\nFrom: Jan Kowalski\nSent: Monday, June 3, 2024 10:15 AM\nSubject: Chairs\n\nText\n", references("chairs@client.example")},
	{41, "To wrapped inside an address", fwd + "---------- Forwarded message ---------\nFrom: Jan <jan@client.example>\nTo: Anna Nowak <anna@acme.example>, Piotr Zielinski <\npiotr@client.example>, Ewa Lis <ewa@client.example>\nSubject: Chairs\n\nText\n", insideTo("anna@acme.example", "piotr@client.example", "ewa@client.example")},
	{41, "To wrapped after a comma", fwd + "---------- Forwarded message ---------\nFrom: Jan <jan@client.example>\nTo: anna@acme.example,\npiotr@client.example,\n  ewa@client.example\nSubject: Chairs\n\nText\n", insideTo("anna@acme.example", "piotr@client.example", "ewa@client.example")},
	{41, "To wrapped inside a name", fwd + "---------- Forwarded message ---------\nFrom: Jan <jan@client.example>\nTo: Anna Nowak <anna@acme.example>, Aleksandra Maria von der\nKonstantynopolska <ewa@client.example>\nSubject: Chairs\n\nText\n", insideTo("anna@acme.example", "ewa@client.example")},
	{42, "a forward of a forward: the outermost", fwd + printed + "\n---------- Forwarded message ---------\nFrom: Eve <eve@other.example>\nSubject: Chairs\n\nDeeper\n", inside(func(in mailbox.Inner) bool {
		return in.Parsed.From[0].Email == "jan@client.example" && strings.HasSuffix(in.Parsed.Text, "Deeper") && strings.Contains(in.Parsed.Text, "eve@other.example")
	})},
	{42, "a forward of a forward without a word between", fwd + "---------- Forwarded message ---------\nFrom: Jan <jan@client.example>\nSubject: Fwd: Chairs\n\n\n---------- Forwarded message ---------\nFrom: Eve <eve@other.example>\nSubject: Chairs\n\nDeeper\n", insideFrom("Jan", "jan@client.example")},
	{42, "a forward, attached, of a forward, attached", attachments("Content-Type: message/rfc822\n\nFrom: Jan <jan@client.example>\nMessage-ID: <2@client.example>\nSubject: Fwd: Chairs\nContent-Type: multipart/mixed; boundary=i\n\n--i\n\nSee.\n--i\nContent-Type: message/rfc822\n\nFrom: Eve <eve@other.example>\nSubject: Chairs\n\nDeeper\n--i--"), insideFrom("Jan", "jan@client.example")},
	{43, "of one's own sent mail", fwd + "---------- Forwarded message ---------\nFrom: Anna Nowak <anna@acme.example>\nSubject: Offer\nTo: Jan <jan@client.example>\n\nText\n", inside(func(in mailbox.Inner) bool {
		return in.Parsed.From[0].Email == "anna@acme.example" && in.Parsed.To[0].Email == "jan@client.example"
	})},
	{44, "of a bounce, quoted", fwd + "---------- Forwarded message ---------\nFrom: Mail Delivery Subsystem <mailer-daemon@googlemail.com>\nSubject: Delivery Status Notification (Failure)\nTo: <anna@acme.example>\n\nAddress not found\n", inside(func(in mailbox.Inner) bool {
		return in.Parsed.From[0].Email == "mailer-daemon@googlemail.com" && in.Parsed.Signals.IsBounce()
	})},
	{44, "of a bounce, quoted with what came back", fwd + "---------- Forwarded message ---------\nFrom: <postmaster@client.example>\nSubject: Undeliverable\nTo: <anna@acme.example>\n\nDelivery failed:\n\njan@client.example\n550 5.1.1 user unknown\n\nMessage-ID: <offer@acme.example>\n", inside(func(in mailbox.Inner) bool {
		b := in.Parsed.Signals.Bounce
		return in.Parsed.Signals.IsBounce() && b.MessageID == "offer@acme.example" && slices.Equal(b.Recipients, []mailbox.Undelivered{{Email: "jan@client.example", Status: "5.1.1", Failed: true}})
	})},
	{44, "of what a postmaster wrote himself", fwd + "---------- Forwarded message ---------\nFrom: <postmaster@client.example>\nSubject: Your question\nTo: <anna@acme.example>\n\nWe raised your limit.\n", inside(func(in mailbox.Inner) bool { return !in.Parsed.Signals.IsBounce() })},
	{44, "of a bounce, attached", attachments("Content-Type: message/rfc822\n\nFrom: MAILER-DAEMON@x.example\nMessage-ID: <b@x.example>\nSubject: Undelivered\nContent-Type: multipart/report; report-type=delivery-status; boundary=r\n\n--r\n\nSorry.\n--r\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; x.example\n\nFinal-Recipient: rfc822; jan@client.example\nStatus: 5.1.1\n--r\nContent-Type: text/rfc822-headers\n\nMessage-ID: <offer@acme.example>\n--r--"), inside(func(in mailbox.Inner) bool {
		return in.Parsed.Signals.IsBounce() && in.Parsed.Signals.Bounce.MessageID == "offer@acme.example" && in.Parsed.Signals.Bounce.Recipients[0].Status == "5.1.1"
	})},
	{45, "several attached messages", attachments("Content-Type: message/rfc822\n\n"+original, "Content-Type: message/rfc822; name=\"Re.eml\"\nContent-Disposition: attachment\n\nFrom: Ewa <ewa@client.example>\nSubject: Tables\n\nText"), func(p mailbox.Parsed) bool {
		found := mail.Forward(p, mail.Limits{})
		return len(found) == 2 && found[0].Parsed.MessageID == "chairs@client.example" && found[1].Parsed.From[0].Email == "ewa@client.example" && found[1].Parsed.CarrierPart == 1
	}},
	{45, "a digest of attached messages", outer + "Subject: Fwd: 2 messages\nContent-Type: multipart/mixed; boundary=m\n\n--m\n\nNote\n--m\nContent-Type: multipart/digest; boundary=d\n\n--d\n\n" + original + "\n--d\n\nFrom: Ewa <ewa@client.example>\nSubject: Tables\n\nText\n--d--\n--m--\n", func(p mailbox.Parsed) bool { return len(mail.Forward(p, mail.Limits{})) == 2 }},
	{46, "an attached .msg stays a file", attachments("Content-Type: application/vnd.ms-outlook; name=\"Chairs.msg\"\nContent-Disposition: attachment; filename=\"Chairs.msg\"\n\n" + ole + "x"), func(p mailbox.Parsed) bool {
		return nothingInside(p) && len(p.Parts) == 1 && p.Parts[0].Name == "Chairs.msg" && string(p.Parts[0].Content) == ole+"x"
	}},
	{46, "an attached .eml as octet-stream", attachments("Content-Type: application/octet-stream; name=\"Chairs.EML\"\nContent-Disposition: attachment; filename=\"Chairs.EML\"\n\n" + original), insideFrom("Jan Kowalski", "jan@client.example")},
	{46, "an attached .eml in base64", attachments("Content-Type: message/rfc822; name=\"Chairs.eml\"\nContent-Transfer-Encoding: base64\n\nRnJvbTogSmFuIEtvd2Fsc2tpIDxqYW5AY2xpZW50LmV4YW1wbGU+ClN1YmplY3Q6IENoYWlycwoK\nVGV4dAo="), insideFrom("Jan Kowalski", "jan@client.example")},
	{46, "an attached .eml that is no mail stays a file", attachments("Content-Type: application/octet-stream; name=\"x.eml\"\n\nnothing like it"), func(p mailbox.Parsed) bool { return nothingInside(p) && len(p.Parts) == 1 }},
	{46, "an attached original over the limits keeps its header", attachments("Content-Type: message/rfc822\n\n" + strings.Replace(original, "\n\n", "\nContent-Type: multipart/mixed; boundary=i\n\n"+strings.Repeat("--i\n\nx\n", 900), 1) + strings.Repeat("\n--i\n\nx", 200)), inside(func(in mailbox.Inner) bool {
		return in.Parsed.MessageID == "chairs@client.example" && in.Parsed.Unparsed != ""
	})},
	{47, "text typed below the block", fwd + "Above.\n\n> Begin forwarded message:\n> \n> From: Jan Kowalski <jan@client.example>\n> Subject: Chairs\n> \n> Dear Anna,\n\nBelow.\n", inside(func(in mailbox.Inner) bool {
		return in.Note == "Above.\n\nBelow." && in.Parsed.Text == "Dear Anna,"
	})},
	{47, "text typed below the container", outer + "Subject: Fwd: Chairs\nContent-Type: text/html\n\n<div>Above.</div><blockquote type=cite><div>Begin forwarded message:</div><br><b>From: </b>Jan Kowalski &lt;jan@client.example&gt;<br><b>Subject: </b>Chairs<br><br><div>Dear Anna,</div></blockquote><div>Below.</div>", inside(func(in mailbox.Inner) bool {
		return in.Note == "Above.\n\nBelow." && in.Parsed.Text == "Dear Anna,"
	})},
	{48, "a forward without prefix", outer + "Subject: New lead\n\n" + printed, inside(samePrint)},
	{48, "a prefix without forward", fwd + "I forgot to attach it.\n", nothingInside},
	{49, "an inner block is no more than text to parsing", strings.Replace(fwd, "anna@acme.example", "eve@evil.example", 1) + printed, func(p mailbox.Parsed) bool {
		return p.From[0].Email == "eve@evil.example" && len(p.Inner) == 0 // who is a user, the caller knows
	}},
	{50, "forwarded twice, by two programs", outer + "Subject: FW: Chairs\n\nFrom: Jan Kowalski <jan@client.example>\nSent: Monday, June 3, 2024 10:15 AM\nTo: Anna <anna@acme.example>\nSubject: Chairs\n\nDear Anna,\n\n200 chairs, please.\n\nJan\n", inside(samePrint)},
	{51, "a forward and a direct copy", fwd + "Look.\n\n" + printed, inside(samePrint)},
	{51, "a forward in HTML and a direct copy in text", outer + "Subject: Fwd: Chairs\nContent-Type: text/html\n\nLook.<div class=gmail_quote><div class=gmail_attr>---------- Forwarded message ---------<br>From: <b>Jan Kowalski</b> &lt;<a href=\"mailto:jan@client.example\">jan@client.example</a>&gt;<br>Date: Mon, 3 Jun 2024<br>Subject: Chairs<br></div><p>Dear Anna,</p><p>200 chairs,\nplease.</p><p>Jan</p></div>", inside(samePrint)},
	{51, "an attached original and a direct copy", attachments("Content-Type: message/rfc822\n\n" + original), inside(samePrint)},
	{52, "a forward to a customer names him", strings.Replace(fwd, "acme@in.lejek.example", "ewa@client.example", 1) + printed, func(p mailbox.Parsed) bool {
		return p.To[0].Email == "ewa@client.example" && p.SubjectKind == mailbox.SubjectForward
	}},
	{53, "a redirect with X-Forwarded-For", fromJan + "X-Forwarded-For: anna@acme.example acme@in.lejek.example\nX-Forwarded-To: acme@in.lejek.example\n" + rest + body, func(p mailbox.Parsed) bool {
		return slices.Equal(p.Signals.ForwardedFor, []string{"anna@acme.example", "acme@in.lejek.example", "acme@in.lejek.example"}) && p.From[0].Email == "jan@client.example"
	}},
	{53, "a redirect with Resent fields", fromJan + "Resent-From: Anna <anna@acme.example>\nResent-To: acme@in.lejek.example\n" + rest + body, func(p mailbox.Parsed) bool {
		return p.ResentFrom[0].Email == "anna@acme.example" && p.From[0].Email == "jan@client.example"
	}},
	{54, "a forward in HTML only", outer + "Subject: Fwd: Chairs\nContent-Type: text/html\n\nLook.<br><div id=divRplyFwdMsg><b>From:</b> Jan Kowalski &lt;jan@client.example&gt;<br><b>Sent:</b> Monday, June 3, 2024 10:15 AM<br><b>To:</b> Anna<br><b>Subject:</b> Chairs<br></div><div>Dear Anna,</div><div>200 chairs, please.</div><div>Jan</div>", inside(func(in mailbox.Inner) bool {
		return in.How == mailbox.InnerHTML && in.Note == "Look." && samePrint(in) && strings.HasPrefix(in.Parsed.HTML, "Dear Anna,")
	})},
}

func insideTo(emails ...string) func(mailbox.Parsed) bool {
	return inside(func(in mailbox.Inner) bool { return slices.Equal(addressesOf(in.Parsed.To), emails) })
}
