package indexer_test

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"github.com/lejek/lejek/shared/app/apptest"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/files"
	"github.com/lejek/lejek/shared/schema"
)

type m = map[string]any

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
	raw := a.Expire(c.Team.ID, f.Ref())
	for range 2 {
		if failed := invoke(t, a, raw); len(failed) > 0 {
			t.Fatalf("failed: %v", failed)
		}
	}
	deal := change.Of(change.Deal, d)
	for _, shelf := range []change.Shelf{change.Flow, change.Files} {
		rows, _, err := a.DB.Rows(context.Background(), c.Team.ID, deal, change.Range{Shelf: shelf})
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
