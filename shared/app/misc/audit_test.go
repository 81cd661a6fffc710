package misc_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/lejek/lejek/shared/app/apptest"
	"github.com/lejek/lejek/shared/auth"
)

func TestAReadOnlyTokenReadsAndNothingElse(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	c := app.NewTeam("Acme")
	deal := c.Must("POST", "/api/v2/deals", m{"title": "Boat"}).ID()
	made := c.Do("POST", "/api/v2/apiTokens", m{"name": "report", "scope": "read-only"})
	if made.Status != http.StatusCreated || made.Data()["scope"] != "read-only" {
		t.Fatalf("%d %s", made.Status, made.Raw)
	}
	reader := c.With(auth.Token(made.Data()["token"].(string)))
	reader.Must("GET", "/api/v2/deals", nil)
	reader.Must("GET", "/v1/users/me", nil)
	if got := reader.Do("GET", "/api/v2/webhooks/keys", nil); got.Status != http.StatusForbidden {
		t.Errorf("signing keys: %d %s", got.Status, got.Raw)
	}
	c.Do("POST", "/v1/webhooks", m{"subscription_url": "https://hooks.example/", "event_action": "*", "event_object": "*", "http_auth_user": "u", "http_auth_password": "secret"})
	if all, its := c.Must("GET", "/v1/webhooks", nil).Raw, reader.Must("GET", "/v1/webhooks", nil).Raw; !strings.Contains(all, "secret") || strings.Contains(its, "secret") {
		t.Errorf("passwords of webhooks: %s\nread-only: %s", all, its)
	}
	for _, op := range []struct{ method, path string }{
		{"POST", "/api/v2/deals"}, {"PATCH", apptest.Path("/api/v2/deals/%d", deal)}, {"DELETE", apptest.Path("/api/v2/deals/%d", deal)},
		{"PUT", "/v1/users/1"}, {"POST", "/v1/notes"}, {"POST", "/api/v2/apiTokens"}, {"DELETE", "/api/v2/apiTokens/" + made.Data()["id"].(string)},
	} {
		if got := reader.Do(op.method, op.path, m{"title": "x", "name": "x"}); got.Status != http.StatusForbidden || !strings.Contains(got.Raw, "read-only") {
			t.Errorf("%s %s: %d %s", op.method, op.path, got.Status, got.Raw)
		}
	}
	c.Must("DELETE", "/api/v2/apiTokens/"+made.Data()["id"].(string), nil)
	if got := reader.Do("GET", "/api/v2/deals", nil); got.Status != http.StatusUnauthorized {
		t.Errorf("revoked: %d %s", got.Status, got.Raw)
	}
	if got := c.Do("DELETE", "/api/v2/apiTokens/"+made.Data()["id"].(string), nil); got.Status != http.StatusNotFound {
		t.Errorf("revoked twice: %d %s", got.Status, got.Raw)
	}
}

func TestTokensTellWhenTheyWereUsedLast(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	c := app.NewTeam("Acme")
	spare := c.Do("POST", "/api/v2/apiTokens", m{"name": "spare"}).Data()
	used := func() map[string]any {
		at := map[string]any{}
		for _, v := range c.Must("GET", "/api/v2/apiTokens", nil).List() {
			at[v.(m)["name"].(string)] = v.(m)["last_used_time"]
		}
		return at
	}
	if got := used(); got["spare"] != nil || got[""] != "2026-11-23T10:00:00Z" {
		t.Errorf("at first: %v", got)
	}
	app.Later(30 * time.Minute)
	c.With(auth.Token(spare["token"].(string))).Must("GET", "/v1/users/me", nil)
	if got := used(); got["spare"] != "2026-11-23T10:30:00Z" || got[""] != "2026-11-23T10:00:00Z" {
		t.Errorf("half an hour later: %v", got)
	}
	app.Later(40 * time.Minute)
	if got := used(); got[""] != "2026-11-23T11:10:00Z" {
		t.Errorf("more than an hour later: %v", got)
	}
}

func TestTokensAreEveryonesOwnBusinessAndAnAdmins(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	ada := app.NewTeam("Acme")
	bob := colleague(t, app, ada, "bob@acme.example")
	mine := bob.Do("POST", "/api/v2/apiTokens", m{"name": "mine"})
	if mine.Status != http.StatusCreated || mine.Data()["user_id"] != 2.0 {
		t.Fatalf("%d %s", mine.Status, mine.Raw)
	}
	if got := bob.Do("POST", "/api/v2/apiTokens", m{"name": "x", "user_id": 1}); got.Status != http.StatusForbidden {
		t.Errorf("for another: %d %s", got.Status, got.Raw)
	}
	if got := ada.Do("POST", "/api/v2/apiTokens", m{"name": "for bob", "user_id": 2}); got.Status != http.StatusCreated {
		t.Errorf("an admin for another: %d %s", got.Status, got.Raw)
	}
	if n, all := len(bob.Must("GET", "/api/v2/apiTokens", nil).List()), len(ada.Must("GET", "/api/v2/apiTokens", nil).List()); n != 3 || all != 4 {
		t.Errorf("bob sees %d tokens, ada %d, want 3 and 4", n, all)
	}
	first := ada.Must("GET", "/api/v2/apiTokens", nil).List()[0].(m)
	if got := bob.Do("DELETE", fmt.Sprintf("/api/v2/apiTokens/%v", first["id"]), nil); got.Status != http.StatusNotFound {
		t.Errorf("another's token: %d %s", got.Status, got.Raw)
	}
	for _, body := range []m{{}, {"name": ""}, {"name": "x", "scope": "all"}, {"name": "x", "user_id": 77}, {"name": "x", "color": "red"}} {
		if got := ada.Do("POST", "/api/v2/apiTokens", body); got.Status != http.StatusBadRequest {
			t.Errorf("%v: %d %s", body, got.Status, got.Raw)
		}
	}
}

func TestATokenIsToldOnce(t *testing.T) {
	t.Parallel()
	c := apptest.New(t).NewTeam("Acme").Sending("Idempotency-Key", "k")
	first := c.Do("POST", "/api/v2/apiTokens", m{"name": "x"})
	if again := c.Do("POST", "/api/v2/apiTokens", m{"name": "x"}); again.Status != http.StatusConflict || strings.Contains(again.Raw, first.Data()["token"].(string)) {
		t.Errorf("again: %d %s", again.Status, again.Raw)
	}
	if n := len(c.Must("GET", "/api/v2/apiTokens", nil).List()); n != 2 {
		t.Errorf("%d tokens, want 2", n)
	}
}

func TestAdministrativeActsAreLogged(t *testing.T) {
	t.Parallel()
	app := apptest.New(t, apptest.WithObjects)
	c, stranger := app.NewTeam("Acme"), app.NewTeam("Other")
	app.Later(time.Minute)
	var want []string
	did := func(method, path string, body any, act string) apptest.Answer {
		t.Helper()
		app.Later(time.Second)
		got := c.Do(method, path, body)
		if got.Status >= 300 {
			t.Fatalf("%s %s: %d %s", method, path, got.Status, got.Raw)
		}
		want = append([]string{act}, want...)
		return got
	}
	did("POST", "/v1/users", m{"email": "bob@acme.example"}, "user.created user 2")
	token := did("POST", "/api/v2/apiTokens", m{"name": "t"}, "token.created token")
	did("PUT", "/v1/users/2", m{"active_flag": false}, "user.switched_off user 2")
	did("PUT", "/v1/users/2", m{"active_flag": true}, "user.switched_on user 2")
	did("DELETE", apptest.Path("/api/v2/apiTokens/%v", token.Data()["id"]), nil, "token.revoked token")
	field := did("POST", "/api/v2/dealFields", m{"field_name": "Size", "field_type": "enum", "options": []m{{"label": "L"}}}, "field.created field").Data()["field_code"]
	did("PATCH", apptest.Path("/api/v2/dealFields/%v", field), m{"field_name": "Width"}, "field.changed field")
	did("POST", apptest.Path("/api/v2/dealFields/%v/options", field), []m{{"label": "M"}}, "field.options_changed field")
	did("DELETE", apptest.Path("/api/v2/dealFields/%v", field), nil, "field.deleted field")
	pipeline := did("POST", "/api/v2/pipelines", m{"name": "P"}, "pipeline.created pipeline").ID()
	stage := did("POST", "/api/v2/stages", m{"name": "S", "pipeline_id": pipeline}, "stage.created stage").ID()
	did("PATCH", apptest.Path("/api/v2/stages/%d", stage), m{"name": "T"}, "stage.changed stage")
	did("DELETE", apptest.Path("/api/v2/stages/%d", stage), nil, "stage.deleted stage")
	did("PATCH", apptest.Path("/api/v2/pipelines/%d", pipeline), m{"name": "Q"}, "pipeline.changed pipeline")
	did("DELETE", apptest.Path("/api/v2/pipelines/%d", pipeline), nil, "pipeline.deleted pipeline")
	did("POST", "/v1/webhooks", m{"subscription_url": "https://hooks.example/x", "event_action": "*", "event_object": "*"}, "webhook.created webhook 1")
	did("DELETE", "/v1/webhooks/1", nil, "webhook.deleted webhook 1")
	did("POST", "/api/v2/webhooks/keys/rotate", nil, "webhookKey.created signingKeys")
	did("POST", "/api/v2/exports", nil, "export.created export 1")
	did("DELETE", "/api/v2/exports/1", nil, "export.deleted export 1")
	kind := did("POST", "/v1/activityTypes", m{"name": "Visit", "icon_key": "car"}, "activityType.created activityType").ID()
	did("PUT", apptest.Path("/v1/activityTypes/%d", kind), m{"name": "Trip"}, "activityType.changed activityType")
	did("DELETE", apptest.Path("/v1/activityTypes/%d", kind), nil, "activityType.deleted activityType")
	want = append(want, "token.created", "user.created", "team.created")

	var got []m
	for cursor := any(""); cursor != nil; {
		page := c.Must("GET", fmt.Sprintf("/api/v2/auditLog?limit=4&cursor=%v", cursor), nil)
		for _, v := range page.List() {
			got = append(got, v.(m))
		}
		cursor = page.Body["additional_data"].(m)["next_cursor"]
	}
	if len(got) != len(want) {
		t.Fatalf("%d acts, want %d: %v", len(got), len(want), got)
	}
	for i, w := range want[:len(want)-3] {
		if line := fmt.Sprintf("%v %v %v", got[i]["action"], got[i]["object"], got[i]["object_id"]); !strings.HasPrefix(line, w) || got[i]["user_id"] != 1.0 || got[i]["source"] != "api" {
			t.Errorf("act %d: %v, want %s", i, got[i], w)
		}
	}
	if last := got[len(got)-1]; last["user_id"] != nil || last["source"] != "operator" {
		t.Errorf("what the operator did: %v", last)
	}
	if strings.Contains(c.Must("GET", "/api/v2/auditLog?limit=500", nil).Raw, token.Data()["token"].(string)) {
		t.Error("the log holds a token")
	}
	if n := len(stranger.Must("GET", "/api/v2/auditLog", nil).List()); n != 3 {
		t.Errorf("another team sees %d acts, want its own 3", n)
	}
	bob := colleague(t, app, c, "eve@acme.example")
	if got := bob.Do("GET", "/api/v2/auditLog", nil); got.Status != http.StatusForbidden {
		t.Errorf("no admin: %d %s", got.Status, got.Raw)
	}
	if got := c.Do("GET", "/api/v2/auditLog?cursor=eA", nil); got.Status != http.StatusBadRequest || !strings.Contains(got.Raw, "cursor") {
		t.Errorf("a wrong cursor: %d %s", got.Status, got.Raw)
	}
}

// colleague is a user without rights of an admin.
func colleague(t *testing.T, app *apptest.App, c *apptest.Client, email string) *apptest.Client {
	t.Helper()
	c.Must("POST", "/v1/users", m{"email": email})
	token, err := app.Teams().CreateToken(t.Context(), c.Team.ID, email, auth.ReadWrite)
	if err != nil {
		t.Fatal(err)
	}
	return c.With(token)
}
