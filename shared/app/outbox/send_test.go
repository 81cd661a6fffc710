package outbox_test

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"maps"
	"net/http"
	"net/mail"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lejek/lejek/shared/app/apptest"
	"github.com/lejek/lejek/shared/auth"
)

// write sends a mail and returns the answer and what SES got.
func (o office) write(body m) (apptest.Answer, apptest.SentMail) {
	o.t.Helper()
	had := map[string]bool{}
	for _, s := range o.Sent() {
		had[s.MessageID] = true
	}
	made := o.Do("POST", "/api/v2/mailMessages", body)
	if made.Status != http.StatusCreated || made.Data()["send_state"] != "sent" {
		o.t.Fatalf("%d %s", made.Status, made.Raw)
	}
	for _, s := range o.Sent() {
		if !had[s.MessageID] {
			return made, s
		}
	}
	o.t.Fatal("nothing was sent")
	return made, apptest.SentMail{}
}

func (o office) header(s apptest.SentMail) mail.Header {
	o.t.Helper()
	got, err := mail.ReadMessage(bytes.NewReader(s.Raw))
	if err != nil {
		o.t.Fatal(err)
	}
	return got.Header
}

func (o office) messages(thread any) []any {
	o.t.Helper()
	return o.Must("GET", fmt.Sprintf("/v1/mailbox/mailThreads/%v/mailMessages", thread), nil).List()
}

func TestAMailIsSentStoredAndAnswered(t *testing.T) {
	t.Parallel()
	o := start(t)
	deal := o.Must("POST", "/api/v2/deals", m{"title": "Boat"}).ID()
	file := o.Do("POST", "/v1/files", apptest.Form{Files: map[string]string{"file": "hello"}}).ID()
	made, sent := o.write(m{
		"to": []string{"Zed Ź <zed@x.example>"}, "cc": []string{"Cy <cy@x.example>"}, "bcc": []string{"hidden@y.example"}, "subject": "Łodzie",
		"html": `<p>Hello<script>alert(1)</script> <img src="https://t.example/1.gif"></p>`, "deal_id": deal, "file_ids": []int64{file},
	})
	d, thread := made.Data(), made.Data()["mail_thread_id"]
	if d["sent_flag"] != 1.0 || d["deal_id"] != float64(deal) || len(d["person_ids"].([]any)) != 3 || len(d["file_ids"].([]any)) != 1 || d["has_real_attachments_flag"] != 1.0 {
		t.Errorf("%s", made.Raw)
	}
	h := o.header(sent)
	if strings.Join(sent.Destinations, " ") != "zed@x.example cy@x.example hidden@y.example" || sent.Source != o.Address() || h.Get("Bcc") != "" || strings.Contains(string(sent.Raw), "hidden@y") {
		t.Errorf("%v from %s: %s", sent.Destinations, sent.Source, sent.Raw)
	}
	if from, err := h.AddressList("From"); err != nil || from[0].Name != "Ada" || from[0].Address != o.Address() || !strings.Contains(h.Get("Reply-To"), o.AddressOf("mailThread", int64(thread.(float64)))) {
		t.Errorf("From %s, Reply-To %s", h.Get("From"), h.Get("Reply-To"))
	}
	if strings.Contains(string(sent.Raw), "script") || strings.Contains(string(sent.Raw), "t.example") || !strings.Contains(string(sent.Raw), "text/plain") {
		t.Errorf("%s", sent.Raw)
	}
	if shown := o.Must("GET", fmt.Sprintf("/v1/mailbox/mailMessages/%d?include_body=1", made.ID()), nil).Data(); !strings.Contains(fmt.Sprint(shown["body"]), "<p>Hello") || shown["snippet"] != "Hello" {
		t.Errorf("%v %v", shown["snippet"], shown["body"])
	}
	box := o.Must("GET", fmt.Sprintf("/v1/mailbox/mailThreads/%v", thread), nil).Data()
	if box["message_count"] != 1.0 || box["last_message_sent_timestamp"] == nil || box["deal_id"] != float64(deal) || fmt.Sprint(box["folders"]) != "[sent]" {
		t.Errorf("%v", box)
	}
	view := o.Must("GET", fmt.Sprintf("/api/v2/deals/%d?include_fields=last_outgoing_mail_time,email_messages_count", deal), nil)
	if view.Data()["last_outgoing_mail_time"] == nil || view.Data()["email_messages_count"] != 1.0 {
		t.Errorf("%s", view.Raw)
	}
	if got := o.Must("GET", "/api/v2/inboundMail", nil).List(); len(got) != 0 {
		t.Errorf("the ledger of what came in has %v", got)
	}
	// The answer cites the id that SES has given it.
	for _, form := range []string{"%s@email.amazonses.com", "%s@eu-central-1.amazonses.com"} {
		id := fmt.Sprintf(form, sent.MessageID)
		if form != "%s@email.amazonses.com" {
			id = d["internet_message_id"].(string)
		}
		o.Deliver(apptest.Mail{From: "zed@x.example", To: []string{o.Address()}, Raw: fmt.Sprintf(
			"From: Zed <zed@x.example>\nTo: %s\nMessage-ID: <%d@x>\nIn-Reply-To: <%s>\nReferences: <%s>\nSubject: something else\n\nYes\n", o.Address(), len(form), id, id)})
	}
	if got := o.messages(thread); len(got) != 3 {
		t.Fatalf("%d messages in the thread", len(got))
	}
	// A colleague of his answers, with a program that cites nothing: the address of the thread leads there, in a new thread as well.
	o.Deliver(apptest.Mail{From: "kim@other.example", To: []string{o.AddressOf("mailThread", int64(thread.(float64)))}, Raw: "From: Kim <kim@other.example>\n" +
		"To: " + h.Get("Reply-To") + "\nMessage-ID: <kim@other.example>\nSubject: For Zed\n\nHe is away\n"})
	if got := o.messages(thread); len(got) != 4 {
		t.Fatalf("%d messages in the thread after a colleague's", len(got))
	}
	_, reply := o.write(m{"to": []string{"zed@x.example"}, "text": "Fine", "thread_id": thread})
	h = o.header(reply)
	if h.Get("Subject") != "Re: =?utf-8?b?xYFvZHppZQ==?=" && !strings.HasPrefix(h.Get("Subject"), "=?utf-8?b?") {
		t.Errorf("Subject %s", h.Get("Subject"))
	}
	if !strings.HasPrefix(h.Get("References"), "<"+d["internet_message_id"].(string)+">") || h.Get("In-Reply-To") == "" || len(o.messages(thread)) != 5 {
		t.Errorf("References %s, In-Reply-To %s, %d messages", h.Get("References"), h.Get("In-Reply-To"), len(o.messages(thread)))
	}
	// Our own mail that comes back, by a list or a forwarder, is known as ours.
	o.Deliver(apptest.Mail{From: "list@l.example", To: []string{o.Address()}, Raw: string(sent.Raw)})
	if got := o.Must("GET", "/api/v2/inboundMail?state=ignored", nil); len(got.List()) != 1 || got.List()[0].(m)["rule"] != 31.0 {
		t.Errorf("%s", got.Raw)
	}
}

func TestWhatIsWrongWithAMailIsNamedAtOnce(t *testing.T) {
	t.Parallel()
	o := start(t)
	other := o.NewTeam("Other")
	deal := other.Must("POST", "/api/v2/deals", m{"title": "Boat"}).ID()
	many := make([]string, 51)
	for i := range many {
		many[i] = fmt.Sprintf("a%d@x.example", i)
	}
	for name, c := range map[string]struct {
		body m
		want []string
	}{
		"nothing":            {m{}, []string{"to"}},
		"no recipient":       {m{"to": []string{}, "text": "x"}, []string{"to"}},
		"no words":           {m{"to": []string{"a@x.example"}, "html": "<script>x</script>"}, []string{"text"}},
		"all at once":        {m{"to": []string{"nobody"}, "cc": []string{"x"}, "bcc": []string{"y"}, "subject": "a\r\nBcc: z@z.example", "text": "x", "thread_id": 7, "deal_id": deal, "file_ids": []int64{9}}, []string{"to", "cc", "bcc", "subject", "thread_id", "deal_id", "file_ids"}},
		"line break":         {m{"to": []string{"a@x.example\r\nBcc: z@z.example"}, "text": "x"}, []string{"to"}},
		"folded":             {m{"to": []string{"Ann\r\n <a@x.example>"}, "text": "x"}, []string{"to"}},
		"two in one":         {m{"to": []string{"a@x.example, b@x.example"}, "text": "x"}, []string{"to"}},
		"two in one, quoted": {m{"to": []string{`"a@x.example,b"@x.example`}, "text": "x"}, []string{"to"}},
		"an address literal": {m{"to": []string{`a@[127.0.0.1]`}, "text": "x"}, []string{"to"}},
		"group":              {m{"to": []string{"g: a@x.example, b@x.example;"}, "text": "x"}, []string{"to"}},
		"not ASCII":          {m{"to": []string{"ż@x.example"}, "text": "x"}, []string{"to"}},
		"too long":           {m{"to": []string{"a@x.example"}, "text": strings.Repeat("x", 200<<10+1), "html": strings.Repeat("<p>&amp;</p>", 20<<10)}, []string{"text", "html"}},
		"our own":            {m{"to": []string{o.Address()}, "text": "x"}, []string{"to"}},
		"another team's":     {m{"cc": []string{other.Address()}, "to": []string{"a@x.example"}, "text": "x"}, []string{"cc"}},
		"too many":           {m{"to": many[:50], "cc": many[50:], "text": "x"}, []string{"to"}},
		"too many of one":    {m{"to": many, "text": "x"}, []string{"to"}},
		"unknown field":      {m{"to": []string{"a@x.example"}, "text": "x", "from": "boss@x.example"}, []string{"from"}},
		"line in a subject":  {m{"to": []string{"a@x.example"}, "text": "x", "subject": "a\nb"}, []string{"subject"}},
	} {
		got := o.Do("POST", "/api/v2/mailMessages", c.body)
		if got.Status != http.StatusBadRequest {
			t.Errorf("%s: %d %.300s", name, got.Status, got.Raw)
		}
		for _, field := range c.want {
			if !strings.Contains(got.Raw, field+": ") {
				t.Errorf("%s: %s is not named: %.300s", name, field, got.Raw)
			}
		}
	}
	if n := len(o.Sent()); n != 0 {
		t.Errorf("%d mails were sent", n)
	}
}

func TestAnAddressOfAnInternationalDomainIsWrittenInItsOtherForm(t *testing.T) {
	t.Parallel()
	o := start(t)
	if _, sent := o.write(m{"to": []string{"Zoë <zoe@łódź.example>"}, "text": "x"}); sent.Destinations[0] != "zoe@xn--d-uga0v4h.example" || !strings.Contains(string(sent.Raw), "<zoe@xn--d-uga0v4h.example>") {
		t.Errorf("%v %s", sent.Destinations, sent.Raw)
	}
	if made := o.Do("POST", "/api/v2/userAddresses", m{"email": "ada@łódź.example"}); made.Status != http.StatusCreated || made.Data()["email"] != "ada@xn--d-uga0v4h.example" {
		t.Errorf("%d %s", made.Status, made.Raw)
	}
	if made := o.Do("POST", "/api/v2/userAddresses", m{"email": "ądá@x.example"}); made.Status != http.StatusBadRequest {
		t.Errorf("%d %s", made.Status, made.Raw)
	}
}

// TestAnAnswerCitesTheNewestMails, but neither what did not go out nor what came back, and costs the same in a long thread.
func TestAnAnswerCitesTheNewestMails(t *testing.T) {
	t.Parallel()
	o := start(t)
	first, sent := o.write(m{"to": []string{"zed@x.example"}, "subject": "Boats", "text": "Hello"})
	thread := first.Data()["mail_thread_id"]
	o.Deliver(o.report("delivery-status", "\nFinal-Recipient: rfc822; zed@x.example\nAction: delayed\nStatus: 4.4.1\n", sent.MessageID+"@email.amazonses.com"))
	_, reply := o.write(m{"to": []string{"zed@x.example"}, "text": "And?", "thread_id": thread})
	if h := o.header(reply); h.Get("References") != "<"+first.Data()["internet_message_id"].(string)+">" || h.Get("In-Reply-To") != h.Get("References") {
		t.Errorf("References %s, In-Reply-To %s", h.Get("References"), h.Get("In-Reply-To"))
	}
	var id any
	for range 25 {
		var made apptest.Answer
		if made, reply = o.write(m{"to": []string{"zed@x.example"}, "text": "And?", "thread_id": thread}); id != nil {
			if h := o.header(reply); h.Get("In-Reply-To") != fmt.Sprintf("<%v>", id) {
				t.Errorf("In-Reply-To %s, want %v", h.Get("In-Reply-To"), id)
			}
		}
		id = made.Data()["internet_message_id"]
		o.Later(time.Minute)
	}
	if n := len(strings.Fields(o.header(reply).Get("References"))); n != 20 {
		t.Errorf("%d references", n)
	}
}

func TestABounceAndAComplaintMarkTheMail(t *testing.T) {
	t.Parallel()
	o := start(t)
	for kind, want := range map[string]string{"delivery-status": "bounced", "feedback-report": "complained"} {
		made, sent := o.write(m{"to": []string{kind + "@x.example"}, "subject": kind, "text": "Hello"})
		about := "Reporting-MTA: dns; ses.example\n\nFinal-Recipient: rfc822; " + kind + "@x.example\nAction: failed\nStatus: 5.1.1\n"
		if kind == "feedback-report" {
			about = "Feedback-Type: abuse\nUser-Agent: x/1\nVersion: 1\nOriginal-Rcpt-To: <" + kind + "@x.example>\n"
		}
		for _, id := range []string{"nobody@x.example", sent.MessageID + "@email.amazonses.com"} { // one about a mail that nobody sent does nothing
			o.Deliver(o.report(kind, about, id))
			state := o.Must("GET", fmt.Sprintf("/api/v2/mailMessages/%d", made.ID()), nil).Data()
			if id == "nobody@x.example" != (state["send_state"] == "sent") || id != "nobody@x.example" && state["send_state"] != want {
				t.Errorf("%s of %s: %v", kind, id, state)
			}
		}
		person := o.Must("GET", fmt.Sprintf("/api/v2/persons/%v", made.Data()["person_ids"].([]any)[0]), nil)
		if !strings.Contains(person.Raw, kind+"@x.example") || !strings.Contains(person.Raw, "bounced_emails") {
			t.Errorf("%s", person.Raw)
		}
	}
	if n := len(o.Sent()); n != 2 {
		t.Errorf("%d mails went out: nothing answers a bounce", n)
	}
}

// report is a notice about a mail: a bounce or a feedback report with these fields, and the header of what it is about.
func (o office) report(kind, fields, about string) apptest.Mail {
	return apptest.Mail{To: []string{o.Address()}, Raw: fmt.Sprintf(
		"From: MAILER-DAEMON@amazonses.com\nTo: %s\nMessage-ID: <%s@ses>\nSubject: Notice\nMIME-Version: 1.0\nContent-Type: multipart/report; report-type=%s; boundary=b\n\n--b\nContent-Type: text/plain\n\nIt failed.\n--b\nContent-Type: message/%s\n\n%s\n--b\nContent-Type: message/rfc822\n\nMessage-ID: <%s>\n\nx\n--b--\n",
		o.Address(), rand.Text(), kind, kind, fields, about)}
}

func TestWhatComesBackIsToldOfEachRecipient(t *testing.T) {
	t.Parallel()
	o := start(t)
	const bounce, feedback = "delivery-status", "feedback-report"
	of := func(address, action, status string) string {
		return "\nFinal-Recipient: rfc822; " + address + "\nAction: " + action + "\nStatus: " + status + "\n"
	}
	for name, c := range map[string]struct {
		kind, fields, state, returned, bounced string
	}{
		"one of two":                 {bounce, "Reporting-MTA: dns; x\n" + of("a@x.example", "failed", "5.1.1"), "bounced", "a@x.example 5.1.1", "a@x.example"},
		"one failed, one is late":    {bounce, "Reporting-MTA: dns; x\n" + of("a@x.example", "delayed", "4.4.1") + of("b@x.example", "failed", "5.1.1"), "bounced", "b@x.example 5.1.1", "b@x.example"},
		"each for a reason":          {bounce, of("a@x.example", "failed", "5.1.1") + of("b@x.example", "failed", "5.2.2"), "bounced", "a@x.example 5.1.1 b@x.example 5.2.2", "a@x.example b@x.example"},
		"tried in vain":              {bounce, of("a@x.example", "failed", "4.4.7"), "bounced", "a@x.example 4.4.7", ""},
		"late":                       {bounce, of("a@x.example", "delayed", "4.4.1"), "sent", "", ""},
		"delivered":                  {bounce, of("a@x.example", "delivered", "2.0.0"), "sent", "", ""},
		"somebody else":              {bounce, of("eve@x.example", "failed", "5.1.1"), "sent", "", ""},
		"as Amazon puts it":          {bounce, "Reporting-MTA: dns; x\n\nAction: failed\nFinal-Recipient: rfc822; B@X.example\nStatus: 5.1.1\n", "bounced", "b@x.example 5.1.1", "b@x.example"},
		"a complaint":                {feedback, "Feedback-Type: abuse\nOriginal-Rcpt-To: <a@x.example>\n", "complained", "a@x.example complaint", "a@x.example"},
		"a complaint of nobody":      {feedback, "Feedback-Type: abuse\n", "complained", "", ""},
		"a complaint, of a stranger": {feedback, "Feedback-Type: abuse\nOriginal-Rcpt-To: <eve@x.example>\n", "sent", "", ""},
		"not spam":                   {feedback, "Feedback-Type: not-spam\nOriginal-Rcpt-To: <a@x.example>\n", "sent", "", ""},
		"unproven":                   {feedback, "Feedback-Type: auth-failure\nOriginal-Rcpt-To: <a@x.example>\n", "sent", "", ""},
	} {
		made, sent := o.write(m{"to": []string{"a@x.example"}, "bcc": []string{"b@x.example"}, "subject": name, "text": "Hello"})
		notice := o.report(c.kind, c.fields, sent.MessageID+"@eu-central-1.amazonses.com")
		o.Deliver(notice)
		o.Deliver(notice)
		now := o.Must("GET", fmt.Sprintf("/api/v2/mailMessages/%d", made.ID()), nil).Data()
		var returned, bounced []string
		for _, r := range now["returned"].([]any) {
			returned = append(returned, fmt.Sprint(r.(m)["email"], " ", r.(m)["status"]))
		}
		for _, p := range o.Must("GET", "/api/v2/persons", nil).List() {
			p := p.(m)
			if list, ok := p["bounced_emails"].([]any); ok {
				bounced = append(bounced, fmt.Sprint(list[0].(m)["value"]))
				o.Must("PATCH", fmt.Sprintf("/api/v2/persons/%v", p["id"]), m{"emails": []any{m{"value": "x@x.example"}}})
				o.Must("PATCH", fmt.Sprintf("/api/v2/persons/%v", p["id"]), m{"emails": p["emails"]})
			}
		}
		if got := strings.Join(returned, " "); now["send_state"] != c.state || got != c.returned || strings.Join(bounced, " ") != c.bounced {
			t.Errorf("%s: %v, returned %q, marked %q", name, now["send_state"], got, bounced)
		}
	}
}

// TestTheSimulatorsAddressesAnswer goes the whole way: SES takes the mail, its notice comes in over SMTP, the linker reads it.
func TestTheSimulatorsAddressesAnswer(t *testing.T) {
	t.Parallel()
	o := start(t)
	const at = "@simulator.amazonses.com"
	o.Must("POST", "/api/v2/persons", m{"name": "Bo", "emails": []any{m{"value": "bounce+x" + at}}}) // mail would make none under such an address
	for local, want := range map[string]string{"bounce": "bounced", "suppressionlist": "bounced", "complaint": "complained", "ooto": "sent", "success": "sent"} {
		made, _ := o.write(m{"to": []string{local + "+x" + at, "Ann <ann@x.example>"}, "cc": []string{"success" + at}, "subject": local, "text": "Hello"})
		if n := o.Feedback(); n != 1 && local != "success" {
			t.Errorf("%s: %d notices", local, n)
		}
		now := o.Must("GET", fmt.Sprintf("/api/v2/mailMessages/%d", made.ID()), nil).Data()
		back := now["returned"].([]any)
		if now["send_state"] != want || (want == "sent") != (len(back) == 0) || len(back) > 0 && back[0].(m)["email"] != local+"+x"+at {
			t.Errorf("%s: %v", local, now)
		}
		if got := len(o.messages(made.Data()["mail_thread_id"])); got != 2 && local != "success" {
			t.Errorf("%s: %d messages in the thread", local, got)
		}
	}
	var marked []string
	for _, p := range o.Must("GET", "/api/v2/persons?limit=500", nil).List() {
		if list, ok := p.(m)["bounced_emails"].([]any); ok {
			marked = append(marked, fmt.Sprint(list[0].(m)["value"]))
		}
	}
	if slices.Sort(marked); strings.Join(marked, " ") != "bounce+x"+at+" complaint+x"+at+" suppressionlist+x"+at {
		t.Errorf("marked: %v", marked)
	}
	if got := o.Must("GET", "/api/v2/inboundMail?state=linked", nil).List(); len(got) != 4 {
		t.Errorf("linked: %v", got)
	}
}

func TestAMailIsSentOnceUnderAKey(t *testing.T) {
	t.Parallel()
	o := start(t)
	c, body := o.Sending("Idempotency-Key", "k1"), m{"to": []string{"zed@x.example"}, "text": "Hello"}
	first, second := c.Do("POST", "/api/v2/mailMessages", body), c.Do("POST", "/api/v2/mailMessages", body)
	if first.Status != http.StatusCreated || first.Raw != second.Raw || len(o.Sent()) != 1 {
		t.Errorf("%d mails\n%s\n%s", len(o.Sent()), first.Raw, second.Raw)
	}
}

// The deal that is given with a mail is where its thread goes, though it was there before and a user took it away since.
func TestAGivenDealCountsEachTime(t *testing.T) {
	t.Parallel()
	o := start(t)
	deal, other := o.Must("POST", "/api/v2/deals", m{"title": "Boat"}).ID(), o.Must("POST", "/api/v2/deals", m{"title": "Sail"}).ID()
	made, _ := o.write(m{"to": []string{"zed@x.example"}, "subject": "Boats", "text": "Hello", "deal_id": deal})
	thread := made.Data()["mail_thread_id"]
	o.Must("PUT", fmt.Sprintf("/v1/mailbox/mailThreads/%v", thread), m{"deal_id": other})
	if made, _ = o.write(m{"to": []string{"zed@x.example"}, "text": "And?", "thread_id": thread}); made.Data()["deal_id"] != float64(other) {
		t.Errorf("without a deal: %s", made.Raw)
	}
	if made, _ = o.write(m{"to": []string{"zed@x.example"}, "text": "Well?", "thread_id": thread, "deal_id": deal}); made.Data()["deal_id"] != float64(deal) {
		t.Errorf("with the deal: %s", made.Raw)
	}
}

// TestAllAddressesOfAPersonThatBounceAreMarked: one notice tells of two addresses of hers.
func TestAllAddressesOfAPersonThatBounceAreMarked(t *testing.T) {
	t.Parallel()
	o := start(t)
	person := o.Must("POST", "/api/v2/persons", m{"name": "Zed", "emails": []any{m{"value": "a@x.example"}, m{"value": "b@x.example"}}}).ID()
	_, sent := o.write(m{"to": []string{"a@x.example", "b@x.example"}, "subject": "Hi", "text": "Hello"})
	failed := "\nFinal-Recipient: rfc822; %s\nAction: failed\nStatus: %s\n"
	o.Deliver(o.report("delivery-status", fmt.Sprintf(failed+failed, "a@x.example", "5.1.1", "b@x.example", "5.2.2"), sent.MessageID+"@eu-central-1.amazonses.com"))
	var got []string
	for _, v := range o.Must("GET", fmt.Sprintf("/api/v2/persons/%d", person), nil).Data()["bounced_emails"].([]any) {
		got = append(got, fmt.Sprint(v.(m)["value"], " ", v.(m)["status"]))
	}
	if strings.Join(got, ", ") != "a@x.example 5.1.1, b@x.example 5.2.2" {
		t.Errorf("%v", got)
	}
}

// TestNothingThatIsTypedBecomesAField goes through the API with all that a mail is made of: what goes out has the fields of a harmless
// one, and goes to whom it was sent.
func TestNothingThatIsTypedBecomesAField(t *testing.T) {
	t.Parallel()
	o := start(t)
	const nasty = "a\r\nBcc: evil@x.example\r\n\r\nbody"
	words := "=?utf-8?q?a=0D=0ABcc:_evil@x.example?= <evil@x.example>, \u2028Bcc: evil@x.example " + strings.Repeat("ź", 200)
	file := o.Do("POST", "/v1/files", apptest.Form{Files: map[string]string{"file": "hello"}}).ID()
	o.Must("PUT", fmt.Sprintf("/v1/files/%d", file), m{"name": nasty + words[:120]})
	fields := func(s apptest.SentMail) string {
		var names []string
		for name := range o.header(s) {
			names = append(names, name)
		}
		slices.Sort(names)
		return strings.Join(names, " ")
	}
	plain := m{"to": []string{"Zed <zed@x.example>"}, "cc": []string{"cy@x.example"}, "bcc": []string{"di@x.example"}, "subject": "s", "text": "t", "html": "<p>t</p>", "file_ids": []int64{file}}
	_, sent := o.write(plain)
	want, to := fields(sent), "zed@x.example cy@x.example di@x.example"
	check := func(name string, sent apptest.SentMail) {
		t.Helper()
		if got := fields(sent); got != want || strings.Join(sent.Destinations, " ") != to || o.header(sent).Get("Bcc") != "" {
			t.Errorf("%s: to %v, fields %s\nwant %s\n%s", name, sent.Destinations, got, want, sent.Raw)
		}
	}
	check("a file's name", sent)
	for name, change := range map[string]m{
		"subject": {"subject": words}, "text": {"text": nasty}, "html": {"html": "<p>" + nasty + "</p>"},
		"name of a recipient":            {"to": []string{`"=?utf-8?q?=0D=0ABcc:_evil@x.example?= <evil@x.example>" <zed@x.example>`}},
		"encoded name of a recipient":    {"to": []string{"=?utf-8?q?Z=0D=0ABcc=3A_evil=40x.example?= <zed@x.example>"}},
		"name of somebody in copy":       {"cc": []string{`"a, evil@x.example" <cy@x.example>`}},
		"name of somebody in blind copy": {"bcc": []string{`"Bcc: evil@x.example" <di@x.example>`}},
	} {
		body := maps.Clone(plain)
		maps.Copy(body, change)
		_, sent := o.write(body)
		check(name, sent)
	}
	// What a stranger's mail says: its subject and its id are repeated by the answer.
	o.Deliver(apptest.Mail{From: "zed@x.example", To: []string{o.Address()}, Raw: "From: Zed <zed@x.example>\nTo: " + o.Address() +
		"\nMessage-ID: <a>\n\tBcc: evil@x.example <b@x.example>\nSubject: =?utf-8?q?Hi=0D=0ABcc:_evil@x.example=0D=0A=0D=0Abody?=\n\nHello\n"})
	thread := o.Must("GET", "/v1/mailbox/mailThreads?folder=inbox", nil).List()[0].(m)["id"]
	body := maps.Clone(plain)
	delete(body, "subject")
	body["thread_id"] = thread
	_, sent = o.write(body)
	if got := o.header(sent); strings.Join(sent.Destinations, " ") != to || got.Get("Bcc") != "" || strings.Contains(string(sent.Raw), "\nBcc:") {
		t.Errorf("an answer: %s", sent.Raw)
	}
	// The name of who writes is nobody else's either.
	o.Must("POST", "/v1/users", m{"email": "bob@acme.example", "name": `Bob" <evil@x.example>, "x`})
	token, err := o.Teams().CreateToken(t.Context(), o.Team.ID, "bob@acme.example", auth.ReadWrite)
	if err != nil {
		t.Fatal(err)
	}
	bob := o
	bob.Client = o.With(token)
	_, sent = bob.write(plain)
	check("a user's name", sent)
	if from, err := o.header(sent).AddressList("From"); err != nil || len(from) != 1 || from[0].Address != o.Address() {
		t.Errorf("From: %v %v", from, err)
	}
}
