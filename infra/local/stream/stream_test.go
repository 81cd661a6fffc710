package stream

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/lejek/lejek/infra/local/engine"
	"github.com/lejek/lejek/infra/local/sample"
	"github.com/lejek/lejek/shared/schema"
)

// reader records the keys of every batch and fails as the test says.
type reader struct {
	mu      sync.Mutex
	batches [][]string
	last    []byte
	fails   func(keys []string) (string, error) // sequence number of a failed record, or a failed batch
}

func (r *reader) invoke(_ context.Context, event []byte) ([]byte, error) {
	var e events.DynamoDBEvent
	if err := json.Unmarshal(event, &e); err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	var keys []string
	sequences := map[string]string{}
	for _, record := range e.Records {
		key := record.Change.Keys[schema.PK].String()
		keys = append(keys, key)
		sequences[key] = record.Change.SequenceNumber
	}
	r.batches, r.last = append(r.batches, keys), event
	if r.fails == nil {
		return nil, nil
	}
	key, err := r.fails(keys)
	if err != nil || key == "" {
		return nil, err
	}
	return json.Marshal(events.DynamoDBEventResponse{BatchItemFailures: []events.DynamoDBBatchItemFailure{{ItemIdentifier: sequences[key]}}})
}

func (r *reader) times(key string) (n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, b := range r.batches {
		if slices.Contains(b, key) {
			n++
		}
	}
	return n
}

type fixture struct {
	cfg   aws.Config
	table string
	dir   string
}

func newFixture(t *testing.T) fixture {
	cfg, table := engine.Table(t)
	return fixture{cfg, table, t.TempDir()}
}

func (f fixture) put(t *testing.T, keys ...string) {
	t.Helper()
	for _, k := range keys {
		_, err := dynamodb.NewFromConfig(f.cfg).PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &f.table, Item: map[string]types.AttributeValue{
			schema.PK: &types.AttributeValueMemberS{Value: k}, schema.SK: &types.AttributeValueMemberS{Value: "#"},
			"many": &types.AttributeValueMemberL{Value: []types.AttributeValue{&types.AttributeValueMemberN{Value: "1.5"}, &types.AttributeValueMemberNULL{Value: true}}},
		}})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// run reads until nothing new comes.
func (f fixture) run(t *testing.T, r *reader) *Stream {
	t.Helper()
	s, err := Start(t.Context(), Options{
		Config: f.cfg, Table: f.table, Dir: f.dir, Consumers: []Consumer{{Name: "indexer", Invoke: r.invoke}},
		Poll: 5 * time.Millisecond, Backoff: time.Millisecond, Now: time.Now,
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if err := s.Settle(ctx); err != nil {
		t.Fatal(err)
	}
	s.Close()
	return s
}

func TestEventHasTheKeysOfARealOne(t *testing.T) {
	t.Parallel()
	f, r := newFixture(t), &reader{}
	f.put(t, "a")
	f.run(t, r)
	var real any
	sample.Read(t, "dynamodb-event.json", &real)
	sample.Covers(t, "", real, sample.JSON(t, r.last), "userIdentity", "dynamodb.Keys", "dynamodb.NewImage")
	var e events.DynamoDBEvent
	if err := json.Unmarshal(r.last, &e); err != nil {
		t.Fatal(err)
	}
	if many := e.Records[0].Change.NewImage["many"].List(); e.Records[0].EventName != "INSERT" || many[0].Number() != "1.5" || !many[1].IsNull() {
		t.Errorf("the new image did not arrive whole: %s", r.last)
	}
}

func TestOnlyChangesOfRecordsAreHandedOut(t *testing.T) {
	t.Parallel()
	f, r := newFixture(t), &reader{}
	f.put(t, "a")
	for _, sk := range []string{"F#row", "lodz#7", "##"} {
		if _, err := dynamodb.NewFromConfig(f.cfg).PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &f.table, Item: map[string]types.AttributeValue{
			schema.PK: &types.AttributeValueMemberS{Value: "row"}, schema.SK: &types.AttributeValueMemberS{Value: sk},
		}}); err != nil {
			t.Fatal(err)
		}
	}
	f.run(t, r)
	f.put(t, "b")
	f.run(t, r) // from where it was, though what came last was handed to nobody
	if r.times("a") != 1 || r.times("b") != 1 || r.times("row") != 0 {
		t.Errorf("handed out %v", r.batches)
	}
}

func TestHistoryIsNotReplayedAfterARestart(t *testing.T) {
	t.Parallel()
	f, r := newFixture(t), &reader{}
	f.put(t, "a", "b")
	f.run(t, r)
	f.put(t, "c")
	f.run(t, r)
	for _, key := range []string{"a", "b", "c"} {
		if n := r.times(key); n != 1 {
			t.Errorf("%s was handed out %d times, want once", key, n)
		}
	}
}

func TestFailingBatchIsHalvedUntilTheGuiltyRecordIsAloneAndPutAside(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	r := &reader{fails: func(keys []string) (string, error) {
		if slices.Contains(keys, "bad") {
			return "", errors.New("cannot")
		}
		return "", nil
	}}
	f.put(t, "a", "b", "bad", "c", "d")
	s := f.run(t, r)
	for _, key := range []string{"a", "b", "c", "d"} {
		if !slices.ContainsFunc(r.batches, func(b []string) bool { return slices.Contains(b, key) && !slices.Contains(b, "bad") }) {
			t.Errorf("%s was never in a batch that passed: %v", key, r.batches)
		}
	}
	var alone int
	for _, b := range r.batches {
		if slices.Equal(b, []string{"bad"}) {
			alone++
		}
	}
	if alone != 6 {
		t.Errorf("the guilty record was tried %d times alone, want 1 and 5 retries", alone)
	}
	files, _ := filepath.Glob(filepath.Join(s.FailureDir(), "*.json"))
	if len(files) != 1 {
		t.Fatalf("put aside: %v", files)
	}
	var aside struct {
		Payload string `json:"payload"`
	}
	text, _ := os.ReadFile(files[0])
	if err := json.Unmarshal(text, &aside); err != nil {
		t.Fatal(err)
	}
	var e events.DynamoDBEvent
	if err := json.Unmarshal([]byte(aside.Payload), &e); err != nil || len(e.Records) != 1 || e.Records[0].Change.Keys[schema.PK].String() != "bad" {
		t.Errorf("what was put aside cannot be handed out again: %s", aside.Payload)
	}
}

func TestRecordsBeforeTheReportedOneAreNotHandedOutAgain(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	var once sync.Once
	r := &reader{fails: func(keys []string) (failed string, err error) {
		if slices.Contains(keys, "c") {
			once.Do(func() { failed = "c" })
		}
		return failed, nil
	}}
	f.put(t, "a", "b", "c", "d")
	f.run(t, r)
	if got := fmt.Sprint(r.batches); got != "[[a b c d] [c d]]" {
		t.Errorf("batches %s, want the second from the reported record on", got)
	}
}
