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
	return []Route{
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
		Page("GET /api/v2/userAddresses/confirm", http.HandlerFunc(h.ask)),
		Page("POST /api/v2/userAddresses/confirm", http.HandlerFunc(h.confirm)),
	}
}

// ask shows what a link is about, with a button. Programs that look at links in mail open them too, so opening changes nothing.
func (h UserAddresses) ask(w http.ResponseWriter, r *http.Request) {
	token := r.URL.Query().Get("token")
	asked, err := h.Addresses.Asks(r.Context(), token)
	if err != nil {
		failedPage(w, r, err)
		return
	}
	showPage(w, http.StatusOK, "Is this your address?", fmt.Sprintf(`<p>%s of %s would like to use <b>%s</b> in Lejek: mail from it will count as written by %s.</p>
%s
<p>If that is not you, close this page.</p>`, html.EscapeString(asked.User), html.EscapeString(asked.Team), html.EscapeString(asked.Email),
		html.EscapeString(asked.User), pressing("confirm", token, "Confirm")))
}

func (h UserAddresses) confirm(w http.ResponseWriter, r *http.Request) {
	token, err := formToken(r)
	if err != nil {
		failedPage(w, r, err)
		return
	}
	asked, err := h.Addresses.Confirm(r.Context(), token)
	if err != nil {
		failedPage(w, r, err)
		return
	}
	showPage(w, http.StatusOK, "Confirmed", fmt.Sprintf("<p>Mail from <b>%s</b> counts as written by %s from now on.</p>",
		html.EscapeString(asked.Email), html.EscapeString(asked.User)))
}
