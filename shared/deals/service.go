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

// Store is where deals are kept.
type Store interface {
	Get(ctx context.Context, team, id int64) (Deal, error)
	List(ctx context.Context, team int64, l value.List) (value.Page[Deal], error)
	NextID(ctx context.Context, team int64) (int64, error)
	NextParticipantID(ctx context.Context, team int64) (int64, error)
	// Follow reads persons and organizations, and where they lead.
	Follow(ctx context.Context, team int64, refs ...change.Ref) (change.Targets, error)
	change.Existing
	Commit(ctx context.Context, sets ...change.Set) error
}

// Stages finds a deal's place. Zero means "not given": without a stage the first of the pipeline, without both the first
// stage of the team's default pipeline. A stage of another pipeline, or what does not exist, is a wrong input.
type Stages interface {
	Place(ctx context.Context, team, pipeline, stage int64) (pipelineID, stageID int64, err error)
}

// Users knows the users of a team; NotFound for others.
type Users interface {
	UserCurrency(ctx context.Context, team, user int64) (string, error)
}

// Service is what can be done with deals.
type Service struct {
	Store  Store
	Stages Stages
	Users  Users
	Now    func() time.Time
}

// Get is one deal, deleted ones included.
func (s Service) Get(ctx context.Context, a auth.Actor, id int64) (Deal, error) {
	return s.Store.Get(ctx, a.Team, id)
}

// List is one page of deals.
func (s Service) List(ctx context.Context, a auth.Actor, l value.List) (value.Page[Deal], error) {
	return s.Store.List(ctx, a.Team, l)
}

// Create makes a deal.
func (s Service) Create(ctx context.Context, a auth.Actor, in Input) (d Deal, err error) {
	var id int64
	err = change.Retry(ctx, func() error {
		checked, t, err := s.check(ctx, a, Deal{Status: Open}, in)
		if err != nil {
			return err
		}
		currency, err := s.Users.UserCurrency(ctx, a.Team, checked.OwnerID.Or(a.User))
		if err != nil {
			return fmt.Errorf("deals.Create: %w", err)
		}
		if id == 0 { // one number is enough for all tries, and none is spent on wrong inputs
			if id, err = s.Store.NextID(ctx, a.Team); err != nil {
				return fmt.Errorf("deals.Create: %w", err)
			}
		}
		d, err = s.save(ctx, a, Deal{}, New(a, checked, id, currency, s.now()), t, in.Custom)
		return err
	})
	return d, err
}

// Update writes the given fields.
func (s Service) Update(ctx context.Context, a auth.Actor, id int64, in Input) (d Deal, err error) {
	err = change.Retry(ctx, func() error {
		before, err := s.alive(ctx, a, id)
		if err != nil {
			return err
		}
		checked, t, err := s.check(ctx, a, before, in)
		if err != nil {
			return err
		}
		d, err = s.save(ctx, a, before, before.Apply(checked, s.now()), t, in.Custom)
		return err
	})
	return d, err
}

// Delete marks the deal; for whoever comes second there is none.
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

func (s Service) alive(ctx context.Context, a auth.Actor, id int64) (Deal, error) {
	d, err := s.Store.Get(ctx, a.Team, id)
	if err == nil && d.Deleted {
		return d, fault.Missing("Deal")
	}
	return d, err
}

// check names every wrong input at once and returns the input with its pipeline and stage resolved, and where the deal leads. A
// link that stays as it is may lead to what has been deleted since: clients send back what they read.
func (s Service) check(ctx context.Context, a auth.Actor, before Deal, in Input) (Input, change.Targets, error) {
	bad := slices.Clone(in.Wrong)
	now := before.linked(in)
	t, err := s.follow(ctx, a, before, now)
	if err != nil {
		return in, t, err
	}
	change.NameMissing(&bad, t.Among(now.LeadsTo()).Except(before.LeadsTo()).Except(before.asStored().LeadsTo()))
	if err := change.CheckCustom(ctx, s.Store, a.Team, in.Custom, before.Custom, &bad); err != nil {
		return in, t, err
	}
	if in.OwnerID.Has() && in.OwnerID.V != before.OwnerID {
		if _, err := s.Users.UserCurrency(ctx, a.Team, in.OwnerID.V); fault.Is(err, fault.NotFound) {
			bad.Add("owner_id", "user %d not found", in.OwnerID.V)
		} else if err != nil {
			return in, t, err
		}
	}
	if in, err = s.place(ctx, a, before, in); err != nil {
		if err = bad.Merge(err); err != nil {
			return in, t, err
		}
	}
	if err := bad.Merge(before.Check(in)); err != nil {
		return in, t, err
	}
	return in, t, bad.Err()
}

// follow reads where a deal led and leads, if it is placed there anew.
func (s Service) follow(ctx context.Context, a auth.Actor, before, now Deal) (change.Targets, error) {
	if before = before.asStored(); !placedAnew(before, now) {
		return change.Targets{}, nil
	}
	var refs []change.Ref
	for _, ref := range slices.Concat(before.LeadsTo().Refs(), now.LeadsTo().Refs(), before.others(), now.others()) {
		if !slices.Contains(refs, ref) {
			refs = append(refs, ref)
		}
	}
	return s.Store.Follow(ctx, a.Team, refs...)
}

// place resolves a new pipeline or stage against the one the deal is in.
func (s Service) place(ctx context.Context, a auth.Actor, before Deal, in Input) (Input, error) {
	pipeline, stage := in.PipelineID.Or(0), in.StageID.Or(0)
	if stage == 0 && pipeline == before.PipelineID {
		pipeline = 0 // it is there already; its stage stays
	}
	if stage == before.StageID && (pipeline == 0 || pipeline == before.PipelineID) {
		stage, pipeline = 0, 0
	}
	in.PipelineID, in.StageID = value.Opt[int64]{}, value.Opt[int64]{}
	if pipeline == 0 && stage == 0 && before.ID != 0 {
		return in, nil
	}
	p, st, err := s.Stages.Place(ctx, a.Team, pipeline, stage)
	if err == nil {
		in.PipelineID, in.StageID = value.Some(p), value.Some(st)
	}
	return in, err
}

// save commits a write that changes something.
func (s Service) save(ctx context.Context, a auth.Actor, before, now Deal, t change.Targets, changes []change.Custom) (Deal, error) {
	custom := change.CustomFields(changes, before.Custom, now.Custom)
	if before.ID != 0 && len(change.Diff(logged, before, now))+len(custom) == 0 {
		return before, nil
	}
	if err := s.Store.Commit(ctx, written(a, before, now, t, custom, s.now())); err != nil {
		return Deal{}, fmt.Errorf("deals.save %d: %w", now.ID, err)
	}
	now.Version = before.Version + 1
	return now, nil
}

// newlyLinked demands that what the deal points at from now on is not deleted at that moment.
func newlyLinked(before, now Deal) (checks []change.Check) {
	add := func(kind string, was, is int64) {
		if is != was && is != 0 {
			checks = append(checks, change.Check{Ref: change.Of(kind, is), Alive: true})
		}
	}
	add(change.Person, value.Deref(before.PersonID), value.Deref(now.PersonID))
	add(change.Organization, value.Deref(before.OrganizationID), value.Deref(now.OrganizationID))
	add(change.Stage, before.StageID, now.StageID)
	return checks
}
