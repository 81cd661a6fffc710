package api

import (
	"context"
	"errors"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/url"
	"path"
	"strings"

	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/manifest"
)

// linkPage is what a link in mail leads to. A GET shows what the link would do, since programs that look at mail open links; the button
// does it.
type linkPage[T any] struct {
	path      string
	look, act func(ctx context.Context, token string) (T, error)
	asks      func(v T) (title, text, button string) // text and what is done are HTML
	done      func(v T) (title, text string)
}

func (p linkPage[T]) routes() []Route {
	return []Route{Page(manifest.Operation("GET "+p.path), http.HandlerFunc(p.open)), Page(manifest.Operation("POST "+p.path), http.HandlerFunc(p.press))}
}

func (p linkPage[T]) open(w http.ResponseWriter, r *http.Request) {
	token := r.URL.Query().Get("token")
	v, err := p.look(r.Context(), token)
	if err != nil {
		failedPage(w, r, err)
		return
	}
	title, text, button := p.asks(v)
	showPage(w, http.StatusOK, title, text+pressing(path.Base(p.path), token, button))
}

func (p linkPage[T]) press(w http.ResponseWriter, r *http.Request) {
	token, err := formToken(r)
	if err != nil {
		failedPage(w, r, err)
		return
	}
	v, err := p.act(r.Context(), token)
	if err != nil {
		failedPage(w, r, err)
		return
	}
	title, text := p.done(v)
	showPage(w, http.StatusOK, title, text)
}

const maxForm = 10_000 // bytes of a form with a token

// pressing is the form of the page: one button, beside the token.
func pressing(action, token, button string) string {
	return fmt.Sprintf(`
<form method="post" action="%s"><input type="hidden" name="token" value="%s"><button>%s</button></form>`,
		action, html.EscapeString(token), html.EscapeString(button))
}

// formToken is the token that the form brings; empty when it brings none.
func formToken(r *http.Request) (string, error) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxForm))
	if err != nil {
		return "", err
	}
	form, err := url.ParseQuery(strings.TrimSpace(string(body)))
	if err != nil {
		return "", nil
	}
	return form.Get("token"), nil
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
