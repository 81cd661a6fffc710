package api

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/terms"
)

// maxKey is how long an Idempotency-Key may be.
const maxKey = 255

// replayed marks an answer that was given before.
const replayed = "Idempotency-Replayed"

// once has a request answered under its claim: the first answer again when the same was asked before, a Conflict when the key
// stands for something else or the first request is still at work. What fails without having done anything gives the key up.
func once(o Options, mux http.Handler, hr *http.Request, r Route, t *terms.Terms, w http.ResponseWriter, call func() (any, error)) error {
	ctx := hr.Context()
	held, k, err := o.Claims.Claim(ctx, t.Team, t.Claim)
	switch {
	case err != nil:
		return err
	case held:
	case k.Fingerprint != t.Claim.Fingerprint:
		return fault.New(fault.Conflict, "This Idempotency-Key was sent with another request before")
	case k.Answer != nil:
		return again(w, *k.Answer)
	case k.Running || k.Effect == "":
		w.Header().Set("Retry-After", "1")
		return fault.New(fault.Conflict, "The first request with this Idempotency-Key is still being worked on")
	default:
		return lost(mux, hr, r, k, w)
	}
	rec := &recorder{header: w.Header().Clone(), status: http.StatusOK}
	answer, err := call()
	if err == nil {
		tag(rec.header, t)
		err = write(rec, answer)
	}
	// The client may be gone, and its context with it; what it is answered when it asks again is kept all the same.
	ctx = context.WithoutCancel(ctx)
	if err != nil {
		if failed := o.Claims.Release(ctx, t.Team, t.Claim); failed != nil {
			o.Log.ErrorContext(ctx, "idempotency key not given up", "cause", failed)
		}
		return err
	}
	reply := terms.Reply{Status: rec.status, Header: map[string]string{}, Body: rec.body.Bytes()}
	for _, name := range []string{"Content-Type", "Etag", "Location"} {
		if v := rec.header.Get(name); v != "" {
			reply.Header[name] = v
		}
	}
	if a, ok := answer.(Answer); ok && a.Secret {
		return give(w, reply)
	}
	if failed := o.Claims.Keep(ctx, t.Team, t.Claim, reply); failed != nil {
		o.Log.ErrorContext(ctx, "answer to an idempotency key not kept", "cause", failed)
	}
	return give(w, reply)
}

func again(w http.ResponseWriter, r terms.Reply) error {
	w.Header().Set(replayed, "true")
	return give(w, r)
}

func give(w http.ResponseWriter, r terms.Reply) error {
	for name, v := range r.Header {
		w.Header().Set(name, v)
	}
	w.WriteHeader(r.Status)
	_, err := w.Write(r.Body)
	return err
}

// lost answers for a request that took effect without being answered, since its function ended in between: with the record that
// it made, as it is now.
func lost(mux http.Handler, hr *http.Request, r Route, k terms.Kept, w http.ResponseWriter) error {
	if kind := RecordOf(r.operation); kind == "" || k.Effect.Kind() != kind {
		return fault.New(fault.Conflict, "The first request with this Idempotency-Key took effect, but its answer was lost; please read what there is now")
	}
	get := hr.Clone(hr.Context())
	get.Method, get.Body, get.ContentLength = http.MethodGet, http.NoBody, 0
	get.Header.Del("Idempotency-Key")
	get.URL.Path = strings.TrimSuffix(hr.URL.Path, "/") + "/" + strconv.FormatInt(k.Effect.ID(), 10)
	get.URL.RawPath = ""
	rec := &recorder{header: w.Header().Clone(), status: http.StatusOK}
	mux.ServeHTTP(rec, get)
	maps.Copy(w.Header(), rec.header)
	w.Header().Set(replayed, "true")
	if rec.status == http.StatusOK {
		rec.status = r.about.Status
	}
	w.WriteHeader(rec.status)
	_, err := w.Write(rec.body.Bytes())
	return err
}

// fingerprint is a hash of what a decoded request asks for. Of a form it is one of its fields and files: a client that sends it
// anew draws another boundary.
func (r *request) fingerprint() string {
	h, query := sha256.New(), maps.Clone(r.query)
	query.Del("api_token") // who asks is in the claim's name
	fmt.Fprintf(h, "%s %s?%s\n", r.Method, r.URL.Path, query.Encode())
	if r.files == nil {
		h.Write(r.body)
		return hex.EncodeToString(h.Sum(nil))
	}
	fmt.Fprintf(h, "%s\n", r.form.Encode())
	for _, name := range slices.Sorted(maps.Keys(r.files)) {
		f := r.files[name]
		fmt.Fprintf(h, "%q %q %d\n", name, f.Name, len(f.Content))
		h.Write(f.Content)
	}
	return hex.EncodeToString(h.Sum(nil))
}
