package deals_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"
)

func TestADuplicateIsANewOpenDealWithTheSameContent(t *testing.T) {
	t.Parallel()
	a, c := start(t)
	person := c.Must("POST", "/api/v2/persons", object{"name": "Ann"}).ID()
	org := c.Must("POST", "/api/v2/organizations", object{"name": "Acme"}).ID()
	field := c.Must("POST", "/api/v2/dealFields", object{"field_name": "Colour", "field_type": "varchar"}).Data()["field_code"].(string)
	c.Must("POST", "/api/v2/dealFields/label_ids/options", []object{{"label": "A"}, {"label": "B"}, {"label": "C"}})
	bob := c.Must("POST", "/api/v2/deals", object{
		"title": "Big", "value": 12.5, "currency": "USD", "person_id": person, "org_id": org, "stage_id": 3, "probability": 40,
		"expected_close_date": "2026-12-24", "visible_to": 1, "status": "lost", "lost_reason": "price", "is_archived": true, "label_ids": []int{3},
		"custom_fields": object{field: "blue"},
	}).ID()
	c.Must("POST", "/v1/notes", object{"content": "N", "deal_id": bob})
	c.Must("POST", "/api/v2/activities", object{"subject": "A", "deal_id": bob})
	a.Later(time.Hour)
	for i, path := range []string{"/api/v2/deals/1/duplicate", "/v1/deals/1/duplicate", "/api/v1/deals/1/duplicate"} {
		d := c.Must("POST", path, nil).Data()
		for key, want := range map[string]any{
			"id": float64(2 + i), "title": "Big", "value": 12.5, "currency": "USD", "person_id": 1.0, "org_id": 1.0, "stage_id": 3.0, "pipeline_id": 1.0,
			"probability": 40.0, "expected_close_date": "2026-12-24", "visible_to": "1", "status": "open", "lost_reason": nil, "lost_time": nil,
			"close_time": nil, "is_archived": false, "archive_time": nil, "add_time": "2026-11-23 11:00:00", "next_activity_id": nil,
			"person_name": "Ann", "org_name": "Acme", "formatted_value": "$12.50", "active": true, "notes_count": 0.0, "activities_count": 0.0,
			"participants_count": 1.0, "cc_email": fmt.Sprint(c.AddressOf("deal", int64(2+i))), "label": "3",
			field: "blue",
		} {
			if d[key] != want {
				t.Errorf("%s: %s is %v, want %v", path, key, d[key], want)
			}
		}
	}
	v := c.Must("GET", "/api/v2/deals/2/view", nil).Data()
	if n := len(v["flow"].([]any)); n != 1 { // that it was made
		t.Errorf("%d rows in the flow of the copy: %v", n, v["flow"])
	}
	if n := len(c.Must("GET", "/api/v2/persons/1/view", nil).Data()["open_deals"].([]any)); n != 3 {
		t.Errorf("%d open deals of the person", n)
	}
}

func TestADuplicateDoesWithoutWhatIsGone(t *testing.T) {
	t.Parallel()
	_, c := start(t)
	c.Must("POST", "/api/v2/persons", object{"name": "Ann"})
	c.Must("POST", "/api/v2/organizations", object{"name": "Acme"})
	c.Must("POST", "/api/v2/deals", object{"title": "Big", "person_id": 1, "org_id": 1})
	c.Must("DELETE", "/api/v2/persons/1", nil)
	if d := c.Must("POST", "/api/v2/deals/1/duplicate", nil).Data(); d["person_id"] != nil || d["org_id"] != 1.0 {
		t.Errorf("the copy is linked to %v, %v", d["person_id"], d["org_id"])
	}
	c.Must("DELETE", "/api/v2/deals/1", nil)
	for _, id := range []any{1, 99} {
		if got := c.Do("POST", fmt.Sprintf("/v1/deals/%v/duplicate", id), nil); got.Status != http.StatusNotFound {
			t.Errorf("deal %v: %d %s", id, got.Status, got.Raw)
		}
	}
}
