// Package limits bounds how many requests one API token makes in a window of two seconds, as Pipedrive does (contract §1.8). A
// limit is an option: a script gone wild then costs one write a request, and no longer what it asks for.
package limits

import (
	"context"
	"fmt"
	"time"

	"github.com/lejek/lejek/shared/auth"
)

// Window is the time within which requests are counted together.
const Window = 2 * time.Second

// Store counts requests.
type Store interface {
	// CountRequest counts one more request of a token in a window, and returns how many that makes.
	CountRequest(ctx context.Context, team int64, tokenHash string, window time.Time) (int64, error)
}

// Limiter admits so many requests per token and window; 0 is any number, and counts none.
type Limiter struct {
	Store     Store
	PerWindow int64
	Now       func() time.Time
}

// Quota is what a token may still ask for.
type Quota struct {
	Limit     int64
	Remaining int64
	Reset     int64 // seconds until there is a new quota
	Exceeded  bool
}

// Generous is told to clients where nothing is limited: they read these numbers and slow down by them.
var Generous = Quota{Limit: 1000, Remaining: 1000, Reset: int64(Window / time.Second)}

// Daily is the budget of a day that clients are told, though nobody counts it.
const Daily = 10_000_000

// Take counts a request.
func (l Limiter) Take(ctx context.Context, a auth.Actor, token auth.Token) (Quota, error) {
	if l.PerWindow == 0 {
		return Generous, nil
	}
	now := l.Now().UTC()
	window := now.Truncate(Window)
	n, err := l.Store.CountRequest(ctx, a.Team, token.Hash(), window)
	if err != nil {
		return Generous, fmt.Errorf("limits.Take: %w", err)
	}
	left := window.Add(Window).Sub(now)
	return Quota{
		Limit: l.PerWindow, Remaining: max(0, l.PerWindow-n), Reset: int64((left + time.Second - 1) / time.Second), Exceeded: n > l.PerWindow,
	}, nil
}
