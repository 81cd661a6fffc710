package notes_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/lejek/lejek/shared/app/apptest"
	"github.com/lejek/lejek/shared/auth"
)

type m = map[string]any

func TestANoteHasEveryKeyOfTheContract(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	c := app.NewTeam("Acme")
	org := c.Must("POST", "/api/v2/organizations", m{"name": "Tools"}).ID()
	person := c.Must("POST", "/api/v2/persons", m{"name": "Jan Nowak", "org_id": org}).ID()
	deal := c.Must("POST", "/api/v2/deals", m{"title": "Big"}).ID()
	made := c.Must("POST", "/v1/notes", m{"content": "<p>Hello <b>Jan</b></p>", "deal_id": deal, "person_id": fmt.Sprint(person), "org_id": org, "pinned_to_deal_flag": 1})
	want(t, made, m{
		"content": "<p>Hello <b>Jan</b></p>", "active_flag": true, "add_time": "2026-11-23 10:00:00", "update_time": "2026-11-23 10:00:00",
		"deal_id": float64(deal), "person_id": float64(person), "org_id": float64(org), "user_id": float64(c.User.ID),
		"last_update_user_id": nil, "pinned_to_deal_flag": true, "pinned_to_person_flag": false, "lead": nil, "project": nil, "task": nil,
	})
	for key, name := range map[string]m{"deal": {"title": "Big"}, "person": {"name": "Jan Nowak"}, "organization": {"name": "Tools"}} {
		if got, _ := made.Data()[key].(m); fmt.Sprint(got) != fmt.Sprint(name) {
			t.Errorf("%s is %v", key, made.Data()[key])
		}
	}
	if u := made.Data()["user"].(m); u["email"] != "ada@acme.example" || u["is_you"] != true || u["name"] != "Ada" || len(u) != 4 {
		t.Errorf("user %v", u)
	}
	if len(made.Data()) != 26 {
		t.Errorf("%d keys: %s", len(made.Data()), made.Raw)
	}
	app.Later(time.Minute)
	changed := c.Must("PUT", path(made), m{"content": "New", "deal_id": "", "unknown": 1})
	want(t, changed, m{
		"content": "New", "deal_id": nil, "deal": nil, "pinned_to_deal_flag": false, "update_time": "2026-11-23 10:01:00",
		"last_update_user_id": float64(c.User.ID),
	})
	app.Later(time.Minute)
	if again := c.Must("PUT", path(made), m{"content": "New"}); again.Raw != changed.Raw {
		t.Errorf("the same twice changed something: %s", again.Raw)
	}
	if gone := c.Must("DELETE", "/api"+path(made), nil); gone.Body["data"] != true {
		t.Errorf("deleted: %s", gone.Raw)
	}
	want(t, c.Must("GET", path(made), nil), m{"active_flag": false})
	for _, method := range []string{"PUT", "DELETE"} {
		if a := c.Do(method, path(made), nil); a.Status != 404 {
			t.Errorf("%s of a deleted one: %d", method, a.Status)
		}
	}
	if l := c.Must("GET", "/v1/notes", nil).List(); len(l) != 0 {
		t.Errorf("listed after: %v", l)
	}
}

func TestContentIsMadeSafe(t *testing.T) {
	t.Parallel()
	c := apptest.New(t).NewTeam("Acme")
	deal := c.Must("POST", "/api/v2/deals", m{"title": "Big"}).ID()
	for dirty, clean := range map[string]string{
		`a<script>alert(1)</script>b`:              `ab`,
		`<a href="javascript:x()" onclick=y>l</a>`: `l`,
		`<img src="x" onerror="y()">`:              `<img src="x">`,
		`1 < 2 & 3`:                                `1 &lt; 2 &amp; 3`,
		`<p>ąę</p>`:                                `<p>ąę</p>`,
	} {
		want(t, c.Must("POST", "/v1/notes", m{"content": dirty, "deal_id": deal}), m{"content": clean})
	}
}

func TestAForm(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	c := app.NewTeam("Acme")
	deal := c.Must("POST", "/api/v2/deals", m{"title": "Big"}).ID()
	e := events.APIGatewayV2HTTPRequest{
		RawPath: "/api/v1/notes", Body: fmt.Sprintf("content=One+%%26+two&deal_id=%d&pinned_to_deal_flag=1&person_id=", deal),
		Headers: map[string]string{"x-api-token": string(c.Token), "content-type": "application/x-www-form-urlencoded"},
	}
	e.RequestContext.HTTP.Method = http.MethodPost
	a := app.Send(e)
	want(t, a, m{"content": "One &amp; two", "deal_id": float64(deal), "pinned_to_deal_flag": true, "person_id": nil})
}

func TestEveryWrongInputOfANoteIsNamed(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	c := app.NewTeam("Acme")
	theirs := app.NewTeam("Other").Must("POST", "/api/v2/deals", m{"title": "theirs"}).ID()
	deal := c.Must("POST", "/api/v2/persons", m{"name": "P"}).ID()
	for _, test := range []struct {
		body  m
		names []string
	}{
		{m{}, []string{"content"}},
		{m{"content": "x"}, []string{"deal_id"}},
		{m{"content": "<script>x</script>"}, []string{"content", "deal_id"}},
		{m{"content": "x", "deal_id": theirs, "person_id": 77, "org_id": 78}, []string{"deal_id", "person_id", "org_id"}},
		{m{"content": strings.Repeat("ą", 60*1024), "person_id": deal}, []string{"content"}},
		{m{"content": "x", "lead_id": "l", "project_id": 1, "task_id": 2, "pinned_to_lead_flag": 1}, []string{"lead_id", "project_id", "task_id", "pinned_to_lead_flag"}},
		{m{"content": "x", "person_id": deal, "pinned_to_deal_flag": true}, []string{"pinned_to_deal_flag"}},
		{m{"content": "x", "person_id": deal, "user_id": 99}, []string{"user_id"}},
		{m{"content": "x", "person_id": "seven", "add_time": "soon"}, []string{"person_id", "add_time"}},
	} {
		a := c.Do("POST", "/v1/notes", test.body)
		for _, n := range test.names {
			if a.Status != 400 || !strings.Contains(a.Raw, n+": ") {
				t.Errorf("%s is not named in %d %.300s", n, a.Status, a.Raw)
			}
		}
	}
	made := c.Must("POST", "/v1/notes", m{"content": "x", "person_id": deal})
	if a := c.Do("PUT", path(made), m{"person_id": nil}); a.Status != 400 {
		t.Errorf("took the last link away: %s", a.Raw)
	}
	for _, query := range []string{"sort=title", "sort=id+UP", "start=-1", "limit=501", "start_date=soon", "lead_id=1", "start=1000001"} {
		if a := c.Do("GET", "/v1/notes?"+query, nil); a.Status != 400 {
			t.Errorf("%s: %d", query, a.Status)
		}
	}
}

func TestListsOfNotes(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	c := app.NewTeam("Acme") // Warsaw, one hour ahead of UTC
	a := c.Must("POST", "/api/v2/deals", m{"title": "A"}).ID()
	b := c.Must("POST", "/api/v2/deals", m{"title": "B"}).ID()
	add := func(content string, deal int64, more m) int64 {
		body := m{"content": content, "deal_id": deal}
		for k, v := range more {
			body[k] = v
		}
		return c.Must("POST", "/v1/notes", body).ID()
	}
	n1 := add("delta", a, m{"add_time": "2026-03-01 22:59:59", "pinned_to_deal_flag": "1"})
	n2 := add("alpha", b, m{"add_time": "2026-03-01 23:00:00"}) // 2 March in Warsaw
	n3 := add("charlie", a, m{"add_time": "2026-02-01 10:00:00"})
	n4 := add("bravo", b, nil)
	app.Later(time.Hour)
	c.Must("PUT", apptest.Path("/v1/notes/%d", n3), m{"content": "charlie two"})
	for query, want := range map[string][]int64{
		"":                                   {n1, n2, n3, n4},
		"sort=add_time":                      {n3, n1, n2, n4},
		"sort=add_time+DESC":                 {n4, n2, n1, n3},
		"sort=update_time+desc":              {n3, n4, n2, n1},
		"sort=content":                       {n2, n4, n3, n1},
		"sort=deal_id+DESC,+id+DESC":         {n4, n2, n3, n1},
		"deal_id=" + fmt.Sprint(a):           {n1, n3},
		"deal_id=99":                         nil,
		"user_id=1&org_id=5":                 nil,
		"pinned_to_deal_flag=1":              {n1},
		"pinned_to_deal_flag=0":              {n2, n3, n4},
		"end_date=2026-03-01":                {n1, n3},
		"start_date=2026-03-02":              {n2, n4},
		"updated_since=2026-11-23T10:30:00Z": {n3},
	} {
		for _, limit := range []int{1, 3, 4, 100} {
			var got []int64
			for start, more := 0, true; more; {
				r := c.Must("GET", apptest.Path("/v1/notes?%s&start=%d&limit=%d", query, start, limit), nil)
				got = append(got, ids(r)...)
				p := r.Body["additional_data"].(m)["pagination"].(m)
				if p["start"] != float64(start) || p["limit"] != float64(limit) {
					t.Fatalf("pagination %v", p)
				}
				if more = p["more_items_in_collection"].(bool); more {
					start = int(p["next_start"].(float64))
				} else if _, there := p["next_start"]; there {
					t.Fatalf("pagination %v", p)
				}
			}
			if !slices.Equal(got, want) {
				t.Errorf("%q by %d: %v, want %v", query, limit, got, want)
			}
		}
	}
}

// One query reads 1 MB, so each page takes several of them.
func TestAPageOfLongNotesEndsBeforeItIsTooLarge(t *testing.T) {
	t.Parallel()
	c := apptest.New(t).NewTeam("Acme")
	deal := c.Must("POST", "/api/v2/deals", m{"title": "A"}).ID()
	var all []int64
	for i := range 45 {
		content := strings.Repeat(`<a href="http://x" title="y" rel="nofollow">z</a>`+"\n", 2000) // grows by a third in the answer
		all = append(all, c.Must("POST", "/v1/notes", m{"content": fmt.Sprint(100+i, content), "deal_id": deal}).ID())
	}
	for _, query := range []string{"", "&sort=content", "&updated_since=2026-01-01T00:00:00Z"} {
		var got []int64
		for start, more := 0, true; more; {
			r := c.Must("GET", apptest.Path("/v1/notes?start=%d&limit=100%s", start, query), nil)
			if size := len(r.Raw) + strings.Count(r.Raw, `"`) + strings.Count(r.Raw, `\`); size > 6<<20 {
				t.Fatalf("%d bytes", size)
			}
			got = append(got, ids(r)...)
			p := r.Body["additional_data"].(m)["pagination"].(m)
			if more = p["more_items_in_collection"].(bool); more {
				start = int(p["next_start"].(float64))
			}
		}
		if !slices.Equal(got, all) {
			t.Errorf("%q: got %v, want %v", query, got, all)
		}
	}
}

func TestOnlyAnAdminWritesForAnother(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	c, other := app.NewTeam("Acme"), app.NewTeam("Other")
	deal := c.Must("POST", "/api/v2/deals", m{"title": "A"}).ID()
	out, err := app.Handler("teams").Invoke(t.Context(), fmt.Appendf(nil, `{"action":"create_user","team":%d,"email":"bob@acme.example"}`, c.Team.ID))
	if err != nil {
		t.Fatal(err, out)
	}
	bob := *c
	if bob.Token, err = app.Teams().CreateToken(t.Context(), c.Team.ID, "bob@acme.example", auth.ReadWrite); err != nil {
		t.Fatal(err)
	}
	made := c.Must("POST", "/v1/notes", m{"content": "x", "deal_id": deal, "user_id": 2})
	if u := made.Data()["user"].(m); u["is_you"] != false || u["email"] != "bob@acme.example" {
		t.Errorf("user %v", u)
	}
	if a := bob.Do("POST", "/v1/notes", m{"content": "x", "deal_id": deal, "user_id": 1}); a.Status != 403 {
		t.Errorf("Bob wrote for Ada: %d", a.Status)
	}
	bob.Must("PUT", path(made), m{"content": "y", "user_id": 2})
	for _, method := range []string{"GET", "PUT", "DELETE"} {
		theirs, none := other.Do(method, path(made), nil), other.Do(method, "/v1/notes/999", nil)
		if theirs.Status != 404 || theirs.Raw != none.Raw {
			t.Errorf("%s: %d %s, of what does not exist %s", method, theirs.Status, theirs.Raw, none.Raw)
		}
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

func path(a apptest.Answer) string { return apptest.Path("/v1/notes/%d", a.ID()) }

func ids(a apptest.Answer) (all []int64) {
	for _, r := range a.List() {
		n, _ := r.(m)["id"].(float64)
		all = append(all, int64(n))
	}
	return all
}
