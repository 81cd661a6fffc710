package deals_test

import (
	"testing"

	"github.com/lejek/lejek/shared/app/apptest"
)

// TestChangelogPagesThroughEveryFieldOnce goes through writes of several fields, with notes between them, page by page.
func TestChangelogPagesThroughEveryFieldOnce(t *testing.T) {
	t.Parallel()
	c := apptest.New(t).NewTeam("Acme")
	deal := c.Must("POST", "/api/v2/deals", map[string]any{"title": "Press"}).ID()
	for i := range 5 {
		c.Must("PATCH", apptest.Path("/api/v2/deals/%d", deal), map[string]any{"title": apptest.Path("Press %d", i), "value": i + 1, "probability": i})
		c.Must("POST", "/v1/notes", map[string]any{"content": "between", "deal_id": deal})
	}
	all := c.Must("GET", apptest.Path("/v1/deals/%d/changelog", deal), nil)
	if len(all.List()) != 16 || all.Body["additional_data"].(map[string]any)["next_cursor"] != nil {
		t.Fatalf("%d changes: %s", len(all.List()), all.Raw)
	}
	newest, oldest := all.List()[0].(map[string]any), all.List()[15].(map[string]any)
	if newest["field_key"] != "title" || newest["old_value"] != "Press 3" || newest["new_value"] != "Press 4" || oldest["field_key"] != "add_time" {
		t.Errorf("newest %v, oldest %v", newest, oldest)
	}
	for limit := range 7 {
		var paged []any
		for cursor := ""; ; {
			page := c.Must("GET", apptest.Path("/api/v1/deals/%d/changelog?limit=%d&cursor=%s", deal, limit+1, cursor), nil)
			paged = append(paged, page.List()...)
			next, more := page.Body["additional_data"].(map[string]any)["next_cursor"].(string)
			if cursor = next; !more {
				break
			}
		}
		if len(paged) != 16 {
			t.Fatalf("%d changes in pages of %d", len(paged), limit+1)
		}
		for i, row := range paged {
			if row.(map[string]any)["new_value"] != all.List()[i].(map[string]any)["new_value"] {
				t.Errorf("pages of %d: row %d is %v", limit+1, i, row)
			}
		}
	}
	for _, target := range []string{"/v1/deals/999/changelog", "/v1/persons/1/changelog", "/v1/deals/999/permittedUsers"} {
		if a := c.Do("GET", target, nil); a.Status != 404 {
			t.Errorf("%s: %d", target, a.Status)
		}
	}
	if a := c.Do("GET", apptest.Path("/v1/deals/%d/changelog?cursor=x", deal), nil); a.Status != 400 {
		t.Errorf("a cursor of no page: %d", a.Status)
	}
}
