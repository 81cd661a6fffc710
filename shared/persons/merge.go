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

// Follow is the person with the links that it has after merges. How it was stored is kept, so that the next write, which moves it
// along, knows what followed from the links that it had.
func (p Person) Follow(r change.Redirects) Person {
	now := p
	now.OrganizationID = r.Opt(change.Organization, p.OrganizationID)
	custom, moved := r.Custom(p.Custom)
	now.Custom = custom
	if moved || !value.Equal(now.OrganizationID, p.OrganizationID) {
		now.stored = &p
	}
	return now
}

// asStored is the person as it was before it followed merges.
func (p Person) asStored() Person {
	if p.stored != nil {
		return *p.stored
	}
	return p
}

// Gone tells whether the person is deleted, and what absorbed it.
func (p Person) Gone() (bool, *int64) { return p.Deleted, p.MergedInto }

// absorb is the person with what another one knows besides: ways to reach it are united, what is empty is filled, nothing is
// overwritten.
func (p Person) absorb(other Person, custom []change.Custom, now time.Time) (Person, error) {
	in := p.merged(Input{
		Emails: value.Some(other.Emails), Phones: value.Some(other.Phones), OrganizationID: value.Maybe(other.OrganizationID),
		PostalAddress: value.Maybe(other.PostalAddress), Birthday: value.Maybe(other.Birthday), JobTitle: value.Maybe(other.JobTitle),
	})
	in.IM = union(p.IM, value.Some(other.IM), change.NormalText)
	in.Custom = custom
	for name, list := range map[string]value.Opt[[]Detail]{"e-mail addresses": in.Emails, "phone numbers": in.Phones, "messenger names": in.IM} {
		if len(list.V) > maxDetails {
			return p, fault.BadField(change.MergedWith, "has %d %s together with person %d, and cannot have more than %d: remove some first",
				len(list.V), name, other.ID, maxDetails)
		}
	}
	all, err := p.Apply(in, now)
	change.Fill(&all.Notes, other.Notes)
	change.Fill(&all.Picture, other.Picture)
	for _, b := range other.Bounces {
		all, _ = all.Bounced(b.Email, b.Status, b.Time)
	}
	all.LabelIDs = value.Unique(slices.Concat(p.LabelIDs, other.LabelIDs))
	return all, err
}

// Merge has a person absorbed into another one, who keeps his values; codes are those of custom fields. It is decided in one
// transaction; what hangs on the absorbed one moves by a job.
func (s Service) Merge(ctx context.Context, a auth.Actor, id, into int64, codes map[int64]string) error {
	err := change.Retry(ctx, func() error {
		absorbed, survivor, done, err := change.Pair(func(id int64) (Person, error) { return s.Store.Get(ctx, a.Team, id) }, id, into)
		if err != nil || done {
			return err
		}
		known, err := s.Store.Existing(ctx, a.Team, absorbed.LeadsTo().Refs())
		if err != nil {
			return err
		}
		at, giving := s.now(), absorbed
		if !known[change.Of(change.Organization, value.Deref(absorbed.OrganizationID))] {
			giving.OrganizationID = nil // nothing new may point at what is deleted
		}
		custom := change.FillCustom(survivor.Custom, absorbed.Custom, codes)
		now, err := survivor.absorb(giving, custom, at)
		if err != nil {
			return err
		}
		gone := absorbed.Delete(at)
		gone.MergedInto, gone.Links = &into, absorbed.Links+1
		if now.PictureID() != nil && value.Equal(now.PictureID(), gone.PictureID()) {
			gone.Picture = nil // it is the survivor's now
		}
		sets, err := s.merged(ctx, a, absorbed, gone, survivor, now, change.CustomFields(custom, survivor.Custom, now.Custom))
		if err != nil {
			return err
		}
		return s.Store.Commit(ctx, sets...)
	})
	if err != nil {
		return fmt.Errorf("persons.Merge %d: %w", id, err)
	}
	return nil
}

// merged are the writes of both persons.
func (s Service) merged(ctx context.Context, a auth.Actor, absorbed, gone, survivor, now Person, custom []change.Field) ([]change.Set, error) {
	kept := written(a, survivor, now, append(custom, change.Merged(change.MergedWhat, absorbed.Ref())))
	lost := written(a, absorbed, gone, []change.Field{change.Merged(change.MergedWith, survivor.Ref())})
	lost.Members = nil // the job releases them: both may be members of the same
	lost.Absorb(a, absorbed.Ref(), survivor.Ref(), now.UpdateTime)
	kept.Survive(survivor.Ref(), absorbed.Ref())
	for _, w := range []struct {
		set         *change.Set
		before, now Person
	}{{&kept, survivor, now}, {&lost, absorbed, gone}} {
		t, err := s.follow(ctx, a, w.before, w.now)
		if err != nil {
			return nil, err
		}
		if w.set.Counts, err = s.counts(ctx, a.Team, w.before, w.now, t); err != nil {
			return nil, err
		}
	}
	return []change.Set{kept, lost}, change.CheckMerge(kept, lost, now.Custom)
}

// Move is the change that gives a person the links that it has after merges; empty when it has them.
func (s Service) Move(ctx context.Context, a auth.Actor, id int64) (change.Set, error) {
	p, err := s.Store.Get(ctx, a.Team, id)
	if err != nil || p.stored == nil {
		return change.Set{}, fault.Except(err, fault.NotFound)
	}
	now := p
	if !p.Deleted { // which keeps the time at which it was
		now.UpdateTime = s.now()
	}
	t, err := s.follow(ctx, a, p, now)
	if err != nil {
		return change.Set{}, err
	}
	set := written(a, p, now, nil)
	set.Counts, err = s.counts(ctx, a.Team, p, now, t)
	return set, err
}

// Release takes an absorbed person from the guards that find it.
func (s Service) Release(ctx context.Context, a auth.Actor, id int64) error {
	p, err := s.Store.Get(ctx, a.Team, id)
	if err != nil {
		return fault.Except(err, fault.NotFound)
	}
	p = p.asStored()
	p.Deleted = false
	set := change.Set{Team: a.Team}
	set.Join(id, p.guards(), nil)
	return s.Store.Commit(ctx, set)
}
