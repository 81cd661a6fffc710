package fields_test

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/lejek/lejek/shared/app/apptest"
)

// rows are v1's list of fields by their keys.
func rows(c *apptest.Client, path string) map[string]object {
	all := map[string]object{}
	for _, r := range c.Must("GET", path, nil).List() {
		all[r.(object)["key"].(string)] = r.(object)
	}
	return all
}

func TestV1ListsFieldsWithTheirParts(t *testing.T) {
	t.Parallel()
	c := start(t)
	code := makeField(c, "deal", "timerange")
	all := rows(c, "/v1/dealFields")
	field := all[code]
	keys := slices.Sorted(maps.Keys(field))
	want := []string{
		"active_flag", "add_time", "add_visible_flag", "bulk_edit_allowed", "created_by_user_id", "description", "details_visible_flag", "edit_flag",
		"field_type", "filtering_allowed", "group_id", "id", "important_flag", "json_column_flag", "key", "last_updated_by_user_id", "mandatory_flag",
		"name", "order_nr", "projects_detail_visible_flag", "restriction_settings", "searchable_flag", "show_in_pipelines", "sortable_flag",
		"update_time", "user_restrictions",
	}
	if !slices.Equal(keys, want) {
		t.Errorf("a field has the keys %v\nwant %v", keys, want)
	}
	if field["id"] != 10001.0 || field["edit_flag"] != true || field["json_column_flag"] != true || field["add_time"] != "2026-11-23 10:00:00" || field["mandatory_flag"] != false {
		t.Errorf("the field is %v", field)
	}
	for _, part := range []string{"until", "timezone_id"} {
		if sub := all[code+"_"+part]; sub["id"] != nil || sub["is_subfield"] != true || sub["parent_id"] != 10001.0 || sub["id_suffix"] != part {
			t.Errorf("the part %s is %v", part, sub)
		}
	}
	for key, want := range map[string]object{
		"title":    {"id": 1002.0, "field_type": "varchar", "edit_flag": false, "json_column_flag": false, "mandatory_flag": true, "use_field": "id", "link": "/deal/"},
		"user_id":  {"id": 1004.0, "field_type": "user"},
		"currency": {"id": nil, "is_subfield": true, "parent_id": 1005.0},
		"won_time": {"field_type": "date", "mandatory_flag": object{"status": "=won"}},
		"pipeline": {"field_type": "double"},
	} {
		for name, v := range want {
			if got := all[key][name]; fmt.Sprint(got) != fmt.Sprint(v) {
				t.Errorf("%s: %s is %v, want %v", key, name, got, v)
			}
		}
	}
	if _, there := all["next_activity_id"]; there {
		t.Error("v1 shows a field that its records do not have")
	}
	page := c.Must("GET", "/v1/dealFields?start=2&limit=3", nil)
	paging := page.Body["additional_data"].(object)
	if p := paging["pagination"].(object); paging["more_items_in_collection"] != true || p["next_start"] != 5.0 || len(page.List()) != 4 {
		t.Errorf("page %v with %d rows", paging, len(page.List()))
	}
	for path, key := range map[string]string{"/v1/activityFields": "busy_flag", "/v1/noteFields": "pinned_to_deal_flag", "/v1/personFields": "email", "/v1/organizationFields": "address_route"} {
		if rows(c, path)[key] == nil {
			t.Errorf("%s lacks %s", path, key)
		}
	}
}

func TestV1WritesTheSameFields(t *testing.T) {
	t.Parallel()
	c := start(t)
	// Options may come as text, as a form has to send them.
	made := c.Must("POST", "/v1/dealFields", object{"name": "Size", "field_type": "enum", "options": `[{"label":"S"},{"label":"M"},{"label":"L"}]`, "add_visible_flag": "1", "other": 1}).Data()
	id, code := made["id"].(float64), made["key"].(string)
	if made["add_visible_flag"] != true || len(made["options"].([]any)) != 3 {
		t.Errorf("made %v", made)
	}
	path := apptest.Path("/v1/dealFields/%.0f", id)
	names := func(a object) string {
		var all []string
		for _, o := range a["options"].([]any) {
			all = append(all, fmt.Sprintf("%v %v", o.(object)["id"], o.(object)["label"]))
		}
		return strings.Join(all, ",")
	}
	c.Must("POST", "/api/v2/deals", object{"title": "x", "custom_fields": object{code: 1}})
	put := c.Must("PUT", path, object{"name": "Extent", "options": []any{object{"id": 3, "label": "L"}, object{"label": "XL"}, object{"id": "2", "label": "Medium"}}}).Data()
	if got := names(put); got != "3 L,4 XL,2 Medium" || put["name"] != "Extent" {
		t.Errorf("PUT leaves %s of %v", got, put["name"])
	}
	if got := names(c.Must("GET", path, nil).Data()); got != "3 L,4 XL,2 Medium" {
		t.Errorf("read %s", got)
	}
	if got := names(c.Must("GET", at(code), nil).Data()); got != "3 L,4 XL,2 Medium" {
		t.Errorf("in v2 %s", got)
	}
	c.Must("POST", at(code)+"/options", []any{object{"label": "last"}})
	if got := names(c.Must("GET", path, nil).Data()); got != "3 L,4 XL,2 Medium,5 last" {
		t.Errorf("a new option is not the last: %s", got)
	}
	if got := shown(t, c.Must("GET", "/api/v2/deals/1", nil))[code]; got != nil {
		t.Errorf("a value whose option PUT left out is %v", got)
	}
	if got := c.Do("PUT", path, object{"options": []any{object{"id": 77, "label": "x"}, object{"label": ""}}}); got.Status != http.StatusBadRequest ||
		!strings.Contains(got.Raw, "options[1].label") {
		t.Errorf("PUT of a foreign option: %d %s", got.Status, got.Raw)
	}
	// Labels are the options of a built-in field, whose name stays.
	labels := rows(c, "/v1/personFields")["label"]
	kept := append([]any{object{"label": "VIP", "color": "pink"}}, labels["options"].([]any)[1:]...)
	if got := names(c.Must("PUT", apptest.Path("/v1/personFields/%.0f", labels["id"]), object{"options": kept}).Data()); got != "5 VIP,2 Hot lead,3 Warm lead,4 Cold lead" {
		t.Errorf("labels are %s", got)
	}
	second := c.Must("POST", "/v1/dealFields", object{"name": "Second", "field_type": "varchar"}).ID()
	third := c.Must("POST", "/v1/dealFields", object{"name": "Third", "field_type": "varchar"}).ID()
	if got := c.Must("DELETE", apptest.Path("/v1/dealFields?ids=%d,%d", second, third), nil).Data(); fmt.Sprint(got["id"]) != fmt.Sprintf("[%d %d]", second, third) {
		t.Errorf("DELETE of two answers %v", got)
	}
	if got := c.Must("DELETE", path, nil).ID(); float64(got) != id {
		t.Errorf("DELETE answers %v", got)
	}
	if got := c.Do("GET", path, nil); got.Status != http.StatusNotFound {
		t.Errorf("a deleted field: %d", got.Status)
	}
	if rows(c, "/v1/dealFields")[code] != nil {
		t.Error("a deleted field is listed")
	}
}

// TestV1ShowsCustomValuesAsKeysOfTheDeal checks each shape of contract §2.8.
func TestV1ShowsCustomValuesAsKeysOfTheDeal(t *testing.T) {
	t.Parallel()
	c := start(t)
	person := c.Must("POST", "/api/v2/persons", object{"name": "x"}).ID()
	for _, w := range []struct {
		fieldType string
		value     any
		flat      object
	}{
		{"varchar", "a", object{"": "a"}},
		{"double", 1.25, object{"": 1.25}},
		{"monetary", object{"value": 5, "currency": "PLN"}, object{"": 5.0, "_currency": "PLN"}},
		{"enum", 2, object{"": "2"}},
		{"set", []int{2, 1}, object{"": "2,1"}},
		{"people", person, object{"": float64(person)}},
		{"date", "2026-01-02", object{"": "2026-01-02"}},
		{"daterange", object{"value": "2026-01-02", "until": "2026-01-03"}, object{"": "2026-01-02", "_until": "2026-01-03"}},
		{"time", object{"value": "09:00", "timezone_id": 7}, object{"": "09:00:00", "_timezone_id": 7.0}},
		{"timerange", object{"value": "09:00", "until": "10:00"}, object{"": "09:00:00", "_until": "10:00:00", "_timezone_id": nil}},
		{"address", object{"value": "Rynek 1", "locality": "Łódź", "formatted_address": "Rynek 1, Łódź"},
			object{"": "Rynek 1", "_locality": "Łódź", "_route": nil, "_formatted_address": "Rynek 1, Łódź"}},
	} {
		var options []string
		if w.fieldType == "enum" || w.fieldType == "set" {
			options = []string{"a", "b"}
		}
		code := makeField(c, "deal", w.fieldType, options...)
		deal := c.Must("POST", "/api/v2/deals", object{"title": "x", "custom_fields": object{code: w.value}}).ID()
		flat := c.Must("POST", apptest.Path("/v1/deals/%d/duplicate", deal), nil).Data()
		for suffix, want := range w.flat {
			if got, there := flat[code+suffix]; got != want || !there {
				t.Errorf("%s: K%s is %v (there: %v), want %v", w.fieldType, suffix, got, there, want)
			}
		}
		c.Must("DELETE", at(code), nil)
	}
}
