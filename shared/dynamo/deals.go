package dynamo

import (
	"context"
	"fmt"

	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/deals"
	"github.com/lejek/lejek/shared/schema"
)

var dealKind = kindOf[deals.Deal]{name: change.Deal, facets: deals.Deal.Facets}

// Deals keeps deals.
type Deals struct{ records[deals.Deal] }

var _ deals.Store = Deals{}

// NewDeals keeps deals in db.
func NewDeals(db *DB) Deals { return Deals{records[deals.Deal]{db, dealKind, "Deal"}} }

// Summaries reads what is derived for records; those that have nothing are absent.
func (db *DB) Summaries(ctx context.Context, team int64, of []change.Ref) (map[change.Ref]change.Summary, error) {
	keys := make([]schema.Key, len(of))
	for i, ref := range of {
		keys[i] = schema.Summary.Key(team, ref)
	}
	found, err := db.batch(ctx, keys)
	if err != nil {
		return nil, fmt.Errorf("dynamo.Summaries: %w", err)
	}
	all := make(map[change.Ref]change.Summary, len(found))
	for i, ref := range of {
		if it, ok := found[keys[i]]; ok {
			if all[ref], err = (kindOf[change.Summary]{}).decode(it); err != nil {
				return nil, err
			}
		}
	}
	return all, nil
}
