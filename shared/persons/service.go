package persons

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

// Store is where persons are kept.
type Store interface {
	Get(ctx context.Context, team, id int64) (Person, error)
	// GetMany are the persons of these ids that exist, deleted ones included.
	GetMany(ctx context.Context, team int64, ids []int64) (map[int64]Person, error)
	List(ctx context.Context, team int64, l value.List) (value.Page[Person], error)
	NextID(ctx context.Context, team int64) (int64, error)
	// Follow tells which organizations exist.
	Follow(ctx context.Context, team int64, refs ...change.Ref) (change.Targets, error)
	// OwnSummaries are those of these records alone, without what is being absorbed into them.
	OwnSummaries(ctx context.Context, team int64, of []change.Ref) (map[change.Ref]change.Summary, error)
	// Members are the ids that guards hold, strongly consistent; an empty guard is absent.
	Members(ctx context.Context, team int64, of ...change.Ref) (map[change.Ref][]int64, error)
	change.Existing
	Commit(ctx context.Context, sets ...change.Set) error
}

// Users knows the users of a team.
type Users interface {
	HasUser(ctx context.Context, team, user int64) (bool, error)
}

// Service is what can be done with persons.
type Service struct {
	Store Store
	Users Users
	Now   func() time.Time
}

// Get is one person, deleted ones included.
func (s Service) Get(ctx context.Context, a auth.Actor, id int64) (Person, error) {
	return s.Store.Get(ctx, a.Team, id)
}

// List is one page of persons.
func (s Service) List(ctx context.Context, a auth.Actor, l value.List) (value.Page[Person], error) {
	return s.Store.List(ctx, a.Team, l)
}

// Create makes a person.
func (s Service) Create(ctx context.Context, a auth.Actor, in Input) (Person, error) {
	p, err := New(a, in, 0, s.now())
	t, err := s.check(ctx, a, Person{}, p, in, err)
	if err != nil {
		return Person{}, err
	}
	if p.ID, err = s.Store.NextID(ctx, a.Team); err != nil {
		return Person{}, fmt.Errorf("persons.Create: %w", err)
	}
	return s.save(ctx, a, Person{}, p, t, in.Custom)
}

// Update writes the given fields.
func (s Service) Update(ctx context.Context, a auth.Actor, id int64, in Input) (p Person, err error) {
	err = change.Retry(ctx, func() error {
		before, err := s.alive(ctx, a, id)
		if err != nil {
			return err
		}
		now, err := before.Apply(in, s.now())
		t, err := s.check(ctx, a, before, now, in, err)
		if err != nil {
			return err
		}
		p, err = s.save(ctx, a, before, now, t, in.Custom)
		return err
	})
	return p, err
}

// Delete marks the person; deals and everything else that names it keep its id.
func (s Service) Delete(ctx context.Context, a auth.Actor, id int64) error {
	return change.Retry(ctx, func() error {
		before, err := s.alive(ctx, a, id)
		if err != nil {
			return err
		}
		now := before.Delete(s.now())
		t, err := s.follow(ctx, a, before, now)
		if err != nil {
			return err
		}
		_, err = s.save(ctx, a, before, now, t, nil)
		return err
	})
}

func (s Service) now() time.Time { return s.Now().UTC().Truncate(time.Millisecond) }

func (s Service) alive(ctx context.Context, a auth.Actor, id int64) (Person, error) {
	p, err := s.Store.Get(ctx, a.Team, id)
	if err == nil && p.Deleted {
		return p, fault.Missing("Person")
	}
	return p, err
}

// check names every wrong input at once: what a rule found, and every new link that leads nowhere. One that stays as it is may
// lead to what has been deleted since: clients send back what they read. When the organization changes, it tells which of both
// are there.
func (s Service) check(ctx context.Context, a auth.Actor, before, now Person, in Input, found error) (t change.Targets, err error) {
	bad := slices.Clone(in.Wrong)
	if err := bad.Merge(found); err != nil {
		return t, err
	}
	if err := change.CheckCustom(ctx, s.Store, a.Team, in.Custom, before.Custom, &bad); err != nil {
		return t, err
	}
	if in.OwnerID.Has() && in.OwnerID.V != before.OwnerID {
		if ok, err := s.Users.HasUser(ctx, a.Team, in.OwnerID.V); err != nil {
			return t, err
		} else if !ok {
			bad.Add("owner_id", "user %d not found", in.OwnerID.V)
		}
	}
	if t, err = s.follow(ctx, a, before, now); err != nil {
		return t, err
	}
	change.NameMissing(&bad, t.Except(before.LeadsTo()).Except(before.asStored().LeadsTo()))
	return t, bad.Err()
}

// follow tells which organizations are there that a write takes the person from or brings it to.
func (s Service) follow(ctx context.Context, a auth.Actor, before, now Person) (change.Targets, error) {
	before = before.asStored()
	if value.Equal(before.OrganizationID, now.OrganizationID) && before.Deleted == now.Deleted {
		return change.Targets{}, nil
	}
	return s.Store.Follow(ctx, a.Team, append(before.LeadsTo().Refs(), now.LeadsTo().Refs()...)...)
}

// save commits a write that changes something.
func (s Service) save(ctx context.Context, a auth.Actor, before, now Person, t change.Targets, changes []change.Custom) (Person, error) {
	custom := change.CustomFields(changes, before.Custom, now.Custom)
	if before.ID != 0 && len(change.Diff(logged, before, now))+len(custom) == 0 {
		return before, nil
	}
	set := written(a, before, now, custom)
	var err error
	if set.Counts, err = s.counts(ctx, a.Team, before, now, t); err != nil {
		return Person{}, err
	}
	if err := s.Store.Commit(ctx, set); err != nil {
		return Person{}, fmt.Errorf("persons.save %d: %w", now.ID, err)
	}
	now.Version = before.Version + 1
	return now, nil
}
