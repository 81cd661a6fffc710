package api

import (
	"context"
	"errors"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/lejek/lejek/shared/fault"
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
<form method="post" action="confirm"><input type="hidden" name="token" value="%s"><button>Confirm</button></form>
<p>If that is not you, close this page.</p>`, html.EscapeString(asked.User), html.EscapeString(asked.Team), html.EscapeString(asked.Email),
		html.EscapeString(asked.User), html.EscapeString(token)))
}

const maxForm = 10_000 // bytes of a form with a token

func (h UserAddresses) confirm(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxForm))
	if err != nil {
		failedPage(w, r, err)
		return
	}
	form, err := url.ParseQuery(strings.TrimSpace(string(body)))
	if err != nil {
		form = nil // it holds no token then
	}
	asked, err := h.Addresses.Confirm(r.Context(), form.Get("token"))
	if err != nil {
		failedPage(w, r, err)
		return
	}
	showPage(w, http.StatusOK, "Confirmed", fmt.Sprintf("<p>Mail from <b>%s</b> counts as written by %s from now on.</p>",
		html.EscapeString(asked.Email), html.EscapeString(asked.User)))
}

// failedPage says what a client may know.
func failedPage(w http.ResponseWriter, r *http.Request, err error) {
	status, text := http.StatusInternalServerError, "Something went wrong. Please try again later."
	var known *fault.Error
	if errors.As(err, &known) {
		if status = statuses[known.Kind].status; status < http.StatusInternalServerError {
			text = known.Message
		}
	}
	r.Context().Value(lineKey{}).(*line).err = err
	showPage(w, status, "Nothing was changed", "<p>"+html.EscapeString(text)+"</p>")
}

// showPage is a page of its own: it loads nothing, runs nothing, sits in no frame and sends its address, which holds a token, nowhere.
func showPage(w http.ResponseWriter, status int, title, body string) {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Robots-Tag", "noindex")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = fmt.Fprintf(w, `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>%[1]s</title>
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:32em;margin:4em auto;padding:0 1em}button{font:inherit;padding:.5em 1.5em}</style>
</head><body><h1>%[1]s</h1>
%[2]s
</body></html>
`, html.EscapeString(title), body)
}
