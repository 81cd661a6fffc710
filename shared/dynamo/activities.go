package dynamo

import (
	"context"

	"github.com/lejek/lejek/shared/activities"
	"github.com/lejek/lejek/shared/change"
)

var activityKind = kindOf[activities.Activity]{name: change.Activity, facets: activities.Activity.Facets}

// Activities keeps activities.
type Activities struct {
	records[activities.Activity]
}

var _ activities.Store = Activities{}

// NewActivities keeps activities in db.
func NewActivities(db *DB) Activities {
	return Activities{records[activities.Activity]{db, activityKind, "Activity"}}
}

// FirstPlanned reads two rows: one of them may be the activity that is asked to be left out.
func (s Activities) FirstPlanned(ctx context.Context, team int64, deal, other change.Ref) (*change.Row, error) {
	rows, _, err := s.Rows(ctx, team, deal, change.Range{Shelf: change.Planned, Limit: 2})
	for _, r := range rows {
		if r.Source != other {
			return &r, nil
		}
	}
	return nil, err
}

// LastDone walks the flow backwards past what is no activity. It is asked only when a deal's last activity is undone, deleted
// or moved, and almost always finds an answer in the first page.
func (s Activities) LastDone(ctx context.Context, team int64, before change.Row) (*change.Row, error) {
	for after := before; ; {
		rows, more, err := s.Rows(ctx, team, before.On, change.Range{Shelf: change.Flow, Desc: true, Limit: 100, After: &after})
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			if r.Source.Kind() == change.Activity {
				return &r, nil
			}
		}
		if !more {
			return nil, nil
		}
		after = rows[len(rows)-1]
	}
}
