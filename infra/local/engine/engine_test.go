package engine

import (
	"fmt"
	"path/filepath"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/lejek/lejek/infra/local/node"
	"github.com/lejek/lejek/shared/schema"
)

func item(pk, sk string, more ...string) map[string]types.AttributeValue {
	m := map[string]types.AttributeValue{
		schema.PK: &types.AttributeValueMemberS{Value: pk},
		schema.SK: &types.AttributeValueMemberS{Value: sk},
	}
	for i := 0; i < len(more); i += 2 {
		m[more[i]] = &types.AttributeValueMemberS{Value: more[i+1]}
	}
	return m
}

func TestTableIsTheSchemas(t *testing.T) {
	t.Parallel()
	cfg, table := Table(t)
	out, err := dynamodb.NewFromConfig(cfg).DescribeTable(t.Context(), &dynamodb.DescribeTableInput{TableName: &table})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := len(out.Table.GlobalSecondaryIndexes), len(schema.Indexes); got != want {
		t.Errorf("the table has %d indexes, the schema %d", got, want)
	}
	if s := out.Table.StreamSpecification; s == nil || s.StreamViewType != types.StreamViewTypeNewAndOldImages {
		t.Errorf("the stream does not carry new and old images: %+v", s)
	}
	ttl, err := dynamodb.NewFromConfig(cfg).DescribeTimeToLive(t.Context(), &dynamodb.DescribeTimeToLiveInput{TableName: &table})
	if err != nil {
		t.Fatal(err)
	}
	if got := aws.ToString(ttl.TimeToLiveDescription.AttributeName); got != schema.Expires {
		t.Errorf("time to live is by %q, want %q", got, schema.Expires)
	}
}

func TestTablesOfTwoTestsAreApart(t *testing.T) {
	t.Parallel()
	cfg, one := Table(t)
	_, two := Table(t)
	client := dynamodb.NewFromConfig(cfg)
	if _, err := client.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &one, Item: item("a", "#", "list", "l", "sortId", "1")}); err != nil {
		t.Fatal(err)
	}
	for table, want := range map[string]int32{one: 1, two: 0} {
		out, err := client.Query(t.Context(), &dynamodb.QueryInput{
			TableName: &table, IndexName: aws.String(schema.ByID.Name), KeyConditionExpression: aws.String("#l = :l"),
			ExpressionAttributeNames:  map[string]string{"#l": schema.ByID.PK}, // list is a reserved word
			ExpressionAttributeValues: map[string]types.AttributeValue{":l": &types.AttributeValueMemberS{Value: "l"}},
		})
		if err != nil {
			t.Fatal(err)
		}
		if out.Count != want {
			t.Errorf("the index of %s holds %d items, want %d", table, out.Count, want)
		}
	}
}

func TestDataInAFileSurvivesARestart(t *testing.T) {
	t.Parallel()
	tools, err := node.Install(t.Context())
	if err != nil {
		Missing(t, err)
	}
	file := filepath.Join(t.TempDir(), "data.db")
	for run := range 2 {
		e, err := Start(t.Context(), tools, file)
		if err != nil {
			t.Fatal(err)
		}
		if err := e.CreateTable(t.Context(), "lejek"); err != nil {
			t.Fatal(err)
		}
		client := dynamodb.NewFromConfig(e.Config())
		for earlier := range run {
			out, err := client.GetItem(t.Context(), &dynamodb.GetItemInput{TableName: aws.String("lejek"), Key: item(fmt.Sprint(earlier), "#")})
			if err != nil {
				t.Fatal(err)
			}
			if out.Item == nil {
				t.Errorf("run %d does not see what run %d stored", run, earlier)
			}
		}
		if _, err := client.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: aws.String("lejek"), Item: item(fmt.Sprint(run), "#")}); err != nil {
			t.Fatal(err)
		}
		if err := e.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
