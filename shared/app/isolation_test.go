package app_test

import (
	"context"
	"fmt"
	"image"
	"image/png"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/lejek/lejek/shared/app/apptest"
	"github.com/lejek/lejek/shared/manifest"
	"github.com/lejek/lejek/shared/recents"
	"github.com/lejek/lejek/shared/teams"
)

const secret = "zebra-secret"

// owner is a team with one record of each kind; by path, the id of the record that the path takes. Ids are beyond those
// that every new team has, so that another team has nothing of the same number.
func owner(t *testing.T, a *apptest.App) (*apptest.Client, map[string]any) {
	c := a.NewTeam("Owner")
	ids := map[string]any{}
	make := func(path string, body map[string]any) int64 {
		id := c.Must("POST", path, body).ID()
		ids[path] = id
		return id
	}
	name := map[string]any{"name": secret}
	pipeline := make("/api/v2/pipelines", name)
	make("/api/v2/stages", map[string]any{"name": secret, "pipeline_id": pipeline})
	org := make("/api/v2/organizations", name)
	other := c.Must("POST", "/api/v2/organizations", map[string]any{"name": secret + " 2"}).ID()
	person := make("/api/v2/persons", map[string]any{"name": secret, "org_id": org, "emails": []any{map[string]any{"value": secret + "@x.example"}}})
	c.Must("POST", fmt.Sprintf("/v1/persons/%d/picture", person), apptest.Form{Files: map[string]string{"file": portrait(t)}})
	deal := make("/api/v2/deals", map[string]any{"title": secret, "person_id": person, "org_id": org})
	guest := c.Must("POST", "/api/v2/persons", map[string]any{"name": secret + " 3"}).ID()
	ids["{deal_participant_id}"] = c.Must("POST", fmt.Sprintf("/v1/deals/%d/participants", deal), map[string]any{"person_id": guest}).ID()
	c.Must("POST", "/api/v2/deals", map[string]any{"title": secret + " 2", "is_archived": true})
	make("/api/v2/activities", map[string]any{"subject": secret, "deal_id": deal})
	make("/v1/notes", map[string]any{"content": secret, "deal_id": deal})
	comment := c.Must("POST", fmt.Sprintf("/v1/notes/%v/comments", ids["/v1/notes"]), map[string]any{"content": secret}).Data()
	ids["{uuid}"] = comment["uuid"]
	make("/v1/organizationRelationships", map[string]any{"type": "related", "rel_owner_org_id": org, "rel_linked_org_id": other})
	ids["/api/v2/files/uploads"] = c.Do("POST", "/api/v2/files/uploads", map[string]any{"file_name": secret, "file_size": 5, "deal_id": deal}).ID()
	make("/v1/filters", map[string]any{"name": secret, "type": "deals", "conditions": map[string]any{"glue": "and", "conditions": []any{
		map[string]any{"glue": "and", "conditions": []any{map[string]any{"object": "deal", "field_id": 1002, "operator": "=", "value": secret}}},
		map[string]any{"glue": "or", "conditions": []any{}},
	}}})
	ids["/v1/webhooks"] = c.Do("POST", "/v1/webhooks", map[string]any{
		"name": secret, "subscription_url": "https://" + secret + ".example", "event_action": "*", "event_object": "*", "http_auth_password": secret,
	}).ID()
	ids["/api/v2/userAddresses"] = c.Do("POST", "/api/v2/userAddresses", map[string]any{"email": secret + "@elsewhere.example"}).ID()
	ids["/api/v2/mailMessages"] = c.Do("POST", "/api/v2/mailMessages", map[string]any{"to": []string{secret + "@x.example"}, "text": secret}).ID()
	ids["/api/v2/imports"] = c.Do("POST", "/api/v2/imports", map[string]any{"file_name": secret + ".csv"}).ID()
	ids["/api/v2/exports"] = c.Do("POST", "/api/v2/exports", nil).ID()
	u, err := a.Teams().CreateUser(context.Background(), teams.UserInput{Team: c.Team.ID, Email: secret + "@owner.example", Name: secret})
	if err != nil {
		t.Fatal(err)
	}
	ids["/v1/users"] = u.ID
	ids["/v1/activityTypes"] = c.Must("POST", "/v1/activityTypes", map[string]any{"name": secret, "icon_key": "car"}).ID()
	ids["/v1/roles"], ids["/v1/permissionSets"] = 77, "nobody" // the same few for every team: none of them is anybody's
	for _, entity := range []string{"deal", "person", "organization"} {
		root := entity + "Fields"
		made := c.Must("POST", "/api/v2/"+root, map[string]any{"field_name": secret, "field_type": "enum", "options": []any{map[string]any{"label": secret}}}).Data()
		ids["/api/v2/"+root], ids["/v1/"+root] = made["field_code"], firstOwnField(c, "/v1/"+root)
	}
	ids["/api/v2/activityFields"] = ids["/api/v2/dealFields"]
	deliver(t, a, c)
	ids["/v1/mailbox/mailThreads"] = first(t, c, "/v1/mailbox/mailThreads?folder=inbox")
	ids["/v1/mailbox/mailMessages"] = first(t, c, fmt.Sprintf("/v1/mailbox/mailThreads/%v/mailMessages", ids["/v1/mailbox/mailThreads"]))
	ids["/api/v2/inboundMail"] = c.Must("GET", "/api/v2/inboundMail", nil).List()[0].(map[string]any)["id"]
	ids["/api/v2/apiTokens"] = c.Do("POST", "/api/v2/apiTokens", map[string]any{"name": secret}).Data()["id"]
	ids["/v1/files"] = first(t, c, "/v1/files")
	return c, ids
}

func portrait(t *testing.T) string {
	var b strings.Builder
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 128, 128))); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// firstOwnField is the number of the first field that the team made.
func firstOwnField(c *apptest.Client, path string) any {
	for _, f := range c.Must("GET", path, nil).List() {
		if f.(map[string]any)["edit_flag"] == true {
			return f.(map[string]any)["id"]
		}
	}
	return nil
}

func first(t *testing.T, c *apptest.Client, target string) int64 {
	t.Helper()
	list := c.Must("GET", target, nil).List()
	if len(list) == 0 {
		t.Fatalf("GET %s: nothing", target)
	}
	return int64(list[0].(map[string]any)["id"].(float64))
}

// deliver has one mail with an attachment linked for the team.
func deliver(t *testing.T, a *apptest.App, c *apptest.Client) {
	t.Helper()
	a.Deliver(apptest.Mail{
		From: secret + "@x.example", To: []string{c.Address()},
		Raw: strings.ReplaceAll(`From: Zed <SECRET@x.example>
To: <ada@owner.example>
Message-ID: <SECRET@x.example>
Date: Mon, 23 Nov 2026 09:00:00 +0000
Subject: SECRET
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/plain

SECRET
--b
Content-Type: text/plain; name="SECRET.txt"
Content-Disposition: attachment; filename="SECRET.txt"

SECRET
--b--
`, "SECRET", secret),
	})
}

// TestNothingOfATeamIsVisibleToAnother calls every operation of the manifest with the ids of another team: the answer is
// the same as for what does not exist, and nothing changes.
func TestNothingOfATeamIsVisibleToAnother(t *testing.T) {
	t.Parallel()
	a := apptest.New(t, apptest.WithObjects, apptest.WithDeliveries, apptest.WithOutbox)
	settle, announce := a.Follow(), a.FollowBy("webhooks")
	mine, ids := owner(t, a)
	announce()
	sent := mine.Must("GET", fmt.Sprintf("/api/v2/webhooks/%v/deliveries", ids["/v1/webhooks"]), nil).List()
	if len(sent) == 0 {
		t.Fatal("nothing was announced")
	}
	ids["{delivery_id}"] = sent[0].(map[string]any)["id"]
	stranger := a.NewTeam("Stranger")
	before := everything(mine, ids)
	settle() // now searches could find them
	if got := mine.Must("GET", "/api/v2/itemSearch?term=zebra", nil); strings.Count(got.Raw, secret) < 6 {
		t.Fatalf("the owner finds %s", got.Raw)
	}
	a.Later(recents.Horizon)
	a.Later(time.Millisecond)
	if got := mine.Must("GET", "/v1/recents"+queryOf("/recents", nil), nil); strings.Count(got.Raw, secret) < 12 {
		t.Fatalf("the owner is told of %s", got.Raw)
	}
	for _, f := range manifest.Functions {
		for _, op := range f.Operations {
			for _, pattern := range op.Patterns() {
				method, path, _ := strings.Cut(pattern, " ")
				root, rest, takesID := strings.Cut(strings.Replace(path, "/{field_code}", "/{id}", 1), "/{id}")
				body := bodyOf(method, root)
				switch {
				case rest == "/options":
					body = optionsOf(method)
				case rest == "/merge":
					body = map[string]any{"merge_with_id": ids["/api/v2"+root[strings.LastIndex(root, "/"):]]}
				case rest == "/linkSuggestions" && body != nil:
					body = map[string]any{"thread_ids": []any{ids["/v1/mailbox/mailThreads"]}}
				case rest == "/participants" && body != nil:
					body = map[string]any{"person_id": ids["/api/v2/persons"]}
				}
				if strings.HasSuffix(pattern, "/picture") && body != nil {
					body = apptest.Form{Files: map[string]string{"file": "no picture"}}
				}
				if !takesID && method == http.MethodDelete {
					if got := stranger.Do(method, fmt.Sprintf("%s?ids=%v", path, idAt(t, ids, path)), nil); got.Status != http.StatusNotFound {
						t.Errorf("%s with another team's id: %d %s", pattern, got.Status, got.Raw)
					}
				}
				if !takesID {
					if method == http.MethodGet {
						if got := stranger.Do(method, path+queryOf(path, ids), nil); strings.Contains(got.Raw, secret) {
							t.Errorf("%s shows another team's data: %s", pattern, got.Raw)
						}
					}
					continue
				}
				id := idAt(t, ids, root)
				if method == http.MethodPost && rest == "/followers" {
					body = map[string]any{"user_id": stranger.User.ID}
				}
				rest = strings.NewReplacer("{uuid}", fmt.Sprint(ids["{uuid}"]), "{user_id}", fmt.Sprint(mine.User.ID),
					"{delivery_id}", fmt.Sprint(ids["{delivery_id}"]), "{deal_participant_id}", fmt.Sprint(ids["{deal_participant_id}"])).Replace(rest) + datesOf(rest)
				got := stranger.Do(method, fmt.Sprintf("%s/%v%s", root, id, rest), body)
				want := stranger.Do(method, fmt.Sprintf("%s/%v%s", root, nobody(id), rest), body)
				if got.Status != http.StatusNotFound || got.Raw != want.Raw {
					t.Errorf("%s with another team's id %v: %d %s\nwith nobody's id: %d %s", pattern, id, got.Status, got.Raw, want.Status, want.Raw)
				}
			}
		}
	}
	if after := everything(mine, ids); after != before {
		t.Errorf("calls of a stranger changed something:\n%s\n%s", before, after)
	}
}

// TestLinksToAnotherTeamAreRefused writes the other team's ids into one's own records.
func TestLinksToAnotherTeamAreRefused(t *testing.T) {
	t.Parallel()
	a := apptest.New(t, apptest.WithObjects, apptest.WithOutbox)
	mine, ids := owner(t, a)
	for range 3 { // so that the ids are none that the stranger has
		ids["/api/v2/deals"] = mine.Must("POST", "/api/v2/deals", map[string]any{"title": "x"}).ID()
		ids["/api/v2/persons"] = mine.Must("POST", "/api/v2/persons", map[string]any{"name": "x"}).ID()
		ids["/api/v2/organizations"] = mine.Must("POST", "/api/v2/organizations", map[string]any{"name": "x"}).ID()
	}
	stranger := a.NewTeam("Stranger")
	deal, person, org := ids["/api/v2/deals"], ids["/api/v2/persons"], ids["/api/v2/organizations"]
	for _, call := range []struct {
		path string
		body map[string]any
	}{
		{"/api/v2/deals", map[string]any{"title": "x", "person_id": person}},
		{"/api/v2/deals", map[string]any{"title": "x", "org_id": org}},
		{"/api/v2/deals", map[string]any{"title": "x", "stage_id": ids["/api/v2/stages"]}},
		{"/api/v2/deals", map[string]any{"title": "x", "pipeline_id": ids["/api/v2/pipelines"]}},
		{"/api/v2/deals", map[string]any{"title": "x", "owner_id": ids["/v1/users"]}},
		{"/api/v2/persons", map[string]any{"name": "x", "org_id": org}},
		{"/api/v2/persons", map[string]any{"name": "x", "owner_id": ids["/v1/users"]}},
		{"/api/v2/organizations", map[string]any{"name": "x", "owner_id": ids["/v1/users"]}},
		{"/api/v2/activities", map[string]any{"deal_id": deal}},
		{"/api/v2/activities", map[string]any{"participants": []any{map[string]any{"person_id": person}}}},
		{"/api/v2/stages", map[string]any{"name": "x", "pipeline_id": ids["/api/v2/pipelines"]}},
		{"/v1/notes", map[string]any{"content": "x", "deal_id": deal}},
		{"/v1/organizationRelationships", map[string]any{"type": "parent", "rel_owner_org_id": org, "rel_linked_org_id": org}},
	} {
		if got := stranger.Do("POST", call.path, call.body); got.Status != http.StatusBadRequest {
			t.Errorf("POST %s %v: %d %s", call.path, call.body, got.Status, got.Raw)
		}
	}
	code := stranger.Must("POST", "/api/v2/dealFields", map[string]any{"field_name": "x", "field_type": "people"}).Data()["field_code"].(string)
	if got := stranger.Do("POST", "/api/v2/deals", map[string]any{"title": "x", "custom_fields": map[string]any{code: person}}); got.Status != http.StatusBadRequest {
		t.Errorf("a custom field points at another team's person: %d %s", got.Status, got.Raw)
	}
	for _, kind := range []string{"deals", "persons", "organizations"} {
		own := stranger.Must("POST", "/api/v2/"+kind, map[string]any{map[bool]string{true: "title", false: "name"}[kind == "deals"]: "x"}).ID()
		path := fmt.Sprintf("/v1/%s/%d/merge", kind, own)
		if got := stranger.Do("PUT", path, map[string]any{"merge_with_id": ids["/api/v2/"+kind]}); got.Status != http.StatusBadRequest {
			t.Errorf("PUT %s with another team's record: %d %s", path, got.Status, got.Raw)
		}
		if path = fmt.Sprintf("/v1/deals/%d/participants", own); kind == "deals" {
			if got := stranger.Do("POST", path, map[string]any{"person_id": person}); got.Status != http.StatusBadRequest {
				t.Errorf("POST %s with another team's person: %d %s", path, got.Status, got.Raw)
			}
		}
	}
	deliver(t, a, stranger)
	thread := fmt.Sprintf("/v1/mailbox/mailThreads/%d", first(t, stranger, "/v1/mailbox/mailThreads?folder=inbox"))
	if got := stranger.Do("PUT", thread, map[string]any{"deal_id": deal}); got.Status != http.StatusBadRequest {
		t.Errorf("PUT %s deal_id %v: %d %s", thread, deal, got.Status, got.Raw)
	}
}

// recordAt is the id that a path takes; records of v2 have paths in v1 too, users in v2, and v1 has two prefixes.
func recordAt(ids map[string]any, root string) (any, bool) {
	v1 := strings.Replace(root, "/api/v1/", "/v1/", 1)
	for _, path := range []string{v1, strings.Replace(v1, "/v1/", "/api/v2/", 1), strings.Replace(v1, "/api/v2/", "/v1/", 1)} {
		if id, ok := ids[path]; ok {
			return id, true
		}
	}
	return nil, false
}

func idAt(t *testing.T, ids map[string]any, root string) any {
	id, ok := recordAt(ids, root)
	if !ok {
		t.Fatalf("%s: no record to ask for", root)
	}
	return id
}

// nobody is an id of the same form that no team has.
func nobody(id any) any {
	if _, text := id.(string); text {
		return "nobody-s-mail"
	}
	return 987654321
}

// bodyOf is a valid body for a write to a record that exists.
func bodyOf(method, root string) any {
	if method == http.MethodGet || method == http.MethodDelete {
		return nil
	}
	switch {
	case strings.HasSuffix(root, "/deals"):
		return map[string]any{"title": "stolen"}
	case strings.HasSuffix(root, "/activities"):
		return map[string]any{"subject": "stolen"}
	case strings.HasSuffix(root, "/notes"): // comments too
		return map[string]any{"content": "stolen"}
	case strings.HasSuffix(root, "/mailThreads"):
		return map[string]any{"read_flag": 1}
	case strings.HasSuffix(root, "/organizationRelationships"):
		return map[string]any{"type": "parent"}
	case strings.HasPrefix(root, "/api/v2/") && strings.HasSuffix(root, "Fields"):
		return map[string]any{"field_name": "stolen"}
	case strings.HasSuffix(root, "/users"):
		return map[string]any{"active_flag": false}
	}
	return map[string]any{"name": "stolen"}
}

// optionsOf is a valid body for a write to a field's options.
func optionsOf(method string) any {
	return []any{map[string]map[string]any{
		http.MethodPost: {"label": "stolen"}, http.MethodPatch: {"id": 1, "label": "stolen"}, http.MethodDelete: {"id": 1},
	}[method]}
}

// datesOf is the period without which figures are not told.
func datesOf(rest string) string {
	if strings.HasSuffix(rest, "_statistics") {
		return "?start_date=2026-11-01&end_date=2026-11-30"
	}
	return ""
}

func queryOf(path string, ids map[string]any) string {
	switch {
	case strings.HasSuffix(path, "/organizationRelationships"):
		return fmt.Sprintf("?org_id=%v", ids["/api/v2/organizations"])
	case strings.HasSuffix(path, "/deals"):
		return fmt.Sprintf("?ids=%v,1,2,3", ids["/api/v2/deals"])
	case strings.HasSuffix(path, "/recents"):
		return "?since_timestamp=2026-01-01%2000:00:00"
	case strings.HasSuffix(path, "/users/find"):
		return "?term=e"
	case strings.HasSuffix(path, "/search"), strings.HasSuffix(path, "/itemSearch"):
		return "?term=zebra"
	case strings.HasSuffix(path, "/v1/itemSearch/field"):
		return "?term=ebra&field_type=dealField&field_key=title"
	case strings.HasSuffix(path, "/itemSearch/field"):
		return "?term=ebra&match=middle&entity_type=deal&field=title"
	case strings.HasSuffix(path, "/deals/timeline"):
		return "?start_date=2026-11-01&interval=month&amount=3&field_key=add_time"
	}
	return ""
}

// everything reads each record once.
func everything(c *apptest.Client, ids map[string]any) string {
	var all strings.Builder
	for _, path := range []string{
		"/api/v2/pipelines", "/api/v2/stages", "/api/v2/organizations", "/api/v2/persons", "/api/v2/deals", "/api/v2/activities",
		"/v1/notes", "/v1/filters", "/v1/organizationRelationships", "/v1/dealFields", "/v1/personFields", "/v1/organizationFields",
		"/v1/mailbox/mailThreads", "/v1/files", "/api/v2/inboundMail",
	} {
		all.WriteString(c.Must("GET", fmt.Sprintf("%s/%v", path, ids[path]), nil).Raw + "\n")
	}
	return all.String()
}
