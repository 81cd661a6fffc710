// Package reminders constructs the function that mails what falls due. It has no routes: the clock runs it every minute.
package reminders

import (
	"context"
	"log/slog"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"

	"github.com/lejek/lejek/shared/app"
	"github.com/lejek/lejek/shared/app/mailer"
	"github.com/lejek/lejek/shared/boot"
	"github.com/lejek/lejek/shared/dispatch"
	"github.com/lejek/lejek/shared/dynamo"
)

// New is the handler of the function. The event's time is its "now".
func New(env boot.Env) lambda.Handler {
	s := app.New(env).Dispatch(mailer.New(env.SES))
	return lambda.NewHandler(func(ctx context.Context, e events.EventBridgeEvent) (dispatch.Ran, error) {
		ran, err := s.Run(dynamo.Remembering(ctx), e.Time)
		env.Log.LogAttrs(ctx, slog.LevelInfo, "dispatched", slog.Int("sent", ran.Sent), slog.Int("missed", ran.Missed),
			slog.Int("failed", ran.Failed), slog.Int("later", ran.Later))
		return ran, err
	})
}
