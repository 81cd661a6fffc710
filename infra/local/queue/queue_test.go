package queue

import (
	"context"
	"encoding/json"
	"errors"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/lejek/lejek/infra/local/sample"
	"github.com/lejek/lejek/shared/manifest"
)

// consumer records every delivery and answers as the test says.
type consumer struct {
	mu    sync.Mutex
	seen  []string // bodies, in order of delivery
	fails func(m events.SQSMessage) bool
	crash bool // fail by error instead of naming the items
}

func (c *consumer) consume(_ context.Context, event []byte) ([]byte, error) {
	var e events.SQSEvent
	if err := json.Unmarshal(event, &e); err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	var r events.SQSEventResponse
	for _, m := range e.Records {
		c.seen = append(c.seen, m.Body)
		if c.fails != nil && c.fails(m) {
			r.BatchItemFailures = append(r.BatchItemFailures, events.SQSBatchItemFailure{ItemIdentifier: m.MessageId})
		}
	}
	if c.crash && len(r.BatchItemFailures) > 0 {
		return nil, errors.New("crashed")
	}
	return json.Marshal(r)
}

func (c *consumer) times(body string) (n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, s := range c.seen {
		if s == body {
			n++
		}
	}
	return n
}

func open(t *testing.T, dir string, c *consumer) *Queue {
	t.Helper()
	q, err := Open(Options{
		Queue: manifest.Queue{Name: "mail", MaxReceive: 3, BatchSize: 5}, Dir: dir, Consume: c.consume,
		Redelivery: 5 * time.Millisecond, Now: time.Now,
	})
	if err != nil {
		t.Fatal(err)
	}
	return q
}

func send(t *testing.T, q *Queue, bodies ...string) {
	t.Helper()
	for _, b := range bodies {
		if err := q.Send(b); err != nil {
			t.Fatal(err)
		}
	}
}

func settle(t *testing.T, q *Queue) {
	t.Helper()
	for end := time.Now().Add(5 * time.Second); q.Busy(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("the queue did not come to rest: %+v", q.State())
		}
	}
}

func TestOnlyTheFailedItemsOfABatchAreDeliveredAgain(t *testing.T) {
	t.Parallel()
	c := &consumer{fails: func(m events.SQSMessage) bool {
		return m.Body == "bad" && m.Attributes["ApproximateReceiveCount"] == "1"
	}}
	q := open(t, t.TempDir(), c)
	defer q.Close()
	send(t, q, "good", "bad")
	settle(t, q)
	if c.times("good") != 1 || c.times("bad") != 2 {
		t.Errorf("deliveries: %v; want good once, bad twice", c.seen)
	}
	if s := q.State(); len(s.Dead) != 0 {
		t.Errorf("dead: %+v", s.Dead)
	}
}

func TestWhatKeepsFailingEndsAmongTheDeadIntact(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c := &consumer{crash: true, fails: func(events.SQSMessage) bool { return true }}
	q := open(t, dir, c)
	send(t, q, "poison")
	settle(t, q)
	q.Close()
	if c.times("poison") != 3 {
		t.Errorf("delivered %d times, want MaxReceive 3", c.times("poison"))
	}
	again := open(t, dir, c)
	defer again.Close()
	if s := again.State(); len(s.Dead) != 1 || s.Dead[0].Body != "poison" || len(s.Waiting) != 0 {
		t.Errorf("after a restart: %+v", s)
	}
}

func TestWaitingMessagesSurviveARestart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	down := open(t, dir, &consumer{fails: func(events.SQSMessage) bool { return true }, crash: true})
	down.Close() // accepts, delivers nothing
	send(t, down, "one", "two")
	c := &consumer{}
	q := open(t, dir, c)
	defer q.Close()
	settle(t, q)
	if c.times("one") != 1 || c.times("two") != 1 {
		t.Errorf("delivered after the restart: %v", c.seen)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "mail", "*")); len(left) != 0 {
		t.Errorf("still on disk: %v", left)
	}
}

func TestUnreadableAnswerFailsTheBatch(t *testing.T) {
	t.Parallel()
	q := &Queue{}
	for answer, failed := range map[string]bool{
		``: false, `null`: false, `{}`: false, `{"batchItemFailures":[]}`: false,
		`{"batchItemFailures":[{"itemIdentifier":"x"}]}`: true,
		`{"batchItemFailures":[{"itemIdentifier":""}]}`:  true,
		`"text"`: true,
	} {
		f := q.failures([]byte(answer), nil)
		if got := f == nil || f("x"); got != failed {
			t.Errorf("answer %s fails the message: %v, want %v", answer, got, failed)
		}
	}
}

func TestEventHasTheKeysOfARealOne(t *testing.T) {
	t.Parallel()
	var real any
	sample.Read(t, "sqs-event.json", &real)
	ours := sample.JSON(t, Event("mail", []Message{{ID: "1", Body: "b"}}))
	sample.Covers(t, "", real, ours, "messageAttributes")
}
