package engine

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/lejek/lejek/shared/schema"
)

// CreateTable makes a table of the schema, unless it is there.
func (e *Engine) CreateTable(ctx context.Context, name string) error {
	client := dynamodb.NewFromConfig(e.Config())
	_, err := client.CreateTable(ctx, definition(name))
	if exists := new(types.ResourceInUseException); errors.As(err, &exists) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("engine.CreateTable(%s): %w", name, err)
	}
	_, err = client.UpdateTimeToLive(ctx, &dynamodb.UpdateTimeToLiveInput{
		TableName:               aws.String(name),
		TimeToLiveSpecification: &types.TimeToLiveSpecification{AttributeName: aws.String(schema.Expires), Enabled: aws.Bool(true)},
	})
	if err != nil {
		return fmt.Errorf("engine.CreateTable(%s): time to live: %w", name, err)
	}
	return nil
}

// definition is the schema in the words of CreateTable.
func definition(name string) *dynamodb.CreateTableInput {
	var attributes []types.AttributeDefinition
	defined := map[string]bool{}
	key := func(pk, sk string) []types.KeySchemaElement {
		for _, a := range []string{pk, sk} {
			if !defined[a] {
				defined[a] = true
				attributes = append(attributes, types.AttributeDefinition{AttributeName: aws.String(a), AttributeType: types.ScalarAttributeTypeS})
			}
		}
		return []types.KeySchemaElement{
			{AttributeName: aws.String(pk), KeyType: types.KeyTypeHash},
			{AttributeName: aws.String(sk), KeyType: types.KeyTypeRange},
		}
	}
	in := &dynamodb.CreateTableInput{
		TableName:   aws.String(name),
		BillingMode: types.BillingModePayPerRequest,
		KeySchema:   key(schema.PK, schema.SK),
		StreamSpecification: &types.StreamSpecification{
			StreamEnabled: aws.Bool(true), StreamViewType: types.StreamViewTypeNewAndOldImages,
		},
	}
	for _, i := range schema.Indexes {
		in.GlobalSecondaryIndexes = append(in.GlobalSecondaryIndexes, types.GlobalSecondaryIndex{
			IndexName:  aws.String(i.Name),
			KeySchema:  key(i.PK, i.SK),
			Projection: &types.Projection{ProjectionType: types.ProjectionTypeAll},
		})
	}
	in.AttributeDefinitions = attributes
	return in
}
