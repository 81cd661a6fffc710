package queue

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/lejek/lejek/infra/local/disk"
)

func (q *Queue) poll(ctx context.Context) {
	for ctx.Err() == nil {
		batch, orders, next := q.receive()
		if len(batch) > 0 {
			q.deliver(ctx, batch, orders)
			continue
		}
		var timer <-chan time.Time
		if next > 0 {
			timer = time.After(next)
		}
		select {
		case <-ctx.Done():
			return
		case <-q.wake:
		case <-timer:
		}
	}
}

// receive hides up to a batch of visible messages, and says when the next one becomes visible (0: not before a Send).
func (q *Queue) receive() (batch []Message, orders []int, next time.Duration) {
	q.mu.Lock()
	defer q.mu.Unlock()
	now := time.Now()
	rest := q.waiting[:0:0]
	blocked := map[string]bool{}
	for _, e := range q.waiting {
		held := q.FIFO && (blocked[e.Group] || q.groups[e.Group] > 0)
		switch {
		case !held && len(batch) < q.BatchSize && !e.visible.After(now):
			e.Receives++
			if e.Receives == 1 {
				e.FirstReceived = q.Now().UTC()
			}
			batch, orders = append(batch, e.Message), append(orders, e.order)
			continue
		case !held && (next == 0 || e.visible.Sub(now) < next):
			next = max(e.visible.Sub(now), time.Millisecond)
		}
		blocked[e.Group] = true
		rest = append(rest, e)
	}
	for _, m := range batch {
		q.groups[m.Group]++
		q.under[m.ID] = receipt(m)
	}
	q.waiting = rest
	if len(batch) > 0 {
		q.inFlight += len(batch)
		if len(rest) > 0 {
			q.nudge() // another poller may take the next batch at once
		}
	}
	return batch, orders, next
}

func (q *Queue) deliver(ctx context.Context, batch []Message, orders []int) {
	// A count that is lost with the process would let a message that kills its function be retried for ever.
	for _, m := range batch {
		if err := disk.WriteJSON(path(q.dir(), m.ID), m); err != nil {
			slog.Error("queue: counting a delivery", "queue", q.Name, "error", err)
		}
	}
	// Closing waits for the function instead of breaking it off: Lambda does not break it off either.
	failed := q.failures(q.consume(context.WithoutCancel(ctx), batch))
	q.mu.Lock()
	defer q.mu.Unlock()
	for i, m := range batch {
		again, hidden := q.hidden[m.ID]
		if !hidden {
			again = q.Redelivery
		}
		delete(q.hidden, m.ID)
		delete(q.under, m.ID)
		q.groups[m.Group]--
		if failed != nil && !failed(m.ID) {
			q.remove(m)
			continue
		}
		if m.Receives >= q.MaxReceive {
			q.bury(m)
			continue
		}
		q.waiting = append(q.waiting, entry{Message: m, visible: time.Now().Add(again), order: orders[i]})
	}
	if q.FIFO {
		slices.SortStableFunc(q.waiting, func(a, b entry) int { return a.order - b.order })
	}
	q.inFlight -= len(batch)
	q.served++
	q.nudge()
}

func (q *Queue) remove(m Message) {
	if err := os.Remove(path(q.dir(), m.ID)); err != nil {
		slog.Error("queue: removing a message", "queue", q.Name, "error", err)
	}
}

func (q *Queue) bury(m Message) {
	q.dead = append(q.dead, m)
	err := os.Rename(path(q.dir(), m.ID), path(q.deadDir(), m.ID))
	if err == nil {
		err = disk.Sync(q.deadDir())
	}
	slog.Warn("queue: a message failed for the last time and waits among the dead", "queue", q.Name, "message", m.ID, "error", err)
}

func (q *Queue) consume(ctx context.Context, batch []Message) ([]byte, error) {
	event, err := json.Marshal(Event(q.Name, batch))
	if err != nil {
		return nil, fmt.Errorf("queue.consume(%s): %w", q.Name, err)
	}
	return q.Consume(ctx, event)
}

// failures reads the function's answer as Lambda does with ReportBatchItemFailures: an error, an answer that cannot be read
// or an empty identifier fail the whole batch (nil), no answer or no failures pass it.
func (q *Queue) failures(answer []byte, err error) func(id string) bool {
	if err != nil {
		return nil
	}
	var r events.SQSEventResponse
	if len(answer) > 0 && json.Unmarshal(answer, &r) != nil {
		return nil
	}
	var ids []string
	for _, f := range r.BatchItemFailures {
		if f.ItemIdentifier == "" {
			return nil
		}
		ids = append(ids, f.ItemIdentifier)
	}
	return func(id string) bool { return slices.Contains(ids, id) }
}
