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

// Follow is the organization with the custom values that it has after merges. How it was stored is kept for the next write.
func (o Organization) Follow(r change.Redirects) Organization {
	now := o
	custom, moved := r.Custom(o.Custom)
	if now.Custom = custom; moved {
		now.stored = &o
	}
	return now
}

// asStored is the organization as it was before it followed merges.
func (o Organization) asStored() Organization {
	if o.stored != nil {
		return *o.stored
	}
	return o
}

// Follow is the relation with the ends that it has after merges. How it was stored is kept for the next write, which moves it along.
func (r Relation) Follow(to change.Redirects) Relation {
	now := r
	now.OwnerID, now.LinkedID = to.ID(change.Organization, r.OwnerID), to.ID(change.Organization, r.LinkedID)
	if now.OwnerID != r.OwnerID || now.LinkedID != r.LinkedID {
		now.stored = &r
	}
	return now
}

// asStored is the relation as it was before it followed merges.
func (r Relation) asStored() Relation {
	if r.stored != nil {
		return *r.stored
	}
	return r
}

// Gone tells whether the organization is deleted, and what absorbed it.
func (o Organization) Gone() (bool, *int64) { return o.Deleted, o.MergedInto }

// absorb is the organization with what another one knows besides: what is empty is filled, nothing is overwritten.
func (o Organization) absorb(other Organization, custom []change.Custom, now time.Time) Organization {
	change.Fill(&o.Address, other.Address)
	change.Fill(&o.Website, other.Website)
	change.Fill(&o.LinkedIn, other.LinkedIn)
	change.Fill(&o.Industry, other.Industry)
	change.Fill(&o.AnnualRevenue, other.AnnualRevenue)
	change.Fill(&o.EmployeeCount, other.EmployeeCount)
	o.LabelIDs = value.Unique(slices.Concat(o.LabelIDs, other.LabelIDs))
	o.Custom = change.SetCustom(o.Custom, custom)
	o.UpdateTime = now
	return o
}

// Merge has an organization absorbed into another one, which keeps its values; codes are those of custom fields. It is decided in
// one transaction; what hangs on the absorbed one moves by a job.
func (s Service) Merge(ctx context.Context, a auth.Actor, id, into int64, codes map[int64]string) error {
	err := change.Retry(ctx, func() error {
		absorbed, survivor, done, err := change.Pair(func(id int64) (Organization, error) { return s.Store.Get(ctx, a.Team, id) }, id, into)
		if err != nil || done {
			return err
		}
		if err := s.checkRelations(ctx, a, id, into); err != nil {
			return err
		}
		at := s.now()
		custom := change.FillCustom(survivor.Custom, absorbed.Custom, codes)
		now, gone := survivor.absorb(absorbed, custom, at), absorbed.Delete(at)
		gone.MergedInto = &into
		kept := written(a, survivor, now, append(change.CustomFields(custom, survivor.Custom, now.Custom), change.Merged(change.MergedWhat, absorbed.Ref())))
		lost := written(a, absorbed, gone, []change.Field{change.Merged(change.MergedWith, survivor.Ref())})
		lost.Members = nil // the job releases them: both may be members of the same
		lost.Absorb(a, absorbed.Ref(), survivor.Ref(), at)
		kept.Survive(survivor.Ref(), absorbed.Ref())
		if err := change.CheckMerge(kept, lost, now.Custom); err != nil {
			return err
		}
		return s.Store.Commit(ctx, kept, lost)
	})
	if err != nil {
		return fmt.Errorf("organizations.Merge %d: %w", id, err)
	}
	return nil
}

// checkRelations refuses to merge organizations that would have too many relations together.
func (s Service) checkRelations(ctx context.Context, a auth.Actor, id, into int64) error {
	seen, err := s.Store.Members(ctx, a.Team, guard(id), guard(into))
	if err != nil {
		return err
	}
	if n := len(change.IDs(seen)); n > MaxRelations {
		return fault.BadField(change.MergedWith, "has %d relations together with organization %d, and cannot have more than %d", n, id, MaxRelations)
	}
	return nil
}

// Move writes an organization with what its custom fields name after merges.
func (s Service) Move(ctx context.Context, a auth.Actor, id int64) (change.Set, error) {
	o, err := s.Store.Get(ctx, a.Team, id)
	if err != nil || o.stored == nil {
		return change.Set{}, fault.Except(err, fault.NotFound)
	}
	now := o
	if !o.Deleted {
		now.UpdateTime = s.now()
	}
	return written(a, o, now, nil), nil
}

// Release takes an absorbed organization from the guards that find it.
func (s Service) Release(ctx context.Context, a auth.Actor, id int64) error {
	o, err := s.Store.Get(ctx, a.Team, id)
	if err != nil {
		return fault.Except(err, fault.NotFound)
	}
	o = o.asStored()
	o.Deleted = false
	set := change.Set{Team: a.Team}
	set.Join(id, o.guards(), nil)
	return s.Store.Commit(ctx, set)
}

// Move writes a relation with the ends that it has after merges. One that another relation stands for, or that would relate an
// organization with itself, goes.
func (s Relations) Move(ctx context.Context, a auth.Actor, id int64) error {
	return change.Retry(ctx, func() error {
		before, err := s.Store.Get(ctx, a.Team, id)
		if err != nil || before.Deleted || before.stored == nil {
			return fault.Except(err, fault.NotFound)
		}
		now := before
		now.UpdateTime = s.now()
		if now.Deleted = now.OwnerID == now.LinkedID; !now.Deleted {
			seen, err := s.Store.Members(ctx, a.Team, guard(now.OwnerID), guard(now.LinkedID))
			if err != nil {
				return err
			}
			now.Deleted = slices.ContainsFunc(seen[guard(now.OwnerID)], func(other int64) bool {
				return other != id && slices.Contains(seen[guard(now.LinkedID)], other)
			})
		}
		return s.save(ctx, a, before, now)
	})
}
