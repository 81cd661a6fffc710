package bench

import (
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/lejek/lejek/shared/app/apptest"
	"github.com/lejek/lejek/shared/schema"
)

// among is a team with that many deals, of which every hundredth is worth 7, and of its own owner and person.
func among(b *testing.B, many int64) (*meter, *apptest.Client) {
	deal := apptest.Stored(b, "deal#1", func(c *apptest.Client) {
		id := c.Must("POST", "/api/v2/persons", map[string]any{"name": "Ada Lovelace"}).ID()
		c.Must("POST", "/api/v2/deals", map[string]any{"title": "Some deal of ordinary length", "value": 1000, "person_id": id})
	})
	m := &meter{}
	a := apptest.New(b, apptest.WithItems(func(yield func(apptest.Item) bool) {
		for id := range many {
			it := deal.Copy("deal", id+1, schema.ByID)
			if it.Set("PersonID", 2); id%100 == 0 {
				it = deal.Copy("deal", id+1, schema.ByID, schema.ByPerson)
				it.Set("Value", "7")
			}
			if !yield(it) {
				return
			}
		}
	}), func(a *apptest.App) { a.DynamoDB = dynamodb.New(a.DynamoDB.Options(), m.install) })
	return m, a.NewTeam("Bench")
}

// BenchmarkFilteredPage is a page of a filter's deals: each of them found by looking, or by an index; and 500 deals of any kind.
func BenchmarkFilteredPage(b *testing.B) {
	worth := map[string]any{"object": "deal", "field_id": 1005, "operator": "=", "value": 7}
	of := map[string]any{"object": "deal", "field_id": 1010, "operator": "=", "value": 1}
	linked := map[string]any{"object": "person", "field_id": 2001, "operator": "=", "value": "Nobody"}
	for _, many := range []int64{1000, 100_000} {
		m, c := among(b, many)
		list := func(name, target string) {
			b.Run(fmt.Sprintf("%s/%d", name, many), func(b *testing.B) {
				m.measure(b, func(int) { c.Must("GET", target, nil) })
			})
		}
		filter := func(conditions ...any) string {
			id := c.Must("POST", "/v1/filters", map[string]any{"name": "Some", "type": "deals", "conditions": map[string]any{"glue": "and", "conditions": []any{
				map[string]any{"glue": "and", "conditions": conditions}, map[string]any{"glue": "or", "conditions": []any{}},
			}}}).ID()
			return fmt.Sprintf("/api/v2/deals?limit=100&filter_id=%d", id)
		}
		list("looked-for", filter(worth))
		list("by-index", filter(worth, of))
		list("linked", filter(linked))
		list("list500", "/api/v2/deals?limit=500")
	}
}
