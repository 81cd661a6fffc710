package app_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/lejek/lejek/infra/local/faults"
	"github.com/lejek/lejek/shared/api"
	"github.com/lejek/lejek/shared/app/apptest"
	"github.com/lejek/lejek/shared/manifest"
)

func TestTheSameKeyAnswersTheFirstResultAgain(t *testing.T) {
	t.Parallel()
	a := apptest.New(t, apptest.WithObjects)
	c := a.NewTeam("Acme")
	deal := c.Must("POST", "/api/v2/deals", map[string]any{"title": "Boat"}).ID()
	file := apptest.Form{Files: map[string]string{"file": "hello"}, Fields: map[string]string{"deal_id": fmt.Sprint(deal)}}
	for _, op := range []struct {
		path string
		body any
	}{
		{"/api/v2/deals", map[string]any{"title": "Car"}},
		{"/v1/deals", map[string]any{"title": "Car"}},
		{"/api/v2/persons", map[string]any{"name": "Eva"}},
		{"/v1/notes", map[string]any{"content": "x", "deal_id": deal}},
		{"/v1/files", file},
		{apptest.Path("/api/v2/deals/%d/duplicate", deal), map[string]any{}},
		{apptest.Path("/api/v2/deals/%d/followers", deal), map[string]any{"user_id": c.User.ID}},
		{"/api/v2/dealFields", map[string]any{"field_name": "Size", "field_type": "varchar"}},
		{"/v1/users", map[string]any{"email": "bob@acme.example"}},
	} {
		t.Run(op.path, func(t *testing.T) {
			keyed := c.Sending("Idempotency-Key", "key of "+op.path)
			first := keyed.Do("POST", op.path, op.body)
			if first.Status >= 300 || first.Header["Idempotency-Replayed"] != "" {
				t.Fatalf("first: %d %v %s", first.Status, first.Header, first.Raw)
			}
			again := keyed.Do("POST", op.path, op.body)
			if again.Status != first.Status || again.Raw != first.Raw || again.Header["Idempotency-Replayed"] != "true" || again.Header["Etag"] != first.Header["Etag"] {
				t.Errorf("again: %d %v %s\nwant %d %v %s", again.Status, again.Header, again.Raw, first.Status, first.Header, first.Raw)
			}
		})
	}
	if n := len(c.Must("GET", "/api/v2/persons", nil).List()); n != 1 {
		t.Errorf("%d persons, want 1", n)
	}
}

func TestAKeyStandsForOneRequestOfOneUser(t *testing.T) {
	t.Parallel()
	a := apptest.New(t)
	c, stranger := a.NewTeam("Acme"), a.NewTeam("Other")
	title := func(s string) map[string]any { return map[string]any{"title": s} }
	keyed := c.Sending("Idempotency-Key", "k")
	keyed.Must("POST", "/api/v2/deals", title("Boat"))
	for _, other := range []struct {
		path string
		body any
	}{{"/api/v2/deals", title("Car")}, {"/api/v2/deals", title("Boat ")}, {"/api/v2/persons", title("Boat")}, {"/api/v2/persons", map[string]any{"name": "Eva"}}} {
		if got := keyed.Do("POST", other.path, other.body); got.Status != http.StatusConflict && got.Status != http.StatusBadRequest {
			t.Errorf("%s %v: %d %s", other.path, other.body, got.Status, got.Raw)
		}
	}
	if got := stranger.Sending("Idempotency-Key", "k").Must("POST", "/api/v2/deals", title("Car")); got.Header["Idempotency-Replayed"] != "" {
		t.Error("a key of another team is known")
	}
	for _, key := range []string{strings.Repeat("x", 256), "with\ttab", "ż"} {
		if got := c.Sending("Idempotency-Key", key).Do("POST", "/api/v2/deals", title("x")); got.Status != http.StatusBadRequest || !strings.Contains(got.Raw, "Idempotency-Key") {
			t.Errorf("%q: %d %s", key, got.Status, got.Raw)
		}
	}
	a.Later(25 * time.Hour)
	if got := keyed.Must("POST", "/api/v2/deals", title("Car")); got.Header["Idempotency-Replayed"] != "" {
		t.Error("the key is known after a day")
	}
}

func TestAKeyOfWhatFailedMayBeUsedAgain(t *testing.T) {
	t.Parallel()
	c := apptest.New(t).NewTeam("Acme").Sending("Idempotency-Key", "k")
	for _, body := range []map[string]any{{"title": ""}, {"title": "Boat", "person_id": 77}} {
		if got := c.Do("POST", "/api/v2/deals", body); got.Status != http.StatusBadRequest {
			t.Fatalf("%v: %d %s", body, got.Status, got.Raw)
		}
	}
	if got := c.Must("POST", "/api/v2/deals", map[string]any{"title": "Boat"}); got.Header["Idempotency-Replayed"] != "" {
		t.Errorf("answered from before: %s", got.Raw)
	}
}

func TestOfManyAtOnceWithAKeyOneTakesEffect(t *testing.T) {
	t.Parallel()
	a := apptest.New(t)
	c := a.NewTeam("Acme")
	var wg sync.WaitGroup
	var mu sync.Mutex
	answers := map[string]int64{} // key → the one deal
	for i := range 40 {
		wg.Go(func() {
			key := fmt.Sprint("key", i%5)
			got := c.Sending("Idempotency-Key", key).Do("POST", "/api/v2/deals", map[string]any{"title": key})
			mu.Lock()
			defer mu.Unlock()
			switch {
			case got.Status == http.StatusConflict && got.Header["Retry-After"] == "1":
			case got.Status != http.StatusOK || got.Data()["title"] != key:
				t.Errorf("%s: %d %s", key, got.Status, got.Raw)
			case answers[key] != 0 && answers[key] != got.ID():
				t.Errorf("%s made two deals: %d and %d", key, answers[key], got.ID())
			default:
				answers[key] = got.ID()
			}
		})
	}
	wg.Wait()
	if n := len(c.Must("GET", "/api/v2/deals", nil).List()); n != 5 || len(answers) != 5 {
		t.Errorf("%d deals, %d keys answered, want 5", n, len(answers))
	}
}

// TestAKeyHoldsThroughFailures breaks each AWS call of a request in turn, before and after its effect, or ends the function
// there, and sends the request until it is answered.
func TestAKeyHoldsThroughFailures(t *testing.T) {
	t.Parallel()
	var at, calls atomic.Int64 // which call breaks; 0 none
	var after, dead atomic.Bool
	broken := func(late bool) func(context.Context, faults.Call) error {
		return func(context.Context, faults.Call) error {
			if dead.Load() && !late {
				return errors.New("the function is gone")
			}
			n := calls.Load()
			if !late {
				n = calls.Add(1)
			}
			if n == at.Load() && late == after.Load() {
				dead.Store(true)
				return errors.New("broken by the test")
			}
			return nil
		}
	}
	a := apptest.New(t, func(a *apptest.App) {
		hook := faults.Hook{Before: broken(false), After: broken(true)}
		a.DynamoDB = dynamodb.New(a.DynamoDB.Options(), func(o *dynamodb.Options) { o.APIOptions = append(o.APIOptions, hook.Add) })
	})
	c := a.NewTeam("Acme")
	for _, op := range []struct{ path, body string }{{"/api/v2/deals", `{"title":"%s"}`}, {"/v1/notes/%d/comments", `{"content":"%s"}`}} {
		note := c.Must("POST", "/v1/notes", map[string]any{"content": "n", "deal_id": c.Must("POST", "/api/v2/deals", map[string]any{"title": "d"}).ID()}).ID()
		path := op.path
		if strings.Contains(path, "%") {
			path = fmt.Sprintf(path, note)
		}
		for n := int64(1); ; n++ {
			for _, late := range []bool{false, true} {
				name := fmt.Sprintf("call %d after=%v", n, late)
				keyed := c.Sending("Idempotency-Key", name+path)
				before := len(c.Must("GET", path, nil).List())
				at.Store(n)
				after.Store(late)
				calls.Store(0)
				keyed.Do("POST", path, fmt.Sprintf(op.body, name))
				broke := dead.Load()
				at.Store(0)
				dead.Store(false)
				if !broke {
					if n < 5 {
						t.Fatalf("only %d calls", n)
					}
					goto next
				}
				got := keyed.Do("POST", path, fmt.Sprintf(op.body, name))
				if got.Status == http.StatusConflict && got.Header["Retry-After"] != "" {
					a.Later(61 * time.Second)
					got = keyed.Do("POST", path, fmt.Sprintf(op.body, name))
				}
				if lost := strings.Contains(got.Raw, "took effect"); got.Status != http.StatusOK && !(lost && path != "/api/v2/deals") || !lost && !strings.Contains(got.Raw, name) {
					t.Errorf("%s %s: %d %s", path, name, got.Status, got.Raw)
				}
				if now := len(c.Must("GET", path+"?limit=200", nil).List()); now != before+1 {
					t.Errorf("%s %s: %d made, want 1", path, name, now-before)
				}
			}
		}
	next:
	}
}

func TestAChangeIsRefusedWhenTheRecordIsNotAsSeen(t *testing.T) {
	t.Parallel()
	a := apptest.New(t, apptest.WithObjects)
	c := a.NewTeam("Acme")
	deal := c.Must("POST", "/api/v2/deals", map[string]any{"title": "Boat"}).ID()
	org := c.Must("POST", "/api/v2/organizations", map[string]any{"name": "Org"}).ID()
	org2 := c.Must("POST", "/api/v2/organizations", map[string]any{"name": "Org 2"}).ID()
	for _, r := range []struct {
		path         string
		method       string
		make, change any
	}{
		{"/api/v2/deals", "PATCH", map[string]any{"title": "A"}, map[string]any{"title": "B"}},
		{"/v1/deals", "PUT", map[string]any{"title": "A"}, map[string]any{"title": "B"}},
		{"/api/v2/persons", "PATCH", map[string]any{"name": "A"}, map[string]any{"name": "B"}},
		{"/v1/persons", "PUT", map[string]any{"name": "A"}, map[string]any{"name": "B"}},
		{"/v1/organizations", "PUT", map[string]any{"name": "A"}, map[string]any{"name": "B"}},
		{"/api/v2/organizations", "PATCH", map[string]any{"name": "A"}, map[string]any{"name": "B"}},
		{"/api/v2/activities", "PATCH", map[string]any{"subject": "A"}, map[string]any{"subject": "B"}},
		{"/v1/activities", "PUT", map[string]any{"subject": "A"}, map[string]any{"subject": "B"}},
		{"/api/v2/pipelines", "PATCH", map[string]any{"name": "A"}, map[string]any{"name": "B"}},
		{"/v1/pipelines", "PUT", map[string]any{"name": "A"}, map[string]any{"name": "B"}},
		{"/api/v2/stages", "PATCH", map[string]any{"name": "A", "pipeline_id": 1}, map[string]any{"name": "B"}},
		{"/v1/stages", "PUT", map[string]any{"name": "A", "pipeline_id": 1}, map[string]any{"name": "B"}},
		{"/v1/notes", "PUT", map[string]any{"content": "A", "deal_id": deal}, map[string]any{"content": "B"}},
		{"/v1/activityTypes", "PUT", map[string]any{"name": "A", "icon_key": "call"}, map[string]any{"name": "B"}},
		{"/v1/organizationRelationships", "PUT", map[string]any{"type": "related", "rel_owner_org_id": org, "rel_linked_org_id": org2}, map[string]any{"type": "parent"}},
		{"/v1/files", "PUT", apptest.Form{Files: map[string]string{"file": "x"}, Fields: map[string]string{"deal_id": fmt.Sprint(deal)}}, map[string]any{"name": "B"}},
		{"/v1/filters", "PUT", map[string]any{"name": "A", "type": "deals", "conditions": map[string]any{"glue": "and", "conditions": []any{
			map[string]any{"glue": "and", "conditions": []any{}}, map[string]any{"glue": "or", "conditions": []any{}}}}}, map[string]any{"name": "B"}},
	} {
		t.Run(r.path, func(t *testing.T) {
			made := c.Do("POST", r.path, r.make)
			one, tag := apptest.Path("%s/%d", r.path, made.ID()), made.Header["Etag"]
			if tag == "" {
				t.Fatalf("no ETag: %d %s", made.Status, made.Raw)
			}
			if r.path != "/v1/activityTypes" {
				if got := c.Must("GET", one, nil); got.Header["Etag"] != tag {
					t.Errorf("GET: ETag %s, POST: %s", got.Header["Etag"], tag)
				}
			}
			changed := c.Sending("If-Match", tag).Must(r.method, one, r.change)
			if now := changed.Header["Etag"]; now == tag || now == "" {
				t.Errorf("ETag %s after the change, %s before", now, tag)
			}
			for _, stale := range []string{tag, `"999"`, `"x"`, `W/` + tag} {
				for _, method := range []string{r.method, "DELETE"} {
					got := c.Sending("If-Match", stale).Do(method, one, map[string]any{"PATCH": r.change, "PUT": r.change}[method])
					if got.Status != http.StatusPreconditionFailed || got.Header["Etag"] != changed.Header["Etag"] {
						t.Errorf("%s with %s: %d, ETag %s, want %s: %s", method, stale, got.Status, got.Header["Etag"], changed.Header["Etag"], got.Raw)
					}
				}
			}
			for _, good := range []string{"*", `"999", ` + changed.Header["Etag"], "W/" + changed.Header["Etag"]} {
				c.Sending("If-Match", good).Must(r.method, one, r.change) // changes nothing more
			}
			c.Sending("If-Match", changed.Header["Etag"]).Must("DELETE", one, nil)
		})
	}
}

func TestIfMatchIsRefusedWhereItWouldNotHold(t *testing.T) {
	t.Parallel()
	c := apptest.New(t).NewTeam("Acme").Sending("If-Match", `"1"`)
	for _, op := range []manifest.Operation{"POST /api/v2/deals", "GET /api/v2/deals", "DELETE /v1/filters", "POST /api/v2/deals/{id}/followers"} {
		got := c.Do(op.Method(), strings.ReplaceAll(op.Path(), "{id}", "1"), map[string]any{"title": "x", "user_id": 1})
		if got.Status != http.StatusBadRequest {
			t.Errorf("%s: %d %s", op, got.Status, got.Raw)
		}
	}
}

// TestEveryRecordHasAnETag demands that what can be changed under its id is either known to have a version, or named here.
func TestEveryRecordHasAnETag(t *testing.T) {
	t.Parallel()
	without := map[manifest.Operation]string{
		"PUT /v1/users/{id}": "switches a user on or off, nothing else",
	}
	for _, f := range manifest.Functions {
		for _, op := range f.Operations {
			changes := op.Method() == "PUT" || op.Method() == "PATCH"
			if changes && strings.HasSuffix(op.Path(), "/{id}") && strings.Count(op.Path(), "{") == 1 && api.RecordOf(op) == "" && without[op] == "" && !strings.Contains(op.Path(), "Fields/") {
				t.Errorf("%s has no ETag", op)
			}
		}
	}
}

// TestNoUpdateIsLostWithETags has many add to a number that each read before.
func TestNoUpdateIsLostWithETags(t *testing.T) {
	t.Parallel()
	c := apptest.New(t).NewTeam("Acme")
	path := apptest.Path("/api/v2/deals/%d", c.Must("POST", "/api/v2/deals", map[string]any{"title": "Boat", "value": 0}).ID())
	var wg sync.WaitGroup
	var done atomic.Int64
	for range 8 {
		wg.Go(func() {
			for range 6 {
				seen := c.Must("GET", path, nil)
				value := seen.Data()["value"].(float64)
				switch got := c.Sending("If-Match", seen.Header["Etag"]).Do("PATCH", path, map[string]any{"value": value + 1}); got.Status {
				case http.StatusOK:
					done.Add(1)
				case http.StatusPreconditionFailed, http.StatusServiceUnavailable:
				default:
					t.Errorf("%d %s", got.Status, got.Raw)
				}
			}
		})
	}
	wg.Wait()
	if got := c.Must("GET", path, nil).Data()["value"].(float64); int64(got) != done.Load() || got == 0 {
		t.Errorf("value %v after %d additions", got, done.Load())
	}
}
