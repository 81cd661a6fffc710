package fields_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/lejek/lejek/shared/app/apptest"
)

func TestWrongValuesAreNamedWithTheirField(t *testing.T) {
	t.Parallel()
	c := apptest.New(t).NewTeam("Acme")
	person := c.Must("POST", "/api/v2/persons", object{"name": "Gone"}).ID()
	c.Must("DELETE", apptest.Path("/api/v2/persons/%d", person), nil)
	c.Must("POST", "/api/v2/deals", object{"title": "x"})
	codes := map[string]string{}
	for _, w := range []struct {
		fieldType string
		value     any
		want      string
	}{
		{"varchar", strings.Repeat("ż", 256), "must be at most 255 characters"},
		{"varchar", 1, "must be a string"},
		{"varchar_auto", []string{"a"}, "must be a string"},
		{"text", strings.Repeat("ż", 65_001), "must be at most 65000 characters"},
		{"phone", true, "must be a string"},
		{"double", "1", "must be a number"},
		{"double", 1e18, "must be a number"},
		{"monetary", 12, "must be an object with currency, value"},
		{"monetary", object{"value": 1}, "must be given"},
		{"monetary", object{"value": "1", "currency": "EUR"}, "must be a number"},
		{"monetary", object{"value": 1, "currency": "XXY"}, "must be the code of a known currency"},
		{"monetary", object{"value": 1, "currency": "EUR", "rate": 2}, "is not known"},
		{"enum", 9, "has no option 9"},
		{"enum", "1", "must be the id of one"},
		{"enum", 1.5, "must be the id of one"},
		{"set", []int{}, "null clears it"},
		{"set", 1, "must be a list"},
		{"set", []int{1, 9}, "has no option 9"},
		{"user", 99, "user 99 not found"},
		{"user", -1, "must be the id of one"},
		{"people", person, "person 1 not found"},
		{"org", 77, "organization 77 not found"},
		{"date", "31.01.2026", "must be a date"},
		{"date", "2026-02-30", "must be a date"},
		{"daterange", object{"value": "2026-01-02"}, "must be given"},
		{"daterange", object{"value": "2026-01-02", "until": "2026-01-01"}, "must not be before value"},
		{"time", "09:00:00", "must be an object with timezone_id, timezone_name, value"},
		{"time", object{"value": "24:00:00"}, "must be a time"},
		{"time", object{"value": "9:00"}, "must be a time"},
		{"time", object{"value": "09:00", "timezone_name": "Mars/Olympus"}, "must be an IANA time zone"},
		{"timerange", object{"value": "09:00:00", "until": nil}, "must be given"},
		{"address", "Main St 1", "must be an object"},
		{"address", object{"route": "Main St"}, "must be given"},
		{"address", object{"value": "x", "route": 1}, "must be a string"},
		{"address", object{"value": "x", "planet": "Mars"}, "is not known"},
	} {
		code := codes[w.fieldType]
		if code == "" {
			var options []string
			if w.fieldType == "enum" || w.fieldType == "set" {
				options = []string{"a"}
			}
			code = makeField(c, "deal", w.fieldType, options...)
			codes[w.fieldType] = code
		}
		got := c.Do("PATCH", "/api/v2/deals/1", object{"custom_fields": object{code: w.value}})
		reason, _ := got.Body["error"].(string)
		if got.Status != http.StatusBadRequest || !strings.Contains(reason, "custom_fields."+code) || !strings.Contains(reason, w.want) ||
			!strings.Contains(reason, "(field_code: "+code+")") {
			t.Errorf("%s %.60v: %d %.300s, want %q", w.fieldType, w.value, got.Status, reason, w.want)
		}
	}
	all := object{}
	for _, code := range codes {
		all[code] = object{"nope": 1}
	}
	got := c.Do("PATCH", "/api/v2/deals/1", object{"title": "", "custom_fields": all})
	for _, code := range codes {
		if reason, _ := got.Body["error"].(string); !strings.Contains(reason, "custom_fields."+code) || !strings.Contains(reason, "title:") {
			t.Errorf("of all wrong fields, %s is not named: %.200s", code, reason)
		}
	}
	for code, v := range shown(t, c.Must("GET", "/api/v2/deals/1", nil)) {
		if v != nil {
			t.Errorf("a wrong value was written: %s %v", code, v)
		}
	}
}

// TestWhatPointsAtADeletedRecordCanBeSentBack: clients write what they read.
func TestWhatPointsAtADeletedRecordCanBeSentBack(t *testing.T) {
	t.Parallel()
	c := apptest.New(t).NewTeam("Acme")
	person := c.Must("POST", "/api/v2/persons", object{"name": "Referred"}).ID()
	code := makeField(c, "deal", "people")
	read := c.Must("POST", "/api/v2/deals", object{"title": "x", "custom_fields": object{code: person}}).Data()
	c.Must("DELETE", apptest.Path("/api/v2/persons/%d", person), nil)
	c.Must("PATCH", "/api/v2/deals/1", object{"title": "y", "custom_fields": read["custom_fields"]})
	if got := c.Do("POST", "/api/v2/deals", object{"title": "x", "custom_fields": object{code: person}}); got.Status != http.StatusBadRequest {
		t.Errorf("a new deal points at a deleted person: %d %s", got.Status, got.Raw)
	}
}

func TestWrongDefinitionsAreNamedAtOnce(t *testing.T) {
	t.Parallel()
	c := apptest.New(t).NewTeam("Acme")
	enum, plain := makeField(c, "deal", "enum", "a"), makeField(c, "deal", "varchar")
	at := func(code string) string { return "/api/v2/dealFields/" + code }
	for _, call := range []struct {
		method, path string
		body         any
		status       int
		want         []string
	}{
		{"POST", "/api/v2/dealFields", object{}, 400, []string{"field_name: must be given", "field_type: must be given"}},
		{"POST", "/api/v2/dealFields", object{"field_name": " ", "field_type": "int"}, 400, []string{"field_name: must be given"}},
		{"POST", "/api/v2/dealFields", object{"field_name": "x", "field_type": "int"}, 400, []string{"field_type: must be one of varchar"}},
		{"POST", "/api/v2/dealFields", object{"field_name": "x", "field_type": "set"}, 400, []string{"options: must be given"}},
		{"POST", "/api/v2/dealFields", object{"field_name": "x", "field_type": "date", "options": []any{object{"label": "a"}}}, 400, []string{"options: can be given only"}},
		{"POST", "/api/v2/dealFields", object{"field_name": "x", "field_type": "enum", "options": []any{object{}, object{"label": strings.Repeat("x", 256)}}}, 400,
			[]string{"options[0].label: must be given", "options[1].label: must be at most 255"}},
		{"POST", "/api/v2/dealFields", object{"field_name": "x", "field_type": "date", "ui_visibility": object{
			"show_in_pipelines": object{"show_in_all": false, "pipeline_ids": []int{9}}}, "important_fields": object{"enabled": true, "stage_ids": []int{99}},
			"required_fields": object{"enabled": true, "statuses": object{"1": []string{"open"}, "x": []string{"won"}}}}, 400,
			[]string{"pipeline_ids: pipeline 9 not found", "important_fields.stage_ids: stage 99 not found", "statuses.1: must be won", `"x" is no id`}},
		{"POST", "/api/v2/personFields", object{"field_name": "x", "field_type": "date", "ui_visibility": object{"show_in_pipelines": object{}}}, 400, []string{"show_in_pipelines"}},
		{"PATCH", at(plain), object{}, 400, []string{"At least one property"}},
		{"PATCH", at(plain), object{"field_type": "text", "field_code": "a"}, 400, []string{"'field_type' is not allowed", "'field_code' is not allowed"}},
		{"PATCH", at("title"), object{"field_name": "Name"}, 403, []string{"is built in"}},
		{"DELETE", at("title"), nil, 403, []string{"is built in"}},
		{"DELETE", at("nope"), nil, 404, []string{"Field not found"}},
		{"GET", at(strings.Repeat("a", 40)), nil, 404, []string{"Field not found"}},
		{"POST", at(plain) + "/options", []any{object{"label": "b"}}, 400, []string{"has no options that can be changed"}},
		{"POST", at("status") + "/options", []any{object{"label": "b"}}, 400, []string{"has no options that can be changed"}},
		{"POST", at(enum) + "/options", object{"label": "b"}, 400, []string{"the body must be a list"}},
		{"POST", at(enum) + "/options", []any{}, 400, []string{"must hold at least one"}},
		{"POST", at(enum) + "/options", "[{", 400, []string{"not valid JSON"}},
		{"POST", at(enum) + "/options", []any{object{"label": "b"}, object{"label": "", "color": "mauve"}, object{"name": "c"}}, 400,
			[]string{"options[1].label: must be given", "options[1].color: must be one of", "options[2].name"}},
		{"PATCH", at(enum) + "/options", []any{object{"id": 1, "label": "b"}, object{"id": 7, "label": "c"}, object{"id": 1, "label": "d"}}, 400,
			[]string{"options[1].id: the field has no option 7", "options[2].id: option 1 is named twice"}},
		{"DELETE", at(enum) + "/options", []any{object{"id": 7}, object{"id": "1"}}, 400, []string{"options[1].id: must be a whole number"}},
		{"DELETE", at(enum) + "/options", nil, 400, []string{"the body must be a list"}},
		{"GET", "/api/v2/dealFields?limit=501&include_fields=all&cursor=x", nil, 400, []string{"limit", "include_fields"}},
		{"GET", "/api/v2/dealFields?cursor=x", nil, 400, []string{"cursor"}},
		{"POST", "/api/v2/activityFields", object{}, 405, nil},
		{"PUT", "/v1/dealFields/1002", object{"name": "x"}, 403, []string{"is built in"}},
		{"PUT", "/v1/dealFields/99", object{"name": "x"}, 404, nil},
		{"DELETE", "/v1/dealFields", nil, 400, []string{"ids: must be given"}},
		{"DELETE", "/v1/dealFields?ids=10002,99", nil, 404, nil},
		{"GET", "/api/v2/deals?custom_fields=" + plain + ",nope&include_labels=maybe", nil, 400, []string{"include_labels"}},
		{"GET", "/api/v2/deals?custom_fields=" + plain + ",nope,title", nil, 400, []string{"nope is no custom field", "title is no custom field"}},
		{"GET", "/api/v2/deals?custom_fields=" + strings.TrimSuffix(strings.Repeat(plain+",", 16), ","), nil, 400, []string{"at most 15 codes"}},
	} {
		got := c.Do(call.method, call.path, call.body)
		if got.Status != call.status {
			t.Errorf("%s %s %v: %d %.300s", call.method, call.path, call.body, got.Status, got.Raw)
		}
		for _, want := range call.want {
			if reason, _ := got.Body["error"].(string); !strings.Contains(reason, want) {
				t.Errorf("%s %s %.200v: %.300q lacks %q", call.method, call.path, call.body, reason, want)
			}
		}
	}
	if got := c.Must("GET", at(enum), nil).Data()["options"].([]any); len(got) != 1 {
		t.Errorf("a refused change of options left %v", got)
	}
	c.Must("GET", at(plain), nil) // DELETE of it and of another one that does not exist was refused as a whole
}
