package app_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lejek/lejek/shared/api"
	"github.com/lejek/lejek/shared/app/apptest"
	"github.com/lejek/lejek/shared/manifest"
)

// warehouse is a team with some of everything; of each kind the fourth is deleted.
func warehouse(t *testing.T) (*apptest.App, *apptest.Client) {
	a := apptest.New(t, apptest.WithObjects, apptest.WithDeliveries)
	c := a.NewTeam("Acme")
	announce := a.FollowBy("webhooks")
	make := func(path string, body any) int64 {
		a.Later(time.Second)
		got := c.Do("POST", path, body)
		if got.Status/100 != 2 {
			t.Fatalf("POST %s: %d %s", path, got.Status, got.Raw)
		}
		return got.ID()
	}
	make("/v1/webhooks", m{"subscription_url": "https://hooks.example", "event_action": "*", "event_object": "pipeline"})
	for i := range 5 {
		name := fmt.Sprint("Number ", i)
		org := make("/api/v2/organizations", m{"name": name})
		person := make("/api/v2/persons", m{"name": name, "org_id": 1})
		make("/api/v2/deals", m{"title": name, "person_id": person, "org_id": 1})
		make("/api/v2/deals", m{"title": name, "is_archived": true})
		make("/api/v2/activities", m{"subject": name, "deal_id": 1, "person_id": 1, "org_id": 1})
		make("/v1/notes", m{"content": name, "deal_id": 1, "person_id": 1, "org_id": 1})
		make("/v1/notes/1/comments", m{"content": name})
		make("/v1/files", apptest.Form{Fields: map[string]string{"deal_id": "1", "person_id": "1", "org_id": "1"}, Files: map[string]string{"file": name}})
		make("/v1/users", m{"email": fmt.Sprintf("user%d@acme.example", i)})
		make("/api/v2/pipelines", m{"name": name})
		make("/api/v2/stages", m{"name": name, "pipeline_id": 1})
		make("/api/v2/imports", m{"file_name": name + ".csv"})
		for _, kind := range []string{"deal", "person", "organization"} {
			make("/v1/"+kind+"Fields", m{"name": name, "field_type": "varchar"})
			make("/api/v2/"+kind+"s/1/followers", m{"user_id": i + 1})
			write := m{"name": name + "!"}
			if kind == "deal" {
				write = m{"title": name + "!", "stage_id": i%2 + 1}
			}
			c.Must("PATCH", "/api/v2/"+kind+"s/1", write)
		}
		if i > 0 {
			make("/v1/organizationRelationships", m{"type": "related", "rel_owner_org_id": 1, "rel_linked_org_id": org})
		}
		a.Deliver(apptest.Mail{From: "jan@x.example", To: []string{c.Address()}, Raw: fmt.Sprintf(
			"From: Jan <jan@x.example>\nTo: <ada@acme.example>\nMessage-ID: <%d@x.example>\nDate: Mon, 23 Nov 2026 09:00:0%d +0000\nSubject: Mail %d\n\nText %d\n", i, i, i, i)})
	}
	c.Must("PUT", "/v1/mailbox/mailThreads/1", m{"deal_id": 1})
	for _, path := range []string{"/api/v2/activities/4", "/v1/notes/4", "/v1/files/4", "/api/v2/deals/7", "/api/v2/deals/8", "/api/v2/persons/4", "/api/v2/organizations/4", "/api/v2/pipelines/4", "/api/v2/stages/7", "/v1/mailbox/mailThreads/4"} {
		a.Later(time.Second)
		c.Must("DELETE", path, nil)
	}
	announce()
	a.Later(time.Hour)
	return a, c
}

// takes reports that an input has a parameter.
func takes(in reflect.Type, parameter string) bool {
	for i := range in.NumField() {
		if f := in.Field(i); f.Anonymous && takes(f.Type, parameter) || f.Tag.Get("query") == parameter {
			return true
		}
	}
	return false
}

// lists are all lists that go on page by page, ready to be asked.
func lists(a *apptest.App) map[string]api.Description {
	all := map[string]api.Description{}
	for _, f := range manifest.Functions {
		d, ok := a.Handler(f.Name).(api.Described)
		if !ok {
			continue
		}
		for _, about := range d.Describe() {
			method, path, _ := strings.Cut(string(about.Operation), " ")
			if method != http.MethodGet || !about.List || about.Paging == api.Whole || !takes(about.In, "limit") {
				continue
			}
			query := queryOf(path, m{"/api/v2/deals": 1, "/api/v2/organizations": 1})
			if strings.HasSuffix(path, "/deals") {
				query = ""
			}
			if query == "" {
				query = "?"
			}
			all[strings.NewReplacer("{id}", "1", "{user_id}", "1").Replace(path)+query+"&"] = about
		}
	}
	return all
}

// extract goes through a list as extractors do.
func extract(c *apptest.Client, t *testing.T, target string, by api.Paging, limit int) (rows []string) {
	t.Helper()
	for at, pages := "", 0; ; pages++ {
		got := c.Do("GET", fmt.Sprintf("%slimit=%d%s", target, limit, at), nil)
		if got.Status != http.StatusOK || pages > 1000 {
			t.Fatalf("%s%s: page %d: %d %s", target, at, pages, got.Status, got.Raw)
		}
		for _, row := range got.List() {
			text, _ := json.Marshal(row)
			rows = append(rows, string(text))
		}
		more, _ := got.Body["additional_data"].(m)
		if by == api.ByCursor {
			next, _ := more["next_cursor"].(string)
			if at = "&cursor=" + next; next == "" {
				return rows
			}
			continue
		}
		p, _ := more["pagination"].(m)
		if at = fmt.Sprintf("&start=%v", p["next_start"]); p["more_items_in_collection"] != true {
			return rows
		}
	}
}

// TestEveryListIsTheSameInPagesOfTwo goes through every list of both versions.
func TestEveryListIsTheSameInPagesOfTwo(t *testing.T) {
	t.Parallel()
	a, c := warehouse(t)
	long := 0
	for target, about := range lists(a) {
		limit := 500
		for c.Do("GET", fmt.Sprintf("%slimit=%d", target, limit), nil).Status == http.StatusBadRequest && limit > 100 {
			limit = 100
		}
		whole := extract(c, t, target, about.Paging, limit)
		if pages := extract(c, t, target, about.Paging, 2); !slices.Equal(pages, whole) {
			t.Errorf("%s: %d rows in pages of two, %d in one\n%s\n%s", target, len(pages), len(whole), pages, whole)
		}
		if sorted := slices.Compact(slices.Sorted(slices.Values(whole))); len(sorted) < len(whole) {
			t.Errorf("%s repeats rows: %s", target, whole)
		}
		if len(whole) > 3 {
			long++
		}
		for _, row := range whole {
			if !strings.HasPrefix(target, "/v1/recents") && (strings.Contains(row, `"is_deleted":true`) || strings.Contains(row, `"active_flag":false`)) && strings.Contains(row, `"id":4,`) {
				t.Errorf("%s shows what is deleted: %s", target, row)
			}
		}
	}
	if long < 40 {
		t.Errorf("only %d lists have several pages", long)
	}
}

// TestExtractionGoesOnWhereItEnded asks each list that can tell what changed since a time, after one record of each was changed, one
// deleted and one made.
func TestExtractionGoesOnWhereItEnded(t *testing.T) {
	t.Parallel()
	a, c := warehouse(t)
	last := a.Now().UTC()
	a.Later(2 * time.Second)
	changed := map[string][]string{}
	for _, k := range []struct {
		kind, path, method string
		make, write        m
	}{
		{"activity", "/api/v2/activities", "PATCH", m{"subject": "new"}, m{"subject": "changed"}},
		{"deal", "/api/v2/deals", "PATCH", m{"title": "new"}, m{"title": "changed"}},
		{"person", "/api/v2/persons", "PATCH", m{"name": "new", "add_time": "2020-01-01 00:00:00"}, m{"name": "changed"}},
		{"organization", "/api/v2/organizations", "PATCH", m{"name": "new"}, m{"name": "changed"}},
		{"pipeline", "/api/v2/pipelines", "PATCH", m{"name": "new"}, m{"name": "changed"}},
		{"stage", "/api/v2/stages", "PATCH", m{"name": "new", "pipeline_id": 1}, m{"name": "changed"}},
		{"note", "/v1/notes", "PUT", m{"content": "new", "deal_id": 1}, m{"content": "changed"}},
	} {
		id := func(n int) string { return fmt.Sprintf("%s/%d", k.path, n) }
		three, five := 3, 5
		if k.kind == "stage" {
			three, five = 6, 8
		}
		c.Must(k.method, id(three), k.write)
		a.Later(time.Second)
		c.Must("DELETE", id(five), nil)
		a.Later(time.Second)
		made := c.Must("POST", k.path, k.make).ID()
		a.Later(time.Second)
		changed[k.kind] = []string{fmt.Sprint(three), fmt.Sprint(five), fmt.Sprint(made)}
	}
	a.Later(time.Minute)
	ids := func(rows []string) (all []string) {
		for _, row := range rows {
			var r struct{ ID json.Number }
			_ = json.Unmarshal([]byte(row), &r)
			all = append(all, r.ID.String())
		}
		return all
	}
	asked := 0
	for target, about := range lists(a) {
		kind := strings.TrimSuffix(strings.Split(strings.Trim(target, "?&"), "/")[len(strings.Split(target, "/"))-1], "s")
		if kind = strings.Replace(kind, "activitie", "activity", 1); changed[kind] == nil || !takes(about.In, "updated_since") {
			continue
		}
		asked++
		want := []string{changed[kind][0], changed[kind][2]} // what is deleted is in no list
		if got := ids(extract(c, t, target+"updated_since="+last.Format(time.RFC3339)+"&", about.Paging, 2)); !slices.Equal(got, want) {
			t.Errorf("%s since the last time: %v, want %v", target, got, want)
		}
		if takes(about.In, "sort_by") {
			if got := ids(extract(c, t, target+"sort_by=update_time&updated_since="+last.Format(time.RFC3339)+"&", about.Paging, 1)); !slices.Equal(got, want) {
				t.Errorf("%s by update time: %v, want %v", target, got, want)
			}
		}
	}
	if asked < 7 {
		t.Errorf("only %d lists were asked", asked)
	}
	if got := ids(extract(c, t, "/api/v2/deals?status=deleted&updated_since="+last.Format(time.RFC3339)+"&", api.ByCursor, 2)); !slices.Equal(got, changed["deal"][1:2]) {
		t.Errorf("deleted deals since the last time: %v", got)
	}
	for kind, want := range changed {
		got := ids(extract(c, t, "/v1/recents?items="+kind+"&since_timestamp="+url.QueryEscape(last.Format(time.DateTime))+"&", api.ByOffset, 2))
		if kind == "deal" || kind == "stage" || kind == "note" {
			got = slices.DeleteFunc(got, func(id string) bool { return !slices.Contains(want, id) }) // others were changed by the way
		}
		if !slices.Equal(got, want) {
			t.Errorf("recents tell of %s %v, want %v", kind, got, want)
		}
	}
}

// TestTheFlowOfADealTellsItsStages reads what extractors make a deal's history of.
func TestTheFlowOfADealTellsItsStages(t *testing.T) {
	t.Parallel()
	_, c := warehouse(t)
	var keys []string
	for _, row := range extract(c, t, "/v1/deals/1/flow?items=change&", api.ByOffset, 2) {
		var r struct {
			Object string
			Data   struct {
				FieldKey string `json:"field_key"`
				Old, New *string
			}
		}
		if err := json.Unmarshal([]byte(row), &r); err != nil || r.Object != "dealChange" {
			t.Fatalf("%v: %s", err, row)
		}
		keys = append(keys, r.Data.FieldKey)
	}
	if slices.Index(keys, "add_time") != len(keys)-1 || strings.Count(fmt.Sprint(keys), "stage_id") != 4 {
		t.Errorf("%v", keys)
	}
}
