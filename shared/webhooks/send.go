package webhooks

import (
	"context"
	"fmt"
	"maps"
	"strings"
	"time"

	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/fault"
)

// Request is a delivery on the wire.
type Request struct {
	URL      string
	User     *string // of HTTP Basic authentication
	Password *string
	Header   map[string]string
	Body     []byte
}

// Poster sends a request within Timeout and tells the status of the answer. It reaches public addresses alone.
type Poster interface {
	Post(ctx context.Context, r Request) (status int, err error)
}

// SendStore is what sending needs of where webhooks and deliveries are kept.
type SendStore interface {
	Get(ctx context.Context, team, id int64) (Standing, error)
	Keys(ctx context.Context, team int64) (Keys, error)
	Delivery(ctx context.Context, team, webhook int64, id string) (Delivery, error)
	Parts(ctx context.Context, team int64, d Delivery) ([]Part, error)
	// Attempted notes how an attempt ended.
	Attempted(ctx context.Context, team, webhook int64, a Attempt, of Try) (State, error)
	// Ban has nothing announced until then, once for each time that so many failures were counted.
	Ban(ctx context.Context, team, webhook, failures int64, until time.Time) error
	Commit(ctx context.Context, sets ...change.Set) error
}

// Sender takes deliveries from the line.
type Sender struct {
	Store SendStore
	Post  Poster
	Queue Queue
	Now   func() time.Time
}

// Send does a job. With again, the job is to come back; its time was set.
//
// A first attempt never keeps its place after it was made, so that the next delivery of its record leaves: what failed goes on in a
// line of its own. A job that comes twice finds the delivery further than it expects, and does nothing but see to it that the
// retries are in line.
func (s Sender) Send(ctx context.Context, j Job, receipt string) (again bool, err error) {
	d, err := s.Store.Delivery(ctx, j.Team, j.Webhook, j.Delivery)
	if fault.Is(err, fault.NotFound) {
		return false, nil // forgotten meanwhile
	}
	if err != nil {
		return false, err
	}
	if d.State != Waiting || j.Series > retries && j.Series != retries+d.Replays || j.Series <= retries && d.Replays > 0 {
		return false, nil
	}
	if j.Series == 0 && d.Tries > 0 {
		return false, s.retry(ctx, j.Team, d)
	}
	if wait := s.until(d); wait > 0 {
		return true, s.Queue.Hide(ctx, receipt, wait)
	}
	w, err := s.Store.Get(ctx, j.Team, j.Webhook)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return false, err
	}
	if err != nil || w.Deleted || j.Series == 0 && w.State.Banned(s.Now()) {
		d.State = Dropped
		return false, s.save(ctx, j.Team, &d)
	}
	if d, err = s.attempt(ctx, j, w, d); err != nil {
		return false, err
	}
	switch {
	case d.State != Waiting:
		return false, nil
	case j.Series == 0:
		return false, s.retry(ctx, j.Team, d)
	}
	return true, s.Queue.Hide(ctx, receipt, s.until(d))
}

// until is how long the delivery's next attempt is away.
func (s Sender) until(d Delivery) time.Duration {
	if d.NextTime == nil {
		return 0
	}
	return d.NextTime.Sub(s.Now())
}

func (s Sender) retry(ctx context.Context, team int64, d Delivery) error {
	return s.Queue.Send(ctx, []Queued{d.later(team)})
}

// attempt sends the delivery and notes how that ended, of the delivery first: what was sent is known even if the rest is lost.
func (s Sender) attempt(ctx context.Context, j Job, w Standing, d Delivery) (Delivery, error) {
	parts, err := s.Store.Parts(ctx, j.Team, d)
	if err != nil {
		return d, err
	}
	message, err := joined(parts)
	if err != nil {
		return d, err
	}
	r := Request{URL: w.URL, User: w.AuthUser, Password: w.AuthPassword, Body: message.Body(d.Tries + w.firstNumber())}
	at := s.Now().UTC()
	r.Header = map[string]string{"content-type": "application/json", "user-agent": "Lejek-Webhooks/1"}
	if w.Signed {
		keys, err := s.Store.Keys(ctx, j.Team)
		if err != nil {
			return d, err
		}
		maps.Copy(r.Header, keys.Sign(d.ID, at, r.Body))
	}
	status, err := s.Post.Post(ctx, r)
	a := Attempt{At: at, Status: int64(status), Millis: s.Now().Sub(at).Milliseconds()}
	if err != nil {
		a.Error = short(err.Error())
	}
	first := d.Tries == 0 && j.Series == 0
	d = d.note(a)
	if err := s.save(ctx, j.Team, &d); err != nil {
		return d, err
	}
	return d, s.judge(ctx, j, w, d, a, first)
}

// Try is what an attempt was, for what it says of the webhook.
type Try int

const (
	First  Try = iota // failures are counted of these
	Repeat            // of what failed before
	Trial             // a replay that a user asked for: it says nothing
)

// judge counts the attempt for the webhook: it is banned for a while when too many first attempts fail, and removed when a delivery
// is given up and none succeeded for days.
func (s Sender) judge(ctx context.Context, j Job, w Standing, d Delivery, a Attempt, first bool) error {
	of := Repeat
	switch {
	case j.Series > retries:
		of = Trial
	case first:
		of = First
	}
	state, err := s.Store.Attempted(ctx, j.Team, w.ID, a, of)
	if err != nil || a.Succeeded() || of == Trial {
		return err
	}
	if state.Failures >= banAfter {
		if err := s.Store.Ban(ctx, j.Team, w.ID, banAfter, a.At.Add(banFor)); err != nil {
			return err
		}
	}
	if d.State != Failed || state.FailingSince == nil || a.At.Sub(*state.FailingSince) < giveUp {
		return nil
	}
	err = change.Retry(ctx, func() error {
		w, err := s.Store.Get(ctx, j.Team, w.ID)
		if err != nil || w.Deleted {
			return err
		}
		const why = "no delivery succeeded for three days"
		set := change.Set{Team: j.Team}
		set.Audit(auth.Actor{Team: j.Team, User: w.UserID, Source: "app"}, a.At, "webhook.removed", w.Ref(), map[string]string{"url": w.URL, "reason": why})
		return s.Store.Commit(ctx, removed(set, w.Webhook, a.At, why))
	})
	return err
}

func (s Sender) save(ctx context.Context, team int64, d *Delivery) error {
	set := change.Set{Team: team}
	set.Put(d.Ref(), *d, d.Version)
	if err := s.Store.Commit(ctx, set); err != nil {
		return fmt.Errorf("webhooks.save %s: %w", d.ID, err)
	}
	d.Version++
	return nil
}

// firstNumber is what payloads of the webhook's version call the first attempt: version 1.0 counts repetitions.
func (w Webhook) firstNumber() int64 {
	if w.Payload == V1 {
		return 0
	}
	return 1
}

// short is an error for the log of deliveries.
func short(text string) string {
	return strings.ToValidUTF8(text[:min(len(text), 300)], "")
}
