package dynamo

import (
	"github.com/lejek/lejek/shared/activities"
	"github.com/lejek/lejek/shared/change"
)

var activityKind = kindOf[activities.Activity]{name: change.Activity, facets: activities.Activity.Facets, follow: followPlaced[activities.Activity]}

// Activities keeps activities.
type Activities struct {
	records[activities.Activity]
}

var _ activities.Store = Activities{}

// NewActivities keeps activities in db.
func NewActivities(db *DB) Activities {
	return Activities{records[activities.Activity]{db, activityKind, "Activity"}}
}
