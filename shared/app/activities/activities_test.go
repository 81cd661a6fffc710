package activities_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lejek/lejek/shared/app/apptest"
)

type m = map[string]any

var keys = strings.Fields(`id owner_id creator_user_id subject type deal_id org_id project_id lead_id person_id participants due_date
	due_time duration busy done is_deleted add_time update_time marked_as_done_time location conference_meeting_client
	conference_meeting_url conference_meeting_id public_description note priority outcome custom_fields`)

func TestANewActivityHasEveryKeyAndTheDefaultsOfItsType(t *testing.T) {
	t.Parallel()
	c := apptest.New(t).NewTeam("Acme")
	made := c.Must("POST", "/api/v2/activities", m{})
	for _, k := range keys {
		if _, ok := made.Data()[k]; !ok {
			t.Errorf("no key %s", k)
		}
	}
	if len(made.Data()) != len(keys) {
		t.Errorf("%d keys, want %d: %s", len(made.Data()), len(keys), made.Raw)
	}
	want(t, made, m{
		"type": "call", "subject": "Call", "done": false, "due_date": nil, "marked_as_done_time": nil, "location": nil, "person_id": nil,
		"add_time": "2026-11-23T10:00:00Z", "update_time": "2026-11-23T10:00:00Z",
	})
	want(t, c.Must("POST", "/api/v2/activities", m{"type": "lunch", "subject": ""}), m{"type": "lunch", "subject": "Lunch"})
	if got := c.Must("GET", path(made), nil); got.Raw != made.Raw {
		t.Errorf("read %s\nmade %s", got.Raw, made.Raw)
	}
}

func TestWritingAnActivity(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	c := app.NewTeam("Acme")
	made := c.Must("POST", "/api/v2/activities", m{
		"due_date": "2026-12-01", "due_time": "09:30", "duration": "01:15", "busy": true, "note": "<b>n</b>", "public_description": "d",
		"location": m{"value": "Main St 1", "locality": "Łódź"}, "priority": 3, "lead_id": nil, "project_id": nil,
	})
	want(t, made, m{"due_time": "09:30:00", "duration": "01:15:00", "busy": true, "note": "<b>n</b>", "priority": 3.0})
	if l := made.Data()["location"].(m); l["value"] != "Main St 1" || l["locality"] != "Łódź" || l["country"] != nil || len(l) != 10 {
		t.Errorf("location %v", l)
	}
	app.Later(time.Minute)
	done := c.Must("PATCH", path(made), m{"done": true})
	want(t, done, m{"done": true, "marked_as_done_time": "2026-11-23T10:01:00Z", "update_time": "2026-11-23T10:01:00Z", "due_time": "09:30:00"})
	app.Later(time.Minute)
	if again := c.Must("PATCH", path(made), m{"done": true}); again.Raw != done.Raw {
		t.Errorf("the same twice changed something: %s", again.Raw)
	}
	want(t, c.Must("PATCH", path(made), m{"done": false, "location": nil, "due_date": nil}),
		m{"done": false, "marked_as_done_time": nil, "location": nil, "due_date": nil, "due_time": nil})
	want(t, c.Must("PATCH", path(made), m{"due_date": nil, "due_time": ""}), m{"due_date": nil, "due_time": nil})
	want(t, c.Must("DELETE", path(made), nil), m{"id": float64(made.ID())})
	want(t, c.Must("GET", path(made), nil), m{"is_deleted": true})
	for _, method := range []string{"PATCH", "DELETE"} {
		if a := c.Do(method, path(made), nil); a.Status != 404 {
			t.Errorf("%s of a deleted one: %d", method, a.Status)
		}
	}
}

func TestEveryWrongInputIsNamed(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	c := app.NewTeam("Acme")
	other := app.NewTeam("Other").Must("POST", "/api/v2/deals", m{"title": "theirs"}).ID()
	for _, test := range []struct {
		body  m
		names []string
	}{
		{m{"type": "nap", "owner_id": 99, "deal_id": other + 50, "org_id": 7, "person_id": 8, "due_time": "25:00", "due_date": "2026-12-01"},
			[]string{"type", "owner_id", "deal_id", "org_id", "person_id", "due_time"}},
		{m{"deal_id": other}, []string{"deal_id"}},
		{m{"due_time": "10:00"}, []string{"due_time"}},
		{m{"due_date": "2026-02-30", "duration": "an hour", "busy": 1}, []string{"due_date", "busy"}},
		{m{"duration": "an hour"}, []string{"duration"}},
		{m{"lead_id": "x", "project_id": 1, "attendees": []any{}, "custom_fields": m{}}, []string{"lead_id", "project_id", "attendees", "custom_fields"}},
		{m{"participants": []any{m{"primary": true}}}, []string{"participants[0].person_id"}},
		{m{"location": "Main St"}, []string{"location"}},
		{m{"location": m{"locality": "Łódź"}}, []string{"location.value"}},
	} {
		a := c.Do("POST", "/api/v2/activities", test.body)
		if a.Status != 400 {
			t.Errorf("%v: %d", test.body, a.Status)
		}
		for _, n := range test.names {
			if !strings.Contains(a.Raw, n+": ") {
				t.Errorf("%v: %s is not named in %s", test.body, n, a.Raw)
			}
		}
	}
	for _, query := range []string{"include_fields=attendees,note", "lead_id=x", "filter_id=x", "sort_by=subject", "foo=1"} {
		if a := c.Do("GET", "/api/v2/activities?"+query, nil); a.Status != 400 {
			t.Errorf("%s: %d", query, a.Status)
		}
	}
}

// A date alone is a day where the owner lives: it sorts after everything with an hour on that day there, and before the next.
func TestListByDueDate(t *testing.T) {
	t.Parallel()
	c := apptest.New(t).NewTeam("Acme") // Warsaw, one hour ahead of UTC in December
	add := func(in m) int64 { return c.Must("POST", "/api/v2/activities", in).ID() }
	never := add(m{})
	nextDay := add(m{"due_date": "2026-12-01", "due_time": "23:00"}) // 2 December, 00:00 in Warsaw
	day := add(m{"due_date": "2026-12-01"})
	late := add(m{"due_date": "2026-12-01", "due_time": "22:59"})
	got := ids(c.Must("GET", "/api/v2/activities?sort_by=due_date", nil))
	if w := []int64{late, day, nextDay, never}; !slices.Equal(got, w) {
		t.Errorf("by due date %v, want %v", got, w)
	}
	c.Must("PATCH", apptest.Path("/api/v2/activities/%d", day), m{"done": true})
	if got := ids(c.Must("GET", "/api/v2/activities?done=1", nil)); !slices.Equal(got, []int64{day}) {
		t.Errorf("done=1: %v", got)
	}
	if got := ids(c.Must("GET", "/api/v2/activities?done=false&owner_id=1&sort_direction=desc", nil)); !slices.Equal(got, []int64{late, nextDay, never}) {
		t.Errorf("done=false: %v", got)
	}
}

func TestNextAndLastActivityOfADeal(t *testing.T) {
	t.Parallel()
	c := apptest.New(t).NewTeam("Acme")
	a := c.Must("POST", "/api/v2/deals", m{"title": "A"}).ID()
	b := c.Must("POST", "/api/v2/deals", m{"title": "B"}).ID()
	expect := func(step string, deal, next, last int64) {
		t.Helper()
		d := c.Must("GET", apptest.Path("/api/v2/deals/%d?include_fields=next_activity_id,last_activity_id", deal), nil).Data()
		if id(d["next_activity_id"]) != next || id(d["last_activity_id"]) != last {
			t.Errorf("%s: next %v, last %v; want %d, %d", step, d["next_activity_id"], d["last_activity_id"], next, last)
		}
	}
	add := func(day string) int64 {
		return c.Must("POST", "/api/v2/activities", m{"deal_id": a, "due_date": day, "due_time": "10:00"}).ID()
	}
	patch := func(n int64, in m) { t.Helper(); c.Must("PATCH", apptest.Path("/api/v2/activities/%d", n), in) }

	expect("none yet", a, 0, 0)
	undated := c.Must("POST", "/api/v2/activities", m{"deal_id": a}).ID()
	expect("an undated one", a, undated, 0)
	n3, n1, n2 := add("2026-12-03"), add("2026-12-01"), add("2026-12-02")
	expect("the earliest of three", a, n1, 0)
	patch(n1, m{"done": true})
	expect("the earliest done", a, n2, n1)
	patch(n2, m{"due_date": "2026-12-05"})
	expect("the next put off", a, n3, n1)
	patch(n3, m{"done": true})
	expect("a later one done", a, n2, n3)
	for i := range 3 {
		c.Must("PATCH", apptest.Path("/api/v2/deals/%d", a), m{"title": fmt.Sprint("A", i)}) // the flow holds other rows, too
	}
	patch(n3, m{"done": false})
	expect("the last undone", a, n3, n1)
	patch(n3, m{"deal_id": b})
	expect("the next moved away", a, n2, n1)
	expect("moved here", b, n3, 0)
	patch(n1, m{"deal_id": b})
	expect("the last moved away", a, n2, 0)
	expect("a done one moved here", b, n3, n1)
	patch(n1, m{"due_date": "2020-01-01"})
	expect("the last moved back in time", b, n3, n1)
	c.Must("DELETE", apptest.Path("/api/v2/activities/%d", n2), nil)
	expect("the next deleted", a, undated, 0)
	patch(undated, m{"deal_id": nil})
	expect("nothing left", a, 0, 0)
	c.Must("DELETE", apptest.Path("/api/v2/activities/%d", n1), nil)
	expect("the last deleted", b, n3, 0)
}

func TestOfManyActivitiesAtOnceTheEarliestIsNext(t *testing.T) {
	t.Parallel()
	c := apptest.New(t).NewTeam("Acme")
	deal := c.Must("POST", "/api/v2/deals", m{"title": "A"}).ID()
	first := c.Must("POST", "/api/v2/activities", m{"deal_id": deal, "due_date": "2026-12-01"}).ID()
	var wg sync.WaitGroup
	made := make([]int64, 3)
	for i := range made {
		wg.Go(func() {
			made[i] = c.Must("POST", "/api/v2/activities", m{"deal_id": deal, "due_date": fmt.Sprintf("2026-12-%02d", 9-i)}).ID()
		})
	}
	wg.Go(func() { c.Must("PATCH", apptest.Path("/api/v2/activities/%d", first), m{"done": true}) })
	wg.Wait()
	d := c.Must("GET", apptest.Path("/api/v2/deals/%d?include_fields=next_activity_id,last_activity_id", deal), nil).Data()
	if id(d["next_activity_id"]) != made[2] || id(d["last_activity_id"]) != first {
		t.Errorf("next %v, last %v; want %d, %d", d["next_activity_id"], d["last_activity_id"], made[2], first)
	}
}

func TestAnotherTeamSeesNothing(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	c, other := app.NewTeam("Acme"), app.NewTeam("Other")
	made := c.Must("POST", "/api/v2/activities", m{})
	for _, method := range []string{"GET", "PATCH", "DELETE"} {
		theirs, none := other.Do(method, path(made), nil), other.Do(method, "/api/v2/activities/999", nil)
		if theirs.Status != 404 || theirs.Raw != none.Raw {
			t.Errorf("%s: %d %s, of what does not exist %s", method, theirs.Status, theirs.Raw, none.Raw)
		}
	}
	if l := other.Must("GET", apptest.Path("/api/v2/activities?ids=%d", made.ID()), nil).List(); len(l) != 0 {
		t.Errorf("listed by id: %v", l)
	}
}

func want(t *testing.T, a apptest.Answer, fields m) {
	t.Helper()
	for k, v := range fields {
		if got := a.Data()[k]; got != v {
			t.Errorf("%s is %v, want %v", k, got, v)
		}
	}
}

func path(a apptest.Answer) string { return apptest.Path("/api/v2/activities/%d", a.ID()) }

func id(v any) int64 { n, _ := v.(float64); return int64(n) }

func ids(a apptest.Answer) (all []int64) {
	for _, r := range a.List() {
		all = append(all, id(r.(m)["id"]))
	}
	return all
}

func TestNamedActivitiesWithLongNotesComeInPagesThatFitIntoAnAnswer(t *testing.T) {
	t.Parallel()
	c := apptest.New(t).NewTeam("Acme")
	var all, got []int64
	for range 30 {
		all = append(all, c.Must("POST", "/api/v2/activities", m{"note": strings.Repeat("\U0001F4DE", 65000)}).ID())
	}
	query := "/api/v2/activities?ids=" + strings.Trim(strings.ReplaceAll(fmt.Sprint(all), " ", ","), "[]")
	for target, pages := query, 0; target != ""; pages++ {
		a := c.Must("GET", target, nil)
		if len(a.Raw) > 6<<20 || pages > 5 {
			t.Fatalf("page %d has %d bytes", pages, len(a.Raw))
		}
		for _, r := range a.List() {
			got = append(got, int64(r.(m)["id"].(float64)))
		}
		target = ""
		if next, ok := a.Body["additional_data"].(m)["next_cursor"].(string); ok {
			target = query + "&cursor=" + next
		}
	}
	if !slices.Equal(got, all) {
		t.Errorf("got %v, want %v", got, all)
	}
}
