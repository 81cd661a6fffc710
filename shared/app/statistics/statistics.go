// Package statistics constructs the function that makes figures. It has no routes: the clock runs it.
package statistics

import (
	"context"
	"log/slog"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"

	"github.com/lejek/lejek/shared/app"
	"github.com/lejek/lejek/shared/boot"
	"github.com/lejek/lejek/shared/statistics"
)

// New is the handler of the function. The event's time is its "now".
func New(env boot.Env) lambda.Handler {
	s := app.New(env).Statistics()
	return lambda.NewHandler(func(ctx context.Context, e events.EventBridgeEvent) (statistics.Folded, error) {
		folded, err := s.Fold(ctx, e.Time)
		env.Log.LogAttrs(ctx, slog.LevelInfo, "folded", slog.Int64("teams", folded.Teams), slog.Int("facts", folded.Facts), slog.Int("deals", folded.Deals))
		return folded, err
	})
}
