package pipelines_test

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

func TestPipelineLife(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	c := app.NewTeam("Acme")
	made := c.Must("POST", "/api/v2/pipelines", m{"name": "Renewals"})
	want(t, made, m{
		"name": "Renewals", "order_nr": 2.0, "is_deleted": false, "is_deal_probability_enabled": false,
		"add_time": "2026-11-23T10:00:00Z", "update_time": "2026-11-23T10:00:00Z",
	}, 7)
	one := apptest.Path("/api/v2/pipelines/%d", made.ID())
	app.Later(time.Minute)
	changed := c.Must("PATCH", one, m{"name": "Again", "is_deal_probability_enabled": true})
	want(t, changed, m{"name": "Again", "is_deal_probability_enabled": true, "update_time": "2026-11-23T10:01:00Z"}, 7)
	app.Later(time.Minute)
	if again := c.Must("PATCH", one, m{"name": "Again"}); again.Raw != changed.Raw {
		t.Errorf("the same twice changed something: %s", again.Raw)
	}
	stage := c.Must("POST", "/api/v2/stages", m{"name": "First", "pipeline_id": made.ID()})
	deal := c.Must("POST", "/api/v2/deals", m{"title": "D", "pipeline_id": made.ID()})
	if a := c.Do("DELETE", one, nil); a.Status != 400 {
		t.Errorf("deleted a pipeline that has deals: %s", a.Raw)
	}
	c.Must("DELETE", apptest.Path("/api/v2/deals/%d", deal.ID()), nil)
	c.Must("DELETE", one, nil)
	want(t, c.Must("GET", one, nil), m{"is_deleted": true}, 7)
	want(t, c.Must("GET", apptest.Path("/api/v2/stages/%d", stage.ID()), nil), m{"is_deleted": true}, 10)
	if got := ids(c.Must("GET", "/api/v2/pipelines", nil)); !slices.Equal(got, []int64{1}) {
		t.Errorf("pipelines after: %v", got)
	}
	for _, method := range []string{"PATCH", "DELETE"} {
		if a := c.Do(method, one, nil); a.Status != 404 {
			t.Errorf("%s of a deleted one: %d", method, a.Status)
		}
	}
	app.Later(31 * 24 * time.Hour)
	if a := c.Do("GET", one, nil); a.Status != 404 {
		t.Errorf("a month later: %d", a.Status)
	}
}

func TestStageLife(t *testing.T) {
	t.Parallel()
	c := apptest.New(t).NewTeam("Acme")
	other := c.Must("POST", "/api/v2/pipelines", m{"name": "Other"}).ID()
	made := c.Must("POST", "/api/v2/stages", m{"name": "Last", "pipeline_id": 1, "is_deal_rot_enabled": true, "days_to_rotten": 30})
	want(t, made, m{
		"name": "Last", "pipeline_id": 1.0, "order_nr": 6.0, "deal_probability": 100.0, "is_deal_rot_enabled": true, "days_to_rotten": 30.0,
		"is_deleted": false,
	}, 10)
	one := apptest.Path("/api/v2/stages/%d", made.ID())
	want(t, c.Must("PATCH", one, m{"deal_probability": 5, "is_deal_rot_enabled": false, "days_to_rotten": nil, "pipeline_id": other}),
		m{"deal_probability": 5.0, "days_to_rotten": nil, "order_nr": 1.0, "pipeline_id": float64(other)}, 10)
	c.Must("POST", "/api/v2/deals", m{"title": "D", "stage_id": made.ID()})
	for method, body := range map[string]any{"DELETE": nil, "PATCH": m{"pipeline_id": 1}} {
		if a := c.Do(method, one, body); a.Status != 400 || !strings.Contains(a.Raw, "deals") {
			t.Errorf("%s of a stage with deals: %s", method, a.Raw)
		}
	}
}

func TestWrongInputsOfPipelinesAndStages(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	c := app.NewTeam("Acme")
	theirs := app.NewTeam("Other").Must("POST", "/api/v2/pipelines", m{"name": "Theirs"}).ID() + 5
	for _, test := range []struct {
		target string
		body   any
		names  []string
	}{
		{"/api/v2/pipelines", m{"name": " ", "order_nr": 1, "is_deal_probability_enabled": "yes"}, []string{"name", "order_nr", "is_deal_probability_enabled"}},
		{"/api/v2/pipelines", nil, []string{"name"}},
		{"/api/v2/stages", m{"deal_probability": 101, "days_to_rotten": 0}, []string{"name", "pipeline_id", "deal_probability", "days_to_rotten"}},
		{"/api/v2/stages", m{"name": "S", "pipeline_id": theirs, "is_deal_rot_enabled": true}, []string{"pipeline_id", "days_to_rotten"}},
	} {
		a := c.Do("POST", test.target, test.body)
		for _, n := range test.names {
			if a.Status != 400 || !strings.Contains(a.Raw, n+": ") {
				t.Errorf("%s %v: %s is not named in %d %s", test.target, test.body, n, a.Status, a.Raw)
			}
		}
	}
}

func TestListsOfStages(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	c := app.NewTeam("Acme")
	other := c.Must("POST", "/api/v2/pipelines", m{"name": "Other"}).ID()
	app.Later(time.Minute)
	moved := c.Must("POST", "/api/v2/stages", m{"name": "A", "pipeline_id": other}).ID()
	app.Later(time.Minute)
	c.Must("PATCH", "/api/v2/stages/3", m{"name": "Changed"})
	for query, want := range map[string][]int64{
		"":                                   {1, 2, 3, 4, 5, moved},
		"sort_direction=desc":                {moved, 5, 4, 3, 2, 1},
		"sort_by=update_time":                {1, 2, 4, 5, moved, 3},
		"sort_by=order_nr":                   {1, moved, 2, 3, 4, 5},
		"pipeline_id=1":                      {1, 2, 3, 4, 5},
		"ids=5,2,99":                         {2, 5},
		"updated_since=2026-11-23T10:01:30Z": {3},
	} {
		for _, limit := range []int{1, 4, 6} {
			var got []int64
			for cursor := ""; ; {
				a := c.Must("GET", apptest.Path("/api/v2/stages?%s&limit=%d&cursor=%s", query, limit, cursor), nil)
				got = append(got, ids(a)...)
				next, more := a.Body["additional_data"].(m)["next_cursor"].(string)
				if cursor = next; !more {
					break
				}
			}
			if !slices.Equal(got, want) {
				t.Errorf("%s by %d: %v, want %v", query, limit, got, want)
			}
		}
	}
	for _, query := range []string{"cursor=x", "sort_by=name", "limit=0"} {
		if a := c.Do("GET", "/api/v2/stages?"+query, nil); a.Status != 400 {
			t.Errorf("%s: %d", query, a.Status)
		}
	}
}

func TestTwoAtOnceTakeDifferentPlaces(t *testing.T) {
	t.Parallel()
	c := apptest.New(t).NewTeam("Acme")
	var wg sync.WaitGroup
	var mu sync.Mutex
	places := map[string]bool{}
	for i := range 4 {
		wg.Go(func() {
			target, body := "/api/v2/pipelines", m{"name": fmt.Sprint(i)}
			if i%2 == 0 {
				target, body = "/api/v2/stages", m{"name": fmt.Sprint(i), "pipeline_id": 1}
			}
			a := c.Must("POST", target, body)
			mu.Lock()
			places[fmt.Sprint(target, a.Data()["order_nr"])] = true
			mu.Unlock()
		})
	}
	if wg.Wait(); len(places) != 4 {
		t.Errorf("places %v", places)
	}
}

func want(t *testing.T, a apptest.Answer, fields m, keys int) {
	t.Helper()
	if len(a.Data()) != keys {
		t.Errorf("%d keys, want %d: %s", len(a.Data()), keys, a.Raw)
	}
	for k, v := range fields {
		if got := a.Data()[k]; got != v {
			t.Errorf("%s is %v, want %v", k, got, v)
		}
	}
}

func ids(a apptest.Answer) (all []int64) {
	for _, r := range a.List() {
		n, _ := r.(m)["id"].(float64)
		all = append(all, int64(n))
	}
	return all
}
