package app_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/lejek/lejek/shared/app/apptest"
)

// TestWhatWasWrittenIsReadAtOnceThoughIndexesAreLate writes and reads back, with every index half a second behind: records,
// what is derived from them, what shows on others, mail and files come from the base table.
func TestWhatWasWrittenIsReadAtOnceThoughIndexesAreLate(t *testing.T) {
	t.Parallel()
	a := apptest.New(t, apptest.WithObjects, apptest.WithLateIndexes)
	c := a.NewTeam("Acme")
	org := c.Must("POST", "/api/v2/organizations", map[string]any{"name": "Navy"}).ID()
	person := c.Must("POST", "/api/v2/persons", map[string]any{
		"name": "Grace", "org_id": org, "emails": []any{map[string]any{"value": secret + "@x.example"}},
	}).ID()
	deal := c.Must("POST", "/api/v2/deals", map[string]any{"title": "Compiler", "person_id": person}).ID()
	note := c.Must("POST", "/v1/notes", map[string]any{"content": "call back", "deal_id": deal}).ID()
	activity := c.Must("POST", "/api/v2/activities", map[string]any{"deal_id": deal, "due_date": "2026-11-24"}).ID()
	deliver(t, a, c)

	got := c.Must("GET", apptest.Path("/api/v2/deals/%d?include_fields=next_activity_id,last_activity_id", deal), nil).Data()
	if got["next_activity_id"] != float64(activity) || got["last_activity_id"] != nil {
		t.Errorf("next %v, last %v", got["next_activity_id"], got["last_activity_id"])
	}
	for _, record := range []string{apptest.Path("deals/%d", deal), apptest.Path("persons/%d", person), apptest.Path("organizations/%d", org)} {
		flow := objects(c.Must("GET", "/v1/"+record+"/flow", nil))
		for _, want := range []string{apptest.Path("activity %d", activity), apptest.Path("note %d", note), "mailMessageWithAttachment 1"} {
			if !strings.Contains(flow, want) {
				t.Errorf("%s does not show %s: %s", record, want, flow)
			}
		}
		for _, target := range []string{"/v1/" + record + "/files", "/v1/" + record + "/mailMessages"} {
			if n := len(c.Must("GET", target, nil).List()); n != 1 {
				t.Errorf("%s: %d rows", target, n)
			}
		}
		if view := c.Must("GET", "/api/v2/"+record+"/view", nil).Raw; !strings.Contains(view, "call back") || !strings.Contains(view, secret+".txt") {
			t.Errorf("view of %s lacks the note or the file: %s", record, view)
		}
	}

	c.Must("PATCH", apptest.Path("/api/v2/activities/%d", activity), map[string]any{"done": true})
	got = c.Must("GET", apptest.Path("/api/v2/deals/%d?include_fields=next_activity_id,last_activity_id", deal), nil).Data()
	if got["next_activity_id"] != nil || got["last_activity_id"] != float64(activity) {
		t.Errorf("after it is done: next %v, last %v", got["next_activity_id"], got["last_activity_id"])
	}
	c.Must("DELETE", apptest.Path("/v1/notes/%d", note), nil)
	if flow := objects(c.Must("GET", apptest.Path("/v1/organizations/%d/flow", org), nil)); strings.Contains(flow, "note") {
		t.Errorf("a deleted note still shows: %s", flow)
	}
	// The same mail again, before any index knows of the first: still one thread, one message.
	deliver(t, a, c)
	if n := len(c.Must("GET", apptest.Path("/v1/persons/%d/mailMessages", person), nil).List()); n != 1 {
		t.Errorf("%d messages after the same mail came twice", n)
	}
}

// objects lists the rows of a flow as "object id".
func objects(flow apptest.Answer) string {
	var names []string
	for _, row := range flow.List() {
		r := row.(map[string]any)
		names = append(names, fmt.Sprintf("%v %v", r["object"], r["data"].(map[string]any)["id"]))
	}
	return strings.Join(names, ", ")
}

// TestAMergeMovesWhatNoIndexTellsOfYet merges at once what was made a moment ago: the job waits until all of it was found.
func TestAMergeMovesWhatNoIndexTellsOfYet(t *testing.T) {
	t.Parallel()
	a := apptest.New(t, apptest.WithLateIndexes)
	settle := a.Follow()
	c := a.NewTeam("Acme")
	type m = map[string]any
	one, two := c.Must("POST", "/api/v2/organizations", m{"name": "One"}).ID(), c.Must("POST", "/api/v2/organizations", m{"name": "Two"}).ID()
	var persons, deals []int64
	for i := range 5 {
		persons = append(persons, c.Must("POST", "/api/v2/persons", m{"name": fmt.Sprint("P", i), "org_id": one}).ID())
		deals = append(deals, c.Must("POST", "/api/v2/deals", m{"title": fmt.Sprint("D", i), "org_id": one, "person_id": persons[0], "status": []string{"won", "open"}[i%2]}).ID())
	}
	c.Must("PUT", apptest.Path("/v1/organizations/%d/merge", one), m{"merge_with_id": two})
	c.Must("PUT", apptest.Path("/v1/persons/%d/merge", persons[0]), m{"merge_with_id": persons[1]})
	look := func(when string) {
		t.Helper()
		for i, id := range deals {
			d := c.Must("GET", apptest.Path("/api/v2/deals/%d", id), nil).Data()
			if d["org_id"] != float64(two) || d["person_id"] != float64(persons[1]) {
				t.Errorf("%s: deal %d names %v and %v", when, i, d["org_id"], d["person_id"])
			}
		}
		for _, id := range persons[1:] {
			if p := c.Must("GET", apptest.Path("/api/v2/persons/%d", id), nil).Data(); p["org_id"] != float64(two) {
				t.Errorf("%s: person %d names %v", when, id, p["org_id"])
			}
		}
		o := c.Must("GET", apptest.Path("/api/v2/organizations/%d?include_fields=people_count,open_deals_count,won_deals_count", two), nil).Data()
		if o["people_count"] != 4.0 || o["open_deals_count"] != 2.0 || o["won_deals_count"] != 3.0 {
			t.Errorf("%s: counted are %v people, %v open and %v won deals", when, o["people_count"], o["open_deals_count"], o["won_deals_count"])
		}
	}
	look("at once")
	settle()
	look("when it is done")
	redirects, err := a.DB.Redirects(context.Background(), c.Team.ID)
	if err != nil || len(redirects.Merges()) != 2 {
		t.Fatalf("%v (%v)", redirects, err)
	}
	for _, merge := range redirects.Merges() {
		if !merge.Done {
			t.Errorf("%+v is not done", merge)
		}
	}
	a.Later(time.Hour) // redirects are read no more
	x, y := c.Must("POST", "/api/v2/organizations", m{"name": "X"}).ID(), c.Must("POST", "/api/v2/organizations", m{"name": "Y"}).ID()
	c.Must("PUT", apptest.Path("/v1/organizations/%d/merge", x), m{"merge_with_id": y})
	look("an hour later")
}
