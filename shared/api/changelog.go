package api

import (
	"cmp"
	"context"

	"github.com/lejek/lejek/shared/flow"
	"github.com/lejek/lejek/shared/value"
)

// changedWire is one changed field (contract §3.7).
type changedWire struct {
	FieldKey    string  `json:"field_key"`
	OldValue    *string `json:"old_value"`
	NewValue    *string `json:"new_value"`
	ActorUserID int64   `json:"actor_user_id"`
	Time        *string `json:"time"`
	Source      string  `json:"change_source"`
	Agent       *string `json:"change_source_user_agent"`
	BulkFlag    bool    `json:"is_bulk_update_flag"`
}

func changedOut(c flow.Changed) changedWire {
	return changedWire{
		FieldKey: c.Field.Key, OldValue: c.Field.Old, NewValue: c.Field.New, ActorUserID: c.Log.User, Time: value.Stamp(&c.At),
		Source: c.Log.Source, Agent: nonEmpty(c.Log.Agent),
	}
}

type changelogQuery struct {
	byID
	Limit  int64  `query:"limit" rule:"min=1,max=500"`
	Cursor string `query:"cursor" rule:"max=2000"`
}

func (h Detail) changelog(ctx context.Context, c Call, in changelogQuery) (any, error) {
	page, next, err := h.Flow.Changelog(ctx, c.Actor, h.of(in.byID), in.Cursor, int(cmp.Or(in.Limit, 100)))
	return listed(each(page, changedOut), next), err
}

// permitted are the users who see the record.
func (h Detail) permitted(ctx context.Context, c Call, in byID) (any, error) {
	if err := h.Flow.Exists(ctx, c.Team, h.of(in)); err != nil {
		return nil, err
	}
	return h.Users.UserIDs(ctx, c.Actor)
}
