package deals_test

import (
	"fmt"
	"net/http"
	"testing"
)

// TestWhatBelongsToARecordInV1 lists it under each kind of record.
func TestWhatBelongsToARecordInV1(t *testing.T) {
	t.Parallel()
	_, c := start(t)
	bob := c.Must("POST", "/api/v2/persons", object{"name": "Bob"}).ID()
	org := c.Must("POST", "/api/v2/organizations", object{"name": "Winnica"}).ID()
	zofia := c.Must("POST", "/api/v2/persons", object{"name": "Zofia", "org_id": org}).ID()
	other := c.Must("POST", "/api/v2/organizations", object{"name": "Bistro"}).ID()
	for i := range 5 {
		c.Must("POST", "/api/v2/deals", object{"title": fmt.Sprint(i), "person_id": zofia, "org_id": org, "stage_id": 1 + i%2})
	}
	c.Must("POST", "/api/v2/deals", object{"title": "alone"})
	c.Must("PATCH", "/api/v2/deals/1", object{"status": "won"})
	c.Must("DELETE", "/api/v2/deals/2", nil)
	for i := range 3 {
		c.Must("POST", "/api/v2/activities", object{"subject": fmt.Sprint(i), "deal_id": 3, "org_id": org, "participants": []object{{"person_id": zofia, "primary": true}}, "done": i == 0})
	}
	for target, want := range map[string]string{
		"/v1/deals/3/activities": "1 2 3", "/v1/deals/3/activities?done=1": "1", "/v1/deals/3/activities?done=0&exclude=2": "3", "/v1/deals/3/activities?start=2": "3",
		"/v1/deals/4/activities": "", "/v1/deals/3/persons": fmt.Sprint(zofia), "/v1/deals/6/persons": "", "/v1/deals/3/products": "",
		"/api/v1/persons/2/activities": "1 2 3", "/v1/persons/2/deals": "1 3 4 5", "/v1/persons/2/deals?status=open&sort=id%20DESC": "5 4 3",
		"/v1/persons/2/deals?status=deleted": "2", "/v1/persons/2/products": "", fmt.Sprintf("/v1/persons/%d/deals", bob): "",
		"/v1/organizations/1/activities?limit=1": "1", "/v1/organizations/1/deals?status=won": "1", "/v1/organizations/1/deals?only_primary_association=1&limit=2": "1 3",
		"/v1/organizations/1/persons": fmt.Sprint(zofia), fmt.Sprintf("/v1/organizations/%d/persons", other): "",
		"/v1/pipelines/1/deals": "3 4 5 6", "/v1/pipelines/1/deals?stage_id=2": "4", "/v1/pipelines/1/deals?user_id=9": "", "/v1/pipelines/1/deals?everyone=1&limit=1": "3",
		"/v1/stages/1/deals": "3 5 6", "/v1/stages/2/deals": "4", "/v1/stages/5/deals": "", "/v1/stages/2/deals?stage_id=1": "",
	} {
		ids := ""
		for _, row := range c.Must("GET", target, nil).List() {
			ids += fmt.Sprintf(" %v", part(row, "id"))
		}
		if len(ids) > 0 {
			ids = ids[1:]
		}
		if ids != want {
			t.Errorf("%s: %q, want %q", target, ids, want)
		}
	}
	if d := c.Must("GET", "/v1/persons/2/deals", nil).List()[0]; part(d, "person_id", "value") != float64(zofia) {
		t.Errorf("under a person %v", d)
	}
	if d := c.Must("GET", "/v1/pipelines/1/deals", nil).List()[0]; part(d, "person_id") != float64(zofia) {
		t.Errorf("in a pipeline %v", d)
	}
	filter := func(field int, value string) any {
		return c.Must("POST", "/v1/filters", object{"name": "x", "type": "deals", "conditions": object{"glue": "and", "conditions": []object{
			{"glue": "and", "conditions": []object{{"object": "deal", "field_id": field, "operator": "=", "value": value}}}, {"glue": "or", "conditions": []object{}},
		}}}).ID()
	}
	titled, placed := filter(1002, "4"), filter(fieldOf(c.Must("GET", "/v1/dealFields", nil).List(), "stage_id"), "2")
	for target, want := range map[string]int{
		fmt.Sprintf("/v1/pipelines/1/deals?filter_id=%v", titled): 1, fmt.Sprintf("/v1/stages/2/deals?filter_id=%v", titled): 0,
		fmt.Sprintf("/v1/stages/1/deals?filter_id=%v", placed): 0, fmt.Sprintf("/v1/stages/2/deals?filter_id=%v", placed): 1,
		fmt.Sprintf("/v1/deals?filter_id=%v", placed): 1,
	} {
		if got := c.Must("GET", target, nil).List(); len(got) != want {
			t.Errorf("%s: %d deals, want %d", target, len(got), want)
		}
	}
	for _, target := range []string{
		"/v1/deals/99/activities", "/v1/deals/99/persons", "/v1/deals/99/products", "/v1/persons/99/deals", "/v1/organizations/99/persons",
		"/v1/pipelines/99/deals", "/v1/stages/99/deals",
	} {
		if a := c.Do("GET", target, nil); a.Status != http.StatusNotFound {
			t.Errorf("%s: %d", target, a.Status)
		}
	}
	if a := c.Must("GET", "/v1/pipelines/1/deals?get_summary=1&limit=1", nil); part(a.Body, "additional_data", "deals_summary", "total_count") != 4.0 {
		t.Errorf("a summary: %s", a.Raw)
	}
}

// fieldOf is the number of a field.
func fieldOf(fields []any, key string) int {
	for _, f := range fields {
		if part(f, "key") == key {
			n, _ := part(f, "id").(float64)
			return int(n)
		}
	}
	return 0
}
