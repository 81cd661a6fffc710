package organizations

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

// Store is where organizations are kept.
type Store interface {
	Get(ctx context.Context, team, id int64) (Organization, error)
	// GetMany are the organizations of these ids that exist, deleted ones included.
	GetMany(ctx context.Context, team int64, ids []int64) (map[int64]Organization, error)
	List(ctx context.Context, team int64, l value.List) (value.Page[Organization], error)
	NextID(ctx context.Context, team int64) (int64, error)
	// Members are the ids that guards hold, strongly consistent; an empty guard is absent.
	Members(ctx context.Context, team int64, of ...change.Ref) (map[change.Ref][]int64, error)
	change.Existing
	Commit(ctx context.Context, sets ...change.Set) error
}

// Users knows the users of a team.
type Users interface {
	HasUser(ctx context.Context, team, user int64) (bool, error)
}

// Service is what can be done with organizations.
type Service struct {
	Store Store
	Users Users
	Now   func() time.Time
}

// Get is one organization, deleted ones included.
func (s Service) Get(ctx context.Context, a auth.Actor, id int64) (Organization, error) {
	return s.Store.Get(ctx, a.Team, id)
}

// List is one page of organizations.
func (s Service) List(ctx context.Context, a auth.Actor, l value.List) (value.Page[Organization], error) {
	return s.Store.List(ctx, a.Team, l)
}

// Create makes an organization.
func (s Service) Create(ctx context.Context, a auth.Actor, in Input) (Organization, error) {
	o, err := New(a, in, 0, s.now())
	if err = s.check(ctx, a, Organization{}, in, err); err != nil {
		return Organization{}, err
	}
	if o.ID, err = s.Store.NextID(ctx, a.Team); err != nil {
		return Organization{}, fmt.Errorf("organizations.Create: %w", err)
	}
	return s.save(ctx, a, Organization{}, o, in.Custom)
}

// Update writes the given fields.
func (s Service) Update(ctx context.Context, a auth.Actor, id int64, in Input) (o Organization, err error) {
	err = change.Retry(ctx, func() error {
		before, err := s.alive(ctx, a, id)
		if err != nil {
			return err
		}
		if err := s.check(ctx, a, before, in, nil); err != nil {
			return err
		}
		o, err = s.save(ctx, a, before, before.Apply(in, s.now()), in.Custom)
		return err
	})
	return o, err
}

// Delete marks the organization; deals and persons that name it keep its id.
func (s Service) Delete(ctx context.Context, a auth.Actor, id int64) error {
	return change.Retry(ctx, func() error {
		before, err := s.alive(ctx, a, id)
		if err != nil {
			return err
		}
		_, err = s.save(ctx, a, before, before.Delete(s.now()), nil)
		return err
	})
}

func (s Service) now() time.Time { return s.Now().UTC().Truncate(time.Millisecond) }

func (s Service) alive(ctx context.Context, a auth.Actor, id int64) (Organization, error) {
	o, err := s.Store.Get(ctx, a.Team, id)
	if err == nil && o.Deleted {
		return o, fault.Missing("Organization")
	}
	return o, err
}

// check names every wrong input at once: what a rule found, and every new link that leads nowhere. One that stays as it is may
// lead to what has been deleted since: clients send back what they read.
func (s Service) check(ctx context.Context, a auth.Actor, before Organization, in Input, found error) error {
	bad := slices.Clone(in.Wrong)
	if err := bad.Merge(found); err != nil {
		return err
	}
	if err := change.CheckCustom(ctx, s.Store, a.Team, in.Custom, before.Custom, &bad); err != nil {
		return err
	}
	if in.OwnerID.Has() && in.OwnerID.V != before.OwnerID {
		if ok, err := s.Users.HasUser(ctx, a.Team, in.OwnerID.V); err != nil {
			return err
		} else if !ok {
			bad.Add("owner_id", "user %d not found", in.OwnerID.V)
		}
	}
	return bad.Err()
}

// save commits a write that changes something.
func (s Service) save(ctx context.Context, a auth.Actor, before, now Organization, changes []change.Custom) (Organization, error) {
	custom := change.CustomFields(changes, before.Custom, now.Custom)
	if before.ID != 0 && len(change.Diff(logged, before, now))+len(custom) == 0 {
		return before, nil
	}
	if err := s.Store.Commit(ctx, written(a, before, now, custom)); err != nil {
		return Organization{}, fmt.Errorf("organizations.save %d: %w", now.ID, err)
	}
	now.Version = before.Version + 1
	return now, nil
}
