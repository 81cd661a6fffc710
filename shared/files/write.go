package files

import (
	"context"
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/value"
)

// Input is what a client says of a file that it gives.
type Input struct {
	Name      string
	MediaType string // as the client says
	DealID    value.Opt[int64]
	PersonID  value.Opt[int64]
	OrgID     value.Opt[int64]
	// ActivityID hangs the file on an activity; it then shows where the activity does.
	ActivityID  value.Opt[int64]
	Description value.Opt[string]
}

// Activities knows what activities hang on; NotFound for those that the team has not.
type Activities interface {
	ActivityLinks(ctx context.Context, team, activity int64) (change.Links, error)
}

// Add stores a file that came with the request.
func (s Service) Add(ctx context.Context, a auth.Actor, in Input, content []byte) (f File, err error) {
	if f, err = s.begin(ctx, a, in); err != nil {
		return f, err
	}
	f.Size, f.Key = int64(len(content)), fmt.Sprintf("files/%d/own-%d", a.Team, f.ID)
	if err := s.Objects.Put(ctx, f.Key, f.ServedType(), content); err != nil {
		return f, fmt.Errorf("files.Add %d: %w", f.ID, err)
	}
	return s.store(ctx, a.Team, f)
}

// begin is a new file with its number and its links, which lead to what exists; every wrong input is named.
func (s Service) begin(ctx context.Context, a auth.Actor, in Input) (File, error) {
	now := s.now()
	f := File{
		Name: in.Name, MediaType: in.MediaType, UserID: a.User, OrganizationID: pointer(in.OrgID), DealID: pointer(in.DealID),
		ActivityID: pointer(in.ActivityID), Description: pointer(in.Description), AddTime: now, UpdateTime: now,
	}
	if in.PersonID.Has() {
		f.PersonIDs = []int64{in.PersonID.V}
	}
	var bad fault.Fields
	t, err := s.Store.Targets(ctx, a.Team, f.HangsOn())
	if err != nil {
		return f, err
	}
	change.NameMissing(&bad, t)
	if in.ActivityID.Has() {
		switch links, err := s.Activities.ActivityLinks(ctx, a.Team, in.ActivityID.V); {
		case fault.Is(err, fault.NotFound):
			bad.Add("activity_id", "activity %d not found", in.ActivityID.V)
		case err != nil:
			return f, err
		case len(f.HangsOn().Refs()) == 0:
			f = f.LinkTo(links).(File)
		}
	}
	if strings.TrimSpace(f.Name) == "" {
		bad.Add("file", "must have a name")
	}
	if err := bad.Err(); err != nil {
		return f, err
	}
	f.ID, err = s.Store.NextID(ctx, a.Team)
	return f, err
}

func pointer[T any](o value.Opt[T]) (p *T) {
	o.Into(&p)
	return p
}

// store writes a new file's record and its rows. What it hangs on may have been deleted since it was begun: then it shows where
// that led.
func (s Service) store(ctx context.Context, team int64, f File) (File, error) {
	err := change.Retry(ctx, func() error {
		t, err := s.Store.Targets(ctx, team, f.HangsOn())
		if err != nil {
			return err
		}
		set := change.Set{Team: team}
		f = set.PutPlaced(nil, f, t).(File)
		return s.Store.Commit(ctx, set)
	})
	if err != nil {
		return f, fmt.Errorf("files.store %d: %w", f.ID, err)
	}
	f.Version = 1
	return f, nil
}

// Rename gives a file another name or description.
func (s Service) Rename(ctx context.Context, a auth.Actor, id int64, name, description value.Opt[string]) (File, error) {
	return s.change(ctx, a, id, func(f File) File {
		f.Name = name.Or(f.Name)
		description.Into(&f.Description)
		return f
	})
}

// Delete marks a file; its bytes are removed 30 days later.
func (s Service) Delete(ctx context.Context, a auth.Actor, id int64) error {
	_, err := s.change(ctx, a, id, func(f File) File {
		f.Deleted = true
		return f
	})
	return err
}

func (s Service) change(ctx context.Context, a auth.Actor, id int64, apply func(File) File) (f File, err error) {
	err = change.Retry(ctx, func() error {
		before, err := s.Get(ctx, a, id)
		if err != nil {
			return err
		}
		if f = apply(before); reflect.DeepEqual(f, before) {
			return nil // nothing of it changes
		}
		f.UpdateTime = s.now()
		set := change.By(a)
		f = set.PutPlaced(before, f, change.Targets{Refs: before.Shown}).(File)
		return s.Store.Commit(ctx, set)
	})
	return f, err
}

func (s Service) now() time.Time { return s.Now().UTC().Truncate(time.Millisecond) }
