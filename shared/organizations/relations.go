package organizations

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/fault"
)

// RelationStore is where relations are kept.
type RelationStore interface {
	Get(ctx context.Context, team, id int64) (Relation, error)
	// Of are the relations of an organization that are not deleted, oldest first.
	Of(ctx context.Context, team, organization int64) ([]Relation, error)
	// Members reads guards, strongly consistent.
	Members(ctx context.Context, team int64, of ...change.Ref) (map[change.Ref][]int64, error)
	// People counts, of each organization, the persons that are not deleted. The counts may lag behind the last writes.
	People(ctx context.Context, team int64, organizations []int64) (map[int64]int64, error)
	NextID(ctx context.Context, team int64) (int64, error)
	Commit(ctx context.Context, sets ...change.Set) error
}

// Relations is what can be done with relations between organizations.
type Relations struct {
	Store         RelationStore
	Organizations Store
	Now           func() time.Time
}

// Ends are the organizations of some relations, and how many persons each has.
type Ends struct {
	Organizations map[int64]Organization
	People        map[int64]int64
}

// Get is one relation, deleted ones included.
func (s Relations) Get(ctx context.Context, a auth.Actor, id int64) (Relation, error) {
	return s.Store.Get(ctx, a.Team, id)
}

// Of are the relations of an organization; NotFound when there is none such.
func (s Relations) Of(ctx context.Context, a auth.Actor, organization int64) ([]Relation, error) {
	if _, err := s.Organizations.Get(ctx, a.Team, organization); err != nil {
		return nil, err
	}
	list, err := s.Store.Of(ctx, a.Team, organization)
	var distinct []Relation // while a merge is under way a pair may be there twice, or be one with itself
	for _, r := range list {
		if r.OwnerID != r.LinkedID && !slices.ContainsFunc(distinct, r.pairs) {
			distinct = append(distinct, r)
		}
	}
	return distinct, err
}

// Ends reads what the relations connect.
func (s Relations) Ends(ctx context.Context, a auth.Actor, list []Relation) (e Ends, err error) {
	var ids []int64
	seen := map[int64]bool{}
	for _, r := range list {
		for _, id := range r.Ends() {
			if !seen[id] {
				seen[id] = true
				ids = append(ids, id)
			}
		}
	}
	if e.Organizations, err = s.Organizations.GetMany(ctx, a.Team, ids); err != nil {
		return e, err
	}
	e.People, err = s.Store.People(ctx, a.Team, ids)
	return e, err
}

// Create relates two organizations.
func (s Relations) Create(ctx context.Context, a auth.Actor, in RelationInput) (Relation, error) {
	now := s.now()
	r, err := Relation{AddTime: now}.apply(in, now)
	if err != nil {
		return r, err
	}
	err = change.Retry(ctx, func() error {
		if err := s.checkEnds(ctx, a, Relation{}, r); err != nil {
			return err
		}
		if r.ID == 0 { // one number is enough for all tries, and none is spent on wrong inputs
			if r.ID, err = s.Store.NextID(ctx, a.Team); err != nil {
				return fmt.Errorf("organizations.Relations.Create: %w", err)
			}
		}
		return s.save(ctx, a, Relation{}, r)
	})
	r.Version = 1
	return r, err
}

// Update writes the given fields.
func (s Relations) Update(ctx context.Context, a auth.Actor, id int64, in RelationInput) (r Relation, err error) {
	err = change.Retry(ctx, func() error {
		before, err := s.alive(ctx, a, id)
		if err != nil {
			return err
		}
		if r, err = before.apply(in, s.now()); err != nil {
			return err
		}
		if r.Type == before.Type && r.OwnerID == before.OwnerID && r.LinkedID == before.LinkedID {
			r = before
			return nil
		}
		if err := s.checkEnds(ctx, a, before, r); err != nil {
			return err
		}
		err = s.save(ctx, a, before, r)
		r.Version++
		return err
	})
	return r, err
}

// Delete marks the relation and takes it from both ends.
func (s Relations) Delete(ctx context.Context, a auth.Actor, id int64) error {
	return change.Retry(ctx, func() error {
		before, err := s.alive(ctx, a, id)
		if err != nil {
			return err
		}
		now := before
		now.Deleted, now.UpdateTime = true, s.now()
		return s.save(ctx, a, before, now)
	})
}

// Forget takes the relations of an organization that is gone for good from the organizations at their other ends, so that no
// ghosts fill their places. It may be done again.
func (s Relations) Forget(ctx context.Context, team, organization int64) error {
	list, err := s.Store.Of(ctx, team, organization)
	if err != nil {
		return fmt.Errorf("organizations.Relations.Forget %d: %w", organization, err)
	}
	for _, r := range list {
		err := s.Delete(ctx, auth.Actor{Team: team}, r.ID)
		if err != nil && !fault.Is(err, fault.NotFound) { // somebody else deleted it
			return fmt.Errorf("organizations.Relations.Forget %d: %w", organization, err)
		}
	}
	return nil
}

func (s Relations) now() time.Time { return s.Now().UTC().Truncate(time.Millisecond) }

func (s Relations) alive(ctx context.Context, a auth.Actor, id int64) (Relation, error) {
	r, err := s.Store.Get(ctx, a.Team, id)
	if err == nil && r.Deleted {
		return r, fault.Missing("Organization relationship")
	}
	return r, err
}

// checkEnds names each new end that does not exist. One that it had before may have been deleted since: clients send back what
// they read.
func (s Relations) checkEnds(ctx context.Context, a auth.Actor, before, now Relation) error {
	fresh := now.newEnds(before)
	found, err := s.Organizations.GetMany(ctx, a.Team, fresh)
	if err != nil {
		return err
	}
	var bad fault.Fields
	check := func(name string, id int64) {
		if o, ok := found[id]; slices.Contains(fresh, id) && (!ok || o.Deleted) {
			bad.Add(name, "organization %d not found", id)
		}
	}
	check("rel_owner_org_id", now.OwnerID)
	check("rel_linked_org_id", now.LinkedID)
	return bad.Err()
}

// newEnds are those that the relation did not have before.
func (r Relation) newEnds(before Relation) []int64 {
	return slices.DeleteFunc(r.Ends(), func(id int64) bool { return slices.Contains(before.Ends(), id) })
}

// save commits a relation with its rows on both ends, and the guards when the pair changed. New ends must not be deleted at that
// moment.
func (s Relations) save(ctx context.Context, a auth.Actor, before, now Relation) error {
	set := change.By(a)
	for _, end := range now.newEnds(before) {
		set.Checks = append(set.Checks, change.Check{Ref: change.Of(change.Organization, end), Alive: true})
	}
	before = before.asStored()
	set.Put(now.Ref(), now, before.Version)
	set.Place(before.Rows(), now.Rows())
	switch {
	case now.Deleted:
		set.Members = before.release(nil)
	case before.ID == 0 || !now.pairs(before):
		seen, err := s.Store.Members(ctx, a.Team, guard(now.OwnerID), guard(now.LinkedID))
		if err != nil {
			return err
		}
		if set.Members, err = now.claim(seen); err != nil {
			return err
		}
		if before.ID != 0 {
			set.Members = append(set.Members, before.release(now.Ends())...)
		}
	}
	if err := s.Store.Commit(ctx, set); err != nil {
		return fmt.Errorf("organizations.Relations.save %d: %w", now.ID, err)
	}
	return nil
}
