package filters_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lejek/lejek/shared/app/apptest"
)

func TestWhoPagesThroughAFilterWhileOthersAddSeesEveryEarlierMatchOnce(t *testing.T) {
	t.Parallel()
	c := apptest.New(t).NewTeam("Acme")
	var want []int64
	for i := range 60 {
		id := c.Must("POST", "/api/v2/deals", map[string]any{"title": "Deal", "value": i % 4, "add_time": fmt.Sprintf("2026-11-%02dT10:00:00Z", 1+i%20)}).ID()
		if i%4 > 1 {
			want = append(want, id)
		}
	}
	last := int64(60)
	id := c.Must("POST", "/v1/filters", filter("deals", cond("deal", 1005, ">=", 2))).ID()
	stop := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			default: // before, between and after those that are there
				c.Must("POST", "/api/v2/deals", map[string]any{"title": "New", "value": i % 4, "add_time": fmt.Sprintf("2026-11-%02dT09:00:00Z", 1+i%22)})
			}
		}
	})
	for _, order := range []string{"sort_by=id", "sort_by=id&sort_direction=desc", "sort_by=add_time", "sort_by=update_time&sort_direction=desc"} {
		got := found(t, c, fmt.Sprintf("/api/v2/deals?filter_id=%d&%s", id, order), 3)
		sorted := slices.Sorted(slices.Values(got))
		if unique := slices.Compact(slices.Clone(sorted)); len(unique) != len(got) {
			t.Errorf("%s: %d of %d twice", order, len(got)-len(unique), len(got))
		}
		if earlier := slices.DeleteFunc(sorted, func(id int64) bool { return id > last }); !slices.Equal(earlier, want) {
			t.Errorf("%s: %v, want %v", order, earlier, want)
		}
	}
	close(stop)
	wg.Wait()
}

func TestACursorBelongsToTheFilterAsItWas(t *testing.T) {
	t.Parallel()
	c := apptest.New(t).NewTeam("Acme")
	for range 5 {
		c.Must("POST", "/api/v2/deals", map[string]any{"title": "Deal", "value": 9})
	}
	id := c.Must("POST", "/v1/filters", filter("deals", cond("deal", 1005, ">", 2))).ID()
	other := c.Must("POST", "/v1/filters", filter("deals", cond("deal", 1005, ">", 2))).ID()
	list := func(filter int64, more string) apptest.Answer {
		return c.Do("GET", fmt.Sprintf("/api/v2/deals?filter_id=%d&limit=2%s", filter, more), nil)
	}
	cursor := list(id, "").Body["additional_data"].(map[string]any)["next_cursor"].(string)
	if got := list(id, "&cursor="+cursor); got.Status != 200 || len(got.List()) != 2 {
		t.Errorf("the next page: %s", got.Raw)
	}
	for name, got := range map[string]apptest.Answer{
		"another filter": list(other, "&cursor="+cursor), "another order": list(id, "&sort_by=add_time&cursor="+cursor),
		"no filter": c.Do("GET", "/api/v2/deals?limit=2&cursor="+cursor, nil),
	} {
		if got.Status != http.StatusBadRequest || !strings.Contains(got.Raw, "cursor") {
			t.Errorf("%s: %d %s", name, got.Status, got.Raw)
		}
	}
	c.Must("PUT", fmt.Sprintf("/v1/filters/%d", id), map[string]any{"conditions": conditions([]condition{cond("deal", 1005, ">", 3)}, nil)})
	if got := list(id, "&cursor="+cursor); got.Status != http.StatusBadRequest {
		t.Errorf("the filter as it is now: %d %s", got.Status, got.Raw)
	}
}

func TestAFilterOnADeletedFieldSaysSo(t *testing.T) {
	t.Parallel()
	c := apptest.New(t).NewTeam("Acme")
	code := c.Must("POST", "/api/v2/dealFields", map[string]any{"field_name": "Size", "field_type": "double"}).Data()["field_code"].(string)
	field := int64(0)
	for _, f := range c.Must("GET", "/v1/dealFields?limit=500", nil).List() {
		if f := f.(map[string]any); f["key"] == code {
			field = int64(f["id"].(float64))
		}
	}
	want := c.Must("POST", "/api/v2/deals", map[string]any{"title": "Big", "custom_fields": map[string]any{code: 7}}).ID()
	c.Must("POST", "/api/v2/deals", map[string]any{"title": "Small", "custom_fields": map[string]any{code: 2}})
	id := c.Must("POST", "/v1/filters", filter("deals", cond("deal", 1002, "=", "big"), cond("deal", field, ">", 5))).ID()
	target := fmt.Sprintf("/api/v2/deals?filter_id=%d", id)
	if got := found(t, c, target, 10); !slices.Equal(got, []int64{want}) {
		t.Errorf("found %v", got)
	}
	c.Must("DELETE", "/api/v2/dealFields/"+code, nil)
	if got := c.Do("GET", target, nil); got.Status != http.StatusBadRequest || !strings.Contains(got.Raw, fmt.Sprintf("filter %d cannot be used as it is: conditions.conditions[0].conditions[1].field_id", id)) {
		t.Errorf("used: %d %s", got.Status, got.Raw)
	}
	path := fmt.Sprintf("/v1/filters/%d", id)
	if got := c.Must("GET", path+"?include_field_code=true", nil); !strings.Contains(got.Raw, `"field_code":null`) {
		t.Errorf("read: %s", got.Raw)
	}
	c.Must("PUT", path, map[string]any{"name": "Still"})
	c.Must("PUT", path, map[string]any{"conditions": conditions([]condition{cond("deal", 1002, "=", "big")}, nil)})
	if got := found(t, c, target, 10); !slices.Equal(got, []int64{want}) {
		t.Errorf("found %v", got)
	}
}

func TestConditionsOfManyForms(t *testing.T) {
	t.Parallel()
	a := apptest.New(t)
	c := a.NewTeam("Acme")
	deal := func(more map[string]any) int64 {
		more["title"] = "Deal"
		return c.Must("POST", "/api/v2/deals", more).ID()
	}
	open := deal(map[string]any{"status": "open"})
	away := deal(map[string]any{"is_archived": true})
	won := deal(map[string]any{"status": "won"})
	lost := deal(map[string]any{"status": "lost"})
	gone := deal(map[string]any{"status": "won"})
	c.Must("DELETE", fmt.Sprintf("/api/v2/deals/%d", gone), nil)
	listed := cond("deal", 1013, "=", nil)
	listed["value"] = []string{"won", "lost"}
	encoded := cond("deal", 1013, "!=", `["won","lost"]`)
	encoded["json_value_flag"] = true
	for name, q := range map[string]struct {
		all, one []condition
		want     []int64
	}{
		"nothing asked":           {nil, nil, []int64{open, won, lost}},
		"any of a list":           {[]condition{listed}, nil, []int64{won, lost}},
		"none of a list":          {[]condition{encoded}, nil, []int64{open}},
		"deleted ones":            {[]condition{cond("deal", 1013, "=", "deleted")}, nil, []int64{gone}},
		"deleted ones, among all": {nil, []condition{cond("deal", 1013, "=", "deleted"), cond("deal", 1013, "=", "open")}, []int64{open, gone}},
		"not open":                {[]condition{cond("deal", 1013, "!=", "open")}, nil, []int64{won, lost}},
		"mine":                    {[]condition{cond("deal", 1004, "=", "me")}, nil, []int64{open, won, lost}},
		"another's":               {[]condition{cond("deal", 1004, "!=", "me")}, nil, nil},
		"contradictory":           {[]condition{cond("deal", 1013, "=", "open"), cond("deal", 1013, "=", "won")}, nil, nil},
		"both groups":             {[]condition{cond("deal", 1013, "!=", "open")}, []condition{cond("deal", 1001, "=", won), cond("deal", 1001, "=", open)}, []int64{won}},
	} {
		id := c.Must("POST", "/v1/filters", map[string]any{"name": name, "type": "deals", "conditions": conditions(q.all, q.one)}).ID()
		if got := found(t, c, fmt.Sprintf("/api/v2/deals?filter_id=%d", id), 2); !slices.Equal(got, q.want) {
			t.Errorf("%s: %v, want %v", name, got, q.want)
		}
	}
	id := c.Must("POST", "/v1/filters", filter("deals", cond("deal", 1013, "=", "open"), cond("deal", 1043, "=", true))).ID()
	if got := found(t, c, fmt.Sprintf("/api/v2/deals/archived?filter_id=%d", id), 2); !slices.Equal(got, []int64{away}) {
		t.Errorf("archived ones: %v", got)
	}
}

func TestAFilterKeepsTheOrderOfItsList(t *testing.T) {
	t.Parallel()
	c := apptest.New(t).NewTeam("Acme")
	var want []int64
	for i := range 12 {
		id := c.Must("POST", "/api/v2/activities", map[string]any{"subject": fmt.Sprint("No ", i), "due_date": fmt.Sprintf("2026-11-%02d", 28-i), "done": i%3 == 0}).ID()
		if i%3 != 0 {
			want = append(want, id)
		}
	}
	id := c.Must("POST", "/v1/filters", filter("activity", cond("activity", 4015, "=", false), cond("activity", 4003, "LIKE '$%'", "no"))).ID()
	target := fmt.Sprintf("/api/v2/activities?filter_id=%d&sort_by=due_date", id)
	if got := found(t, c, target+"&sort_direction=desc", 3); !slices.Equal(got, want) {
		t.Errorf("last first: %v, want %v", got, want)
	}
	slices.Reverse(want)
	if got := found(t, c, target, 3); !slices.Equal(got, want) {
		t.Errorf("first first: %v, want %v", got, want)
	}
}

// TestSumsOfAFilterAreThoseOfItsDeals compares summary and timeline with what the filter lists.
func TestSumsOfAFilterAreThoseOfItsDeals(t *testing.T) {
	t.Parallel()
	c := apptest.New(t).NewTeam("Acme")
	for i := range 30 {
		c.Must("POST", "/api/v2/deals", map[string]any{
			"title": fmt.Sprint("Deal ", i), "value": i, "stage_id": 1 + i%3, "status": []string{"open", "won", "lost"}[i%3], "add_time": fmt.Sprintf("2026-%02d-05T10:00:00Z", 9+i%3),
		})
	}
	id := c.Must("POST", "/v1/filters", filter("deals", cond("deal", 1005, ">=", 10), cond("deal", 1005, "<", 20))).ID()
	sum := c.Must("GET", fmt.Sprintf("/v1/deals/summary?filter_id=%d&user_id=77", id), nil).Data()
	if sum["total_count"] != 10.0 || sum["total_currency_converted_value"] != 145.0 {
		t.Errorf("summary: %v", sum)
	}
	won := c.Must("GET", fmt.Sprintf("/v1/deals/summary?filter_id=%d&status=won", id), nil).Data()
	if won["total_count"] != 4.0 || won["total_currency_converted_value"] != 10.0+13+16+19 {
		t.Errorf("summary of the won ones: %v", won)
	}
	var counts []float64
	for _, p := range c.Must("GET", fmt.Sprintf("/v1/deals/timeline?filter_id=%d&start_date=2026-09-01&interval=month&amount=3&field_key=add_time", id), nil).List() {
		p := p.(map[string]any)
		counts = append(counts, p["totals"].(map[string]any)["count"].(float64), float64(len(p["deals"].([]any))))
	}
	if !slices.Equal(counts, []float64{3, 3, 4, 4, 0, 0}) { // the lost ones are not in it
		t.Errorf("timeline: %v", counts)
	}
}

// TestStagesThatDealsHaveBeenInAreRightAtOnce moves deals at random, folds now and then, and asks after each move.
func TestStagesThatDealsHaveBeenInAreRightAtOnce(t *testing.T) {
	t.Parallel()
	a := apptest.New(t)
	c := a.NewTeam("Acme")
	r := rand.New(rand.NewPCG(5, 6))
	type visit struct {
		stage int64
		day   string
	}
	seen := map[int64][]visit{}
	day := func() string { return a.Now().In(zone).Format(time.DateOnly) }
	var ids []int64
	for range 8 {
		stage := 1 + r.Int64N(5)
		id := c.Must("POST", "/api/v2/deals", map[string]any{"title": "Deal", "stage_id": stage}).ID()
		ids, seen[id] = append(ids, id), []visit{{stage, day()}}
	}
	saved := c.Must("POST", "/v1/filters", filter("deals")).ID()
	ask := func(q condition, holds func([]visit) bool) {
		t.Helper()
		c.Must("PUT", fmt.Sprintf("/v1/filters/%d", saved), map[string]any{"conditions": conditions([]condition{q}, nil)})
		var want []int64
		for _, id := range ids {
			if holds(seen[id]) {
				want = append(want, id)
			}
		}
		if got := found(t, c, fmt.Sprintf("/api/v2/deals?filter_id=%d", saved), 100); !slices.Equal(got, want) {
			t.Errorf("%v: %v, want %v", q, got, want)
		}
	}
	for step := range 40 {
		a.Later(time.Duration(r.IntN(30)) * time.Hour)
		for range 1 + r.IntN(3) {
			id, stage := ids[r.IntN(len(ids))], 1+r.Int64N(5)
			c.Must("PATCH", fmt.Sprintf("/api/v2/deals/%d", id), map[string]any{"stage_id": stage, "value": step*10 + r.IntN(10)})
			if v := seen[id]; v[len(v)-1].stage != stage {
				seen[id] = append(v, visit{stage, day()})
			}
		}
		if step%7 == 3 {
			if _, err := a.Handler("statistics").Invoke(t.Context(), []byte(`{}`)); err != nil {
				t.Fatal(err)
			}
		}
		stage, from := 1+r.Int64N(5), a.Now().In(zone).AddDate(0, 0, -r.IntN(6)).Format(time.DateOnly)
		entered := func(when func(day string) bool) func([]visit) bool {
			return func(vs []visit) bool {
				return slices.ContainsFunc(vs, func(v visit) bool { return v.stage == stage && when(v.day) })
			}
		}
		ask(cond("deal", 1012, "has_been", stage), entered(func(string) bool { return true }))
		ask(cond("deal", 1012, ">=", from, fmt.Sprint(stage)), entered(func(day string) bool { return day >= from }))
		ask(cond("deal", 1012, "<", from, fmt.Sprint(stage)), entered(func(day string) bool { return day < from }))
		ask(cond("deal", 1012, "!=", from, fmt.Sprint(stage)), func(vs []visit) bool { return !entered(func(day string) bool { return day == from })(vs) })
	}
}

func TestDealsRotWhenTheirStageSaysSo(t *testing.T) {
	t.Parallel()
	a := apptest.New(t)
	c := a.NewTeam("Acme")
	c.Must("PATCH", "/api/v2/stages/2", map[string]any{"is_deal_rot_enabled": true, "days_to_rotten": 5})
	make := func(stage int, date string) int64 {
		return c.Must("POST", "/api/v2/deals", map[string]any{"title": "Deal", "stage_id": stage, "expected_close_date": date}).ID()
	}
	before, on, after := make(2, "2026-11-27"), make(2, "2026-11-28"), make(2, "2026-11-29") // rots on the 28th
	other := make(1, "2026-11-27")                                                           // never
	for op, want := range map[string][]int64{
		"<": {before}, "=": {on}, ">": {after}, "<=": {before, on}, "!=": {before, after, other},
	} {
		id := c.Must("POST", "/v1/filters", filter("deals", cond("deal", 1025, op, "rotten_time"))).ID()
		if got := found(t, c, fmt.Sprintf("/api/v2/deals?filter_id=%d", id), 2); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", op, got, want)
		}
	}
	if got := c.Do("POST", "/v1/filters", filter("people", cond("person", 2029, "=", "rotten_time"))); got.Status != http.StatusBadRequest {
		t.Errorf("of a person: %d %s", got.Status, got.Raw)
	}
	if got := c.Do("POST", "/v1/filters", filter("deals", cond("deal", 1012, ">", "rotten_time", "2"))); got.Status != http.StatusBadRequest {
		t.Errorf("of a stage: %d %s", got.Status, got.Raw)
	}
}

// TestBadFiltersAreRefusedWithoutHarm breaks a good filter in every place, in many ways.
func TestBadFiltersAreRefusedWithoutHarm(t *testing.T) {
	t.Parallel()
	c := apptest.New(t).NewTeam("Acme")
	good := map[string]any{"name": "x", "type": "deals", "conditions": conditions(
		[]condition{cond("deal", 1005, ">", 2), cond("organization", 3003, "=", "Tallinn", "locality")}, []condition{cond("deal", 1015, "=", "this_week")})}
	text, err := json.Marshal(good)
	if err != nil {
		t.Fatal(err)
	}
	var tree any
	if err := json.Unmarshal(text, &tree); err != nil {
		t.Fatal(err)
	}
	id := c.Must("POST", "/v1/filters", good).ID()
	bad := []any{nil, 0, -1, 1.5, true, "", "x", strings.Repeat("y", 70000), []any{}, []any{nil}, map[string]any{}, map[string]any{"glue": "or"}, "\x00", 1e30, "=", "999999999999999999999"}
	tried, refused := 0, 0
	broken(tree, bad, func() {
		tried++
		for method, path := range map[string]string{"POST": "/v1/filters", "PUT": fmt.Sprintf("/v1/filters/%d", id)} {
			got := c.Do(method, path, tree)
			switch {
			case got.Status == http.StatusBadRequest:
				refused++
				if !strings.Contains(got.Raw, "conditions") && !strings.Contains(got.Raw, "name") && !strings.Contains(got.Raw, "type") {
					t.Errorf("%s says nothing of the place: %s", method, got.Raw)
				}
			case got.Status != 200 && got.Status != http.StatusRequestEntityTooLarge:
				b, _ := json.Marshal(tree)
				t.Errorf("%s %.300s: %d %.300s", method, b, got.Status, got.Raw)
			case got.Status == 200 && method == "POST":
				if used := c.Do("GET", fmt.Sprintf("/api/v2/deals?filter_id=%d", got.ID()), nil); used.Status != 200 {
					b, _ := json.Marshal(tree)
					t.Errorf("%.300s was taken, and then %d %.300s", b, used.Status, used.Raw)
				}
				c.Must("DELETE", fmt.Sprintf("/v1/filters/%d", got.ID()), nil)
			}
		}
	})
	if refused < tried {
		t.Errorf("%d of %d refused", refused, 2*tried)
	}
	for _, kind := range []string{"leads", "products", "projects", "nonsense"} {
		good["type"] = kind
		if got := c.Do("POST", "/v1/filters", good); got.Status != http.StatusBadRequest || !strings.Contains(got.Raw, "must be one of deals, people, org, activity") {
			t.Errorf("type %s: %d %s", kind, got.Status, got.Raw)
		}
	}
	for _, target := range []string{"/v1/filters?ids=", "/v1/filters", "/v1/filters?ids=x", "/v1/filters?ids=0", "/v1/filters?ids=" + strings.Repeat("1,", 100) + "1"} {
		if got := c.Do("DELETE", target, nil); got.Status != http.StatusBadRequest {
			t.Errorf("DELETE %s: %d %s", target, got.Status, got.Raw)
		}
	}
}

// broken has try look at the tree with one value in it exchanged, for every place and value.
func broken(tree any, with []any, try func()) {
	switch node := tree.(type) {
	case map[string]any:
		for key, was := range node {
			for _, v := range with {
				node[key] = v
				try()
			}
			delete(node, key)
			try()
			node[key] = was
			broken(was, with, try)
		}
	case []any:
		for i, was := range node {
			for _, v := range with {
				node[i] = v
				try()
			}
			node[i] = was
			broken(was, with, try)
		}
	}
}

// TestFiltersAskForWhatIsCounted compares with the counts that the records show.
func TestFiltersAskForWhatIsCounted(t *testing.T) {
	t.Parallel()
	c := apptest.New(t).NewTeam("Acme")
	make := func(path string, body map[string]any) int64 { return c.Must("POST", path, body).ID() }
	navy, other := make("/api/v2/organizations", map[string]any{"name": "Navy"}), make("/api/v2/organizations", map[string]any{"name": "Other"})
	ada := make("/api/v2/persons", map[string]any{"name": "Ada", "org_id": navy})
	bob := make("/api/v2/persons", map[string]any{"name": "Bob", "org_id": navy})
	cy := make("/api/v2/persons", map[string]any{"name": "Cy"})
	first := make("/api/v2/deals", map[string]any{"title": "First", "person_id": ada, "org_id": navy})
	second := make("/api/v2/deals", map[string]any{"title": "Second", "person_id": bob, "org_id": other, "status": "won"})
	third := make("/api/v2/deals", map[string]any{"title": "Third", "status": "lost"})
	make("/v1/notes", map[string]any{"content": "x", "deal_id": second})
	make("/api/v2/activities", map[string]any{"deal_id": first, "due_date": "2026-11-24", "done": true})
	make("/api/v2/activities", map[string]any{"deal_id": third, "due_date": "2026-11-25"})
	for _, q := range []struct {
		kind string
		all  condition
		want []int64
	}{
		{"people", cond("person", 2009, "=", 1), []int64{ada}},                  // open deals
		{"people", cond("person", 2010, ">", 0), []int64{bob}},                  // closed ones
		{"people", cond("person", 2033, "=", 1), []int64{bob}},                  // open ones of the organization
		{"people", cond("organization", 3005, "=", 2), []int64{ada, bob}},       // people
		{"people", cond("organization", 3005, "IS NULL", nil), []int64{cy}},     // of no organization
		{"org", cond("organization", 3011, ">=", 1), []int64{navy}},             // open deals
		{"org", cond("organization", 3030, "=", 1), []int64{navy}},              // won ones of its people elsewhere
		{"org", cond("organization", 3013, "!=", 1), []int64{navy}},             // won ones of its own
		{"deals", cond("deal", 1051, "=", 1), []int64{second}},                  // notes
		{"deals", cond("deal", 1029, "=", 0), []int64{second}},                  // activities
		{"deals", cond("deal", 1031, ">", 0), []int64{third}},                   // to do
		{"deals", cond("deal", 1019, "=", "tomorrow"), []int64{first}},          // last activity
		{"deals", cond("deal", 1018, "later_or_today", nil), nil},               // no operator
		{"deals", cond("deal", 1018, "=", "later_or_today"), []int64{third}},    // next activity
		{"deals", cond("organization", 3005, "=", 2), []int64{first}},           // people of its organization
		{"deals", cond("person", 2011, "=", 1), []int64{second}},                // won deals of its person
		{"deals", cond("deal", 1053, "=", 0), []int64{third}},                   // participants
		{"activity", cond("deal", 1013, "=", "lost"), []int64{2}},               // status of its deal
		{"activity", cond("deal", 1012, "has_been", 1), []int64{1, 2}},          // stages of its deal
		{"activity", cond("person", 2001, "=", "ada"), nil},                     // nobody takes part
		{"activity", cond("organization", 3001, "IS NULL", nil), []int64{1, 2}}, // nor has it one of its own
	} {
		made := c.Do("POST", "/v1/filters", filter(q.kind, q.all))
		if made.Status != http.StatusOK {
			if q.want != nil {
				t.Errorf("%v: %s", q.all, made.Raw)
			}
			continue
		}
		if got := found(t, c, fmt.Sprintf("%s?filter_id=%d", paths[q.kind], made.ID()), 2); !slices.Equal(got, q.want) {
			t.Errorf("%s %v: %v, want %v", q.kind, q.all, got, q.want)
		}
	}
}
