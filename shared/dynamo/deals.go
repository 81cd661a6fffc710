package dynamo

import (
	"context"

	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/deals"
)

var dealKind = kindOf[deals.Deal]{name: change.Deal, facets: deals.Deal.Facets, follow: deals.Deal.Follow}

// Deals keeps deals.
type Deals struct{ records[deals.Deal] }

var _ deals.Store = Deals{}

// NewDeals keeps deals in db.
func NewDeals(db *DB) Deals { return Deals{records[deals.Deal]{db, dealKind, "Deal"}} }

// NextParticipantID counts those who are added to deals.
func (d Deals) NextParticipantID(ctx context.Context, team int64) (int64, error) {
	return d.DB.NextID(ctx, team, "participant")
}
