package dynamo

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/lejek/lejek/shared/schema"
)

// NextID gives the next number of a kind within a team: one write, outside the transaction, so that writers of one kind do
// not wait for each other. A number whose transaction failed is a gap.
func (db *DB) NextID(ctx context.Context, team int64, kind string) (int64, error) {
	return db.NextIDs(ctx, team, kind, 1)
}

// NextIDs reserves n numbers and returns the first.
func (db *DB) NextIDs(ctx context.Context, team int64, kind string, n int) (int64, error) {
	last, err := db.count(ctx, schema.Sequence.Key(team, kind), n)
	if err != nil {
		return 0, fmt.Errorf("dynamo.NextIDs %s: %w", kind, err)
	}
	return last - int64(n) + 1, nil
}

func (db *DB) count(ctx context.Context, key schema.Key, n int) (int64, error) {
	out, err := db.client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: &db.table, Key: keyItem(key), UpdateExpression: aws.String("ADD lastId :n"),
		ExpressionAttributeValues: item{":n": number(int64(n))}, ReturnValues: types.ReturnValueUpdatedNew,
	})
	if err != nil {
		return 0, unavailable(err)
	}
	return numberOf(out.Attributes, "lastId"), nil
}
