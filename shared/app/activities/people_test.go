package activities_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/lejek/lejek/shared/activities"
	"github.com/lejek/lejek/shared/app/apptest"
	"github.com/lejek/lejek/shared/change"
)

func person(c *apptest.Client, name string, org int64) int64 {
	body := m{"name": name}
	if org != 0 {
		body["org_id"] = org
	}
	return c.Must("POST", "/api/v2/persons", body).ID()
}

func TestExactlyOneParticipantIsPrimary(t *testing.T) {
	t.Parallel()
	c := apptest.New(t).NewTeam("Acme")
	a, b := person(c, "A", 0), person(c, "B", 0)
	both := []any{m{"person_id": a}, m{"person_id": b}}
	expect := func(step string, got apptest.Answer, primary int64, all ...int64) {
		t.Helper()
		var ids []int64
		primaries := 0
		for _, p := range got.Data()["participants"].([]any) {
			ids = append(ids, id(p.(m)["person_id"]))
			if p.(m)["primary"] == true {
				primaries++
			}
		}
		if id(got.Data()["person_id"]) != primary || !slices.Equal(ids, all) || primaries != min(1, len(all)) {
			t.Errorf("%s: %s", step, got.Raw)
		}
	}
	made := c.Must("POST", "/api/v2/activities", m{"participants": both})
	expect("the first, when none is marked", made, a, a, b)
	patch := func(in m) apptest.Answer { t.Helper(); return c.Must("PATCH", path(made), in) }
	expect("another named", patch(m{"person_id": b}), b, a, b)
	expect("the primary taken away", patch(m{"person_id": nil}), a, a)
	expect("a new one named", patch(m{"person_id": b}), b, b, a)
	expect("listed anew", patch(m{"participants": []any{m{"person_id": a, "primary": true}}}), a, a)
	expect("none", patch(m{"participants": []any{}}), 0)
	expect("by person_id alone", c.Must("POST", "/api/v2/activities", m{"person_id": b}), b, b)
	for _, wrong := range [][]any{
		{m{"person_id": a, "primary": true}, m{"person_id": b, "primary": true}}, {m{"person_id": a}, m{"person_id": a}}, {m{"person_id": 99}},
	} {
		if a := c.Do("PATCH", path(made), m{"participants": wrong}); a.Status != 400 {
			t.Errorf("%v: %d", wrong, a.Status)
		}
	}
	if got := ids(c.Must("GET", apptest.Path("/api/v2/activities?person_id=%d", b), nil)); len(got) != 1 {
		t.Errorf("of B: %v", got)
	}
}

// shelf are the activities that show on a record.
func shelf(t *testing.T, app *apptest.App, c *apptest.Client, on change.Ref, s change.Shelf) (refs []change.Ref) {
	t.Helper()
	rows, _, err := app.DB.Rows(context.Background(), c.Team.ID, on, change.Range{Shelf: s})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		if r.Source.Kind() == change.Activity {
			refs = append(refs, r.Source)
		}
	}
	return refs
}

func TestAnActivityShowsOnAllThatItHangsOn(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	c := app.NewTeam("Acme")
	org := c.Must("POST", "/api/v2/organizations", m{"name": "O"}).ID()
	p := person(c, "P", org)
	deal := c.Must("POST", "/api/v2/deals", m{"title": "D", "person_id": p}).ID()
	on := []change.Ref{change.Of(change.Deal, deal), change.Of(change.Person, p), change.Of(change.Organization, org)}
	made := c.Must("POST", "/api/v2/activities", m{"deal_id": deal, "due_date": "2026-12-01"})
	expect := func(step string, planned, flow int) {
		t.Helper()
		for _, ref := range on {
			if got := shelf(t, app, c, ref, change.Planned); len(got) != planned {
				t.Errorf("%s: planned on %s: %v", step, ref, got)
			}
			if got := shelf(t, app, c, ref, change.Flow); len(got) != flow {
				t.Errorf("%s: flow of %s: %v", step, ref, got)
			}
		}
	}
	expect("planned", 1, 0)
	c.Must("PATCH", path(made), m{"due_date": "2026-12-02", "note": "x"})
	expect("put off", 1, 0)
	c.Must("PATCH", path(made), m{"done": true})
	expect("done", 0, 1)
	c.Must("DELETE", path(made), nil)
	expect("deleted", 0, 0)
}

// The most that one activity takes still fits a transaction, also when all its participants are exchanged, or it moves in time.
func TestAllParticipantsExchangedAtOnce(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	c := app.NewTeam("Acme")
	org := func() int64 { return c.Must("POST", "/api/v2/organizations", m{"name": "O"}).ID() }
	crowd := func() (body []any, all []change.Ref) {
		for i := range activities.MaxParticipants {
			o := org()
			p := person(c, fmt.Sprint("P", i), o)
			body = append(body, m{"person_id": p})
			all = append(all, change.Of(change.Person, p), change.Of(change.Organization, o))
		}
		return body, all
	}
	deal := func() int64 {
		return c.Must("POST", "/api/v2/deals", m{"title": "D", "person_id": person(c, "Q", org()), "org_id": org()}).ID()
	}
	before, had := crowd()
	after, has := crowd()
	made := c.Must("POST", "/api/v2/activities", m{"participants": before, "deal_id": deal(), "org_id": org(), "due_date": "2026-12-01"})
	everything := m{"participants": after, "deal_id": deal(), "org_id": org(), "due_date": "2026-12-02"}
	if a := c.Do("PATCH", path(made), everything); a.Status != 400 || !strings.Contains(a.Raw, "participants: too many are exchanged at once") {
		t.Errorf("everything exchanged: %d %s", a.Status, a.Raw)
	}
	c.Must("PATCH", path(made), m{"participants": after})
	c.Must("PATCH", path(made), m{"deal_id": deal(), "org_id": org(), "due_date": "2026-12-02"})
	for _, ref := range had {
		if got := shelf(t, app, c, ref, change.Planned); len(got) != 0 {
			t.Errorf("still on %s", ref)
		}
	}
	for _, ref := range has {
		if got := shelf(t, app, c, ref, change.Planned); len(got) != 1 {
			t.Errorf("not on %s", ref)
		}
	}
	c.Must("PATCH", path(made), m{"done": true})
	tooMany := append(slices.Clone(after), before[0])
	if a := c.Do("PATCH", path(made), m{"participants": tooMany}); a.Status != 400 || !strings.Contains(a.Raw, "participants: ") {
		t.Errorf("%d %s", a.Status, a.Raw)
	}
}

func TestALinkThatWasDeletedSinceStopsNoOtherChange(t *testing.T) {
	t.Parallel()
	c := apptest.New(t).NewTeam("Acme")
	deal := c.Must("POST", "/api/v2/deals", m{"title": "D"}).ID()
	made := c.Must("POST", "/api/v2/activities", m{"deal_id": deal})
	c.Must("DELETE", apptest.Path("/api/v2/deals/%d", deal), nil)
	want(t, c.Must("PATCH", path(made), m{"done": true, "deal_id": deal}), m{"done": true, "deal_id": float64(deal)})
	if a := c.Do("POST", "/api/v2/activities", m{"deal_id": deal}); a.Status != 400 {
		t.Errorf("linked to a deleted deal: %d", a.Status)
	}
}

func TestNobodyIsInvitedByACalendar(t *testing.T) {
	t.Parallel()
	c := apptest.New(t).NewTeam("Acme")
	made := c.Must("POST", "/api/v2/activities", m{"person_id": person(c, "A", 0)})
	for _, got := range []m{
		c.Must("GET", path(made)+"?include_fields=attendees", nil).Data(), c.Must("GET", "/api/v2/activities?include_fields=attendees", nil).List()[0].(m),
	} {
		if list, ok := got["attendees"].([]any); !ok || len(list) != 0 {
			t.Errorf("attendees are %v", got["attendees"])
		}
	}
	if _, ok := made.Data()["attendees"]; ok {
		t.Error("attendees are shown unasked")
	}
}
