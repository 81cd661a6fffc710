package persons_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lejek/lejek/shared/app/apptest"
	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/dynamo"
	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/mail"
	"github.com/lejek/lejek/shared/persons"
	"github.com/lejek/lejek/shared/value"
)

type m = map[string]any

func TestPersonHasEveryKeyOfTheContract(t *testing.T) {
	t.Parallel()
	c := apptest.New(t).NewTeam("Acme")
	made := c.Must("POST", "/api/v2/persons", m{"name": "Ada"})
	const want = `{"success":true,"data":{"id":1,"name":"Ada","first_name":"Ada","last_name":null,"owner_id":1,"org_id":null,` +
		`"add_time":"2026-11-23T10:00:00Z","update_time":"2026-11-23T10:00:00Z","emails":[],"phones":[],"is_deleted":false,"visible_to":3,` +
		`"label_ids":[],"picture_id":null,"postal_address":null,"notes":null,"im":[],"birthday":null,"job_title":null,"custom_fields":{}}}`
	if made.Raw != want {
		t.Errorf("POST\n got %s\nwant %s", made.Raw, want)
	}
	if got := c.Must("GET", "/api/v2/persons/1", nil); got.Raw != want {
		t.Errorf("GET\n got %s\nwant %s", got.Raw, want)
	}
}

func TestPersonKeepsEveryField(t *testing.T) {
	t.Parallel()
	c := apptest.New(t).NewTeam("Acme")
	org := c.Must("POST", "/api/v2/organizations", m{"name": "Analytical"}).ID()
	p := c.Must("POST", "/api/v2/persons", m{
		"name": "Ada King Lovelace", "org_id": org, "owner_id": 1, "visible_to": 7, "add_time": "2020-01-02 03:04:05",
		"emails": []m{{"value": "ada@example.com"}, {"value": "home@example.com", "label": "home", "primary": true}},
		"phones": []m{{"value": "+48 600 100 200", "label": "mobile"}}, "im": []m{{"value": "ada", "label": "skype"}},
		"postal_address": m{"value": "Main Street 1, Kraków", "locality": "Kraków"}, "notes": "met in 1833", "birthday": "1815-12-10",
		"job_title": "Countess", "is_deleted": true,
	})
	for key, want := range (m{
		"first_name": "Ada", "last_name": "King Lovelace", "org_id": float64(org), "visible_to": 7.0, "add_time": "2020-01-02T03:04:05Z",
		"update_time": "2026-11-23T10:00:00Z", "notes": "met in 1833", "birthday": "1815-12-10", "job_title": "Countess", "is_deleted": false,
		"emails": []any{m{"value": "ada@example.com", "primary": false, "label": "work"}, m{"value": "home@example.com", "primary": true, "label": "home"}},
		"phones": []any{m{"value": "+48 600 100 200", "primary": true, "label": "mobile"}},
		"im":     []any{m{"value": "ada", "primary": true, "label": "skype"}},
	}) {
		if got := fmt.Sprint(p.Data()[key]); got != fmt.Sprint(want) {
			t.Errorf("%s = %s, want %v", key, got, want)
		}
	}
	if a, _ := p.Data()["postal_address"].(m); a["value"] != "Main Street 1, Kraków" || a["locality"] != "Kraków" || a["country"] != nil || len(a) != 10 {
		t.Errorf("postal_address = %v", a)
	}
	cleared := c.Must("PATCH", apptest.Path("/api/v2/persons/%d", p.ID()), m{
		"org_id": nil, "emails": nil, "phones": []m{}, "postal_address": nil, "notes": nil, "birthday": nil, "job_title": nil, "last_name": nil,
	}).Data()
	for _, key := range []string{"org_id", "postal_address", "notes", "birthday", "job_title", "last_name"} {
		if cleared[key] != nil {
			t.Errorf("%s = %v after null", key, cleared[key])
		}
	}
	if cleared["name"] != "Ada" || fmt.Sprint(cleared["emails"], cleared["phones"]) != "[] []" {
		t.Errorf("name %v, emails %v, phones %v", cleared["name"], cleared["emails"], cleared["phones"])
	}
}

func TestNameAndItsPartsStayTogether(t *testing.T) {
	t.Parallel()
	c := apptest.New(t).NewTeam("Acme")
	person := apptest.Path("/api/v2/persons/%d", c.Must("POST", "/api/v2/persons", m{"first_name": "Grace", "last_name": "Hopper"}).ID())
	for _, step := range []struct {
		body              m
		name, first, last any
	}{
		{m{}, "Grace Hopper", "Grace", "Hopper"},
		{m{"last_name": "Murray Hopper"}, "Grace Murray Hopper", "Grace", "Murray Hopper"},
		{m{"name": "  Mary Ann Evans "}, "Mary Ann Evans", "Mary", "Ann Evans"},
		{m{"first_name": "Mary Ann", "last_name": "Evans"}, "Mary Ann Evans", "Mary Ann", "Evans"},
		{m{"first_name": nil}, "Evans", nil, "Evans"},
		{m{"name": "Cher"}, "Cher", "Cher", nil},
		{m{"name": "Łukasz Żak", "first_name": "Łucja"}, "Łucja Żak", "Łucja", "Żak"},
	} {
		got := c.Must("PATCH", person, step.body).Data()
		if got["name"] != step.name || got["first_name"] != step.first || got["last_name"] != step.last {
			t.Errorf("%v: %v = %v + %v", step.body, got["name"], got["first_name"], got["last_name"])
		}
	}
	if a := c.Do("PATCH", person, m{"first_name": " ", "last_name": nil}); a.Status != http.StatusBadRequest {
		t.Errorf("a person without any name: %d %s", a.Status, a.Raw)
	}
}

func TestWrongInputsAreNamedAtOnce(t *testing.T) {
	t.Parallel()
	c := apptest.New(t).NewTeam("Acme")
	many := make([]m, 31)
	for i := range many {
		many[i] = m{"value": fmt.Sprintf("a%d@example.com", i)}
	}
	for _, tc := range []struct {
		method, target string
		body           any
		want           []string
	}{
		{"POST", "/api/v2/persons", m{}, []string{"name: must be given, or first_name and last_name"}},
		{"POST", "/api/v2/persons", m{"first_name": "Ada"}, []string{"name: must be given"}},
		{"POST", "/api/v2/persons", m{"name": " "}, []string{"name: must be given"}},
		{"POST", "/api/v2/persons", m{"name": nil}, []string{"name: must be given"}},
		{"POST", "/api/v2/persons", m{"name": 5, "owner_id": "1", "x": 1, "visible_to": 2}, []string{"name:", "owner_id:", "Parameter 'x'", "visible_to:"}},
		{"POST", "/api/v2/persons", m{"name": "A", "owner_id": 99, "org_id": 98}, []string{"owner_id: user 99 not found", "org_id: organization 98 not found"}},
		{"POST", "/api/v2/persons", m{"name": "A", "org_id": 0}, []string{"org_id: must be at least 1"}},
		{"POST", "/api/v2/persons", m{"name": "A", "emails": "a@b.example"}, []string{"emails: must be a list"}},
		{"POST", "/api/v2/persons", m{"name": "A", "emails": []any{"a@b.example", nil}}, []string{"emails[0]:", "emails[1]:"}},
		{"POST", "/api/v2/persons", m{"name": "A", "emails": []m{{"value": ""}, {"label": "x"}, {"value": "a b@c"}}},
			[]string{"emails[0].value: must be given", "emails[1].value: must be given"}},
		{"POST", "/api/v2/persons", m{"name": "A", "emails": []m{{"value": "a b@c"}, {"value": "@c"}, {"value": "a@"}, {"value": "a@b@c"}, {"value": "Ada <a@b>"}}},
			[]string{"emails[0].value: must be an e-mail", "emails[1]", "emails[2]", "emails[3]", "emails[4]"}},
		{"POST", "/api/v2/persons", m{"name": "A", "phones": []m{{"value": "1", "primary": true}, {"value": "2", "primary": true}}},
			[]string{"phones[1].primary: only one can be primary, and phones[0] is"}},
		{"POST", "/api/v2/persons", m{"name": "A", "emails": many}, []string{"emails: must be at most 20"}},
		{"POST", "/api/v2/persons", m{"name": strings.Repeat("ż", 256)}, []string{"name: must be at most 255"}},
		{"POST", "/api/v2/persons", m{"first_name": strings.Repeat("a", 200), "last_name": strings.Repeat("b", 200)}, []string{"name: must be at most 255"}},
		{"POST", "/api/v2/persons", m{"name": "A", "notes": strings.Repeat("n", 10_001)}, []string{"notes: must be at most 10000"}},
		{"POST", "/api/v2/persons", m{"name": "A", "postal_address": "here", "birthday": "10.12.1815"}, []string{"postal_address: must be an object", "birthday: must be a date"}},
		{"POST", "/api/v2/persons", m{"name": "A", "label_ids": []int{1, 5}, "custom_fields": m{"a": 1}, "marketing_status": "archived"},
			[]string{"label_ids: has no label 5", "custom_fields.a: is no custom field of this person (field_code: a)", "marketing_status: is not supported yet"}},
		{"GET", "/api/v2/persons?deal_id=one&filter_id=x&include_fields=people_count", nil,
			[]string{"deal_id: must be a whole number", "filter_id: must be a whole number", "include_fields: must be one of"}},
		{"GET", "/api/v2/persons?sort_by=name", nil, []string{"sort_by: must be one of id, add_time, update_time"}},
		{"GET", "/api/v2/persons?stage_id=1", nil, []string{"Parameter 'stage_id' is not allowed"}},
	} {
		a := c.Do(tc.method, tc.target, tc.body)
		if a.Status != http.StatusBadRequest {
			t.Errorf("%s %v: %d %s", tc.target, tc.body, a.Status, a.Raw)
		}
		for _, want := range tc.want {
			if text, _ := a.Body["error"].(string); !strings.Contains(text, want) {
				t.Errorf("%s %v: %q lacks %q", tc.target, tc.body, text, want)
			}
		}
	}
}

func TestListsFilterAndHideTheDeleted(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	c := app.NewTeam("Acme")
	org := c.Must("POST", "/api/v2/organizations", m{"name": "O"}).ID()
	for i := range 5 {
		body := m{"name": fmt.Sprintf("P%d", i+1)}
		if i%2 == 0 {
			body["org_id"] = org
		}
		c.Must("POST", "/api/v2/persons", body)
		app.Later(time.Minute)
	}
	c.Must("DELETE", "/api/v2/persons/3", nil)
	for target, want := range map[string][]int64{
		"?":                                     {1, 2, 4, 5},
		"?org_id=1":                             {1, 5},
		"?org_id=7":                             nil,
		"?owner_id=1":                           {1, 2, 4, 5},
		"?owner_id=2":                           nil,
		"?ids=5,3,1,99":                         {1, 5},
		"?sort_by=add_time&sort_direction=desc": {5, 4, 2, 1},
		"?updated_since=2026-11-23T10:01:00Z&updated_until=2026-11-23T10:04:00Z":      {2, 4},
		"?sort_by=update_time&updated_since=2026-11-23T10:03:00Z&sort_direction=desc": {5, 4},
		"?org_id=1&owner_id=1&updated_until=2026-11-23T10:01:00Z&sort_by=update_time": {1},
		"?limit=1":                       {1},
		"?limit=500&sort_direction=desc": {5, 4, 2, 1},
	} {
		var got []int64
		for _, row := range c.Must("GET", "/api/v2/persons"+target, nil).List() {
			got = append(got, int64(row.(m)["id"].(float64)))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", target, got, want)
		}
	}
}

func TestDeletedPersonIsReadButNotWritten(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	c := app.NewTeam("Acme")
	p := apptest.Path("/api/v2/persons/%d", c.Must("POST", "/api/v2/persons", m{"name": "Ada", "emails": []m{{"value": "a@b.example"}}}).ID())
	deal := c.Must("POST", "/api/v2/deals", m{"title": "D", "person_id": 1}).ID()
	app.Later(time.Hour)
	if got := c.Must("DELETE", p, nil); got.ID() != 1 {
		t.Errorf("DELETE answers %s", got.Raw)
	}
	if got := c.Must("GET", p, nil).Data(); got["is_deleted"] != true || got["update_time"] != "2026-11-23T11:00:00Z" {
		t.Errorf("deleted person reads %v", got)
	}
	for _, again := range []apptest.Answer{c.Do("DELETE", p, nil), c.Do("PATCH", p, m{"name": "B"})} {
		if again.Status != http.StatusNotFound || again.Body["error"] != "Person not found" {
			t.Errorf("writing a deleted person: %d %s", again.Status, again.Raw)
		}
	}
	if got := c.Must("GET", apptest.Path("/api/v2/deals/%d", deal), nil).Data(); got["person_id"] != 1.0 {
		t.Errorf("the deal of a deleted person names %v", got["person_id"])
	}
	if a := c.Do("POST", "/api/v2/deals", m{"title": "E", "person_id": 1}); a.Status != http.StatusBadRequest {
		t.Errorf("a new deal of a deleted person: %d", a.Status)
	}
	app.Later(31 * 24 * time.Hour)
	if a := c.Do("GET", p, nil); a.Status != http.StatusNotFound {
		t.Errorf("after 30 days: %d", a.Status)
	}
}

func TestOtherTeamsPersonsDoNotExist(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	ours, theirs := app.NewTeam("Acme"), app.NewTeam("Globex")
	ours.Must("POST", "/api/v2/persons", m{"name": "Own"})
	org := theirs.Must("POST", "/api/v2/organizations", m{"name": "O"})
	theirs.Must("POST", "/api/v2/persons", m{"name": "First"})
	theirs.Must("POST", "/api/v2/persons", m{"name": "Second", "emails": []m{{"value": "a@b.example"}}})
	for _, tc := range []struct {
		method, target string
		body           any
	}{
		{"GET", "/api/v2/persons/2", nil}, {"PATCH", "/api/v2/persons/2", m{"name": "X"}}, {"DELETE", "/api/v2/persons/2", nil},
	} {
		if a := ours.Do(tc.method, tc.target, tc.body); a.Status != http.StatusNotFound {
			t.Errorf("%s %s: %d %s", tc.method, tc.target, a.Status, a.Raw)
		}
	}
	if a := ours.Do("POST", "/api/v2/persons", m{"name": "X", "org_id": org.ID()}); a.Status != http.StatusBadRequest {
		t.Errorf("another team's organization: %d", a.Status)
	}
	if got := ours.Must("GET", "/api/v2/persons?ids=1,2", nil).List(); len(got) != 1 {
		t.Errorf("ids of another team: %v", got)
	}
	if ids, err := byAddress(context.Background(), app, ours.Team.ID, "a@b.example"); err != nil || len(ids) != 0 {
		t.Errorf("another team's address: %v %v", ids, err)
	}
}

func TestAddressesLeadToTheirPersons(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	c := app.NewTeam("Acme")
	holders := func(address string, want ...int64) {
		t.Helper()
		got, err := byAddress(context.Background(), app, c.Team.ID, address)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %v %v, want %v", address, got, err, want)
		}
	}
	emails := func(list ...string) (out []m) {
		for _, e := range list {
			out = append(out, m{"value": e})
		}
		return out
	}
	c.Must("POST", "/api/v2/persons", m{"name": "A", "emails": emails("Info@Müller.Example", "a@x.example", "A@X.example.")})
	c.Must("POST", "/api/v2/persons", m{"name": "B", "emails": emails("info@xn--mller-kva.example")})
	holders(" INFO@müller.example", 1, 2)
	holders("a@x.example", 1)
	c.Must("PATCH", "/api/v2/persons/1", m{"emails": emails("INFO@MÜLLER.example", "new@x.example")})
	holders("info@müller.example", 1, 2)
	holders("a@x.example")
	holders("new@x.example", 1)
	c.Must("PATCH", "/api/v2/persons/1", m{"name": "A2"})
	holders("new@x.example", 1)
	c.Must("DELETE", "/api/v2/persons/1", nil)
	holders("info@müller.example", 2)
	holders("new@x.example")
	c.Must("POST", "/api/v2/persons", m{"name": "C", "emails": emails("new@x.example")})
	holders("new@x.example", 3)
}

func TestTwentyAddressesAndNumbersChangeAtOnce(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	c := app.NewTeam("Acme")
	list := func(host string) (out []m) {
		for i := range 20 {
			out = append(out, m{"value": fmt.Sprintf("a%d@%s.example", i, host)})
		}
		return out
	}
	org := c.Must("POST", "/api/v2/organizations", m{"name": "O"}).ID()
	phones := func(code string) (out []m) {
		for i := range 20 {
			out = append(out, m{"value": fmt.Sprintf("%s%07d", code, i)})
		}
		return out
	}
	first := c.Must("POST", "/api/v2/organizations", m{"name": "First"}).ID()
	c.Must("POST", "/api/v2/persons", m{"name": "A", "emails": list("old"), "phones": phones("48"), "org_id": first})
	c.Must("PATCH", "/api/v2/persons/1", m{"name": "B", "emails": list("new"), "phones": phones("49"), "org_id": org})
	for address, want := range map[string]int{"a19@old.example": 0, "a19@new.example": 1} {
		if ids, err := byAddress(context.Background(), app, c.Team.ID, address); err != nil || len(ids) != want {
			t.Errorf("%s: %v %v", address, ids, err)
		}
	}
}

func TestOfTwoWhoFoundNobodyOneCreates(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	c := app.NewTeam("Acme")
	actor := auth.Actor{Team: c.Team.ID, User: c.User.ID, Source: "app"}
	ctx, ref := context.Background(), change.AddressOf("new@x.example")
	seen, err := app.DB.Members(ctx, c.Team.ID, ref)
	if err != nil {
		t.Fatal(err)
	}
	results := make([]error, 4)
	var all sync.WaitGroup
	for i := range results {
		all.Go(func() {
			in := persons.Input{Name: value.Some("New"), Emails: value.Some([]persons.Detail{{Value: "New@x.example"}})}
			id, err := dynamo.NewPersons(app.DB).NextID(ctx, actor.Team)
			if err != nil {
				results[i] = err
				return
			}
			p, err := persons.New(actor, in, id, app.Now())
			if err != nil {
				results[i] = err
				return
			}
			results[i] = app.DB.Commit(ctx, persons.Created(actor, p, seen))
		})
	}
	all.Wait()
	won := 0
	for _, err := range results {
		if err == nil {
			won++
		} else if !fault.Is(err, fault.Conflict) {
			t.Error(err)
		}
	}
	ids, err := byAddress(ctx, app, c.Team.ID, "new@x.example")
	if err != nil || len(ids) != 1 || won != 1 {
		t.Errorf("%d created, the address leads to %v (%v)", won, ids, err)
	}
	// Who looks again sees the one, and may add a second on purpose.
	if seen, err = app.DB.Members(ctx, c.Team.ID, ref); err != nil || !slices.Equal(seen[ref], ids) {
		t.Fatalf("%v %v", seen, err)
	}
	p, _ := persons.New(actor, persons.Input{Name: value.Some("Twin"), Emails: value.Some([]persons.Detail{{Value: "new@x.example"}})}, 99, app.Now())
	if err := app.DB.Commit(ctx, persons.Created(actor, p, seen)); err != nil {
		t.Error(err)
	}
}

func TestChangesAtOnceAreAllKept(t *testing.T) {
	t.Parallel()
	c := apptest.New(t).NewTeam("Acme")
	c.Must("POST", "/api/v2/persons", m{"name": "Ada"})
	var all sync.WaitGroup
	for _, body := range []m{{"job_title": "Countess"}, {"notes": "n"}, {"emails": []m{{"value": "a@b.example"}}}} {
		all.Go(func() { c.Must("PATCH", "/api/v2/persons/1", body) })
	}
	all.Wait()
	got := c.Must("GET", "/api/v2/persons/1", nil).Data()
	if got["job_title"] != "Countess" || got["notes"] != "n" || len(got["emails"].([]any)) != 1 {
		t.Errorf("%v", got)
	}
}

func TestChangeLogAndRelinkFollowTheWrite(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	c := app.NewTeam("Acme")
	ctx := context.Background()
	org := c.Must("POST", "/api/v2/organizations", m{"name": "O"}).ID()
	c.Must("POST", "/api/v2/persons", m{"name": "Ada"})
	app.Later(time.Second)
	patch := m{"org_id": org, "last_name": "Lovelace", "emails": []m{{"value": "a@b.example"}, {"value": "c@d.example", "label": "home"}}}
	c.Must("PATCH", "/api/v2/persons/1", patch)
	app.Later(time.Second)
	c.Must("PATCH", "/api/v2/persons/1", patch) // changes nothing
	rows, _, err := app.DB.Rows(ctx, c.Team.ID, change.Of(change.Person, 1), change.Range{Shelf: change.Flow})
	if err != nil || len(rows) != 2 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	if f := rows[0].Log.Fields; len(f) != 1 || f[0].Key != "add_time" || *f[0].New != "2026-11-23 10:00:00" {
		t.Errorf("creation logs %v", f)
	}
	var keys []string
	for _, f := range rows[1].Log.Fields {
		keys = append(keys, f.Key+"="+value.Deref(f.New))
	}
	want := []string{"name=Ada Lovelace", "last_name=Lovelace", "org_id=1", "email=a@b.example (work, primary), c@d.example (home)"}
	if !slices.Equal(keys, want) || rows[1].Log.User != c.User.ID || rows[1].Log.Source != "api" {
		t.Errorf("change logs %v by %d", keys, rows[1].Log.User)
	}
	p, err := app.Persons().Get(ctx, auth.Actor{Team: c.Team.ID}, 1)
	if err != nil || p.Links != 2 || p.Version != 2 {
		t.Errorf("links %d, version %d, %v", p.Links, p.Version, err)
	}
}

// The linker compares addresses as mail read them, persons keep them as people wrote them.
func TestMailAndPersonsAgreeOnAddresses(t *testing.T) {
	t.Parallel()
	for _, address := range []string{
		"ada@example.com", " Ada@EXAMPLE.com. ", "Info@Bücher.Example", "józef@żak.example", "a_b@under_score.example", "x@[192.0.2.1]", "ΑΒΓ@ΔΕΖ.example",
		"a@xn--bcher-kva.example", "no address", "a@-x-.example", "ß@faß.example", "a@ex。ample.com",
	} {
		if ours, theirs := change.NormalAddress(address), mail.NormalizeAddress(address); ours != theirs {
			t.Errorf("%q: %q, mail says %q", address, ours, theirs)
		}
		if once := change.NormalAddress(address); change.NormalAddress(once) != once {
			t.Errorf("%q: normal form %q is not its own", address, once)
		}
	}
}

// byAddress are the ids of the persons who have this e-mail address, in whatever form it is written.
func byAddress(ctx context.Context, app *apptest.App, team int64, address string) ([]int64, error) {
	ref := change.AddressOf(address)
	found, err := app.DB.Members(ctx, team, ref)
	return found[ref], err
}

func TestPersonsOfADeal(t *testing.T) {
	t.Parallel()
	a := apptest.New(t)
	c, other := a.NewTeam("Acme"), a.NewTeam("Other")
	ann := c.Must("POST", "/api/v2/persons", map[string]any{"name": "Ann"}).ID()
	c.Must("POST", "/api/v2/persons", map[string]any{"name": "Ben"})
	deal := c.Must("POST", "/api/v2/deals", map[string]any{"title": "Labels", "person_id": ann}).ID()
	empty := c.Must("POST", "/api/v2/deals", map[string]any{"title": "Nobody's"}).ID()
	for target, want := range map[string]int{
		apptest.Path("/api/v2/persons?deal_id=%d", deal): 1, apptest.Path("/api/v2/persons?deal_id=%d&ids=%d", deal, ann): 1,
		apptest.Path("/api/v2/persons?deal_id=%d&ids=%d", deal, ann+1): 0, apptest.Path("/api/v2/persons?deal_id=%d", empty): 0,
		"/api/v2/persons?deal_id=999": 0,
	} {
		if got := c.Must("GET", target, nil).List(); len(got) != want || want == 1 && got[0].(map[string]any)["name"] != "Ann" {
			t.Errorf("%s: %v", target, got)
		}
	}
	if got := other.Must("GET", apptest.Path("/api/v2/persons?deal_id=%d", deal), nil).List(); len(got) != 0 {
		t.Errorf("another team sees %v", got)
	}
}
