package activities_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/lejek/lejek/shared/app/apptest"
)

func TestActivitiesInV1(t *testing.T) {
	t.Parallel()
	c := apptest.New(t).NewTeam("Acme")
	org := c.Must("POST", "/api/v2/organizations", map[string]any{"name": "Winnica"}).ID()
	deal := c.Must("POST", "/api/v2/deals", map[string]any{"title": "Labels", "org_id": org}).ID()
	made := c.Do("POST", "/v1/activities", map[string]any{
		"subject": "Call", "type": "call", "due_date": "2026-11-26", "due_time": "09:30", "duration": "01:00", "deal_id": fmt.Sprint(deal), "done": "0",
		"busy_flag": true, "location": "Rynek 1, Kraków", "attendees": []any{}, "user_id": c.User.ID,
	})
	d := made.Data()
	if made.Status != http.StatusCreated || d["due_time"] != "09:30" || d["duration"] != "01:00" || d["deal_title"] != "Labels" || d["type_name"] != "Call" ||
		d["location"] != "Rynek 1, Kraków" || d["busy_flag"] != true || d["done"] != false {
		t.Fatalf("%d %s", made.Status, made.Raw)
	}
	if made.Body["related_objects"].(map[string]any)["deal"].(map[string]any)[fmt.Sprint(deal)] == nil {
		t.Errorf("related %v", made.Body["related_objects"])
	}
	id := made.ID()
	put := c.Must("PUT", apptest.Path("/api/v1/activities/%d", id), map[string]any{"done": 1, "due_time": "", "duration": ""}).Data()
	if put["done"] != true || put["due_time"] != "" || put["duration"] != "" || put["marked_as_done_time"] == "" {
		t.Errorf("put %v", put)
	}
	for i := range 6 {
		c.Do("POST", "/v1/activities", map[string]any{"subject": fmt.Sprint(i), "type": []string{"call", "lunch"}[i%2], "due_date": fmt.Sprintf("2026-12-0%d", i+1)})
	}
	for target, want := range map[string]int{
		"/v1/activities": 7, "/v1/activities?user_id=0": 7, "/v1/activities?user_id=99": 0, "/v1/activities?done=1": 1, "/v1/activities?done=0": 6,
		"/v1/activities?type=lunch": 3, "/v1/activities?type=lunch,call": 7, "/v1/activities?start_date=2026-12-02&end_date=2026-12-03": 2,
		"/v1/activities?limit=3&sort=due_date%20DESC": 3, "/api/v1/activities?start=6": 1, "/v1/activities?start=7": 0,
	} {
		if got := c.Must("GET", target, nil).List(); len(got) != want {
			t.Errorf("%s: %d activities, want %d", target, len(got), want)
		}
	}
	if first := c.Must("GET", "/v1/activities?limit=1&sort=due_date%20DESC", nil).List()[0].(map[string]any); first["subject"] != "5" {
		t.Errorf("due last is %v", first)
	}
	c.Must("DELETE", apptest.Path("/v1/activities/%d", id), nil)
	if got := c.Must("GET", "/v1/activities?done=1", nil).List(); len(got) != 0 {
		t.Errorf("deleted ones are listed: %v", got)
	}
	for _, bad := range []string{"sort=subject", "sort=id%20UP", "limit=501", "start=-1", "start_date=x", "done=perhaps"} {
		if a := c.Do("GET", "/v1/activities?"+bad, nil); a.Status != 400 {
			t.Errorf("%s: %d", bad, a.Status)
		}
	}
}

// TestOffsetPagesLoseAndRepeatNothing goes through a list by offset while rows before the page are deleted and new ones come.
func TestOffsetPagesLoseAndRepeatNothing(t *testing.T) {
	t.Parallel()
	c := apptest.New(t).NewTeam("Acme")
	var before []int64
	for i := range 30 {
		before = append(before, c.Must("POST", "/api/v2/activities", map[string]any{"subject": fmt.Sprint(i)}).ID())
	}
	seen := map[int64]int{}
	for start, page := 0, 0; ; page++ {
		a := c.Must("GET", apptest.Path("/v1/activities?limit=4&start=%d", start), nil)
		for _, row := range a.List() {
			seen[int64(row.(map[string]any)["id"].(float64))]++
		}
		p := a.Body["additional_data"].(map[string]any)["pagination"].(map[string]any)
		if p["more_items_in_collection"] != true {
			break
		}
		start = int(p["next_start"].(float64))
		if page < 3 { // one that was shown already goes, another comes
			c.Must("DELETE", apptest.Path("/api/v2/activities/%d", before[page]), nil)
			c.Must("POST", "/api/v2/activities", map[string]any{"subject": "new"})
		}
	}
	for _, id := range before {
		if seen[id] != 1 {
			t.Errorf("activity %d was shown %d times", id, seen[id])
		}
	}
	for id, times := range seen {
		if times != 1 {
			t.Errorf("activity %d was shown %d times", id, times)
		}
	}
	if got := c.Must("GET", "/v1/activities?start=5&limit=2&sort=update_time%20ASC", nil).List(); len(got) != 2 {
		t.Errorf("a page that no other led to holds %d", len(got))
	}
}
