package webhooks

import (
	"context"
	"encoding/base64"
	"fmt"
	"regexp"

	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/value"
)

// LogStore is where deliveries are kept.
type LogStore interface {
	Delivery(ctx context.Context, team, webhook int64, id string) (Delivery, error)
	// Deliveries are those of a webhook, newest first, after one of them ("" for none).
	Deliveries(ctx context.Context, team, webhook int64, after string, limit int) (list []Delivery, more bool, err error)
	Commit(ctx context.Context, sets ...change.Set) error
}

var idPattern = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$`)

// Deliveries are a page of what was sent to a webhook, newest first. A removed webhook still tells.
func (s Service) Deliveries(ctx context.Context, a auth.Actor, webhook int64, cursor string, limit int) (page value.Page[Delivery], err error) {
	after, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil || cursor != "" && !idPattern.Match(after) {
		return page, fault.Cursor(value.ErrCursor)
	}
	if _, err := s.mine(ctx, a, webhook); err != nil {
		return page, err
	}
	list, more, err := s.Log.Deliveries(ctx, a.Team, webhook, string(after), limit)
	if page.Items = list; more {
		page.Next = base64.RawURLEncoding.EncodeToString([]byte(list[len(list)-1].ID))
	}
	return page, err
}

// Replay sends a delivery again, under its id and with as many attempts as at first, but without delay and without a ban.
func (s Service) Replay(ctx context.Context, a auth.Actor, webhook int64, id string) (d Delivery, err error) {
	w, err := s.mine(ctx, a, webhook)
	if err == nil && w.Deleted {
		err = fault.Missing("Webhook")
	}
	if err != nil {
		return d, err
	}
	if !idPattern.MatchString(id) {
		return d, fault.Missing("Delivery")
	}
	err = change.Retry(ctx, func() error {
		if d, err = s.Log.Delivery(ctx, a.Team, webhook, id); err != nil {
			return err
		}
		d.State, d.Tries, d.NextTime = Waiting, 0, nil
		d.Replays++
		set := change.By(a)
		set.Put(d.Ref(), d, d.Version)
		return s.Log.Commit(ctx, set)
	})
	if err != nil {
		return d, err
	}
	d.Version++
	line := fmt.Sprintf("%s-%d", id, d.Replays) // its own: the delivery's retries may be waiting in theirs
	err = s.Queue.Send(ctx, []Queued{{Job: Job{a.Team, webhook, id, retries + d.Replays}, Group: line, Once: line}})
	return d, err
}
