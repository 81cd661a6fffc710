package apptest

import (
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/lejek/lejek/infra/local/engine"
	"github.com/lejek/lejek/shared/schema"
)

// Item is a record as it is stored.
type Item map[string]types.AttributeValue

// Set changes an attribute to a text or a number.
func (it Item) Set(name string, v any) {
	switch v := v.(type) {
	case string:
		it[name] = &types.AttributeValueMemberS{Value: v}
	default:
		it[name] = &types.AttributeValueMemberN{Value: fmt.Sprint(v)}
	}
}

// Stored is the first team's record of that name, such as "deal#1", once the calls were made: a pattern for very many.
func Stored(t testing.TB, ref string, calls func(c *Client)) Item {
	t.Helper()
	a := New(t)
	c := a.NewTeam("Acme")
	calls(c)
	key := schema.Record.Key(c.Team.ID, ref)
	k, text := Item{}, map[string]string{schema.PK: key.PK, schema.SK: key.SK}
	for name, v := range text {
		k.Set(name, v)
	}
	out, err := a.DynamoDB.GetItem(t.Context(), &dynamodb.GetItemInput{TableName: &a.Table, Key: k})
	if err != nil || out.Item == nil {
		t.Fatalf("%s: %v", ref, err)
	}
	return out.Item
}

// Copy is the record under another number, in some indexes only, which spares the engine copies; as much text keeps its size.
func (it Item) Copy(kind string, id int64, indexes ...schema.Index) Item {
	it = maps.Clone(it)
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
	it.Set("padding", strings.Repeat("x", size))
	it.Set(schema.PK, schema.Record.Key(1, fmt.Sprintf("%s#%d", kind, id)).PK)
	it.Set("ID", id)
	it.Set("sortId", fmt.Sprintf("%012d", id))
	return it
}

// WithItems gives the functions a table that holds these items of the first team from the start. Options that meter calls come
// after it.
func WithItems(items iter.Seq[Item]) func(*App) {
	return func(a *App) {
		cfg, table := engine.Import(a.t, func(yield func(map[string]types.AttributeValue) bool) {
			for it := range items {
				if !yield(it) {
					return
				}
			}
		})
		a.Table, a.DynamoDB = table, dynamodb.NewFromConfig(cfg)
	}
}
