package filters

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"time"

	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/value"
)

// MaxFilters of a team: the API lists all of them in one answer.
const MaxFilters = 1000

// MaxAtOnce is how many filters can be deleted at once, in one transaction.
const MaxAtOnce = 100

// Store is where filters are kept.
type Store interface {
	Get(ctx context.Context, team, id int64) (Filter, error)
	// GetMany are the filters of these ids that exist, deleted ones included.
	GetMany(ctx context.Context, team int64, ids []int64) (map[int64]Filter, error)
	// All are those that are not deleted, by id, from an index.
	All(ctx context.Context, team int64) ([]Filter, error)
	NextID(ctx context.Context, team int64) (int64, error)
	Commit(ctx context.Context, sets ...change.Set) error
}

// Records knows the fields of records, and what they hold.
type Records interface {
	// Fields are all fields of these objects that can be filtered by, and the lens through which records are seen with them.
	// Other objects have none.
	Fields(ctx context.Context, a auth.Actor, objects []string) (Catalogue, Lens, error)
	// Moved is what became of those of these records that were absorbed by others.
	Moved(ctx context.Context, team int64, refs []change.Ref) (map[change.Ref]change.Ref, error)
}

// Users knows the users of a team.
type Users interface {
	UserZone(ctx context.Context, team, user int64) (*time.Location, error)
}

// Service is what can be done with filters.
type Service struct {
	Store   Store
	Records Records
	Users   Users
	Now     func() time.Time
}

// Get is one filter, deleted ones included.
func (s Service) Get(ctx context.Context, a auth.Actor, id int64) (Filter, error) {
	return s.Store.Get(ctx, a.Team, id)
}

// List are the team's filters of a type; "" is any.
func (s Service) List(ctx context.Context, a auth.Actor, kind string) ([]Filter, error) {
	all, err := s.Store.All(ctx, a.Team)
	return slices.DeleteFunc(all, func(f Filter) bool { return kind != "" && f.Type != kind }), err
}

// Create makes a filter.
func (s Service) Create(ctx context.Context, a auth.Actor, in Input) (Filter, error) {
	now := s.now()
	f, err := Filter{UserID: a.User, VisibleTo: 7, AddTime: now}.apply(in, now)
	if err != nil {
		return f, err
	}
	if _, err := s.question(ctx, a, f); err != nil {
		return f, err
	}
	all, err := s.Store.All(ctx, a.Team)
	if err != nil {
		return f, err
	}
	if len(all) >= MaxFilters {
		return f, fault.New(fault.Invalid, "There are %d filters already; delete some that are not needed", len(all))
	}
	if f.ID, err = s.Store.NextID(ctx, a.Team); err != nil {
		return f, fmt.Errorf("filters.Create: %w", err)
	}
	return s.save(ctx, a, Filter{}, f)
}

// Update writes the given fields.
func (s Service) Update(ctx context.Context, a auth.Actor, id int64, in Input) (f Filter, err error) {
	err = change.Retry(ctx, func() error {
		before, err := s.alive(ctx, a, id)
		if err != nil {
			return err
		}
		now, err := before.apply(in, s.now())
		if err != nil {
			return err
		}
		if in.Conditions.Has() {
			if _, err := s.question(ctx, a, now); err != nil {
				return err
			}
		}
		same := before
		if same.UpdateTime = now.UpdateTime; reflect.DeepEqual(same, now) {
			f = before
			return nil // nothing of it changes
		}
		f, err = s.save(ctx, a, before, now)
		return err
	})
	return f, err
}

// Delete marks the filter; for whoever comes second there is none.
func (s Service) Delete(ctx context.Context, a auth.Actor, id int64) error {
	return change.Retry(ctx, func() error {
		before, err := s.alive(ctx, a, id)
		if err != nil {
			return err
		}
		_, err = s.save(ctx, a, before, before.delete(s.now()))
		return err
	})
}

// DeleteMany marks all of these filters that there are, in one transaction, and tells which those were.
func (s Service) DeleteMany(ctx context.Context, a auth.Actor, ids []int64) (gone []int64, err error) {
	if len(ids) > MaxAtOnce {
		return nil, fault.BadField("ids", "must be at most %d ids", MaxAtOnce)
	}
	err = change.Retry(ctx, func() error {
		found, err := s.Store.GetMany(ctx, a.Team, ids)
		if err != nil {
			return err
		}
		gone = nil
		set := change.By(a)
		for _, id := range ids {
			if f, ok := found[id]; ok && !f.Deleted && !slices.Contains(gone, id) {
				set.Put(f.Ref(), f.delete(s.now()), f.Version)
				gone = append(gone, id)
			}
		}
		if len(gone) == 0 {
			return fault.Missing("Filter")
		}
		return s.Store.Commit(ctx, set)
	})
	return gone, err
}

// Use has a list of records of a type ask what the filter asks, of the records as they are now.
func (s Service) Use(ctx context.Context, a auth.Actor, kind string, id int64, l *value.List) error {
	f, err := s.alive(ctx, a, id)
	if err != nil {
		return err
	}
	if f.Type != kind {
		return fault.BadField("filter_id", "filter %d is of type %s; this list takes those of type %s", id, f.Type, kind)
	}
	q, err := s.question(ctx, a, f)
	if err != nil {
		return useless(id, err)
	}
	q.Narrow(l)
	return nil
}

// useless says of a filter that its conditions do not fit the fields any more.
func useless(id int64, err error) error {
	var bad, all fault.Fields
	if err := bad.Merge(err); err != nil {
		return err
	}
	for _, f := range bad {
		all.Add("filter_id", "filter %d cannot be used as it is: %s: %s", id, f.Name, f.Message)
	}
	return all.Err()
}

// Codes are the codes in v2 of the fields that a filter's conditions name; those of deleted fields are absent.
func (s Service) Codes(ctx context.Context, a auth.Actor, f Filter) (map[int64]string, error) {
	fields, _, err := s.Records.Fields(ctx, a, f.Conditions.objects())
	codes := map[int64]string{}
	for _, of := range fields {
		for id, field := range of {
			if field.Code != "" {
				codes[id] = field.Code
			}
		}
	}
	return codes, err
}

// question compiles a filter for the actor, now.
func (s Service) question(ctx context.Context, a auth.Actor, f Filter) (q Question, err error) {
	fields, lens, err := s.Records.Fields(ctx, a, f.Conditions.objects())
	if err != nil {
		return q, err
	}
	clock := Clock{Now: s.now(), Zone: time.UTC}
	if f.Conditions.timed(fields) {
		if clock.Zone, err = s.Users.UserZone(ctx, a.Team, a.User); err != nil {
			return q, err
		}
	}
	// A filter is kept as its author wrote it. What it names may have been merged with something since.
	var moved map[change.Ref]change.Ref
	if named := f.Conditions.named(fields); len(named) > 0 {
		if moved, err = s.Records.Moved(ctx, a.Team, named); err != nil {
			return q, err
		}
	}
	c, err := compile(f.Type, f.Conditions, fields, clock, a.User, moved)
	return Question{compiled: c, name: fmt.Sprintf("%s v%d", f.Ref(), f.Version), lens: lens}, err
}

func (s Service) now() time.Time { return s.Now().UTC().Truncate(time.Millisecond) }

func (s Service) alive(ctx context.Context, a auth.Actor, id int64) (Filter, error) {
	f, err := s.Store.Get(ctx, a.Team, id)
	if err == nil && f.Deleted {
		return f, fault.Missing("Filter")
	}
	return f, err
}

func (s Service) save(ctx context.Context, a auth.Actor, before, now Filter) (Filter, error) {
	set := change.By(a)
	set.Put(now.Ref(), now, before.Version)
	if err := s.Store.Commit(ctx, set); err != nil {
		return now, fmt.Errorf("filters.save %d: %w", now.ID, err)
	}
	now.Version = before.Version + 1
	return now, nil
}
