package app_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"github.com/lejek/lejek/shared/api"
	"github.com/lejek/lejek/shared/app/apptest"
	"github.com/lejek/lejek/shared/manifest"
)

type m = map[string]any

// written are bodies of v1 in the types that it answers in; %d is a number of its own for each call. All records that they
// name are the first of their kind.
var written = map[string]m{
	"POST /v1/activities": {
		"subject": "Call", "type": "call", "deal_id": 1, "person_id": 1, "org_id": 1, "due_date": "2026-12-01", "due_time": "09:30", "duration": "00:30",
		"busy_flag": true, "done": true, "note": "12", "public_description": "bring 2", "priority": 1, "user_id": 1, "location": "Rynek 1",
		"participants": []any{m{"person_id": 1, "primary_flag": true}},
	},
	"PUT /v1/activities/1":    {"subject": "2026", "done": false, "busy_flag": false, "deal_id": 1, "due_date": "2026-12-01", "due_time": "10:00"},
	"POST /v1/activityTypes":  {"name": "Visit %d", "icon_key": "car", "color": "FFAA00"},
	"PUT /v1/activityTypes/1": {"name": "Call", "order_nr": 2},
	"POST /v1/deals": {
		"title": "12", "value": 12.5, "currency": "PLN", "user_id": 1, "person_id": 1, "org_id": 1, "stage_id": 1, "probability": 40, "visible_to": 3,
		"expected_close_date": "2027-01-31", "is_archived": false, "{number}": 1.5, "{choice}": 1, "{choices}": []any{1, 2},
	},
	"PUT /v1/deals/1":             {"title": "Deal", "value": 100, "status": "open", "probability": 10, "visible_to": 3, "{number}": 2},
	"POST /v1/dealFields":         {"name": "Size %d", "field_type": "enum", "options": []any{m{"label": "1"}, m{"label": "Large"}}, "add_visible_flag": true},
	"PUT /v1/dealFields/{number}": {"name": "Number", "add_visible_flag": false},
	"POST /v1/filters": {"name": "12", "type": "deals", "visible_to": 3, "conditions": m{"glue": "and", "conditions": []any{
		m{"glue": "and", "conditions": []any{m{"object": "deal", "field_id": 1002, "operator": "=", "value": "x", "extra_value": nil}}}, m{"glue": "or", "conditions": []any{}},
	}}},
	"PUT /v1/filters/1":                     {"name": "Filter", "visible_to": 1},
	"POST /v1/notes":                        {"content": "12", "deal_id": 1, "person_id": 1, "org_id": 1, "user_id": 1, "pinned_to_deal_flag": true, "pinned_to_person_flag": false},
	"PUT /v1/notes/1":                       {"content": "Note", "deal_id": 1, "pinned_to_deal_flag": true, "pinned_to_organization_flag": true, "org_id": 1},
	"POST /v1/notes/1/comments":             {"content": "12"},
	"PUT /v1/notes/1/comments/{uuid}":       {"content": "12"},
	"PUT /v1/files/1":                       {"name": "12", "description": "34"},
	"PUT /v1/mailbox/mailThreads/1":         {"deal_id": 1, "shared_flag": true, "read_flag": true, "archived_flag": false},
	"POST /v1/organizationRelationships":    {"type": "related", "rel_owner_org_id": 1, "rel_linked_org_id": "{another}"},
	"PUT /v1/organizationRelationships/1":   {"type": "parent", "org_id": 1},
	"POST /v1/organizations":                {"name": "12", "owner_id": 1, "visible_to": 3, "address": "Rynek 1"},
	"PUT /v1/organizations/1":               {"name": "Organization", "owner_id": 1, "visible_to": 1},
	"POST /v1/organizationFields":           {"name": "Size %d", "field_type": "double", "add_visible_flag": false},
	"PUT /v1/organizationFields/{orgfield}": {"name": "Size", "add_visible_flag": true},
	"POST /v1/persons": {
		"name": "12", "owner_id": 1, "org_id": 1, "visible_to": 3, "email": []any{m{"value": "a@x.example", "primary": true, "label": "work"}}, "phone": []any{m{"value": "600100200", "primary": true}},
	},
	"PUT /v1/persons/1":                  {"name": "Person", "org_id": 1, "visible_to": 1},
	"POST /v1/personFields":              {"name": "Size %d", "field_type": "set", "options": []any{m{"label": "1"}}, "add_visible_flag": true},
	"PUT /v1/personFields/{personfield}": {"name": "Size", "add_visible_flag": false},
	"POST /v1/pipelines":                 {"name": "12", "deal_probability": true},
	"PUT /v1/pipelines/1":                {"name": "Pipeline", "deal_probability": false, "order_nr": 1},
	"POST /v1/stages":                    {"name": "12", "pipeline_id": 1, "deal_probability": 40, "rotten_flag": true, "rotten_days": 7},
	"PUT /v1/stages/1":                   {"name": "Stage", "deal_probability": 30, "rotten_flag": false, "order_nr": 1},
	"POST /v1/users":                     {"email": "user-%d@acme.example", "active_flag": true, "access": []any{m{"app": "sales", "admin": true}}},
	"PUT /v1/users/2":                    {"active_flag": true},
	"POST /v1/webhooks":                  {"subscription_url": "https://hooks.example/x", "event_action": "*", "event_object": "deal", "user_id": 1, "signed": false},
}

// elsewhere are operations that take no such body: none at all, or a multipart form; or that answer otherwise when called again, whose
// own tests write numbers as texts.
var elsewhere = []string{
	"PUT /v1/deals/{id}/merge", "PUT /v1/persons/{id}/merge", "PUT /v1/organizations/{id}/merge", "POST /v1/deals/{id}/participants",
	"POST /v1/deals/{id}/followers", "POST /v1/persons/{id}/followers", "POST /v1/organizations/{id}/followers",
	"POST /v1/deals/{id}/duplicate", "POST /v1/files", "POST /v1/files/remote", "POST /v1/files/remoteLink", "POST /v1/persons/{id}/picture",
}

// loose are ways in which clients of v1 write numbers and booleans.
var loose = map[string]func(any) any{
	"flags": func(v any) any {
		if b, ok := v.(bool); ok {
			return map[bool]int{true: 1}[b]
		}
		return v
	},
	"text": func(v any) any {
		switch v := v.(type) {
		case bool:
			return map[bool]string{true: "1", false: "0"}[v]
		case int, float64:
			return fmt.Sprint(v)
		}
		return v
	},
	"words": func(v any) any {
		switch v.(type) {
		case bool, int, float64:
			return fmt.Sprint(v)
		}
		return v
	},
}

func loosened(v any, way func(any) any) any {
	switch v := v.(type) {
	case m:
		out := m{}
		for k, e := range v {
			out[k] = loosened(e, way)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = loosened(e, way)
		}
		return out
	}
	return way(v)
}

// form is a body as an urlencoded form: ids have commas between them, what else is no scalar is JSON in it.
func form(body m) string {
	out := url.Values{}
	for k, v := range body {
		list, ok := v.([]any)
		_, objects := append(list, nil)[0].(m)
		if _, object := v.(m); object || objects {
			text, _ := json.Marshal(v)
			out.Set(k, string(text))
		} else if out.Set(k, fmt.Sprint(v)); ok {
			out.Set(k, strings.Trim(strings.ReplaceAll(fmt.Sprint(list), " ", ","), "[]"))
		}
	}
	return out.Encode()
}

// own are keys of an answer that belong to the one call.
var own = []string{
	"id", "add_time", "update_time", "uuid", "key", "key_string", "marked_as_done_time", "order_nr", "created", "modified", "last_updated_by_user_id", "name", "email",
	"related_organization_name", "rel_linked_org_id", "version", "link", "cc_email",
}

func plain(v any, path string) any {
	switch v := v.(type) {
	case m:
		maps.DeleteFunc(v, func(k string, e any) bool {
			return slices.Contains(own, k) || strings.Contains(k, "activit") || strings.Contains(k, "_count")
		})
		for k, e := range v {
			v[k] = plain(e, path+"."+k)
		}
	case []any:
		for i, e := range v {
			v[i] = plain(e, path)
		}
	}
	return v
}

// workshop is a team with the records that the bodies name.
func workshop(t *testing.T) (*apptest.App, *apptest.Client, *strings.Replacer) {
	a := apptest.New(t, apptest.WithObjects)
	c := a.NewTeam("Acme")
	c.Must("POST", "/api/v2/organizations", m{"name": "Organization"})
	c.Must("POST", "/api/v2/persons", m{"name": "Person", "org_id": 1})
	c.Must("POST", "/api/v2/deals", m{"title": "Deal", "person_id": 1})
	c.Must("POST", "/api/v2/activities", m{"subject": "Activity"})
	c.Must("POST", "/v1/notes", m{"content": "Note", "deal_id": 1})
	c.Must("POST", "/v1/files", apptest.Form{Fields: map[string]string{"deal_id": "1"}, Files: map[string]string{"file": "text"}})
	c.Must("POST", "/v1/filters", written["POST /v1/filters"])
	c.Must("POST", "/v1/users", m{"email": "bob@acme.example"})
	c.Must("POST", "/api/v2/organizations", m{"name": "Linked"})
	c.Must("POST", "/v1/organizationRelationships", m{"type": "related", "rel_owner_org_id": 1, "rel_linked_org_id": 2})
	deliver(t, a, c)
	field := func(path string, body m) (id, key string) {
		made := c.Do("POST", path, body).Data()
		return fmt.Sprintf("%.0f", made["id"]), fmt.Sprint(made["key"])
	}
	names := []string{"{uuid}", fmt.Sprint(c.Must("POST", "/v1/notes/1/comments", m{"content": "x"}).Data()["uuid"])}
	number, key := field("/v1/dealFields", m{"name": "Number", "field_type": "double"})
	names = append(names, "/{number}", "/"+number, "{number}", key)
	options := []any{m{"label": "a"}, m{"label": "b"}}
	_, key = field("/v1/dealFields", m{"name": "Choice", "field_type": "enum", "options": options})
	names = append(names, "{choice}", key)
	_, key = field("/v1/dealFields", m{"name": "Choices", "field_type": "set", "options": options})
	names = append(names, "{choices}", key)
	id, _ := field("/v1/organizationFields", m{"name": "Size", "field_type": "double"})
	names = append(names, "{orgfield}", id)
	id, _ = field("/v1/personFields", m{"name": "Size", "field_type": "double"})
	return a, c, strings.NewReplacer(append(names, "{personfield}", id)...)
}

// TestV1ReadsWhatItsClientsWrite sends every body of v1 as JSON with loosely written values and as a form: the answers are those
// of the body in its own types.
func TestV1ReadsWhatItsClientsWrite(t *testing.T) {
	t.Parallel()
	a, c, names := workshop(t)
	calls := 0
	send := func(op string, body m, way func(any) any, asForm string) apptest.Answer {
		calls++
		body = loosened(body, func(v any) any {
			if s, ok := v.(string); ok {
				if s == "{another}" {
					return c.Must("POST", "/api/v2/organizations", m{"name": "Another"}).ID()
				}
				return strings.ReplaceAll(s, "%d", fmt.Sprint(calls))
			}
			return v
		}).(m)
		method, path, _ := strings.Cut(names.Replace(op), " ")
		text, _ := json.Marshal(loosened(body, way))
		e := events.APIGatewayV2HTTPRequest{RawPath: path, Headers: map[string]string{"x-api-token": string(c.Token), "content-type": "application/json"}, Body: names.Replace(string(text))}
		if asForm != "" {
			var named m
			_ = json.Unmarshal([]byte(e.Body), &named)
			e.Body, e.Headers["content-type"] = form(named), asForm
		}
		e.RequestContext.HTTP.Method = method
		return a.Send(e)
	}
	for _, op := range slices.Sorted(maps.Keys(written)) {
		body := written[op]
		if strings.HasPrefix(op, "PUT") {
			if first := send(op, body, func(v any) any { return v }, ""); first.Status != 200 { // so that what follows changes nothing
				t.Errorf("%s: %d %s", op, first.Status, first.Raw)
			}
		}
		typed := send(op, body, func(v any) any { return v }, "")
		if typed.Status/100 != 2 {
			t.Errorf("%s: %d %s", op, typed.Status, typed.Raw)
			continue
		}
		want := plain(typed.Body["data"], "")
		for name, way := range loose {
			got := send(strings.Replace(op, " /v1/", " /api/v1/", 1), body, way, "")
			if got.Status != typed.Status || !reflect.DeepEqual(plain(got.Body["data"], ""), want) {
				t.Errorf("%s with %s: %d %s\nwant %v", op, name, got.Status, got.Raw, want)
			}
		}
		for _, media := range []string{"application/x-www-form-urlencoded", "application/x-www-form-urlencoded; charset=UTF-8"} {
			got := send(op, body, loose["text"], media)
			if got.Status != typed.Status || !reflect.DeepEqual(plain(got.Body["data"], ""), want) {
				t.Errorf("%s as a form: %d %s\nwant %v", op, got.Status, got.Raw, want)
			}
		}
	}
	covered := slices.Clone(elsewhere)
	for op := range written {
		covered = append(covered, pattern(op))
	}
	for _, op := range operationsOf("/v1/", http.MethodPost, http.MethodPut) {
		if !slices.Contains(covered, pattern(string(op))) {
			t.Errorf("no body is written to %s", op)
		}
	}
}

// pattern is an operation without what stands for ids.
func pattern(op string) string {
	parts := strings.Split(op, "/")
	for i, p := range parts[1:] {
		if strings.HasPrefix(p, "{") || strings.Trim(p, "0123456789") == "" {
			parts[i+1] = "{id}"
		}
	}
	return strings.Join(parts, "/")
}

func operationsOf(root string, methods ...string) (list []manifest.Operation) {
	for _, f := range manifest.Functions {
		for _, op := range f.Operations {
			method, path, _ := strings.Cut(string(op), " ")
			if strings.HasPrefix(path, root) && slices.Contains(methods, method) {
				list = append(list, op)
			}
		}
	}
	return list
}

// flagsOf are the parameters of an input that are true or false, and what else must be given.
func flagsOf(in reflect.Type) (flags []string) {
	for i := range in.NumField() {
		f := in.Field(i)
		if f.Anonymous {
			flags = append(flags, flagsOf(f.Type)...)
		} else if name := f.Tag.Get("query"); name != "" && strings.HasSuffix(strings.TrimSuffix(f.Type.String(), "]"), "bool") {
			flags = append(flags, name)
		}
	}
	return flags
}

// TestFlagsInQueriesAreReadInEveryForm asks each list and record with each of its flags in both versions.
func TestFlagsInQueriesAreReadInEveryForm(t *testing.T) {
	t.Parallel()
	a, c, _ := workshop(t)
	c.Must("POST", "/api/v2/activities", m{"subject": "Done", "done": true})
	asked := 0
	for _, f := range manifest.Functions {
		d, ok := a.Handler(f.Name).(api.Described)
		if !ok {
			continue
		}
		for _, about := range d.Describe() {
			method, path, _ := strings.Cut(string(about.Operation), " ")
			if method != http.MethodGet {
				continue
			}
			target := strings.NewReplacer("{id}", "1", "{field_code}", "title").Replace(path)
			sep := "?"
			if q := queryOf(path, m{"/api/v2/deals": 1, "/api/v2/organizations": 1}); q != "" {
				target, sep = target+q, "&"
			}
			for _, flag := range flagsOf(about.In) {
				asked++
				for _, same := range [][]string{{"true", "1", "True", "TRUE"}, {"false", "0", "False"}} {
					want := c.Do("GET", target+sep+flag+"="+same[0], nil)
					for _, form := range same[1:] {
						if got := c.Do("GET", target+sep+flag+"="+form, nil); got.Status != want.Status || got.Status != 200 || got.Raw != want.Raw {
							t.Errorf("%s %s=%s: %d %s\n%s: %d %s", target, flag, form, got.Status, got.Raw, same[0], want.Status, want.Raw)
						}
					}
				}
				if got := c.Do("GET", target+sep+flag+"=", nil); got.Status != 200 {
					t.Errorf("%s %s is empty: %d %s", target, flag, got.Status, got.Raw)
				}
			}
		}
	}
	if asked < 20 {
		t.Errorf("only %d flags were asked for", asked)
	}
	for target, want := range map[string]int{
		"/api/v2/activities?done=1": 1, "/api/v2/activities?done=0": 1, "/v1/activities?done=1": 1, "/v1/activities?done=0": 1,
		"/api/v2/deals?status=open,won": 1, "/api/v2/deals?status=won,lost": 0, "/api/v2/deals?status=open&status=lost": 1, "/api/v2/deals?status=": 1,
		"/v1/deals?status=all_not_deleted": 1, "/api/v2/deals?ids=1,2,3": 1, "/api/v2/deals?status=open,%20lost": 1,
		"/v1/notes?pinned_to_deal_flag=0&lead_id=&pinned_to_lead_flag=0": 1,
	} {
		if got := c.Do("GET", target, nil); got.Status != 200 || len(got.List()) != want {
			t.Errorf("%s: %d %s", target, got.Status, got.Raw)
		}
	}
}

// TestWhatIsNotSaidIsNoMistake sends the ways in which clients of v1 leave something unset.
func TestWhatIsNotSaidIsNoMistake(t *testing.T) {
	t.Parallel()
	a, c, _ := workshop(t)
	for op, body := range map[string]m{
		"POST /v1/notes":                {"content": "x", "deal_id": "1", "lead_id": "", "person_id": "", "org_id": nil, "pinned_to_lead_flag": 0, "pinned_to_project_flag": "0", "unknown": 1},
		"PUT /v1/mailbox/mailThreads/1": {"read_flag": "1", "lead_id": "", "deal_id": ""},
		"PUT /v1/files/1":               {"name": "x", "description": ""},
		"POST /v1/activities":           {"subject": "x", "deal_id": "", "lead_id": nil, "due_date": "", "due_time": "", "duration": "", "done": ""},
		"POST /v1/deals":                {"title": "x", "person_id": "", "value": "", "expected_close_date": "", "org_id": nil},
		"POST /v1/persons":              {"name": "x", "email": "", "phone": "", "org_id": ""},
		"POST /v1/organizations":        {"name": "x", "address": "", "label": ""},
	} {
		method, path, _ := strings.Cut(op, " ")
		if got := c.Do(method, path, body); got.Status/100 != 2 {
			t.Errorf("%s: %d %s", op, got.Status, got.Raw)
		}
		e := events.APIGatewayV2HTTPRequest{RawPath: path, Headers: map[string]string{"x-api-token": string(c.Token), "content-type": "application/x-www-form-urlencoded"}}
		for k, v := range body {
			if v == nil {
				v = ""
			}
			e.Body += "&" + k + "=" + url.QueryEscape(fmt.Sprint(v))
		}
		e.RequestContext.HTTP.Method = method
		if got := a.Send(e); got.Status/100 != 2 {
			t.Errorf("%s as a form: %d %s", op, got.Status, got.Raw)
		}
	}
}

func TestFilesThatOthersKeepAndFilesThatAreTooLargeAreRefused(t *testing.T) {
	t.Parallel()
	a, c, _ := workshop(t)
	for _, path := range []string{"/v1/files/remote", "/v1/files/remoteLink", "/api/v1/files/remote"} {
		for media, body := range map[string]string{
			"application/json": `{"item_type":"deal","item_id":"1"}`, "application/x-www-form-urlencoded": "item_type=deal&item_id=1", "": "",
		} {
			e := events.APIGatewayV2HTTPRequest{RawPath: path, Body: body, Headers: map[string]string{"x-api-token": string(c.Token), "content-type": media}}
			e.RequestContext.HTTP.Method = http.MethodPost
			if got := a.Send(e); got.Status != http.StatusBadRequest || !strings.Contains(got.Raw, "not supported") {
				t.Errorf("%s of %q: %d %s", path, media, got.Status, got.Raw)
			}
		}
	}
	for path, form := range map[string]apptest.Form{
		"/v1/files":             {Fields: map[string]string{"deal_id": "1"}, Files: map[string]string{"file": strings.Repeat("x", 4_600_000)}},
		"/v1/persons/1/picture": {Files: map[string]string{"file": strings.Repeat("x", 4_600_000)}},
	} {
		if got := c.Do("POST", path, form); got.Status != http.StatusRequestEntityTooLarge || got.Body["success"] != false {
			t.Errorf("%s with too much: %d %.300s", path, got.Status, got.Raw)
		}
	}
	for _, body := range []any{m{"file": "x"}, "file=x"} {
		if got := c.Do("POST", "/v1/files", body); got.Status != http.StatusUnsupportedMediaType {
			t.Errorf("a file in JSON: %d %s", got.Status, got.Raw)
		}
	}
}
