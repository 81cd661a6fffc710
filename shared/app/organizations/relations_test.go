package organizations_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lejek/lejek/shared/app/apptest"
	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/organizations"
)

const root = "/v1/organizationRelationships"

// some makes n organizations with ids from 1.
func some(c *apptest.Client, n int) *apptest.Client {
	for i := range n {
		c.Must("POST", "/api/v2/organizations", m{"name": fmt.Sprintf("O%d", i+1)})
	}
	return c
}

func relate(kind string, owner, linked int64) m {
	return m{"type": kind, "rel_owner_org_id": owner, "rel_linked_org_id": linked}
}

// related are the ids that the list of an organization names, with what they are to it.
func related(c *apptest.Client, org int64) (out []string) {
	for _, row := range c.Must("GET", apptest.Path("%s?org_id=%d", root, org), nil).List() {
		r := row.(m)
		out = append(out, fmt.Sprint(r["calculated_type"], " ", r["calculated_related_org_id"]))
	}
	return out
}

func TestRelationHasTheShapeOfTheContract(t *testing.T) {
	t.Parallel()
	c := some(apptest.New(t).NewTeam("Acme"), 2)
	c.Must("PATCH", "/api/v2/organizations/2", m{"address": m{"value": "Main Street 1"}})
	for i := range 3 {
		c.Must("POST", "/api/v2/persons", m{"name": fmt.Sprint("P", i), "org_id": 1})
	}
	c.Must("DELETE", "/api/v2/persons/2", nil)
	body := relate("parent", 1, 2)
	body["org_id"], body["whatever"] = 2, true
	made := c.Must("POST", root, body)
	one, two := c.AddressOf("organization", 1), c.AddressOf("organization", 2)
	const plain = `"id":1,"type":"parent",` +
		`"rel_owner_org_id":{"name":"O1","people_count":2,"owner_id":1,"address":null,"active_flag":true,"cc_email":"CC1","value":1},` +
		`"rel_linked_org_id":{"name":"O2","people_count":0,"owner_id":1,"address":"Main Street 1","active_flag":true,"cc_email":"CC2","value":2},` +
		`"add_time":"2026-11-23 10:00:00","update_time":"2026-11-23 10:00:00","active_flag":"true"`
	for _, tc := range []struct{ got, calculated string }{
		{made.Raw, `,"calculated_type":"parent","calculated_related_org_id":1,"related_organization_name":"O1"`},
		{c.Must("GET", root+"/1?org_id=1", nil).Raw, `,"calculated_type":"daughter","calculated_related_org_id":2,"related_organization_name":"O2"`},
		{c.Must("GET", "/api"+root+"/1", nil).Raw, ""},
		{c.Must("GET", root+"/1?org_id=77", nil).Raw, ""},
	} {
		want := `{"success":true,"data":{` + strings.NewReplacer("CC1", one, "CC2", two).Replace(plain) + tc.calculated + `},"related_objects":{"organization":{` +
			`"1":{"id":1,"name":"O1","people_count":2,"owner_id":1,"address":null,"active_flag":true,"cc_email":"` + one + `"},` +
			`"2":{"id":2,"name":"O2","people_count":0,"owner_id":1,"address":"Main Street 1","active_flag":true,"cc_email":"` + two + `"}}}}`
		if tc.got != want {
			t.Errorf("\n got %s\nwant %s", tc.got, want)
		}
	}
}

func TestRelationWithADeletedEndCanStillBeChanged(t *testing.T) {
	t.Parallel()
	c := some(apptest.New(t).NewTeam("Acme"), 3)
	c.Must("POST", root, relate("parent", 1, 2))
	c.Must("DELETE", "/api/v2/organizations/2", nil)
	c.Must("PUT", root+"/1", relate("parent", 1, 2)) // what was read is sent back
	c.Must("PUT", root+"/1", relate("related", 2, 1))
	c.Must("PUT", root+"/1", relate("related", 3, 1))
	if got := c.Do("PUT", root+"/1", relate("related", 2, 1)); got.Status != http.StatusBadRequest || !strings.Contains(got.Raw, "rel_owner_org_id: organization 2 not found") {
		t.Errorf("a new link to what is deleted: %d %s", got.Status, got.Raw)
	}
}

func TestRelationShowsOnBothEnds(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	c := some(app.NewTeam("Acme"), 3)
	c.Must("POST", root, relate("parent", 1, 2))
	c.Must("POST", root, relate("related", 3, 1))
	want := func(org int64, want ...string) {
		t.Helper()
		if got := related(c, org); !slices.Equal(got, want) {
			t.Errorf("organization %d: %v, want %v", org, got, want)
		}
	}
	want(1, "daughter 2", "related 3")
	want(2, "parent 1")
	want(3, "related 1")
	c.Must("PUT", root+"/1", m{"rel_owner_org_id": "2", "rel_linked_org_id": "1"}) // the other way round
	want(1, "parent 2", "related 3")
	c.Must("PUT", root+"/1", m{"rel_linked_org_id": 3, "type": "related"}) // to another organization
	want(1, "related 3")
	want(2, "related 3")
	want(3, "related 2", "related 1")
	c.Must("POST", root, relate("parent", 1, 2)) // the pair is free again
	if got := c.Must("DELETE", root+"/1", nil); got.ID() != 1 {
		t.Errorf("DELETE answers %s", got.Raw)
	}
	want(2, "parent 1")
	want(3, "related 1")
	if got := c.Must("GET", root+"/1", nil).Data(); got["active_flag"] != "false" {
		t.Errorf("deleted relation reads %v", got)
	}
	for _, again := range []apptest.Answer{c.Do("DELETE", root+"/1", nil), c.Do("PUT", root+"/1", m{"type": "parent"})} {
		if again.Status != http.StatusNotFound {
			t.Errorf("writing a deleted relation: %d %s", again.Status, again.Raw)
		}
	}
	c.Must("POST", root, relate("parent", 2, 3)) // so is this one
	want(3, "related 1", "parent 2")
	rows, _, err := app.DB.Rows(context.Background(), c.Team.ID, change.Of(change.Organization, 3), change.Range{Shelf: change.Relations})
	if err != nil || len(rows) != 2 {
		t.Errorf("rows %v %v", rows, err)
	}
	app.Later(31 * 24 * time.Hour)
	if a := c.Do("GET", root+"/1", nil); a.Status != http.StatusNotFound {
		t.Errorf("31 days after its deletion: %d", a.Status)
	}
}

func TestWrongRelationsAreRefused(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	c, other := some(app.NewTeam("Acme"), 4), some(app.NewTeam("Globex"), 6)
	other.Must("POST", root, relate("parent", 5, 6))
	c.Must("POST", root, relate("parent", 1, 2))
	c.Must("POST", root, relate("parent", 1, 3))
	c.Must("DELETE", "/api/v2/organizations/4", nil)
	for _, tc := range []struct {
		method, target string
		body           any
		status         int
		want           string
	}{
		{"POST", root, m{}, 400, "type: must be given; rel_owner_org_id: must be given; rel_linked_org_id: must be given"},
		{"POST", root, relate("sister", 1, 2), 400, "type: must be one of parent, related"},
		{"POST", root, relate("parent", 1, 1), 400, "rel_linked_org_id: must be another organization"},
		{"POST", root, relate("parent", 1, 2), 400, "organizations 1 and 2 are related already"},
		{"POST", root, relate("related", 2, 1), 400, "organizations 2 and 1 are related already"},
		{"PUT", root + "/1", m{"rel_linked_org_id": 3}, 400, "organizations 1 and 3 are related already"},
		{"PUT", root + "/1", m{"rel_linked_org_id": 1}, 400, "must be another organization"},
		{"POST", root, relate("parent", 5, 6), 400, "rel_owner_org_id: organization 5 not found; rel_linked_org_id: organization 6 not found"},
		{"POST", root, relate("parent", 1, 4), 400, "rel_linked_org_id: organization 4 not found"},
		{"PUT", root + "/1", m{"rel_owner_org_id": 99}, 400, "rel_owner_org_id: organization 99 not found"},
		{"GET", root, nil, 400, "org_id: must be given"},
		{"GET", root + "?org_id=x", nil, 400, "org_id: must be a whole number"},
		{"GET", root + "?org_id=5", nil, 404, "Organization not found"},
		{"GET", root + "/3", nil, 404, "Organization relationship not found"},
	} {
		a := c.Do(tc.method, tc.target, tc.body)
		if text, _ := a.Body["error"].(string); a.Status != tc.status || !strings.Contains(text, tc.want) {
			t.Errorf("%s %s %v: %d %q, want %d %q", tc.method, tc.target, tc.body, a.Status, text, tc.status, tc.want)
		}
	}
	if got := related(c, 1); !slices.Equal(got, []string{"daughter 2", "daughter 3"}) {
		t.Errorf("after refusals: %v", got)
	}
	// The other team's relation 1 is not ours, though ours has the same id.
	other.Must("DELETE", root+"/1", nil)
	if got := c.Must("GET", root+"/1", nil).Data(); got["active_flag"] != "true" {
		t.Errorf("%v", got)
	}
}

func TestAPairIsRelatedOnceHoweverManyTry(t *testing.T) {
	t.Parallel()
	c := some(apptest.New(t).NewTeam("Acme"), 4)
	c.Must("POST", root, relate("related", 1, 3))
	c.Must("POST", root, relate("related", 2, 4))
	results := make([]apptest.Answer, 4)
	var all sync.WaitGroup
	for i, try := range []func() apptest.Answer{
		func() apptest.Answer { return c.Do("POST", root, relate("parent", 1, 2)) },
		func() apptest.Answer { return c.Do("POST", root, relate("parent", 2, 1)) },
		func() apptest.Answer { return c.Do("PUT", root+"/1", m{"rel_linked_org_id": 2}) },
		func() apptest.Answer { return c.Do("PUT", root+"/2", m{"rel_linked_org_id": 1}) },
	} {
		all.Go(func() { results[i] = try() })
	}
	all.Wait()
	made := 0
	for _, a := range results {
		switch a.Status {
		case http.StatusOK:
			made++
		case http.StatusBadRequest, http.StatusServiceUnavailable:
		default:
			t.Errorf("%d %s", a.Status, a.Raw)
		}
	}
	pairs := 0
	for _, row := range related(c, 1) {
		if strings.HasSuffix(row, " 2") {
			pairs++
		}
	}
	if made != 1 || pairs != 1 {
		t.Errorf("%d succeeded, the list names the pair %d times", made, pairs)
	}
}

func TestAnOrganizationHasAtMostAHundredRelations(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	c := some(app.NewTeam("Acme"), organizations.MaxRelations+3)
	actor := auth.Actor{Team: c.Team.ID, User: c.User.ID}
	for i := range organizations.MaxRelations {
		c.Must("POST", root, relate("parent", 1, int64(i+2)))
	}
	for _, a := range []apptest.Answer{
		c.Do("POST", root, relate("parent", 1, 102)), c.Do("POST", root, relate("parent", 102, 1)),
	} {
		if text, _ := a.Body["error"].(string); a.Status != http.StatusBadRequest || text != "Organization 1 has 100 relations, and cannot have more" {
			t.Errorf("%d %s", a.Status, a.Raw)
		}
	}
	c.Must("POST", root, relate("related", 102, 103))
	list, err := app.Relations().Of(context.Background(), actor, 1)
	if err != nil || len(list) != organizations.MaxRelations {
		t.Fatalf("%d relations, %v", len(list), err)
	}
	c.Must("PUT", root+"/5", m{"rel_linked_org_id": 102}) // one of the hundred may move
	c.Must("DELETE", root+"/6", nil)
	c.Must("POST", root, relate("parent", 103, 1))
}
