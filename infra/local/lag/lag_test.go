package lag

import (
	"context"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/lejek/lejek/infra/local/engine"
	"github.com/lejek/lejek/shared/schema"
)

func TestIndexIsBehindAndTheTableIsNot(t *testing.T) {
	t.Parallel()
	const behind = 300 * time.Millisecond
	cfg, table := engine.Table(t)
	_, replica := engine.Table(t)
	r, err := Follow(t.Context(), cfg, table, replica, behind)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	cfg.APIOptions = append(cfg.APIOptions, r.Answer)
	client := dynamodb.NewFromConfig(cfg)
	key := map[string]types.AttributeValue{schema.PK: text("deal"), schema.SK: text("#")}
	item := map[string]types.AttributeValue{schema.PK: text("deal"), schema.SK: text("#"), schema.ByID.PK: text("l"), schema.ByID.SK: text("1")}

	written := time.Now()
	if _, err := client.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &table, Item: item}); err != nil {
		t.Fatal(err)
	}
	if got, err := client.GetItem(t.Context(), &dynamodb.GetItemInput{TableName: &table, Key: key}); err != nil || got.Item == nil {
		t.Errorf("the table does not show what was written: %v", err)
	}
	if seen := until(t, client, table, 1); seen.Sub(written) < behind {
		t.Errorf("the index showed it after %v, want at least %v", seen.Sub(written), behind)
	}
	removed := time.Now()
	if _, err := client.DeleteItem(t.Context(), &dynamodb.DeleteItemInput{TableName: &table, Key: key}); err != nil {
		t.Fatal(err)
	}
	if gone := until(t, client, table, 0); gone.Sub(removed) < behind {
		t.Errorf("the index lost it after %v, want at least %v", gone.Sub(removed), behind)
	}
}

func text(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }

// until is when the index first held that many records.
func until(t *testing.T, client *dynamodb.Client, table string, want int32) time.Time {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	for {
		out, err := client.Query(ctx, &dynamodb.QueryInput{
			TableName: &table, IndexName: aws.String(schema.ByID.Name), KeyConditionExpression: aws.String("#l = :l"),
			ExpressionAttributeNames:  map[string]string{"#l": schema.ByID.PK},
			ExpressionAttributeValues: map[string]types.AttributeValue{":l": text("l")},
		})
		if err != nil {
			t.Fatal(err)
		}
		if out.Count == want {
			return time.Now()
		}
	}
}
