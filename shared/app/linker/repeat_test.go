package linker_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/lejek/lejek/infra/local/faults"
	"github.com/lejek/lejek/shared/app/apptest"
)

// announce stores a letter and returns its event, without handing it to the linker.
func (o office) announce(name string, to ...string) events.SQSEvent {
	o.t.Helper()
	raw := o.letter(name)
	return o.app.Receive(apptest.Mail{From: sender(raw), To: append(to, o.Address()), Raw: raw})
}

func TestSameEventTwiceChangesNothing(t *testing.T) {
	t.Parallel()
	for _, letter := range []string{"attachments", "forward-attached", "forward-gmail-en", "virus", "false-user", "no-id", "broken"} {
		t.Run(letter, func(t *testing.T) {
			t.Parallel()
			o := open(t)
			e := o.announce(letter)
			if failed := o.invoke(e); len(failed) > 0 {
				t.Fatalf("failed %v", failed)
			}
			before := o.everything()
			o.app.Later(time.Hour)
			if failed := o.invoke(e); len(failed) > 0 {
				t.Fatalf("failed %v", failed)
			}
			if after := o.everything(); after != before {
				t.Errorf("before\n%s\nafter\n%s", before, after)
			}
		})
	}
}

// everything is all that mail can have changed, as the API tells it.
func (o office) everything() string {
	o.t.Helper()
	var all strings.Builder
	for _, target := range []string{
		"/api/v2/inboundMail", "/v1/mailbox/mailThreads?folder=inbox", "/v1/mailbox/mailThreads?folder=sent", "/api/v2/persons", "/v1/files", "/v1/notes",
		"/v1/persons/1/flow", "/v1/mailbox/mailThreads/1/mailMessages",
	} {
		all.WriteString(o.Do("GET", target, nil).Raw + "\n")
	}
	return all.String()
}

func TestTwoAtOnce(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		letters           []string
		messages, persons int
	}{
		"the same mail twice":                {[]string{"unknown", "unknown"}, 1, 1},
		"the same mail, four deliveries":     {[]string{"attachments", "attachments", "attachments", "attachments"}, 1, 1},
		"two mails from an unknown sender":   {[]string{"unknown", "second"}, 2, 1},
		"the same mail without a Message-ID": {[]string{"no-id", "no-id"}, 1, 1},
		"a forward and its repeat":           {[]string{"forward-gmail-en", "forward-gmail-en"}, 1, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := open(t)
			var all sync.WaitGroup
			for _, letter := range c.letters {
				e := o.announce(letter)
				all.Go(func() {
					if failed := o.invoke(e); len(failed) > 0 {
						t.Errorf("failed %v", failed)
					}
				})
			}
			all.Wait()
			if n := len(o.persons()); n != c.persons {
				t.Errorf("%d persons, want %d", n, c.persons)
			}
			count := 0
			for _, th := range read[[]thread](o, "/v1/mailbox/mailThreads?folder=inbox") {
				count += len(o.messages(th.ID))
				if th.Count != len(o.messages(th.ID)) {
					t.Errorf("thread %d counts %d messages and holds %d", th.ID, th.Count, len(o.messages(th.ID)))
				}
			}
			if count != c.messages || len(o.entries("linked")) != len(c.letters) {
				t.Errorf("%d messages, %d entries", count, len(o.entries("linked")))
			}
		})
	}
}

// faulty is the app's table client with a transaction that fails at the n-th time: before it is sent, or after it was done and
// only the answer is lost.
func (o office) faulty(n int32, after bool) *dynamodb.Client {
	var count atomic.Int32
	fail := func(_ context.Context, c faults.Call) error {
		if c.Operation == "TransactWriteItems" && count.Add(1) == n {
			return errors.New("the network is gone")
		}
		return nil
	}
	hook := faults.Hook{Before: fail}
	if after {
		hook = faults.Hook{After: fail}
	}
	return dynamodb.New(o.app.DynamoDB.Options(), func(options *dynamodb.Options) { options.APIOptions = append(options.APIOptions, hook.Add) })
}

// figures are how many there are of everything.
func (o office) figures() (n []int) {
	o.t.Helper()
	n = append(n, len(o.persons()), len(o.Must("GET", "/v1/notes", nil).List()), len(o.Must("GET", "/v1/files", nil).List()), len(o.entries("linked")))
	for _, folder := range []string{"inbox", "sent"} {
		list := read[[]thread](o, "/v1/mailbox/mailThreads?folder="+folder)
		n = append(n, len(list))
		for _, th := range list {
			n = append(n, th.Count, len(o.messages(th.ID)))
		}
	}
	if e := o.entries(""); len(e) > 0 {
		n = append(n, len(e), len(e[0].Messages), len(e[0].Persons), len(e[0].Threads))
	}
	return n
}

func TestTeamsInOneDeliverySeeOnlyTheirOwn(t *testing.T) {
	t.Parallel()
	o := open(t)
	other := office{o.app.NewTeam("Other"), t, o.app}
	e := o.announce("unknown", other.Address(), "nobody-1@"+o.app.MailDomain)
	if failed := o.invoke(e); len(failed) > 0 {
		t.Fatal(failed)
	}
	for _, c := range []office{o, other} {
		entries := c.entries("")
		if len(entries) != 1 || !slices.Equal(entries[0].Recipients, []string{c.Address()}) || len(c.persons()) != 1 || len(c.messages(entries[0].Threads[0])) != 1 {
			t.Errorf("%s: %+v", c.Team.Name, entries)
		}
	}
	o.app.Later(time.Second)
	begun := o.receive("outbound")
	o.app.Later(time.Second)
	o.app.Deliver(apptest.Mail{From: jan, To: []string{other.Address()}, Raw: o.letter("reply")})
	if got := other.newest(); slices.Equal(got.Threads, begun.Threads) && len(other.messages(got.Threads[0])) != 1 {
		t.Errorf("a reference reaches another team's thread: %+v", got)
	}
	if th := o.thread(begun.Threads[0]); th.Count != 1 {
		t.Errorf("the thread of the other team has %d messages", th.Count)
	}
	for _, target := range []string{"/api/v2/inboundMail/" + begun.ID} {
		if a := other.Do("GET", target, nil); a.Status != 404 {
			t.Errorf("GET %s: %d", target, a.Status)
		}
	}
}

func TestWhatIsNoMailIsLetThroughOrPutAside(t *testing.T) {
	t.Parallel()
	o := open(t)
	good := o.announce("unknown").Records[0].Body
	for name, c := range map[string]struct {
		body   string
		failed bool
	}{
		"setup of SES":         {strings.ReplaceAll(good, "Received", "AMAZON_SES_SETUP_NOTIFICATION"), false},
		"test of S3":           {`{"Service":"Amazon S3","Event":"s3:TestEvent","Bucket":"mail"}`, false},
		"trial of the topic":   {`{"Type":"Notification","Message":"Successfully validated SNS topic for Amazon SES event publishing."}`, false},
		"not JSON":             {"hello", true},
		"another notification": {strings.ReplaceAll(good, "Received", "Bounce"), true},
		"object not there yet": {strings.ReplaceAll(good, "mail/", "mail/x"), true},
	} {
		e := events.SQSEvent{Records: []events.SQSMessage{{MessageId: name, Body: c.body}, {MessageId: "good", Body: good}}}
		if failed := o.invoke(e); (len(failed) == 1 && failed[0] == name) != c.failed || len(failed) > 1 {
			t.Errorf("%s: failed %v", name, failed)
		}
	}
	if n := len(o.entries("")); n != 1 {
		t.Errorf("%d entries, want that of the good one", n)
	}
}

func TestUnknownAddressIsNotedAndNothingElse(t *testing.T) {
	t.Parallel()
	o := open(t)
	raw := o.letter("unknown")
	e := o.app.Receive(apptest.Mail{From: "michal@nowy.example", To: []string{"nobody-2@" + o.app.MailDomain}, Raw: raw})
	for range 2 {
		if failed := o.invoke(e); len(failed) > 0 {
			t.Fatal(failed)
		}
	}
	if len(o.entries("")) != 0 || len(o.persons()) != 0 {
		t.Error("somebody got it")
	}
	fate, err := o.app.DB.Unroutable(t.Context(), linkedID(t, e))
	if err != nil || fate != "ignored: no such address" {
		t.Errorf("fate %q, %v", fate, err)
	}
}

// linkedID is SES's id in an event.
func linkedID(t *testing.T, e events.SQSEvent) string {
	t.Helper()
	var envelope struct{ Message string }
	var n struct{ Mail struct{ MessageID string } }
	if err := errors.Join(json.Unmarshal([]byte(e.Records[0].Body), &envelope), json.Unmarshal([]byte(envelope.Message), &n)); err != nil {
		t.Fatal(err)
	}
	return n.Mail.MessageID
}
