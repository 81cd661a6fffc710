package mail_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/lejek/lejek/shared/mail"
	"github.com/lejek/lejek/shared/mailbox"
)

// edgeCase is one row of the project's list of odd mail, under its number there.
type edgeCase struct {
	number int
	name   string
	raw    string
	want   func(mailbox.Parsed) bool
}

func TestEdgeCases(t *testing.T) {
	t.Parallel()
	for _, c := range slices.Concat(peopleCases, threadCases, forwardCases, contentCases) {
		t.Run(fmt.Sprintf("%d %s", c.number, c.name), func(t *testing.T) {
			t.Parallel()
			if p := parse(t, c.raw); !c.want(p) {
				p.Header = nil
				t.Errorf("%+v\ninside: %+v", p, mail.Forward(p, mail.Limits{}))
			}
		})
	}
}

// casesElsewhere are tested by tests of their own in this package.
var casesElsewhere = map[int]string{
	39: "TestForwardsOfAllProgramsAreRead", 55: "TestParseReadsBodies", 56: "TestParseReadsBodies", 57: "TestParseReadsBodies",
	58: "TestParseReadsBodies", 60: "TestParseFilesParts", 62: "TestParseReadsSignals", 65: "TestHostileMailIsReadInBounds",
	66: "TestHostileMailIsReadInBounds", 69: "TestAlignedBelievesOnlyTheDomainInFrom",
}

// Of the list, what parsing decides is covered: people 11–17, threads 25–28 and 33–35, forwards 39–54, content 55–64, hostile mail. The
// rest needs a team's records, and is tested where these are kept.
func TestEdgeCasesAreAllThere(t *testing.T) {
	t.Parallel()
	covered := map[int]bool{}
	for _, c := range slices.Concat(peopleCases, threadCases, forwardCases, contentCases) {
		covered[c.number] = true
	}
	for _, span := range [][2]int{{11, 17}, {25, 28}, {33, 35}, {39, 66}, {69, 69}, {71, 71}} {
		for n := span[0]; n <= span[1]; n++ {
			if !covered[n] && casesElsewhere[n] == "" {
				t.Errorf("nothing covers %d", n)
			}
		}
	}
}

const (
	fromJan = "From: Jan Kowalski <jan@client.example>\n"
	rest    = "To: anna@acme.example\nSubject: Chairs\nDate: Mon, 3 Jun 2024 10:15:22 +0200\nMessage-ID: <1@client.example>\n"
	body    = "\nHello\n"
)

func onlyFrom(name, email string, strict bool) func(mailbox.Parsed) bool {
	return func(p mailbox.Parsed) bool {
		return slices.Equal(p.From, []mailbox.Address{{Name: name, Email: email, Strict: strict}})
	}
}

func proven(p mailbox.Parsed) bool {
	ok, _ := mail.Aligned(p, mailbox.Checks{DMARC: "PASS"})
	return ok
}

var peopleCases = []edgeCase{
	{11, "IDN address in U-label form", "From: Jan <jan@żółw.example>\n" + rest + body, onlyFrom("Jan", "jan@xn--w-uga1v8h.example", true)},
	{11, "IDN address in A-label form", "From: Jan <jan@xn--w-uga1v8h.example>\n" + rest + body, onlyFrom("Jan", "jan@xn--w-uga1v8h.example", true)},
	{11, "IDN address in a forward", outer + "Subject: Fwd: Chairs\n\n---------- Forwarded message ---------\nFrom: Jan <jan@ŻÓŁW.example>\nSubject: Chairs\n\nText", insideFrom("Jan", "jan@xn--w-uga1v8h.example")},
	{11, "a local part beyond ASCII", "From: Jan <żółw@client.example>\n" + rest + body, onlyFrom("Jan", "żółw@client.example", true)},
	{12, "a display name that is another address", "From: \"boss@bank.example\" <jan@client.example>\n" + rest + body, onlyFrom("", "jan@client.example", true)},
	{12, "a display name that holds another address", "From: support@acme.example via Jan <jan@client.example>\n" + rest + body, onlyFrom("support@acme.example via Jan", "jan@client.example", false)},
	{13, "an unquoted comma", "From: Kowalski, Jan <jan@client.example>\n" + rest + body, onlyFrom("Kowalski, Jan", "jan@client.example", false)},
	{13, "unquoted brackets", "From: Jan [Client] <jan@client.example>\n" + rest + body, onlyFrom("Jan [Client]", "jan@client.example", false)},
	{13, "a trailing dot", "From: Jan <jan@client.example.>\n" + rest + body, onlyFrom("Jan", "jan@client.example", false)},
	{14, "an encoded word in quotes", "From: \"=?UTF-8?Q?Micha=C5=82_Lis?=\" <m@client.example>\n" + rest + body, onlyFrom("Michał Lis", "m@client.example", true)},
	{14, "an encoded word of two halves of a letter", "From: =?UTF-8?B?TWljaGHF?= =?UTF-8?B?gg==?= <m@client.example>\n" + rest + body, onlyFrom("Michał", "m@client.example", true)},
	{15, "two From fields", fromJan + "From: Eve <eve@evil.example>\n" + rest + body, func(p mailbox.Parsed) bool { return p.FromFields == 2 && len(p.From) == 2 && !proven(p) }},
	{15, "two From fields, one with a space before its colon", fromJan + "From : Eve <eve@evil.example>\n" + rest + body, func(p mailbox.Parsed) bool { return p.FromFields == 2 && !proven(p) }},
	{15, "two addresses in From", "From: Jan <jan@client.example>, Eve <eve@evil.example>\n" + rest + body, func(p mailbox.Parsed) bool { return len(p.From) == 2 && !proven(p) }},
	{15, "a group in From", "From: Team: Jan <jan@client.example>;\n" + rest + body, onlyFrom("Jan", "jan@client.example", true)},
	{15, "an empty group in From", "From: Team:;\n" + rest + body, func(p mailbox.Parsed) bool { return len(p.From) == 0 && !proven(p) }},
	{15, "an empty From", "From:\n" + rest + body, func(p mailbox.Parsed) bool { return len(p.From) == 0 && p.FromFields == 1 && !proven(p) }},
	{15, "no From", rest + body, func(p mailbox.Parsed) bool { return len(p.From) == 0 && p.FromFields == 0 && !proven(p) }},
	{16, "a differing Reply-To", "From: Form <noreply@acme.example>\nReply-To: Jan <jan@client.example>\n" + rest + body, func(p mailbox.Parsed) bool {
		return p.From[0].Email == "noreply@acme.example" && len(p.ReplyTo) == 1 && p.ReplyTo[0] == (mailbox.Address{Name: "Jan", Email: "jan@client.example", Strict: true})
	}},
	{17, "rewritten by Google Groups", "From: \"'Jan Kowalski' via Sales\" <sales@acme.example>\nReply-To: Jan Kowalski <jan@client.example>\nX-Original-From: Jan Kowalski <jan@client.example>\nPrecedence: list\nList-ID: <sales.acme.example>\n" + rest + body, func(p mailbox.Parsed) bool {
		return p.From[0].Email == "sales@acme.example" && p.Signals.List() && p.Signals.ListID == "sales.acme.example" && p.ReplyTo[0].Email == "jan@client.example" && p.OriginalFrom[0].Email == "jan@client.example"
	}},
	{17, "rewritten by Mailman", "From: Jan Kowalski via Friends <friends@lists.example>\nReply-To: Jan Kowalski <jan@client.example>\nList-Id: Friends <friends.lists.example>\n" + rest + body, func(p mailbox.Parsed) bool {
		return p.From[0].Email == "friends@lists.example" && p.Signals.List() && p.ReplyTo[0].Email == "jan@client.example"
	}},
}

var threadCases = []edgeCase{
	{25, "a known id amid the chain", fromJan + rest + "In-Reply-To: <3@x>\nReferences: <1@x> <2@x> <3@x>\n" + body, func(p mailbox.Parsed) bool {
		return slices.Equal(p.References, []string{"1@x", "2@x", "3@x"}) && slices.Equal(p.InReplyTo, []string{"3@x"})
	}},
	{26, "In-Reply-To with prose", fromJan + rest + "In-Reply-To: Your message of \"Mon, 03 Jun 2024\" <20240603101522.1234@acme.example>\n" + body, replyTo("20240603101522.1234@acme.example")},
	{26, "In-Reply-To with prose and an address", fromJan + rest + "In-Reply-To: Message from Anna <anna@acme.example> of Monday. <20240603.1@acme.example>\n" + body, replyTo("20240603.1@acme.example")},
	{26, "In-Reply-To with several ids", fromJan + rest + "In-Reply-To: <a1@x> <b2@x>\n" + body, replyTo("a1@x", "b2@x")},
	{27, "references folded", fromJan + rest + "References: <a1@x>\n\t<b2@x>\n <c3@x>\n" + body, references("a1@x", "b2@x", "c3@x")},
	{27, "references folded inside an id", fromJan + rest + "References: <a1@\n x> <b2@x>\n" + body, references("a1@x", "b2@x")},
	{27, "references with commas", fromJan + rest + "References: <a1@x>,<b2@x>, <c3@x>\n" + body, references("a1@x", "b2@x", "c3@x")},
	{27, "references cut off", fromJan + rest + "References: <a1@x> <b2@x> <c3@\n" + body, references("a1@x", "b2@x")},
	{27, "references that lost their brackets", fromJan + rest + "References: a1@x b2@x\n" + body, references("a1@x", "b2@x")},
	{28, "a subject that changed", fromJan + "To: a@x\nSubject: Delivery (was: Re: Chairs)\nReferences: <a1@x>\n" + body, func(p mailbox.Parsed) bool {
		return p.BaseSubject == "Delivery (was: Re: Chairs)" && p.SubjectKind == mailbox.SubjectNew && len(p.References) == 1
	}},
	{33, "no Message-ID", fromJan + "Subject: Chairs\nDate: Mon, 3 Jun 2024 10:15:22 +0200\n" + body, func(p mailbox.Parsed) bool {
		again, _ := mail.Parse([]byte(strings.ReplaceAll(fromJan+"Subject: RE: Chairs\nDate: Mon, 3 Jun 2024 08:15:50 +0000\n"+body, "\n", "\r\n")), mail.Limits{})
		later, _ := mail.Parse([]byte(fromJan+"Subject: Chairs\nDate: Mon, 3 Jun 2024 10:16:22 +0200\n"+body), mail.Limits{})
		return p.MessageID == "" && p.Fingerprint == again.Fingerprint && p.Fingerprint != later.Fingerprint
	}},
	{34, "prefixes of three languages and a tag", fromJan + "Subject: Re: AW: WG: [ext] Chairs\n" + body, func(p mailbox.Parsed) bool { return p.BaseSubject == "Chairs" && p.SubjectKind == mailbox.SubjectReply }},
	{35, "an empty subject", fromJan + "Subject:\n" + body, func(p mailbox.Parsed) bool { return p.Subject == "" && p.BaseSubject == "" }},
	{35, "no subject", fromJan + body, func(p mailbox.Parsed) bool { return p.Subject == "" && p.BaseSubject == "" && p.Fingerprint != "" }},
	{35, "nothing but a prefix", fromJan + "Subject: Re: \n" + body, func(p mailbox.Parsed) bool { return p.BaseSubject == "" && p.SubjectKind == mailbox.SubjectReply }},
}

func replyTo(ids ...string) func(mailbox.Parsed) bool {
	return func(p mailbox.Parsed) bool { return slices.Equal(p.InReplyTo, ids) }
}

func references(ids ...string) func(mailbox.Parsed) bool {
	return func(p mailbox.Parsed) bool { return slices.Equal(p.References, ids) }
}
