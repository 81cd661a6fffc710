package flow_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/lejek/lejek/infra/local/faults"
	"github.com/lejek/lejek/shared/activities"
	"github.com/lejek/lejek/shared/app/apptest"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/files"
	"github.com/lejek/lejek/shared/mailbox"
	"github.com/lejek/lejek/shared/notes"
	"github.com/lejek/lejek/shared/schema"
)

type m = map[string]any

// with lets a hook see every call to DynamoDB.
func with(h faults.Hook) func(*apptest.App) {
	return func(a *apptest.App) {
		a.DynamoDB = dynamodb.New(a.DynamoDB.Options(), func(o *dynamodb.Options) { o.APIOptions = append(o.APIOptions, h.Add) })
	}
}

// calls counts calls by operation.
type calls struct{ queries, batches, others atomic.Int64 }

func (c *calls) hook() faults.Hook {
	return faults.Hook{Before: func(_ context.Context, call faults.Call) error {
		switch call.Operation {
		case "Query":
			c.queries.Add(1)
		case "BatchGetItem":
			c.batches.Add(1)
		default:
			c.others.Add(1)
		}
		return nil
	}}
}

func (c *calls) reset() { c.queries.Store(0); c.batches.Store(0); c.others.Store(0) }

// world is a team with the links that its deals and persons have, kept apart from the code that is tested.
type world struct {
	t    testing.TB
	app  *apptest.App
	c    *apptest.Client
	now  time.Time
	refs []change.Ref // sources that were made
}

func newWorld(t testing.TB, options ...func(*apptest.App)) *world {
	a := apptest.New(t, options...)
	// Nothing here follows the stream, and the local engine takes the longer for a write the more changes the stream holds.
	if _, err := a.DynamoDB.UpdateTable(context.Background(), &dynamodb.UpdateTableInput{
		TableName: &a.Table, StreamSpecification: &types.StreamSpecification{StreamEnabled: aws.Bool(false)},
	}); err != nil {
		t.Fatal(err)
	}
	return &world{t: t, app: a, c: a.NewTeam("Acme"), now: time.Date(2026, 11, 1, 8, 0, 0, 0, time.UTC)}
}

// dropIndexes is for tests that write much and list nothing: a fifth of a write's work is that on indexes.
func (w *world) dropIndexes() {
	for _, i := range schema.Indexes {
		if _, err := w.app.DynamoDB.UpdateTable(context.Background(), &dynamodb.UpdateTableInput{
			TableName:                   &w.app.Table,
			GlobalSecondaryIndexUpdates: []types.GlobalSecondaryIndexUpdate{{Delete: &types.DeleteGlobalSecondaryIndexAction{IndexName: &i.Name}}},
		}); err != nil {
			w.t.Fatal(err)
		}
	}
}

func (w *world) organization(name string) int64 {
	return w.c.Must("POST", "/api/v2/organizations", m{"name": name}).ID()
}

func (w *world) person(name string, org any) int64 {
	return w.c.Must("POST", "/api/v2/persons", m{"name": name, "org_id": org, "emails": []m{{"value": strings.ToLower(name) + "@x.example"}}}).ID()
}

func (w *world) deal(title string, person, org any) int64 {
	return w.c.Must("POST", "/api/v2/deals", m{"title": title, "person_id": person, "org_id": org}).ID()
}

func (w *world) tick() time.Time {
	w.now = w.now.Add(time.Minute)
	return w.now
}

// make seeds records of a kind by the rules, many in one transaction; id is the first number.
func (w *world) make(n int, one func(id int64, at time.Time) change.Placed) {
	w.t.Helper()
	var sets []change.Set
	size := 0
	var writers sync.WaitGroup
	slots := make(chan struct{}, 3) // a few at once keep the engine busy
	flush := func() {
		part := sets
		sets, size = nil, 0
		slots <- struct{}{}
		writers.Go(func() {
			defer func() { <-slots }()
			if err := w.app.DB.Commit(context.Background(), part...); err != nil {
				w.t.Error(err)
			}
		})
	}
	kind := one(0, w.now).Ref().Kind()
	first, err := w.app.DB.NextIDs(context.Background(), w.c.Team.ID, kind, n)
	if err != nil {
		w.t.Fatal(err)
	}
	targets := map[string]change.Targets{}
	const around = 10 // checks and summaries, at most
	for i := range n {
		record := one(first+int64(i), w.tick())
		key := fmt.Sprint(record.HangsOn())
		if _, ok := targets[key]; !ok {
			if targets[key], err = w.app.DB.Targets(context.Background(), w.c.Team.ID, record.HangsOn()); err != nil {
				w.t.Fatal(err)
			}
		}
		set := change.Set{Team: w.c.Team.ID}
		set.PutPlaced(nil, record, targets[key])
		// Sets with the same links check and sum up the same records, which is one operation each for all of them.
		cost := len(set.Records) + len(set.Show)
		if size+cost+around > change.MaxOperations {
			flush()
		}
		size += cost
		sets = append(sets, set)
		w.refs = append(w.refs, record.Ref())
	}
	flush()
	writers.Wait()
	if w.t.Failed() {
		w.t.FailNow()
	}
}

func note(deal, person *int64) func(int64, time.Time) change.Placed {
	return func(id int64, at time.Time) change.Placed {
		return notes.Note{ID: id, Content: fmt.Sprint("note ", id), UserID: 1, DealID: deal, PersonID: person, AddTime: at, UpdateTime: at}
	}
}

func activity(deal *int64, done bool) func(int64, time.Time) change.Placed {
	return func(id int64, at time.Time) change.Placed {
		return activities.Activity{ID: id, Subject: "call", Type: "call", OwnerID: 1, DealID: deal, DueAt: &at, Done: done, AddTime: at, UpdateTime: at}
	}
}

func file(deal *int64) func(int64, time.Time) change.Placed {
	return func(id int64, at time.Time) change.Placed {
		return files.File{ID: id, Name: "a.pdf", Key: fmt.Sprint("files/1/", id), MediaType: "application/pdf", UserID: 1, DealID: deal, AddTime: at, UpdateTime: at}
	}
}

func thread(deal *int64, persons ...int64) func(int64, time.Time) change.Placed {
	return func(id int64, at time.Time) change.Placed {
		return mailbox.Thread{ID: id, Links: 1, Subject: "Hello", UserID: 1, DealID: deal, PersonIDs: persons, AddTime: at, UpdateTime: at, FirstMessageTime: at, LastMessageTime: at}
	}
}

func message(thread int64, deal *int64, files []int64, persons ...int64) func(int64, time.Time) change.Placed {
	return func(id int64, at time.Time) change.Placed {
		return mailbox.Message{
			ID: id, ThreadID: thread, UserID: 1, MessageID: fmt.Sprint("m", id, "@x"), Subject: "Hello", DealID: deal, PersonIDs: persons, FileIDs: files,
			From: []mailbox.Party{{Email: "ann@x.example", Name: "Ann"}}, RealAttachments: len(files) > 0, Time: at, AddTime: at, UpdateTime: at,
		}
	}
}

// links are what the test knows of deals and persons, by reference.
type links map[change.Ref][]change.Ref

// reach is where something with these links shows: by brute force, following every link.
func (l links) reach(from []change.Ref) []change.Ref {
	all := slices.Clone(from)
	for i := 0; i < len(all); i++ {
		for _, next := range l[all[i]] {
			if !slices.Contains(all, next) {
				all = append(all, next)
			}
		}
	}
	return all
}

// check compares all rows on records with where the links lead.
func (w *world) check(l links, on ...change.Ref) {
	w.t.Helper()
	ctx := context.Background()
	team := w.c.Team.ID
	records := map[change.Ref]any{}
	for part := range slices.Chunk(w.refs, 100) {
		found, err := w.app.DB.GetAny(ctx, team, part)
		if err != nil {
			w.t.Fatal(err)
		}
		for ref, r := range found {
			records[ref] = r
		}
	}
	want, got := map[string]int{}, map[string]int{}
	for _, r := range records {
		p := r.(change.Placed)
		for _, row := range p.ShowOn(l.reach(p.HangsOn().Refs())).Rows() {
			if slices.Contains(on, row.On) {
				want[fmt.Sprint(row.On, row.Shelf, row.At.UTC().UnixMilli(), row.Source)]++
			}
		}
	}
	for _, ref := range on {
		for _, shelf := range []change.Shelf{change.Flow, change.Planned, change.Threads, change.Files} {
			rows, _, err := w.app.DB.Rows(ctx, team, ref, change.Range{Shelf: shelf})
			if err != nil {
				w.t.Fatal(err)
			}
			for _, row := range rows {
				if row.Log == nil {
					got[fmt.Sprint(row.On, row.Shelf, row.At.UTC().UnixMilli(), row.Source)]++
				}
			}
		}
	}
	var wrong []string
	for key, n := range want {
		if got[key] != n {
			wrong = append(wrong, fmt.Sprintf("missing %s", key))
		}
	}
	for key := range got {
		if want[key] == 0 {
			wrong = append(wrong, fmt.Sprintf("left over %s", key))
		}
	}
	if len(wrong) > 0 {
		w.t.Errorf("%d of %d rows are not where the links lead, such as %v", len(wrong), len(want), wrong[:min(5, len(wrong))])
	}
}
