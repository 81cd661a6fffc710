package notes_test

import (
	"strings"
	"testing"

	"github.com/lejek/lejek/shared/app/apptest"
)

func TestCommentsOnANote(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	c := app.NewTeam("Acme")
	org := c.Must("POST", "/api/v2/organizations", map[string]any{"name": "Winnica"}).ID()
	note := c.Must("POST", "/v1/notes", map[string]any{"content": "x", "org_id": org}).ID()
	other := c.Must("POST", "/v1/notes", map[string]any{"content": "y", "org_id": org}).ID()
	all := apptest.Path("/v1/notes/%d/comments", note)
	var uuids []string
	for _, text := range []string{"one", "two<script>alert(1)</script>", "three"} {
		made := c.Must("POST", all, map[string]any{"content": text}).Data()
		if made["object_id"] != apptest.Path("%d", note) || made["object_type"] != "note" || strings.Contains(made["content"].(string), "script") {
			t.Errorf("made %v", made)
		}
		uuids = append(uuids, made["uuid"].(string))
		app.Later(5e6)
	}
	page := c.Must("GET", all+"?start=1&limit=1", nil)
	p := page.Body["additional_data"].(map[string]any)["pagination"].(map[string]any)
	if len(page.List()) != 1 || page.List()[0].(map[string]any)["uuid"] != uuids[1] || p["next_start"] != 2.0 {
		t.Errorf("page %s", page.Raw)
	}
	changed := c.Must("PUT", all+"/"+uuids[0], map[string]any{"content": "first"}).Data()
	if changed["content"] != "first" || c.Must("GET", all+"/"+uuids[0], nil).Data()["update_time"] != changed["update_time"] {
		t.Errorf("changed %v", changed)
	}
	if a := c.Must("DELETE", all+"/"+uuids[1], nil); a.Body["data"] != true {
		t.Errorf("deleted %s", a.Raw)
	}
	if left := c.Must("GET", all, nil).List(); len(left) != 2 {
		t.Errorf("%d comments are left", len(left))
	}
	for _, call := range [][2]string{
		{"GET", all + "/" + uuids[1]}, {"DELETE", all + "/" + uuids[1]}, {"GET", all + "/nobody"},
		{"GET", apptest.Path("/v1/notes/%d/comments/%s", other, uuids[0])}, {"GET", "/v1/notes/999/comments"},
	} {
		if a := c.Do(call[0], call[1], nil); a.Status != 404 {
			t.Errorf("%s %s: %d", call[0], call[1], a.Status)
		}
	}
	if a := c.Do("POST", all, map[string]any{"content": " "}); a.Status != 400 {
		t.Errorf("an empty comment: %d", a.Status)
	}
	c.Must("DELETE", apptest.Path("/v1/notes/%d", note), nil)
	if a := c.Do("POST", all, map[string]any{"content": "late"}); a.Status != 404 {
		t.Errorf("a comment on a deleted note: %d", a.Status)
	}
}
