package deals_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lejek/lejek/shared/app/apptest"
)

type object = map[string]any

func start(t *testing.T) (*apptest.App, *apptest.Client) {
	a := apptest.New(t)
	return a, a.NewTeam("Acme")
}

func TestDealHasEveryKeyOfTheContract(t *testing.T) {
	t.Parallel()
	_, c := start(t)
	made := c.Must("POST", "/api/v2/deals", object{"title": "Big", "value": 12.5}).Data()
	for key, want := range map[string]any{
		"id": 1.0, "title": "Big", "creator_user_id": 1.0, "owner_id": 1.0, "person_id": nil, "org_id": nil, "pipeline_id": 1.0, "stage_id": 1.0,
		"value": 12.5, "currency": "EUR", "add_time": "2026-11-23T10:00:00Z", "update_time": "2026-11-23T10:00:00Z", "stage_change_time": nil,
		"status": "open", "probability": nil, "lost_reason": nil, "won_time": nil, "lost_time": nil, "close_time": nil, "local_won_date": nil,
		"local_lost_date": nil, "local_close_date": nil, "expected_close_date": nil, "visible_to": 3.0, "is_deleted": false, "is_archived": false,
		"archive_time": nil, "origin": "API", "origin_id": nil, "channel": nil, "channel_id": nil, "acv": nil, "arr": nil, "mrr": nil,
	} {
		if got, ok := made[key]; !ok || got != want {
			t.Errorf("%s is %v (there: %v), want %v", key, got, ok, want)
		}
	}
	if len(made) != 36 || len(made["label_ids"].([]any)) != 0 || len(made["custom_fields"].(object)) != 0 {
		t.Errorf("%d keys, label_ids %v, custom_fields %v", len(made), made["label_ids"], made["custom_fields"])
	}
	if got := c.Must("GET", "/api/v2/deals/1", nil).Data(); fmt.Sprint(got) != fmt.Sprint(made) {
		t.Errorf("read  %v\nmade %v", got, made)
	}
}

// TestClosingSetsAndClearsTimes walks one deal through its statuses (contract §2.1).
func TestClosingSetsAndClearsTimes(t *testing.T) {
	t.Parallel()
	a, c := start(t)
	c.Must("POST", "/api/v2/deals", object{"title": "Big"})
	const now = "2026-11-23T10:00:00Z"
	for _, step := range []struct {
		name                           string
		write                          object
		status, won, lost, close, rate any
	}{
		{"won now", object{"status": "won"}, "won", now, nil, now, nil},
		{"correcting the day moves close_time too", object{"won_time": "2026-01-01T08:00:00Z"}, "won", "2026-01-01T08:00:00Z", nil, "2026-01-01T08:00:00Z", nil},
		{"lost instead", object{"status": "lost", "lost_reason": "price"}, "lost", nil, now, now, "price"},
		{"open again", object{"status": "open"}, "open", nil, nil, nil, nil},
		{"won backdated", object{"status": "won", "won_time": "2026-02-01 00:30:00"}, "won", "2026-02-01T00:30:00Z", nil, "2026-02-01T00:30:00Z", nil},
	} {
		got := c.Must("PATCH", "/api/v2/deals/1", step.write).Data()
		if got["status"] != step.status || got["won_time"] != step.won || got["lost_time"] != step.lost || got["close_time"] != step.close || got["lost_reason"] != step.rate {
			t.Errorf("%s: %v won %v lost %v close %v reason %v", step.name, got["status"], got["won_time"], got["lost_time"], got["close_time"], got["lost_reason"])
		}
		if step.status == "won" && step.name == "won backdated" && got["local_won_date"] != "2026-02-01" {
			t.Errorf("local_won_date %v", got["local_won_date"])
		}
	}
	a.Later(time.Minute)
	if d := c.Must("PATCH", "/api/v2/deals/1", object{"stage_id": 2}).Data(); d["stage_change_time"] != "2026-11-23T10:01:00Z" {
		t.Errorf("stage_change_time %v", d["stage_change_time"])
	}
}

func TestWrongInputIsNamedAllAtOnce(t *testing.T) {
	t.Parallel()
	_, c := start(t)
	person := c.Must("POST", "/api/v2/persons", object{"name": "Gone"}).ID()
	c.Must("POST", "/api/v2/deals", object{"title": "Mine", "person_id": person})
	c.Must("DELETE", apptest.Path("/api/v2/persons/%d", person), nil)
	for _, bad := range []struct {
		name, method, target string
		body                 any
		status               int
		names                []string
	}{
		{"shapes", "POST", "/api/v2/deals", object{"title": "", "value": "x", "status": "maybe", "owner_id": "7", "foo": 1}, 400, []string{"title", "value", "status", "owner_id", "foo"}},
		{"links, place and times", "POST", "/api/v2/deals", object{"title": "x", "owner_id": 55, "person_id": 77, "org_id": 78, "stage_id": 999, "won_time": "2026-01-01T00:00:00Z"}, 400,
			[]string{"owner_id", "person_id", "org_id", "stage_id", "won_time"}},
		{"a year that zones push too far", "POST", "/api/v2/deals", object{"title": "x", "add_time": "9999-12-31T23:59:59-12:00"}, 400, []string{"add_time"}},
		{"a reason without being lost", "PATCH", "/api/v2/deals/1", object{"stage_id": 999, "lost_reason": "r"}, 400, []string{"stage_id", "lost_reason"}},
		{"stage of another pipeline", "PATCH", "/api/v2/deals/1", object{"pipeline_id": 9, "stage_id": 2}, 400, []string{"stage_id"}},
		{"a person deleted since", "POST", "/api/v2/deals", object{"title": "x", "person_id": person}, 400, []string{"person_id"}},
		{"own fields and ordinary ones, by their rules and by what they point at", "PATCH", "/api/v2/deals/1",
			object{"label_ids": []int{1}, "custom_fields": object{"nope": 1}, "owner_id": 55, "stage_id": 999}, 400, []string{"label_ids", "custom_fields.nope", "owner_id", "stage_id"}},
		{"own fields and ordinary ones, by their form", "PATCH", "/api/v2/deals/1",
			object{"label_ids": []int{1}, "custom_fields": object{"nope": 1}, "value": "x"}, 400, []string{"label_ids", "custom_fields.nope", "value"}},
		{"no own fields", "PATCH", "/api/v2/deals/1", object{"custom_fields": nil}, 400, []string{"custom_fields"}},
		{"filters", "GET", "/api/v2/deals?filter_id=x&owner_id=x&status=maybe&limit=501&sort_by=title&cursor=%25&foo=1", nil, 400,
			[]string{"filter_id", "owner_id", "status", "limit", "foo"}},
		{"an id of no number", "GET", "/api/v2/deals/abc", nil, 400, []string{"id"}},
		{"an id of nobody", "PATCH", "/api/v2/deals/99", object{"title": "x"}, 404, nil},
	} {
		got := c.Do(bad.method, bad.target, bad.body)
		if got.Status != bad.status || got.Body["success"] != false {
			t.Errorf("%s: %d %s", bad.name, got.Status, got.Raw)
		}
		for _, name := range bad.names {
			if !strings.Contains(got.Body["error"].(string), name+": ") {
				t.Errorf("%s: %s is not named: %s", bad.name, name, got.Body["error"])
			}
		}
	}
	// What was read may be sent back, though its person has been deleted meanwhile.
	if got := c.Do("PATCH", "/api/v2/deals/1", object{"title": "Still mine", "person_id": person}); got.Status != http.StatusOK {
		t.Errorf("an unchanged link: %d %s", got.Status, got.Raw)
	}
	if got := c.Do("PATCH", "/api/v2/deals/1", object{"status": "won"}); got.Status != http.StatusOK {
		t.Errorf("%d %s", got.Status, got.Raw)
	}
	if got := c.Do("PATCH", "/api/v2/deals/1", object{"close_time": nil}); got.Status != http.StatusBadRequest {
		t.Errorf("clearing the time of a won deal: %d %s", got.Status, got.Raw)
	}
}

func TestDeletedDealIsMarkedAndListedOnlyAsSuch(t *testing.T) {
	t.Parallel()
	_, c := start(t)
	for i := range 3 {
		c.Must("POST", "/api/v2/deals", object{"title": fmt.Sprint(i)})
	}
	if got := c.Must("DELETE", "/api/v2/deals/2", nil).Data(); fmt.Sprint(got) != "map[id:2]" {
		t.Errorf("delete answers %v", got)
	}
	if got := c.Do("DELETE", "/api/v2/deals/2", nil); got.Status != http.StatusNotFound {
		t.Errorf("deleting again: %d", got.Status)
	}
	if got := c.Must("GET", "/api/v2/deals/2", nil).Data(); got["is_deleted"] != true {
		t.Errorf("is_deleted %v", got["is_deleted"])
	}
	for query, want := range map[string][]int64{
		"": {1, 3}, "?status=deleted": {2}, "?status=deleted,open": {1, 2, 3}, "?status=&status=won": {}, "?ids=3,2,1": {1, 3},
		"?ids=3,1&sort_direction=desc": {3, 1}, "?ids=1,3&limit=1": {1}, "?limit=1": {1}, "?stage_id=1&sort_by=update_time&sort_direction=desc": {3, 1},
	} {
		if got := ids(c.Must("GET", "/api/v2/deals"+query, nil)); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", query, got, want)
		}
	}
}

// TestNoAnswerOutgrowsLambda asks for a page of records that together are too large for one answer.
func TestNoAnswerOutgrowsLambda(t *testing.T) {
	t.Parallel()
	_, c := start(t)
	for range 40 {
		c.Must("POST", "/api/v2/activities", object{"note": strings.Repeat(`<"`, 32000)})
	}
	var seen []int64
	for cursor := ""; ; {
		page := c.Must("GET", "/api/v2/activities?limit=100"+cursor, nil)
		if len(page.Raw) > 6<<20 {
			t.Fatalf("an answer of %d bytes", len(page.Raw))
		}
		seen = append(seen, ids(page)...)
		next, more := page.Body["additional_data"].(object)["next_cursor"].(string)
		if !more {
			break
		}
		cursor = "&cursor=" + next
	}
	if len(seen) != 40 {
		t.Errorf("%d of 40 activities", len(seen))
	}
	if got := c.Do("POST", "/api/v2/activities", object{"note": strings.Repeat("😀", 60000), "public_description": strings.Repeat("😀", 60000)}); got.Status != http.StatusRequestEntityTooLarge {
		t.Errorf("a record of 480 KB: %d %s", got.Status, got.Raw)
	}
}

func ids(a apptest.Answer) []int64 {
	all := []int64{}
	for _, row := range a.List() {
		all = append(all, int64(row.(object)["id"].(float64)))
	}
	return all
}
