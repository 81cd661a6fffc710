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
	// HasRow tells whether a row is there.
	HasRow(ctx context.Context, team int64, row change.Row) (bool, error)
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
		if follows, err := s.Store.HasRow(ctx, a.Team, row(of, user)); err != nil {
			return err
		} else if follows {
			return fault.BadField("user_id", "user %d follows it already", user)
		}
		f = Follower{UserID: user, AddTime: s.Now().UTC().Truncate(time.Millisecond)}
		return s.save(ctx, a, of, f, true, &id)
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
		if follows, err := s.Store.HasRow(ctx, a.Team, row(of, user)); err != nil {
			return err
		} else if !follows {
			return fault.Missing("Follower")
		}
		f := Follower{UserID: user, AddTime: s.Now().UTC().Truncate(time.Millisecond)}
		return s.save(ctx, a, of, f, false, &id)
	})
}

// save writes a follower, or takes one away, with the event and the count; the record must not be deleted at that moment.
func (s Service) save(ctx context.Context, a auth.Actor, of change.Ref, f Follower, added bool, id *int64) (err error) {
	if *id == 0 {
		if *id, err = s.Store.NextIDs(ctx, a.Team, sequence, 1); err != nil {
			return fmt.Errorf("followers.save %s: %w", of, err)
		}
	}
	r := row(of, f.UserID)
	r.At = f.AddTime
	set, by, field, name := change.By(a), int64(1), change.Field{Key: fieldKey}, strconv.FormatInt(f.UserID, 10)
	if added {
		set.Show, field.New = append(set.Show, r), &name
	} else {
		set.Hide, field.Old, by = append(set.Hide, r), &name, -1
	}
	set.Show = append(set.Show, change.Row{On: of, Shelf: change.FollowerLog, At: f.AddTime, Source: r.Source, Log: &change.Log{
		ID: *id, User: a.User, Source: a.Source, Agent: a.Agent, Fields: []change.Field{field},
	}})
	set.Counts = []change.Count{{Of: of, Add: map[change.Number]int64{change.FollowersCount: by}}}
	set.Checks = []change.Check{{Ref: of, Alive: true}}
	if err := s.Store.Commit(ctx, set); err != nil {
		return fmt.Errorf("followers.save %s: %w", of, err)
	}
	return nil
}

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
