package api

import (
	"context"
	"time"

	"github.com/lejek/lejek/shared/teams"
)

// InboundAddress are the routes of the team's dedicated mail address.
type InboundAddress struct {
	Teams      teams.Service
	MailDomain string
	Now        func() time.Time
}

type inboundAddressWire struct {
	Address string              `json:"address"`
	Former  []formerAddressWire `json:"former"` // that still receive mail, the last one first
}

type formerAddressWire struct {
	Address string  `json:"address"`
	Until   *string `json:"until"`
}

// Routes binds them.
func (h InboundAddress) Routes() []Route {
	return []Route{
		Handle("GET /api/v2/inboundAddress", func(ctx context.Context, c Call, _ struct{}) (any, error) {
			t, err := h.Teams.Team(ctx, c.Actor)
			return h.out(t), err
		}).Returns(inboundAddressWire{}),
		Handle("POST /api/v2/inboundAddress/rotate", func(ctx context.Context, c Call, _ struct{}) (any, error) {
			t, err := h.Teams.RotateAddress(ctx, c.Actor)
			if err != nil {
				return nil, err
			}
			return h.out(t), nil
		}).Returns(inboundAddressWire{}),
	}
}

func (h InboundAddress) out(t teams.Team) inboundAddressWire {
	return inboundAddressWire{t.Address(h.MailDomain), each(t.Receiving(h.Now()), func(f teams.FormerAddress) formerAddressWire {
		return formerAddressWire{f.Local + "@" + h.MailDomain, seconds(&f.Until)}
	})}
}
