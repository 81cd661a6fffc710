package app

import (
	"context"

	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/flow"
)

// movers write what names an absorbed record by the rules of its kind.
type movers struct{ Core }

var _ flow.Movers = movers{}

func (m movers) Move(ctx context.Context, a auth.Actor, ref change.Ref) (set change.Set, err error) {
	switch ref.Kind() {
	case change.Deal:
		return m.Deals().Move(ctx, a, ref.ID())
	case change.Person:
		return m.Persons().Move(ctx, a, ref.ID())
	case change.Organization:
		return m.Organizations().Move(ctx, a, ref.ID())
	case change.Relation: // by itself: its guards are those of other relations, too
		err = m.Relations().Move(ctx, a, ref.ID())
	}
	return set, err
}

func (m movers) Forget(ctx context.Context, a auth.Actor, ref, gone change.Ref) (set change.Set, err error) {
	if ref.Kind() == change.Deal && gone.Kind() == change.Person {
		return m.Deals().Forget(ctx, a, ref.ID(), gone.ID())
	}
	return set, nil // a custom field keeps what it names, like any other link
}

func (m movers) Follower(ctx context.Context, a auth.Actor, absorbed change.Ref, user int64) error {
	return m.Followers().Move(ctx, a, absorbed, user)
}

func (m movers) Release(ctx context.Context, a auth.Actor, ref change.Ref) error {
	switch ref.Kind() {
	case change.Person:
		return m.Persons().Release(ctx, a, ref.ID())
	case change.Organization:
		return m.Organizations().Release(ctx, a, ref.ID())
	}
	return nil
}
