package dynamo

import (
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/deals"
)

var dealKind = kindOf[deals.Deal]{name: change.Deal, facets: deals.Deal.Facets}

// Deals keeps deals.
type Deals struct{ records[deals.Deal] }

var _ deals.Store = Deals{}

// NewDeals keeps deals in db.
func NewDeals(db *DB) Deals { return Deals{records[deals.Deal]{db, dealKind, "Deal"}} }
