package dynamo

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/lejek/lejek/shared/limits"
	"github.com/lejek/lejek/shared/schema"
	"github.com/lejek/lejek/shared/value"
)

// Requests counts what tokens ask for.
type Requests struct{ *DB }

var _ limits.Store = Requests{}

// keepCount is how long a count stays after its window, should clocks differ.
const keepCount = time.Minute

// CountRequest is one write; TTL removes the counts.
func (r Requests) CountRequest(ctx context.Context, team int64, tokenHash string, window time.Time) (int64, error) {
	out, err := r.client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: &r.table, Key: keyItem(schema.Requests.Key(team, tokenHash, value.SortTime(window))), ReturnValues: types.ReturnValueUpdatedNew,
		UpdateExpression:          aws.String("ADD requests :one SET " + schema.Expires + " = :until"),
		ExpressionAttributeValues: item{":one": number(1), ":until": number(window.Add(keepCount).Unix())},
	})
	if err != nil {
		return 0, unavailable(fmt.Errorf("dynamo.CountRequest: %w", err))
	}
	return numberOf(out.Attributes, "requests"), nil
}
