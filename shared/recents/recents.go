// Package recents answers what changed since a time, over all kinds of records, oldest change first (contract §3.9). A record is
// there once, where its newest change is; so whoever goes on from where a page ended misses no record, and meets one again only
// if it was changed meanwhile. Deleting is a change like any other.
package recents

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/value"
)

// Kinds are those whose changes are told, in the order in which they stand when they changed at the same time.
var Kinds = []string{
	"activity", "activityType", "deal", "file", "filter", "note", "organization", "person", "pipeline", "stage", "user",
}

// Place is where a change stands among all: by time, by kind, by number.
type Place struct {
	At   string // as value.SortTime writes it
	Kind string
	ID   int64
}

// Compare is less than 0 when p comes before o.
func (p Place) Compare(o Place) int {
	return cmp.Or(cmp.Compare(p.At, o.At), cmp.Compare(p.Kind, o.Kind), cmp.Compare(p.ID, o.ID))
}

// String is the place as a cursor; PlaceOf reads it.
func (p Place) String() string { return p.At + "#" + p.Kind + "#" + strconv.FormatInt(p.ID, 10) }

func PlaceOf(cursor string) (p Place, err error) {
	parts := strings.Split(cursor, "#")
	if len(parts) != 3 {
		return p, fault.Cursor(value.ErrCursor)
	}
	p.At, p.Kind = parts[0], parts[1]
	if p.ID, err = strconv.ParseInt(parts[2], 10, 64); err != nil {
		return p, fault.Cursor(value.ErrCursor)
	}
	return p, nil
}

// Change is the state that a change left a record in.
type Change struct {
	Place  Place
	Record any // the entity's own struct
}

// Question asks for the changes of some kinds behind a place and before a time; Beside is what value.List says.
type Question struct {
	Kinds  []string
	After  Place
	Before time.Time
	Limit  int
	Beside int
}

// Store reads changes.
type Store interface {
	// Changes are those in order, deleted records included, from indexes that may lag. A page may be shorter than its limit; Next
	// is the place where it ended, and empty only where nothing follows.
	Changes(ctx context.Context, team int64, q Question) (value.Page[Change], error)
}

// Service answers.
type Service struct {
	Store Store
	Now   func() time.Time
}

// Horizon is how old a change is before it is told. A record says when it was changed a moment before it is written, and an index
// shows it a moment after; whoever had passed that time by then would never hear of it.
const Horizon = 2 * time.Second

// List is a page of the changes that are not older than l.UpdatedSince: of the list's other questions none apply here.
func (s Service) List(ctx context.Context, a auth.Actor, kinds []string, l value.List) (value.Page[Change], error) {
	q := Question{Kinds: kinds, Before: s.Now().Add(-Horizon), Limit: l.Limit, Beside: l.Beside, After: Place{At: value.SortTime(l.UpdatedSince)}}
	if l.Cursor != "" {
		var err error
		if q.After, err = PlaceOf(l.Cursor); err != nil {
			return value.Page[Change]{}, err
		}
	}
	q.Kinds = slices.Compact(slices.Sorted(slices.Values(kinds)))
	return s.Store.Changes(ctx, a.Team, q)
}
