package deals

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

// Follow is the deal with the links that it has after merges. How it was stored is kept, so that the next write, which moves it
// along, knows what followed from the links that it had.
func (d Deal) Follow(r change.Redirects) Deal {
	now := d
	now.PersonID, now.OrganizationID = r.Opt(change.Person, d.PersonID), r.Opt(change.Organization, d.OrganizationID)
	custom, moved := r.Custom(d.Custom)
	now.Custom = custom
	if slices.ContainsFunc(d.Participants, func(p Participant) bool { return r.ID(change.Person, p.PersonID) != p.PersonID }) {
		now.Participants, moved = nil, true
		for _, p := range d.Participants {
			if p.PersonID = r.ID(change.Person, p.PersonID); !now.names(p.PersonID) {
				now.Participants = append(now.Participants, p)
			}
		}
	}
	if moved || !sameLinks(now, d) {
		now.stored = &d
	}
	return now
}

// asStored is the deal as it was before it followed merges.
func (d Deal) asStored() Deal {
	if d.stored != nil {
		return *d.stored
	}
	return d
}

// Gone tells whether the deal is deleted, and what absorbed it.
func (d Deal) Gone() (bool, *int64) { return d.Deleted, d.MergedInto }

// absorb is the deal with what another one knows besides: what is empty is filled, nothing is overwritten. Whoever took part in
// either takes part. A value of nothing is none.
func (d Deal) absorb(a auth.Actor, other Deal, custom []change.Custom, now time.Time) Deal {
	change.Fill(&d.PersonID, other.PersonID)
	change.Fill(&d.OrganizationID, other.OrganizationID)
	if d.Value.Compare("0") == 0 {
		d.Value, d.Currency = other.Value, other.Currency
	}
	change.Fill(&d.Probability, other.Probability)
	change.Fill(&d.ExpectedCloseDate, other.ExpectedCloseDate)
	if d.Status == Lost && other.Status == Lost {
		change.Fill(&d.LostReason, other.LostReason)
	}
	d.LabelIDs = value.Unique(slices.Concat(d.LabelIDs, other.LabelIDs))
	d.Custom = change.SetCustom(d.Custom, custom)
	d.Participants = slices.Clone(d.Participants)
	for _, p := range other.TakePart() {
		if own := p.ID == ownPart(other.ID); own {
			p.UserID, p.AddTime = a.User, now
		}
		if !d.names(p.PersonID) && value.Deref(d.PersonID) != p.PersonID {
			d.Participants = append(d.Participants, p)
		}
	}
	d.UpdateTime = now
	return d
}

// Merge has a deal absorbed into another one, which keeps its values; codes are those of custom fields. It is decided in one
// transaction; what hangs on the absorbed one moves by a job.
func (s Service) Merge(ctx context.Context, a auth.Actor, id, into int64, codes map[int64]string) error {
	err := change.Retry(ctx, func() error {
		absorbed, survivor, done, err := change.Pair(func(id int64) (Deal, error) { return s.Store.Get(ctx, a.Team, id) }, id, into)
		if err != nil || done {
			return err
		}
		known, err := s.Store.Existing(ctx, a.Team, absorbed.LeadsTo().Refs())
		if err != nil {
			return err
		}
		at, giving := s.now(), absorbed
		if !known[change.Of(change.Person, value.Deref(absorbed.PersonID))] {
			giving.PersonID = nil // nothing new may point at what is deleted
		}
		if !known[change.Of(change.Organization, value.Deref(absorbed.OrganizationID))] {
			giving.OrganizationID = nil
		}
		custom := change.FillCustom(survivor.Custom, absorbed.Custom, codes)
		now, gone := survivor.absorb(a, giving, custom, at), absorbed.Delete(at)
		if !sameLinks(now, survivor) {
			now.Links++
		}
		gone.MergedInto, gone.Links = &into, absorbed.Links+1
		t, err := s.Store.Follow(ctx, a.Team, distinct(slices.Concat(led(absorbed), led(survivor), now.LeadsTo().Refs(), now.others()))...)
		if err != nil {
			return err
		}
		fields := append(change.CustomFields(custom, survivor.Custom, now.Custom), change.Merged(change.MergedWhat, absorbed.Ref()))
		kept := written(a, survivor, now, t, fields, at)
		lost := written(a, absorbed, gone, t, []change.Field{change.Merged(change.MergedWith, survivor.Ref())}, at)
		lost.Absorb(a, absorbed.Ref(), survivor.Ref(), at)
		kept.Survive(survivor.Ref(), absorbed.Ref())
		if err := change.CheckMerge(kept, lost, now.Custom); err != nil {
			return err
		}
		if len(now.Participants) > MaxParticipants {
			return fault.BadField(change.MergedWith, "has too many participants together with deal %d: remove some first", id)
		}
		return s.Store.Commit(ctx, kept, lost)
	})
	if err != nil {
		return fmt.Errorf("deals.Merge %d: %w", id, err)
	}
	return nil
}

// led are all that the deal counts for, as it is stored and as it follows merges.
func led(d Deal) []change.Ref {
	was := d.asStored()
	return slices.Concat(was.LeadsTo().Refs(), was.others(), d.LeadsTo().Refs(), d.others())
}

func distinct(refs []change.Ref) []change.Ref {
	slices.Sort(refs)
	return slices.Compact(refs)
}

// Move is the change that gives a deal the links that it has after merges; empty when it has them.
func (s Service) Move(ctx context.Context, a auth.Actor, id int64) (change.Set, error) {
	d, err := s.Store.Get(ctx, a.Team, id)
	if err != nil || d.stored == nil {
		return change.Set{}, fault.Except(err, fault.NotFound)
	}
	now := d
	if !d.Deleted { // which keeps the time at which it was
		now.UpdateTime = s.now()
	}
	t, err := s.follow(ctx, a, d, now)
	if err != nil {
		return change.Set{}, err
	}
	return written(a, d, now, t, nil, s.now()), nil
}
