package deals_test

import (
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/lejek/lejek/shared/app/apptest"
)

// takesPart lists who takes part in a deal, as "id person".
func takesPart(c *apptest.Client, deal int64) (list []string) {
	for _, row := range c.Must("GET", apptest.Path("/v1/deals/%d/participants", deal), nil).List() {
		r := row.(object)
		list = append(list, fmt.Sprint(r["id"], " ", r["person_id"].(object)["value"]))
	}
	return list
}

// happened lists who came and went, newest first, as "action person".
func happened(c *apptest.Client, deal int64) (list []string) {
	for cursor := ""; ; {
		a := c.Must("GET", apptest.Path("/v1/deals/%d/participantsChangelog?limit=1&cursor=%s", deal, cursor), nil)
		for _, row := range a.List() {
			list = append(list, fmt.Sprint(row.(object)["action"], " ", row.(object)["person_id"]))
		}
		next := a.Body["additional_data"].(object)["next_cursor"]
		if next == nil {
			return list
		}
		cursor = next.(string)
	}
}

func TestTheDealsPersonAndWhoeverIsAddedTakePart(t *testing.T) {
	t.Parallel()
	a, c := start(t)
	org := c.Must("POST", "/api/v2/organizations", object{"name": "Acme"}).ID()
	for i := range 4 {
		c.Must("POST", "/api/v2/persons", object{"name": fmt.Sprint("P", i+1), "org_id": org, "emails": []object{{"value": fmt.Sprint("p", i+1, "@x.example")}}})
	}
	d := c.Must("POST", "/api/v2/deals", object{"title": "Big", "person_id": 1}).ID()
	a.Later(time.Minute)
	added := c.Must("POST", apptest.Path("/v1/deals/%d/participants", d), object{"person_id": "2"})
	for _, path := range []string{"/api/v2/persons?deal_id=%d", "/v1/deals/%d/persons"} {
		if got := c.Must("GET", apptest.Path(path, d), nil).List(); len(got) != 2 {
			t.Errorf("%s: %d persons, want 2", path, len(got))
		}
	}
	data := added.Data()
	for key, want := range (object{"id": 2.0, "active_flag": true, "add_time": "2026-11-23 10:01:00", "related_item_type": "deal", "related_item_id": 1.0}) {
		if data[key] != want {
			t.Errorf("%s is %v, want %v", key, data[key], want)
		}
	}
	person, user := data["person"].(object), data["added_by_user_id"].(object)
	if person["participant_open_deals_count"] != 1.0 || person["owner_id"].(object)["value"] != 1.0 || person["org_id"].(object)["people_count"] != 4.0 || user["id"] != 1.0 {
		t.Errorf("person %v\nadded by %v", person, user)
	}
	if people := added.Body["related_objects"].(object)["person"].(object); people["2"] == nil {
		t.Errorf("related persons %v", people)
	}
	c.Must("POST", apptest.Path("/v1/deals/%d/participants", d), object{"person_id": 3})
	if got := takesPart(c, d); !slices.Equal(got, []string{"1 1", "2 2", "4 3"}) {
		t.Errorf("who takes part: %v", got)
	}
	page := c.Must("GET", apptest.Path("/v1/deals/%d/participants?start=1&limit=1", d), nil)
	if pages := page.Body["additional_data"].(object)["pagination"].(object); len(page.List()) != 1 || pages["next_start"] != 2.0 {
		t.Errorf("a page: %s", page.Raw)
	}
	a.Later(time.Minute)
	c.Must("PATCH", apptest.Path("/api/v2/deals/%d", d), object{"person_id": 2}) // who takes part already
	if got := takesPart(c, d); !slices.Equal(got, []string{"2 2", "4 3"}) {
		t.Errorf("with another person: %v", got)
	}
	a.Later(time.Minute)
	c.Must("PATCH", apptest.Path("/api/v2/deals/%d", d), object{"person_id": nil}) // and goes on doing so
	c.Must("DELETE", apptest.Path("/v1/deals/%d/participants/4", d), nil)
	if got := takesPart(c, d); !slices.Equal(got, []string{"2 2"}) {
		t.Errorf("without a person: %v", got)
	}
	if got := happened(c, d); !slices.Equal(got, []string{"removed 3", "removed 2", "added 2", "removed 1", "added 3", "added 2", "added 1"}) {
		t.Errorf("what happened: %v", got)
	}
}

func TestParticipantsCountWithTheDealAndShowOnThem(t *testing.T) {
	t.Parallel()
	a, c := start(t)
	settle := a.Follow()
	for i := range 3 {
		c.Must("POST", "/api/v2/persons", object{"name": fmt.Sprint("P", i+1)})
	}
	d := c.Must("POST", "/api/v2/deals", object{"title": "Big", "person_id": 1}).ID()
	count := func(when string, person int, open, closed float64) {
		t.Helper()
		p := c.Must("GET", apptest.Path("/api/v2/persons/%d?include_fields=participant_open_deals_count,participant_closed_deals_count", person), nil).Data()
		if p["participant_open_deals_count"] != open || p["participant_closed_deals_count"] != closed {
			t.Errorf("%s: person %d takes part in %v open, %v closed", when, person, p["participant_open_deals_count"], p["participant_closed_deals_count"])
		}
		shown := c.Must("GET", apptest.Path("/api/v2/persons/%d/view", person), nil).Data()["participant_deals"].([]any)
		if len(shown) != int(open+closed) {
			t.Errorf("%s: person %d shows %d deals", when, person, len(shown))
		}
	}
	c.Must("POST", apptest.Path("/v1/deals/%d/participants", d), object{"person_id": 2})
	count("added", 2, 1, 0)
	count("added", 1, 0, 0)
	c.Must("PATCH", apptest.Path("/api/v2/deals/%d", d), object{"status": "won"})
	count("won", 2, 0, 1)
	c.Must("PATCH", apptest.Path("/api/v2/deals/%d", d), object{"status": "open", "person_id": 2})
	count("the deal's own person", 2, 0, 0)
	c.Must("PATCH", apptest.Path("/api/v2/deals/%d", d), object{"person_id": 3})
	count("not any more", 2, 1, 0)
	got := c.Must("GET", apptest.Path("/api/v2/deals/%d?include_fields=participants_count", d), nil).Data()
	if got["participants_count"] != 2.0 {
		t.Errorf("%v take part", got["participants_count"])
	}
	c.Must("DELETE", "/api/v2/persons/2", nil)
	a.Later(31 * 24 * time.Hour)
	settle()
	c.Must("PATCH", apptest.Path("/api/v2/deals/%d", d), object{"status": "lost"})
	count("lost", 3, 0, 0)
	c.Must("DELETE", apptest.Path("/api/v2/deals/%d", d), nil)
	if got := c.Do("POST", apptest.Path("/v1/deals/%d/participants", d), object{"person_id": 1}); got.Status != http.StatusNotFound {
		t.Errorf("a deleted deal: %s", got.Raw)
	}
}

func TestWrongParticipantsAreRefused(t *testing.T) {
	t.Parallel()
	_, c := start(t)
	for i := range 60 {
		c.Must("POST", "/api/v2/persons", object{"name": fmt.Sprint("P", i+1)})
	}
	d := c.Must("POST", "/api/v2/deals", object{"title": "Big", "person_id": 1}).ID()
	c.Must("DELETE", "/api/v2/persons/60", nil)
	path := apptest.Path("/v1/deals/%d/participants", d)
	for i := range 40 {
		c.Must("POST", path, object{"person_id": 2 + i})
	}
	for _, wrong := range []struct {
		method, path string
		body         any
		status       int
	}{
		{"POST", path, object{"person_id": 1}, 400}, {"POST", path, object{"person_id": 2}, 400}, {"POST", path, object{"person_id": 60}, 400},
		{"POST", path, object{"person_id": 999}, 400}, {"POST", path, object{}, 400}, {"POST", path, object{"person_id": 55}, 400},
		{"DELETE", path + "/1", nil, 400}, {"DELETE", path + "/999", nil, 404}, {"GET", "/v1/deals/99/participants", nil, 404},
		{"GET", "/v1/deals/99/participantsChangelog", nil, 404}, {"DELETE", "/v1/deals/99/participants/1", nil, 404},
	} {
		if got := c.Do(wrong.method, wrong.path, wrong.body); got.Status != wrong.status {
			t.Errorf("%s %s %v: %d %s", wrong.method, wrong.path, wrong.body, got.Status, got.Raw)
		}
	}
	c.Must("PATCH", apptest.Path("/api/v2/deals/%d", d), object{"status": "won", "person_id": 58}) // all of them count it
	last := "/api/v2/persons/41?include_fields=participant_closed_deals_count"
	if got := c.Must("GET", last, nil).Data(); got["participant_closed_deals_count"] != 1.0 {
		t.Errorf("the last one: %v", got)
	}
	// With links to two organizations and fields that name as many as they can, it is as large as can be: it moves, and it goes.
	values := object{}
	for i := range 50 {
		code := c.Must("POST", "/api/v2/dealFields", object{"field_name": fmt.Sprint("F", i), "field_type": "people"}).Data()["field_code"].(string)
		values[code] = i + 1
	}
	own, other := c.Must("POST", "/api/v2/organizations", object{"name": "Own"}).ID(), c.Must("POST", "/api/v2/organizations", object{"name": "Other"}).ID()
	c.Must("PATCH", "/api/v2/persons/58", object{"org_id": other})
	c.Must("PATCH", "/api/v2/persons/59", object{"org_id": own})
	c.Must("PATCH", apptest.Path("/api/v2/deals/%d", d), object{"custom_fields": values})
	c.Must("PATCH", apptest.Path("/api/v2/deals/%d", d), object{"status": "open", "org_id": own})
	c.Must("PATCH", apptest.Path("/api/v2/deals/%d", d), object{"status": "won", "person_id": 59, "org_id": other})
	c.Must("PATCH", apptest.Path("/api/v2/deals/%d", d), object{"status": "open", "person_id": 58, "org_id": own})
	c.Must("DELETE", apptest.Path("/api/v2/deals/%d", d), nil)
	if got := c.Must("GET", last, nil).Data(); got["participant_closed_deals_count"] != 0.0 {
		t.Errorf("the last one counts what is deleted: %v", got)
	}
}
