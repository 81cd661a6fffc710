package webhooks

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/fault"
)

// Writer makes of a change what is said of it.
type Writer interface {
	// Event is what a change is to whoever listens; false for nothing.
	Event(c Changed) (Event, bool)
	// Write is what is said of a change in payloads of a version; nil where none of what they hold has changed.
	Write(ctx context.Context, c Changed, e Event, version string) (Text, error)
}

// Text is what is said of a change; For is the message to one webhook. Permitted are the users who may see the record.
type Text interface {
	For(w Webhook, delivery string, permitted []int64) (Message, error)
}

// Sight knows who may see a record.
type Sight interface {
	// Permitted are the users who may see what changed, by id.
	Permitted(ctx context.Context, c Changed) ([]int64, error)
}

// Hooks finds a team's webhooks.
type Hooks interface {
	All(ctx context.Context, team int64) ([]Standing, error)
}

// Announcer makes deliveries of changes and puts them in line.
type Announcer struct {
	Hooks  Hooks
	Log    LogStore
	Writer Writer
	Sight  Sight
	Queue  Queue
	Now    func() time.Time
}

// batch is how many jobs are put in line at once.
const batch = 10

// Announce works through changes in their order, and tells how many are done when one fails. Repeated, it makes nothing anew. A team
// without webhooks costs one read however many changes of it there are.
func (n Announcer) Announce(ctx context.Context, changes []Changed) (done int, err error) {
	of := map[int64][]Standing{}
	var jobs []Queued
	for i, c := range changes {
		hooks, known := of[c.Team]
		if !known {
			if hooks, err = n.Hooks.All(ctx, c.Team); err != nil {
				return done, fmt.Errorf("webhooks.Announce: %w", err)
			}
			of[c.Team] = hooks
		}
		made, err := n.one(ctx, c, hooks)
		if err != nil {
			return done, fmt.Errorf("webhooks.Announce %s: %w", c.Ref, err)
		}
		if jobs = append(jobs, made...); len(jobs) >= batch || i == len(changes)-1 {
			if err := n.Queue.Send(ctx, jobs); err != nil {
				return done, fmt.Errorf("webhooks.Announce: %w", err)
			}
			jobs, done = nil, i+1
		}
	}
	return len(changes), nil
}

// one makes a delivery for each webhook that wants the change.
func (n Announcer) one(ctx context.Context, c Changed, hooks []Standing) (jobs []Queued, err error) {
	if len(hooks) == 0 {
		return nil, nil
	}
	e, ok := n.Writer.Event(c)
	if !ok {
		return nil, nil
	}
	now := n.Now()
	hooks = slices.DeleteFunc(slices.Clone(hooks), func(w Standing) bool {
		return !w.wants(e) || w.State.Banned(now) || c.At.Before(w.AddTime.Truncate(time.Second)) // the stream's times are whole seconds
	})
	if len(hooks) == 0 {
		return nil, nil
	}
	permitted, err := n.Sight.Permitted(ctx, c)
	if err != nil {
		return nil, err
	}
	texts := map[string]Text{}
	var wanted []Delivery
	var messages []Message
	for _, w := range hooks {
		if !slices.Contains(permitted, w.UserID) {
			continue
		}
		text, written := texts[w.Payload]
		if !written {
			if text, err = n.Writer.Write(ctx, c, e, w.Payload); err != nil {
				return nil, err
			}
			texts[w.Payload] = text
		}
		if text == nil {
			continue
		}
		d := Delivery{ID: deliveryID(c, w.ID), WebhookID: w.ID, Record: c.Ref, Action: e.Action, Object: e.Object, State: Waiting, AddTime: now.UTC()}
		if w.Payload == V1 {
			d.Action = e.Old()
		}
		m, err := text.For(w.Webhook, d.ID, permitted)
		if err != nil {
			return nil, err
		}
		wanted, messages = append(wanted, d), append(messages, m)
	}
	return n.keep(ctx, c, wanted, messages)
}

// keep stores deliveries, several at a time; those that are stored already stay as they are.
func (n Announcer) keep(ctx context.Context, c Changed, wanted []Delivery, messages []Message) (jobs []Queued, err error) {
	errs := make([]error, len(wanted))
	var wg sync.WaitGroup
	for from := 0; from < len(wanted); from += batch {
		for i := from; i < min(from+batch, len(wanted)); i++ {
			wg.Go(func() { errs[i] = n.store(ctx, c, wanted[i], messages[i]) })
		}
		wg.Wait()
	}
	for i, d := range wanted {
		if errs[i] != nil {
			return nil, errs[i]
		}
		jobs = append(jobs, d.first(c.Team))
	}
	return jobs, nil
}

func (n Announcer) store(ctx context.Context, c Changed, d Delivery, m Message) error {
	parts, err := m.parts(d.Expires())
	if err != nil {
		return err
	}
	d.Parts = int64(len(parts))
	set := change.Set{Team: c.Team}
	set.Put(d.Ref(), d, 0)
	for i, p := range parts {
		set.Put(d.PartRef(int64(i)), p, 0)
	}
	if err := n.Log.Commit(ctx, set); !fault.Is(err, fault.Conflict) {
		return err
	}
	return nil // the delivery is there: this change was announced before
}
