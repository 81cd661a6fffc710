// Package gateway is API Gateway's HTTP API on this machine: it finds a request's function by the manifest's route keys,
// turns the request into the event of payload format 2.0, invokes the function and turns its answer into a response. Its
// limits, and the bodies it answers with on its own account, are those of the real one.
package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"time"

	"github.com/lejek/lejek/shared/manifest"
)

const (
	maxBody        = 10 << 20 // "Quotas for configuring and running an HTTP API"
	MaxEvent       = 6 << 20  // "Lambda quotas": invocation payload, synchronous, request and response each
	maxIntegration = 30 * time.Second
)

// Gateway answers HTTP requests by invoking functions.
type Gateway struct {
	routes routes
	invoke func(ctx context.Context, function string, event []byte) (answer []byte, err error)
	now    func() time.Time
}

// New routes to the given functions; invoke is called with a function's name.
func New(functions []manifest.Function, invoke func(ctx context.Context, function string, event []byte) ([]byte, error), now func() time.Time) *Gateway {
	return &Gateway{routes: derive(functions), invoke: invoke, now: now}
}

func (g *Gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	route, ok := g.routes.find(r.URL.Path)
	if !ok {
		own(w, http.StatusNotFound, "Not Found")
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if large := new(http.MaxBytesError); errors.As(err, &large) {
		own(w, http.StatusRequestEntityTooLarge, "Request Entity Too Large")
		return
	}
	if err != nil { // the client went away
		own(w, http.StatusBadRequest, "Bad Request")
		return
	}
	id := requestID()
	w.Header().Set("Apigw-Requestid", id)
	event, err := json.Marshal(request(r, body, route, id, g.now()))
	if err != nil {
		slog.Error("gateway: event", "error", err)
		own(w, http.StatusInternalServerError, "Internal Server Error")
		return
	}
	if len(event) > MaxEvent {
		own(w, http.StatusRequestEntityTooLarge, "Request Entity Too Large")
		return
	}
	// What the function has begun it finishes, whether or not the client still listens.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), maxIntegration)
	defer cancel()
	answer, err := g.invoke(ctx, route.function, event)
	switch {
	case err != nil && ctx.Err() != nil:
		own(w, http.StatusServiceUnavailable, "Service Unavailable")
	case err != nil:
		slog.Error("gateway: function failed", "function", route.function, "request", id, "error", err)
		own(w, http.StatusInternalServerError, "Internal Server Error")
	default:
		if err := respond(w, answer); err != nil {
			slog.Error("gateway: answer", "function", route.function, "request", id, "error", err)
			own(w, http.StatusInternalServerError, "Internal Server Error")
		}
	}
}

// own is an answer of the gateway itself, in its own shape and not in our envelope.
func own(w http.ResponseWriter, status int, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]string{"message": message})
}
