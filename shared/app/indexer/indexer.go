// Package indexer constructs the function that follows the table's stream: it keeps the words by which records are found, carries
// jobs on, and takes away what records left that the table removed after their time.
package indexer

import (
	"context"
	"log/slog"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"

	"github.com/lejek/lejek/shared/app"
	"github.com/lejek/lejek/shared/boot"
	"github.com/lejek/lejek/shared/dynamo"
	"github.com/lejek/lejek/shared/flow"
	"github.com/lejek/lejek/shared/search"
)

type indexer struct {
	flow  flow.Service
	words search.IndexStore
	log   *slog.Logger
}

// New is the handler of the function.
func New(env boot.Env) lambda.Handler {
	c := app.New(env)
	return lambda.NewHandler(indexer{c.Flow(), dynamo.Search{DB: c.DB}, c.Log}.handle)
}

// handle works through a batch in order. The first record that fails is reported by its sequence number: Lambda hands it out
// again with all that follow it, so these are left for then.
func (x indexer) handle(ctx context.Context, e events.DynamoDBEvent) (r events.DynamoDBEventResponse, err error) {
	r.BatchItemFailures = []events.DynamoDBBatchItemFailure{}
	if done, err := x.all(ctx, e.Records); err != nil {
		sequence := e.Records[done].Change.SequenceNumber
		x.log.ErrorContext(ctx, "stream record failed", "sequence", sequence, "cause", err)
		r.BatchItemFailures = append(r.BatchItemFailures, events.DynamoDBBatchItemFailure{ItemIdentifier: sequence})
	}
	return r, nil
}

// all tells how many records are done when one fails. Words are written first, and of all records together: nobody waits for
// anything else.
func (x indexer) all(ctx context.Context, records []events.DynamoDBEventRecord) (done int, err error) {
	var list []dynamo.Event
	var changed []search.Changed
	first, unread := 0, error(nil) // of the changed ones; what could not be read
	for i, record := range records {
		var one dynamo.Event
		if one, unread = dynamo.EventOf(record); unread != nil {
			break
		}
		list = append(list, one)
		if one.Changed != nil {
			if changed == nil {
				first = i
			}
			changed = append(changed, *one.Changed)
		}
	}
	if err := search.Index(ctx, x.words, changed); err != nil {
		list, unread = list[:first], err
	}
	for i, one := range list {
		if err := x.one(dynamo.Remembering(ctx), one); err != nil {
			return i, err
		}
	}
	return len(list), unread
}

func (x indexer) one(ctx context.Context, e dynamo.Event) error {
	switch {
	case e.Job != nil:
		return x.flow.Step(ctx, e.Team, *e.Job)
	case e.Purged != nil:
		return x.flow.Purge(ctx, e.Team, e.Purged.Ref, e.Purged.Record)
	}
	return nil
}
