package flow_test

import (
	"context"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/lejek/lejek/infra/local/faults"
	"github.com/lejek/lejek/shared/app/apptest"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/mailbox"
	"github.com/lejek/lejek/shared/schema"
)

// event is the record of the table's stream for a job as it lies in the table; nil when it is done.
func event(t testing.TB, a *apptest.App, team int64, job string) []byte {
	t.Helper()
	key := schema.Job.Key(team, job)
	out, err := a.DynamoDB.GetItem(context.Background(), &dynamodb.GetItemInput{TableName: &a.Table, Key: map[string]types.AttributeValue{
		schema.PK: &types.AttributeValueMemberS{Value: key.PK}, schema.SK: &types.AttributeValueMemberS{Value: key.SK},
	}})
	if err != nil {
		t.Fatal(err)
	}
	if out.Item == nil {
		return nil
	}
	image := map[string]events.DynamoDBAttributeValue{}
	for name, v := range out.Item {
		switch v := v.(type) {
		case *types.AttributeValueMemberS:
			image[name] = events.NewStringAttribute(v.Value)
		case *types.AttributeValueMemberN:
			image[name] = events.NewNumberAttribute(v.Value)
		case *types.AttributeValueMemberBOOL:
			image[name] = events.NewBooleanAttribute(v.Value)
		}
	}
	e := events.DynamoDBEvent{Records: []events.DynamoDBEventRecord{{
		EventName: "MODIFY", EventSource: "aws:dynamodb", Change: events.DynamoDBStreamRecord{
			SequenceNumber: "100", Keys: map[string]events.DynamoDBAttributeValue{schema.PK: image[schema.PK], schema.SK: image[schema.SK]}, NewImage: image,
		},
	}}}
	raw, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// deliver hands an event out until the indexer is done with it, as Lambda does.
func deliver(t testing.TB, a *apptest.App, raw []byte) {
	t.Helper()
	for range 100 {
		out, err := a.Handler("indexer").Invoke(context.Background(), raw)
		if err != nil {
			t.Fatal(err)
		}
		var r events.DynamoDBEventResponse
		if err := json.Unmarshal(out, &r); err != nil {
			t.Fatal(err)
		}
		if len(r.BatchItemFailures) == 0 {
			return
		}
	}
	t.Fatal("the indexer failed again and again")
}

// work carries a job to its end. Every event is handed out twice, as may happen.
func work(t testing.TB, a *apptest.App, team int64, job string) (steps int) {
	t.Helper()
	for raw := event(t, a, team, job); raw != nil; raw = event(t, a, team, job) {
		deliver(t, a, raw)
		deliver(t, a, raw)
		steps++
		if steps > 100 {
			t.Fatal("the job does not come to its end")
		}
	}
	return steps
}

func TestFiveThousandRowsFollowADealThoughTheIndexerIsKilledAgainAndAgain(t *testing.T) {
	t.Parallel()
	var kill atomic.Bool
	kills := 0
	dice := rand.New(rand.NewPCG(1, 2)) // the job commits one after another, so each run is the same
	dies := func(_ context.Context, c faults.Call) error {
		if !kill.Load() || c.Operation != "TransactWriteItems" || dice.IntN(20) > 0 {
			return nil
		}
		kills++
		return errors.New("killed")
	}
	// Before the write, or after it: then it has happened, and nobody is told.
	w := newWorld(t, with(faults.Hook{Before: dies, After: dies}))
	w.dropIndexes()
	o3, o4 := w.organization("Three"), w.organization("Four")
	p1, p2, p3 := w.person("Ann", nil), w.person("Bob", o3), w.person("Cid", o4)
	d := w.deal("Big", p1, nil)
	w.make(4000, note(&d, nil))
	w.make(200, note(&d, &p3))
	w.make(20, note(nil, &p1))
	w.make(300, activity(&d, false))
	w.make(300, activity(&d, true))
	w.make(100, file(&d)) // on two shelves each
	w.make(50, thread(&d, p1))
	w.make(50, message(1, &d, nil, p1))
	all := []change.Ref{
		change.Of(change.Deal, d), change.Of(change.Person, p1), change.Of(change.Person, p2), change.Of(change.Person, p3),
		change.Of(change.Organization, o3), change.Of(change.Organization, o4),
	}
	l := links{all[0]: {all[1]}, all[2]: {all[4]}, all[3]: {all[5]}}
	w.check(l, all...)

	w.c.Must("PATCH", apptest.Path("/api/v2/deals/%d", d), m{"person_id": p2})
	l[all[0]] = []change.Ref{all[2]}
	kill.Store(true)
	job := change.JobName(all[0], 2)
	for range 3 { // a step, and new notes between steps: they are right at once
		deliver(t, w.app, event(t, w.app, w.c.Team.ID, job))
		kill.Store(false)
		w.make(5, note(&d, nil))
		kill.Store(true)
	}
	steps := work(t, w.app, w.c.Team.ID, job)
	kill.Store(false)
	w.check(l, all...)
	t.Logf("%d more steps, killed %d times", steps, kills)
	if kills < 25 {
		t.Errorf("killed only %d times", kills)
	}
}

func TestRowsFollowAPersonToAnotherOrganization(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	o1, o2 := w.organization("One"), w.organization("Two")
	p := w.person("Ann", o1)
	d := w.deal("Big", p, nil)
	w.make(50, note(&d, nil)) // on the person through the deal
	w.make(50, note(nil, &p))
	w.make(5, activity(&d, false))
	deal, person, one, two := change.Of(change.Deal, d), change.Of(change.Person, p), change.Of(change.Organization, o1), change.Of(change.Organization, o2)
	w.c.Must("PATCH", apptest.Path("/api/v2/persons/%d", p), m{"org_id": o2})
	var writers sync.WaitGroup // others go on writing meanwhile
	written := make(chan change.Ref, 60)
	for range 3 {
		writers.Go(func() {
			for i := range 20 {
				n := w.c.Must("POST", "/v1/notes", m{"content": "new", "deal_id": d})
				written <- change.Of(change.Note, n.ID())
				w.c.Must("PUT", apptest.Path("/v1/notes/%d", i+1), m{"content": "other"})
			}
		})
	}
	work(t, w.app, w.c.Team.ID, change.JobName(person, 2))
	writers.Wait()
	close(written)
	for ref := range written {
		w.refs = append(w.refs, ref)
	}
	w.check(links{deal: {person}, person: {two}}, deal, person, one, two)
}

func TestStepIsLeftForLaterWhenTimeIsShort(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p1, p2, o := w.person("Ann", nil), w.person("Bob", nil), w.organization("One")
	d := w.deal("Big", p1, o)
	w.make(20, note(&d, nil))
	w.c.Must("PATCH", apptest.Path("/api/v2/deals/%d", d), m{"person_id": p2, "org_id": nil})
	job := change.JobName(change.Of(change.Deal, d), 2)
	ctx, cancel := context.WithTimeout(context.Background(), 5*1e9)
	defer cancel()
	before := event(t, w.app, w.c.Team.ID, job)
	if _, err := w.app.Handler("indexer").Invoke(ctx, before); err != nil {
		t.Fatal(err)
	}
	if after := event(t, w.app, w.c.Team.ID, job); after == nil || string(after) == string(before) {
		t.Error("the job was not saved, so nothing would carry it on")
	}
	work(t, w.app, w.c.Team.ID, job)
	person := change.Of(change.Person, p2)
	w.check(links{change.Of(change.Deal, d): {person}}, change.Of(change.Deal, d), change.Of(change.Person, p1), person, change.Of(change.Organization, o))
}

func TestMessagesAndFilesTakeOverTheLinksOfTheirThread(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	o := w.organization("One")
	p := w.person("Ann", nil)
	d := w.deal("Big", nil, o)
	w.make(1, thread(nil, p))
	w.make(3, file(nil))
	w.make(1, message(1, nil, []int64{1, 2}, p))
	w.make(1, message(1, nil, []int64{3}, p))
	ctx, team := context.Background(), w.c.Team.ID
	ref := change.Of(change.MailThread, 1)
	found, err := w.app.DB.GetAny(ctx, team, []change.Ref{ref})
	if err != nil {
		t.Fatal(err)
	}
	before := found[ref].(mailbox.Thread)
	now := before
	now.DealID, now.Links = &d, 2
	targets, err := w.app.DB.Targets(ctx, team, now.HangsOn())
	if err != nil {
		t.Fatal(err)
	}
	set := change.Set{Team: team, Jobs: []change.Job{{Name: change.JobName(ref, 2), Of: ref}}}
	set.PutPlaced(before, now, targets)
	if err := w.app.DB.Commit(ctx, set); err != nil {
		t.Fatal(err)
	}
	work(t, w.app, team, change.JobName(ref, 2))
	deal, person, org := change.Of(change.Deal, d), change.Of(change.Person, p), change.Of(change.Organization, o)
	w.check(links{deal: {org}}, deal, person, org)
	if got := w.c.Must("GET", apptest.Path("/v1/deals/%d/files", d), nil).Raw; strings.Count(got, `"remote_location"`) != 3 {
		t.Errorf("the deal shows %s", got)
	}
}
