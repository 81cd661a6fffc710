package deals

import (
	"context"
	"fmt"

	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/value"
)

// Duplicate makes a deal like another one (contract §3.7). What that one points at and is there no more, the copy does without.
func (s Service) Duplicate(ctx context.Context, a auth.Actor, id int64) (Deal, error) {
	d, err := s.alive(ctx, a, id)
	if err != nil {
		return d, err
	}
	t, err := s.Store.Follow(ctx, a.Team, d.LeadsTo().Refs()...)
	if err != nil {
		return d, fmt.Errorf("deals.Duplicate %d: %w", id, err)
	}
	in := d.Copied()
	for _, ref := range t.Missing {
		switch ref.Kind() {
		case change.Person:
			in.PersonID = value.Opt[int64]{}
		case change.Organization:
			in.OrganizationID = value.Opt[int64]{}
		}
	}
	return s.Create(ctx, a, in)
}

// Copied is what a copy of the deal is made from: all that says what the deal is about, nothing of what became of it. So the
// copy is a new deal, open and not archived, in the same stage.
func (d Deal) Copied() Input {
	return Input{
		Title: value.Some(d.Title), OwnerID: value.Some(d.OwnerID), PersonID: value.Maybe(d.PersonID), OrganizationID: value.Maybe(d.OrganizationID),
		PipelineID: value.Some(d.PipelineID), StageID: value.Some(d.StageID), Value: value.Some(d.Value), Currency: value.Some(d.Currency),
		Probability: value.Maybe(d.Probability), ExpectedCloseDate: value.Maybe(d.ExpectedCloseDate), VisibleTo: value.Some(d.VisibleTo),
		LabelIDs: value.Some(d.LabelIDs), Custom: change.CopyCustom(d.Custom),
	}
}
