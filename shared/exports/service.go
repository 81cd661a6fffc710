package exports

import (
	"context"
	"fmt"
	"time"

	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/value"
)

// Store is where exports are kept.
type Store interface {
	Get(ctx context.Context, team, id int64) (Export, error)
	List(ctx context.Context, team int64, l value.List) (value.Page[Export], error)
	NextID(ctx context.Context, team int64) (int64, error)
	Commit(ctx context.Context, sets ...change.Set) error
}

// Admins knows who is an admin.
type Admins interface {
	UserAdmin(ctx context.Context, team, user int64) (bool, error)
}

// Objects is what the service does with the data bucket.
type Objects interface {
	// Signal puts an empty object.
	Signal(ctx context.Context, key string) error
	// Link is an address from which the object can be had for some time, under that name.
	Link(ctx context.Context, key, name string) (string, error)
	Delete(ctx context.Context, key string) error
}

// Service is what an admin can do with exports; nobody else sees any.
type Service struct {
	Store   Store
	Admins  Admins
	Objects Objects
	Now     func() time.Time
}

// quiet is how long an export may be without a sign of life before another one may begin beside it.
const quiet = time.Hour

// Create begins an export. A team has one under way at a time: each reads all that there is.
func (s Service) Create(ctx context.Context, a auth.Actor) (e Export, err error) {
	newest, err := s.List(ctx, a, value.List{Sort: value.SortID, Desc: true, Limit: 1})
	if err != nil {
		return e, err
	}
	now := s.Now().UTC().Truncate(time.Millisecond)
	for _, had := range newest.Items {
		if had.open() && now.Sub(had.UpdateTime) < quiet {
			return e, fault.New(fault.Conflict, "Export %d is still under way", had.ID)
		}
	}
	id, err := s.Store.NextID(ctx, a.Team)
	if err != nil {
		return e, fmt.Errorf("exports.Create: %w", err)
	}
	e = Export{ID: id, UserID: a.User, Status: Waiting, AddTime: now, UpdateTime: now}
	set := change.Set{Team: a.Team}
	set.Put(e.Ref(), e, 0)
	set.Audit(a, now, "export.created", e.Ref(), e.told())
	if err := s.Store.Commit(ctx, set); err != nil {
		return e, fmt.Errorf("exports.Create %d: %w", id, err)
	}
	e.Version = 1
	if err := s.Objects.Signal(ctx, SignalKey(a.Team, id, 0)); err != nil {
		return e, fmt.Errorf("exports.Create %d: %w", id, err)
	}
	return e, nil
}

// List is one page of exports.
func (s Service) List(ctx context.Context, a auth.Actor, l value.List) (page value.Page[Export], err error) {
	if err := s.demandAdmin(ctx, a); err != nil {
		return page, err
	}
	return s.Store.List(ctx, a.Team, l)
}

// Get is one export and, while there is its archive, where that can be had.
func (s Service) Get(ctx context.Context, a auth.Actor, id int64) (e Export, link string, err error) {
	if err := s.demandAdmin(ctx, a); err != nil {
		return e, "", err
	}
	if e, err = s.Store.Get(ctx, a.Team, id); err == nil && e.Deleted {
		err = fault.Missing("Export")
	}
	if until := e.Expiry(); err == nil && until != nil && s.Now().Before(*until) {
		link, err = s.Objects.Link(ctx, Key(a.Team, id), fmt.Sprintf("export-%d.zip", id))
	}
	return e, link, err
}

// Delete removes the archive; an export under way ends with its step.
func (s Service) Delete(ctx context.Context, a auth.Actor, id int64) error {
	err := change.Retry(ctx, func() error {
		e, _, err := s.Get(ctx, a, id)
		if err != nil {
			return err
		}
		e.Deleted, e.UpdateTime = true, s.Now().UTC().Truncate(time.Millisecond)
		set := change.Set{Team: a.Team}
		set.Put(e.Ref(), e, e.Version)
		set.Audit(a, e.UpdateTime, "export.deleted", e.Ref(), e.told())
		// Before the record: should this end in between, the archive is gone, and it can be deleted again.
		if err := s.Objects.Delete(ctx, Key(a.Team, id)); err != nil {
			return err
		}
		return s.Store.Commit(ctx, set)
	})
	if err != nil {
		return fmt.Errorf("exports.Delete %d: %w", id, err)
	}
	return nil
}

func (s Service) demandAdmin(ctx context.Context, a auth.Actor) error {
	admin, err := s.Admins.UserAdmin(ctx, a.Team, a.User)
	if err == nil && !admin {
		err = fault.New(fault.Forbidden, "Only an admin may do this")
	}
	return err
}

// told is what the audit log says of the export.
func (e Export) told() map[string]string { return map[string]string{"status": e.Status} }
