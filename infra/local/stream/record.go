package stream

import (
	"fmt"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams/types"

	"github.com/lejek/lejek/infra/local/engine"
)

// record is a change in the words of Lambda's event.
func record(arn string, r types.Record) (events.DynamoDBEventRecord, error) {
	e := events.DynamoDBEventRecord{
		AWSRegion: engine.Region, EventID: aws.ToString(r.EventID), EventName: string(r.EventName), EventSource: "aws:dynamodb",
		EventVersion: "1.1", EventSourceArn: arn,
		Change: events.DynamoDBStreamRecord{
			SequenceNumber: aws.ToString(r.Dynamodb.SequenceNumber),
			SizeBytes:      aws.ToInt64(r.Dynamodb.SizeBytes),
			StreamViewType: string(r.Dynamodb.StreamViewType),
		},
	}
	if r.UserIdentity != nil {
		e.UserIdentity = &events.DynamoDBUserIdentity{Type: aws.ToString(r.UserIdentity.Type), PrincipalID: aws.ToString(r.UserIdentity.PrincipalId)}
	}
	if t := r.Dynamodb.ApproximateCreationDateTime; t != nil {
		e.Change.ApproximateCreationDateTime = events.SecondsEpochTime{Time: *t}
	}
	var err error
	for _, image := range []struct {
		from map[string]types.AttributeValue
		to   *map[string]events.DynamoDBAttributeValue
	}{{r.Dynamodb.Keys, &e.Change.Keys}, {r.Dynamodb.NewImage, &e.Change.NewImage}, {r.Dynamodb.OldImage, &e.Change.OldImage}} {
		if *image.to, err = attributes(image.from); err != nil {
			return e, err
		}
	}
	return e, nil
}

func attributes(from map[string]types.AttributeValue) (map[string]events.DynamoDBAttributeValue, error) {
	if from == nil {
		return nil, nil
	}
	to := make(map[string]events.DynamoDBAttributeValue, len(from))
	for name, v := range from {
		var err error
		if to[name], err = attribute(v); err != nil {
			return nil, fmt.Errorf("attribute %s: %w", name, err)
		}
	}
	return to, nil
}

func attribute(v types.AttributeValue) (events.DynamoDBAttributeValue, error) {
	switch v := v.(type) {
	case *types.AttributeValueMemberS:
		return events.NewStringAttribute(v.Value), nil
	case *types.AttributeValueMemberN:
		return events.NewNumberAttribute(v.Value), nil
	case *types.AttributeValueMemberB:
		return events.NewBinaryAttribute(v.Value), nil
	case *types.AttributeValueMemberBOOL:
		return events.NewBooleanAttribute(v.Value), nil
	case *types.AttributeValueMemberNULL:
		return events.NewNullAttribute(), nil
	case *types.AttributeValueMemberSS:
		return events.NewStringSetAttribute(v.Value), nil
	case *types.AttributeValueMemberNS:
		return events.NewNumberSetAttribute(v.Value), nil
	case *types.AttributeValueMemberBS:
		return events.NewBinarySetAttribute(v.Value), nil
	case *types.AttributeValueMemberM:
		m, err := attributes(v.Value)
		return events.NewMapAttribute(m), err
	case *types.AttributeValueMemberL:
		list := make([]events.DynamoDBAttributeValue, len(v.Value))
		for i, element := range v.Value {
			var err error
			if list[i], err = attribute(element); err != nil {
				return events.DynamoDBAttributeValue{}, err
			}
		}
		return events.NewListAttribute(list), nil
	default:
		return events.DynamoDBAttributeValue{}, fmt.Errorf("unknown type %T", v)
	}
}
