package apptest

import (
	"context"
	"encoding/json"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/schema"
)

// Expire removes a record as TTL does, and returns the event that the table's stream then holds.
func (a *App) Expire(team int64, ref change.Ref) []byte {
	a.t.Helper()
	key := schema.Record.Key(team, ref)
	out, err := a.DynamoDB.DeleteItem(context.Background(), &dynamodb.DeleteItemInput{TableName: &a.Table, ReturnValues: types.ReturnValueAllOld, Key: map[string]types.AttributeValue{
		schema.PK: &types.AttributeValueMemberS{Value: key.PK}, schema.SK: &types.AttributeValueMemberS{Value: key.SK},
	}})
	if err != nil {
		a.t.Fatal(err)
	}
	image := map[string]events.DynamoDBAttributeValue{}
	for name, v := range out.Attributes {
		image[name] = attribute(v)
	}
	raw, err := json.Marshal(events.DynamoDBEvent{Records: []events.DynamoDBEventRecord{{
		EventName: "REMOVE", UserIdentity: &events.DynamoDBUserIdentity{Type: "Service", PrincipalID: "dynamodb.amazonaws.com"},
		Change: events.DynamoDBStreamRecord{
			SequenceNumber: "7", OldImage: image, Keys: map[string]events.DynamoDBAttributeValue{schema.PK: image[schema.PK], schema.SK: image[schema.SK]},
		},
	}}})
	if err != nil {
		a.t.Fatal(err)
	}
	return raw
}

func attribute(v types.AttributeValue) events.DynamoDBAttributeValue {
	switch v := v.(type) {
	case *types.AttributeValueMemberS:
		return events.NewStringAttribute(v.Value)
	case *types.AttributeValueMemberN:
		return events.NewNumberAttribute(v.Value)
	case *types.AttributeValueMemberBOOL:
		return events.NewBooleanAttribute(v.Value)
	case *types.AttributeValueMemberL:
		var list []events.DynamoDBAttributeValue
		for _, e := range v.Value {
			list = append(list, attribute(e))
		}
		return events.NewListAttribute(list)
	case *types.AttributeValueMemberM:
		m := map[string]events.DynamoDBAttributeValue{}
		for name, e := range v.Value {
			m[name] = attribute(e)
		}
		return events.NewMapAttribute(m)
	}
	return events.NewNullAttribute()
}
