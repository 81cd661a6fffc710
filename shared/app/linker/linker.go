// Package linker constructs the function that stores and links inbound mail. Its event is a batch of a queue, each message a
// notice that SES received a mail and where its raw bytes lie. It never sends mail, whatever comes in.
//
// What fails is reported by message, so that the rest of the batch is done; the queue brings it again and, after some times,
// puts it aside with its input intact. A mail that cannot be read does not fail: it ends in the ledger as unparsable.
package linker

import (
	"context"
	"log/slog"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"

	"github.com/lejek/lejek/shared/app/mailroom"
	"github.com/lejek/lejek/shared/boot"
	"github.com/lejek/lejek/shared/dynamo"
)

type linker struct{ mailroom.Room }

// New is the handler of the function.
func New(env boot.Env) lambda.Handler { return lambda.NewHandler(linker{mailroom.New(env)}.handle) }

func (l linker) handle(ctx context.Context, e events.SQSEvent) (answer events.SQSEventResponse, _ error) {
	answer.BatchItemFailures = []events.SQSBatchItemFailure{}
	for _, m := range e.Records {
		start := time.Now()
		if err := l.one(dynamo.Remembering(ctx), m.Body); err != nil {
			l.Log.LogAttrs(ctx, slog.LevelError, "mail failed", slog.String("message", m.MessageId), slog.String("cause", err.Error()))
			answer.BatchItemFailures = append(answer.BatchItemFailures, events.SQSBatchItemFailure{ItemIdentifier: m.MessageId})
			continue
		}
		l.Log.LogAttrs(ctx, slog.LevelInfo, "mail", slog.String("message", m.MessageId), slog.Int64("ms", time.Since(start).Milliseconds()))
	}
	return answer, nil
}

// one links the raw message that a notice is about.
func (l linker) one(ctx context.Context, body string) error {
	n, ok, err := read(body)
	if err != nil || !ok {
		return err
	}
	return l.Post(ctx, n.delivery(l.Now()))
}
