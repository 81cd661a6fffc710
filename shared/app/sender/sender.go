// Package sender constructs the function that sends to webhooks what stands in line for them.
package sender

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"strconv"
	"sync"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"

	"github.com/lejek/lejek/shared/app"
	"github.com/lejek/lejek/shared/boot"
	"github.com/lejek/lejek/shared/outbound"
	"github.com/lejek/lejek/shared/queues"
	"github.com/lejek/lejek/shared/webhooks"
)

type sender struct {
	webhooks.Sender
	log *slog.Logger
}

// New is the handler of the function.
func New(env boot.Env) lambda.Handler {
	return With(env, outbound.New(env.PrivateWebhooks))
}

// With is New with another way to post, for tests.
func With(env boot.Env, post webhooks.Poster) lambda.Handler {
	c := app.New(env)
	return lambda.NewHandler(sender{c.Sender(post, queues.New(env.SQS, env.Deliveries)), env.Log}.handle)
}

// handle sends what is in the batch: the messages of one group one after the other, several groups at once, so that one address that
// does not answer holds up nobody else's. After a message that is to come back, none of its group is done.
func (s sender) handle(ctx context.Context, e events.SQSEvent) (r events.SQSEventResponse, err error) {
	r.BatchItemFailures = []events.SQSBatchItemFailure{}
	var order []string
	groups := map[string][]events.SQSMessage{}
	for _, m := range e.Records {
		group := m.Attributes["MessageGroupId"]
		if groups[group] == nil {
			order = append(order, group)
		}
		groups[group] = append(groups[group], m)
	}
	var wg sync.WaitGroup
	var mu sync.Mutex
	for _, group := range order {
		wg.Go(func() {
			left := s.group(ctx, groups[group])
			mu.Lock()
			defer mu.Unlock()
			for _, m := range left {
				r.BatchItemFailures = append(r.BatchItemFailures, events.SQSBatchItemFailure{ItemIdentifier: m.MessageId})
			}
		})
	}
	wg.Wait()
	return r, nil
}

// soon has messages come back that could not be dealt with: the first of them after a pause that grows with each time, the others
// behind it. Without this their line would stand still for as long as the queue hides what it hands out.
func (s sender) soon(ctx context.Context, messages []events.SQSMessage) {
	for i, m := range messages {
		pause := time.Duration(0)
		if n, _ := strconv.Atoi(m.Attributes["ApproximateReceiveCount"]); i == 0 {
			pause = min(time.Second<<min(n, 10), longest)
		}
		if err := s.Queue.Hide(ctx, m.ReceiptHandle, pause); err != nil {
			s.log.ErrorContext(ctx, "delivery not put back", "message", m.MessageId, "cause", err)
		}
	}
}

// longest is how long a message that fails again and again waits.
const longest = 10 * time.Minute

// group tells which messages are to come back.
func (s sender) group(ctx context.Context, messages []events.SQSMessage) (left []events.SQSMessage) {
	for i, m := range messages {
		var j webhooks.Job
		err := json.Unmarshal([]byte(m.Body), &j)
		again := false
		if err == nil {
			again, err = s.Send(ctx, j, m.ReceiptHandle)
		} else {
			err = fmt.Errorf("message %s: %w", m.MessageId, err)
		}
		if err != nil {
			s.log.ErrorContext(ctx, "delivery failed", "team", j.Team, "webhook", j.Webhook, "delivery", j.Delivery, "cause", err)
		}
		if err != nil {
			s.soon(ctx, messages[i:])
		}
		if err != nil || again {
			return messages[i:]
		}
	}
	return nil
}
