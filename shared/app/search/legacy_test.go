package search_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/lejek/lejek/shared/app/apptest"
)

// TestSearchesInV1FindWhatThoseOfV2Find goes through each by pages of two.
func TestSearchesInV1FindWhatThoseOfV2Find(t *testing.T) {
	t.Parallel()
	type m = map[string]any
	a := apptest.New(t)
	settle := a.Follow()
	c := a.NewTeam("Acme")
	org := c.Must("POST", "/api/v2/organizations", m{"name": "Zebra Works"}).ID()
	for i := range 5 {
		person := c.Must("POST", "/api/v2/persons", m{"name": fmt.Sprint("Zebra ", i%2), "org_id": org}).ID()
		c.Must("POST", "/api/v2/deals", m{"title": fmt.Sprint("Zebra stripes ", i), "person_id": person, "org_id": org})
	}
	settle()
	for _, path := range []string{"deals/search", "persons/search", "organizations/search", "itemSearch"} {
		want := c.Must("GET", "/api/v2/"+path+"?term=zebra", nil).Data()["items"].([]any)
		var got []any
		for start, pages := 0, 0; ; pages++ {
			page := c.Must("GET", fmt.Sprintf("/v1/%s?term=zebra&limit=2&start=%d", path, start), nil)
			got = append(got, page.Data()["items"].([]any)...)
			p := page.Body["additional_data"].(m)["pagination"].(m)
			if p["more_items_in_collection"] != true || pages > 10 {
				break
			}
			start = int(p["next_start"].(float64))
		}
		if fmt.Sprint(got) != fmt.Sprint(want) || len(want) == 0 {
			t.Errorf("%s: %v\nwant %v", path, got, want)
		}
		if jump := c.Must("GET", "/api/v1/"+path+"?term=zebra&start=1", nil).Data()["items"].([]any); len(jump) != len(want)-1 {
			t.Errorf("%s from the second: %d of %d", path, len(jump), len(want))
		}
	}
	if got := c.Must("GET", "/v1/itemSearch?term=works&search_for_related_items=1&item_types=organization", nil).Data(); len(got["related_items"].([]any)) != 10 {
		t.Errorf("related %v", got)
	}
	for target, want := range map[string]string{
		"term=ebra&field_type=personField&field_key=name":                                         "[map[name:Zebra 0] map[name:Zebra 1]]",
		"term=Zebra%201&field_type=personField&field_key=name&exact_match=true&return_item_ids=1": "[map[id:2 name:Zebra 1] map[id:4 name:Zebra 1]]",
		"term=zebra&field_type=dealField&field_key=title":                                         "[]",
		"term=stripes%204&field_type=dealField&field_key=title&return_item_ids=true":              "[map[id:5 title:Zebra stripes 4]]",
	} {
		if got := fmt.Sprint(c.Must("GET", "/v1/itemSearch/field?"+target, nil).List()); got != want {
			t.Errorf("%s: %s, want %s", target, got, want)
		}
	}
	for target, want := range map[string]string{
		"/v1/itemSearch?term=z": "term: ", "/v1/itemSearch": "term: must be given", "/v1/deals/search?term=zebra&status=deleted": "status: must be one of",
		"/v1/itemSearch/field?term=zebra&field_type=dealField&field_key=none": "field_key: ", "/v1/itemSearch/field?term=zebra&field_key=x": "field_type: must be given",
	} {
		if got := c.Do("GET", target, nil); got.Status != http.StatusBadRequest || !strings.Contains(got.Raw, want) {
			t.Errorf("%s: %d %s", target, got.Status, got.Raw)
		}
	}
}
