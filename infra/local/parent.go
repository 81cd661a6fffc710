package main

import (
	"context"
	"os"
	"time"
)

// withParent stops the runner when the go command that started it is gone: go run does not pass a SIGTERM on, and a runner
// that nobody can see would keep the ports. One that was started by anything else lives its own life.
func withParent(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	parent := os.Getppid()
	if !isGo(parent) {
		return ctx, cancel
	}
	go func() {
		for ctx.Err() == nil && os.Getppid() == parent {
			time.Sleep(250 * time.Millisecond)
		}
		cancel()
	}()
	return ctx, cancel
}
