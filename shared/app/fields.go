package app

import (
	"context"

	"github.com/lejek/lejek/shared/dynamo"
	"github.com/lejek/lejek/shared/fields"
)

// activityTypes lets the types of activities be the options of a field.
type activityTypes struct{ db *dynamo.DB }

func (t activityTypes) TypeChoices(ctx context.Context, team int64) ([]fields.Choice, error) {
	all, err := t.db.ActivityTypes(ctx, team)
	var choices []fields.Choice
	for _, one := range all {
		if one.Active {
			choices = append(choices, fields.Choice{ID: one.Key, Label: one.Name})
		}
	}
	return choices, err
}
