package indexer_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/lejek/lejek/infra/local/faults"
	"github.com/lejek/lejek/shared/app/apptest"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/dynamo"
	"github.com/lejek/lejek/shared/files"
	"github.com/lejek/lejek/shared/schema"
)

type m = map[string]any

// expire removes a record as TTL does, and returns the event that the table's stream then holds.
func expire(t *testing.T, a *apptest.App, team int64, ref change.Ref) []byte {
	t.Helper()
	key := schema.Record.Key(team, ref)
	out, err := a.DynamoDB.DeleteItem(context.Background(), &dynamodb.DeleteItemInput{TableName: &a.Table, ReturnValues: types.ReturnValueAllOld, Key: map[string]types.AttributeValue{
		schema.PK: &types.AttributeValueMemberS{Value: key.PK}, schema.SK: &types.AttributeValueMemberS{Value: key.SK},
	}})
	if err != nil {
		t.Fatal(err)
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
		t.Fatal(err)
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
	}
	return events.NewNullAttribute()
}

func invoke(t *testing.T, a *apptest.App, raw []byte) (failed []events.DynamoDBBatchItemFailure) {
	t.Helper()
	out, err := a.Handler("indexer").Invoke(context.Background(), raw)
	if err != nil {
		t.Fatal(err)
	}
	var r events.DynamoDBEventResponse
	if err := json.Unmarshal(out, &r); err != nil {
		t.Fatal(err)
	}
	return r.BatchItemFailures
}

func TestPurgedRecordLeavesNothingBehindThoughThePurgeIsKilled(t *testing.T) {
	t.Parallel()
	var kill atomic.Bool
	var n atomic.Int64
	hook := faults.Hook{Before: func(_ context.Context, c faults.Call) error {
		if kill.Load() && c.Operation == "BatchWriteItem" && n.Add(1)%2 == 0 {
			return errors.New("killed")
		}
		return nil
	}}
	a := apptest.New(t, apptest.WithObjects, func(a *apptest.App) {
		a.DynamoDB = dynamodb.New(a.DynamoDB.Options(), func(o *dynamodb.Options) { o.APIOptions = append(o.APIOptions, hook.Add) })
	})
	c := a.NewTeam("Acme")
	p := c.Must("POST", "/api/v2/persons", m{"name": "Ann"}).ID()
	d := c.Must("POST", "/api/v2/deals", m{"title": "Big", "person_id": p}).ID()
	for i := range 60 {
		c.Must("POST", "/v1/notes", m{"content": fmt.Sprint("note ", i), "deal_id": d})
	}
	c.Must("POST", "/api/v2/activities", m{"subject": "Ring", "deal_id": d, "due_date": "2026-12-01"})
	deal, person := change.Of(change.Deal, d), change.Of(change.Person, p)
	raw := expire(t, a, c.Team.ID, deal)
	kill.Store(true)
	var kills int
	for len(invoke(t, a, raw)) > 0 {
		kills++
	}
	kill.Store(false)
	if failed := invoke(t, a, raw); kills == 0 || len(failed) > 0 {
		t.Errorf("%d kills, then %v", kills, failed)
	}
	left, err := a.DynamoDB.Query(context.Background(), &dynamodb.QueryInput{
		TableName: &a.Table, KeyConditionExpression: ptr("pk = :pk"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":pk": &types.AttributeValueMemberS{Value: schema.Record.Partition(c.Team.ID, deal)}},
	})
	if err != nil || left.Count != 0 {
		t.Errorf("the deal left %d items behind (%v)", left.Count, err)
	}
	if rows, _, err := a.DB.Rows(context.Background(), c.Team.ID, person, dynamo.Shelf{Shelf: change.Flow}); err != nil || len(rows) < 60 {
		t.Errorf("the person shows %d rows (%v): what hangs on a purged deal is still the person's", len(rows), err)
	}
}

func TestPurgedFileTakesItsBytesAndRowsWithIt(t *testing.T) {
	t.Parallel()
	a := apptest.New(t, apptest.WithObjects)
	c := a.NewTeam("Acme")
	d := c.Must("POST", "/api/v2/deals", m{"title": "Big"}).ID()
	f := files.File{ID: 1, Key: "files/1/1", Name: "a", UserID: 1, DealID: &d, AddTime: a.Now(), UpdateTime: a.Now()}
	targets, err := a.DB.Targets(context.Background(), c.Team.ID, f.HangsOn())
	if err != nil {
		t.Fatal(err)
	}
	set := change.Set{Team: c.Team.ID}
	set.PutPlaced(nil, f, targets)
	if err := a.DB.Commit(context.Background(), set); err != nil {
		t.Fatal(err)
	}
	a.PutObject(a.DataBucket, f.Key, []byte("x"))
	raw := expire(t, a, c.Team.ID, f.Ref())
	for range 2 {
		if failed := invoke(t, a, raw); len(failed) > 0 {
			t.Fatalf("failed: %v", failed)
		}
	}
	deal := change.Of(change.Deal, d)
	for _, shelf := range []change.Shelf{change.Flow, change.Files} {
		rows, _, err := a.DB.Rows(context.Background(), c.Team.ID, deal, dynamo.Shelf{Shelf: shelf})
		for _, row := range rows {
			if err != nil || row.Source == f.Ref() {
				t.Errorf("the deal still shows the file on its shelf %s (%v)", shelf, err)
			}
		}
	}
	if got := c.Do("GET", "/v1/files/1", nil); got.Status != 404 {
		t.Errorf("the file is still there: %s", got.Raw)
	}
}

func TestOtherChangesOfTheTableAreLeftAlone(t *testing.T) {
	t.Parallel()
	a := apptest.New(t, apptest.WithObjects)
	c := a.NewTeam("Acme")
	d := c.Must("POST", "/api/v2/deals", m{"title": "Big"}).ID()
	key := func(pk, sk string) map[string]events.DynamoDBAttributeValue {
		return map[string]events.DynamoDBAttributeValue{schema.PK: events.NewStringAttribute(pk), schema.SK: events.NewStringAttribute(sk)}
	}
	deal := fmt.Sprintf("T#%d#deal#%d", c.Team.ID, d)
	ttl := &events.DynamoDBUserIdentity{Type: "Service", PrincipalID: "dynamodb.amazonaws.com"}
	e := events.DynamoDBEvent{Records: []events.DynamoDBEventRecord{
		{EventName: "INSERT", Change: events.DynamoDBStreamRecord{SequenceNumber: "1", Keys: key(deal, "#"), NewImage: key(deal, "#")}},
		{EventName: "REMOVE", Change: events.DynamoDBStreamRecord{SequenceNumber: "2", Keys: key(deal, "F#x"), OldImage: key(deal, "F#x")}, UserIdentity: ttl},
		{EventName: "REMOVE", Change: events.DynamoDBStreamRecord{SequenceNumber: "3", Keys: key("TOKEN#x", "#"), OldImage: key("TOKEN#x", "#")}, UserIdentity: ttl},
		// A record that lives is not cleared, whatever an old event says.
		{EventName: "REMOVE", Change: events.DynamoDBStreamRecord{SequenceNumber: "4", Keys: key(deal, "#"), OldImage: key(deal, "#")}, UserIdentity: ttl},
	}}
	raw, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	if failed := invoke(t, a, raw); len(failed) > 0 {
		t.Errorf("failed: %v", failed)
	}
	if got := len(c.Must("GET", apptest.Path("/v1/deals/%d/flow", d), nil).List()); got != 1 {
		t.Errorf("the deal's flow has %d rows, want 1", got)
	}
}

func ptr(s string) *string { return &s }
