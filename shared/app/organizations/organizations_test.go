package organizations_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lejek/lejek/shared/app/apptest"
	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/organizations"
	"github.com/lejek/lejek/shared/value"
)

type m = map[string]any

func TestOrganizationHasEveryKeyOfTheContract(t *testing.T) {
	t.Parallel()
	c := apptest.New(t).NewTeam("Acme")
	made := c.Must("POST", "/api/v2/organizations", m{"name": "Analytical Engines"})
	const want = `{"success":true,"data":{"id":1,"name":"Analytical Engines","owner_id":1,"add_time":"2026-11-23T10:00:00Z","update_time":"2026-11-23T10:00:00Z",` +
		`"is_deleted":false,"visible_to":3,"label_ids":[],"address":null,"website":null,"linkedin":null,"industry":null,"annual_revenue":null,` +
		`"employee_count":null,"picture_id":null,"custom_fields":{}}}`
	if made.Raw != want {
		t.Errorf("POST\n got %s\nwant %s", made.Raw, want)
	}
	if got := c.Must("GET", "/api/v2/organizations/1", nil); got.Raw != want {
		t.Errorf("GET\n got %s\nwant %s", got.Raw, want)
	}
}

func TestOrganizationKeepsEveryField(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	c := app.NewTeam("Acme")
	fields := m{
		"name": "O", "owner_id": 1, "visible_to": 7, "add_time": "2020-01-02T03:04:05Z", "website": "https://o.example",
		"linkedin": "https://linkedin.example/o", "industry": 5, "annual_revenue": 2_000_000_000_000, "employee_count": 0,
	}
	made := c.Must("POST", "/api/v2/organizations", fields)
	for key, want := range fields {
		if got := fmt.Sprint(made.Data()[key]); got != fmt.Sprint(want) && made.Data()[key] != number(want) {
			t.Errorf("%s = %s, want %v", key, got, want)
		}
	}
	if made.Data()["update_time"] != "2026-11-23T10:00:00Z" { // it was written now
		t.Errorf("update_time = %v", made.Data()["update_time"])
	}
	app.Later(time.Second)
	moved := c.Must("PATCH", "/api/v2/organizations/1", m{"address": m{"value": "Main Street 1"}, "website": nil, "employee_count": nil}).Data()
	if a, _ := moved["address"].(m); a["value"] != "Main Street 1" || len(a) != 10 || moved["website"] != nil || moved["employee_count"] != nil {
		t.Errorf("%v", moved)
	}
	if moved["update_time"] != "2026-11-23T10:00:01Z" || moved["add_time"] != "2020-01-02T03:04:05Z" || moved["industry"] != 5.0 {
		t.Errorf("%v", moved)
	}
	app.Later(time.Second)
	parts := c.Must("PATCH", "/api/v2/organizations/1", m{"address": m{"value": "Main Street 1", "locality": "Kraków"}}).Data()
	if a, _ := parts["address"].(m); a["locality"] != "Kraków" || parts["update_time"] != "2026-11-23T10:00:02Z" {
		t.Errorf("a part alone changed: %v", parts)
	}
	rows, _, err := app.DB.Rows(context.Background(), c.Team.ID, change.Of(change.Organization, 1), change.Range{Shelf: change.Flow})
	if err != nil || len(rows) != 3 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	var keys []string
	for _, f := range rows[1].Log.Fields {
		keys = append(keys, f.Key+": "+value.Deref(f.Old)+" → "+value.Deref(f.New))
	}
	if want := []string{"address:  → Main Street 1", "website: https://o.example → ", "employee_count: 0 → "}; !slices.Equal(keys, want) {
		t.Errorf("change logs %v", keys)
	}
}

func number(v any) any {
	if n, ok := v.(int); ok {
		return float64(n)
	}
	return v
}

func TestNoIDIsSpentOnAnOrganizationWithoutAName(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	c := app.NewTeam("Acme")
	a := auth.Actor{Team: c.Team.ID, User: 1}
	if _, err := app.Organizations().Create(context.Background(), a, organizations.Input{}); !fault.Is(err, fault.Invalid) {
		t.Errorf("got %v", err)
	}
	made := c.Must("POST", "/api/v2/organizations", m{"name": "  Acme \n"})
	if made.ID() != 1 || made.Data()["name"] != "Acme" {
		t.Errorf("got %s", made.Raw)
	}
}

func TestWrongInputsAreNamedAtOnce(t *testing.T) {
	t.Parallel()
	c := apptest.New(t).NewTeam("Acme")
	c.Must("POST", "/api/v2/organizations", m{"name": "O"})
	for _, tc := range []struct {
		method, target string
		body           any
		want           []string
	}{
		{"POST", "/api/v2/organizations", m{}, []string{"name: must be given"}},
		{"POST", "/api/v2/organizations", m{"name": " ", "owner_id": nil, "employee_count": -1}, []string{"name:", "owner_id:", "employee_count:"}},
		{"POST", "/api/v2/organizations", m{"name": "A", "owner_id": 9}, []string{"owner_id: user 9 not found"}},
		{"POST", "/api/v2/organizations", m{"name": "A", "add_time": "yesterday", "annual_revenue": 1.5}, []string{"add_time:", "annual_revenue: must be a whole number"}},
		{"POST", "/api/v2/organizations", m{"name": "A", "label_ids": []int{1}, "industry": 99, "custom_fields": m{"b": 1}, "owner_id": 9},
			[]string{"label_ids: has no label 1", "industry: has no option 99", "custom_fields.b:", "owner_id:"}},
		{"PATCH", "/api/v2/organizations/1", m{"name": nil, "address": "x", "foo": 1}, []string{"name: must be given", "address: must be an object", "'foo'"}},
		{"PATCH", "/api/v2/organizations/1", m{"add_time": "2020-01-02T03:04:05Z"}, []string{"'add_time' is not allowed"}},
		{"GET", "/api/v2/organizations?filter_id=x&include_fields=doi_status", nil, []string{"filter_id: must be a whole number", "include_fields: must be one of"}},
	} {
		a := c.Do(tc.method, tc.target, tc.body)
		text, _ := a.Body["error"].(string)
		for _, want := range tc.want {
			if a.Status != http.StatusBadRequest || !strings.Contains(text, want) {
				t.Errorf("%s %s %v: %d %q lacks %q", tc.method, tc.target, tc.body, a.Status, text, want)
			}
		}
	}
}

func TestListsFilterAndHideTheDeleted(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	c := app.NewTeam("Acme")
	for i := range 4 {
		c.Must("POST", "/api/v2/organizations", m{"name": fmt.Sprintf("O%d", i+1)})
		app.Later(time.Minute)
	}
	c.Must("DELETE", "/api/v2/organizations/2", nil)
	for target, want := range map[string][]int64{
		"?": {1, 3, 4}, "?owner_id=1": {1, 3, 4}, "?owner_id=5": nil, "?ids=4,2,1": {1, 4},
		"?sort_by=update_time&sort_direction=desc":                               {4, 3, 1},
		"?updated_since=2026-11-23T10:02:00Z&updated_until=2026-11-23T10:03:00Z": {3},
	} {
		var got []int64
		for _, row := range c.Must("GET", "/api/v2/organizations"+target, nil).List() {
			got = append(got, int64(row.(m)["id"].(float64)))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", target, got, want)
		}
	}
	first := c.Must("GET", "/api/v2/organizations?limit=2", nil)
	next, _ := first.Body["additional_data"].(m)["next_cursor"].(string)
	second := c.Must("GET", "/api/v2/organizations?limit=2&cursor="+next, nil)
	if len(first.List()) != 2 || len(second.List()) != 1 || second.Body["additional_data"].(m)["next_cursor"] != nil {
		t.Errorf("pages: %s\n%s", first.Raw, second.Raw)
	}
}

func TestDeletedOrganizationIsReadButNotWritten(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	c := app.NewTeam("Acme")
	c.Must("POST", "/api/v2/organizations", m{"name": "O"})
	c.Must("POST", "/api/v2/persons", m{"name": "Ada", "org_id": 1})
	app.Later(time.Hour)
	if got := c.Must("DELETE", "/api/v2/organizations/1", nil); got.ID() != 1 {
		t.Errorf("DELETE answers %s", got.Raw)
	}
	if got := c.Must("GET", "/api/v2/organizations/1", nil).Data(); got["is_deleted"] != true || got["update_time"] != "2026-11-23T11:00:00Z" {
		t.Errorf("deleted organization reads %v", got)
	}
	for _, again := range []apptest.Answer{c.Do("DELETE", "/api/v2/organizations/1", nil), c.Do("PATCH", "/api/v2/organizations/1", m{"name": "B"})} {
		if again.Status != http.StatusNotFound || again.Body["error"] != "Organization not found" {
			t.Errorf("writing a deleted organization: %d %s", again.Status, again.Raw)
		}
	}
	if got := c.Must("GET", "/api/v2/persons/1", nil).Data(); got["org_id"] != 1.0 {
		t.Errorf("the person of a deleted organization names %v", got["org_id"])
	}
	if got := c.Must("PATCH", "/api/v2/persons/1", m{"name": "Grace"}).Data(); got["name"] != "Grace" {
		t.Errorf("the person of a deleted organization: %v", got)
	}
	if a := c.Do("POST", "/api/v2/persons", m{"name": "B", "org_id": 1}); a.Status != http.StatusBadRequest {
		t.Errorf("a new person of a deleted organization: %d", a.Status)
	}
}

func TestOtherTeamsOrganizationsDoNotExist(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	ours, theirs := app.NewTeam("Acme"), app.NewTeam("Globex")
	theirs.Must("POST", "/api/v2/organizations", m{"name": "Theirs"})
	for _, tc := range []struct {
		method, target string
		body           any
	}{
		{"GET", "/api/v2/organizations/1", nil}, {"PATCH", "/api/v2/organizations/1", m{"name": "X"}}, {"DELETE", "/api/v2/organizations/1", nil},
		{"GET", "/v1/organizationRelationships?org_id=1", nil},
	} {
		if a := ours.Do(tc.method, tc.target, tc.body); a.Status != http.StatusNotFound {
			t.Errorf("%s %s: %d %s", tc.method, tc.target, a.Status, a.Raw)
		}
	}
	if got := ours.Must("GET", "/api/v2/organizations?ids=1", nil).List(); len(got) != 0 {
		t.Errorf("ids of another team: %v", got)
	}
}
