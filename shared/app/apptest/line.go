package apptest

import (
	"context"
	"encoding/json"
	"slices"
	"sync"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/lejek/lejek/infra/local/engine"
	"github.com/lejek/lejek/infra/local/queue"
	"github.com/lejek/lejek/shared/manifest"
)

// Line is the queue of deliveries on the test's clock: nothing is sent before Work, and what is hidden comes back when the clock
// says so.
type Line struct {
	app     *App
	mu      sync.Mutex
	waiting []inLine
	seen    map[string]bool
	hidden  map[string]time.Duration
}

type inLine struct {
	queue.Message
	visible time.Time
}

// WithReceivers lets webhooks reach this machine.
func WithReceivers(a *App) { a.PrivateWebhooks = true }

// WithDeliveries gives the functions a queue of deliveries.
func WithDeliveries(a *App) {
	a.line = &Line{app: a, seen: map[string]bool{}, hidden: map[string]time.Duration{}}
	api, err := queue.Serve(func(string) (queue.Line, bool) { return a.line, true })
	if err != nil {
		a.t.Fatal(err)
	}
	a.t.Cleanup(func() { _ = api.Close() })
	a.SQS, a.Deliveries = engine.Local(api.URL), api.QueueURL(string(manifest.Deliveries))
}

// Put and Hide are what functions do.
func (l *Line) Put(m queue.Message) (string, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.seen[m.Once] {
		l.seen[m.Once] = true
		m.ID = Path("message-%d", len(l.seen))
		l.waiting = append(l.waiting, inLine{Message: m})
	}
	return m.ID, nil
}

func (l *Line) Hide(receipt string, after time.Duration) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.hidden[receipt] = after
	return true
}

// Waiting are the messages in line, visible or not.
func (a *App) Waiting() (all []queue.Message) {
	a.line.mu.Lock()
	defer a.line.mu.Unlock()
	for _, m := range a.line.waiting {
		all = append(all, m.Message)
	}
	return all
}

// Again puts copies of messages in line, as a queue may hand out one twice.
func (a *App) Again(messages ...queue.Message) {
	a.line.mu.Lock()
	defer a.line.mu.Unlock()
	for _, m := range messages {
		a.line.waiting = append(a.line.waiting, inLine{Message: m})
	}
}

// Work has the sender take what is visible, batch by batch, until nothing is.
func (a *App) Work() {
	a.t.Helper()
	for {
		batch := a.line.receive()
		if len(batch) == 0 {
			return
		}
		event := events.SQSEvent{}
		for _, m := range batch {
			event.Records = append(event.Records, events.SQSMessage{
				MessageId: m.ID, ReceiptHandle: m.ID, Body: m.Body, Attributes: map[string]string{"MessageGroupId": m.Group}, EventSource: "aws:sqs",
			})
		}
		raw, err := json.Marshal(event)
		if err != nil {
			a.t.Fatal(err)
		}
		out, err := a.Handler("sender").Invoke(context.Background(), raw)
		if err != nil {
			a.t.Fatal(err)
		}
		var r events.SQSEventResponse
		if err := json.Unmarshal(out, &r); err != nil {
			a.t.Fatal(err)
		}
		a.line.settle(batch, r.BatchItemFailures)
	}
}

// receive is what a FIFO queue hands out: nothing of a group behind what is hidden.
func (l *Line) receive() (batch []queue.Message) {
	l.mu.Lock()
	defer l.mu.Unlock()
	blocked := map[string]bool{}
	for _, m := range l.waiting {
		if blocked[m.Group] || m.visible.After(l.app.now()) || len(batch) == 10 {
			blocked[m.Group] = true
			continue
		}
		batch = append(batch, m.Message)
	}
	return batch
}

const comesBack = time.Minute // what a function fails at, without saying when

func (l *Line) settle(batch []queue.Message, failed []events.SQSBatchItemFailure) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, m := range batch {
		i := slices.IndexFunc(l.waiting, func(w inLine) bool { return w.ID == m.ID })
		if !slices.Contains(failed, events.SQSBatchItemFailure{ItemIdentifier: m.ID}) {
			l.waiting = slices.Delete(l.waiting, i, i+1)
			continue
		}
		after, ok := l.hidden[m.ID]
		if !ok {
			after = comesBack
		}
		delete(l.hidden, m.ID)
		l.waiting[i].visible = l.app.now().Add(after)
	}
}
