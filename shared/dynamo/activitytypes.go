package dynamo

import (
	"context"
	"fmt"

	"github.com/lejek/lejek/shared/activities"
	"github.com/lejek/lejek/shared/schema"
)

const kindActivityType = activities.KindType

var activityTypeKind = kindOf[activities.Type]{name: kindActivityType}

// ActivityTypes reads all types of a team with one query, by id.
func (db *DB) ActivityTypes(ctx context.Context, team int64) ([]activities.Type, error) {
	items, _, err := db.query(ctx, query{pk: schema.ActivityType.Partition(team), from: "0", to: "~"})
	if err != nil {
		return nil, fmt.Errorf("dynamo.ActivityTypes: %w", err)
	}
	return decodeAll(activityTypeKind, items)
}

// ActivityTypes keeps types of activities.
type ActivityTypes struct{ *DB }

var _ activities.TypeStore = ActivityTypes{}

// NextTypeID is the next id of a type.
func (t ActivityTypes) NextTypeID(ctx context.Context, team int64) (int64, error) {
	return t.NextID(ctx, team, kindActivityType)
}
