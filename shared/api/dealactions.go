package api

import (
	"context"

	"github.com/lejek/lejek/shared/deals"
	"github.com/lejek/lejek/shared/fault"
)

// DealActions are the routes of what can be done with a deal besides writing its fields. Both versions answer with the flat form.
type DealActions struct {
	Deals deals.Service
	Flat  FlatDeals
}

// Routes binds them.
func (h DealActions) Routes() []Route {
	return []Route{
		Handle("POST /api/v2/deals/{id}/duplicate", h.duplicate).Returns(flatDeal{}),
		Handle("POST /v1/deals/{id}/duplicate", h.duplicate).Returns(flatDeal{}),
	}
}

func (h DealActions) duplicate(ctx context.Context, c Call, in byID) (any, error) {
	d, err := h.Deals.Duplicate(ctx, c.Actor, in.ID)
	if err != nil {
		return nil, err
	}
	flat, err := h.Flat.read(ctx, c, []int64{d.ID})
	if err != nil {
		return nil, err
	}
	w, ok := flat[d.ID]
	if !ok {
		return nil, fault.Missing("Deal")
	}
	return w, nil
}
