package filters_test

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go/middleware"

	"github.com/lejek/lejek/infra/local/engine"
	"github.com/lejek/lejek/shared/app/apptest"
	"github.com/lejek/lejek/shared/schema"
)

type item = map[string]types.AttributeValue

func text(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }
func number[N int | int64](n N) types.AttributeValue {
	return &types.AttributeValueMemberN{Value: fmt.Sprint(n)}
}

// template is a deal and a person as they are stored, read from a table where the API made them.
func template(t *testing.T) (deal, person item) {
	a := apptest.New(t)
	c := a.NewTeam("Acme")
	org := c.Must("POST", "/api/v2/organizations", map[string]any{"name": "Navy"}).ID()
	id := c.Must("POST", "/api/v2/persons", map[string]any{"name": "Ada Lovelace", "org_id": org, "emails": []any{map[string]any{"value": "ada@navy.example"}}}).ID()
	c.Must("POST", "/api/v2/deals", map[string]any{"title": "Some deal of ordinary length", "value": 1000, "person_id": id, "org_id": org, "expected_close_date": "2026-12-01"})
	read := func(ref string) item {
		key := schema.Record.Key(c.Team.ID, ref)
		out, err := a.DynamoDB.GetItem(t.Context(), &dynamodb.GetItemInput{TableName: &a.Table, Key: item{schema.PK: text(key.PK), schema.SK: text(key.SK)}})
		if err != nil || out.Item == nil {
			t.Fatalf("%s: %v", ref, err)
		}
		return out.Item
	}
	return read("deal#1"), read("person#1")
}

// copied is a stored record under another number. Only some indexes hold it, which spares the test's engine eight copies; as
// much text keeps its size.
func copied(record item, kind string, id int64, indexes ...schema.Index) item {
	it := maps.Clone(record)
	size := 0
	for _, i := range schema.Indexes {
		for _, name := range []string{i.PK, i.SK} {
			kept := slices.ContainsFunc(indexes, func(k schema.Index) bool { return k.PK == name || k.SK == name })
			if v, ok := it[name].(*types.AttributeValueMemberS); ok && !kept {
				size += len(name) + len(v.Value)
				delete(it, name)
			}
		}
	}
	it["padding"] = text(strings.Repeat("x", size))
	it[schema.PK], it["ID"], it["sortId"] = text(schema.Record.Key(1, fmt.Sprintf("%s#%d", kind, id)).PK), number(id), text(fmt.Sprintf("%012d", id))
	return it
}

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
	var items []item
	switch out := out.Result.(type) {
	case *dynamodb.GetItemOutput:
		units, items = []types.ConsumedCapacity{*out.ConsumedCapacity}, []item{out.Item}
	case *dynamodb.QueryOutput:
		units, items = []types.ConsumedCapacity{*out.ConsumedCapacity}, out.Items
	case *dynamodb.BatchGetItemOutput:
		units = out.ConsumedCapacity
		for _, list := range out.Responses {
			items = append(items, list...)
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
func sizeOf(it item) (n int) {
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
				n += 1 + sizeOf(item{"": e})
			}
		default:
			n++
		}
	}
	return n
}

// start is a team over a table that holds many records from the start.
func start(t *testing.T, items iter.Seq[item]) (*reader, *apptest.Client) {
	cfg, table := engine.Import(t, items)
	r := &reader{}
	a := apptest.New(t, func(a *apptest.App) {
		a.Table = table
		a.DynamoDB = dynamodb.NewFromConfig(cfg, r.install)
	})
	return r, a.NewTeam("Acme")
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
	deal, person := template(t)
	needles := []int64{7, 50_001, 99_999}
	r, c := start(t, func(yield func(item) bool) {
		for id := range int64(many) {
			id++
			it := copied(deal, "deal", id, schema.ByID)
			if slices.Contains(needles, id) { // of another owner, too
				it = copied(deal, "deal", id, schema.ByID, schema.ByOwner)
				it["Title"], it["OwnerID"], it["ownerList"] = text("The needle of this haystack"), number(2), text("T#1#deal#owner#2")
			}
			if it["PersonID"] = number(id); id > befriended {
				delete(it, "PersonID")
			}
			if !yield(it) {
				return
			}
		}
		for id := range int64(befriended) {
			it := copied(person, "person", id+1)
			if id++; id == 5 || id == 9000 {
				it["JobTitle"] = text("Needle")
			}
			if !yield(it) {
				return
			}
		}
	})
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
	if c.Must("GET", fmt.Sprintf("/api/v2/deals?filter_id=%d", id), nil); r.units > 205 {
		t.Errorf("a page took %.1f units", r.units)
	}
	// A sum has no pages to end.
	for _, path := range []string{"/v1/deals/summary?", "/v1/deals/timeline?start_date=2026-11-01&interval=month&amount=3&field_key=add_time&"} {
		if got := c.Do("GET", fmt.Sprintf("%sfilter_id=%d", path, id), nil); got.Status != http.StatusBadRequest || !strings.Contains(got.Raw, "more deals than can be summed up") {
			t.Errorf("%s: %d %s", path, got.Status, got.Raw)
		}
	}
}
