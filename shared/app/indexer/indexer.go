// Package indexer constructs the function that follows the table's stream: it carries jobs on, and takes away what records
// left that the table removed after their time.
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
)

type indexer struct {
	flow flow.Service
	log  *slog.Logger
}

// New is the handler of the function.
func New(env boot.Env) lambda.Handler {
	c := app.New(env)
	return lambda.NewHandler(indexer{c.Flow(), c.Log}.handle)
}

// handle works through a batch in order. The first record that fails is reported by its sequence number: Lambda hands it out
// again with all that follow it, so these are left for then.
func (x indexer) handle(ctx context.Context, e events.DynamoDBEvent) (r events.DynamoDBEventResponse, err error) {
	r.BatchItemFailures = []events.DynamoDBBatchItemFailure{}
	for _, record := range e.Records {
		if err := x.one(ctx, record); err != nil {
			x.log.ErrorContext(ctx, "stream record failed", "sequence", record.Change.SequenceNumber, "cause", err)
			r.BatchItemFailures = append(r.BatchItemFailures, events.DynamoDBBatchItemFailure{ItemIdentifier: record.Change.SequenceNumber})
			break
		}
	}
	return r, nil
}

func (x indexer) one(ctx context.Context, record events.DynamoDBEventRecord) error {
	e, err := dynamo.EventOf(record)
	switch {
	case err != nil:
		return err
	case e.Job != nil:
		return x.flow.Step(ctx, e.Team, *e.Job)
	case e.Purged != nil:
		return x.flow.Purge(ctx, e.Team, e.Purged.Ref, e.Purged.Record)
	}
	return nil
}
