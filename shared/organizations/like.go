package organizations

import (
	"context"
	"fmt"

	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/value"
)

// Two organizations are alike when they have the same name and the same address, or both have none (contract §6.3).

// guards hold the organization under what it is found by; none when it is deleted.
func (o Organization) guards() []change.Ref {
	if o.Deleted {
		return nil
	}
	return []change.Ref{change.FirmAt(o.Name, value.Deref(o.Address.Text()))}
}

// merged is what an input knows besides; what is there is not overwritten.
func (o Organization) merged(in Input) (add Input) {
	if o.Website == nil {
		add.Website = in.Website
	}
	if o.LinkedIn == nil {
		add.LinkedIn = in.LinkedIn
	}
	if o.AnnualRevenue == nil {
		add.AnnualRevenue = in.AnnualRevenue
	}
	if o.EmployeeCount == nil {
		add.EmployeeCount = in.EmployeeCount
	}
	return add
}

// Reconcile is the organization that an input means: the oldest of those like it, with what the input adds, or a new one. The
// change is part of a larger transaction; it holds only if nobody else made a like one meanwhile.
func (s Service) Reconcile(ctx context.Context, a auth.Actor, in Input, newID func(context.Context) (int64, error)) (Organization, change.Set, error) {
	wanted, err := New(a, in, 0, s.now())
	if err != nil {
		return Organization{}, change.Set{}, err
	}
	guard := wanted.guards()[0]
	seen, err := s.Store.Members(ctx, a.Team, guard)
	if err != nil {
		return Organization{}, change.Set{}, err
	}
	found, err := s.Store.GetMany(ctx, a.Team, seen[guard])
	if err != nil {
		return Organization{}, change.Set{}, err
	}
	for _, id := range seen[guard] {
		before, ok := found[id]
		if !ok || before.Deleted || before.guards()[0] != guard {
			continue
		}
		now := before.Apply(before.merged(in), s.now())
		if len(change.Diff(logged, before, now)) == 0 {
			return before, change.Set{}, nil
		}
		return now, written(a, before, now, nil), nil
	}
	if wanted.ID, err = newID(ctx); err != nil {
		return Organization{}, change.Set{}, fmt.Errorf("organizations.Reconcile: %w", err)
	}
	set := written(a, Organization{}, wanted, nil)
	ids := seen[guard]
	set.Members[0].Seen = &ids
	return wanted, set, nil
}
