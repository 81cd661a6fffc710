package dynamo

import (
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/schema"
	"github.com/lejek/lejek/shared/search"
)

// Event is what a record of the table's stream means: a job waits for its next step, a record was removed after its time, one
// that is searched has changed. All nil: nothing that anyone acts on.
type Event struct {
	Team    int64
	Job     *change.Job
	Purged  *Purged
	Changed *search.Changed
}

// Purged is a record that TTL removed, as it was before it was marked deleted: so it still knows all its rows.
type Purged struct {
	Ref    change.Ref
	Record any // nil for a guard
}

// EventOf reads a record of the stream.
func EventOf(r events.DynamoDBEventRecord) (e Event, err error) {
	team, name, ok := teamOf(r.Change.Keys[schema.PK])
	if sk := r.Change.Keys[schema.SK]; !ok || sk.DataType() != events.DataTypeString || sk.String() != "#" {
		return Event{}, nil
	}
	e.Team = team
	if e.Changed, err = changedOf(team, change.Ref(name), r); err != nil {
		return e, err
	}
	purged := r.EventName == string(events.DynamoDBOperationTypeRemove) && r.UserIdentity != nil &&
		r.UserIdentity.Type == "Service" && r.UserIdentity.PrincipalID == "dynamodb.amazonaws.com"
	switch {
	case strings.HasPrefix(name, "job#") && r.EventName != string(events.DynamoDBOperationTypeRemove):
		it, err := itemOf(r.Change.NewImage)
		if err != nil {
			return e, err
		}
		job, err := jobKind.decode(it)
		e.Job = &job
		return e, err
	case purged:
		e.Purged = &Purged{Ref: change.Ref(name)}
		k, ok := kinds[e.Purged.Ref.Kind()]
		if !ok {
			return e, nil
		}
		it, err := itemOf(r.Change.OldImage)
		if err != nil {
			return e, err
		}
		delete(it, "Deleted")
		e.Purged.Record, err = k.decodeAny(it)
		return e, err
	}
	return e, nil
}

// changedOf are both states of a record that is searched; nil of another.
func changedOf(team int64, ref change.Ref, r events.DynamoDBEventRecord) (*search.Changed, error) {
	if !slices.Contains(search.Kinds, ref.Kind()) {
		return nil, nil
	}
	c := search.Changed{Team: team, Ref: ref}
	for _, state := range []struct {
		image map[string]events.DynamoDBAttributeValue
		to    *any
	}{{r.Change.OldImage, &c.Before}, {r.Change.NewImage, &c.Now}} {
		if len(state.image) == 0 {
			continue
		}
		it, err := itemOf(state.image)
		if err != nil {
			return nil, err
		}
		if *state.to, err = kinds[ref.Kind()].decodeAny(it); err != nil {
			return nil, err
		}
	}
	return &c, nil
}

// teamOf splits a partition key "T#1#deal#7"; false for what lies outside every team.
func teamOf(pk events.DynamoDBAttributeValue) (team int64, name string, ok bool) {
	if pk.DataType() != events.DataTypeString {
		return 0, "", false
	}
	rest, ok := strings.CutPrefix(pk.String(), "T#")
	number, name, cut := strings.Cut(rest, "#")
	if _, err := fmt.Sscan(number, &team); err != nil {
		return 0, "", false
	}
	return team, name, ok && cut
}

// itemOf turns an event's image into an item.
func itemOf(image map[string]events.DynamoDBAttributeValue) (item, error) {
	it := make(item, len(image))
	for name, v := range image {
		var err error
		if it[name], err = attributeOf(v); err != nil {
			return nil, fmt.Errorf("attribute %s: %w", name, err)
		}
	}
	return it, nil
}

func attributeOf(v events.DynamoDBAttributeValue) (types.AttributeValue, error) {
	switch v.DataType() {
	case events.DataTypeString:
		return &types.AttributeValueMemberS{Value: v.String()}, nil
	case events.DataTypeNumber:
		return &types.AttributeValueMemberN{Value: v.Number()}, nil
	case events.DataTypeBinary:
		return &types.AttributeValueMemberB{Value: v.Binary()}, nil
	case events.DataTypeBoolean:
		return &types.AttributeValueMemberBOOL{Value: v.Boolean()}, nil
	case events.DataTypeNull:
		return &types.AttributeValueMemberNULL{Value: true}, nil
	case events.DataTypeStringSet:
		return &types.AttributeValueMemberSS{Value: v.StringSet()}, nil
	case events.DataTypeNumberSet:
		return &types.AttributeValueMemberNS{Value: v.NumberSet()}, nil
	case events.DataTypeBinarySet:
		return &types.AttributeValueMemberBS{Value: v.BinarySet()}, nil
	case events.DataTypeMap:
		m, err := itemOf(v.Map())
		return &types.AttributeValueMemberM{Value: m}, err
	case events.DataTypeList:
		list := make([]types.AttributeValue, len(v.List()))
		for i, element := range v.List() {
			var err error
			if list[i], err = attributeOf(element); err != nil {
				return nil, err
			}
		}
		return &types.AttributeValueMemberL{Value: list}, nil
	}
	return nil, fmt.Errorf("unknown data type %v", v.DataType())
}
