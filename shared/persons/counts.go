package persons

import (
	"context"

	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/value"
)

// An organization counts its people, and the deals that they have elsewhere as related to it. So a person who moves takes along
// what the old organization counted for it, and the new one counts anew. The numbers that are taken along must be as they were
// read; a deal that changes meanwhile has the move look again.

// joins tells that a write brings the person to an organization, leaves that it takes it away from one.
func joins(before, now Person) bool {
	return now.OrganizationID != nil && !now.Deleted && !(before.ID != 0 && value.Equal(before.OrganizationID, now.OrganizationID))
}

func leaves(before, now Person) bool {
	return before.OrganizationID != nil && (now.Deleted || !value.Equal(before.OrganizationID, now.OrganizationID))
}

// moves tells that a person, who may have deals, is another organization's now.
func moves(before, now Person) bool {
	return before.ID != 0 && !value.Equal(before.OrganizationID, now.OrganizationID)
}

// counts are what a write changes in the summaries of organizations that exist; t knows which do.
func (s Service) counts(ctx context.Context, team int64, before, now Person, t change.Targets) ([]change.Count, error) {
	before = before.asStored()
	var all []change.Count
	add := func(organization *int64, n change.Number, by int64) {
		if of := change.Of(change.Organization, value.Deref(organization)); organization != nil && t.Has(of) {
			all = append(all, change.Count{Of: of, Add: map[change.Number]int64{n: by}})
		}
	}
	if leaves(before, now) {
		add(before.OrganizationID, change.PeopleCount, -1)
	}
	if joins(before, now) {
		add(now.OrganizationID, change.PeopleCount, 1)
	}
	if !moves(before, now) {
		return all, nil
	}
	parts := []change.Ref{now.Ref()}
	for _, organization := range []*int64{before.OrganizationID, now.OrganizationID} {
		if organization != nil {
			parts = append(parts, now.Ref().Within(*organization))
		}
	}
	sums, err := s.Store.OwnSummaries(ctx, team, parts)
	if err != nil {
		return nil, err
	}
	elsewhere := func(organization *int64, status string) int64 {
		n := change.DealsCount(status)
		return sums[now.Ref()].Numbers[n] - sums[now.Ref().Within(value.Deref(organization))].Numbers[n]
	}
	for _, status := range change.Statuses {
		add(before.OrganizationID, change.RelatedCount(status), -elsewhere(before.OrganizationID, status))
		add(now.OrganizationID, change.RelatedCount(status), elsewhere(now.OrganizationID, status))
	}
	for _, part := range parts {
		seen := map[change.Number]int64{}
		for _, status := range change.Statuses {
			seen[change.DealsCount(status)] = sums[part].Numbers[change.DealsCount(status)]
		}
		all = append(all, change.Count{Of: part, Seen: seen})
	}
	return all, nil
}

// Related are the summaries that tell which deals are related to the person: all of the organization but the person's own.
func (p Person) Related() []change.Ref {
	if p.OrganizationID == nil {
		return nil
	}
	return []change.Ref{change.Of(change.Organization, *p.OrganizationID), p.Ref().Within(*p.OrganizationID)}
}

// RelatedDeals is how many of a status these are.
func (p Person) RelatedDeals(sums map[change.Ref]change.Summary, status string) int64 {
	refs, n := p.Related(), change.DealsCount(status)
	if refs == nil {
		return 0
	}
	return max(sums[refs[0]].Count(n)-sums[refs[1]].Count(n), 0)
}
