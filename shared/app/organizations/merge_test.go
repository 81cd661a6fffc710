package organizations_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/lejek/lejek/shared/app/apptest"
	"github.com/lejek/lejek/shared/organizations"
)

func TestTheSurvivingOrganizationKeepsItsValuesAndItsRelations(t *testing.T) {
	t.Parallel()
	a := apptest.New(t)
	settle := a.Follow()
	c := a.NewTeam("Acme")
	one := c.Must("POST", "/api/v2/organizations", map[string]any{
		"name": "Navy", "address": map[string]any{"value": "Pier 1"}, "website": "https://navy.example", "annual_revenue": 5, "employee_count": 7,
	}).ID()
	two := c.Must("POST", "/api/v2/organizations", map[string]any{"name": "The Navy", "website": "https://the.example"}).ID()
	three := c.Must("POST", "/api/v2/organizations", map[string]any{"name": "Army"}).ID()
	relate := func(kind string, owner, linked int64) {
		c.Must("POST", "/v1/organizationRelationships", map[string]any{"type": kind, "rel_owner_org_id": owner, "rel_linked_org_id": linked})
	}
	relate("related", one, two)
	relate("parent", one, three)
	p := c.Must("POST", "/api/v2/persons", map[string]any{"name": "Grace", "org_id": one}).ID()
	got := c.Must("PUT", apptest.Path("/v1/organizations/%d/merge", one), map[string]any{"merge_with_id": two})
	if got.ID() != two {
		t.Errorf("the answer: %s", got.Raw)
	}
	for _, when := range []string{"at once", "when it is done"} {
		o := c.Must("GET", apptest.Path("/api/v2/organizations/%d?include_fields=people_count", two), nil).Data()
		for key, want := range map[string]any{
			"name": "The Navy", "website": "https://the.example", "annual_revenue": 5.0, "employee_count": 7.0, "people_count": 1.0, "is_deleted": false,
		} {
			if o[key] != want {
				t.Errorf("%s: %s is %v, want %v", when, key, o[key], want)
			}
		}
		if address := o["address"].(map[string]any)["value"]; address != "Pier 1" {
			t.Errorf("%s: the address is %v", when, address)
		}
		list := c.Must("GET", apptest.Path("/v1/organizationRelationships?org_id=%d", two), nil)
		if len(list.List()) != 1 || !strings.Contains(list.Raw, `"calculated_type":"daughter","calculated_related_org_id":3`) {
			t.Errorf("%s: relations %s", when, list.Raw)
		}
		view := c.Must("GET", apptest.Path("/api/v2/organizations/%d/view", two), nil).Data()
		if len(view["related_organizations"].([]any)) != 1 || len(view["persons"].([]any)) != 1 {
			t.Errorf("%s: the view shows %v and %v", when, view["related_organizations"], view["persons"])
		}
		if org := c.Must("GET", apptest.Path("/api/v2/persons/%d", p), nil).Data()["org_id"]; org != float64(two) {
			t.Errorf("%s: the person's organization is %v", when, org)
		}
		settle()
	}
	if list := c.Must("GET", apptest.Path("/api/v2/persons?org_id=%d", two), nil).List(); len(list) != 1 {
		t.Errorf("%d persons are listed", len(list))
	}
}

func TestOrganizationsWithTooManyRelationsAreNotMerged(t *testing.T) {
	t.Parallel()
	c := apptest.New(t).NewTeam("Acme")
	for range 103 {
		c.Must("POST", "/api/v2/organizations", map[string]any{"name": "O"})
	}
	for i := range 101 {
		c.Must("POST", "/v1/organizationRelationships", map[string]any{"type": "related", "rel_owner_org_id": 1 + i%2, "rel_linked_org_id": 3 + i})
	}
	got := c.Do("PUT", "/v1/organizations/1/merge", map[string]any{"merge_with_id": 2})
	if got.Status != 400 || !strings.Contains(got.Raw, "merge_with_id: has 101 relations together with organization 1") {
		t.Errorf("%d %s", got.Status, got.Raw)
	}
}

// TestItIsDecidedForEveryFieldWhoseValueSurvives fails for a new field of organizations until it is.
func TestItIsDecidedForEveryFieldWhoseValueSurvives(t *testing.T) {
	t.Parallel()
	own := strings.Fields("ID Version Name OwnerID AddTime VisibleTo Deleted MergedInto stored")
	filled := strings.Fields("Address Website LinkedIn Industry AnnualRevenue EmployeeCount UpdateTime LabelIDs Custom")
	of := map[string]int{}
	for _, name := range append(own, filled...) {
		of[name]++
	}
	for i := range reflect.TypeFor[organizations.Organization]().NumField() {
		if name := reflect.TypeFor[organizations.Organization]().Field(i).Name; of[name] != 1 {
			t.Errorf("%s: is it filled when the survivor has none?", name)
		}
	}
}
