// Package api is the only package that speaks HTTP. A Route binds one operation of the manifest to a function that takes its
// decoded input and returns data or an error; New joins the routes of one Lambda function into a handler of API Gateway
// events. Everything around that is done once: authentication, decoding, the envelope, the error table, the access line. An
// entity's file holds its wire structs and its routes, nothing else.
package api

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"

	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/limits"
	"github.com/lejek/lejek/shared/manifest"
	"github.com/lejek/lejek/shared/terms"
)

// Authenticator finds the actor of a token; Unauthorized when there is none.
type Authenticator interface {
	Authenticate(ctx context.Context, token auth.Token) (auth.Actor, error)
}

// Call is what a route knows of the request besides its input.
type Call struct {
	auth.Actor
	BaseURL string // the origin that the client used, such as https://crm.example.com
	V1      bool
}

// Answer is a result that needs more than data: lists, v1 extras, redirects, a status other than 200.
type Answer struct {
	Status     int // 0 is 200
	Data       any
	Additional any // additional_data
	Related    any // related_objects
	Extra      map[string]any
	Bare       bool   // without data
	Location   string // answer 302 to it instead of a body
	Secret     bool   // told once: not kept for who asks again under the same Idempotency-Key
}

// Route is a bound operation; made by Handle.
type Route struct {
	operation manifest.Operation
	about     Description
	takes     takes
	decode    func(r *request) (any, error)
	call      func(ctx context.Context, c Call, in any) (any, error)
	page      http.Handler                                    // instead of decode and call: answers by itself, to anyone
	besides   func(ctx context.Context, c Call, in any) error // nil for none
	secret    bool
	adds      func(err error) map[string]any // further keys beside an error; nil for none
}

// Handle binds an operation. In is a struct whose fields say where they come from and what must hold:
//
//	`path:"id"`, `query:"limit"`, `json:"title" rule:"required,max=255"`, `file:"file" rule:"required"`, `raw:"message/rfc822"`
//
// All wrong fields are answered at once, before fn is called.
func Handle[In any](operation manifest.Operation, fn func(ctx context.Context, c Call, in In) (any, error)) Route {
	return Route{
		operation: operation,
		about:     Description{Operation: operation, In: reflect.TypeFor[In](), Status: http.StatusOK},
		takes:     takesOf(reflect.TypeFor[In]()),
		decode: func(r *request) (any, error) {
			var in In
			err := decodeInto(r, &in)
			return in, err
		},
		call: func(ctx context.Context, c Call, in any) (any, error) { return fn(ctx, c, in.(In)) },
	}
}

// Page binds an operation to pages that anyone may read, without token and envelope.
func Page(operation manifest.Operation, page http.Handler) Route {
	return Route{
		operation: operation, page: page,
		about: Description{Operation: operation, In: reflect.TypeFor[struct{}](), Status: http.StatusOK, Public: true},
	}
}

// naming adds what names the wrong inputs that decoding alone does not see. It is asked when decoding found some, so that all
// are answered at once; else it is left to the route itself.
func (r Route) naming(besides func(ctx context.Context, c Call, in any) error) Route {
	r.besides = besides
	return r
}

// further are the keys that stand beside an error of the route.
func (r Route) further(err error) map[string]any {
	if r.adds == nil {
		return nil
	}
	return r.adds(err)
}

// Secret tells that the answer holds what lets others act: a token must be good for more than reading to see it.
func (r Route) Secret() Route { r.secret = true; return r }

// wrong are all wrong inputs of a request that was not decoded.
func (r Route) wrong(ctx context.Context, c Call, in any, err error) error {
	var bad fault.Fields
	if r.besides == nil || bad.Merge(err) != nil {
		return err
	}
	if err := bad.Merge(r.besides(ctx, c, in)); err != nil {
		return err
	}
	return bad.Err()
}

// Options are what every handler needs besides its routes.
type Options struct {
	Auth   Authenticator
	Limits limits.Limiter
	Claims terms.Store
	Log    *slog.Logger
	// Begin is the context of a request, in which a store may remember what it has read; nil for none.
	Begin func(context.Context) context.Context
}

// New is the handler of the named function. It panics when the routes are not exactly the function's operations.
func New(function string, o Options, routes ...Route) lambda.Handler {
	f, ok := manifest.ByName(function)
	if !ok {
		panic("api: no function " + function + " in the manifest")
	}
	mux := http.NewServeMux()
	var bound []manifest.Operation
	for _, r := range routes {
		bound = append(bound, r.operation)
		for _, pattern := range r.operation.Patterns() {
			mux.Handle(pattern, bind(r, o, mux))
		}
	}
	if missing, extra := minus(f.Operations, bound), minus(bound, f.Operations); len(missing)+len(extra) > 0 {
		panic(fmt.Sprintf("api: %s does not bind what the manifest declares: missing %v, undeclared %v", function, missing, extra))
	}
	return handler{lambda.NewHandler(func(ctx context.Context, e events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error) {
		return serve(ctx, o, mux, e), nil
	}), routes}
}

// handler is a function's handler that can be asked what it answers.
type handler struct {
	lambda.Handler
	routes []Route
}

var _ Described = handler{}

func (h handler) Describe() (all []Description) {
	for _, r := range h.routes {
		all = append(all, r.about)
	}
	return all
}

func minus(a, b []manifest.Operation) (rest []manifest.Operation) {
	for _, op := range a {
		if !slices.Contains(b, op) {
			rest = append(rest, op)
		}
	}
	return rest
}

// bind runs one route: who asks, what for, the answer.
func bind(r Route, o Options, mux *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, hr *http.Request) {
		line := hr.Context().Value(lineKey{}).(*line)
		line.route = string(r.operation)
		if r.page != nil {
			r.page.ServeHTTP(w, hr)
			return
		}
		if err := respond(r, o, mux, hr, w); err != nil {
			line.err = err
			writeError(w, isV1(hr.URL.Path), err, r.further(err))
		}
	})
}

// respond answers a request, or returns the error that is to be answered.
func respond(r Route, o Options, mux *http.ServeMux, hr *http.Request, w http.ResponseWriter) error {
	ctx := hr.Context()
	req, err := newRequest(hr, r.takes)
	if err != nil {
		return err
	}
	actor, err := o.Auth.Authenticate(ctx, req.token())
	if err != nil {
		return err
	}
	actor.Source, actor.Agent = "api", truncate(hr.UserAgent(), 200)
	line := ctx.Value(lineKey{}).(*line)
	line.team, line.user = actor.Team, actor.User
	c := Call{Actor: actor, BaseURL: "https://" + hr.Host, V1: req.v1}.local(hr)
	quota, err := o.Limits.Take(ctx, actor, req.token())
	if err != nil {
		return err
	}
	if writeQuota(w.Header(), quota); quota.Exceeded {
		return errExceeded(quota)
	}
	if err := allowed(actor.Scope, r); err != nil {
		return err
	}
	in, err := r.decode(req)
	if err != nil {
		return r.wrong(ctx, c, in, err)
	}
	t, err := termsOf(r, req, c)
	if err != nil {
		return err
	}
	call := func() (any, error) { return r.call(terms.With(ctx, t), c, in) }
	if t.Claim != nil {
		return once(o, mux, hr, r, t, w, call)
	}
	answer, err := call()
	if err == nil || fault.Is(err, fault.Stale) {
		tag(w.Header(), t)
	}
	if err != nil {
		return err
	}
	line.err = write(w, answer)
	return nil
}

// local keeps the scheme that the client used; API Gateway says https, the local runner http.
func (c Call) local(hr *http.Request) Call {
	if proto := hr.Header.Get("X-Forwarded-Proto"); proto == "http" {
		c.BaseURL = "http://" + hr.Host
	}
	return c
}

// serve turns the event into a request, has it answered, and writes the access line.
func serve(ctx context.Context, o Options, mux *http.ServeMux, e events.APIGatewayV2HTTPRequest) events.APIGatewayV2HTTPResponse {
	line := &line{start: time.Now()}
	if o.Begin != nil {
		ctx = o.Begin(ctx)
	}
	w := &recorder{header: http.Header{}, status: http.StatusOK}
	writeQuota(w.header, limits.Generous)
	hr, err := httpRequest(context.WithValue(ctx, lineKey{}, line), e)
	if err != nil {
		line.err = err
		writeError(w, isV1(e.RawPath), err)
	} else if _, pattern := mux.Handler(hr); pattern != "" {
		mux.ServeHTTP(w, hr)
	} else {
		line.err = unmatched(mux, hr)
		writeError(w, isV1(hr.URL.Path), line.err)
	}
	if wireSize(w.body.Bytes()) > maxAnswer {
		line.err = errTooMuch
		w.body.Reset()
		writeError(w, isV1(e.RawPath), line.err)
	}
	line.write(ctx, o.Log, e, w.status)
	return w.response()
}

var methods = []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete}

// unmatched tells an unknown path from a known one with another method.
func unmatched(mux *http.ServeMux, hr *http.Request) error {
	var allowed []string
	for _, m := range methods {
		probe := hr.Clone(hr.Context())
		probe.Method = m
		if _, pattern := mux.Handler(probe); pattern != "" {
			allowed = append(allowed, m)
		}
	}
	if len(allowed) > 0 {
		return fault.New(fault.NoMethod, "Method %s is not allowed here; allowed: %s", hr.Method, strings.Join(allowed, ", "))
	}
	return fault.New(fault.NotFound, "Unknown path %s", hr.URL.Path)
}

type lineKey struct{}

// line is the one access line of a request. It holds no bodies, no addresses, no tokens.
type line struct {
	start      time.Time
	route      string
	team, user int64
	err        error
}

func (l *line) write(ctx context.Context, log *slog.Logger, e events.APIGatewayV2HTTPRequest, status int) {
	attrs := []slog.Attr{
		slog.String("id", e.RequestContext.RequestID), slog.String("route", l.route), slog.Int("status", status),
		slog.Int64("team", l.team), slog.Int64("user", l.user), slog.Int64("ms", time.Since(l.start).Milliseconds()),
	}
	level := slog.LevelInfo
	if status >= 500 {
		level = slog.LevelError
		attrs = append(attrs, slog.Any("cause", l.err))
	}
	log.LogAttrs(ctx, level, "request", attrs...)
}

func isV1(path string) bool {
	return strings.HasPrefix(path, "/v1/") || strings.HasPrefix(path, "/api/v1/")
}

func truncate(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "")
}

// write renders a route's result; an error is one of rendering.
func write(w http.ResponseWriter, result any) error {
	a, ok := result.(Answer)
	if !ok {
		a = Answer{Data: result}
	}
	if a.Location != "" {
		w.Header().Set("Location", a.Location)
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.WriteHeader(http.StatusFound)
		return nil
	}
	if a.Bare {
		return writeJSON(w, cmp.Or(a.Status, http.StatusOK), bare{true}, a.Extra)
	}
	return writeJSON(w, cmp.Or(a.Status, http.StatusOK), success{true, a.Data, a.Additional, a.Related}, a.Extra)
}

// bare is an envelope that says nothing but that all went well.
type bare struct {
	Success bool `json:"success"`
}

// success and failure are the envelopes (contract §1.2), in the order in which Pipedrive writes them.
type success struct {
	Success    bool `json:"success"`
	Data       any  `json:"data"`
	Additional any  `json:"additional_data,omitempty"`
	Related    any  `json:"related_objects,omitempty"`
}

// writeJSON writes an envelope, with further keys at its end. HTML is left as it is: escaped, a note would grow sixfold, and
// nothing here is put into a page.
func writeJSON(w http.ResponseWriter, status int, body any, extra map[string]any) error {
	b, err := withKeys(body, extra)
	if err != nil {
		status, b = http.StatusInternalServerError, []byte(`{"success":false,"error":"Internal error"}`)
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	w.Write(b)
	return err
}

// withKeys writes an object with further keys at its end.
func withKeys(body any, more map[string]any) ([]byte, error) {
	b, err := marshal(body)
	if err != nil || len(more) == 0 {
		return b, err
	}
	keys, err := marshal(more)
	if err != nil {
		return nil, err
	}
	return append(append(b[:len(b)-1], ','), keys[1:]...), nil
}

func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return bytes.TrimSpace(b.Bytes()), err
}
