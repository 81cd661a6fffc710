// Package apptest runs the real functions for tests: each App has a table of its own in the real engine, and its clients
// call the functions' handlers with the event bytes that API Gateway sends.
package apptest

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go/middleware"

	"github.com/lejek/lejek/infra/local/engine"
	"github.com/lejek/lejek/infra/local/functions"
	"github.com/lejek/lejek/infra/local/grants"
	"github.com/lejek/lejek/infra/local/lag"
	"github.com/lejek/lejek/infra/local/objects"
	"github.com/lejek/lejek/infra/local/outbox"
	"github.com/lejek/lejek/infra/openapi"
	"github.com/lejek/lejek/shared/app"
	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/boot"
	"github.com/lejek/lejek/shared/manifest"
	"github.com/lejek/lejek/shared/teams"
)

// App is all functions over one fresh table.
type App struct {
	app.Core
	t         testing.TB
	mu        sync.Mutex
	handlers  map[string]lambda.Handler
	clock     time.Time
	cfg       aws.Config
	objects   *objects.Store
	outbox    *outbox.Outbox
	comesBack []Mail // from SES's mailbox simulator, not yet delivered
	line      *Line
	made      map[string]func(boot.Env) lambda.Handler // constructors that stand in for the real ones
}

// New starts with an empty table at a fixed time; Later moves the clock. Options change the environment before anything
// is constructed from it.
func New(t testing.TB, options ...func(*App)) *App {
	cfg, table := engine.Table(t)
	a := &App{t: t, cfg: cfg, handlers: map[string]lambda.Handler{}, clock: time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)}
	env := boot.New(boot.Config{Table: table, MailBucket: "mail", DataBucket: "data", MailDomain: "mail.lejek.localhost", LinkURL: "https://crm.example/{entities}/{id}", APIURL: "https://crm.example"}, cfg)
	env.Now = a.now
	env.Log = slog.New(slog.DiscardHandler)
	if _, ok := t.(*testing.T); ok {
		env.Log = slog.New(slog.NewTextHandler(testWriter{t}, nil))
	}
	a.Env = env
	for _, option := range options {
		option(a)
	}
	a.Core = app.New(a.Env)
	return a
}

// WithObjects gives the functions an S3 of their own, in memory.
func WithObjects(a *App) {
	store, err := objects.Start(objects.Options{Buckets: []string{a.MailBucket, a.DataBucket}, Now: a.now})
	if err != nil {
		a.t.Fatal(err)
	}
	a.t.Cleanup(func() { _ = store.Close() })
	a.objects = store
	a.S3 = boot.New(a.Config, engine.Local(store.URL)).S3
}

// WithLateIndexes answers queries of indexes from a view half a second old, as an index may be in production.
func WithLateIndexes(a *App) {
	_, replica := engine.Table(a.t)
	r, err := lag.Follow(context.Background(), a.cfg, a.Table, replica, 500*time.Millisecond)
	if err != nil {
		a.t.Fatal(err)
	}
	a.t.Cleanup(r.Close)
	a.DynamoDB = dynamodb.New(a.DynamoDB.Options(), func(o *dynamodb.Options) { o.APIOptions = append(o.APIOptions, r.Answer) })
}

// Construct has a function made by another constructor than its own.
func (a *App) Construct(name string, by func(boot.Env) lambda.Handler) {
	if a.made == nil {
		a.made = map[string]func(boot.Env) lambda.Handler{}
	}
	a.made[name] = by
}

// WithRateLimit lets each token make so many requests in two seconds.
func WithRateLimit(n int64) func(*App) { return func(a *App) { a.RateLimit = n } }

// PutObject stores an object; for tests WithObjects.
func (a *App) PutObject(bucket, key string, content []byte) {
	a.t.Helper()
	if err := a.objects.Put(bucket, key, content); err != nil {
		a.t.Fatal(err)
	}
}

func (a *App) now() time.Time {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.clock
}

// Later moves the clock on.
func (a *App) Later(d time.Duration) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.clock = a.clock.Add(d)
}

// Handler is the function of that name, constructed once.
func (a *App) Handler(name string) lambda.Handler {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.handlers[name] == nil {
		construct, ok := a.made[name]
		if !ok {
			construct, ok = functions.All[name]
		}
		if !ok {
			a.t.Fatalf("no function %q", name)
		}
		a.handlers[name] = construct(a.granted(name))
	}
	return a.handlers[name]
}

// granted is the function's environment: its clients refuse what the manifest does not grant it.
func (a *App) granted(name string) boot.Env {
	f, ok := manifest.ByName(name)
	if !ok {
		a.t.Fatalf("no function %q in the manifest", name)
	}
	allow := grants.Allow(f, grants.Names{Table: a.Table, MailBucket: a.MailBucket, DataBucket: a.DataBucket, Deliveries: a.Deliveries})
	env := a.Env
	env.DynamoDB = dynamodb.New(a.DynamoDB.Options(), func(o *dynamodb.Options) {
		o.APIOptions = append([]func(*middleware.Stack) error{allow}, o.APIOptions...) // before what redirects calls
	})
	env.S3 = s3.New(a.S3.Options(), func(o *s3.Options) { o.APIOptions = append(o.APIOptions, allow) })
	env.SQS.APIOptions = append(slices.Clone(env.SQS.APIOptions), allow)
	return env
}

// Client is a user of a team, calling the API.
type Client struct {
	app   *App
	Team  teams.Team
	User  teams.User
	Token auth.Token
	// Header is sent with each request, besides what Do sends itself.
	Header map[string]string
}

// NewTeam makes a team and returns its first user's client.
func (a *App) NewTeam(name string) *Client {
	a.t.Helper()
	c, err := a.Teams().CreateTeam(context.Background(), teams.TeamInput{
		Name: name, Email: "ada@" + strings.ToLower(name) + ".example", UserName: "Ada", TimeZone: "Europe/Warsaw", Currency: "EUR",
	})
	if err != nil {
		a.t.Fatal(err)
	}
	return &Client{app: a, Team: c.Team, User: c.User, Token: c.Token}
}

// With is the client with another token.
func (c *Client) With(t auth.Token) *Client {
	other := *c
	other.Token = t
	return &other
}

// Sending is the client that sends a header too.
func (c *Client) Sending(name, value string) *Client {
	other := *c
	other.Header = maps.Clone(c.Header)
	if other.Header == nil {
		other.Header = map[string]string{}
	}
	other.Header[name] = value
	return &other
}

// Answer is a response with its body read as JSON.
type Answer struct {
	Status int
	Header map[string]string
	Raw    string
	Body   map[string]any
}

// Data is the envelope's data as an object; nil when it is something else.
func (a Answer) Data() map[string]any { m, _ := a.Body["data"].(map[string]any); return m }

// List is the envelope's data as a list.
func (a Answer) List() []any { l, _ := a.Body["data"].([]any); return l }

// ID is the id of the record in data.
func (a Answer) ID() int64 { n, _ := a.Data()["id"].(float64); return int64(n) }

// Do calls an operation; body is nil, a string as it is, a Form, or anything that becomes JSON.
func (c *Client) Do(method, target string, body any) Answer {
	c.app.t.Helper()
	path, query, _ := strings.Cut(target, "?")
	e := events.APIGatewayV2HTTPRequest{
		Version: "2.0", RawPath: path, RawQueryString: query, Headers: map[string]string{"x-api-token": string(c.Token), "host": "crm.example"},
		RequestContext: events.APIGatewayV2HTTPRequestContext{
			DomainName: "crm.example", RequestID: "test",
			HTTP: events.APIGatewayV2HTTPRequestContextHTTPDescription{Method: method, Path: path},
		},
	}
	switch b := body.(type) {
	case nil:
	case string:
		e.Body, e.Headers["content-type"] = b, "application/json"
	case Form:
		e.Body, e.Headers["content-type"] = b.encode()
		e.IsBase64Encoded = true
	default:
		text, err := json.Marshal(b)
		if err != nil {
			c.app.t.Fatal(err)
		}
		e.Body, e.Headers["content-type"] = string(text), "application/json"
	}
	for name, value := range c.Header {
		e.Headers[strings.ToLower(name)] = value
	}
	return c.app.Send(e)
}

// Send hands an API event to the function that the gateway's routes lead to.
func (a *App) Send(e events.APIGatewayV2HTTPRequest) Answer {
	a.t.Helper()
	raw, err := json.Marshal(e)
	if err != nil {
		a.t.Fatal(err)
	}
	out, err := a.Handler(route(e.RawPath)).Invoke(context.Background(), raw)
	if err != nil {
		a.t.Fatal(err)
	}
	var r events.APIGatewayV2HTTPResponse
	if err := json.Unmarshal(out, &r); err != nil {
		a.t.Fatal(err)
	}
	answer := Answer{Status: r.StatusCode, Header: r.Headers, Raw: r.Body}
	if strings.HasPrefix(r.Headers["Content-Type"], "application/json") {
		if err := json.Unmarshal([]byte(r.Body), &answer.Body); err != nil {
			a.t.Fatalf("%s %s: not JSON: %s", e.RequestContext.HTTP.Method, e.RawPath, r.Body)
		}
		if err := openapi.Check(e.RequestContext.HTTP.Method, e.RawPath, r.StatusCode, r.Body); err != nil {
			a.t.Errorf("%s %s: %v", e.RequestContext.HTTP.Method, e.RawPath, err)
		}
	}
	return answer
}

func route(path string) string {
	fallback := ""
	for _, f := range manifest.Functions {
		for _, key := range f.Routes() {
			if key == "$default" {
				fallback = f.Name
				continue
			}
			root := strings.TrimSuffix(strings.TrimPrefix(key, "ANY "), "/{proxy+}")
			if path == root || strings.HasPrefix(path, root+"/") {
				return f.Name
			}
		}
	}
	return fallback
}

// Must is Do for a call that has to succeed.
func (c *Client) Must(method, target string, body any) Answer {
	c.app.t.Helper()
	a := c.Do(method, target, body)
	if a.Status != http.StatusOK {
		c.app.t.Fatalf("%s %s: %d %s", method, target, a.Status, a.Raw)
	}
	return a
}

// Path formats a target.
func Path(format string, args ...any) string { return fmt.Sprintf(format, args...) }

// testWriter shows log lines only of failing tests.
type testWriter struct{ t testing.TB }

func (w testWriter) Write(b []byte) (int, error) {
	w.t.Log(strings.TrimSpace(string(b)))
	return len(b), nil
}

var _ io.Writer = testWriter{}
