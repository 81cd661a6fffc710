package fields

import (
	"context"
	"fmt"
	"time"

	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/change"
)

// Store is where definitions and options are kept.
type Store interface {
	// Definitions are those of entities of a team, strongly consistent, in one call; an entity without any has the zero value.
	Definitions(ctx context.Context, team int64, entities ...string) (map[string]Definitions, error)
	// Chunks are parts of options, strongly consistent; the zero value for one that is not stored.
	Chunks(ctx context.Context, team int64, of []Chunk) ([]Chunk, error)
	// Options are all parts of the options of fields with these numbers, from one to another, by field and number.
	Options(ctx context.Context, team int64, entity string, from, to int64) ([]Chunk, error)
	NextID(ctx context.Context, team int64, kind string) (int64, error)
	change.Existing
	Commit(ctx context.Context, sets ...change.Set) error
}

// Users knows the users of a team.
type Users interface {
	// UserZone is where a user lives.
	UserZone(ctx context.Context, team, user int64) (*time.Location, error)
}

// Types knows the types of activities of a team, as options of the field that holds them.
type Types interface {
	TypeChoices(ctx context.Context, team int64) ([]Choice, error)
}

// Service is what can be done with fields.
type Service struct {
	Store    Store
	Users    Users
	Types    Types
	Currency func(code string) bool // whether it is known
	Now      func() time.Time
}

// Sheet is all fields of an entity, as they are now.
func (s Service) Sheet(ctx context.Context, a auth.Actor, entity string) (Sheet, error) {
	sheets, err := s.Sheets(ctx, a, entity)
	return sheets[entity], err
}

// Sheets are those of several entities, read in one call.
func (s Service) Sheets(ctx context.Context, a auth.Actor, entities ...string) (map[string]Sheet, error) {
	found, err := s.Store.Definitions(ctx, a.Team, entities...)
	if err != nil {
		return nil, fmt.Errorf("fields.Sheets: %w", err)
	}
	sheets := make(map[string]Sheet, len(entities))
	for _, e := range entities {
		sheets[e] = NewSheet(e, found[e])
	}
	return sheets, nil
}
