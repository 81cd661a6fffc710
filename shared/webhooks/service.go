package webhooks

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/value"
)

// MaxWebhooks is how many a user has at most.
const MaxWebhooks = 40

// Store is where webhooks and their signing keys are kept.
type Store interface {
	// All are a team's webhooks that are in use, by id, with one query.
	All(ctx context.Context, team int64) ([]Standing, error)
	// Get is one, removed ones included.
	Get(ctx context.Context, team, id int64) (Standing, error)
	NextID(ctx context.Context, team int64) (int64, error)
	// Keys are none, of version 0, until some are made.
	Keys(ctx context.Context, team int64) (Keys, error)
	Commit(ctx context.Context, sets ...change.Set) error
}

// Users knows the users of a team; NotFound for others.
type Users interface {
	UserAdmin(ctx context.Context, team, user int64) (bool, error)
	UserActive(ctx context.Context, team, user int64) (bool, error)
}

// Service is what can be done with webhooks.
type Service struct {
	Store Store
	Log   LogStore
	Queue Queue
	Users Users
	Plain bool // addresses without TLS are taken; for tests on one machine
	Now   func() time.Time
}

// Input makes a webhook.
type Input struct {
	Name         string
	URL          string
	Action       string
	Object       string
	Payload      string
	UserID       value.Opt[int64]
	AuthUser     value.Opt[string]
	AuthPassword value.Opt[string]
	Signed       bool
}

// List are the webhooks that the actor may see: the own ones, or all for an admin.
func (s Service) List(ctx context.Context, a auth.Actor) ([]Standing, error) {
	all, err := s.Store.All(ctx, a.Team)
	if err != nil || len(all) == 0 {
		return all, err
	}
	admin, err := s.Users.UserAdmin(ctx, a.Team, a.User)
	return slices.DeleteFunc(all, func(w Standing) bool { return !admin && w.UserID != a.User }), err
}

// Create makes a webhook.
func (s Service) Create(ctx context.Context, a auth.Actor, in Input) (w Webhook, err error) {
	if w, err = s.check(ctx, a, in); err != nil {
		return w, err
	}
	err = change.Retry(ctx, func() error {
		all, err := s.Store.All(ctx, a.Team)
		if err != nil {
			return err
		}
		of := 0
		for _, other := range all {
			if other.UserID == w.UserID {
				of++
			}
		}
		if of >= MaxWebhooks {
			return fault.New(fault.Limited, "The user has %d webhooks already, which is the most; delete some that are not needed", of)
		}
		set := change.By(a)
		if w.Signed {
			keys, err := s.Store.Keys(ctx, a.Team)
			if err != nil {
				return err
			}
			if len(keys.List) == 0 {
				keys = keys.rotate(w.AddTime)
				set.Put(KeysRef, keys, keys.Version)
				set.Audit(a, w.AddTime, "webhookKey.created", KeysRef, map[string]string{"id": keys.List[0].ID})
			}
		}
		if w.ID == 0 {
			if w.ID, err = s.Store.NextID(ctx, a.Team); err != nil {
				return err
			}
		}
		set.Put(w.Ref(), w, 0)
		set.Audit(a, w.AddTime, "webhook.created", w.Ref(), w.told())
		set.Tallies = append(set.Tallies, counted(w, 1))
		return s.Store.Commit(ctx, set)
	})
	if err != nil {
		return w, fmt.Errorf("webhooks.Create: %w", err)
	}
	w.Version = 1
	return w, nil
}

// counted is how many webhooks a user has, so that no two made at once are one too many.
func counted(w Webhook, n int64) change.Tally {
	t := change.Tally{Of: change.Of("webhooksOf", w.UserID), Add: map[string]int64{"webhooks": n}}
	if n > 0 {
		t.Limit = MaxWebhooks
	}
	return t
}

// check makes a webhook of an input and names all that is wrong with it.
func (s Service) check(ctx context.Context, a auth.Actor, in Input) (w Webhook, err error) {
	var bad fault.Fields
	if !checkURL(in.URL, s.Plain) {
		bad.Add("subscription_url", "invalid or non-reachable URL")
	}
	switch {
	case known(foreign, in.Object):
		bad.Add("event_object", "%s is not supported yet", in.Object)
	case !known(objects, in.Object) && in.Object != activityType:
		bad.Add("event_object", "must be one of %s", strings.Join(objects, ", "))
	}
	if !known(actions, in.Action) {
		bad.Add("event_action", "must be one of %s", strings.Join(actions, ", "))
	}
	_, old := older[in.Action]
	if in.Payload == "" {
		if in.Payload = V2; old || in.Object == activityType {
			in.Payload = V1
		}
	}
	switch {
	case in.Payload != V1 && in.Payload != V2:
		bad.Add("version", "must be 1.0 or 2.0")
	case in.Payload == V2 && in.Action == "merged":
		bad.Add("event_action", "merged is an event of version 1.0; in 2.0 a merge is a delete and a change")
	case in.Payload == V2 && in.Object == activityType:
		bad.Add("event_object", "activityType is an object of version 1.0")
	}
	w = Webhook{
		Name: in.Name, URL: in.URL, Action: in.Action, Object: in.Object, Payload: in.Payload, UserID: in.UserID.Or(a.User), CreatorID: a.User,
		Signed: in.Signed, AddTime: s.now(),
	}
	in.AuthUser.Into(&w.AuthUser)
	in.AuthPassword.Into(&w.AuthPassword)
	if w.UserID != a.User {
		active, err := s.Users.UserActive(ctx, a.Team, w.UserID)
		switch {
		case fault.Is(err, fault.NotFound) || err == nil && !active:
			bad.Add("user_id", "user %d not found", w.UserID)
		case err != nil:
			return w, err
		}
	}
	if err := bad.Err(); err != nil || w.UserID == a.User {
		return w, err
	}
	return w, s.demandAdmin(ctx, a)
}

// Delete removes a webhook; for whoever comes second there is none.
func (s Service) Delete(ctx context.Context, a auth.Actor, id int64) error {
	return change.Retry(ctx, func() error {
		w, err := s.mine(ctx, a, id)
		if err != nil {
			return err
		}
		if w.Deleted {
			return fault.Missing("Webhook")
		}
		now := s.now()
		set := change.By(a)
		set.Audit(a, now, "webhook.deleted", w.Ref(), w.told())
		return s.Store.Commit(ctx, removed(set, w.Webhook, now, "deleted by a user"))
	})
}

// told is what the log of administrative acts says of a webhook: of its address the host, since the rest may hold a secret.
func (w Webhook) told() map[string]string {
	host := ""
	if u, err := url.Parse(w.URL); err == nil {
		host = u.Host
	}
	return map[string]string{"name": w.Name, "event": w.Action + "." + w.Object, "host": host, "user_id": strconv.FormatInt(w.UserID, 10)}
}

func removed(set change.Set, w Webhook, now time.Time, why string) change.Set {
	set.Put(w.Ref(), w.remove(now, why), w.Version)
	set.Tallies = append(set.Tallies, counted(w, -1))
	return set
}

// mine is a webhook that the actor may see, removed ones included.
func (s Service) mine(ctx context.Context, a auth.Actor, id int64) (w Standing, err error) {
	if w, err = s.Store.Get(ctx, a.Team, id); err != nil || w.UserID == a.User {
		return w, err
	}
	return w, s.demandAdmin(ctx, a)
}

func (s Service) demandAdmin(ctx context.Context, a auth.Actor) error {
	admin, err := s.Users.UserAdmin(ctx, a.Team, a.User)
	if err == nil && !admin {
		err = fault.New(fault.Forbidden, "Forbidden")
	}
	return err
}

// Keys are the team's signing keys that are in use, for an admin.
func (s Service) Keys(ctx context.Context, a auth.Actor) ([]Key, error) {
	if err := s.demandAdmin(ctx, a); err != nil {
		return nil, err
	}
	keys, err := s.Store.Keys(ctx, a.Team)
	return keys.At(s.now()), err
}

// Rotate makes a new key; those before it go on signing for a day.
func (s Service) Rotate(ctx context.Context, a auth.Actor) (k Key, err error) {
	if err := s.demandAdmin(ctx, a); err != nil {
		return k, err
	}
	err = change.Retry(ctx, func() error {
		keys, err := s.Store.Keys(ctx, a.Team)
		if err != nil {
			return err
		}
		keys = keys.rotate(s.now())
		k = keys.List[len(keys.List)-1]
		set := change.By(a)
		set.Audit(a, k.AddTime, "webhookKey.created", KeysRef, map[string]string{"id": k.ID})
		set.Put(KeysRef, keys, keys.Version)
		return s.Store.Commit(ctx, set)
	})
	return k, err
}

func (s Service) now() time.Time { return s.Now().UTC().Truncate(time.Millisecond) }
