package organizations_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/lejek/lejek/shared/app/apptest"
)

func TestOrganizationsInV1(t *testing.T) {
	t.Parallel()
	type m = map[string]any
	c := apptest.New(t).NewTeam("Acme")
	code := c.Must("POST", "/api/v2/organizationFields", m{"field_name": "Size", "field_type": "double"}).Data()["field_code"].(string)
	made := c.Do("POST", "/v1/organizations", m{
		"name": "Winnica Łódź", "address": "Piotrkowska 1", "address_locality": "Łódź", "visible_to": "3", "label": "5", "owner_id": m{"id": 1, "value": 1},
		"add_time": "2026-11-01 08:30:00", code: "12.5", "anything": 1, "industry": "3", "employee_count": "40",
	})
	d := made.Data()
	for key, want := range map[string]any{
		"name": "Winnica Łódź", "first_char": "w", "address": "Piotrkowska 1", "address_locality": "Łódź", "address_country": nil, "visible_to": "3",
		"label": 5.0, "people_count": 0.0, "open_deals_count": 0.0, "active_flag": true, "company_id": float64(c.Team.ID), "owner_name": "Ada",
		"cc_email": c.AddressOf("organization", 1), code: 12.5, "country_code": nil, "picture_id": nil, "industry": 3.0, "employee_count": 40.0,
	} {
		if d[key] != want {
			t.Errorf("%s is %v, want %v", key, d[key], want)
		}
	}
	if made.Status != http.StatusCreated || d["owner_id"].(m)["value"] != 1.0 || d["edit_name"] != true {
		t.Errorf("%d, owner %v", made.Status, d["owner_id"])
	}
	c.Must("POST", "/api/v2/persons", m{"name": "Ada", "org_id": 1})
	c.Must("POST", "/api/v2/deals", m{"title": "x", "org_id": 1})
	c.Must("POST", "/api/v2/activities", m{"subject": "Call", "org_id": 1, "due_date": "2026-12-01"})
	c.Do("POST", "/api/v2/organizations/1/followers", m{"user_id": 1})
	got := c.Must("GET", "/v1/organizations/1", nil)
	d = got.Data()
	for key, want := range map[string]any{"people_count": 1.0, "open_deals_count": 1.0, "activities_count": 1.0, "followers_count": 1.0, "next_activity_date": "2026-12-01", "edit_name": true, "last_activity": nil} {
		if d[key] != want {
			t.Errorf("%s is %v, want %v", key, d[key], want)
		}
	}
	beside := got.Body["additional_data"].(m)
	if d["next_activity"].(m)["org_name"] != "Winnica Łódź" || beside["dropbox_email"] != c.AddressOf("organization", 1) || beside["followers"].(m)["1"].(m)["name"] != "Ada" {
		t.Errorf("%v, beside it %v", d["next_activity"], beside)
	}
	for body, want := range map[string]string{
		`{"address":"Piotrkowska 1"}`:                         "Piotrkowska 1 Łódź",
		`{"address_locality":"Pabianice"}`:                    "Piotrkowska 1 Pabianice",
		`{"address":"Rynek 5"}`:                               "Rynek 5 <nil>",
		`{"address":{"value":"Rynek 6","locality":"Kraków"}}`: "Rynek 6 Kraków",
		`{"address":""}`:                                      "<nil> <nil>",
	} {
		c.Must("PUT", "/v1/organizations/1", `{"address":"Piotrkowska 1","address_locality":"Łódź"}`)
		d := c.Must("PUT", "/api/v1/organizations/1", body).Data()
		if got := fmt.Sprint(d["address"], " ", d["address_locality"]); got != want {
			t.Errorf("%s: %s, want %s", body, got, want)
		}
	}
	bad := c.Do("PUT", "/v1/organizations/1", m{"name": "", code: "much", "industry": 99, "label": []int{5, 1}})
	for _, name := range []string{"name: must be given", code + ": must be a number", "industry: has no option 99", "label: has no label 1"} {
		if bad.Status != http.StatusBadRequest || !strings.Contains(bad.Raw, name) {
			t.Errorf("%q is not among %s", name, bad.Raw)
		}
	}
	for i := range 3 {
		c.Must("POST", "/api/v2/organizations", m{"name": fmt.Sprint("Bistro ", i)})
	}
	for target, want := range map[string]int{"": 4, "?first_char=b": 3, "?first_char=b&limit=2": 2, "?first_char=b&start=2": 1, "?user_id=1": 4, "?user_id=5": 0, "?start=3": 1} {
		if got := c.Must("GET", "/v1/organizations"+target, nil).List(); len(got) != want {
			t.Errorf("%s: %d organizations, want %d", target, len(got), want)
		}
	}
	c.Must("DELETE", "/v1/organizations/1", nil)
	if a := c.Do("DELETE", "/v1/organizations?ids=1,2", nil); fmt.Sprint(a.Body["data"].(m)["id"]) != "[2]" {
		t.Errorf("%d %s", a.Status, a.Raw)
	}
}
