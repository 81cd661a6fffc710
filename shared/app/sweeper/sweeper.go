// Package sweeper constructs the function that finds raw mail without an entry in a ledger. It has no routes: the clock runs it every
// day.
package sweeper

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"

	"github.com/lejek/lejek/shared/app/mailroom"
	"github.com/lejek/lejek/shared/boot"
	"github.com/lejek/lejek/shared/dynamo"
	"github.com/lejek/lejek/shared/mailbox"
)

// New is the handler of the function. The event's time is its "now".
func New(env boot.Env) lambda.Handler {
	room := mailroom.New(env)
	s := mailbox.Sweeper{
		Marks: dynamo.Mail{DB: room.DB}, List: room.Stored, Settle: room.Settle,
		Report: func(o mailbox.Object, err error) {
			env.Log.LogAttrs(context.Background(), slog.LevelError, "mail failed", slog.String("key", o.Key), slog.String("cause", err.Error()))
		},
	}
	return lambda.NewHandler(func(ctx context.Context, e events.EventBridgeEvent) (mailbox.Swept, error) {
		done, err := s.Run(ctx, e.Time)
		env.Log.LogAttrs(ctx, slog.LevelInfo, "swept", slog.Int("looked", done.Looked), slog.Int("found", done.Found), slog.Int("failed", done.Failed), slog.Bool("done", done.Done))
		if err == nil && done.Failed > 0 {
			err = fmt.Errorf("%d of %d mails failed", done.Failed, done.Looked) // the alarm rings, and Lambda has the failed ones tried again
		}
		return done, err
	})
}
