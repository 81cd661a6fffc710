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

// Participant is a person who takes part in a deal.
type Participant struct {
	ID       int64
	PersonID int64
	UserID   int64 // who added them
	AddTime  time.Time
}

// MaxParticipants is how many can take part beside the deal's person: each counts the deal and has a row, and both are written with it when it
// is deleted.
const MaxParticipants = 40

// TakePart are all who take part: first the deal's own person, who does as long as it is that, then the others in the order in which
// they were added. Participants have numbers of their own: even ones are counted, the odd one of a deal is its person's.
func (d Deal) TakePart() (all []Participant) {
	if d.PersonID != nil && !d.names(*d.PersonID) {
		all = append(all, Participant{ID: ownPart(d.ID), PersonID: *d.PersonID, UserID: d.CreatorUserID, AddTime: d.AddTime})
	}
	return append(all, d.Participants...)
}

func ownPart(deal int64) int64    { return 2*deal - 1 }
func addedPart(count int64) int64 { return 2 * count }

func (d Deal) names(person int64) bool {
	return slices.ContainsFunc(d.Participants, func(p Participant) bool { return p.PersonID == person })
}

// others are those who take part and are not the deal's own person.
func (d Deal) others() (refs []change.Ref) {
	for _, p := range d.Participants {
		if p.PersonID != value.Deref(d.PersonID) {
			refs = append(refs, change.Of(change.Person, p.PersonID))
		}
	}
	return refs
}

// PartKey is the key in the change log under which one person came or went.
const PartKey = "participants"

// takingPart are the lines of the change log for those who came or went beside the deal's person.
func takingPart(before, now Deal) (changed []change.Field) {
	for _, p := range before.Participants {
		if !now.names(p.PersonID) {
			changed = append(changed, change.Field{Key: PartKey, Old: value.Digits(&p.PersonID)})
		}
	}
	for _, p := range now.Participants {
		if !before.names(p.PersonID) {
			changed = append(changed, change.Field{Key: PartKey, New: value.Digits(&p.PersonID)})
		}
	}
	return changed
}

// AddParticipant has a person take part.
func (s Service) AddParticipant(ctx context.Context, a auth.Actor, id, person int64) (d Deal, added Participant, err error) {
	err = change.Retry(ctx, func() error {
		before, err := s.alive(ctx, a, id)
		if err != nil {
			return err
		}
		found, err := s.Store.Existing(ctx, a.Team, []change.Ref{change.Of(change.Person, person)})
		switch {
		case err != nil:
			return err
		case !found[change.Of(change.Person, person)]:
			return fault.BadField("person_id", "person %d not found", person)
		case before.names(person) || value.Deref(before.PersonID) == person:
			return fault.BadField("person_id", "person %d takes part in the deal already", person)
		case len(before.Participants) >= MaxParticipants:
			return fault.BadField("person_id", "a deal has at most %d participants", MaxParticipants)
		}
		if added.ID == 0 { // one number is enough for all tries, and none is spent on wrong inputs
			n, err := s.Store.NextParticipantID(ctx, a.Team)
			if err != nil {
				return fmt.Errorf("deals.AddParticipant %d: %w", id, err)
			}
			added = Participant{ID: addedPart(n), PersonID: person, UserID: a.User, AddTime: s.now()}
		}
		now := before
		now.Participants = append(slices.Clone(before.Participants), added)
		d, err = s.putParticipants(ctx, a, before, now, change.Check{Ref: change.Of(change.Person, person), Alive: true})
		return err
	})
	return d, added, err
}

// RemoveParticipant has somebody take part no more.
func (s Service) RemoveParticipant(ctx context.Context, a auth.Actor, id, participant int64) error {
	return change.Retry(ctx, func() error {
		before, err := s.alive(ctx, a, id)
		if err != nil {
			return err
		}
		if participant == ownPart(id) && before.PersonID != nil {
			return fault.New(fault.Invalid, "The deal's own person takes part as long as it is the deal's person; change person_id instead")
		}
		now := before
		now.Participants = slices.DeleteFunc(slices.Clone(before.Participants), func(p Participant) bool { return p.ID == participant })
		if len(now.Participants) == len(before.Participants) {
			return fault.Missing("Participant")
		}
		_, err = s.putParticipants(ctx, a, before, now)
		return err
	})
}

// TakesPart tells that a person does without being the deal's own.
func (d Deal) TakesPart(person int64) bool {
	return slices.Contains(d.others(), change.Of(change.Person, person))
}

// Forget is the change that takes a person who is gone for good from those who take part; empty when they do not.
func (s Service) Forget(ctx context.Context, a auth.Actor, id, person int64) (change.Set, error) {
	before, err := s.Store.Get(ctx, a.Team, id)
	if err != nil || before.Deleted || !before.names(person) {
		return change.Set{}, fault.Except(err, fault.NotFound)
	}
	now := before
	now.Participants = slices.DeleteFunc(slices.Clone(before.Participants), func(p Participant) bool { return p.PersonID == person })
	return s.taking(ctx, a, before, &now)
}

// taking is the write of a deal in which others take part now.
func (s Service) taking(ctx context.Context, a auth.Actor, before Deal, now *Deal) (change.Set, error) {
	now.UpdateTime = s.now()
	t, err := s.follow(ctx, a, before, *now)
	if err != nil {
		return change.Set{}, err
	}
	return written(a, before, *now, t, nil, s.now()), nil
}

func (s Service) putParticipants(ctx context.Context, a auth.Actor, before, now Deal, checks ...change.Check) (Deal, error) {
	set, err := s.taking(ctx, a, before, &now)
	if err != nil {
		return now, err
	}
	set.Checks = append(set.Checks, checks...)
	if err := s.Store.Commit(ctx, set); err != nil {
		return now, fmt.Errorf("deals.putParticipants %d: %w", now.ID, err)
	}
	now.Version = before.Version + 1
	return now, nil
}
