package filters_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/lejek/lejek/shared/app/apptest"
	"github.com/lejek/lejek/shared/auth"
)

// condition is one as clients write it; field ids are those of shared/fields.
type condition map[string]any

func cond(object string, field int64, operator string, value any, extra ...string) condition {
	c := condition{"object": object, "field_id": fmt.Sprint(field), "operator": operator, "value": value, "extra_value": nil}
	if len(extra) > 0 {
		c["extra_value"] = extra[0]
	}
	return c
}

func conditions(all, one []condition) map[string]any {
	group := func(glue string, list []condition) map[string]any {
		return map[string]any{"glue": glue, "conditions": append([]condition{}, list...)}
	}
	return map[string]any{"glue": "and", "conditions": []any{group("and", all), group("or", one)}}
}

func filter(kind string, all ...condition) map[string]any {
	return map[string]any{"name": "Some", "type": kind, "conditions": conditions(all, nil)}
}

// paths are the lists of each type of filters.
var paths = map[string]string{
	"deals": "/api/v2/deals", "people": "/api/v2/persons", "org": "/api/v2/organizations", "activity": "/api/v2/activities",
}

// found are the ids of all pages of a list.
func found(t *testing.T, c *apptest.Client, target string, limit int) (ids []int64) {
	t.Helper()
	for cursor, pages := "", 0; ; pages++ {
		a := c.Must("GET", fmt.Sprintf("%s&limit=%d&cursor=%s", target, limit, cursor), nil)
		if len(a.List()) > limit || pages > 1000 {
			t.Fatalf("%s: %d on page %d of %d", target, len(a.List()), pages, limit)
		}
		for _, d := range a.List() {
			ids = append(ids, int64(d.(map[string]any)["id"].(float64)))
		}
		next, more := a.Body["additional_data"].(map[string]any)["next_cursor"].(string)
		if cursor = next; !more {
			return ids
		}
	}
}

func TestFiltersAreKeptAsTheyWereWritten(t *testing.T) {
	t.Parallel()
	c := apptest.New(t).NewTeam("Acme")
	made := c.Must("POST", "/v1/filters", filter("deals", cond("deal", 1002, "=", "Ship")))
	path := fmt.Sprintf("/v1/filters/%d", made.ID())
	for key, want := range map[string]any{
		"name": "Some", "type": "deals", "active_flag": true, "is_editable": true, "visible_to": "7", "user_id": float64(c.User.ID),
		"filter_code": nil, "temporary_flag": nil, "custom_view_id": nil, "last_used_time": nil, "add_time": "2026-11-23 10:00:00",
	} {
		if got, ok := made.Data()[key]; !ok || got != want {
			t.Errorf("%s is %v, want %v", key, got, want)
		}
	}
	if got := c.Must("GET", path, nil); got.Raw != made.Raw {
		t.Errorf("read %s\nmade %s", got.Raw, made.Raw)
	}
	list := c.Must("GET", "/api/v1/filters?type=deals", nil).List()
	if len(list) != 1 || list[0].(map[string]any)["conditions"] != nil {
		t.Errorf("list: %v", list)
	}
	for _, other := range []string{"people", "org", "activity", "leads", "products", "projects"} {
		if list := c.Must("GET", "/v1/filters?type="+other, nil).List(); len(list) != 0 {
			t.Errorf("%s: %v", other, list)
		}
	}
	changed := c.Must("PUT", path+"?include_field_code=true", map[string]any{"type": "deals", "conditions": conditions(nil, []condition{cond("deal", 1004, "=", "me")})})
	if changed.Data()["name"] != "Some" || !strings.Contains(changed.Raw, `"field_code":"owner_id"`) {
		t.Errorf("changed: %s", changed.Raw)
	}
	// Forms carry conditions as text.
	form := c.Must("POST", "/v1/filters", `{"name":"Text","type":"org","conditions":"{\"glue\":\"and\",\"conditions\":[{\"glue\":\"or\",\"conditions\":[]},{\"glue\":\"and\",\"conditions\":[]}]}"}`)
	if first := form.Data()["conditions"].(map[string]any)["conditions"].([]any)[0].(map[string]any)["glue"]; first != "or" {
		t.Errorf("the order of the groups is the author's, not %v first", first)
	}
	more := c.Must("POST", "/v1/filters", filter("people"))
	if got := c.Must("DELETE", fmt.Sprintf("/v1/filters?ids=%d,%d,999,%d", form.ID(), more.ID(), form.ID()), nil); !strings.Contains(got.Raw, fmt.Sprintf(`{"id":[%d,%d]}`, form.ID(), more.ID())) {
		t.Errorf("deleted %s", got.Raw)
	}
	if got := c.Must("DELETE", path, nil); got.ID() != made.ID() {
		t.Errorf("deleted %s", got.Raw)
	}
	if got := c.Must("GET", path, nil); got.Data()["active_flag"] != false {
		t.Errorf("a deleted filter reads as such: %s", got.Raw)
	}
	if list := c.Must("GET", "/v1/filters", nil).List(); len(list) != 0 {
		t.Errorf("left: %v", list)
	}
	for method, body := range map[string]any{"DELETE": nil, "PUT": map[string]any{"name": "x"}} {
		if got := c.Do(method, path, body); got.Status != http.StatusNotFound {
			t.Errorf("%s of a deleted filter: %d %s", method, got.Status, got.Raw)
		}
	}
}

func TestFilterIDOverridesWhatElseChoosesRecords(t *testing.T) {
	t.Parallel()
	c := apptest.New(t).NewTeam("Acme")
	one := c.Must("POST", "/api/v2/deals", map[string]any{"title": "One", "value": 5}).ID()
	c.Must("POST", "/api/v2/deals", map[string]any{"title": "Two", "value": 7, "status": "won"})
	id := c.Must("POST", "/v1/filters", filter("deals", cond("deal", 1005, "<", 6))).ID()
	for _, more := range []string{"", "&ids=2", "&status=lost&stage_id=4", "&updated_since=2030-01-01T00:00:00Z", "&person_id=77&owner_id=99"} {
		if got := found(t, c, fmt.Sprintf("/api/v2/deals?filter_id=%d%s", id, more), 10); len(got) != 1 || got[0] != one {
			t.Errorf("filter_id with %q: %v", more, got)
		}
	}
}

func TestAFilterThatCannotBeUsedIsRefused(t *testing.T) {
	t.Parallel()
	a := apptest.New(t)
	c, stranger := a.NewTeam("Acme"), a.NewTeam("Stranger")
	var theirs apptest.Answer // ids count from 1 in each team, and this must not be one of ours
	for range 5 {
		theirs = stranger.Must("POST", "/v1/filters", filter("deals", cond("deal", 1005, ">", 6)))
	}
	gone := c.Must("POST", "/v1/filters", filter("deals")).ID()
	other := c.Must("POST", "/v1/filters", filter("people")).ID()
	c.Must("DELETE", fmt.Sprintf("/v1/filters/%d", gone), nil)
	missing := c.Do("GET", "/api/v2/deals?filter_id=987654321", nil)
	for _, list := range []string{"/api/v2/deals", "/api/v2/deals/archived", "/v1/deals/summary", "/v1/deals/timeline?start_date=2026-11-01&interval=month&amount=3&field_key=add_time"} {
		join := map[bool]string{true: "&", false: "?"}[strings.Contains(list, "?")]
		for id, status := range map[string]int{
			"987654321": http.StatusNotFound, fmt.Sprint(gone): http.StatusNotFound, fmt.Sprint(other): http.StatusBadRequest, "x": http.StatusBadRequest, "-1": http.StatusBadRequest,
		} {
			if got := c.Do("GET", list+join+"filter_id="+id, nil); got.Status != status {
				t.Errorf("%s filter_id=%s: %d %s", list, id, got.Status, got.Raw)
			}
		}
	}
	for kind, path := range paths {
		if got := c.Do("GET", fmt.Sprintf("%s?filter_id=%d", path, theirs.ID()), nil); got.Status != http.StatusNotFound {
			t.Errorf("another team's filter of %s: %d %s", kind, got.Status, got.Raw)
		}
	}
	if missing.Status != http.StatusNotFound {
		t.Errorf("no filter: %d", missing.Status)
	}
	if got := c.Do("DELETE", fmt.Sprintf("/v1/filters?ids=%d", theirs.ID()), nil); got.Status != http.StatusNotFound {
		t.Errorf("delete nothing: %d", got.Status)
	}
	if got := stranger.Must("GET", fmt.Sprintf("/v1/filters/%d", theirs.ID()), nil); got.Raw != theirs.Raw {
		t.Errorf("changed: %s", got.Raw)
	}
}

// TestEachUserPagesThroughAFilterByOffset: what "me" means, and so where a page ends, is another thing for each user.
func TestEachUserPagesThroughAFilterByOffset(t *testing.T) {
	t.Parallel()
	a := apptest.New(t)
	ada := a.NewTeam("Acme")
	ada.Must("POST", "/v1/users", map[string]any{"email": "bob@acme.example"})
	token, err := a.Teams().CreateToken(t.Context(), ada.Team.ID, "bob@acme.example", auth.ReadWrite)
	if err != nil {
		t.Fatal(err)
	}
	bob := ada.With(token)
	for i := range 6 {
		ada.Must("POST", "/api/v2/deals", map[string]any{"title": fmt.Sprint("Ada ", i)})
	}
	for i := range 6 {
		bob.Must("POST", "/api/v2/deals", map[string]any{"title": fmt.Sprint("Bob ", i)})
	}
	id := ada.Must("POST", "/v1/filters", filter("deals", cond("deal", 1004, "!=", "me"))).ID()
	got := map[*apptest.Client][]string{}
	for start := 0; start < 6; start += 2 {
		for _, c := range []*apptest.Client{ada, bob} {
			for _, row := range c.Must("GET", apptest.Path("/v1/deals?filter_id=%d&start=%d&limit=2", id, start), nil).List() {
				got[c] = append(got[c], row.(map[string]any)["title"].(string))
			}
		}
	}
	for c, of := range map[*apptest.Client]string{ada: "Bob", bob: "Ada"} {
		var want []string
		for i := range 6 {
			want = append(want, fmt.Sprint(of, " ", i))
		}
		if !slices.Equal(got[c], want) {
			t.Errorf("not %s's: %v", of, got[c])
		}
	}
}
