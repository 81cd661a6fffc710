package webhooks_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/lejek/lejek/shared/app/apptest"
	"github.com/lejek/lejek/shared/teams"
)

type m = map[string]any

// ear is a receiver of all that happens.
type ear struct {
	*apptest.App
	c      *apptest.Client
	settle func()
	url    string
	mu     sync.Mutex
	got    []m
}

func listen(t *testing.T, hooks ...m) *ear {
	a := apptest.New(t, apptest.WithObjects, apptest.WithDeliveries, apptest.WithReceivers)
	e := &ear{App: a, c: a.NewTeam("Acme")}
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		var body m
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
			t.Error(err)
		}
		e.mu.Lock()
		defer e.mu.Unlock()
		e.got = append(e.got, body)
	}))
	t.Cleanup(s.Close)
	e.url = s.URL
	e.settle = a.FollowBy("webhooks")
	e.hear() // what a new team begins with
	for _, h := range hooks {
		body := m{"subscription_url": s.URL, "event_action": "*", "event_object": "*"}
		maps.Copy(body, h)
		if got := e.c.Do("POST", "/v1/webhooks", body); got.Status != 201 {
			t.Fatal(got.Raw)
		}
	}
	return e
}

// hear are the payloads since the last time, by what they tell.
func (e *ear) hear() (all []m) {
	e.settle()
	e.Work()
	e.mu.Lock()
	defer e.mu.Unlock()
	all, e.got = e.got, nil
	return all
}

// one is the only payload that a call leads to.
func (e *ear) one(t *testing.T, method, path string, body any) m {
	t.Helper()
	e.Later(1e9)
	if got := e.c.Do(method, path, body); got.Status >= 300 {
		t.Fatalf("%s %s: %d %s", method, path, got.Status, got.Raw)
	}
	got := e.hear()
	if len(got) != 1 {
		t.Fatalf("%s %s: %d payloads: %v", method, path, len(got), got)
	}
	return got[0]
}

func keysOf(v any) string {
	o, _ := v.(m)
	return strings.Join(slices.Sorted(maps.Keys(o)), " ")
}

const metaKeys = "action attempt change_source company_id correlation_id entity entity_id host id is_bulk_edit permitted_user_ids timestamp type user_id version webhook_id webhook_owner_id"

// shapes are the keys of records in payloads of version 2.0 (contract §5.1).
var shapes = map[string]string{
	"deal":         "add_time archive_time channel channel_id close_time creator_user_id currency custom_fields expected_close_date first_won_time id is_archived label_ids lost_reason lost_time org_id origin origin_id owner_id person_id pipeline_id probability stage_change_time stage_id status title update_time value visible_to won_time",
	"person":       "add_time custom_fields emails first_name id label label_ids last_name name org_id owner_id phones update_time visible_to",
	"organization": "add_time address country_code custom_fields id label label_ids name owner_id picture_id update_time visible_to",
	"activity":     "active_flag add_time busy_flag custom_fields deal_id done due_date due_time duration id lead_id location org_id owner_id person_id public_description subject type update_time update_user_id",
	"note":         "active_flag add_time content deal_id id lead_id org_id person_id pinned_to_deal_flag pinned_to_lead_flag pinned_to_organization_flag pinned_to_person_flag pinned_to_project_flag project_id update_time user_id",
	"pipeline":     "active add_time deal_probability id name order_nr selected update_time url_title",
	"stage":        "active_flag add_time deal_probability id name order_nr pipeline_deal_probability pipeline_id pipeline_name rotten_days rotten_flag update_time",
}

func TestEveryRecordIsToldWhenMadeChangedAndDeleted(t *testing.T) {
	t.Parallel()
	e := listen(t, m{})
	for _, r := range []struct {
		entity, path, method string
		make, change         m
		changed              string
	}{
		{"organization", "/api/v2/organizations", "PATCH", m{"name": "O", "address": m{"value": "Rynek 1"}}, m{"name": "P"}, "name update_time"},
		{"person", "/api/v2/persons", "PATCH", m{"name": "Ewa Kot", "emails": []m{{"value": "e@x.example"}}}, m{"name": "Ewa Pies"}, "last_name name update_time"},
		{"deal", "/api/v2/deals", "PATCH", m{"title": "D"}, m{"status": "won"}, "close_time first_won_time status update_time won_time"},
		{"activity", "/api/v2/activities", "PATCH", m{"subject": "A", "due_date": "2026-12-01", "due_time": "10:00"}, m{"done": true}, "done update_time"},
		{"note", "/v1/notes", "PUT", m{"content": "N", "deal_id": 2}, m{"content": "M"}, "content update_time"},
		{"pipeline", "/api/v2/pipelines", "PATCH", m{"name": "Two"}, m{"name": "Three"}, "name update_time url_title"},
		{"stage", "/api/v2/stages", "PATCH", m{"name": "S", "pipeline_id": 1}, m{"name": "T"}, "name update_time"},
	} {
		made := e.one(t, "POST", r.path, r.make)
		data, meta := made["data"].(m), made["meta"].(m)
		if keysOf(data) != shapes[r.entity] || made["previous"] != nil || keysOf(meta) != metaKeys || keysOf(made) != "data meta previous" {
			t.Errorf("%s made: %v\nkeys %s", r.entity, made, keysOf(data))
		}
		id := fmt.Sprint(data["id"])
		for key, want := range map[string]any{
			"action": "create", "entity": r.entity, "entity_id": id, "company_id": "1", "user_id": "1", "type": "general", "version": "2.0",
			"webhook_id": "1", "webhook_owner_id": "1", "is_bulk_edit": false, "change_source": "api", "attempt": 1.0, "host": "crm.example",
		} {
			if meta[key] != want {
				t.Errorf("%s: meta.%s is %#v, want %#v", r.entity, key, meta[key], want)
			}
		}
		if fmt.Sprint(meta["permitted_user_ids"]) != "[1]" {
			t.Errorf("permitted are %v", meta["permitted_user_ids"])
		}
		if v, ok := data["visible_to"]; ok && v != "3" {
			t.Errorf("%s: visible_to is %#v", r.entity, v)
		}
		target := r.path + "/" + id
		changed := e.one(t, r.method, target, r.change)
		if keysOf(changed["data"]) != shapes[r.entity] || keysOf(changed["previous"]) != r.changed || changed["meta"].(m)["action"] != "change" {
			t.Errorf("%s changed: %v\nprevious %s", r.entity, changed, keysOf(changed["previous"]))
		}
		if changed["meta"].(m)["id"] == meta["id"] || changed["meta"].(m)["correlation_id"] == meta["correlation_id"] {
			t.Errorf("%s: two events of one id", r.entity)
		}
		e.c.Do(r.method, target, r.change) // changes nothing
		if got := e.hear(); len(got) > 0 {
			t.Errorf("%s: told of no change: %v", r.entity, got)
		}
		gone := e.one(t, "DELETE", target, nil)
		if gone["data"] != nil || keysOf(gone["previous"]) != shapes[r.entity] || gone["meta"].(m)["action"] != "delete" {
			t.Errorf("%s deleted: %v", r.entity, gone)
		}
		if r.entity == "deal" { // the note needs one
			e.one(t, "POST", r.path, r.make)
		}
	}
}

func TestCustomFieldsAreWrappedAndPreviousHoldsTheChangedOnes(t *testing.T) {
	t.Parallel()
	e := listen(t)
	codes := map[string]string{}
	for _, kind := range []string{"varchar", "double", "monetary", "enum", "set", "date", "daterange", "time", "timerange", "address", "org", "people", "user", "phone", "text"} {
		body := m{"field_name": kind, "field_type": kind}
		if kind == "enum" || kind == "set" {
			body["options"] = []m{{"label": "a"}, {"label": "b"}}
		}
		codes[kind] = e.c.Must("POST", "/api/v2/dealFields", body).Data()["field_code"].(string)
	}
	option := func(kind string) any {
		f := e.c.Must("GET", "/api/v2/dealFields/"+codes[kind], nil).Data()
		return f["options"].([]any)[1].(m)["id"]
	}
	org := e.c.Must("POST", "/api/v2/organizations", m{"name": "O"}).ID()
	person := e.c.Must("POST", "/api/v2/persons", m{"name": "P"}).ID()
	e.hear()
	if got := e.c.Do("POST", "/v1/webhooks", m{"subscription_url": e.url, "event_action": "*", "event_object": "deal"}); got.Status != 201 {
		t.Fatal(got.Raw)
	}
	values := m{
		codes["varchar"]: "x", codes["double"]: 1.5, codes["monetary"]: m{"value": 10, "currency": "EUR"}, codes["enum"]: option("enum"),
		codes["set"]: []any{option("set")}, codes["date"]: "2026-12-01", codes["daterange"]: m{"value": "2026-12-01", "until": "2026-12-02"},
		codes["time"]: m{"value": "10:00:00"}, codes["timerange"]: m{"value": "10:00:00", "until": "11:00:00"}, codes["address"]: m{"value": "Rynek 1", "route": "Rynek"},
		codes["org"]: org, codes["people"]: person, codes["user"]: 1, codes["phone"]: "123",
	}
	custom := e.one(t, "POST", "/api/v2/deals", m{"title": "D", "custom_fields": values})["data"].(m)["custom_fields"].(m)
	for kind, want := range map[string]any{
		"varchar": m{"type": "varchar", "value": "x"}, "double": m{"type": "double", "value": 1.5}, "monetary": m{"type": "monetary", "value": 10, "currency": "EUR"},
		"enum": m{"type": "enum", "id": option("enum")}, "set": m{"type": "set", "values": []m{{"id": option("set")}}}, "date": m{"type": "date", "value": "2026-12-01"},
		"daterange": m{"type": "daterange", "from": "2026-12-01", "until": "2026-12-02"}, "time": m{"type": "time", "value": "10:00:00", "timezone_id": nil},
		"timerange": m{"type": "timerange", "from": "10:00:00", "until": "11:00:00", "timezone_id": nil}, "org": m{"type": "org", "id": org},
		"people": m{"type": "people", "id": person}, "user": m{"type": "user", "id": 1}, "phone": m{"type": "phone", "value": "123"}, "text": nil,
		"address": m{
			"type": "address", "value": "Rynek 1", "route": "Rynek", "country": nil, "admin_area_level_1": nil, "admin_area_level_2": nil, "locality": nil,
			"sublocality": nil, "street_number": nil, "subpremise": nil, "postal_code": nil, "formatted_address": nil,
		},
	} {
		got, _ := json.Marshal(custom[codes[kind]])
		if text, _ := json.Marshal(want); string(got) != string(text) {
			t.Errorf("%s is %s, want %s", kind, got, text)
		}
	}
	changed := e.one(t, "PATCH", "/api/v2/deals/1", m{"custom_fields": m{codes["varchar"]: "y", codes["text"]: "new"}})
	previous := changed["previous"].(m)
	if keysOf(previous) != "custom_fields update_time" {
		t.Errorf("previous is %v", previous)
	}
	if got, _ := json.Marshal(previous["custom_fields"]); string(got) != must(m{codes["varchar"]: m{"type": "varchar", "value": "x"}, codes["text"]: nil}) {
		t.Errorf("previous custom fields are %s", got)
	}
}

func must(v any) string { text, _ := json.Marshal(v); return string(text) }

func TestUsersAreToldWithTheirOwnShape(t *testing.T) {
	t.Parallel()
	e := listen(t, m{"event_object": "user"})
	made := e.one(t, "POST", "/v1/users", m{"email": "bob@acme.example"})
	data, meta := made["data"].(m), made["meta"].(m)
	if data["id"] != "2" || data["lang"] != "en-US" || meta["entity"] != "user" || meta["user_id"] != "1" || meta["permitted_user_ids"] != nil {
		t.Errorf("made: %v", made)
	}
	if _, seconds := meta["timestamp"].(float64); !seconds {
		t.Errorf("the timestamp is %v", meta["timestamp"])
	}
	off := e.one(t, "PUT", "/v1/users/2", m{"active_flag": false})
	if off["meta"].(m)["action"] != "change" || off["data"].(m)["active_flag"] != false || off["previous"].(m)["active_flag"] != true {
		t.Errorf("switched off: %v", off)
	}
}

func TestWebhookOfAUserWhoIsOffHearsNothing(t *testing.T) {
	t.Parallel()
	e := listen(t)
	u, err := e.Teams().CreateUser(context.Background(), teams.UserInput{Team: e.c.Team.ID, Email: "bob@acme.example"})
	if err != nil {
		t.Fatal(err)
	}
	if got := e.c.Do("POST", "/v1/webhooks", m{"subscription_url": e.url, "event_action": "*", "event_object": "deal", "user_id": u.ID}); got.Status != 201 {
		t.Fatal(got.Raw)
	}
	if got := e.one(t, "POST", "/api/v2/deals", m{"title": "D"}); fmt.Sprint(got["meta"].(m)["permitted_user_ids"]) != "[1 2]" || got["meta"].(m)["webhook_owner_id"] != "1" {
		t.Errorf("told: %v", got)
	}
	e.c.Must("PUT", "/v1/users/2", m{"active_flag": false})
	e.c.Must("POST", "/api/v2/deals", m{"title": "E"})
	if got := e.hear(); len(got) > 0 {
		t.Errorf("told to nobody's webhook: %v", got)
	}
}

func TestVersionOneHasItsEnvelopeAndFlatRecords(t *testing.T) {
	t.Parallel()
	e := listen(t, m{"version": "1.0"})
	for _, r := range []struct {
		object, path, method string
		make, change         m
		key                  string
	}{
		{"organization", "/api/v2/organizations", "PATCH", m{"name": "O"}, m{"name": "P"}, "name"},
		{"person", "/api/v2/persons", "PATCH", m{"name": "Ewa", "org_id": 1}, m{"name": "Ada"}, "name"},
		{"deal", "/api/v2/deals", "PATCH", m{"title": "D", "person_id": 1, "org_id": 1}, m{"title": "E"}, "title"},
		{"activity", "/api/v2/activities", "PATCH", m{"subject": "A"}, m{"subject": "B"}, "subject"},
		{"note", "/v1/notes", "PUT", m{"content": "N", "deal_id": 1}, m{"content": "M"}, "content"},
		{"pipeline", "/api/v2/pipelines", "PATCH", m{"name": "Two"}, m{"name": "Three"}, "name"},
		{"stage", "/api/v2/stages", "PATCH", m{"name": "S", "pipeline_id": 1}, m{"name": "T"}, "name"},
		{"activityType", "/v1/activityTypes", "PUT", m{"name": "Ty", "icon_key": "car"}, m{"name": "Tz"}, "name"},
	} {
		made := e.one(t, "POST", r.path, r.make)
		if keysOf(made) != "current event matches_filters meta previous retry v" || made["event"] != "added."+r.object || made["previous"] != nil || made["retry"] != 0.0 {
			t.Errorf("%s made: %v", r.object, made)
		}
		const keys = "action change_source company_id host id is_bulk_update matches_filters object permitted_user_ids pipedrive_service_name timestamp timestamp_micro trans_pending user_id v webhook_id"
		if meta := made["meta"].(m); keysOf(meta) != keys || meta["user_id"] != 1.0 || meta["object"] != r.object || meta["action"] != "added" || meta["webhook_id"] != "1" {
			t.Errorf("%s: meta is %v", r.object, meta)
		}
		current := made["current"].(m)
		for _, link := range []string{"owner_id", "org_id", "person_id", "user_id"} {
			if _, nested := current[link].(m); nested {
				t.Errorf("%s: %s is %v", r.object, link, current[link])
			}
		}
		target := fmt.Sprintf("%s/%v", r.path, current["id"])
		changed := e.one(t, r.method, target, r.change)
		if changed["event"] != "updated."+r.object || changed["current"].(m)[r.key] == changed["previous"].(m)[r.key] || keysOf(changed["current"]) != keysOf(changed["previous"]) {
			t.Errorf("%s changed: %v", r.object, changed)
		}
		if r.object == "organization" || r.object == "person" || r.object == "deal" {
			continue // others hang on it
		}
		gone := e.one(t, "DELETE", target, nil)
		if gone["event"] != "deleted."+r.object || gone["current"] != nil || gone["previous"].(m)["id"] != current["id"] {
			t.Errorf("%s deleted: %v", r.object, gone)
		}
	}
}

func TestWebhookHearsOnlyWhatItIsFor(t *testing.T) {
	t.Parallel()
	e := listen(t, m{"event_action": "create", "event_object": "deal"}, m{"event_action": "updated", "event_object": "person"}, m{"event_action": "*", "event_object": "stage"})
	for _, call := range []struct {
		method, path string
		body         m
		hooks        string
	}{
		{"POST", "/api/v2/deals", m{"title": "D"}, "1"}, {"PATCH", "/api/v2/deals/1", m{"title": "E"}, ""}, {"POST", "/api/v2/persons", m{"name": "P"}, ""},
		{"PATCH", "/api/v2/persons/1", m{"name": "Q"}, "2"}, {"DELETE", "/api/v2/persons/1", nil, ""},
		{"POST", "/api/v2/stages", m{"name": "S", "pipeline_id": 1}, "3"}, {"POST", "/v1/filters", nil, ""},
	} {
		e.c.Do(call.method, call.path, call.body)
		var hooks []string
		for _, got := range e.hear() {
			hooks = append(hooks, got["meta"].(m)["webhook_id"].(string))
		}
		if got := strings.Join(hooks, " "); got != call.hooks {
			t.Errorf("%s %s: told to %q, want %q", call.method, call.path, got, call.hooks)
		}
	}
}

// TestMergeIsTold has one person absorbed by another.
func TestMergeIsTold(t *testing.T) {
	t.Parallel()
	e := listen(t, m{"event_object": "person"}, m{"event_object": "person", "event_action": "merged"})
	for _, name := range []string{"Stays", "Goes"} {
		e.one(t, "POST", "/api/v2/persons", m{"name": name})
	}
	e.c.Must("PUT", "/v1/persons/2/merge", m{"merge_with_id": 1})
	told := map[string]m{}
	for _, got := range e.hear() {
		if event, ok := got["event"]; ok {
			told[event.(string)] = got
		} else {
			told[got["meta"].(m)["action"].(string)] = got["meta"].(m)
		}
	}
	if len(told) != 3 || told["delete"]["merged_to_id"] != "1" || told["change"]["merged_from_id"] != "2" || told["merged.person"]["current"].(m)["name"] != "Stays" {
		t.Errorf("told: %v", told)
	}
}
