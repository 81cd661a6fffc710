package dynamo

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/schema"
)

// Members reads the ids that guards hold, strongly consistent and in order; an empty guard is absent. What is read here is
// what change.Member.Seen demands to be still so.
func (db *DB) Members(ctx context.Context, team int64, of ...change.Ref) (map[change.Ref][]int64, error) {
	keys := make([]schema.Key, len(of))
	for i, ref := range of {
		keys[i] = keyOf(team, ref)
	}
	found, err := db.batch(ctx, keys)
	if err != nil {
		return nil, fmt.Errorf("dynamo.Members: %w", err)
	}
	all := make(map[change.Ref][]int64, len(found))
	for i, ref := range of {
		ids, err := membersOf(found[keys[i]])
		if err != nil {
			return nil, fmt.Errorf("dynamo.Members: guard %s: %w", ref, err)
		}
		if len(ids) > 0 {
			all[ref] = ids
		}
	}
	return all, nil
}

// membersOf are the ids in a guard's item, in order; none when there is no item.
func membersOf(it item) ([]int64, error) {
	set, ok := it["ids"].(*types.AttributeValueMemberNS)
	if !ok {
		return nil, nil
	}
	ids := make([]int64, len(set.Value))
	for n, digits := range set.Value {
		id, err := strconv.ParseInt(digits, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("%q is no id", digits)
		}
		ids[n] = id
	}
	slices.Sort(ids)
	return ids, nil
}
