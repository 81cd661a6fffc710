package api

import (
	"context"
	"fmt"
	"html"
	"net/http"

	"github.com/lejek/lejek/shared/teams"
	"github.com/lejek/lejek/shared/value"
)

// UserAddresses are the routes of users' further mailboxes.
type UserAddresses struct{ Addresses teams.Addresses }

type userAddressWire struct {
	ID          int64   `json:"id"`
	Email       string  `json:"email"`
	State       string  `json:"state"` // pending or confirmed
	AddTime     *string `json:"add_time"`
	ConfirmTime *string `json:"confirm_time"`
}

func userAddressOut(o teams.OtherAddress) userAddressWire {
	w := userAddressWire{ID: o.ID, Email: o.Email, State: "pending", AddTime: seconds(&o.AddTime), ConfirmTime: seconds(o.ConfirmTime)}
	if o.ConfirmTime != nil {
		w.State = "confirmed"
	}
	return w
}

type userAddressCreate struct {
	Email value.Opt[string] `json:"email" rule:"required,nonempty,max=254,trim"`
}

// Routes binds them.
func (h UserAddresses) Routes() []Route {
	return append(h.page().routes(),
		Handle("GET /api/v2/userAddresses", func(ctx context.Context, c Call, _ struct{}) (any, error) {
			all, err := h.Addresses.List(ctx, c.Actor)
			return each(all, userAddressOut), err
		}).Lists(userAddressWire{}, Whole),
		Handle("POST /api/v2/userAddresses", func(ctx context.Context, c Call, in userAddressCreate) (any, error) {
			o, err := h.Addresses.Add(ctx, c.Actor, in.Email.V, c.BaseURL)
			if err != nil {
				return nil, err
			}
			return Answer{Status: http.StatusCreated, Data: userAddressOut(o)}, nil
		}).Returns(userAddressWire{}).Created(),
		Handle("DELETE /api/v2/userAddresses/{id}", func(ctx context.Context, c Call, in byID) (any, error) {
			return deleted(in), h.Addresses.Remove(ctx, c.Actor, in.ID)
		}).Returns(deleted{}),
	)
}

// page makes an address count as a user's.
func (h UserAddresses) page() linkPage[teams.Asked] {
	return linkPage[teams.Asked]{
		path: "/api/v2/userAddresses/confirm", look: h.Addresses.Asks, act: h.Addresses.Confirm,
		asks: func(v teams.Asked) (title, text, button string) {
			return "Is this your address?", fmt.Sprintf(`<p>%s of %s would like to use <b>%s</b> in Lejek: mail from it will count as written by %s.
If that is not you, close this page.</p>`, html.EscapeString(v.User), html.EscapeString(v.Team), html.EscapeString(v.Email), html.EscapeString(v.User)), "Confirm"
		},
		done: func(v teams.Asked) (title, text string) {
			return "Confirmed", fmt.Sprintf("<p>Mail from <b>%s</b> counts as written by %s from now on.</p>", html.EscapeString(v.Email), html.EscapeString(v.User))
		},
	}
}
