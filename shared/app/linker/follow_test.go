package linker_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/lejek/lejek/shared/app/apptest"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/dynamo"
	"github.com/lejek/lejek/shared/value"
)

func TestNoteFollowsWhenARuleLinksTheThreadLater(t *testing.T) {
	t.Parallel()
	for _, moved := range []bool{false, true} {
		t.Run(fmt.Sprintf("filed elsewhere %v", moved), func(t *testing.T) {
			t.Parallel()
			o := open(t)
			e := o.receive("forward-gmail-en")
			note := o.Must("GET", "/v1/notes", nil).List()[0].(map[string]any)
			if note["deal_id"] != nil {
				t.Fatalf("note %v", note)
			}
			elsewhere := o.deal("Elsewhere", 0, 0)
			if moved {
				o.Must("PUT", apptest.Path("/v1/notes/%v", note["id"]), map[string]any{"deal_id": elsewhere, "person_id": nil})
			}
			d := o.deal("Line", e.Persons[0], 0)
			o.post(jan, header("Jan <"+jan+">", "{{inbound}}", "Re: Offer", "and@klient.example")+"In-Reply-To: <unseen-1@klient.example>\n\nand?\n")
			o.settle()
			want := d
			if moved {
				want = elsewhere
			}
			if notes := o.Must("GET", apptest.Path("/v1/notes?deal_id=%d", want), nil); !strings.Contains(notes.Raw, "keep an eye") {
				t.Errorf("the note is not on deal %d: %s", want, o.Must("GET", "/v1/notes", nil).Raw)
			}
		})
	}
}

func TestEarlierMailIsSettledWhenARuleFindsOutLater(t *testing.T) {
	t.Parallel()
	o := open(t)
	e := o.receive("unproven")
	email := sender(o.letter("unproven"))
	p := o.person("Stranger", email, 0)
	o.post(email, header("X <"+email+">", "{{inbound}}", "Re: again", "second@x.example")+"In-Reply-To: <"+*o.messageID(e.ID)+">\n\nand?\n")
	o.settle()
	if got := read[entry](o, "/api/v2/inboundMail/"+e.ID); got.State != "linked" {
		t.Errorf("the first mail is %s: %+v", got.State, o.newest())
	}
	if n := len(o.Must("GET", apptest.Path("/v1/persons/%d/mailMessages", p), nil).List()); n != 2 {
		t.Errorf("the person shows %d mails", n)
	}
}

// messageID is the one of a raw mail.
func (o office) messageID(id string) *string {
	o.t.Helper()
	return read[struct {
		ID *string `json:"message_id"`
	}](o, "/api/v2/inboundMail/"+id).ID
}

// TestTwoWhoDecideAtOnceSettleTheMail: the two threads of one forward, decided in the same moment.
func TestTwoWhoDecideAtOnceSettleTheMail(t *testing.T) {
	t.Parallel()
	for range 5 {
		o := open(t)
		chosen := []int64{}
		for _, email := range []string{jan, zofia} {
			p := o.person(email, email, 0)
			chosen = append(chosen, o.deal("One", p, 0))
			o.deal("Two", p, 0)
		}
		e := o.receive("forward-attached")
		var both sync.WaitGroup
		for i := range 2 {
			both.Go(func() {
				if a := o.Do("PUT", apptest.Path("/v1/mailbox/mailThreads/%d", e.Threads[i]), map[string]any{"deal_id": chosen[i]}); a.Status != 200 {
					t.Errorf("%d %s", a.Status, a.Raw)
				}
			})
		}
		both.Wait()
		if got := o.newest().State; got != "linked" {
			t.Fatalf("%s after both choices", got)
		}
	}
}

func TestUserChoosesWhomAThreadIsAbout(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.receive("outbound")
	e := o.receive("forward-nameless")
	d := o.deal("Line", 1, 0)
	path := apptest.Path("/v1/mailbox/mailThreads/%d", e.Threads[0])
	if a := o.Do("PUT", path, map[string]any{"person_id": 77}); a.Status != 400 || !strings.Contains(a.Raw, "person_id") {
		t.Errorf("a person who is not there: %d %s", a.Status, a.Raw)
	}
	o.Must("PUT", path, map[string]any{"person_id": o.thread(e.Threads[0]).Suggestions[0].Person})
	o.settle()
	th := o.thread(e.Threads[0])
	if value.Deref(th.DealID) != d || len(th.Suggestions) != 0 || o.newest().State != "linked" || len(o.Must("GET", "/v1/persons/1/mailMessages", nil).List()) != 2 {
		t.Errorf("%+v, %s", th, o.newest().State)
	}
}

// TestThreadOfHundredsOfMessages: a mail joins it, and a user moves it, whatever its size.
func TestThreadOfHundredsOfMessages(t *testing.T) {
	t.Parallel()
	const many = 500
	o := open(t)
	e := o.receive("outbound")
	db := dynamo.Mail{DB: o.app.DB}
	ctx := context.Background()
	found, err := db.Mail(ctx, o.Team.ID, e.Threads, e.Messages)
	if err != nil {
		t.Fatal(err)
	}
	th, m := found.Threads[e.Threads[0]], found.Messages[e.Messages[0]]
	first, err := db.NextIDs(ctx, o.Team.ID, change.MailMessage, many)
	if err != nil {
		t.Fatal(err)
	}
	before := th
	var sets []change.Set
	for i := range many {
		m.ID, m.Version, m.Time, m.RawID = first+int64(i), 0, m.Time.Add(time.Second), fmt.Sprintf("seed-%d", i)
		set := change.Set{Team: o.Team.ID}
		set.PutPlaced(nil, m, change.Targets{Refs: m.Shown})
		if sets = append(sets, set); change.Weight(sets...) > change.MaxOperations-10 || i == many-1 {
			if err := db.Commit(ctx, sets...); err != nil {
				t.Fatal(err)
			}
			sets = nil
		}
		th.MessageCount++
	}
	set := change.Set{Team: o.Team.ID}
	set.Put(th.Ref(), th, before.Version)
	if err := db.Commit(ctx, set); err != nil {
		t.Fatal(err)
	}
	if e := o.receive("reply"); e.Threads[0] != th.ID || o.thread(th.ID).Count != many+2 {
		t.Fatalf("the reply is in %v: %+v", e.Threads, o.thread(th.ID))
	}
	d := o.deal("Line", 0, 0)
	short, cancel := context.WithTimeout(ctx, 3500*time.Millisecond) // leaves half a second to follow
	defer cancel()
	put := events.APIGatewayV2HTTPRequest{
		RawPath: apptest.Path("/v1/mailbox/mailThreads/%d", th.ID), Body: apptest.Path(`{"deal_id": %d}`, d),
		Headers: map[string]string{"x-api-token": string(o.Token), "content-type": "application/json"},
	}
	put.RequestContext.HTTP.Method = "PUT"
	raw, err := json.Marshal(put)
	if err != nil {
		t.Fatal(err)
	}
	out, err := o.app.Handler("mailbox").Invoke(short, raw)
	if err != nil || !strings.Contains(string(out), `"statusCode":200`) {
		t.Fatalf("%s %v", out[:min(len(out), 300)], err)
	}
	o.settle()
	sums, err := o.app.DB.Summaries(ctx, o.Team.ID, []change.Ref{change.Of(change.Deal, d)})
	if err != nil || sums[change.Of(change.Deal, d)].Count(change.MailsCount) != many+2 {
		t.Errorf("the deal shows %d mails, %v", sums[change.Of(change.Deal, d)].Count(change.MailsCount), err)
	}
}
