package activities

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/value"
)

// Store is where activities are kept.
type Store interface {
	Get(ctx context.Context, team, id int64) (Activity, error)
	List(ctx context.Context, team int64, l value.List) (value.Page[Activity], error)
	NextID(ctx context.Context, team int64) (int64, error)
	// ActivityTypes are all types of the team, by id.
	ActivityTypes(ctx context.Context, team int64) ([]Type, error)
	// Targets follows links to all records that something with these links shows on.
	Targets(ctx context.Context, team int64, links change.Links) (change.Targets, error)
	Commit(ctx context.Context, sets ...change.Set) error
}

// Users knows the users of a team; NotFound for others.
type Users interface {
	UserClock(ctx context.Context, team, user int64) (Clock, error)
}

// Service is what can be done with activities.
type Service struct {
	Store Store
	Users Users
	Now   func() time.Time
}

// Get is one activity, deleted ones included.
func (s Service) Get(ctx context.Context, a auth.Actor, id int64) (Activity, error) {
	return s.Store.Get(ctx, a.Team, id)
}

// List is one page of activities.
func (s Service) List(ctx context.Context, a auth.Actor, l value.List) (value.Page[Activity], error) {
	return s.Store.List(ctx, a.Team, l)
}

// Types are the team's activity types in their order.
func (s Service) Types(ctx context.Context, a auth.Actor) ([]Type, error) {
	all, err := s.Store.ActivityTypes(ctx, a.Team)
	slices.SortStableFunc(all, func(x, y Type) int { return int(x.Order - y.Order) })
	return all, err
}

// Create makes an activity.
func (s Service) Create(ctx context.Context, a auth.Actor, in Input) (n Activity, err error) {
	var id int64
	err = change.Retry(ctx, func() error {
		var t change.Targets
		if n, t, err = s.apply(ctx, a, Activity{}, in); err != nil {
			return err
		}
		if id == 0 { // one number is enough for all tries, and none is spent on wrong inputs
			if id, err = s.Store.NextID(ctx, a.Team); err != nil {
				return fmt.Errorf("activities.Create: %w", err)
			}
		}
		n.ID = id
		n, err = s.save(ctx, a, Activity{}, n, t)
		return err
	})
	return n, err
}

// Update writes the given fields.
func (s Service) Update(ctx context.Context, a auth.Actor, id int64, in Input) (n Activity, err error) {
	err = change.Retry(ctx, func() error {
		before, err := s.alive(ctx, a, id)
		if err != nil {
			return err
		}
		var t change.Targets
		if n, t, err = s.apply(ctx, a, before, in); err != nil {
			return err
		}
		if n.same(before) {
			n = before
			return nil
		}
		n, err = s.save(ctx, a, before, n, t)
		return err
	})
	return n, err
}

// Delete marks the activity; it leaves every record that it showed on.
func (s Service) Delete(ctx context.Context, a auth.Actor, id int64) error {
	return change.Retry(ctx, func() error {
		before, err := s.alive(ctx, a, id)
		if err != nil {
			return err
		}
		_, err = s.save(ctx, a, before, before.Delete(a, s.now()), change.Targets{Refs: before.Shown})
		return err
	})
}

func (s Service) now() time.Time { return s.Now().UTC().Truncate(time.Millisecond) }

func (s Service) alive(ctx context.Context, a auth.Actor, id int64) (Activity, error) {
	n, err := s.Store.Get(ctx, a.Team, id)
	if err == nil && n.Deleted {
		return n, fault.Missing("Activity")
	}
	return n, err
}

// apply is the activity after an input, and what it shows on then; every wrong input is named, also links that lead nowhere.
func (s Service) apply(ctx context.Context, a auth.Actor, before Activity, in Input) (n Activity, t change.Targets, err error) {
	var bad fault.Fields
	types, err := s.Types(ctx, a)
	if err != nil {
		return n, t, err
	}
	owner := in.OwnerID.Or(before.OwnerID)
	if owner == 0 {
		owner = a.User
	}
	clock, err := s.Users.UserClock(ctx, a.Team, owner)
	if fault.Is(err, fault.NotFound) {
		bad.Add("owner_id", "user %d not found", owner)
		clock = Clock{Zone: time.UTC}
	} else if err != nil {
		return n, t, err
	}
	var wrong fault.Fields
	if before.ID == 0 {
		n, wrong = New(a, in, 0, types, clock, s.now())
	} else {
		n, wrong = before.Apply(a, in, types, clock, s.now())
	}
	if bad = append(bad, wrong...); len(n.Participants) > MaxParticipants {
		return n, t, bad.Err()
	}
	if t, err = s.Store.Targets(ctx, a.Team, n.HangsOn()); err != nil {
		return n, t, err
	}
	change.NameMissing(&bad, t.Except(before.HangsOn()))
	return n, t, bad.Err()
}

// save commits an activity with its rows.
func (s Service) save(ctx context.Context, a auth.Actor, before, now Activity, t change.Targets) (n Activity, err error) {
	now, set := written(a, before, now, t)
	if change.Weight(set) > change.MaxOperations {
		return now, fault.BadField("participants", "too many are exchanged at once, with all that they lead to: exchange a few at a time")
	}
	if err := s.Store.Commit(ctx, set); err != nil {
		return now, fmt.Errorf("activities.save %d: %w", now.ID, err)
	}
	now.Version = before.Version + 1
	return now, nil
}

func written(a auth.Actor, before, now Activity, t change.Targets) (Activity, change.Set) {
	set := change.By(a)
	if !value.Equal(before.RemindAt, now.RemindAt) || before.OwnerID != now.OwnerID || !value.Equal(before.DueAt, now.DueAt) {
		set.Wait(now.Ref(), before.RemindAt, now.RemindAt)
	}
	return set.PutPlaced(before, now, t).(Activity), set
}

// Created is a new activity as a change, for whoever creates one within a larger transaction.
func Created(a auth.Actor, n Activity, t change.Targets) change.Set {
	_, set := written(a, Activity{}, n, t)
	return set
}
