package linker_test

import (
	"cmp"
	"context"
	"encoding/base64"
	"fmt"
	"net/url"
	"slices"
	"sort"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/lejek/lejek/shared/app/apptest"
	"github.com/lejek/lejek/shared/app/mailroom"
	"github.com/lejek/lejek/shared/mailbox"
)

// again posts an action on a mail of the ledger.
func (o office) again(id, action string) apptest.Answer {
	o.t.Helper()
	o.app.Later(time.Second)
	return o.Do("POST", "/api/v2/inboundMail/"+id+"/"+action, nil)
}

func TestReplayOfWhatIsRightChangesNothing(t *testing.T) {
	t.Parallel()
	for _, letter := range []string{
		"outbound", "attachments", "forward-attached", "forward-gmail-en", "forward-nameless", "forward-own", "virus", "false-user", "no-id", "broken", "internal",
		"several", "newsletter", "own-reminder", "crowd",
	} {
		t.Run(letter, func(t *testing.T) {
			t.Parallel()
			o := open(t)
			e := o.receive(letter)
			before := o.table()
			for range 2 {
				if a := o.again(e.ID, "replay"); a.Status != 200 || a.Data()["state"] != e.State {
					t.Fatalf("%d %s", a.Status, a.Raw)
				}
			}
			if after := o.table(); after != before {
				t.Errorf("something changed:\n%s", difference(before, after))
			}
		})
	}
}

// table is all that is stored, a line an attribute; ids that are counted and not used do not count, nor when a token was last used.
func (o office) table() string {
	o.t.Helper()
	var lines []string
	in := &dynamodb.ScanInput{TableName: &o.app.Table, ConsistentRead: aws.Bool(true)}
	for {
		out, err := o.app.DynamoDB.Scan(context.Background(), in)
		if err != nil {
			o.t.Fatal(err)
		}
		for _, it := range out.Items {
			pk, sk := text(it["pk"]), text(it["sk"])
			if strings.HasSuffix(pk, "#sequence") || strings.Contains(pk, "brake#") || strings.HasPrefix(pk, "TOKEN#") {
				continue
			}
			for name, v := range it {
				lines = append(lines, fmt.Sprintf("%s %s %s %s", pk, sk, name, text(v)))
			}
		}
		if in.ExclusiveStartKey = out.LastEvaluatedKey; in.ExclusiveStartKey == nil {
			break
		}
	}
	sort.Strings(lines)
	return strings.Join(lines, "\n")
}

// difference are the lines that are in one of two texts only.
func difference(a, b string) string {
	var out []string
	for sign, pair := range map[string][2]string{"-": {a, b}, "+": {b, a}} {
		has := map[string]bool{}
		for line := range strings.SplitSeq(pair[1], "\n") {
			has[line] = true
		}
		for line := range strings.SplitSeq(pair[0], "\n") {
			if !has[line] {
				out = append(out, sign+" "+line)
			}
		}
	}
	slices.Sort(out)
	return strings.Join(out, "\n")
}

func TestReplayLinksWhatCouldNotBeLinkedBefore(t *testing.T) {
	t.Parallel()
	o := open(t)
	e := o.receive("unproven")
	if e.State != "needs_choice" {
		t.Fatalf("%+v", e)
	}
	p := o.person("Karl", "karl@fremd.example", 0)
	d := o.deal("Line", p, 0)
	for _, email := range []string{sender(o.letter("unproven"))} {
		o.Must("PATCH", apptest.Path("/api/v2/persons/%d", p), map[string]any{"emails": []any{map[string]any{"value": email}}})
	}
	for range 2 {
		if a := o.again(e.ID, "replay"); a.Status != 200 || a.Data()["state"] != "linked" {
			t.Fatalf("%d %s", a.Status, a.Raw)
		}
	}
	o.settle()
	th := o.thread(e.Threads[0])
	if th.DealID == nil || *th.DealID != d || th.Count != 1 || len(o.Must("GET", apptest.Path("/v1/persons/%d/mailMessages", p), nil).List()) != 1 {
		t.Errorf("thread %+v", th)
	}
	if from := o.messages(th.ID)[0].From; from[0].Person == nil || *from[0].Person != p {
		t.Errorf("from %+v", from)
	}
}

// flawed has a letter linked by a room with a flaw, as it was before a fix.
func (o office) flawed(letter string, flaw func(*mailroom.Room, *mailbox.Delivery)) entry {
	o.t.Helper()
	room := mailroom.New(o.app.Env)
	raw := o.letter(letter)
	e := o.app.Receive(apptest.Mail{From: sender(raw), To: []string{o.Address()}, Raw: raw})
	id := linkedID(o.t, e)
	d := mailbox.Delivery{Team: o.Team.ID, RawID: id, RawKey: "mail/" + id, Recipients: []string{o.Address()}, Received: o.app.Now().Truncate(time.Millisecond)}
	d = mailroom.Read(d, []byte(strings.ReplaceAll(raw, "\n", "\r\n"))).Stamped(mailbox.Pass)
	flaw(&room, &d)
	if _, err := room.Linker.Link(context.Background(), d); err != nil {
		o.t.Fatal(err)
	}
	return o.newest()
}

func TestReplayAfterAFixIsAsIfItHadComeSo(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		letter string
		flaw   func(*mailroom.Room, *mailbox.Delivery)
		state  string // that the flaw led to
	}{
		"a forward that was not recognised": {"forward-attached", func(r *mailroom.Room, _ *mailbox.Delivery) {
			r.Linker.Read.Forward = func(mailbox.Parsed) []mailbox.Inner { return nil }
		}, "ignored"},
		"an inline forward": {"forward-gmail-en", func(r *mailroom.Room, _ *mailbox.Delivery) {
			r.Linker.Read.Forward = func(mailbox.Parsed) []mailbox.Inner { return nil }
		}, "needs_choice"},
		"attachments that were lost": {"attachments", func(_ *mailroom.Room, d *mailbox.Delivery) { d.Parsed.Parts = nil }, "linked"},
		"attachments under wrong names": {"attachments", func(_ *mailroom.Room, d *mailbox.Delivery) {
			for i := range d.Parsed.Parts {
				d.Parsed.Parts[i].Name = "wrong"
			}
		}, "linked"},
		"a sender who was not read":   {"unknown", func(_ *mailroom.Room, d *mailbox.Delivery) { d.Parsed.From = nil }, "quarantined"},
		"a user who was not believed": {"outbound", func(_ *mailroom.Room, d *mailbox.Delivery) { d.Parsed.FromFields = 2 }, "quarantined"},
		"text in a wrong charset":     {"outbound", func(_ *mailroom.Room, d *mailbox.Delivery) { d.Parsed.Text, d.Parsed.ContentPrint = "Dzie?", "other" }, "linked"},
		"no header":                   {"unknown", func(_ *mailroom.Room, d *mailbox.Delivery) { d.NotMail = "broken" }, "unparsable"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			whole := open(t)
			whole.receive(c.letter)
			o := open(t)
			o.app.Later(time.Second)
			e := o.flawed(c.letter, c.flaw)
			if e.State != c.state {
				t.Fatalf("the flaw led to %s: %+v", e.State, e)
			}
			for range 2 {
				if a := o.again(e.ID, "replay"); a.Status != 200 {
					t.Fatalf("%d %s", a.Status, a.Raw)
				}
			}
			o.settle()
			if got, want := o.figures(), whole.figures(); !slices.Equal(got, want) {
				t.Errorf("figures %v, want %v: %+v", got, want, o.newest())
			}
			if a, b := o.newest(), whole.newest(); a.State != b.State || a.Rule != b.Rule || a.Reason != b.Reason {
				t.Errorf("entry %+v\nwant  %+v", a, b)
			}
			for _, th := range o.newest().Threads {
				for i, m := range o.messages(th) {
					a := read[message](o, apptest.Path("/v1/mailbox/mailMessages/%d?include_body=1", m.ID))
					b := read[message](whole, apptest.Path("/v1/mailbox/mailMessages/%d?include_body=1", whole.messages(whole.newest().Threads[slices.Index(o.newest().Threads, th)])[i].ID))
					if a.Subject != b.Subject || a.Body != b.Body || a.Sent != b.Sent {
						t.Errorf("message %+v\nwant    %+v", a, b)
					}
				}
			}
			if a, b := o.names("/v1/files"), whole.names("/v1/files"); !slices.Equal(a, b) {
				t.Errorf("files %v, want %v", a, b)
			}
		})
	}
}

// names are those of the records in a list.
func (o office) names(target string) (names []string) {
	o.t.Helper()
	for _, n := range read[[]named](o, target) {
		names = append(names, n.Name)
	}
	return names
}

func TestReleaseLetsAMailOutOfQuarantine(t *testing.T) {
	t.Parallel()
	for letter, c := range map[string]struct {
		state    string
		messages int
		persons  string
	}{
		"false-user": {"linked", 1, "Jan Kowalski"},
		"spam":       {"linked", 1, ""},
		"dmarc-fail": {"linked", 1, ""},
		"virus":      {"linked", 1, "Jan Kowalski"},
	} {
		t.Run(letter, func(t *testing.T) {
			t.Parallel()
			o := open(t)
			e := o.receive(letter)
			var raws []string
			for range 2 {
				a := o.again(e.ID, "release")
				if a.Status != 200 || a.Data()["state"] != c.state || a.Data()["released_by"] != 1.0 {
					t.Fatalf("%d %s", a.Status, a.Raw)
				}
				raws = append(raws, a.Raw)
			}
			o.again(e.ID, "replay") // stays released
			if e = o.newest(); len(e.Messages) != c.messages || raws[0] != raws[1] || e.State != c.state || !strings.Contains(strings.Join(e.Evidence, "\n"), "user 1 released it") {
				t.Errorf("%+v\n%s\n%s", e, raws[0], raws[1])
			}
			if c.persons != "" && len(o.persons()) != 1 || len(o.persons()) == 0 {
				t.Errorf("persons %v", o.persons())
			}
			if letter == "virus" {
				list := o.Must("GET", apptest.Path("/v1/persons/%d/files", e.Persons[0]), nil).List()
				if len(list) != 1 || len(e.Files) != 0 || len(o.Must("GET", "/v1/files", nil).List()) != 1 {
					t.Fatalf("files %v, of the entry %v", list, e.Files)
				}
				if a := o.Do("GET", apptest.Path("/v1/files/%v/download", list[0].(map[string]any)["id"]), nil); a.Status != 403 {
					t.Errorf("an infected file is handed out: %d", a.Status)
				}
			}
		})
	}
	t.Run("what is not in quarantine", func(t *testing.T) {
		t.Parallel()
		o := open(t)
		e := o.receive("outbound")
		if a := o.again(e.ID, "release"); a.Status != 400 || !strings.Contains(a.Raw, "not in quarantine") {
			t.Errorf("%d %s", a.Status, a.Raw)
		}
	})
	t.Run("at once", func(t *testing.T) {
		t.Parallel()
		o := open(t)
		e := o.receive("false-user")
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() {
				if a := o.Do("POST", "/api/v2/inboundMail/"+e.ID+"/release", nil); a.Status != 200 {
					t.Errorf("%d %s", a.Status, a.Raw)
				}
			})
		}
		all.Wait()
		if e := o.newest(); len(e.Messages) != 1 || o.thread(e.Threads[0]).Count != 1 || len(o.persons()) != 1 {
			t.Errorf("%+v", e)
		}
	})
}

func TestReplayOfAMailWhoseRawBytesAreGone(t *testing.T) {
	t.Parallel()
	o := open(t)
	e := o.flawed("outbound", func(_ *mailroom.Room, d *mailbox.Delivery) { d.RawKey = "mail/gone" })
	if a := o.again(e.ID, "replay"); a.Status != 404 {
		t.Errorf("%d %s", a.Status, a.Raw)
	}
}

// preview asks what would become of a message.
func (o office) preview(raw, recipients string) apptest.Answer {
	o.t.Helper()
	e := events.APIGatewayV2HTTPRequest{
		RawPath: "/api/v2/inboundMail/preview", RawQueryString: "recipients=" + url.QueryEscape(recipients), IsBase64Encoded: true,
		Body: base64.StdEncoding.EncodeToString([]byte(raw)), Headers: map[string]string{"x-api-token": string(o.Token), "content-type": "message/rfc822"},
	}
	e.RequestContext.HTTP.Method = "POST"
	return o.app.Send(e)
}

// TestPreviewTellsWhatThenHappens asks before each letter of the decision table, and compares.
func TestPreviewTellsWhatThenHappens(t *testing.T) {
	t.Parallel()
	for _, c := range rows {
		t.Run("row "+c.row, func(t *testing.T) {
			t.Parallel()
			o := open(t)
			if c.setup != nil {
				c.setup(o)
			}
			for name := range strings.FieldsSeq(c.before) {
				o.receive(name)
			}
			o.app.Later(time.Second)
			local, domain, _ := strings.Cut(o.Address(), "@")
			to := local + c.tag + "@" + domain
			event := o.app.Receive(apptest.Mail{From: cmp.Or(c.from, sender(o.letter(c.letter))), To: []string{to}, Raw: o.letter(c.letter)})
			raw := o.object("mail/" + linkedID(t, event)) // as stored, with the verdicts
			before := o.table()
			a := o.preview(raw, to)
			if a.Status != 200 {
				t.Fatalf("%d %s", a.Status, a.Raw)
			}
			if after := o.table(); after != before {
				t.Fatalf("the preview wrote:\n%s", difference(before, after))
			}
			if failed := o.invoke(event); len(failed) > 0 {
				t.Fatal(failed)
			}
			e, p := o.newest(), a.Data()
			messages, _ := p["messages"].([]any)
			if p["state"] != e.State || int(p["rule"].(float64)) != e.Rule || len(messages) != len(e.Messages) {
				t.Errorf("foreseen %v by %v with %d messages, became %s by %d with %d", p["state"], p["rule"], len(messages), e.State, e.Rule, len(e.Messages))
			}
			for i, id := range e.Messages {
				m := read[message](o, apptest.Path("/v1/mailbox/mailMessages/%d", id))
				f := messages[i].(map[string]any)
				th := o.thread(m.Thread)
				deal := 0.0
				if th.DealID != nil {
					deal = float64(*th.DealID)
				}
				foreseen, _ := f["deal_id"].(float64)
				if f["subject"] != m.Subject || int(f["sent_flag"].(float64)) != m.Sent || foreseen != deal || len(f["deal_candidates"].([]any)) != len(th.Candidates) {
					t.Errorf("foreseen %v, became %+v, thread %+v", f, m, th)
				}
			}
		})
	}
}

func TestPreviewOfWhatCannotBePreviewed(t *testing.T) {
	t.Parallel()
	o := open(t)
	other := o.app.NewTeam("Other")
	raw := o.letter("outbound")
	theirs, nobodys := o.preview(raw, other.Address()), o.preview(raw, "nobody-9@"+o.app.MailDomain)
	if theirs.Status != 400 || theirs.Raw != nobodys.Raw {
		t.Errorf("another team's address: %d %s\nnobody's: %d %s", theirs.Status, theirs.Raw, nobodys.Status, nobodys.Raw)
	}
	for name, c := range map[string]struct {
		kind, body string
		status     int
	}{
		"JSON": {"application/json", "{}", 415}, "nothing": {"message/rfc822", "", 400}, "no mail": {"message/rfc822", "hello", 200},
		"too large": {"message/rfc822", raw + strings.Repeat("x", 4_600_000), 413},
	} {
		e := events.APIGatewayV2HTTPRequest{
			RawPath: "/api/v2/inboundMail/preview", Body: c.body, Headers: map[string]string{"x-api-token": string(o.Token), "content-type": c.kind},
		}
		e.RequestContext.HTTP.Method = "POST"
		if a := o.app.Send(e); a.Status != c.status {
			t.Errorf("%s: %d %s", name, a.Status, a.Raw)
		}
	}
}
