// Package webhooks constructs the function that follows the table's stream and announces changes to webhooks.
package webhooks

import (
	"context"
	"log/slog"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"

	"github.com/lejek/lejek/shared/app"
	"github.com/lejek/lejek/shared/boot"
	"github.com/lejek/lejek/shared/dynamo"
	"github.com/lejek/lejek/shared/queues"
	"github.com/lejek/lejek/shared/webhooks"
)

type follower struct {
	core  app.Core
	queue webhooks.Queue
	log   *slog.Logger
}

// New is the handler of the function.
func New(env boot.Env) lambda.Handler {
	return lambda.NewHandler(follower{app.New(env), queues.New(env.SQS, env.Deliveries), env.Log}.handle)
}

// handle works through a batch in order. The first record that fails is reported by its sequence number: Lambda hands it out again
// with all that follow it.
func (f follower) handle(ctx context.Context, e events.DynamoDBEvent) (r events.DynamoDBEventResponse, err error) {
	r.BatchItemFailures = []events.DynamoDBBatchItemFailure{}
	var changes []webhooks.Changed
	var at []int // of each change, its place among the records
	failed := len(e.Records)
	for i, record := range e.Records {
		c, ok, unread := dynamo.WriteOf(record)
		if unread != nil {
			failed, err = i, unread
			break
		}
		if ok {
			changes, at = append(changes, c), append(at, i)
		}
	}
	if done, unsaid := f.core.Announcer(f.queue).Announce(ctx, changes); unsaid != nil {
		failed, err = at[done], unsaid
	}
	if err != nil {
		sequence := e.Records[failed].Change.SequenceNumber
		f.log.ErrorContext(ctx, "stream record failed", "sequence", sequence, "cause", err)
		r.BatchItemFailures = append(r.BatchItemFailures, events.DynamoDBBatchItemFailure{ItemIdentifier: sequence})
	}
	return r, nil
}
