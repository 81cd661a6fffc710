package subscriptions_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/lejek/lejek/shared/app/apptest"
	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/teams"
)

type m = map[string]any

// colleague is another user of the team, no admin.
func colleague(t *testing.T, a *apptest.App, c *apptest.Client) *apptest.Client {
	t.Helper()
	u, err := a.Teams().CreateUser(context.Background(), teams.UserInput{Team: c.Team.ID, Email: "bob@acme.example", Name: "Bob"})
	if err != nil {
		t.Fatal(err)
	}
	token, err := a.Teams().CreateToken(context.Background(), c.Team.ID, u.Email, auth.ReadWrite)
	if err != nil {
		t.Fatal(err)
	}
	other := c.With(token)
	other.User = u
	return other
}

func hook(more m) m {
	body := m{"subscription_url": "https://hooks.example/x", "event_action": "change", "event_object": "deal"}
	for k, v := range more {
		body[k] = v
	}
	return body
}

func TestWebhookIsMadeListedAndRemoved(t *testing.T) {
	t.Parallel()
	c := apptest.New(t).NewTeam("Acme")
	made := c.Do("POST", "/v1/webhooks", hook(m{"name": "Mine", "http_auth_user": "u", "http_auth_password": "p"}))
	if made.Status != http.StatusCreated || made.Body["status"] != "ok" || made.Data()["version"] != "2.0" || made.Data()["name"] != "Mine" {
		t.Fatalf("%d %s", made.Status, made.Raw)
	}
	for key, want := range map[string]any{
		"is_active": 1.0, "add_time": "2026-11-23T10:00:00.000Z", "remove_time": nil, "type": "general", "http_auth_user": "u", "http_auth_password": "p",
		"last_delivery_time": nil, "last_http_status": nil, "owner_id": 1.0, "user_id": 1.0, "admin_id": 1.0, "company_id": float64(c.Team.ID),
		"event_action": "change", "event_object": "deal", "subscription_url": "https://hooks.example/x", "signed": false,
	} {
		if got, ok := made.Data()[key]; !ok || got != want {
			t.Errorf("%s is %v, want %v", key, got, want)
		}
	}
	list := c.Must("GET", "/v1/webhooks", nil)
	if len(list.List()) != 1 || list.Body["status"] != "ok" {
		t.Errorf("listed %s", list.Raw)
	}
	target := apptest.Path("/v1/webhooks/%d", made.ID())
	if gone := c.Must("DELETE", target, nil); gone.Body["status"] != "ok" {
		t.Errorf("deleted %s", gone.Raw)
	}
	if again := c.Do("DELETE", target, nil); again.Status != 404 || again.Body["status"] != "error" {
		t.Errorf("deleted again: %d %s", again.Status, again.Raw)
	}
	if left := c.Must("GET", "/v1/webhooks", nil).List(); len(left) != 0 {
		t.Errorf("left are %v", left)
	}
}

func TestOlderEventNamesMeanTheOlderPayload(t *testing.T) {
	t.Parallel()
	c := apptest.New(t).NewTeam("Acme")
	for _, w := range []struct {
		action, object string
		version        any
		want           any // the version, or the field that is wrong
	}{
		{"added", "deal", nil, "1.0"}, {"updated", "person", nil, "1.0"}, {"deleted", "*", nil, "1.0"}, {"merged", "person", nil, "1.0"},
		{"create", "deal", nil, "2.0"}, {"*", "*", nil, "2.0"}, {"*", "*", "1.0", "1.0"}, {"change", "stage", "1.0", "1.0"}, {"added", "deal", "2.0", "2.0"},
		{"added", "activityType", nil, "1.0"},
		{"merged", "person", "2.0", "event_action"}, {"*", "activityType", "2.0", "event_object"}, {"*", "lead", nil, "event_object"},
		{"*", "thing", nil, "event_object"}, {"make", "deal", nil, "event_action"}, {"*", "deal", "3.0", "version"},
	} {
		body := hook(m{"event_action": w.action, "event_object": w.object})
		if w.version != nil {
			body["version"] = w.version
		}
		got := c.Do("POST", "/v1/webhooks", body)
		if got.Status == http.StatusCreated {
			if got.Data()["version"] != w.want || got.Data()["event_action"] != w.action {
				t.Errorf("%s.%s %v: %s", w.action, w.object, w.version, got.Raw)
			}
			continue
		}
		wrong, _ := got.Body["errors"].(m)
		if got.Status != 400 || got.Body["status"] != "error" || len(wrong) != 1 || wrong[fmt.Sprint(w.want)] == nil {
			t.Errorf("%s.%s %v: %d %s", w.action, w.object, w.version, got.Status, got.Raw)
		}
	}
}

func TestAddressIsCheckedByItsFormAlone(t *testing.T) {
	t.Parallel()
	c := apptest.New(t).NewTeam("Acme")
	for url, ok := range map[string]bool{
		"https://hooks.example": true, "https://hooks.example:8443/a/b?c=d#e": true, "https://10.0.0.1/x": true, "https://[2001:db8::1]/x": true,
		"http://hooks.example": false, "ftp://hooks.example": false, "hooks.example": false, "": false, "https://": false, "https:///x": false,
		"https://a:b@hooks.example/": false, "https://a@hooks.example": false, "https:hooks.example": false, "https://hooks.example:": false,
		"https://hooks.example:x": false, "https://hooks .example": false, "https://evil.example\\@hooks.example": false, "javascript:alert(1)": false,
		"https://hooks.example/" + strings.Repeat("a", 2000): false, "https://[::1": false,
	} {
		got := c.Do("POST", "/v1/webhooks", hook(m{"subscription_url": url}))
		if ok != (got.Status == http.StatusCreated) {
			t.Errorf("%q: %d %s", url, got.Status, got.Raw)
		}
		if !ok && (got.Status != 400 || got.Body["errors"].(m)["subscription_url"] == nil) {
			t.Errorf("%q: %d %s", url, got.Status, got.Raw)
		}
	}
}

func TestUserHasFortyWebhooksAtMostHoweverManyAreMadeAtOnce(t *testing.T) {
	t.Parallel()
	a := apptest.New(t)
	c := a.NewTeam("Acme")
	other := colleague(t, a, c)
	for range 38 {
		if got := c.Do("POST", "/v1/webhooks", hook(nil)); got.Status != http.StatusCreated {
			t.Fatal(got.Raw)
		}
	}
	var wg sync.WaitGroup
	var mu sync.Mutex
	statuses := map[int]int{}
	for range 6 {
		wg.Go(func() {
			got := c.Do("POST", "/v1/webhooks", hook(nil))
			mu.Lock()
			defer mu.Unlock()
			statuses[got.Status]++
		})
	}
	wg.Wait()
	if n := len(c.Must("GET", "/v1/webhooks", nil).List()); n != 40 || statuses[201] != 2 || statuses[422] != 4 {
		t.Errorf("there are %d webhooks; answered were %v", n, statuses)
	}
	if got := other.Do("POST", "/v1/webhooks", hook(nil)); got.Status != http.StatusCreated {
		t.Errorf("another user's: %d %s", got.Status, got.Raw)
	}
	c.Must("DELETE", "/v1/webhooks/1", nil)
	if got := c.Do("POST", "/v1/webhooks", hook(nil)); got.Status != http.StatusCreated {
		t.Errorf("in place of one that was deleted: %d %s", got.Status, got.Raw)
	}
}

func TestWebhooksOfOthersAreForAdmins(t *testing.T) {
	t.Parallel()
	a := apptest.New(t)
	admin := a.NewTeam("Acme")
	bob := colleague(t, a, admin)
	mine := admin.Do("POST", "/v1/webhooks", hook(nil)).ID()
	if got := bob.Do("DELETE", apptest.Path("/v1/webhooks/%d", mine), nil); got.Status != 403 || got.Body["message"] != "Forbidden" || got.Body["success"] != false {
		t.Errorf("a foreign webhook: %d %s", got.Status, got.Raw)
	}
	if got := bob.Do("POST", "/v1/webhooks", hook(m{"user_id": admin.User.ID})); got.Status != 403 {
		t.Errorf("a webhook that sees as an admin: %d %s", got.Status, got.Raw)
	}
	if got := admin.Do("POST", "/v1/webhooks", hook(m{"user_id": 77})); got.Status != 400 || got.Body["errors"].(m)["user_id"] == nil {
		t.Errorf("a webhook of nobody: %d %s", got.Status, got.Raw)
	}
	his := admin.Do("POST", "/v1/webhooks", hook(m{"user_id": bob.User.ID}))
	if his.Status != 201 || his.Data()["user_id"] != float64(bob.User.ID) || his.Data()["owner_id"] != float64(admin.User.ID) {
		t.Fatalf("a webhook for a colleague: %d %s", his.Status, his.Raw)
	}
	if list := bob.Must("GET", "/v1/webhooks", nil).List(); len(list) != 1 {
		t.Errorf("bob sees %v", list)
	}
	if list := admin.Must("GET", "/v1/webhooks", nil).List(); len(list) != 2 {
		t.Errorf("an admin sees %v", list)
	}
	bob.Must("DELETE", apptest.Path("/v1/webhooks/%d", his.ID()), nil)
}

func TestSigningKeysAreMadeOnceAndRotated(t *testing.T) {
	t.Parallel()
	a := apptest.New(t)
	c := a.NewTeam("Acme")
	bob := colleague(t, a, c)
	keys := func() []any { return c.Must("GET", "/api/v2/webhooks/keys", nil).List() }
	if got := keys(); len(got) != 0 {
		t.Fatalf("a new team has keys %v", got)
	}
	for range 2 {
		if got := c.Do("POST", "/v1/webhooks", hook(m{"signed": true})); got.Status != 201 || got.Data()["signed"] != true {
			t.Fatalf("%d %s", got.Status, got.Raw)
		}
	}
	first := keys()
	if len(first) != 1 || !strings.HasPrefix(first[0].(m)["secret"].(string), "whsec_") || first[0].(m)["expire_time"] != nil {
		t.Fatalf("keys %v", first)
	}
	second := c.Must("POST", "/api/v2/webhooks/keys/rotate", nil).Data()
	if got := keys(); len(got) != 2 || got[0].(m)["id"] != second["id"] || got[1].(m)["expire_time"] != "2026-11-24T10:00:00.000Z" {
		t.Errorf("after rotating %v", got)
	}
	a.Later(25 * 3600e9)
	if got := keys(); len(got) != 1 || got[0].(m)["id"] != second["id"] {
		t.Errorf("a day later %v", got)
	}
	for _, op := range []string{"GET /api/v2/webhooks/keys", "POST /api/v2/webhooks/keys/rotate"} {
		method, path, _ := strings.Cut(op, " ")
		if got := bob.Do(method, path, nil); got.Status != 403 {
			t.Errorf("%s by who is no admin: %d %s", op, got.Status, got.Raw)
		}
	}
}
