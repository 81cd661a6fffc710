package dynamo

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/schema"
)

var jobKind = kindOf[change.Job]{name: "job"}

// Job is the job of that name; false when it is done.
func (f Flow) Job(ctx context.Context, team int64, name string) (j change.Job, found bool, err error) {
	it, err := f.get(ctx, schema.Job.Key(team, name))
	if err != nil || it == nil {
		return j, false, err
	}
	j, err = jobKind.decode(it)
	return j, true, err
}

// RemoveRows takes away rows, whether they are there or not.
func (f Flow) RemoveRows(ctx context.Context, team int64, rows []change.Row) error {
	keys := make([]schema.Key, len(rows))
	for i, r := range rows {
		keys[i] = rowKey(team, r)
	}
	return f.removeAll(ctx, keys)
}

const removedAtOnce = 500

// RemoveCollection empties a partition whose record is gone. It begins at the start each time: what an earlier attempt took
// away is not there any more.
func (f Flow) RemoveCollection(ctx context.Context, team int64, of change.Ref) error {
	for {
		out, err := f.client.Query(ctx, &dynamodb.QueryInput{
			TableName: &f.table, ConsistentRead: aws.Bool(true), Limit: aws.Int32(removedAtOnce),
			KeyConditionExpression:    aws.String("pk = :pk"),
			ExpressionAttributeValues: item{":pk": text(schema.Record.Partition(team, of))},
			ProjectionExpression:      aws.String("pk, sk"),
		})
		if err != nil {
			return unavailable(fmt.Errorf("dynamo.RemoveCollection %s: %w", of, err))
		}
		var keys []schema.Key
		for _, it := range out.Items {
			key := keyFrom(it)
			if key.SK == "#" {
				return nil // the record lives
			}
			keys = append(keys, key)
		}
		if len(keys) == 0 {
			return nil
		}
		if err := f.removeAll(ctx, keys); err != nil {
			return fmt.Errorf("dynamo.RemoveCollection %s: %w", of, err)
		}
	}
}

const batchWriteSize = 25 // "BatchWriteItem"

// removeAll deletes items without a transaction, at half its price: nobody reads them any more.
func (db *DB) removeAll(ctx context.Context, keys []schema.Key) error {
	var wanted []types.WriteRequest
	for _, k := range keys {
		wanted = append(wanted, types.WriteRequest{DeleteRequest: &types.DeleteRequest{Key: keyItem(k)}})
	}
	return db.writeAll(ctx, wanted)
}

// writeAll writes and deletes items, each by itself.
func (db *DB) writeAll(ctx context.Context, wanted []types.WriteRequest) error {
	for stuck := 0; len(wanted) > 0; {
		n := min(len(wanted), batchWriteSize)
		out, err := db.client.BatchWriteItem(ctx, &dynamodb.BatchWriteItemInput{RequestItems: map[string][]types.WriteRequest{db.table: wanted[:n]}})
		if err != nil {
			return unavailable(err)
		}
		left := out.UnprocessedItems[db.table]
		if len(left) == n {
			if stuck++; stuck == 5 {
				return fault.New(fault.Unavailable, "The service is busy, please try again")
			}
			time.Sleep(pause(stuck))
		}
		wanted = append(left, wanted[n:]...)
	}
	return nil
}
