package dynamo

import (
	"context"
	"fmt"
	"slices"

	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/schema"
	"github.com/lejek/lejek/shared/value"
)

// linked is the part of a deal or a person that roll-up follows. Both keep these attributes under the same names.
type linked struct {
	PersonID       *int64
	OrganizationID *int64
	Links          int64
	Deleted        bool
	MergedInto     *int64
}

// Targets follows links to all records that something with these links shows on.
func (db *DB) Targets(ctx context.Context, team int64, links change.Links) (change.Targets, error) {
	return db.Follow(ctx, team, links.Refs()...)
}

// Follow is Targets of any records: one or two batch reads, and another where a record is gone, which left a signpost, or was
// absorbed by another, which shows in its place. A record that TTL is about to remove is still there: its rows go when it goes.
func (db *DB) Follow(ctx context.Context, team int64, direct ...change.Ref) (change.Targets, error) {
	t := change.Targets{Leads: map[change.Ref]change.Links{}}
	read := map[change.Ref]bool{}
	var moved []change.Merge
	for next := direct; len(next) > 0; {
		var keys []schema.Key
		for _, ref := range next {
			keys = append(keys, keyOf(team, ref))
			read[ref] = true
		}
		found, err := db.batchAll(ctx, keys)
		if err != nil {
			return t, fmt.Errorf("dynamo.Follow: %w", err)
		}
		var further, gone, signs []change.Ref
		for i, ref := range next {
			it, ok := found[keys[i]]
			l, err := kindOf[linked]{}.decode(it)
			if err != nil {
				return t, err
			}
			if (!ok || l.Deleted) && slices.Contains(direct, ref) {
				t.Missing = append(t.Missing, ref)
			}
			if !ok {
				gone, signs = append(gone, ref), append(signs, change.SignpostOf(ref))
				continue
			}
			if ref.Kind() != change.Organization { // the end of every path: it has no links of its own to follow
				t.Leads[ref] = change.Links{Persons: []int64{value.Deref(l.PersonID)}, Organization: value.Deref(l.OrganizationID)}
			}
			if l.MergedInto != nil {
				to := change.Of(ref.Kind(), *l.MergedInto)
				t.Absorbed, moved, further = append(t.Absorbed, ref), append(moved, change.Merge{Absorbed: ref, Into: to}), append(further, to)
				continue
			}
			t.Refs = append(t.Refs, ref)
			if ref.Kind() == change.Organization {
				continue
			}
			t.Checks = append(t.Checks, change.Check{Ref: ref, Links: l.Links})
			further = append(further, t.Leads[ref].Refs()...)
		}
		posts, err := db.GetAny(ctx, team, signs)
		if err != nil {
			return t, fmt.Errorf("dynamo.Follow: %w", err)
		}
		for _, ref := range gone { // in order, so that the same links always answer the same
			post, ok := posts[change.SignpostOf(ref)].(change.Post)
			if ok && post.Into != "" {
				moved = append(moved, change.Merge{Absorbed: ref, Into: post.Into})
			}
			if ok {
				t.Leads[ref] = post.Links()
				further = append(further, t.Leads[ref].Refs()...)
			}
		}
		t.Moved = change.NewRedirects(moved...)
		next = nil
		for _, ref := range further {
			if !read[ref] && !slices.Contains(next, ref) {
				next = append(next, ref)
			}
		}
	}
	var err error
	t.Aside, err = db.aside(ctx, team, t)
	return t, err
}

// aside is what absorbed records led to: nothing shows there by them any more, but what they counted for there is still to be
// taken away.
func (db *DB) aside(ctx context.Context, team int64, t change.Targets) (there []change.Ref, err error) {
	var refs []change.Ref
	for _, absorbed := range t.Absorbed {
		for _, ref := range t.Leads[absorbed].Refs() {
			if !t.Has(ref) {
				refs = append(refs, ref)
			}
		}
	}
	if len(refs) == 0 {
		return nil, nil
	}
	keys := make([]schema.Key, len(refs))
	for i, ref := range refs {
		keys[i] = keyOf(team, ref)
	}
	found, err := db.batchAll(ctx, keys)
	if err != nil {
		return nil, fmt.Errorf("dynamo.Follow: %w", err)
	}
	for i, ref := range refs {
		if found[keys[i]] != nil {
			there = append(there, ref)
		}
	}
	return there, nil
}
