package api

import (
	"context"

	"github.com/lejek/lejek/shared/deals"
)

// DealActions are the routes of what can be done with a deal besides writing its fields. Both versions answer with the flat form.
type DealActions struct {
	Deals deals.Service
	Flat  FlatRecords
}

// Routes binds them.
func (h DealActions) Routes() []Route {
	return []Route{
		Handle("POST /api/v2/deals/{id}/duplicate", h.duplicate).Returns(flatDeal{}),
		Handle("POST /v1/deals/{id}/duplicate", h.duplicate).Returns(flatDeal{}),
		Handle("PUT /v1/deals/{id}/merge", h.merge).Returns(flatDeal{}),
	}
}

func (h DealActions) duplicate(ctx context.Context, c Call, in byID) (any, error) {
	d, err := h.Deals.Duplicate(ctx, c.Actor, in.ID)
	if err != nil {
		return nil, err
	}
	out, err := h.Flat.of(ctx, c, []any{d})
	return out.flatDeal(d), err
}
