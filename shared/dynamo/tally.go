package dynamo

import (
	"context"
	"fmt"
	"maps"
	"slices"

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
	x := expression{names: map[string]string{}, values: item{}}
	for _, name := range slices.Sorted(maps.Keys(t.Add)) {
		n := x.name(name)
		x.add = append(x.add, n+" "+x.value(number(t.Add[name])))
		if t.Limit != 0 {
			x.conditions = append(x.conditions, "(attribute_not_exists("+n+") OR "+n+" <= "+x.value(number(t.Limit-t.Add[name]))+")")
		}
	}
	if !t.Expires.IsZero() {
		x.set = append(x.set, x.name(schema.Expires)+" = "+x.value(number(t.Expires.Unix())))
	}
	o.set(key, x.operation(&o.db.table, key))
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
