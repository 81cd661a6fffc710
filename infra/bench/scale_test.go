package bench

import (
	"fmt"
	"iter"
	"maps"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/lejek/lejek/infra/local/engine"
	"github.com/lejek/lejek/shared/app/apptest"
	"github.com/lejek/lejek/shared/deals"
	"github.com/lejek/lejek/shared/schema"
	"github.com/lejek/lejek/shared/search"
)

// What a list, a filtered list and a search cost among a thousand records and among a hundred thousand: calls and units must be
// the same but for what finds more.
func BenchmarkScale(b *testing.B) {
	for _, n := range []int64{1_000, 100_000} {
		b.Run(fmt.Sprintf("%d-deals", n), func(b *testing.B) {
			deal := stored(b)
			cfg, table := engine.Import(b, manyDeals(deal, n))
			m := &meter{}
			a := apptest.New(b, func(a *apptest.App) {
				a.Table = table
				a.DynamoDB = dynamodb.NewFromConfig(cfg, m.install)
			})
			c := a.NewTeam("Bench") // the team of the imported deals, the first of its table
			ask := func(name, target string) {
				b.Run(name, func(b *testing.B) { m.measure(b, func(int) { c.Must("GET", target, nil) }) })
			}
			filter := func(field int, operator, value string) int64 {
				return c.Must("POST", "/v1/filters", map[string]any{"name": operator, "type": "deals", "conditions": map[string]any{
					"glue": "and", "conditions": []any{
						map[string]any{"glue": "and", "conditions": []any{
							map[string]any{"object": "deal", "field_id": fmt.Sprint(field), "operator": operator, "value": value, "extra_value": nil},
						}},
						map[string]any{"glue": "or", "conditions": []any{}},
					},
				}}).ID()
			}
			a.Later(time.Hour)
			ask("list-500", "/api/v2/deals?limit=500")
			ask("recents-100", "/v1/recents?since_timestamp=2026-01-01%2000:00:00")
			ask("recents-500-deals", "/v1/recents?since_timestamp=2026-01-01%2000:00:00&items=deal&limit=500")
			ask("filtered-by-index", apptest.Path("/api/v2/deals?limit=100&filter_id=%d", filter(1004, "=", "1")))
			ask("filtered-few-match", apptest.Path("/api/v2/deals?limit=100&filter_id=%d", filter(1002, "LIKE '%$%'", "nr00000500")))
			ask("search-one-of-all", "/api/v2/deals/search?term=nr00000500")
			ask("search-two-words", "/api/v2/deals/search?term=ordinary%20nr00000500")
			ask("search-a-word-of-all", "/api/v2/deals/search?term=ordinary&limit=50")
		})
	}
}

type item = map[string]types.AttributeValue

// stored is a deal as the API stores it.
func stored(b *testing.B) item {
	a := apptest.New(b)
	c := a.NewTeam("Bench")
	id := c.Must("POST", "/api/v2/deals", map[string]any{"title": titleOf(1), "value": 1000, "expected_close_date": "2026-12-01"}).ID()
	key := schema.Record.Key(c.Team.ID, fmt.Sprintf("deal#%d", id))
	out, err := a.DynamoDB.GetItem(b.Context(), &dynamodb.GetItemInput{TableName: &a.Table, Key: item{
		schema.PK: &types.AttributeValueMemberS{Value: key.PK}, schema.SK: &types.AttributeValueMemberS{Value: key.SK},
	}})
	if err != nil || out.Item == nil {
		b.Fatal(err)
	}
	return out.Item
}

func titleOf(id int64) string { return fmt.Sprintf("A deal of ordinary length nr%08d", id) }

// manyDeals are copies of a stored deal under other numbers, and what searches find them by.
func manyDeals(deal item, n int64) iter.Seq[item] {
	return func(yield func(item) bool) {
		for id := range n {
			id++
			it, padded := maps.Clone(deal), &types.AttributeValueMemberS{Value: fmt.Sprintf("%012d", id)}
			it[schema.PK] = &types.AttributeValueMemberS{Value: schema.Record.Key(1, fmt.Sprintf("deal#%d", id)).PK}
			it["ID"], it["sortId"] = &types.AttributeValueMemberN{Value: fmt.Sprint(id)}, padded
			it["Title"] = &types.AttributeValueMemberS{Value: titleOf(id)}
			if !yield(it) {
				return
			}
			for key, p := range search.PostingsOf(deals.Deal{ID: id, Title: titleOf(id)}) {
				runes := []rune(key.Word)
				at := schema.Word.Key(1, "deal", string(runes[:min(len(runes), 2)]), key.Word, id)
				posting, err := attributevalue.MarshalMap(struct{ Of, In any }{key.Of, p.In})
				if err != nil {
					panic(err) // two plain values
				}
				posting[schema.PK], posting[schema.SK] = &types.AttributeValueMemberS{Value: at.PK}, &types.AttributeValueMemberS{Value: at.SK}
				if !yield(posting) {
					return
				}
			}
		}
	}
}
