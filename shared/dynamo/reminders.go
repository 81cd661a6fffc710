package dynamo

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/reminders"
	"github.com/lejek/lejek/shared/schema"
	"github.com/lejek/lejek/shared/value"
)

// keepReminders is how long an activity tells what became of a reminder.
const keepReminders = 365 * 24 * time.Hour

var reminderKind = kindOf[reminders.Reminder]{name: reminders.Kind, extra: func(_ int64, r reminders.Reminder, it item) {
	it[schema.Expires] = number(r.DueAt.Add(keepReminders).Unix())
}}

// Reminders keeps reminders and the buckets in which activities wait for them.
type Reminders struct{ *DB }

var _ reminders.Store = Reminders{}

// dueShards spreads a minute over partitions: one takes 500 activities a second in transactions, and an import can be faster.
const dueShards = 2

const bucketMinute = "2006-01-02T15:04"

func lineKey(team int64, minute time.Time, activity int64) schema.Key {
	return schema.Due.Key(minute.UTC().Format(bucketMinute), activity%dueShards, team, activity)
}

// due writes or takes away an activity's line. Either may be repeated, and its transaction holds the activity's version.
func (o *operations) due(team int64, d change.Due) {
	key := lineKey(team, d.Minute, d.Activity)
	if d.Remove {
		o.set(key, types.TransactWriteItem{Delete: &types.Delete{TableName: &o.db.table, Key: keyItem(key)}})
		return
	}
	o.set(key, types.TransactWriteItem{Put: &types.Put{
		TableName: &o.db.table, Item: merge(keyItem(key), item{"Team": number(team), "Activity": number(d.Activity)}),
	}})
}

// Due is a query per shard.
func (r Reminders) Due(ctx context.Context, minute time.Time) (entries []reminders.Entry, err error) {
	for shard := range dueShards {
		items, _, err := r.query(ctx, query{pk: schema.Due.Partition(minute.UTC().Format(bucketMinute), shard), from: "0", to: "~"})
		if err != nil {
			return nil, fmt.Errorf("dynamo.Due: %w", err)
		}
		for _, it := range items {
			entries = append(entries, reminders.Entry{Minute: minute, Team: numberOf(it, "Team"), Activity: numberOf(it, "Activity")})
		}
	}
	return entries, nil
}

// Mark is kept outside all teams.
func (r Reminders) Mark(ctx context.Context) (mark time.Time, err error) {
	it, err := r.get(ctx, schema.DueMark.Key())
	if err != nil || it == nil {
		return mark, err
	}
	return value.ParseTime(textOf(it, "At"))
}

// MoveMark leaves a later mark alone.
func (r Reminders) MoveMark(ctx context.Context, to time.Time) error {
	_, err := r.client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: &r.table, Key: keyItem(schema.DueMark.Key()), UpdateExpression: aws.String("SET #at = :to"),
		ConditionExpression: aws.String("attribute_not_exists(#at) OR #at < :to"), ExpressionAttributeNames: map[string]string{"#at": "At"},
		ExpressionAttributeValues: item{":to": text(value.SortTime(to))},
	})
	var later *types.ConditionalCheckFailedException
	if err == nil || errors.As(err, &later) {
		return nil
	}
	return unavailable(fmt.Errorf("dynamo.MoveMark: %w", err))
}

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
