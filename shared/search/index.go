package search

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/fault"
)

// Changed is a record as a write found it and as it left it; nil where there was or is none.
type Changed struct {
	Team        int64
	Ref         change.Ref
	Before, Now any
}

// IndexStore is what keeping postings needs.
type IndexStore interface {
	// GetAny reads records, strongly consistent; what does not exist is absent.
	GetAny(ctx context.Context, team int64, refs []change.Ref) (map[change.Ref]any, error)
	// WritePostings writes postings, and removes those that are nil, each by itself, whether they are there or not.
	WritePostings(ctx context.Context, team int64, postings map[Key]*Posting) error
}

// Index brings postings up to date with changes. A change says only which postings to look at; what they have to be is read from
// the records as they are now. So changes may come twice, late and in any order. A posting too many does no harm, since searches
// verify what they find; none may be missing.
func Index(ctx context.Context, store IndexStore, changes []Changed) error {
	touched := map[int64]map[change.Ref][]Key{}
	for _, c := range changes {
		keys := differing(PostingsOf(c.Before), PostingsOf(c.Now))
		if len(keys) == 0 {
			continue
		}
		if touched[c.Team] == nil {
			touched[c.Team] = map[change.Ref][]Key{}
		}
		touched[c.Team][c.Ref] = append(touched[c.Team][c.Ref], keys...)
	}
	for team, records := range touched {
		if err := agree(ctx, store, team, records); err != nil {
			return fmt.Errorf("search.Index: %w", err)
		}
	}
	return nil
}

// maxRounds is how often a record may change while its postings are written, before that is left for later.
const maxRounds = 5

// agree makes the touched postings what the records want, and looks again, until they still want what was written: another
// writer of the same postings, working on a later change, may have been overtaken.
func agree(ctx context.Context, store IndexStore, team int64, touched map[change.Ref][]Key) error {
	refs := slices.Collect(maps.Keys(touched))
	written := map[Key]*Posting{} // nil: removed
	for range maxRounds {
		found, err := store.GetAny(ctx, team, refs)
		if err != nil {
			return err
		}
		now := map[Key]*Posting{}
		for ref, keys := range touched {
			has := PostingsOf(found[ref])
			for _, k := range keys {
				p, wanted := has[k]
				was, known := written[k]
				switch {
				case wanted && !(known && was != nil && p.same(*was)):
					now[k] = &p
				case !wanted && !(known && was == nil):
					now[k] = nil
				}
			}
		}
		if len(now) == 0 {
			return nil
		}
		if err := store.WritePostings(ctx, team, now); err != nil {
			return err
		}
		maps.Copy(written, now)
	}
	return fault.New(fault.Unavailable, "The records change faster than their words are written")
}
