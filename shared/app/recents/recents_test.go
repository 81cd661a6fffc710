package recents_test

import (
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lejek/lejek/shared/app/apptest"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/deals"
	"github.com/lejek/lejek/shared/value"
)

type m = map[string]any

const begin = "since_timestamp=2026-11-23%2010:00:00"

// row is what a page says of a record.
func row(v any) (name string, data m) {
	r := v.(m)
	switch d := r["data"].(type) {
	case m:
		data = d
	case []any:
		data = d[0].(m)
	}
	return fmt.Sprintf("%v#%v", r["item"], r["id"]), data
}

func names(a apptest.Answer) (all []string) {
	for _, v := range a.List() {
		name, _ := row(v)
		all = append(all, name)
	}
	return all
}

func pagination(a apptest.Answer) m {
	return a.Body["additional_data"].(m)["pagination"].(m)
}

// everything makes one record of each kind, a millisecond apart from the next, and tells what they are called, in order.
func everything(app *apptest.App, c *apptest.Client) (made []string) {
	add := func(item, path string, body any) int64 {
		app.Later(time.Millisecond)
		id := c.Must("POST", path, body).ID()
		made = append(made, fmt.Sprintf("%s#%d", item, id))
		return id
	}
	app.Later(time.Second)
	org := add("organization", "/api/v2/organizations", m{"name": "Navy"})
	person := add("person", "/api/v2/persons", m{"name": "Grace", "org_id": org, "add_time": "2020-01-01 00:00:00"})
	deal := add("deal", "/api/v2/deals", m{"title": "Compiler", "person_id": person})
	add("deal", "/api/v2/deals", m{"title": "Put away", "is_archived": true})
	add("note", "/v1/notes", m{"content": "call back", "deal_id": deal, "add_time": "2020-01-01 00:00:00"})
	add("activity", "/api/v2/activities", m{"subject": "Call", "deal_id": deal})
	add("file", "/v1/files", apptest.Form{Fields: map[string]string{"deal_id": fmt.Sprint(deal)}, Files: map[string]string{"file": "text"}})
	pipeline := add("pipeline", "/api/v2/pipelines", m{"name": "Second"})
	add("stage", "/api/v2/stages", m{"name": "First", "pipeline_id": pipeline})
	add("activityType", "/v1/activityTypes", m{"name": "Visit", "icon_key": "car"})
	add("user", "/v1/users", m{"email": "bob@acme.example"})
	add("filter", "/v1/filters", m{"name": "Mine", "type": "deals", "conditions": m{"glue": "and", "conditions": []any{
		m{"glue": "and", "conditions": []any{m{"object": "deal", "field_id": 1002, "operator": "=", "value": "x"}}}, m{"glue": "or", "conditions": []any{}},
	}}})
	return made
}

func TestRecentsTellOfEveryKindOldestChangeFirst(t *testing.T) {
	t.Parallel()
	app := apptest.New(t, apptest.WithObjects)
	c := app.NewTeam("Acme")
	stranger := app.NewTeam("Other")
	made := everything(app, c)
	if got := names(c.Must("GET", "/v1/recents?since_timestamp=2026-11-23%2010:00:01", nil)); len(got) != 0 {
		t.Errorf("what an index may not show yet is told: %v", got)
	}
	app.Later(3 * time.Second)
	a := c.Must("GET", "/v1/recents?since_timestamp=2026-11-23%2010:00:01", nil)
	if got := names(a); !slices.Equal(got, made) {
		t.Fatalf("told  %v\nmade %v", got, made)
	}
	extra := a.Body["additional_data"].(m)
	if extra["since_timestamp"] != "2026-11-23 10:00:01" || extra["last_timestamp_on_page"] != "2026-11-23 10:00:01" || pagination(a)["more_items_in_collection"] != false {
		t.Errorf("additional data %v", extra)
	}
	for i, want := range []m{
		{"name": "Navy", "people_count": 1.0}, {"name": "Grace", "org_name": "Navy", "add_time": "2020-01-01 00:00:00", "update_time": "2026-11-23 10:00:01"},
		{"title": "Compiler", "person_name": "Grace", "notes_count": 1.0, "deleted": false}, {"title": "Put away", "is_archived": true},
		{"content": "call back", "active_flag": true, "deal": m{"title": "Compiler"}}, {"subject": "Call", "deal_title": "Compiler", "type_name": "Call"},
		{"deal_name": "Compiler", "file_size": 4.0}, {"name": "Second", "active": true}, {"name": "First", "pipeline_name": "Second"},
		{"key_string": "visit"}, {"email": "bob@acme.example"}, {"name": "Mine", "type": "deals"},
	} {
		name, data := row(a.List()[i])
		for key, value := range want {
			if fmt.Sprint(data[key]) != fmt.Sprint(value) {
				t.Errorf("%s: %s is %v, want %v", name, key, data[key], value)
			}
		}
	}
	if got := names(c.Must("GET", "/api/v1/recents?since_timestamp=2026-11-23T10:00:01Z&items=deal,product,note&limit=2", nil)); !slices.Equal(got, []string{"deal#1", "deal#2"}) {
		t.Errorf("deals and notes: %v", got)
	}
	if got := c.Must("GET", "/v1/recents?since_timestamp=2020-01-01%2000:00:00&items=user,pipeline,stage,activityType", nil).List(); len(got) != 7+2+6+2 {
		t.Errorf("what a team begins with: %d rows", len(got))
	}
	if got := names(stranger.Must("GET", "/v1/recents?since_timestamp=2026-11-23%2010:00:01", nil)); len(got) != 0 {
		t.Errorf("another team is told %v", got)
	}
}

func TestRecentsTellOfDeletions(t *testing.T) {
	t.Parallel()
	app := apptest.New(t, apptest.WithObjects)
	c := app.NewTeam("Acme")
	everything(app, c)
	app.Later(10 * time.Second)
	var gone []string
	for _, d := range [][2]string{
		{"filter#1", "/v1/filters/1"}, {"activityType#7", "/v1/activityTypes/7"}, {"stage#6", "/api/v2/stages/6"}, {"pipeline#2", "/api/v2/pipelines/2"}, {"file#1", "/v1/files/1"},
		{"activity#1", "/api/v2/activities/1"}, {"note#1", "/v1/notes/1"}, {"deal#2", "/api/v2/deals/2"}, {"deal#1", "/api/v2/deals/1"},
		{"person#1", "/api/v2/persons/1"}, {"organization#1", "/api/v2/organizations/1"},
	} {
		app.Later(time.Millisecond)
		c.Must("DELETE", d[1], nil)
		gone = append(gone, d[0])
	}
	app.Later(3 * time.Second)
	a := c.Must("GET", "/v1/recents?since_timestamp=2026-11-23%2010:00:10", nil)
	if got := names(a); !slices.Equal(got, gone) {
		t.Errorf("told    %v\ndeleted %v", got, gone)
	}
	for _, v := range a.List() {
		name, data := row(v)
		for _, key := range []string{"active_flag", "active"} {
			if flag, ok := data[key]; ok && flag != false {
				t.Errorf("%s: %s is %v", name, key, flag)
			}
		}
	}
	app.Later(31 * 24 * time.Hour)
	if got := names(c.Must("GET", "/v1/recents?since_timestamp=2026-11-23%2010:00:10", nil)); !slices.Equal(got, []string{"activityType#7"}) {
		t.Errorf("after a month: %v", got)
	}
}

// TestRecentsPagesLoseAndRepeatNothing goes through all changes by offset, again and again from the time that the last page told
// of, while others keep making, changing and deleting records.
func TestRecentsPagesLoseAndRepeatNothing(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	c := app.NewTeam("Acme")
	writers, read := sync.WaitGroup{}, make(chan struct{})
	const each = 60
	for w := range 3 {
		writers.Go(func() {
			for i := range each {
				app.Later(30 * time.Millisecond)
				id := c.Must("POST", "/api/v2/deals", m{"title": "made"}).ID()
				switch i % 4 {
				case 1:
					c.Must("PATCH", apptest.Path("/api/v2/deals/%d", id), m{"title": "changed"})
				case 2:
					c.Must("POST", "/api/v2/persons", m{"name": fmt.Sprint(w, i)})
				case 3:
					c.Must("PATCH", apptest.Path("/api/v2/deals/%d", id), m{"is_archived": true})
				}
			}
		})
	}
	go func() { writers.Wait(); close(read) }()
	seen, states := map[string]string{}, map[string]int{}
	extract := func(since string) string {
		for start := 0; ; {
			a := c.Must("GET", apptest.Path("/v1/recents?items=deal,person&limit=7&start=%d&since_timestamp=%s", start, strings.ReplaceAll(since, " ", "%20")), nil)
			for _, v := range a.List() {
				name, data := row(v)
				state := fmt.Sprint(name, data["title"], data["is_archived"], data["update_time"])
				if states[state]++; states[state] > 1 && data["update_time"].(string) > since {
					t.Errorf("%s comes twice", state)
				}
				seen[name] = fmt.Sprint(data["title"], data["name"], data["is_archived"])
			}
			if since := a.Body["additional_data"].(m)["last_timestamp_on_page"].(string); pagination(a)["more_items_in_collection"] != true {
				return since
			}
			start = int(pagination(a)["next_start"].(float64))
		}
	}
	since := "2026-11-23 10:00:00"
	for done := false; !done; {
		select {
		case <-read:
			app.Later(3 * time.Second)
			done = true
		default:
		}
		since = extract(since)
	}
	for _, list := range []string{"/api/v2/deals", "/api/v2/deals/archived", "/api/v2/persons"} {
		for cursor := ""; ; {
			a := c.Must("GET", list+"?limit=500&cursor="+cursor, nil)
			for _, v := range a.List() {
				r := v.(m)
				kind := strings.TrimSuffix(strings.Split(list, "/")[3], "s")
				if got, want := seen[fmt.Sprintf("%s#%v", kind, r["id"])], fmt.Sprint(r["title"], r["name"], r["is_archived"]); got != want {
					t.Errorf("%s %v was last told as %q, it is %q", kind, r["id"], got, want)
				}
			}
			next, _ := a.Body["additional_data"].(m)["next_cursor"].(string)
			if cursor = next; cursor == "" {
				break
			}
		}
	}
	if want := 3 * each * 5 / 4; len(seen) != want {
		t.Errorf("%d records were told of, %d made", len(seen), want)
	}
}

// TestAChangeThatIsSeenLateIsStillTold has a deal appear a second after the time that it says it was changed at.
func TestAChangeThatIsSeenLateIsStillTold(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	c := app.NewTeam("Acme")
	ask := func(since any) apptest.Answer {
		return c.Must("GET", "/v1/recents?items=deal&since_timestamp="+strings.ReplaceAll(fmt.Sprint(since), " ", "%20"), nil)
	}
	c.Must("POST", "/api/v2/deals", m{"title": "first"})
	app.Later(900 * time.Millisecond)
	late := deals.Deal{ID: 99, Title: "late", OwnerID: 1, PipelineID: 1, StageID: 1, Status: deals.Open, Value: "0", Currency: "EUR", AddTime: app.Now().UTC(), UpdateTime: app.Now().UTC()}
	app.Later(100 * time.Millisecond)
	c.Must("POST", "/api/v2/deals", m{"title": "second"})
	app.Later(1100 * time.Millisecond)
	a := ask("2026-11-23 09:00:00")
	set := change.Set{Team: c.Team.ID}
	set.Put(late.Ref(), late, 0)
	if err := app.DB.Commit(t.Context(), set); err != nil {
		t.Fatal(err)
	}
	app.Later(3 * time.Second)
	told := append(names(a), names(ask(a.Body["additional_data"].(m)["last_timestamp_on_page"]))...)
	if want := []string{"deal#1", "deal#1", "deal#99", "deal#2"}; !slices.Equal(told, want) { // the time that one goes on from is whole seconds
		t.Errorf("told %v, want %v", told, want)
	}
}

// TestAPageOfLargeRecordsLeadsOn has deals that are larger in v1's form than an answer can hold at once.
func TestAPageOfLargeRecordsLeadsOn(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	c := app.NewTeam("Acme")
	custom := map[int64]value.Custom{}
	for i := range 230 {
		made := c.Must("POST", "/v1/dealFields", m{"name": fmt.Sprint("Field ", i), "field_type": "varchar"})
		custom[made.ID()] = value.Custom{Text: "x"} // a few bytes, but for its key of forty
	}
	const many = 500
	for i := int64(1); i <= many; i += 50 {
		set := change.Set{Team: c.Team.ID}
		for id := i; id < i+50; id++ {
			d := deals.Deal{ID: id, Title: "Large", OwnerID: 1, PipelineID: 1, StageID: 1, Status: deals.Open, Value: "0", Currency: "EUR", Custom: custom, AddTime: app.Now().UTC(), UpdateTime: app.Now().UTC()}
			set.Put(d.Ref(), d, 0)
		}
		if err := app.DB.Commit(t.Context(), set); err != nil {
			t.Fatal(err)
		}
	}
	app.Later(3 * time.Second)
	seen, pages := map[string]bool{}, 0
	for start := 0; ; pages++ {
		a := c.Must("GET", apptest.Path("/v1/recents?items=deal&limit=500&start=%d&%s", start, begin), nil)
		for _, name := range names(a) {
			seen[name] = true
		}
		if pagination(a)["more_items_in_collection"] != true {
			break
		}
		start = int(pagination(a)["next_start"].(float64))
	}
	if len(seen) != many || pages == 0 {
		t.Errorf("%d deals on %d pages", len(seen), pages+1)
	}
}

func TestRecentsNameWhatIsWrong(t *testing.T) {
	t.Parallel()
	c := apptest.New(t).NewTeam("Acme")
	for query, want := range map[string]string{
		"": "since_timestamp", "since_timestamp=yesterday": "since_timestamp", begin + "&items=lead": "items", begin + "&start=-1": "start",
		begin + "&limit=501": "limit",
	} {
		if a := c.Do("GET", "/v1/recents?"+query, nil); a.Status != http.StatusBadRequest || !strings.Contains(a.Raw, want) {
			t.Errorf("%q: %d %s", query, a.Status, a.Raw)
		}
	}
	if a := c.Must("GET", "/v1/recents?since_timestamp=2100-01-01%2000:00:00", nil); len(a.List()) != 0 || a.Body["additional_data"].(m)["last_timestamp_on_page"] != "2100-01-01 00:00:00" {
		t.Errorf("what is to come: %s", a.Raw)
	}
}

// TestRecentsShowRecordsAsTheirOwnOperationsDo: whoever follows changes need not ask again.
func TestRecentsShowRecordsAsTheirOwnOperationsDo(t *testing.T) {
	t.Parallel()
	app := apptest.New(t, apptest.WithObjects)
	c := app.NewTeam("Acme")
	made := everything(app, c)
	app.Later(time.Minute)
	var deals []any
	for _, period := range c.Must("GET", "/v1/deals/timeline?start_date=2026-11-01&interval=month&amount=1&field_key=add_time", nil).List() {
		deals = append(deals, period.(m)["deals"].([]any)...)
	}
	shown := map[string]any{}
	for kind, list := range map[string][]any{
		"deal": deals, "organization": c.Must("GET", "/v1/organizations", nil).List(), "person": c.Must("GET", "/v1/persons", nil).List(),
		"note": c.Must("GET", "/v1/notes", nil).List(), "activity": c.Must("GET", "/v1/activities?user_id=0", nil).List(), "file": c.Must("GET", "/v1/files", nil).List(),
		"pipeline": c.Must("GET", "/v1/pipelines", nil).List(), "stage": c.Must("GET", "/v1/stages", nil).List(), "activityType": c.Must("GET", "/v1/activityTypes", nil).List(),
		"filter": c.Must("GET", "/v1/filters", nil).List(), "user": c.Must("GET", "/v1/users", nil).List(),
	} {
		for _, v := range list {
			shown[fmt.Sprintf("%s#%v", kind, v.(m)["id"])] = v
		}
	}
	kinds := map[string]bool{}
	for _, v := range c.Must("GET", "/v1/recents?"+begin, nil).List() {
		name, data := row(v)
		if want, ok := shown[name]; ok && !slices.Contains(made, name) {
			continue // what a team begins with
		} else if !ok && name == "deal#2" {
			continue // put away: the timeline leaves it out
		} else if got := any(data); !reflect.DeepEqual(got, want) {
			t.Errorf("%s:\n got %v\nwant %v", name, got, want)
		}
		kinds[v.(m)["item"].(string)] = true
	}
	if len(kinds) != 11 {
		t.Errorf("compared %v", kinds)
	}
}
