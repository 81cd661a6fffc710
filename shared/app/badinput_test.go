package app_test

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"github.com/lejek/lejek/infra/openapi"
	"github.com/lejek/lejek/shared/api"
	"github.com/lejek/lejek/shared/app/apptest"
)

// needed are parameters without which lists do not look at a cursor.
var needed = map[string]string{
	"term": "abc", "org_id": "1", "folder": "inbox", "entity_type": "deal", "field": "title", "since_timestamp": "2026-11-01 00:00:00",
}

// attempt is a request that must be refused.
type attempt struct {
	method, path string
	query        url.Values
	body         string
	kind         string // media type of the body
	status       int    // 0 is any 4xx
	names        []string
}

// attempts are those on one operation under one of its paths.
func attempts(d api.Description, pattern string) (all []attempt) {
	method, path, _ := strings.Cut(pattern, " ")
	v1 := !strings.HasPrefix(path, "/api/v2/")
	params := paramsOf(d.In)
	target := func(id string) string {
		for _, p := range params {
			if p.where == "path" {
				path = strings.ReplaceAll(path, "{"+p.name+"}", "\x00")
			}
		}
		return strings.ReplaceAll(path, "\x00", url.PathEscape(id))
	}
	in := func(where string) (found []param) {
		for _, p := range params {
			if p.where == where {
				found = append(found, p)
			}
		}
		return found
	}
	body, files, ids := in("json"), in("file"), in("path")
	for round, more := 0, true; more; round++ {
		a := attempt{method: method, path: target("nobody"), query: url.Values{}, status: 400}
		more = false
		choose := func(p param, from []string) (string, bool) {
			if len(from) == 0 {
				return "", false
			}
			more = more || round+1 < len(from)
			a.names = append(a.names, p.name)
			return from[round%len(from)], true
		}
		for _, p := range ids {
			if text, ok := choose(p, p.texts()); ok {
				a.path = target(text)
			}
		}
		for _, p := range in("query") {
			if text, ok := choose(p, p.texts()); ok {
				a.query.Set(p.name, text)
			}
		}
		if !v1 {
			a.query.Set("no_such_parameter", "1")
			a.names = append(a.names, "no_such_parameter")
		}
		if len(body) > 0 && len(files) == 0 {
			w, _ := object("", body, v1, round)
			_, another := object("", body, v1, round+1)
			a.body, a.kind, a.names, more = w.text, "application/json", append(a.names, w.names...), more || another
		}
		if len(a.names) > 0 {
			all = append(all, a)
		}
	}
	query := url.Values{}
	absent := attempt{method: method, path: target("1"), status: 400}
	for _, p := range params {
		if p.has("required") {
			absent.names = append(absent.names, p.name)
		}
		if text, ok := needed[p.name]; ok && p.where == "query" && p.has("required") {
			query.Set(p.name, text)
		}
	}
	if len(absent.names) > 0 {
		all = append(all, absent)
	}
	for _, p := range in("query") {
		if p.name == "cursor" {
			for _, text := range []string{"nonsense", "e30", "eyJpZCI6MX0", "\x00", "%", "eyJzIjoiYSIsInIiOiJkZWFsIzEiLCJxIjoieCJ9"} {
				q := maps.Clone(query)
				q.Set("cursor", text)
				all = append(all, attempt{method: method, path: target("1"), query: q, names: []string{"cursor"}})
			}
		}
	}
	if len(body)+len(files) == 0 {
		return all
	}
	for _, kind := range []string{"text/plain", "application/octet-stream", "nonsense;;;"} {
		all = append(all, attempt{method: method, path: target("1"), body: "{}", kind: kind, status: http.StatusUnsupportedMediaType})
	}
	if len(files) > 0 {
		all = append(all,
			attempt{method: method, path: target("1"), body: "{}", kind: "application/json", status: http.StatusUnsupportedMediaType},
			attempt{method: method, path: target("1"), body: "no form", kind: "multipart/form-data; boundary=x", status: 400},
			attempt{method: method, path: target("1"), body: "no form", kind: "multipart/form-data", status: 400})
		return all
	}
	for _, text := range []string{
		"{", `{"a":`, "[]", "7", `"x"`, "null", `{"a":1} {"b":2}`, "{'a':1}", strings.Repeat("[", 100_000), strings.Repeat(`{"a":`, 100_000), "\xff\xfe", "{\x00}",
	} {
		all = append(all, attempt{method: method, path: target("1"), body: text, kind: "application/json", status: 400})
	}
	return append(all, attempt{method: method, path: target("1"), body: "{}", kind: "multipart/form-data; boundary=x", status: http.StatusUnsupportedMediaType})
}

func (a attempt) send(app *apptest.App, token string) apptest.Answer {
	e := events.APIGatewayV2HTTPRequest{
		RawPath: a.path, RawQueryString: a.query.Encode(), Body: a.body, Headers: map[string]string{"x-api-token": token, "host": "crm.example"},
	}
	e.RequestContext.HTTP.Method = a.method
	if a.body != "" {
		e.Headers["content-type"] = a.kind
	}
	return app.Send(e)
}

func TestBadInputIsRefusedByName(t *testing.T) {
	t.Parallel()
	app := apptest.New(t, apptest.WithObjects)
	c := app.NewTeam("Acme")
	for path, body := range map[string]any{ // a cursor is looked at only where there is a record
		"/api/v2/deals": map[string]any{"title": "x"}, "/api/v2/persons": map[string]any{"name": "x"}, "/api/v2/organizations": map[string]any{"name": "x"},
	} {
		c.Must("POST", path, body)
	}
	tried := 0
	for _, d := range openapi.Routes() {
		if d.Public {
			continue
		}
		for _, pattern := range d.Operation.Patterns() {
			for _, a := range attempts(d, pattern) {
				tried++
				refused(t, pattern, a, a.send(app, string(c.Token)))
			}
		}
	}
	if tried < 1000 {
		t.Errorf("only %d attempts were made", tried)
	}
}

// refused holds an answer against the attempt: in the envelope, of the wanted status, naming every wrong field.
func refused(t *testing.T, pattern string, a attempt, got apptest.Answer) {
	t.Helper()
	text, _ := got.Body["error"].(string)
	shown := fmt.Sprintf("%s: %s?%s %.300s: %d %.600s", pattern, a.path, a.query.Encode(), a.body, got.Status, got.Raw)
	if got.Status < 400 || got.Status >= 500 || a.status != 0 && got.Status != a.status || got.Body["success"] != false || text == "" {
		t.Errorf("%s, want %d", shown, a.status)
		return
	}
	for _, name := range a.names {
		if !strings.Contains(text, " "+name+": ") && !strings.Contains(text, "; and ") {
			t.Errorf("%s\ndoes not name %s", shown, name)
		}
	}
}

func TestOtherMethodsAreNotAllowed(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	token := string(app.NewTeam("Acme").Token)
	mux, paths := http.NewServeMux(), map[string]bool{}
	for _, d := range openapi.Routes() {
		for _, pattern := range d.Operation.Patterns() {
			mux.HandleFunc(pattern, func(http.ResponseWriter, *http.Request) {})
			_, path, _ := strings.Cut(pattern, " ")
			paths[strings.NewReplacer("{", "", "}", "").Replace(path)] = true
		}
	}
	for path := range paths {
		for _, method := range []string{"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "NONSENSE", ""} {
			if _, pattern := mux.Handler(&http.Request{Method: method, URL: &url.URL{Path: path}}); pattern != "" {
				continue
			}
			a := attempt{method: method, path: path, status: http.StatusMethodNotAllowed}
			got := a.send(app, token)
			if refused(t, method+" "+path, a, got); got.Header["Allow"] == "" {
				t.Errorf("%s %s: no header Allow", method, path)
			}
		}
	}
}

func TestNothingIsAnsweredWithoutAToken(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	app.NewTeam("Acme")
	for _, d := range openapi.Routes() {
		if d.Public {
			continue
		}
		for _, pattern := range d.Operation.Patterns() {
			method, path, _ := strings.Cut(pattern, " ")
			for _, token := range []string{"", "nonsense", strings.Repeat("a", 40), strings.Repeat("x", 5000), "\x00"} {
				a := attempt{method: method, path: path, body: "{}", kind: "application/json", status: http.StatusUnauthorized}
				refused(t, pattern, a, a.send(app, token))
			}
		}
	}
}
