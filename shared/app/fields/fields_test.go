package fields_test

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lejek/lejek/shared/app/apptest"
)

func start(t *testing.T) *apptest.Client { return apptest.New(t).NewTeam("Acme") }

func at(code string) string { return "/api/v2/dealFields/" + code }

// codes are those of a list of fields.
func codes(c *apptest.Client, path string) (all []string) {
	for next := ""; ; {
		page := c.Must("GET", path+next, nil)
		for _, f := range page.List() {
			all = append(all, f.(object)["field_code"].(string))
		}
		cursor, more := page.Body["additional_data"].(object)["next_cursor"].(string)
		if !more {
			return all
		}
		next = "&cursor=" + cursor
	}
}

func TestAFieldHasEveryKeyOfTheContract(t *testing.T) {
	t.Parallel()
	c := start(t)
	made := c.Must("POST", "/api/v2/dealFields", object{
		"field_name": "Size", "field_type": "enum", "description": "How large", "options": []any{object{"label": "S"}, object{"label": "L", "color": "red"}},
		"ui_visibility":    object{"add_visible_flag": true, "show_in_pipelines": object{"show_in_all": false, "pipeline_ids": []int{1}}},
		"important_fields": object{"enabled": true, "stage_ids": []int{1, 2}}, "required_fields": object{"enabled": true, "statuses": object{"1": []string{"won"}}},
	})
	code := made.Data()["field_code"].(string)
	if !regexp.MustCompile(`^[0-9a-f]{40}$`).MatchString(code) {
		t.Errorf("the code is %q", code)
	}
	const now = `"2026-11-23T10:00:00Z"`
	field := `"field_name":"Size","field_code":"` + code + `","description":"How large","field_type":"enum",` +
		`"options":[{"id":1,"label":"S","color":null,"add_time":` + now + `,"update_time":` + now + `},` +
		`{"id":2,"label":"L","color":"red","add_time":` + now + `,"update_time":` + now + `}],` +
		`"subfields":null,"is_custom_field":true,"is_optional_response_field":false,"is_writable":true`
	extras := `,"ui_visibility":{"add_visible_flag":true,"details_visible_flag":true,"projects_detail_visible_flag":false,` +
		`"show_in_pipelines":{"show_in_all":false,"pipeline_ids":[1]}},"important_fields":{"enabled":true,"stage_ids":[1,2]},` +
		`"required_fields":{"enabled":true,"stage_ids":[],"statuses":{"1":["won"]}}`
	if want := `{"success":true,"data":{` + field + extras + `}}`; made.Raw != want {
		t.Errorf("made %s\nwant %s", made.Raw, want)
	}
	if got, want := c.Must("GET", at(code), nil).Raw, `{"success":true,"data":{`+field+`}}`; got != want {
		t.Errorf("read %s\nwant %s", got, want)
	}
	changed := c.Must("PATCH", at(code), object{"field_name": "Extent", "description": nil, "important_fields": object{"enabled": false},
		"ui_visibility": object{"show_in_pipelines": object{"show_in_all": true}}}).Data()
	if changed["field_name"] != "Extent" || changed["description"] != nil || fmt.Sprint(changed["important_fields"]) != "map[enabled:false stage_ids:[]]" ||
		fmt.Sprint(changed["ui_visibility"]) != "map[add_visible_flag:true details_visible_flag:true projects_detail_visible_flag:false show_in_pipelines:map[pipeline_ids:[] show_in_all:true]]" {
		t.Errorf("changed %v", changed)
	}
	if gone := c.Must("DELETE", at(code), nil).Data(); gone["field_code"] != code || len(gone["options"].([]any)) != 2 {
		t.Errorf("DELETE answers %v", gone)
	}
	if got := c.Do("GET", at(code), nil); got.Status != http.StatusNotFound {
		t.Errorf("a deleted field: %d %s", got.Status, got.Raw)
	}
}

func TestSubfieldsAreTheKeysOfTheValue(t *testing.T) {
	t.Parallel()
	c := start(t)
	for fieldType, want := range map[string]string{
		"monetary": "value currency", "daterange": "value until", "time": "value timezone_id timezone_name", "timerange": "value until timezone_id timezone_name",
		"address": "value subpremise street_number route sublocality locality admin_area_level_2 admin_area_level_1 country postal_code formatted_address",
		"varchar": "", "people": "",
	} {
		parts, _ := c.Must("GET", at(makeField(c, "deal", fieldType)), nil).Data()["subfields"].([]any)
		var got []string
		for _, p := range parts {
			got = append(got, p.(object)["field_code"].(string))
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s has %v, want %s", fieldType, got, want)
		}
	}
}

func TestListsOfFieldsHaveWhatIsBuiltInAndPages(t *testing.T) {
	t.Parallel()
	c := start(t)
	own := makeField(c, "deal", "varchar")
	for path, want := range map[string][]string{
		"/api/v2/dealFields":         {"id", "title", "owner_id", "label_ids", "next_activity_id", own},
		"/api/v2/personFields":       {"name", "emails", "phones", "label_ids", "birthday"},
		"/api/v2/organizationFields": {"name", "address", "industry", "people_count"},
		"/api/v2/activityFields":     {"subject", "type", "due_date", "busy", "priority"},
	} {
		all := codes(c, path+"?limit=500")
		if paged := codes(c, path+"?limit=7"); !slices.Equal(paged, all) {
			t.Errorf("%s: pages hold %v\nthe whole list %v", path, paged, all)
		}
		for _, code := range want {
			if !slices.Contains(all, code) {
				t.Errorf("%s lacks %s", path, code)
			}
		}
		if path != "/api/v2/dealFields" && slices.Contains(all, own) {
			t.Errorf("%s shows a field of deals", path)
		}
	}
	types := c.Must("GET", "/api/v2/activityFields/type", nil).Data()["options"].([]any)
	if len(types) != 6 || types[0].(object)["id"] != "call" {
		t.Errorf("types of activities as options: %v", types)
	}
	// What a record has and what the lists say it has are the same.
	all := codes(c, "/api/v2/dealFields?limit=500")
	for key := range c.Must("POST", "/api/v2/deals", object{"title": "x"}).Data() {
		if key != "custom_fields" && !slices.Contains(all, key) {
			t.Errorf("a deal has %s, which is no field", key)
		}
	}
}

// TestADeletedFieldIsGoneAtOnceEverywhere looks in every place that shows custom fields.
func TestADeletedFieldIsGoneAtOnceEverywhere(t *testing.T) {
	t.Parallel()
	c := start(t)
	gone, kept := makeField(c, "deal", "monetary"), makeField(c, "deal", "varchar")
	onOrg, onPerson := makeField(c, "organization", "varchar"), makeField(c, "person", "enum", "a")
	org := c.Must("POST", "/api/v2/organizations", object{"name": "o", "custom_fields": object{onOrg: "org secret"}}).ID()
	person := c.Must("POST", "/api/v2/persons", object{"name": "p", "org_id": org, "custom_fields": object{onPerson: 1}}).ID()
	c.Must("POST", "/api/v2/deals", object{"title": "d", "person_id": person, "org_id": org, "custom_fields": object{
		gone: object{"value": 12.5, "currency": "EUR"}, kept: "deal secret"}})
	places := []string{
		"/api/v2/deals", "/api/v2/deals/1", "/api/v2/deals?ids=1", "/api/v2/deals/1/view", "/api/v2/persons/1/view", "/api/v2/organizations/1/view",
		"/api/v2/persons/1", "/api/v2/organizations", "/v1/deals/timeline?start_date=2026-11-01&interval=month&amount=1&field_key=add_time",
		"/api/v2/dealFields?limit=500", "/api/v2/personFields?limit=500", "/api/v2/organizationFields?limit=500", "/v1/dealFields", "/v1/personFields", "/v1/organizationFields",
	}
	show := func(code string) (n int) {
		for _, place := range places {
			if strings.Contains(c.Must("GET", place, nil).Raw, code) {
				n++
			}
		}
		return n
	}
	for _, f := range []struct {
		list, code string
		places     int
	}{{"dealFields", gone, 9}, {"personFields", onPerson, 6}, {"organizationFields", onOrg, 6}} {
		if n := show(f.code); n != f.places {
			t.Errorf("a field shows in %d places, not %d", n, f.places)
		}
		c.Must("DELETE", "/api/v2/"+f.list+"/"+f.code, nil)
		if n := show(f.code); n != 0 {
			t.Errorf("a deleted field still shows in %d places", n)
		}
	}
	if n := show("deal secret"); n != 7 {
		t.Errorf("another field shows in %d places", n)
	}
	for _, body := range []object{{gone: nil}, {gone: object{"value": 1, "currency": "EUR"}}} {
		if got := c.Do("PATCH", "/api/v2/deals/1", object{"custom_fields": body}); got.Status != http.StatusBadRequest {
			t.Errorf("writing a deleted field: %d %s", got.Status, got.Raw)
		}
	}
	if got := c.Do("GET", "/api/v2/deals?custom_fields="+gone, nil); got.Status != http.StatusBadRequest {
		t.Errorf("picking a deleted field: %d", got.Status)
	}
}

func TestOptionsAreChangedAllOrNone(t *testing.T) {
	t.Parallel()
	c := start(t)
	code := makeField(c, "deal", "set", "a", "b", "c")
	shownOptions := func() string {
		var all []string
		for _, o := range c.Must("GET", at(code), nil).Data()["options"].([]any) {
			all = append(all, fmt.Sprintf("%v %v", o.(object)["id"], o.(object)["label"]))
		}
		return strings.Join(all, ",")
	}
	only := func(a apptest.Answer, want string) {
		t.Helper()
		var all []string
		for _, o := range a.List() {
			all = append(all, fmt.Sprintf("%v %v", o.(object)["id"], o.(object)["label"]))
		}
		if got := strings.Join(all, ","); got != want {
			t.Errorf("answers %s, want %s", got, want)
		}
	}
	only(c.Must("POST", at(code)+"/options", []any{object{"label": "d"}, object{"label": "e"}}), "4 d,5 e")
	only(c.Must("PATCH", at(code)+"/options", []any{object{"id": 5, "label": "E"}, object{"id": 1, "label": "A"}}), "5 E,1 A")
	c.Must("POST", "/api/v2/deals", object{"title": "x", "custom_fields": object{code: []int{2, 5, 1}}})
	only(c.Must("DELETE", at(code)+"/options", []any{object{"id": 2}, object{"id": 4}}), "2 b,4 d")
	if got := shownOptions(); got != "1 A,3 c,5 E" {
		t.Errorf("left are %s", got)
	}
	for _, call := range []struct {
		method string
		body   any
	}{
		{"DELETE", []any{object{"id": 1}, object{"id": 2}}},
		{"PATCH", []any{object{"id": 1, "label": "x"}, object{"id": 4, "label": "y"}}},
		{"POST", []any{object{"label": "x"}, object{"label": " "}}},
	} {
		if got := c.Do(call.method, at(code)+"/options", call.body); got.Status != http.StatusBadRequest {
			t.Errorf("%s %v: %d", call.method, call.body, got.Status)
		}
	}
	if got := shownOptions(); got != "1 A,3 c,5 E" {
		t.Errorf("after refused calls, left are %s", got)
	}
	if got := fmt.Sprint(shown(t, c.Must("GET", "/api/v2/deals/1", nil))[code]); got != "[5 1]" {
		t.Errorf("the value is %s", got)
	}
	if got := fmt.Sprint(shown(t, c.Must("GET", "/api/v2/deals?include_option_labels=true", nil))[code]); got != "[map[id:5 label:E] map[id:1 label:A]]" {
		t.Errorf("with names it is %s", got)
	}
	c.Must("DELETE", at(code)+"/options", []any{object{"id": 1}, object{"id": 5}, object{"id": 3}})
	if got := shown(t, c.Must("GET", "/api/v2/deals/1", nil))[code]; got != nil {
		t.Errorf("a value of deleted options alone is %v", got)
	}
	only(c.Must("POST", at(code)+"/options", []any{object{"label": "new"}}), "6 new")
}

func TestOptionsOfManyChunksKeepTheirOrder(t *testing.T) {
	t.Parallel()
	c := start(t)
	code := makeField(c, "person", "enum", "first")
	path := "/api/v2/personFields/" + code
	add := []any{}
	for i := range 999 {
		add = append(add, object{"label": fmt.Sprintf("option %d", i)})
	}
	c.Must("POST", path+"/options", add)
	var remove []any
	for id := 150; id < 650; id++ {
		remove = append(remove, object{"id": id})
	}
	c.Must("DELETE", path+"/options", remove)
	all := c.Must("GET", path, nil).Data()["options"].([]any)
	if len(all) != 500 || all[148].(object)["id"] != 149.0 || all[149].(object)["id"] != 650.0 {
		t.Fatalf("%d options, around the gap %v %v", len(all), all[148], all[149])
	}
	p := c.Must("POST", "/api/v2/persons", object{"name": "x", "custom_fields": object{code: 1000}}).ID()
	got := shown(t, c.Must("GET", apptest.Path("/api/v2/persons/%d?include_option_labels=1", p), nil))[code]
	if fmt.Sprint(got) != "map[id:1000 label:option 998]" {
		t.Errorf("the value is %v", got)
	}
	c.Must("DELETE", path, nil)
	if rest := codes(c, "/api/v2/personFields?limit=500"); slices.Contains(rest, code) {
		t.Error("a deleted field is listed")
	}
}

func TestTwoWhoChangeFieldsAtOnceBothDo(t *testing.T) {
	t.Parallel()
	c := start(t)
	code := makeField(c, "deal", "enum", "a")
	for i := range 4 {
		var wg sync.WaitGroup
		wg.Go(func() { c.Must("POST", at(code)+"/options", []any{object{"label": fmt.Sprint("x", i)}}) })
		wg.Go(func() { makeField(c, "deal", "varchar") })
		wg.Wait()
	}
	all := c.Must("GET", "/api/v2/dealFields?limit=500", nil).List()
	own, ids := 0, map[any]bool{}
	for _, f := range all {
		if f := f.(object); f["is_custom_field"] == true {
			own++
			if f["field_code"] == code {
				for _, o := range f["options"].([]any) {
					ids[o.(object)["id"]] = true
				}
			}
		}
	}
	if own != 5 || len(ids) != 5 {
		t.Errorf("%d fields of 5, %d options of 5", own, len(ids))
	}
}

func TestLabels(t *testing.T) {
	t.Parallel()
	c := start(t)
	for path, want := range map[string]string{
		"/api/v2/personFields/label_ids":       "1 Customer green,2 Hot lead red,3 Warm lead yellow,4 Cold lead blue",
		"/api/v2/organizationFields/label_ids": "5 Customer green,6 Hot lead red,7 Warm lead yellow,8 Cold lead blue",
		"/api/v2/dealFields/label":             "",
	} {
		var all []string
		for _, o := range c.Must("GET", path, nil).Data()["options"].([]any) {
			all = append(all, fmt.Sprint(o.(object)["id"], " ", o.(object)["label"], " ", o.(object)["color"]))
		}
		if got := strings.Join(all, ","); got != want {
			t.Errorf("%s has %s", path, got)
		}
	}
	if got := c.Must("POST", "/api/v2/personFields/label_ids/options", []any{object{"label": "VIP", "color": "purple"}}).List(); got[0].(object)["id"] != 5.0 {
		t.Errorf("the new label is %v", got)
	}
	c.Must("POST", "/api/v2/persons", object{"name": "x", "label_ids": []int{5, 1, 5}})
	c.Must("POST", "/api/v2/persons", object{"name": "y"})
	if got := c.Must("GET", "/api/v2/persons/1", nil).Data(); fmt.Sprint(got["label_ids"]) != "[5 1]" || got["labels"] != nil {
		t.Errorf("label_ids %v, labels %v", got["label_ids"], got["labels"])
	}
	for _, path := range []string{"/api/v2/persons?include_labels=true&ids=1", "/api/v2/persons?include_labels=1&sort_direction=desc"} {
		list := c.Must("GET", path, nil).List()
		if got := fmt.Sprint(list[len(list)-1].(object)["labels"]); got != "[map[id:5 label:VIP] map[id:1 label:Customer]]" {
			t.Errorf("%s: %s", path, got)
		}
	}
	if got := fmt.Sprint(c.Must("GET", "/api/v2/persons/2?include_labels=true", nil).Data()["labels"]); got != "[]" {
		t.Errorf("no labels are %s", got)
	}
	c.Must("DELETE", "/api/v2/personFields/label_ids/options", []any{object{"id": 1}, object{"id": 2}, object{"id": 3}, object{"id": 4}})
	if got := c.Must("GET", "/api/v2/persons/1", nil).Data()["label_ids"]; fmt.Sprint(got) != "[5]" {
		t.Errorf("with a deleted label: %v", got)
	}
	c.Must("PATCH", "/api/v2/persons/1", object{"label_ids": []int{}})
	if got := c.Must("GET", "/api/v2/persons/1", nil).Data()["label_ids"]; fmt.Sprint(got) != "[]" {
		t.Errorf("cleared: %v", got)
	}
	if got := c.Must("GET", "/api/v2/personFields/label_ids", nil).Data()["options"].([]any); len(got) != 1 {
		t.Errorf("labels left: %v", got)
	}
}

func TestPickedFieldsAloneAreShown(t *testing.T) {
	t.Parallel()
	c := start(t)
	a, b := makeField(c, "deal", "varchar"), makeField(c, "deal", "double")
	c.Must("POST", "/api/v2/deals", object{"title": "x", "custom_fields": object{a: "text", b: 1}})
	for _, path := range []string{"/api/v2/deals?custom_fields=", "/api/v2/deals/1?custom_fields="} {
		if got := shown(t, c.Must("GET", path+b, nil)); fmt.Sprint(got) != "map["+b+":1]" {
			t.Errorf("%s: %v", path, got)
		}
	}
}

func TestChangesOfCustomFieldsAreLoggedUnderTheirCode(t *testing.T) {
	t.Parallel()
	a := apptest.New(t)
	c := a.NewTeam("Acme")
	text, sum, set := makeField(c, "deal", "varchar"), makeField(c, "deal", "monetary"), makeField(c, "deal", "set", "a", "b")
	c.Must("POST", "/api/v2/dealFields/label_ids/options", []any{object{"label": "hot"}})
	c.Must("POST", "/api/v2/deals", object{"title": "x", "custom_fields": object{text: "old"}})
	a.Later(time.Minute)
	c.Must("PATCH", "/api/v2/deals/1", object{"label_ids": []int{1}, "custom_fields": object{text: "new", sum: object{"value": 5, "currency": "EUR"}, set: []int{2, 1}}})
	a.Later(time.Minute)
	c.Must("PATCH", "/api/v2/deals/1", object{"custom_fields": object{text: nil, set: []int{2, 1}}})
	before := c.Must("GET", "/api/v2/deals/1", nil).Data()["update_time"]
	a.Later(time.Minute)
	c.Must("PATCH", "/api/v2/deals/1", object{"custom_fields": object{text: nil, set: []int{2, 1}}})
	if after := c.Must("GET", "/api/v2/deals/1", nil).Data()["update_time"]; after != before {
		t.Error("writing what is there is a change")
	}
	rows := func(query string) (all []string) {
		for _, row := range c.Must("GET", "/v1/deals/1/flow"+query, nil).List() {
			d := row.(object)["data"].(object)
			all = append(all, fmt.Sprint(d["field_key"], ":", d["old_value"], "→", d["new_value"]))
		}
		slices.Sort(all)
		return all
	}
	want := []string{
		text + ":old→new", text + ":new→<nil>", sum + ":<nil>→5 EUR", set + ":<nil>→2,1", "label:<nil>→1", "add_time:<nil>→2026-11-23 10:00:00",
	}
	slices.Sort(want)
	if got := rows("?all_changes=1"); !slices.Equal(got, want) {
		t.Errorf("with all changes: %v\nwant %v", got, want)
	}
	if got := rows(""); len(got) != 2 {
		t.Errorf("without: %v", got)
	}
	if got := c.Must("GET", "/v1/deals/1/changelog", nil).List(); len(got) != 6 {
		t.Errorf("the change log has %d rows: %v", len(got), got)
	}
}

// TestLongTextsFitIntoTheLog: what a write changed from and to is longer than the record, which may be as long as an item can be.
func TestLongTextsFitIntoTheLog(t *testing.T) {
	t.Parallel()
	a := apptest.New(t)
	c := a.NewTeam("Acme")
	one, two, short := makeField(c, "deal", "text"), makeField(c, "deal", "text"), makeField(c, "deal", "varchar")
	c.Must("POST", "/api/v2/deals", object{"title": "x", "custom_fields": object{one: strings.Repeat("ż", 65_000), two: strings.Repeat("ó", 65_000), short: "a"}})
	a.Later(time.Minute)
	c.Must("PATCH", "/api/v2/deals/1", object{"custom_fields": object{one: strings.Repeat("ł", 65_000), two: nil, short: "b"}})
	logged := map[any]object{}
	for _, row := range c.Must("GET", "/v1/deals/1/changelog", nil).List() {
		logged[row.(object)["field_key"]] = row.(object)
	}
	if got := logged[short]; got["old_value"] != "a" || got["new_value"] != "b" {
		t.Errorf("the short text is logged as %v", got)
	}
	if got, _ := logged[one]["new_value"].(string); !strings.HasPrefix(got, "łłł") || !strings.HasSuffix(got, "ł…") {
		t.Errorf("the long text is logged as %.20s… of %d bytes", got, len(got))
	}
	if got := c.Do("PATCH", "/api/v2/deals/1", object{"custom_fields": object{one: strings.Repeat("𝄞", 65_000), two: strings.Repeat("𝄞", 65_000)}}); got.Status != http.StatusRequestEntityTooLarge {
		t.Errorf("a record that no item holds: %d %.200s", got.Status, got.Raw)
	}
}

func TestACopyHasLabelsAndCustomFields(t *testing.T) {
	t.Parallel()
	c := start(t)
	code := makeField(c, "deal", "timerange")
	c.Must("POST", "/api/v2/dealFields/label_ids/options", []any{object{"label": "hot"}, object{"label": "cold"}})
	c.Must("POST", "/api/v2/deals", object{"title": "x", "label_ids": []int{2, 1}, "custom_fields": object{code: object{"value": "09:00", "until": "10:30", "timezone_id": 318}}})
	flat := c.Must("POST", "/v1/deals/1/duplicate", nil).Data()
	if flat["label"] != "2,1" || flat[code] != "09:00:00" || flat[code+"_until"] != "10:30:00" || flat[code+"_timezone_id"] != 318.0 {
		t.Errorf("the copy is %v", flat)
	}
}
