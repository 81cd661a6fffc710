package dynamo

import (
	"context"
	"fmt"
	"slices"

	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/schema"
)

// linked is the part of a deal or a person that roll-up follows. Both keep these attributes under the same names.
type linked struct {
	PersonID       *int64
	OrganizationID *int64
	Links          int64
	Deleted        bool
}

// Targets follows links to all records that something with these links shows on: one or two batch reads.
func (db *DB) Targets(ctx context.Context, team int64, links change.Links) (change.Targets, error) {
	var t change.Targets
	direct := links.Refs()
	read := map[change.Ref]bool{}
	for next := direct; len(next) > 0; {
		var keys []schema.Key
		for _, ref := range next {
			keys = append(keys, keyOf(team, ref))
			read[ref] = true
		}
		found, err := db.batch(ctx, keys)
		if err != nil {
			return t, fmt.Errorf("dynamo.Targets: %w", err)
		}
		var further []change.Ref
		for i, ref := range next {
			it, ok := found[keys[i]]
			if !ok {
				if slices.Contains(direct, ref) {
					t.Missing = append(t.Missing, ref)
				}
				continue
			}
			t.Refs = append(t.Refs, ref)
			l, err := kindOf[linked]{}.decode(it)
			if err != nil {
				return t, err
			}
			if l.Deleted && slices.Contains(direct, ref) {
				t.Missing = append(t.Missing, ref)
			}
			if ref.Kind() == change.Organization {
				continue // the end of every path: it has no links of its own to follow
			}
			t.Checks = append(t.Checks, change.Check{Ref: ref, Links: l.Links})
			if l.PersonID != nil {
				further = append(further, change.Of(change.Person, *l.PersonID))
			}
			if l.OrganizationID != nil {
				further = append(further, change.Of(change.Organization, *l.OrganizationID))
			}
		}
		next = nil
		for _, ref := range further {
			if !read[ref] && !slices.Contains(next, ref) {
				next = append(next, ref)
			}
		}
	}
	return t, nil
}
