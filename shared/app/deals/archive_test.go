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

func TestAnArchivedDealLeavesTheListsUntilItIsTakenBack(t *testing.T) {
	t.Parallel()
	a, c := start(t)
	person := c.Must("POST", "/api/v2/persons", object{"name": "Ann"}).ID()
	for range 3 {
		c.Must("POST", "/api/v2/deals", object{"title": "D", "person_id": person})
	}
	see := func(when string, active, archived []int64) {
		t.Helper()
		for query, want := range map[string][]int64{
			"?": active, "?person_id=1&": active, "?status=open&": active, "?ids=1,2,3&": active, "?sort_by=update_time&sort_direction=asc&pipeline_id=1&": active,
			"/archived?": archived, "/archived?person_id=1&": archived, "/archived?status=open&": archived, "/archived?ids=3,2,1&": archived,
			"/archived?stage_id=1&sort_by=add_time&": archived, "/archived?owner_id=1&limit=1&": archived, "/archived?status=won&": {},
		} {
			got := ids(c.Must("GET", "/api/v2/deals"+query, nil))
			slices.Sort(got)
			if !slices.Equal(got, want) {
				t.Errorf("%s: GET /api/v2/deals%s %v, want %v", when, query, got, want)
			}
		}
		var open []int64
		for _, d := range c.Must("GET", "/api/v2/persons/1/view", nil).Data()["open_deals"].([]any) {
			open = append(open, int64(d.(object)["id"].(float64)))
		}
		slices.Sort(open)
		if !slices.Equal(open, active) {
			t.Errorf("%s: open deals of the person are %v, want %v", when, open, active)
		}
	}
	see("at first", []int64{1, 2, 3}, []int64{})
	a.Later(time.Minute)
	if d := c.Must("PATCH", "/api/v2/deals/2", object{"is_archived": true}).Data(); d["is_archived"] != true || d["archive_time"] != "2026-11-23T10:01:00Z" || d["status"] != "open" {
		t.Errorf("archived: %v at %v, %v", d["is_archived"], d["archive_time"], d["status"])
	}
	see("archived", []int64{1, 3}, []int64{2})
	a.Later(time.Minute)
	if d := c.Must("PATCH", "/api/v2/deals/2", object{"is_archived": true, "title": "Still away"}).Data(); d["archive_time"] != "2026-11-23T10:01:00Z" {
		t.Errorf("archived again: at %v", d["archive_time"])
	}
	if d := c.Must("PATCH", "/api/v2/deals/2", object{"archive_time": "2026-01-05 08:00:00"}).Data(); d["archive_time"] != "2026-01-05T08:00:00Z" {
		t.Errorf("corrected: at %v", d["archive_time"])
	}
	if d := c.Must("PATCH", "/api/v2/deals/2", object{"is_archived": false, "archive_time": nil}).Data(); d["is_archived"] != false || d["archive_time"] != nil {
		t.Errorf("taken back: %v at %v", d["is_archived"], d["archive_time"])
	}
	see("taken back", []int64{1, 2, 3}, []int64{})
	var log []string
	for _, row := range c.Must("GET", "/v1/deals/2/flow?items=dealChange", nil).List() {
		f := row.(object)["data"].(object)
		log = append(log, fmt.Sprintf("%v: %v > %v", f["field_key"], f["old_value"], f["new_value"]))
	}
	for _, want := range []string{
		"is_archived: false > true", "archive_time: <nil> > 2026-11-23 10:01:00", "archive_time: 2026-11-23 10:01:00 > 2026-01-05 08:00:00",
		"is_archived: true > false", "archive_time: 2026-01-05 08:00:00 > <nil>",
	} {
		if !slices.Contains(log, want) {
			t.Errorf("the change log lacks %q: %q", want, log)
		}
	}
}

func TestADealCanBeMadeArchived(t *testing.T) {
	t.Parallel()
	_, c := start(t)
	for i, made := range []struct{ body, want any }{
		{object{"title": "D", "is_archived": true}, "2026-11-23T10:00:00Z"},
		{object{"title": "D", "is_archived": true, "archive_time": "2025-05-01 12:00:00"}, "2025-05-01T12:00:00Z"},
		{object{"title": "D", "is_archived": true, "archive_time": nil, "status": "won"}, "2026-11-23T10:00:00Z"},
	} {
		if d := c.Must("POST", "/api/v2/deals", made.body).Data(); d["archive_time"] != made.want || d["is_archived"] != true {
			t.Errorf("%d: %v at %v, want %v", i, d["is_archived"], d["archive_time"], made.want)
		}
	}
	if got := ids(c.Must("GET", "/api/v2/deals", nil)); len(got) != 0 {
		t.Errorf("listed: %v", got)
	}
	c.Must("DELETE", "/api/v2/deals/1", nil)
	for query, want := range map[string][]int64{"?": {2, 3}, "?status=deleted": {1}, "?status=won,deleted": {1, 3}} {
		if got := ids(c.Must("GET", "/api/v2/deals/archived"+query, nil)); !slices.Equal(got, want) {
			t.Errorf("archived%s: %v, want %v", query, got, want)
		}
	}
}

func TestArchiveTimeNeedsAnArchivedDeal(t *testing.T) {
	t.Parallel()
	_, c := start(t)
	c.Must("POST", "/api/v2/deals", object{"title": "D", "is_archived": true})
	for _, bad := range []struct {
		method, target string
		body           object
		want           string
	}{
		{"POST", "/api/v2/deals", object{"title": "D", "archive_time": "2025-05-01 12:00:00"}, "archive_time: can be set only when is_archived is true"},
		{"PATCH", "/api/v2/deals/1", object{"is_archived": false, "archive_time": "2025-05-01 12:00:00"}, "archive_time: can be set only when is_archived is true"},
		{"PATCH", "/api/v2/deals/1", object{"archive_time": nil}, "archive_time: cannot be cleared while is_archived is true"},
		{"PATCH", "/api/v2/deals/1", object{"is_archived": nil}, "is_archived: must be given"},
		{"PATCH", "/api/v2/deals/1", object{"is_archived": "yes", "archive_time": 7}, "archive_time: must be a time"},
		{"PATCH", "/api/v2/deals/archived", object{"title": "x"}, "id: must be"},
	} {
		if got := c.Do(bad.method, bad.target, bad.body); got.Status != http.StatusBadRequest || !strings.Contains(got.Raw, bad.want) {
			t.Errorf("%s %s %v: %d %s, want %q", bad.method, bad.target, bad.body, got.Status, got.Raw, bad.want)
		}
	}
}

func TestAStageOfAnArchivedDealStays(t *testing.T) {
	t.Parallel()
	_, c := start(t)
	c.Must("POST", "/api/v2/deals", object{"title": "D", "stage_id": 2, "is_archived": true})
	if got := c.Do("DELETE", "/api/v2/stages/2", nil); got.Status < 400 || got.Status >= 500 {
		t.Errorf("%d %s", got.Status, got.Raw)
	}
	c.Must("DELETE", apptest.Path("/api/v2/stages/%d", 3), nil)
}
