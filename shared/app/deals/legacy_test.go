package deals_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/smithy-go/middleware"

	"github.com/lejek/lejek/infra/local/functions"
	"github.com/lejek/lejek/shared/app/apptest"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/deals"
)

// part is a value within an answer, by its keys.
func part(v any, keys ...string) any {
	for _, k := range keys {
		m, _ := v.(map[string]any)
		v = m[k]
	}
	return v
}

func TestDealsInV1(t *testing.T) {
	t.Parallel()
	_, c := start(t)
	org := c.Do("POST", "/v1/organizations", object{"name": "Winnica", "address": "Rynek 1, Kraków"}).ID()
	person := c.Do("POST", "/v1/persons", object{"name": "Zofia Łąka", "org_id": org, "email": "zofia@winnica.example"}).ID()
	c.Must("POST", "/api/v2/dealFields/label_ids/options", []object{{"label": "A"}, {"label": "B"}})
	made := c.Do("POST", "/v1/deals", object{
		"title": "Labels", "value": "1250.50", "currency": "EUR", "person_id": fmt.Sprint(person), "org_id": object{"value": org, "name": "Winnica"},
		"user_id": c.User.ID, "stage_id": "2", "probability": "40", "visible_to": "3", "label": "1,2", "expected_close_date": "2027-01-31",
		"add_time": "2026-11-01 08:30:00", "something_else": []any{1}, "is_archived": 0,
	})
	d := made.Data()
	for key, want := range map[string]any{
		"title": "Labels", "value": 1250.5, "stage_id": 2.0, "pipeline_id": 1.0, "probability": 40.0, "visible_to": "3", "label": "1,2",
		"add_time": "2026-11-01 08:30:00", "active": true, "deleted": false, "status": "open", "person_name": "Zofia Łąka", "org_name": "Winnica",
		"owner_name": "Ada", "formatted_value": "€1,250.50", "weighted_value": 500.2, "participants_count": 1.0, "origin": "API",
		"cc_email": c.AddressOf("deal", 1), "stage_order_nr": 2.0, "next_activity_id": nil,
	} {
		if d[key] != want {
			t.Errorf("%s is %v, want %v", key, d[key], want)
		}
	}
	for _, c := range []struct {
		keys []string
		want any
	}{
		{[]string{"user_id", "value"}, 1.0}, {[]string{"user_id", "name"}, "Ada"}, {[]string{"user_id", "has_pic"}, false}, {[]string{"creator_user_id", "id"}, 1.0},
		{[]string{"person_id", "value"}, float64(person)}, {[]string{"person_id", "name"}, "Zofia Łąka"}, {[]string{"org_id", "value"}, float64(org)},
		{[]string{"org_id", "people_count"}, 1.0}, {[]string{"org_id", "address"}, "Rynek 1, Kraków"},
	} {
		if got := part(d, c.keys...); got != c.want {
			t.Errorf("%v is %v, want %v", c.keys, got, c.want)
		}
	}
	related := made.Body["related_objects"]
	if made.Status != http.StatusCreated || part(related, "person", fmt.Sprint(person), "name") != "Zofia Łąka" || part(related, "user", "1", "email") == nil ||
		part(related, "organization", fmt.Sprint(org), "people_count") != 1.0 || part(related, "stage", "2", "pipeline_id") != 1.0 || part(related, "pipeline", "1", "id") != 1.0 {
		t.Errorf("%d, related %v", made.Status, related)
	}
	put := c.Must("PUT", "/api/v1/deals/1", object{"status": "won", "person_id": nil, "label": nil, "user_id": "", "label_ids": []string{"2"}}).Data()
	if put["status"] != "won" || put["person_id"] != nil || put["person_name"] != nil || put["label"] != "2" || put["won_time"] == nil || put["active"] != false {
		t.Errorf("put %v", put)
	}
	if d := c.Must("PUT", "/v1/deals/1", object{"status": "deleted"}).Data(); d["deleted"] != true || d["status"] != "deleted" || d["active"] != false {
		t.Errorf("deleted by its status: %v", d)
	}
	if a := c.Do("PUT", "/v1/deals/1", object{"title": "x"}); a.Status != http.StatusNotFound {
		t.Errorf("a deleted deal is changed: %d", a.Status)
	}
	if got := c.Must("GET", "/v1/deals/1", nil); part(got.Data(), "deleted") != true {
		t.Errorf("a deleted deal is %v", got.Raw)
	}
}

// TestADealInV1TellsHowItWent follows one through its stages, before and after its facts were folded.
func TestADealInV1TellsHowItWent(t *testing.T) {
	t.Parallel()
	a, c := start(t)
	c.Must("POST", "/api/v2/deals", object{"title": "Labels"})
	call := c.Must("POST", "/api/v2/activities", object{"subject": "Call", "deal_id": 1, "done": true, "due_date": "2026-11-20", "type": "call"}).ID()
	next := c.Must("POST", "/api/v2/activities", object{"subject": "Lunch", "deal_id": 1, "due_date": "2026-12-20", "due_time": "12:30", "type": "lunch", "note": "Bring papers"}).ID()
	a.Later(time.Hour)
	c.Must("PUT", "/v1/deals/1", object{"stage_id": 2})
	check := func(when string, times map[string]any, age, won, place float64) {
		t.Helper()
		got := c.Must("GET", "/v1/deals/1", nil)
		d := got.Data()
		if fmt.Sprint(part(d, "stay_in_pipeline_stages", "times_in_stages")) != fmt.Sprint(times) || part(d, "age", "total_seconds") != age ||
			part(d, "average_time_to_won", "total_seconds") != won || part(d, "average_stage_progress") != place {
			t.Errorf("%s: %v, age %v, won %v, place %v", when, part(d, "stay_in_pipeline_stages"), part(d, "age"), part(d, "average_time_to_won"), part(d, "average_stage_progress"))
		}
		if order, _ := part(d, "stay_in_pipeline_stages", "order_of_stages").([]any); len(order) != 5 {
			t.Errorf("%s: order %v", when, order)
		}
		if part(d, "last_activity", "id") != float64(call) || part(d, "next_activity", "id") != float64(next) || part(d, "next_activity", "type_name") != "Lunch" ||
			part(d, "next_activity", "deal_title") != "Labels" || part(d, "next_activity_date") != "2026-12-20" || part(d, "next_activity_note") != "Bring papers" {
			t.Errorf("%s: activities %v %v", when, part(d, "last_activity"), part(d, "next_activity"))
		}
		if part(got.Body, "additional_data", "dropbox_email") != d["cc_email"] {
			t.Errorf("%s: %v", when, got.Body["additional_data"])
		}
	}
	a.Later(30 * time.Minute)
	check("before it is folded", object{"1": 3600.0, "2": 1800.0}, 5400, 0, 2)
	fold(t, a)
	check("when it is folded", object{"1": 3600.0, "2": 1800.0}, 5400, 0, 2)
	a.Later(30 * time.Minute)
	c.Must("PUT", "/v1/deals/1", object{"stage_id": 3})
	a.Later(time.Hour)
	c.Must("PUT", "/v1/deals/1", object{"status": "won"})
	a.Later(50 * time.Hour)
	check("changed since, and won", object{"1": 3600.0, "2": 3600.0, "3": 3600.0}, 3*3600, 3*3600, 5)
	if age := part(c.Must("GET", "/v1/deals/1", nil).Data(), "age"); part(age, "h") != 3.0 || part(age, "d") != 0.0 {
		t.Errorf("age %v", age)
	}
}

func TestDealListsInV1(t *testing.T) {
	t.Parallel()
	_, c := start(t)
	for i := range 7 {
		c.Must("POST", "/api/v2/deals", object{"title": fmt.Sprint(i), "stage_id": 1 + i%2, "is_archived": i == 6})
	}
	c.Must("PUT", "/v1/deals/1", object{"status": "won"})
	c.Must("PUT", "/v1/deals/2", object{"status": "lost"})
	c.Must("DELETE", "/v1/deals/3", nil)
	for target, want := range map[string]int{
		"": 5, "?status=open": 3, "?status=won,lost": 2, "?status=deleted": 1, "?status=all_not_deleted": 5, "?status=all_not_deleted,deleted": 6,
		"?user_id=1": 5, "?user_id=9": 0, "?owned_by_you=1": 5, "?owned_by_you=0&limit=2": 2, "?stage_id=1": 2, "?start=4": 1, "?start=5": 0,
		"/archived": 1, "?sort=add_time%20DESC,%20id%20DESC": 5,
	} {
		if got := c.Must("GET", "/v1/deals"+target, nil).List(); len(got) != want {
			t.Errorf("%s: %d deals, want %d", target, len(got), want)
		}
	}
	page := c.Must("GET", "/v1/deals?limit=2&sort=id%20DESC", nil)
	if first := part(page.List()[0], "id"); first != 6.0 {
		t.Errorf("the last is %v", first)
	}
	p := part(page.Body, "additional_data", "pagination")
	if part(p, "start") != 0.0 || part(p, "limit") != 2.0 || part(p, "more_items_in_collection") != true || part(p, "next_start") != 2.0 {
		t.Errorf("pagination %v", p)
	}
	for _, bad := range []string{"sort=title", "sort=id%20UP", "limit=501", "start=-1", "status=opened", "stage_id=x"} {
		if a := c.Do("GET", "/v1/deals?"+bad, nil); a.Status != http.StatusBadRequest {
			t.Errorf("%s: %d", bad, a.Status)
		}
	}
	if a := c.Do("DELETE", "/v1/deals?ids=4,5,99,4", nil); a.Status != http.StatusOK || fmt.Sprint(part(a.Body, "data", "id")) != "[4 5]" {
		t.Errorf("%d %s", a.Status, a.Raw)
	}
	if a := c.Do("DELETE", "/v1/deals?ids=4,99", nil); a.Status != http.StatusNotFound {
		t.Errorf("nothing to delete: %d", a.Status)
	}
}

// TestCustomFieldsAreFlatInV1 writes each type in the forms that clients of v1 send, and reads it back.
func TestCustomFieldsAreFlatInV1(t *testing.T) {
	t.Parallel()
	_, c := start(t)
	org := c.Must("POST", "/api/v2/organizations", object{"name": "Winnica"}).ID()
	key := func(kind string) string {
		body := object{"field_name": kind, "field_type": kind}
		if kind == "enum" || kind == "set" {
			body["options"] = []object{{"label": "A"}, {"label": "B"}}
		}
		return c.Must("POST", "/api/v2/dealFields", body).Data()["field_code"].(string)
	}
	text, number, enum, set, money, day := key("varchar"), key("double"), key("enum"), key("set"), key("monetary"), key("date")
	days, clock, clocks, place, firm, user := key("daterange"), key("time"), key("timerange"), key("address"), key("org"), key("user")
	made := c.Do("POST", "/v1/deals", object{
		"title": "x", text: 17, number: "2.5", enum: "1", set: "1,2", money: "100", day: "2026-12-01", days: "2026-12-01", days + "_until": "2026-12-05",
		clock: "09:30", clocks: "09:30:00", clocks + "_until": "10:00:00", place: "Rynek 1", place + "_locality": "Kraków", firm: object{"value": org},
		user: "1", "0123456789012345678901234567890123456789": "of no field",
	})
	if made.Status != http.StatusCreated {
		t.Fatal(made.Raw)
	}
	d := made.Data()
	for k, want := range map[string]any{
		text: "17", number: 2.5, enum: "1", set: "1,2", money: 100.0, money + "_currency": "EUR", day: "2026-12-01", days: "2026-12-01",
		days + "_until": "2026-12-05", clock: "09:30:00", clocks + "_until": "10:00:00", place: "Rynek 1", place + "_locality": "Kraków",
	} {
		if d[k] != want {
			t.Errorf("%s is %v, want %v", k, d[k], want)
		}
	}
	if part(d, firm, "name") != "Winnica" || part(d, firm, "value") != float64(org) || part(d, user, "name") != "Ada" {
		t.Errorf("links %v %v", d[firm], d[user])
	}
	// A part alone leaves the others as they are; an address that changes does not.
	d = c.Must("PUT", "/v1/deals/1", object{
		money + "_currency": "USD", days + "_until": "2026-12-09", set: []any{"2"}, enum: "", number: nil, place: "Rynek 2", text: "",
	}).Data()
	for k, want := range map[string]any{
		money: 100.0, money + "_currency": "USD", days: "2026-12-01", days + "_until": "2026-12-09", set: "2", enum: nil, number: nil, place: "Rynek 2",
		place + "_locality": nil, text: nil, clock: "09:30:00",
	} {
		if d[k] != want {
			t.Errorf("then %s is %v, want %v", k, d[k], want)
		}
	}
	bad := c.Do("PUT", "/v1/deals/1", object{"title": "", number: "much", enum: 9, days + "_until": "2026-11-01", "label": 7, "value": "x"})
	for _, name := range []string{"title: must be given", number + ": must be a number", enum + ": has no option 9", days + "_until: must not be before", "label: has no label 7", "value: must be a number"} {
		if !strings.Contains(bad.Raw, name) {
			t.Errorf("%q is not among %s", name, bad.Raw)
		}
	}
	if a := c.Do("POST", "/v1/deals", object{"title": "y", days + "_until": "2026-11-01"}); a.Status != http.StatusBadRequest || !strings.Contains(a.Raw, days+": must be given") {
		t.Errorf("half a range: %d %s", a.Status, a.Raw)
	}
}

// TestV1ListsReadTogether counts the calls that a page of deals takes which all link to records of their own.
func TestV1ListsReadTogether(t *testing.T) {
	t.Parallel()
	var calls atomic.Int64
	a := apptest.New(t, func(a *apptest.App) {
		a.DynamoDB = dynamodb.New(a.DynamoDB.Options(), func(o *dynamodb.Options) {
			o.APIOptions = append(o.APIOptions, func(s *middleware.Stack) error {
				return s.Initialize.Add(middleware.InitializeMiddlewareFunc("count", func(ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler) (middleware.InitializeOutput, middleware.Metadata, error) {
					calls.Add(1)
					return next.HandleInitialize(ctx, in)
				}), middleware.Before)
			})
		})
	})
	c := a.NewTeam("Acme")
	for i := range 40 {
		org := c.Must("POST", "/api/v2/organizations", object{"name": fmt.Sprint("Org ", i)}).ID()
		person := c.Must("POST", "/api/v2/persons", object{"name": fmt.Sprint("Person ", i), "org_id": org}).ID()
		deal := c.Must("POST", "/api/v2/deals", object{"title": fmt.Sprint(i), "org_id": org, "person_id": person}).ID()
		c.Must("POST", "/api/v2/activities", object{"subject": "Call", "deal_id": deal})
	}
	calls.Store(0)
	if got := c.Must("GET", "/v1/deals?limit=40", nil).List(); len(got) != 40 {
		t.Fatalf("%d deals", len(got))
	}
	if n := calls.Load(); n > 8 {
		t.Errorf("%d calls for a page of 40 deals", n)
	} else {
		t.Log(n, "calls")
	}
}

// TestAPageInV1FitsIntoAnAnswer has many deals nest a person of whom much is known: a page of 500 would take 8 MB.
func TestAPageInV1FitsIntoAnAnswer(t *testing.T) {
	t.Parallel()
	a, c := start(t)
	var emails, phones []object
	for i := range 20 {
		emails = append(emails, object{"value": fmt.Sprintf("%s%d@x.example", strings.Repeat("a", 300), i)})
		phones = append(phones, object{"value": fmt.Sprintf("%s%d", strings.Repeat("7", 300), i)})
	}
	c.Must("POST", "/api/v2/persons", object{"name": "Zofia", "emails": emails, "phones": phones})
	const n = 500
	person, set := int64(1), change.Set{Team: c.Team.ID}
	for i := range int64(n) {
		d := deals.Deal{ID: i + 1, Title: "x", OwnerID: 1, CreatorUserID: 1, PersonID: &person, PipelineID: 1, StageID: 1, Status: deals.Open, Value: "0", Currency: "EUR", AddTime: a.Now(), UpdateTime: a.Now()}
		if set.Put(d.Ref(), d, 0); len(set.Records) == change.MaxOperations || i == n-1 {
			if err := a.DB.Commit(t.Context(), set); err != nil {
				t.Fatal(err)
			}
			set.Records = nil
		}
	}
	seen, pages := 0, 0
	for start := 0; ; pages++ {
		page := c.Must("GET", fmt.Sprintf("/v1/deals?limit=500&start=%d", start), nil)
		for i, d := range page.List() {
			if part(d, "id") != float64(start+i+1) {
				t.Fatalf("deal %v is number %d", part(d, "id"), start+i)
			}
		}
		seen += len(page.List())
		p := part(page.Body, "additional_data", "pagination")
		if part(p, "more_items_in_collection") != true {
			break
		}
		start = int(part(p, "next_start").(float64))
	}
	if seen != n || pages == 0 {
		t.Errorf("%d deals on %d pages", seen, pages+1)
	}
}

// fold makes figures of all facts so far, as the clock would.
func fold(t *testing.T, a *apptest.App) {
	t.Helper()
	event := fmt.Appendf(nil, `{"time":%q}`, a.Now().Format(time.RFC3339))
	if _, err := functions.All["statistics"](a.Env).Invoke(t.Context(), event); err != nil {
		t.Fatal(err)
	}
}
