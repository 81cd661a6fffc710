package filters_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go/middleware"

	"github.com/lejek/lejek/shared/app/apptest"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/deals"
	"github.com/lejek/lejek/shared/persons"
	"github.com/lejek/lejek/shared/schema"
	"github.com/lejek/lejek/shared/value"
)

// reader counts what calls read: bytes of items, units, calls.
type reader struct {
	mu    sync.Mutex
	bytes int
	units float64
	calls int
}

func (r *reader) install(o *dynamodb.Options) {
	o.APIOptions = append(o.APIOptions, func(s *middleware.Stack) error {
		return s.Initialize.Add(middleware.InitializeMiddlewareFunc("reader", r.handle), middleware.Before)
	})
}

func (r *reader) handle(ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler) (middleware.InitializeOutput, middleware.Metadata, error) {
	switch in := in.Parameters.(type) {
	case *dynamodb.GetItemInput:
		in.ReturnConsumedCapacity = types.ReturnConsumedCapacityTotal
	case *dynamodb.QueryInput:
		in.ReturnConsumedCapacity = types.ReturnConsumedCapacityTotal
	case *dynamodb.BatchGetItemInput:
		in.ReturnConsumedCapacity = types.ReturnConsumedCapacityTotal
	}
	out, meta, err := next.HandleInitialize(ctx, in)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.calls++
	var units []types.ConsumedCapacity
	var items []apptest.Item
	switch out := out.Result.(type) {
	case *dynamodb.GetItemOutput:
		units, items = []types.ConsumedCapacity{*out.ConsumedCapacity}, []apptest.Item{out.Item}
	case *dynamodb.QueryOutput:
		units = []types.ConsumedCapacity{*out.ConsumedCapacity}
		for _, it := range out.Items {
			items = append(items, it)
		}
	case *dynamodb.BatchGetItemOutput:
		units = out.ConsumedCapacity
		for _, list := range out.Responses {
			for _, it := range list {
				items = append(items, it)
			}
		}
	}
	for _, c := range units {
		r.units += aws.ToFloat64(c.CapacityUnits)
	}
	for _, it := range items {
		r.bytes += sizeOf(it)
	}
	return out, meta, err
}

// sizeOf is what DynamoDB counts of an item, a little more: names, and values as text.
func sizeOf(it map[string]types.AttributeValue) (n int) {
	for name, v := range it {
		n += len(name)
		switch v := v.(type) {
		case *types.AttributeValueMemberS:
			n += len(v.Value)
		case *types.AttributeValueMemberN:
			n += len(v.Value)
		case *types.AttributeValueMemberM:
			n += 3 + sizeOf(v.Value)
		case *types.AttributeValueMemberL:
			for _, e := range v.Value {
				n += 1 + sizeOf(map[string]types.AttributeValue{"": e})
			}
		default:
			n++
		}
	}
	return n
}

// cost is what the pages of a list read.
type cost struct {
	pages        int
	bytes, calls int // the most of a page
	units        float64
}

func (r *reader) pages(c *apptest.Client, target string) (ids []int64, m cost) {
	for cursor, more := "", true; more; m.pages++ {
		r.bytes, r.units, r.calls = 0, 0, 0
		a := c.Must("GET", fmt.Sprintf("%s&cursor=%s", target, cursor), nil)
		for _, d := range a.List() {
			ids = append(ids, int64(d.(map[string]any)["id"].(float64)))
		}
		m.bytes, m.units, m.calls = max(m.bytes, r.bytes), max(m.units, r.units), max(m.calls, r.calls)
		cursor, more = a.Body["additional_data"].(map[string]any)["next_cursor"].(string)
	}
	return ids, m
}

// TestPagesOfAHundredThousandDealsAreBounded has three of them be found within sixty pages: pages may be empty, and each reads
// less than 2 MB, whatever the filter asks.
func TestPagesOfAHundredThousandDealsAreBounded(t *testing.T) {
	t.Parallel()
	const many, befriended = 100_000, 10_000
	one := func(ref string) apptest.Item {
		return apptest.Stored(t, ref, func(c *apptest.Client) {
			org := c.Must("POST", "/api/v2/organizations", map[string]any{"name": "Navy"}).ID()
			id := c.Must("POST", "/api/v2/persons", map[string]any{"name": "Ada Lovelace", "org_id": org, "emails": []any{map[string]any{"value": "ada@navy.example"}}}).ID()
			c.Must("POST", "/api/v2/deals", map[string]any{"title": "Some deal of ordinary length", "value": 1000, "person_id": id, "org_id": org, "expected_close_date": "2026-12-01"})
		})
	}
	deal, person := one("deal#1"), one("person#1")
	needles := []int64{7, 50_001, 99_999}
	r := &reader{}
	c := apptest.New(t, apptest.WithItems(func(yield func(apptest.Item) bool) {
		for id := range int64(many) {
			id++
			it := deal.Copy("deal", id, schema.ByID)
			if slices.Contains(needles, id) { // of another owner, too
				it = deal.Copy("deal", id, schema.ByID, schema.ByOwner)
				it.Set("Title", "The needle of this haystack")
				it.Set("OwnerID", 2)
				it.Set("ownerList", "T#1#deal#owner#2")
			}
			if it.Set("PersonID", id); id > befriended {
				delete(it, "PersonID")
			}
			if !yield(it) {
				return
			}
		}
		for id := range int64(befriended) {
			it := person.Copy("person", id+1)
			if id++; id == 5 || id == 9000 {
				it.Set("JobTitle", "Needle")
			}
			if !yield(it) {
				return
			}
		}
	}), func(a *apptest.App) {
		a.DynamoDB = dynamodb.New(a.DynamoDB.Options(), r.install)
	}).NewTeam("Acme")
	for _, q := range []struct {
		name  string
		all   []condition
		want  []int64
		pages int
	}{
		{"of the deal", []condition{cond("deal", 1002, "LIKE '%$%'", "NEEDLE")}, needles, 60},
		{"of its person, each with another", []condition{cond("person", 2030, "=", "needle")}, []int64{5, 9000}, 60},
		{"by an index", []condition{cond("deal", 1002, "LIKE '%$%'", "needle"), cond("deal", 1004, "=", 2)}, needles, 1},
	} {
		id := c.Must("POST", "/v1/filters", filter("deals", q.all...)).ID()
		for _, limit := range []int{500, 100} {
			if limit < 500 && q.pages > 1 {
				continue
			}
			got, m := r.pages(c, fmt.Sprintf("/api/v2/deals?filter_id=%d&limit=%d", id, limit))
			t.Logf("%s: %d pages; a page at most %d bytes, %.1f units, %d calls", q.name, m.pages, m.bytes, m.units, m.calls)
			if !slices.Equal(got, q.want) || m.pages > q.pages || m.bytes >= 2_000_000 {
				t.Errorf("%s: found %v on %d pages of at most %d bytes", q.name, got, m.pages, m.bytes)
			}
		}
	}
	// What decides is asked first: of 2,000 rows, the links of a hundred are followed.
	id := c.Must("POST", "/v1/filters", filter("deals", cond("person", 2030, "=", "needle"), cond("deal", 1001, "<=", 100))).ID()
	r.units = 0
	if c.Must("GET", fmt.Sprintf("/api/v2/deals?filter_id=%d", id), nil); r.units > 207 { // a unit of it for merges under way
		t.Errorf("a page took %.1f units", r.units)
	}
	// A sum has no pages to end.
	for _, path := range []string{"/v1/deals/summary?", "/v1/deals/timeline?start_date=2026-11-01&interval=month&amount=3&field_key=add_time&"} {
		if got := c.Do("GET", fmt.Sprintf("%sfilter_id=%d", path, id), nil); got.Status != http.StatusBadRequest || !strings.Contains(got.Raw, "more deals than can be summed up") {
			t.Errorf("%s: %d %s", path, got.Status, got.Raw)
		}
	}
}

// TestAPageOfLargeRecordsIsBoundedToo fills deals, and the persons that they point at, with as much text as a field takes.
func TestAPageOfLargeRecordsIsBoundedToo(t *testing.T) {
	t.Parallel()
	const many = 80
	r := &reader{}
	a := apptest.New(t, func(a *apptest.App) { a.DynamoDB = dynamodb.New(a.DynamoDB.Options(), r.install) })
	c := a.NewTeam("Acme")
	large := map[int64]value.Custom{10_001: {Text: strings.Repeat("long ", 13_000)}}
	var want []int64
	for id := range int64(many) {
		id++
		d := deals.Deal{ID: id, Title: "Deal", OwnerID: 1, PersonID: &id, PipelineID: 1, StageID: 1, Status: deals.Open, Value: "0", Currency: "EUR", AddTime: a.Now(), UpdateTime: a.Now()}
		p := persons.Person{ID: id, Name: "Ada", OwnerID: 1, Custom: large, AddTime: a.Now(), UpdateTime: a.Now()}
		if id%2 == 0 {
			p.Name = "Bob"
		} else {
			want = append(want, id)
		}
		if id > many/2 {
			d.Custom = large
		}
		set := change.Set{Team: c.Team.ID}
		set.Put(d.Ref(), d, 0)
		set.Put(p.Ref(), p, 0)
		if err := a.DB.Commit(t.Context(), set); err != nil {
			t.Fatal(err)
		}
	}
	for name, q := range map[string]condition{"rows": cond("deal", 1002, "=", "deal"), "their persons": cond("person", 2001, "=", "ada"), "counts of their persons": cond("person", 2009, "=", 0)} {
		id := c.Must("POST", "/v1/filters", filter("deals", q)).ID()
		got, m := r.pages(c, fmt.Sprintf("/api/v2/deals?filter_id=%d&limit=500", id))
		t.Logf("%s: %d pages of at most %d bytes", name, m.pages, m.bytes)
		if all := len(got) == many; !all && !slices.Equal(got, want) || all == (name == "their persons") || m.bytes >= 2_000_000 || m.pages > 7 {
			t.Errorf("%s: %d found on %d pages of at most %d bytes", name, len(got), m.pages, m.bytes)
		}
	}
}
