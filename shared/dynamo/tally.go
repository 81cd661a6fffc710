package dynamo

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/schema"
)

// tally adds to numbers without reading them.
func (o *operations) tally(team int64, t change.Tally) error {
	key := schema.Tally.Key(team, t.Of)
	if _, ok := o.at[key]; ok {
		return fmt.Errorf("the tally of %s is changed twice in one transaction", t.Of)
	}
	update := &types.Update{
		TableName: &o.db.table, Key: keyItem(key), ExpressionAttributeNames: map[string]string{}, ExpressionAttributeValues: item{},
	}
	var parts []string
	for i, name := range slices.Sorted(maps.Keys(t.Add)) {
		n, v := fmt.Sprintf("#%d", i), fmt.Sprintf(":%d", i)
		update.ExpressionAttributeNames[n], update.ExpressionAttributeValues[v] = name, number(t.Add[name])
		parts = append(parts, n+" "+v)
	}
	expression := "ADD " + strings.Join(parts, ", ")
	update.UpdateExpression = &expression
	o.set(key, types.TransactWriteItem{Update: update})
	return nil
}

// Tallies reads what was counted, strongly consistent; what nobody counted in is absent.
func (db *DB) Tallies(ctx context.Context, team int64, of ...change.Ref) (map[change.Ref]map[string]int64, error) {
	keys := make([]schema.Key, len(of))
	for i, ref := range of {
		keys[i] = schema.Tally.Key(team, ref)
	}
	found, err := db.batch(ctx, keys)
	if err != nil {
		return nil, fmt.Errorf("dynamo.Tallies: %w", err)
	}
	all := make(map[change.Ref]map[string]int64, len(found))
	for i, ref := range of {
		it, ok := found[keys[i]]
		if !ok {
			continue
		}
		all[ref] = map[string]int64{}
		for name, v := range it {
			if _, ok := v.(*types.AttributeValueMemberN); ok {
				all[ref][name] = numberOf(it, name)
			}
		}
	}
	return all, nil
}
