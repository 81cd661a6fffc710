package queue

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/lejek/lejek/shared/manifest"
)

// receiver is a function that takes a FIFO queue's messages one group after the other, and fails a group from where it is told to.
type receiver struct {
	mu     sync.Mutex
	q      *Queue
	took   map[string][]string // bodies by group, in order of success
	hidden []time.Time         // when "a0" came
	fails  func(m events.SQSMessage, times int) (hide time.Duration, fails bool)
	times  map[string]int
}

func (r *receiver) consume(_ context.Context, event []byte) ([]byte, error) {
	var e events.SQSEvent
	if err := json.Unmarshal(event, &e); err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	var answer events.SQSEventResponse
	broken := map[string]bool{}
	for _, m := range e.Records {
		group := m.Attributes["MessageGroupId"]
		r.times[m.Body]++
		if m.Body == "a0" {
			r.hidden = append(r.hidden, time.Now())
		}
		hide, fails := r.fails(m, r.times[m.Body])
		if fails || broken[group] {
			broken[group] = true
			answer.BatchItemFailures = append(answer.BatchItemFailures, events.SQSBatchItemFailure{ItemIdentifier: m.MessageId})
			if hide > 0 && !r.q.Hide(m.ReceiptHandle, hide) {
				return nil, fmt.Errorf("the receipt %s is not known", m.ReceiptHandle)
			}
			continue
		}
		r.took[group] = append(r.took[group], m.Body)
	}
	return json.Marshal(answer)
}

func openFIFO(t *testing.T, dir string, r *receiver, pollers int) *Queue {
	t.Helper()
	r.took, r.times = map[string][]string{}, map[string]int{}
	r.mu.Lock()
	q, err := Open(Options{
		Queue: manifest.Queue{Name: "line", FIFO: true, MaxReceive: 5, BatchSize: 4}, Dir: dir, Consume: r.consume,
		Redelivery: 5 * time.Millisecond, Now: time.Now, Pollers: pollers,
	})
	r.q = q
	r.mu.Unlock()
	if err != nil {
		t.Fatal(err)
	}
	return q
}

func put(t *testing.T, q *Queue, group string, from, to int) (want []string) {
	t.Helper()
	for i := from; i < to; i++ {
		body := fmt.Sprint(group, i)
		if _, err := q.Put(Message{Body: body, Group: group, Once: body}); err != nil {
			t.Fatal(err)
		}
		want = append(want, body)
	}
	return want
}

func TestGroupsKeepTheirOrderThroughFailures(t *testing.T) {
	t.Parallel()
	r := &receiver{fails: func(m events.SQSMessage, times int) (time.Duration, bool) {
		return 0, strings.HasSuffix(m.Body, "3") && times < 3
	}}
	q := openFIFO(t, t.TempDir(), r, 4)
	defer q.Close()
	a, b := put(t, q, "a", 0, 10), put(t, q, "b", 0, 10)
	settle(t, q)
	if !slices.Equal(r.took["a"], a) || !slices.Equal(r.took["b"], b) {
		t.Errorf("taken in the order %v", r.took)
	}
}

func TestWhatIsHiddenHoldsUpItsOwnGroupAlone(t *testing.T) {
	t.Parallel()
	const pause = 150 * time.Millisecond
	r := &receiver{fails: func(m events.SQSMessage, times int) (time.Duration, bool) { return pause, m.Body == "a0" && times == 1 }}
	q := openFIFO(t, t.TempDir(), r, 2)
	defer q.Close()
	a, b := put(t, q, "a", 0, 3), put(t, q, "b", 0, 3)
	for end := time.Now().Add(5 * time.Second); time.Now().Before(end); time.Sleep(time.Millisecond) {
		r.mu.Lock()
		done, others := len(r.took["b"]) == len(b), len(r.took["a"])
		r.mu.Unlock()
		if done {
			if others > 0 {
				t.Errorf("%d of the group were taken while its first is hidden", others)
			}
			break
		}
	}
	settle(t, q)
	if !slices.Equal(r.took["a"], a) || !slices.Equal(r.took["b"], b) {
		t.Errorf("taken in the order %v", r.took)
	}
	if len(r.hidden) != 2 || r.hidden[1].Sub(r.hidden[0]) < pause {
		t.Errorf("came at %v", r.hidden)
	}
}

func TestAMessageSentTwiceIsTakenOnce(t *testing.T) {
	t.Parallel()
	r := &receiver{fails: func(events.SQSMessage, int) (time.Duration, bool) { return 0, false }}
	q := openFIFO(t, t.TempDir(), r, 1)
	defer q.Close()
	want := put(t, q, "a", 0, 2)
	settle(t, q)
	put(t, q, "a", 0, 2)
	settle(t, q)
	if !slices.Equal(r.took["a"], want) {
		t.Errorf("taken %v", r.took["a"])
	}
}

func TestOrderOutlivesTheProcess(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	r := &receiver{fails: func(m events.SQSMessage, _ int) (time.Duration, bool) { return time.Hour, m.Body == "a0" }}
	q := openFIFO(t, dir, r, 1)
	want := put(t, q, "a", 0, 6)
	for end := time.Now().Add(5 * time.Second); q.Served() == 0 && time.Now().Before(end); {
		time.Sleep(time.Millisecond)
	}
	q.Close()
	again := &receiver{fails: func(events.SQSMessage, int) (time.Duration, bool) { return 0, false }}
	q = openFIFO(t, dir, again, 1)
	defer q.Close()
	settle(t, q)
	if !slices.Equal(again.took["a"], want) {
		t.Errorf("taken in the order %v", again.took["a"])
	}
}

func TestOnlyWhatIsUnderWayIsHidden(t *testing.T) {
	t.Parallel()
	r := &receiver{fails: func(events.SQSMessage, int) (time.Duration, bool) { return 0, false }}
	q := openFIFO(t, t.TempDir(), r, 1)
	defer q.Close()
	id, err := q.Put(Message{Body: "a0", Group: "a", Once: "a0"})
	if err != nil {
		t.Fatal(err)
	}
	settle(t, q)
	for _, receipt := range []string{"", "x", id, id + "#1"} {
		if q.Hide(receipt, time.Second) {
			t.Errorf("%q is known", receipt)
		}
	}
}
