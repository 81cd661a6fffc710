package search_test

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/lejek/lejek/shared/app/apptest"
	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/fields"
	"github.com/lejek/lejek/shared/files"
	"github.com/lejek/lejek/shared/persons"
)

// world of a test: a client, and a wait for the indexer.
func begin(t *testing.T, options ...func(*apptest.App)) (*apptest.App, *apptest.Client, func()) {
	a := apptest.New(t, options...)
	settle := a.Follow()
	return a, a.NewTeam("Acme"), settle
}

// finds checks what searches find, in their order.
func finds(t *testing.T, c *apptest.Client, want map[string]string) {
	t.Helper()
	for target, list := range want {
		path, query, _ := strings.Cut(target, "?")
		if got := strings.Join(found(c.Must("GET", path+"?"+strings.ReplaceAll(query, " ", "%20"), nil)), ", "); got != list {
			t.Errorf("%s: found %q, want %q", target, got, list)
		}
	}
}

func TestTheBestComesFirst(t *testing.T) {
	t.Parallel()
	_, c, settle := begin(t)
	for _, title := range []string{
		"Northwind traders", "north", "Wind from the north", "Ask northern people", "South", "North wind farm", "The north, some wind",
	} {
		c.Must("POST", "/api/v2/deals", m{"title": title})
	}
	c.Must("POST", "/v1/notes", m{"content": "North of here the wind blows", "deal_id": 5})
	c.Must("POST", "/api/v2/organizations", m{"name": "Else", "address": m{"value": "North"}})
	settle()
	finds(t, c, map[string]string{
		// The whole field, then the word, then what begins with it; of a title before an address before a note.
		"/api/v2/itemSearch?term=north": "deal 2, organization 1, deal 3, deal 6, deal 7, deal 1, deal 4, deal 5",
		// All words of a longer field; words before longer words; a note last.
		"/api/v2/itemSearch?term=wind north":      "deal 3, deal 6, deal 7, deal 5",
		"/api/v2/itemSearch?term=north wind":      "deal 3, deal 6, deal 7, deal 5",
		"/api/v2/itemSearch?term=north wind farm": "deal 6",
	})
	var scores []float64
	for _, i := range c.Must("GET", "/api/v2/itemSearch?term=north", nil).Data()["items"].([]any) {
		scores = append(scores, i.(m)["result_score"].(float64))
	}
	if want := []float64{2.7, 1.62, 1.5, 1.5, 1.5, 1.2, 1.2, 0.6}; !slices.Equal(scores, want) {
		t.Errorf("scores %v, want %v", scores, want)
	}
}

func TestAnExactMatchIsTheWholeField(t *testing.T) {
	t.Parallel()
	_, c, settle := begin(t)
	c.Must("POST", "/api/v2/persons", m{
		"name": "Zoë  Ångström", "emails": []m{{"value": "Zoe@Ångström.example"}, {"value": "z.a@x.example"}}, "phones": []m{{"value": "+46 70 123"}},
	})
	c.Must("POST", "/api/v2/persons", m{"name": "Zoe Angstrom"})
	c.Must("POST", "/api/v2/persons", m{"name": "X"})
	c.Must("POST", "/api/v2/persons", m{"name": "X Y", "emails": []m{{"value": "zoe@x.example"}}})
	settle()
	finds(t, c, map[string]string{
		"/api/v2/persons/search?exact_match=true&term=zoë ångström":                    "person 1",
		"/api/v2/persons/search?exact_match=1&term=ZOE ANGSTROM":                       "person 2",
		"/api/v2/persons/search?exact_match=true&term=zoe":                             "",
		"/api/v2/persons/search?exact_match=true&term=x":                               "person 3",
		"/api/v2/persons/search?exact_match=true&term=Z.A@x.example":                   "person 1",
		"/api/v2/persons/search?exact_match=true&term=zoe@ångström.example":            "person 1",
		"/api/v2/persons/search?exact_match=true&term=%2B46 (70) 123":                  "person 1",
		"/api/v2/persons/search?exact_match=true&term=70123":                           "",
		"/api/v2/persons/search?exact_match=true&term=zoe@x.example&fields=name":       "",
		"/api/v2/persons/search?exact_match=true&term=zoe@x.example&fields=email,name": "person 4",
	})
}

func TestASearchCanBeLimited(t *testing.T) {
	t.Parallel()
	_, c, settle := begin(t)
	one := c.Must("POST", "/api/v2/organizations", m{"name": "Blue One"}).ID()
	two := c.Must("POST", "/api/v2/organizations", m{"name": "Blue Two"}).ID()
	ann := c.Must("POST", "/api/v2/persons", m{"name": "Ann Blue", "org_id": one}).ID()
	bob := c.Must("POST", "/api/v2/persons", m{"name": "Bob", "org_id": two, "notes": "wears blue"}).ID()
	c.Must("POST", "/api/v2/deals", m{"title": "Blue", "person_id": ann, "org_id": one})
	c.Must("POST", "/api/v2/deals", m{"title": "Blue", "person_id": bob, "status": "won"})
	c.Must("POST", "/api/v2/deals", m{"title": "Blue", "org_id": two, "status": "lost"})
	gone := c.Must("POST", "/api/v2/deals", m{"title": "Blue"}).ID()
	c.Must("DELETE", apptest.Path("/api/v2/deals/%d", gone), nil)
	c.Must("POST", "/v1/notes", m{"content": "<i>blue</i>ish", "deal_id": 3})
	settle()
	finds(t, c, map[string]string{
		"/api/v2/deals/search?term=blue":                                                    "deal 1, deal 2, deal 3",
		"/api/v2/deals/search?term=blue&person_id=2":                                        "deal 2",
		"/api/v2/deals/search?term=blue&organization_id=1":                                  "deal 1",
		"/api/v2/deals/search?term=blue&organization_id=2&status=lost":                      "deal 3",
		"/api/v2/deals/search?term=blue&status=open":                                        "deal 1",
		"/api/v2/deals/search?term=blue&fields=notes":                                       "deal 3",
		"/api/v2/deals/search?term=blueish blue":                                            "deal 3",
		"/api/v2/deals/search?term=blueish blue&fields=title":                               "",
		"/api/v2/deals/search?term=blue&fields=custom_fields":                               "",
		"/api/v2/persons/search?term=blue":                                                  "person 1, person 2",
		"/api/v2/persons/search?term=blue&organization_id=2":                                "person 2",
		"/api/v2/persons/search?term=blue&fields=name,email":                                "person 1",
		"/api/v2/organizations/search?term=blue":                                            "organization 1, organization 2",
		"/api/v2/organizations/search?term=blueish":                                         "organization 2",
		"/api/v2/itemSearch?term=blue&item_types=organization,person":                       "person 1, organization 1, organization 2, person 2",
		"/api/v2/itemSearch?term=blue&fields=title,code,description":                        "deal 1, deal 2, deal 3",
		"/api/v2/itemSearch?term=blue&item_types=lead,product,project":                      "",
		"/api/v2/itemSearch?term=blue&item_types=lead,deal&include_fields=product.price":    "deal 1, deal 2, deal 3",
		"/api/v2/itemSearch?term=blue&item_types=file,mail_attachment&fields=custom_fields": "",
	})
	for target, want := range map[string]string{
		"/api/v2/deals/search":                                                        "term: must be given",
		"/api/v2/deals/search?term=%20x%20":                                           "term: must be at least 2 characters, or 1 with exact_match",
		"/api/v2/deals/search?term=%20&exact_match=true":                              "term: must be given",
		"/api/v2/deals/search?term=blue&limit=101":                                    "limit: must be at most 100",
		"/api/v2/deals/search?term=blue&fields=name":                                  "fields: must be one of custom_fields, notes, title",
		"/api/v2/persons/search?term=blue&status=open":                                "Parameter 'status' is not allowed",
		"/api/v2/itemSearch?term=blue&cursor=x":                                       "cursor: must be the next_cursor",
		"/api/v2/itemSearch?term=" + strings.Repeat("x", 501):                         "term: must be at most 500 characters",
		"/api/v2/itemSearch/field?term=blue":                                          "entity_type: must be given; field: must be given",
		"/api/v2/itemSearch/field?term=x&field=title&entity_type=deal&match=middle":   "term: must be at least 2 characters, or 1 with match=exact",
		"/api/v2/itemSearch/field?term=blue&field=status&entity_type=deal":            "field: is no field of a deal that is searched",
		"/api/v2/itemSearch/field?term=blue&field=name&entity_type=person&cursor=e30": "cursor: belongs to another search",
	} {
		if got := c.Do("GET", target, nil); got.Status != 400 || !strings.Contains(got.Raw, want) {
			t.Errorf("%s: %d %s, want %q", target, got.Status, got.Raw, want)
		}
	}
}

// define gives a team fields of its own.
func define(t *testing.T, a *apptest.App, c *apptest.Client, d fields.Definitions) {
	t.Helper()
	set := change.Set{Team: c.Team.ID}
	version := d.Version
	for _, f := range d.Own {
		f.Code = strings.Repeat("0", 38) + fmt.Sprint(f.ID%100)
		f.AddTime, f.UpdateTime = a.Now(), a.Now()
	}
	set.Put(d.Ref(), d, version)
	if err := a.DB.Commit(context.Background(), set); err != nil {
		t.Fatal(err)
	}
}

func code(n int) string { return strings.Repeat("0", 38) + fmt.Sprint(n) }

func TestCustomFieldsAreSearchedByTheirTypes(t *testing.T) {
	t.Parallel()
	a, c, settle := begin(t)
	var own []*fields.Own
	for i, typ := range []fields.Type{
		fields.Varchar, fields.Text, fields.VarcharAuto, fields.Double, fields.Monetary, fields.Phone, fields.Address, fields.Date, fields.DateRange, fields.Enum,
	} {
		own = append(own, &fields.Own{ID: int64(10010 + i), Name: string(typ), Type: typ})
	}
	own[9].Options = &fields.Options{Last: 1, Count: 1}
	define(t, a, c, fields.Definitions{Entity: fields.Deal, Own: own})
	c.Must("POST", "/api/v2/deals", m{"title": "Any", "custom_fields": m{
		code(10): "Świdnica 1234567", code(11): strings.Repeat("lorem ", 100) + "ipsum " + strings.Repeat("dolor ", 100), code(12): "auto", code(13): 47.5,
		code(14): m{"value": 1250, "currency": "PLN"}, code(15): "+48 22 765 43 21", code(16): m{"value": "Rynek 7, Kraków"}, code(17): "2026-12-24",
		code(18): m{"value": "2027-01-01", "until": "2027-01-31"},
	}})
	settle()
	finds(t, c, map[string]string{
		"/api/v2/deals/search?term=swidn":                            "deal 1",
		"/api/v2/deals/search?term=ipsum dolor":                      "deal 1",
		"/api/v2/deals/search?term=auto any":                         "deal 1",
		"/api/v2/deals/search?term=47.5":                             "deal 1",
		"/api/v2/deals/search?term=1250":                             "deal 1",
		"/api/v2/deals/search?term=krakow rynek 7":                   "deal 1",
		"/api/v2/deals/search?term=765-43-21":                        "deal 1",
		"/api/v2/deals/search?term=54321":                            "deal 1",
		"/api/v2/deals/search?term=567":                              "", // the end of digits that are no phone number
		"/api/v2/deals/search?term=2026":                             "", // a date
		"/api/v2/deals/search?term=2027":                             "",
		"/api/v2/deals/search?term=swidn&fields=title":               "",
		"/api/v2/deals/search?term=swidn&fields=custom_fields":       "deal 1",
		"/api/v2/deals/search?exact_match=true&term=47.5":            "deal 1",
		"/api/v2/deals/search?exact_match=true&term=RYNEK 7, kraków": "deal 1",
		"/api/v2/deals/search?exact_match=true&term=%2B48227654321":  "deal 1",
	})
	item := c.Must("GET", "/api/v2/deals/search?term=auto%20ipsum", nil).Data()["items"].([]any)[0].(m)["item"].(m)
	shown := item["custom_fields"].([]any)
	if len(shown) != 2 || shown[1] != "auto" || !strings.Contains(shown[0].(string), "ipsum") || len([]rune(shown[0].(string))) > 210 {
		t.Errorf("shows %q", shown)
	}
	for query, want := range map[string]string{
		"field=" + code(12) + "&term=auto":                     `"name":"Any"`,
		"field=" + code(10) + "&term=idnica&match=middle":      `"` + code(10) + `":"Świdnica 1234567"`,
		"field=" + code(16) + "&term=Rynek&match=beginning":    `"id":1`,
		"field=" + code(16) + "&term=rynek&match=beginning":    `"data":[]`,
		"field=" + code(12) + "&term=aut":                      `"data":[]`,
		"field=" + code(15) + "&term=%2B48+22&match=beginning": `"id":1`,
	} {
		if got := c.Must("GET", "/api/v2/itemSearch/field?entity_type=deal&"+query, nil); !strings.Contains(got.Raw, want) {
			t.Errorf("%s: %s", query, got.Raw)
		}
	}
	define(t, a, c, fields.Definitions{Entity: fields.Deal, Own: own[1:], Version: 1})
	finds(t, c, map[string]string{"/api/v2/deals/search?term=swidn": "", "/api/v2/deals/search?term=auto": "deal 1"})
	if got := c.Do("GET", "/api/v2/itemSearch/field?entity_type=deal&term=x&field="+code(10), nil); got.Status != 400 {
		t.Errorf("a deleted field: %s", got.Raw)
	}
}

func TestFilesAndAttachmentsAreFoundByTheirNames(t *testing.T) {
	t.Parallel()
	a, c, settle := begin(t)
	org := c.Must("POST", "/api/v2/organizations", m{"name": "Tools"}).ID()
	deal := c.Must("POST", "/api/v2/deals", m{"title": "Big", "org_id": org}).ID()
	mail := int64(9)
	set := change.Set{Team: c.Team.ID}
	for i, f := range []files.File{
		{Name: "Umowa – zażółć.pdf", DealID: &deal}, {Name: "umowa_2.PDF", MailMessageID: &mail, OrganizationID: &org},
		{Name: "umowa.png", MailMessageID: &mail, Inline: true}, {Name: "umowa.txt", Deleted: true},
	} {
		f.ID, f.UserID, f.AddTime, f.UpdateTime = int64(i+1), c.User.ID, a.Now(), a.Now()
		set.PutPlaced(nil, f, change.Targets{})
	}
	if err := a.DB.Commit(context.Background(), set); err != nil {
		t.Fatal(err)
	}
	settle()
	finds(t, c, map[string]string{
		"/api/v2/itemSearch?term=umowa":                            "file 1, mail_attachment 2",
		"/api/v2/itemSearch?term=umowa pdf&item_types=file":        "file 1",
		"/api/v2/itemSearch?term=umowa&item_types=mail_attachment": "mail_attachment 2",
		"/api/v2/itemSearch?term=umowa&fields=name":                "file 1, mail_attachment 2",
		"/api/v2/itemSearch?term=umowa&fields=title":               "",
	})
	for _, want := range []string{
		`{"id":1,"type":"file","name":"Umowa – zażółć.pdf","url":"https://crm.example/v1/files/1/download","deal":{"id":1,"title":"Big"}}`,
		`"organization":{"id":1,"name":"Tools","address":null}`,
	} {
		if got := c.Must("GET", "/api/v2/itemSearch?term=umowa", nil).Raw; !strings.Contains(got, want) {
			t.Errorf("%s lacks %s", got, want)
		}
	}
}

func TestWhatIsAskedForBesideTheResults(t *testing.T) {
	t.Parallel()
	a, c, settle := begin(t, apptest.WithObjects)
	org := c.Must("POST", "/api/v2/organizations", m{"name": "Green"}).ID()
	ann := c.Must("POST", "/api/v2/persons", m{"name": "Ann Green", "org_id": org}).ID()
	bob := c.Must("POST", "/api/v2/persons", m{"name": "Bob", "org_id": org}).ID()
	c.Must("POST", "/api/v2/deals", m{"title": "Paint", "person_id": ann})
	c.Must("POST", "/api/v2/deals", m{"title": "Green paint", "org_id": org})
	c.Must("POST", "/api/v2/deals", m{"title": "Ladder", "org_id": org, "person_id": bob})
	p, err := a.Persons().Get(context.Background(), auth.Actor{Team: c.Team.ID, User: c.User.ID}, ann)
	if err != nil {
		t.Fatal(err)
	}
	with := p
	with.Picture = &persons.Picture{ID: 3, Key: "files/1/picture-3", Size: 5, UserID: 1, AddTime: a.Now()}
	set := change.Set{Team: c.Team.ID}
	set.Put(p.Ref(), with, p.Version)
	if err := a.DB.Commit(context.Background(), set); err != nil {
		t.Fatal(err)
	}
	settle()
	got := c.Must("GET", "/api/v2/itemSearch?term=green&search_for_related_items=true&include_fields=person.picture,deal.cc_email", nil)
	if list := strings.Join(found(got), ", "); list != "organization 1, deal 2, person 1" {
		t.Errorf("found %s", list)
	}
	var related []string
	for _, i := range got.Data()["related_items"].([]any) {
		item := i.(m)["item"].(m)
		related = append(related, fmt.Sprint(item["type"], " ", item["id"]))
	}
	if list := strings.Join(related, ", "); list != "deal 3, person 2, deal 1" {
		t.Errorf("related are %s", list)
	}
	for _, want := range []string{`"cc_email":"` + c.AddressOf("deal", 1) + `"`, `"picture":{"id":3,"item_type":"person","item_id":1`, `"128":"http`} {
		if !strings.Contains(got.Raw, want) {
			t.Errorf("%s lacks %s", got.Raw, want)
		}
	}
	if got := c.Must("GET", "/api/v2/itemSearch?term=green", nil).Raw; strings.Contains(got, "cc_email") || strings.Contains(got, "picture") || strings.Contains(got, "related") {
		t.Errorf("unasked: %s", got)
	}
}

func TestRecordsAreFoundByOneField(t *testing.T) {
	t.Parallel()
	_, c, settle := begin(t)
	for _, name := range []string{"Monkey", "monkey", "Monkey business", "The Monkey", "Money", "Ape"} {
		c.Must("POST", "/api/v2/deals", m{"title": name})
	}
	c.Must("PATCH", "/api/v2/deals/1", m{"is_archived": true})
	c.Must("POST", "/api/v2/persons", m{"name": "Ann", "emails": []m{{"value": "ann@Monkey.example"}}, "phones": []m{{"value": "+48 601"}}})
	c.Must("POST", "/api/v2/organizations", m{"name": "Zoo", "address": m{"value": "Monkey Road 1"}})
	settle()
	ids := func(query string) string {
		var list []string
		for cursor, pages := "", 0; ; pages++ {
			page := c.Must("GET", "/api/v2/itemSearch/field?"+query+cursor, nil)
			for _, one := range page.List() {
				list = append(list, fmt.Sprint(one.(m)["id"]))
			}
			next, more := page.Body["additional_data"].(m)["next_cursor"].(string)
			if !more || pages > 20 {
				return strings.Join(list, " ")
			}
			cursor = "&cursor=" + url.QueryEscape(next)
		}
	}
	for _, limit := range []string{"", "&limit=1", "&limit=2"} {
		for query, want := range map[string]string{
			"entity_type=deal&field=title&term=Monkey":                           "1",
			"entity_type=deal&field=title&term=monkey&match=exact":               "2",
			"entity_type=deal&field=title&term=Monk&match=beginning":             "3 1", // archived ones last
			"entity_type=deal&field=title&term=Monkey%20b&match=beginning":       "3",
			"entity_type=deal&field=title&term=onke&match=middle":                "2 3 4 1",
			"entity_type=deal&field=title&term=on&match=middle":                  "2 3 4 5 1",
			"entity_type=person&field=email&term=@Monkey&match=middle":           "1",
			"entity_type=person&field=emails&term=ann@Mon&match=beginning":       "1",
			"entity_type=person&field=emails&term=ann@monkey.example":            "",
			"entity_type=person&field=phone&term=%2B48%20601":                    "1",
			"entity_type=organization&field=address&term=Monkey&match=beginning": "1",
			"entity_type=organization&field=name&term=Monkey&match=beginning":    "",
			"entity_type=lead&field=title&term=Monkey":                           "",
			"entity_type=product&field=whatever&term=Monkey&match=middle":        "",
			"entity_type=deal&field=title&term=" + url.QueryEscape("?!"):         "",
			"entity_type=deal&field=title&term=M&match=exact":                    "",
		} {
			if got := ids(query + limit); got != want {
				t.Errorf("%s%s: %q, want %q", query, limit, got, want)
			}
		}
	}
}

func TestNotesThatAnswerAreShown(t *testing.T) {
	t.Parallel()
	_, c, settle := begin(t)
	deal := c.Must("POST", "/api/v2/deals", m{"title": "Any"}).ID()
	for _, content := range []string{
		"<p>Call</p>", "call about a price", "call once more", "call &amp; write", "price: 7", strings.Repeat("far away ", 50) + "call" + strings.Repeat(" and far", 50),
	} {
		c.Must("POST", "/v1/notes", m{"content": content, "deal_id": deal})
	}
	settle()
	for term, want := range map[string]string{
		"term=call+price":            "«…far away far away far away far away far away far away far away call and far and far», «price: 7», «call & write», «call once more», «call about a price»",
		"term=CALL&exact_match=true": "«Call»", // though newer notes have the word too
	} {
		items := c.Must("GET", "/api/v2/deals/search?"+term, nil).Data()["items"].([]any)
		if len(items) != 1 {
			t.Errorf("%s: %v", term, items)
			continue
		}
		var shown []string
		for _, n := range items[0].(m)["item"].(m)["notes"].([]any) {
			text := n.(string)
			if i := strings.Index(text, " and far and far"); i > 0 {
				text = text[:i+len(" and far and far")]
			}
			shown = append(shown, "«"+text+"»")
		}
		if got := strings.Join(shown, ", "); got != want {
			t.Errorf("%s shows %s, want %s", term, got, want)
		}
	}
}
