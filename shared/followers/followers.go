// Package followers holds which users follow a deal, a person or an organization. A follower is a row in the record's collection,
// with the history of all who came and went beside it; the record itself is not rewritten, and its summary counts them. Following
// is asked for: who owns or makes a record does not follow it by that.
package followers

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/value"
)

// Follower of a record.
type Follower struct {
	UserID  int64
	AddTime time.Time
}

// Event is that somebody was made a follower of a record, or is none any more.
type Event struct {
	ID      int64
	Added   bool
	UserID  int64
	ActorID int64
	Time    time.Time
}

// Store is where followers are kept.
type Store interface {
	// GetAny reads records, each as its own type; what does not exist is absent.
	GetAny(ctx context.Context, team int64, refs []change.Ref) (map[change.Ref]any, error)
	// Where tells in which collections a row lies that shows on a record: its own, or that of what it absorbed, until that has moved.
	Where(ctx context.Context, team int64, row change.Row) ([]change.Ref, error)
	Rows(ctx context.Context, team int64, on change.Ref, r change.Range) (rows []change.Row, more bool, err error)
	NextIDs(ctx context.Context, team int64, kind string, n int) (int64, error)
	Commit(ctx context.Context, sets ...change.Set) error
}

// Users knows the users of a team.
type Users interface {
	HasUser(ctx context.Context, team, user int64) (bool, error)
}

// Service is what can be done with followers.
type Service struct {
	Store Store
	Users Users
	Now   func() time.Time
}

const (
	kindUser = "user"
	sequence = "follower" // numbers the events of a team
	fieldKey = "follower" // of an event in the log
)

func row(of change.Ref, user int64) change.Row {
	return change.Row{On: of, Shelf: change.Followers, Source: change.Of(kindUser, user), Strict: true}
}

// List is a page of the users who follow a record, by their ids; after is the last of the page before.
func (s Service) List(ctx context.Context, a auth.Actor, of change.Ref, after int64, limit int) (page []Follower, more bool, err error) {
	if _, err := s.record(ctx, a, of); err != nil {
		return nil, false, err
	}
	last := row(of, after)
	rows, more, err := s.Store.Rows(ctx, a.Team, of, change.Range{Shelf: change.Followers, After: &last, Limit: limit})
	for _, r := range rows {
		page = append(page, Follower{UserID: r.Source.ID(), AddTime: r.At})
	}
	return page, more, err
}

// Events is a page of what became of a record's followers, newest first; before is the last of the page before, 0 on the first.
func (s Service) Events(ctx context.Context, a auth.Actor, of change.Ref, before int64, limit int) (page []Event, more bool, err error) {
	if _, err := s.record(ctx, a, of); err != nil {
		return nil, false, err
	}
	r := change.Range{Shelf: change.FollowerLog, Desc: true, Limit: limit}
	if before != 0 {
		r.After = &change.Row{On: of, Shelf: change.FollowerLog, Log: &change.Log{ID: before}}
	}
	rows, more, err := s.Store.Rows(ctx, a.Team, of, r)
	for _, r := range rows {
		added := len(r.Log.Fields) > 0 && r.Log.Fields[0].New != nil
		page = append(page, Event{ID: r.Log.ID, Added: added, UserID: r.Source.ID(), ActorID: r.Log.User, Time: r.At})
	}
	return page, more, err
}

// Add makes a user follow a record; one who does already is a wrong input.
func (s Service) Add(ctx context.Context, a auth.Actor, of change.Ref, user int64) (f Follower, err error) {
	var id int64
	err = change.Retry(ctx, func() error {
		if err := s.alive(ctx, a, of); err != nil {
			return err
		}
		if ok, err := s.Users.HasUser(ctx, a.Team, user); err != nil {
			return err
		} else if !ok {
			return fault.BadField("user_id", "user %d not found", user)
		}
		if lies, err := s.Store.Where(ctx, a.Team, row(of, user)); err != nil {
			return err
		} else if len(lies) > 0 {
			return fault.BadField("user_id", "user %d follows it already", user)
		}
		f = Follower{UserID: user, AddTime: s.now()}
		set := change.By(a)
		set.Checks = []change.Check{{Ref: of, Alive: true}} // it must not be deleted at that moment
		show(&set, of, f)
		return s.save(ctx, a, set, event(of, user, true, f.AddTime), &id)
	})
	return f, err
}

// Remove makes a user follow a record no more.
func (s Service) Remove(ctx context.Context, a auth.Actor, of change.Ref, user int64) error {
	var id int64
	return change.Retry(ctx, func() error {
		if err := s.alive(ctx, a, of); err != nil {
			return err
		}
		lies, err := s.Store.Where(ctx, a.Team, row(of, user))
		if err != nil {
			return err
		} else if len(lies) == 0 {
			return fault.Missing("Follower")
		}
		set := change.By(a)
		set.Checks = []change.Check{{Ref: of, Alive: true}}
		for _, on := range lies {
			hide(&set, on, user)
		}
		return s.save(ctx, a, set, event(of, user, false, s.now()), &id)
	})
}

// show and hide write a follower and take one away, with the count.
func show(set *change.Set, of change.Ref, f Follower) {
	r := row(of, f.UserID)
	r.At = f.AddTime
	set.Show = append(set.Show, r)
	set.Counts = append(set.Counts, counted(of, 1))
}

func hide(set *change.Set, of change.Ref, user int64) {
	set.Hide = append(set.Hide, row(of, user))
	set.Counts = append(set.Counts, counted(of, -1))
}

func counted(of change.Ref, by int64) change.Count {
	return change.Count{Of: of, Add: map[change.Number]int64{change.FollowersCount: by}}
}

// event is the line in the log that a user came or went.
func event(of change.Ref, user int64, added bool, at time.Time) change.Row {
	field, name := change.Field{Key: fieldKey}, strconv.FormatInt(user, 10)
	if added {
		field.New = &name
	} else {
		field.Old = &name
	}
	return change.Row{On: of, Shelf: change.FollowerLog, At: at, Source: change.Of(kindUser, user), Log: &change.Log{Fields: []change.Field{field}}}
}

// save commits a set together with its event.
func (s Service) save(ctx context.Context, a auth.Actor, set change.Set, e change.Row, id *int64) (err error) {
	if *id == 0 { // one number is enough for all tries
		if *id, err = s.Store.NextIDs(ctx, a.Team, sequence, 1); err != nil {
			return fmt.Errorf("followers.save %s: %w", e.On, err)
		}
	}
	e.Log.ID, e.Log.User, e.Log.Source, e.Log.Agent = *id, a.User, a.Source, a.Agent
	set.Show = append(set.Show, e)
	if err := s.Store.Commit(ctx, set); err != nil {
		return fmt.Errorf("followers.save %s: %w", e.On, err)
	}
	return nil
}

func (s Service) now() time.Time { return s.Now().UTC().Truncate(time.Millisecond) }

// record reads what is followed; a deleted one goes on telling who followed it.
func (s Service) record(ctx context.Context, a auth.Actor, of change.Ref) (any, error) {
	found, err := s.Store.GetAny(ctx, a.Team, []change.Ref{of})
	if err == nil && found[of] == nil {
		err = change.MissingRecord(of)
	}
	return found[of], err
}

func (s Service) alive(ctx context.Context, a auth.Actor, of change.Ref) error {
	r, err := s.record(ctx, a, of)
	if f, ok := r.(interface{ Facets() value.Facets }); err == nil && (!ok || f.Facets().Deleted) {
		err = change.MissingRecord(of)
	}
	return err
}
