package notes

import (
	"context"
	"fmt"
	"reflect"
	"time"

	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/value"
)

// Store is where notes are kept.
type Store interface {
	Get(ctx context.Context, team, id int64) (Note, error)
	// GetMany are the notes of these ids that exist.
	GetMany(ctx context.Context, team int64, ids []int64) (map[int64]Note, error)
	// Skim hands notes to each in the list's order, without their content unless it is wanted, until each returns false; a
	// limit says about how many that will be. It is not complete when there are more than one request can look through.
	Skim(ctx context.Context, team int64, l value.List, content bool, each func(Note) bool) (complete bool, err error)
	NextID(ctx context.Context, team int64) (int64, error)
	// Targets follows links to all records that something with these links shows on.
	Targets(ctx context.Context, team int64, links change.Links) (change.Targets, error)
	Commit(ctx context.Context, sets ...change.Set) error
}

// Users knows the users of a team; NotFound for others.
type Users interface {
	UserAdmin(ctx context.Context, team, user int64) (bool, error)
	UserZone(ctx context.Context, team, user int64) (*time.Location, error)
}

// Service is what can be done with notes. Sanitize makes HTML from outside safe to show; it is injected, so that no other
// function carries an HTML parser.
type Service struct {
	Store    Store
	Users    Users
	Sanitize func(html string) string
	Now      func() time.Time
}

// Get is one note, deleted ones included.
func (s Service) Get(ctx context.Context, a auth.Actor, id int64) (Note, error) {
	return s.Store.Get(ctx, a.Team, id)
}

// Create makes a note.
func (s Service) Create(ctx context.Context, a auth.Actor, in Input) (n Note, err error) {
	if in, err = s.admit(ctx, a, a.User, in); err != nil {
		return n, err
	}
	var id int64
	err = change.Retry(ctx, func() error {
		var bad fault.Fields
		n, bad = New(a, in, s.now())
		t, err := s.targets(ctx, a, Note{}, n, bad)
		if err != nil {
			return err
		}
		if id == 0 { // one number is enough for all tries, and none is spent on wrong inputs
			if id, err = s.Store.NextID(ctx, a.Team); err != nil {
				return fmt.Errorf("notes.Create: %w", err)
			}
		}
		n.ID = id
		n, err = s.save(ctx, a, Note{}, n, t)
		return err
	})
	return n, err
}

// Update writes the given fields.
func (s Service) Update(ctx context.Context, a auth.Actor, id int64, in Input) (n Note, err error) {
	err = change.Retry(ctx, func() error {
		before, err := s.alive(ctx, a, id)
		if err != nil {
			return err
		}
		safe, err := s.admit(ctx, a, before.UserID, in)
		if err != nil {
			return err
		}
		var bad fault.Fields
		n, bad = before.Apply(a, safe, s.now())
		t, err := s.targets(ctx, a, before, n, bad)
		if err != nil {
			return err
		}
		same := n
		if same.UpdateTime, same.LastUpdateUserID = before.UpdateTime, before.LastUpdateUserID; reflect.DeepEqual(same, before) {
			n = before
			return nil
		}
		n, err = s.save(ctx, a, before, n, t)
		return err
	})
	return n, err
}

// Delete marks the note; it leaves every record that it showed on.
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

func (s Service) alive(ctx context.Context, a auth.Actor, id int64) (Note, error) {
	n, err := s.Store.Get(ctx, a.Team, id)
	if err == nil && n.Deleted {
		return n, fault.Missing("Note")
	}
	return n, err
}

// admit makes the content safe and decides whether the actor may name the author.
func (s Service) admit(ctx context.Context, a auth.Actor, author int64, in Input) (Input, error) {
	if in.Content.Has() {
		in.Content.V = s.Sanitize(in.Content.V)
	}
	if in.UserID.Or(author) == author {
		return in, nil
	}
	admin, err := s.Users.UserAdmin(ctx, a.Team, a.User)
	if err != nil {
		return in, err
	}
	if !admin {
		return in, fault.New(fault.Forbidden, "Only an admin may write a note for another user")
	}
	_, err = s.Users.UserAdmin(ctx, a.Team, in.UserID.V)
	if fault.Is(err, fault.NotFound) {
		return in, fault.BadField("user_id", "user %d not found", in.UserID.V)
	}
	return in, err
}

// targets are what the note shows on; every wrong input is named, also links that lead nowhere.
func (s Service) targets(ctx context.Context, a auth.Actor, before, now Note, bad fault.Fields) (change.Targets, error) {
	t, err := s.Store.Targets(ctx, a.Team, now.HangsOn())
	if err != nil {
		return t, err
	}
	change.NameMissing(&bad, t.Except(before.HangsOn()))
	return t, bad.Err()
}

func (s Service) save(ctx context.Context, a auth.Actor, before, now Note, t change.Targets) (Note, error) {
	now, set := written(a, before, now, t)
	if err := s.Store.Commit(ctx, set); err != nil {
		return now, fmt.Errorf("notes.save %d: %w", now.ID, err)
	}
	now.Version = before.Version + 1
	return now, nil
}

func written(a auth.Actor, before, now Note, t change.Targets) (Note, change.Set) {
	set := change.By(a)
	return set.PutPlaced(before, now, t).(Note), set
}

// Created is a new note as a change, for whoever creates one within a larger transaction and vouches for its links and for
// its HTML.
func Created(a auth.Actor, n Note, t change.Targets) change.Set {
	_, set := written(a, Note{}, n, t)
	return set
}
