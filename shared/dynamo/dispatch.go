package dynamo

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/dispatch"
	"github.com/lejek/lejek/shared/schema"
	"github.com/lejek/lejek/shared/value"
)

// Dispatch keeps the buckets in which records wait for a mail about them.
type Dispatch struct{ *DB }

var _ dispatch.Store = Dispatch{}

// dueShards spreads a minute over partitions: one takes 500 lines a second in transactions, and an import can be faster.
const dueShards = 2

const bucketMinute = "2006-01-02T15:04"

func lineKey(team int64, minute time.Time, of change.Ref) schema.Key {
	return schema.Due.Key(minute.UTC().Format(bucketMinute), of.ID()%dueShards, team, lineName(of))
}

// lineName is what a line calls a record: an activity by its number alone, since lines were of activities only when they began.
func lineName(of change.Ref) string {
	if of.Kind() == change.Activity {
		return padded(of.ID())
	}
	return string(of)
}

func lineRef(name string) change.Ref {
	if id, err := strconv.ParseInt(name, 10, 64); err == nil {
		return change.Of(change.Activity, id)
	}
	return change.Ref(name)
}

// due writes or takes away a record's line. Either may be repeated, and its transaction holds the record's version.
func (o *operations) due(team int64, d change.Due) {
	key := lineKey(team, d.Minute, d.Of)
	if d.Remove {
		o.set(key, types.TransactWriteItem{Delete: &types.Delete{TableName: &o.db.table, Key: keyItem(key)}})
		return
	}
	o.set(key, types.TransactWriteItem{Put: &types.Put{TableName: &o.db.table, Item: merge(keyItem(key), item{"Team": number(team)})}})
}

// Due is a query per shard.
func (r Dispatch) Due(ctx context.Context, minute time.Time) (lines []dispatch.Line, err error) {
	for shard := range dueShards {
		items, _, err := r.query(ctx, query{pk: schema.Due.Partition(minute.UTC().Format(bucketMinute), shard), from: "0", to: "~"})
		if err != nil {
			return nil, fmt.Errorf("dynamo.Due: %w", err)
		}
		for _, it := range items {
			_, name, _ := strings.Cut(textOf(it, schema.SK), "#")
			lines = append(lines, dispatch.Line{Minute: minute, Team: numberOf(it, "Team"), Of: lineRef(name)})
		}
	}
	return lines, nil
}

// Mark is kept outside all teams.
func (r Dispatch) Mark(ctx context.Context) (mark time.Time, err error) {
	it, err := r.get(ctx, schema.DueMark.Key())
	if err != nil || it == nil {
		return mark, err
	}
	return value.ParseTime(textOf(it, "At"))
}

// MoveMark leaves a later mark alone.
func (r Dispatch) MoveMark(ctx context.Context, to time.Time) error {
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
