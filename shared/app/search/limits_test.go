package search_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go/middleware"

	"github.com/lejek/lejek/shared/app/apptest"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/deals"
	"github.com/lejek/lejek/shared/dynamo"
	"github.com/lejek/lejek/shared/schema"
	"github.com/lejek/lejek/shared/search"
)

// meter counts the calls of one sort and the units that they cost.
type meter struct {
	sync.Mutex
	calls map[string]int
	units float64
}

func (n *meter) install(a *apptest.App) {
	a.DynamoDB = dynamodb.New(a.DynamoDB.Options(), func(o *dynamodb.Options) {
		o.APIOptions = append(o.APIOptions, func(s *middleware.Stack) error {
			return s.Initialize.Add(middleware.InitializeMiddlewareFunc("meter", n.handle), middleware.Before)
		})
	})
}

func (n *meter) handle(ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler) (middleware.InitializeOutput, middleware.Metadata, error) {
	const total = types.ReturnConsumedCapacityTotal
	name := "other"
	switch p := in.Parameters.(type) {
	case *dynamodb.QueryInput:
		name, p.ReturnConsumedCapacity = "query", total
	case *dynamodb.BatchGetItemInput:
		name, p.ReturnConsumedCapacity = "batch", total
	case *dynamodb.BatchWriteItemInput:
		name, p.ReturnConsumedCapacity = "write", total
	}
	out, meta, err := next.HandleInitialize(ctx, in)
	n.Lock()
	defer n.Unlock()
	n.calls[name]++
	var list []types.ConsumedCapacity
	switch o := out.Result.(type) {
	case *dynamodb.QueryOutput:
		list = []types.ConsumedCapacity{*o.ConsumedCapacity}
	case *dynamodb.BatchGetItemOutput:
		list = o.ConsumedCapacity
	case *dynamodb.BatchWriteItemOutput:
		list = o.ConsumedCapacity
	}
	for _, c := range list {
		n.units += aws.ToFloat64(c.CapacityUnits)
	}
	return out, meta, err
}

// take is what was counted since the last time.
func (n *meter) take() (calls map[string]int, units float64) {
	n.Lock()
	defer n.Unlock()
	calls, units = n.calls, n.units
	n.calls, n.units = map[string]int{}, 0
	return calls, units
}

// many makes deals without the API, and their postings without the stream, which makes the local engine slow, as indexes do.
func many(t *testing.T, a *apptest.App, team int64, n int, deal func(i int) deals.Deal) {
	t.Helper()
	if _, err := a.DynamoDB.UpdateTable(context.Background(), &dynamodb.UpdateTableInput{
		TableName: &a.Table, StreamSpecification: &types.StreamSpecification{StreamEnabled: aws.Bool(false)},
	}); err != nil {
		t.Fatal(err)
	}
	for _, i := range schema.Indexes {
		if i == schema.ByPerson {
			continue
		}
		if _, err := a.DynamoDB.UpdateTable(context.Background(), &dynamodb.UpdateTableInput{
			TableName:                   &a.Table,
			GlobalSecondaryIndexUpdates: []types.GlobalSecondaryIndexUpdate{{Delete: &types.DeleteGlobalSecondaryIndexAction{IndexName: &i.Name}}},
		}); err != nil {
			t.Fatal(err)
		}
	}
	ctx := context.Background()
	for first := 1; first <= n; first += change.MaxOperations {
		set := change.Set{Team: team}
		var changes []search.Changed
		for i := first; i < min(first+change.MaxOperations, n+1); i++ {
			d := deal(i)
			set.Put(d.Ref(), d, 0)
			changes = append(changes, search.Changed{Team: team, Ref: d.Ref(), Now: d})
		}
		if err := a.DB.Commit(ctx, set); err != nil {
			t.Fatal(err)
		}
		if err := search.Index(ctx, dynamo.Search{DB: a.DB}, changes); err != nil {
			t.Fatal(err)
		}
	}
}

func TestASearchAmongFiveThousandDealsIsBounded(t *testing.T) {
	t.Parallel()
	n := &meter{calls: map[string]int{}}
	a := apptest.New(t, n.install)
	c := a.NewTeam("Acme")
	person := c.Must("POST", "/api/v2/persons", m{"name": "Ann"}).ID()
	at := time.Date(2026, 11, 1, 8, 0, 0, 0, time.UTC)
	many(t, a, c.Team.ID, 5000, func(i int) deals.Deal {
		d := deals.Deal{
			ID: int64(i), Title: apptest.Path("Deal %d of %s", i, []string{"Ewa", "Jan", "Zoe"}[i%3]), OwnerID: 1, PipelineID: 1, StageID: 1, Value: "0", Currency: "EUR",
			Status: deals.Open, VisibleTo: 3, AddTime: at, UpdateTime: at, Archived: i%1000 == 7,
		}
		if i%250 == 7 {
			d.PersonID = &person
		}
		return d
	})
	ask := func(target string, wantCalls map[string]int, wantUnits float64) apptest.Answer {
		t.Helper()
		n.take()
		got := c.Must("GET", target, nil)
		calls, units := n.take()
		t.Logf("%s: %v, %.1f units", target, calls, units)
		for name, most := range wantCalls {
			if calls[name] > most {
				t.Errorf("%s: %v calls, at most %v", target, calls, wantCalls)
			}
		}
		if units > wantUnits {
			t.Errorf("%s: %.1f units, at most %.1f", target, units, wantUnits)
		}
		return got
	}

	// A word that few have decides, however many have the others.
	if got := found(ask("/api/v2/deals/search?term=deal+4321+of", map[string]int{"query": 8, "batch": 2}, 40)); len(got) != 1 || got[0] != "deal 4321" {
		t.Errorf("found %v", got)
	}
	if got := found(ask("/api/v2/itemSearch?term=zzz", map[string]int{"query": 5, "batch": 0}, 3)); got != nil {
		t.Errorf("found %v", got)
	}
	// One that all have leads to as many as are read.
	seen := map[string]bool{}
	cursor, pages := "", 0
	for ; pages == 0 || cursor != ""; pages++ {
		page := ask("/api/v2/deals/search?term=deal"+cursor, map[string]int{"query": 2, "batch": 7}, 540)
		for _, one := range found(page) {
			if seen[one] {
				t.Errorf("%s is on two pages", one)
			}
			seen[one] = true
		}
		if cursor, _ = page.Body["additional_data"].(m)["next_cursor"].(string); cursor != "" {
			cursor = "&cursor=" + cursor
		}
	}
	if len(seen) != search.MaxPostings || pages != 5 {
		t.Errorf("%d deals on %d pages", len(seen), pages)
	}
	// Unless those of one person are wanted: archived ones are searched too.
	target := apptest.Path("/api/v2/deals/search?term=deal&person_id=%d", person)
	if got := found(ask(target, map[string]int{"query": 4, "batch": 6}, 600)); len(got) != 20 {
		t.Errorf("of the person found %d: %v", len(got), got)
	}
	if got := found(ask(target+"&status=won", map[string]int{"query": 4}, 600)); got != nil {
		t.Errorf("won: %v", got)
	}
	if got := found(ask("/api/v2/deals/search?term=jan+deal+77", map[string]int{"query": 8, "batch": 6}, 200)); len(got) == 0 || !strings.HasPrefix(got[0], "deal 77") {
		t.Errorf("found %v", got)
	}
}

func TestAChangeOfNoTextCostsNothing(t *testing.T) {
	t.Parallel()
	n := &meter{calls: map[string]int{}}
	a := apptest.New(t, n.install)
	settle := a.Follow()
	c := a.NewTeam("Acme")
	deal := c.Must("POST", "/api/v2/deals", m{"title": "One two three"}).ID()
	settle()
	if calls, units := n.take(); calls["write"] != 1 {
		t.Errorf("%v calls, %.1f units for three new words", calls, units)
	}
	c.Must("PATCH", apptest.Path("/api/v2/deals/%d", deal), m{"stage_id": 2, "value": 7, "status": "won"})
	settle()
	if calls, _ := n.take(); calls["write"] != 0 {
		t.Errorf("%v calls though no word changed", calls)
	}
	c.Must("PATCH", apptest.Path("/api/v2/deals/%d", deal), m{"title": "One two four"})
	settle()
	if calls, units := n.take(); calls["write"] != 1 || calls["batch"] > 4 {
		t.Errorf("%v calls, %.1f units for one word", calls, units)
	}
}
