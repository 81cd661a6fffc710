package flow_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/lejek/lejek/shared/app/apptest"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/deals"
	"github.com/lejek/lejek/shared/persons"
)

func size(a apptest.Answer, section string) int {
	list, _ := a.Data()[section].([]any)
	return len(list)
}

func TestViewTakesAtMostSixQueriesHoweverLargeTheTeam(t *testing.T) {
	t.Parallel()
	var n calls
	w := newWorld(t, with(n.hook()))
	o := w.organization("One")
	p := w.person("Ann", o)
	d := w.deal("Big", p, o)
	for i := range 3 {
		other := w.organization(fmt.Sprint("Other ", i))
		w.c.Must("POST", "/v1/organizationRelationships", m{"type": "related", "rel_owner_org_id": o, "rel_linked_org_id": other})
	}
	w.seedPersonsAndDeals(400, p, o) // several times what is shown
	w.make(400, note(&d, nil))
	w.make(120, activity(&d, false))
	w.make(60, activity(&d, true))
	w.make(120, file(&d))
	w.make(60, thread(&d, p))
	for _, view := range []struct {
		path    string
		section map[string]int
	}{
		{apptest.Path("/api/v2/deals/%d/view", d), map[string]int{"planned_activities": 50, "flow": 50, "files": 50, "mail_threads": 50}},
		{apptest.Path("/api/v2/persons/%d/view", p), map[string]int{"open_deals": 50, "flow": 50, "files": 50, "mail_threads": 50}},
		{apptest.Path("/api/v2/organizations/%d/view", o), map[string]int{"persons": 100, "open_deals": 50, "related_organizations": 3, "flow": 50, "files": 50}},
	} {
		n.reset()
		a := w.c.Must("GET", view.path, nil)
		queries, batches, others := n.queries.Load(), n.batches.Load(), n.others.Load()
		t.Logf("%s: %d queries, %d batch reads, %d single reads, %d bytes", view.path, queries, batches, others, len(a.Raw))
		if queries > 6 || batches > 12 {
			t.Errorf("%s took %d queries and %d batch reads", view.path, queries, batches)
		}
		for section, want := range view.section {
			if got := size(a, section); got != want {
				t.Errorf("%s: %d %s, want %d", view.path, got, section, want)
			}
			if more := a.Data()[section+"_more"]; more != (section != "related_organizations") {
				t.Errorf("%s: %s_more is %v", view.path, section, more)
			}
		}
		n.reset()
		w.c.Must("GET", apptest.Path("/v1%s?limit=50", view.path[len("/api/v2"):len(view.path)-len("view")]+"flow"), nil)
		t.Logf("flow: %d queries, %d batch reads, %d single reads", n.queries.Load(), n.batches.Load(), n.others.Load())
	}
}

// seedPersonsAndDeals makes n persons of the organization and n open deals of the person.
func (w *world) seedPersonsAndDeals(n int, person, org int64) {
	w.t.Helper()
	team := w.c.Team.ID
	for kind, one := range map[string]func(id int64) (any, []change.Row){
		change.Person: func(id int64) (any, []change.Row) {
			return persons.Person{ID: id, Name: fmt.Sprint("P ", id), OwnerID: 1, OrganizationID: &org, AddTime: w.now, UpdateTime: w.now}, nil
		},
		change.Deal: func(id int64) (any, []change.Row) {
			d := deals.Deal{ID: id, Title: fmt.Sprint("D ", id), OwnerID: 1, PersonID: &person, OrganizationID: &org, Status: deals.Open, StageID: 1, PipelineID: 1, AddTime: w.now, UpdateTime: w.now}
			return d, d.Rows()
		},
	} {
		first, err := w.app.DB.NextIDs(context.Background(), team, kind, n)
		if err != nil {
			w.t.Fatal(err)
		}
		for i := int64(0); i < int64(n); {
			set := change.Set{Team: team}
			for ; i < int64(n) && len(set.Records) < 30; i++ {
				record, rows := one(first + i)
				set.Put(change.Of(kind, first+i), record, 0)
				set.Show = append(set.Show, rows...)
			}
			if err := w.app.DB.Commit(context.Background(), set); err != nil {
				w.t.Fatal(err)
			}
		}
	}
}

func TestViewShowsEachRecordInFull(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	o, daughter := w.organization("One"), w.organization("Daughter")
	w.c.Must("POST", "/v1/organizationRelationships", m{"type": "parent", "rel_owner_org_id": o, "rel_linked_org_id": daughter})
	p := w.c.Must("POST", "/api/v2/persons", m{"name": "Ann", "org_id": o, "emails": []m{{"value": "a@x.example"}, {"value": "b@x.example"}}}).ID()
	d := w.deal("Big", p, o)
	next := w.c.Must("POST", "/api/v2/activities", m{"subject": "Ring", "deal_id": d, "due_date": "2026-12-01"}).ID()
	w.make(1, thread(&d, p))
	w.make(1, file(&d))

	deal := w.c.Must("GET", apptest.Path("/api/v2/deals/%d/view", d), nil).Data()
	if deal["person"] == nil || len(deal["person"].(m)["emails"].([]any)) != 2 || deal["organization"].(m)["name"] != "One" {
		t.Errorf("the deal's person and organization: %v %v", deal["person"], deal["organization"])
	}
	if record := deal["deal"].(m); record["title"] != "Big" || record["next_activity_id"] != float64(next) || record["last_activity_id"] != nil {
		t.Errorf("the deal: %v", record)
	}
	person := w.c.Must("GET", apptest.Path("/api/v2/persons/%d/view", p), nil).Data()
	if person["organization"].(m)["name"] != "One" || len(person["open_deals"].([]any)) != 1 {
		t.Errorf("the person: %v", person)
	}
	org := w.c.Must("GET", apptest.Path("/api/v2/organizations/%d/view", o), nil).Data()
	related := org["related_organizations"].([]any)
	if len(related) != 1 || related[0].(m)["type"] != "daughter" || related[0].(m)["organization"].(m)["name"] != "Daughter" {
		t.Errorf("related organizations: %v", related)
	}
	if len(org["persons"].([]any)) != 1 || len(org["open_deals"].([]any)) != 1 {
		t.Errorf("the organization: %v", org)
	}
	for _, view := range []m{deal, person, org} {
		for _, section := range []string{"planned_activities", "mail_threads", "files"} {
			if list := view[section].([]any); len(list) != 1 || view[section+"_more"] != false {
				t.Errorf("%s: %v, more %v", section, list, view[section+"_more"])
			}
		}
	}
}
