package dynamo

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/reminders"
	"github.com/lejek/lejek/shared/schema"
)

// keepReminders is how long an activity tells what became of a reminder.
const keepReminders = 365 * 24 * time.Hour

var reminderKind = kindOf[reminders.Reminder]{name: reminders.Kind, extra: func(_ int64, r reminders.Reminder, it item) {
	it[schema.Expires] = number(r.DueAt.Add(keepReminders).Unix())
}}

// Reminders keeps reminders.
type Reminders struct{ *DB }

var _ reminders.Store = Reminders{}

// Reminder reads one by its key.
func (r Reminders) Reminder(ctx context.Context, team, activity int64, due time.Time, owner int64) (rem reminders.Reminder, err error) {
	it, err := r.get(ctx, keyOf(team, reminders.Ref(activity, due, owner)))
	if err != nil || it == nil {
		return rem, err
	}
	return reminderKind.decode(it)
}

// OfActivity is one query.
func (r Reminders) OfActivity(ctx context.Context, team, activity int64) ([]reminders.Reminder, error) {
	p := schema.Reminder
	items, _, err := r.query(ctx, query{pk: p.Partition(team, change.Of(change.Activity, activity)), from: p.Prefix(), to: p.Prefix() + "~"})
	if err != nil {
		return nil, fmt.Errorf("dynamo.OfActivity: %w", err)
	}
	return decodeAll(reminderKind, items)
}

// reminderKey is in the collection of the activity, which is the first part of the reminder's name.
func reminderKey(team int64, ref change.Ref) schema.Key {
	activity, rest, _ := strings.Cut(ref.Name(), "#")
	return schema.Reminder.Key(team, change.Named(change.Activity, activity), rest)
}
