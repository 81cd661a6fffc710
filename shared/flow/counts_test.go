package flow_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
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
	"github.com/lejek/lejek/shared/deals"
	"github.com/lejek/lejek/shared/mailbox"
	"github.com/lejek/lejek/shared/persons"
	"github.com/lejek/lejek/shared/schema"
	"github.com/lejek/lejek/shared/value"
)

// kept are the fields that are kept, not counted when they are read; each kind of record has those of them that its API names.
var kept = map[string]string{
	change.Deal: "next_activity_id,last_activity_id,files_count,notes_count,email_messages_count,activities_count,done_activities_count," +
		"undone_activities_count,followers_count,last_incoming_mail_time,last_outgoing_mail_time,participants_count",
	change.Person: "next_activity_id,last_activity_id,files_count,notes_count,email_messages_count,activities_count,done_activities_count," +
		"undone_activities_count,followers_count,last_incoming_mail_time,last_outgoing_mail_time,open_deals_count,related_open_deals_count,closed_deals_count," +
		"related_closed_deals_count,won_deals_count,related_won_deals_count,lost_deals_count,related_lost_deals_count," +
		"participant_open_deals_count,participant_closed_deals_count",
	change.Organization: "next_activity_id,last_activity_id,files_count,notes_count,email_messages_count,activities_count,done_activities_count," +
		"undone_activities_count,followers_count,people_count,open_deals_count,related_open_deals_count,closed_deals_count,related_closed_deals_count," +
		"won_deals_count,related_won_deals_count,lost_deals_count,related_lost_deals_count",
}

// count finds every kept field by looking at all records and following all links, and compares.
func (w *world) count() {
	w.t.Helper()
	all := w.everything()
	for ref := range all {
		fields, ok := kept[ref.Kind()]
		if !ok {
			continue
		}
		got := w.c.Must("GET", apptest.Path(paths[ref.Kind()], ref.ID())+"?include_fields="+fields, nil).Data()
		want := w.counted(all, ref)
		for _, field := range strings.Split(fields, ",") {
			if !reflect.DeepEqual(got[field], want[field]) {
				w.t.Errorf("%s: %s is %v, want %v", ref, field, got[field], want[field])
			}
		}
	}
}

// everything are all records that are there, and the signposts of those that are not.
func (w *world) everything() map[change.Ref]any {
	w.t.Helper()
	all := map[change.Ref]any{}
	for _, kind := range []string{change.Deal, change.Person, change.Organization, change.Note, change.Activity, change.File, change.MailMessage} {
		var refs []change.Ref
		for id := range int64(150) {
			refs = append(refs, change.Of(kind, id+1), change.SignpostOf(change.Of(kind, id+1)))
		}
		found, err := w.app.DB.GetAny(context.Background(), w.c.Team.ID, refs)
		if err != nil {
			w.t.Fatal(err)
		}
		for ref, r := range found {
			all[ref] = r
		}
	}
	return all
}

// leads is where a person leads, or led.
func leads(all map[change.Ref]any, person *int64) int64 {
	ref := change.Of(change.Person, value.Deref(person))
	if p, ok := all[ref].(persons.Person); ok {
		return value.Deref(p.OrganizationID)
	}
	post, _ := all[change.SignpostOf(ref)].(change.Post)
	return post.OrganizationID
}

func (w *world) counted(all map[change.Ref]any, on change.Ref) m {
	l := links{}
	for ref, r := range all {
		switch r := r.(type) {
		case deals.Deal:
			l[ref] = r.LeadsTo().Refs()
		case persons.Person:
			l[ref] = r.LeadsTo().Refs()
		case change.Post:
			if gone := change.Ref(ref.Name()); all[gone] == nil {
				l[gone] = r.Links().Refs()
			}
		}
	}
	n, related, takesPart, taking := map[string]float64{}, map[string]float64{}, map[string]float64{}, 0.
	notes, files, mails, done, undone, people := 0., 0., 0., 0., 0., 0.
	var next, last change.Row
	var in, out time.Time
	before := func(a, b change.Row) bool {
		return a.At.Before(b.At) || a.At.Equal(b.At) && a.Source < b.Source
	}
	organization := int64(0)
	if p, ok := all[on].(persons.Person); ok {
		organization = value.Deref(p.OrganizationID)
	}
	if all[change.Of(change.Organization, organization)] == nil {
		organization = 0 // it is gone, and nothing is related by it
	}
	for ref, r := range all {
		switch r := r.(type) {
		case persons.Person:
			if !r.Deleted && slices.Contains(l[ref], on) {
				people++
			}
		case deals.Deal:
			people := map[int64]bool{value.Deref(r.PersonID): true}
			for _, p := range r.Participants {
				if people[p.PersonID] = true; p.PersonID != value.Deref(r.PersonID) && on == change.Of(change.Person, p.PersonID) && !r.Deleted {
					takesPart[r.Status]++
				}
			}
			if delete(people, 0); r.Ref() == on {
				taking = float64(len(people))
			}
			if r.Deleted {
				break
			}
			person, own := r.PersonID, value.Deref(r.OrganizationID)
			switch {
			case slices.Contains(l[ref], on):
				n[r.Status]++
			case on.Kind() == change.Person && own != 0 && own == organization:
				related[r.Status]++
			case on.Kind() == change.Organization && leads(all, person) == on.ID():
				related[r.Status]++
			}
		case change.Placed:
			for _, row := range r.ShowOn(l.reach(r.HangsOn().Refs())).Rows() {
				if row.On != on {
					continue
				}
				switch s := r.(type) {
				case activities.Activity:
					if s.Done {
						if done++; last.Source == "" || before(last, row) {
							last = row
						}
					} else if undone++; next.Source == "" || before(row, next) {
						next = row
					}
				case mailbox.Message:
					if mails++; s.Sent && s.Time.After(out) {
						out = s.Time
					} else if !s.Sent && s.Time.After(in) {
						in = s.Time
					}
				default:
					switch row.Source.Kind() + string(row.Shelf) {
					case change.Note + string(change.Flow):
						notes++
					case change.File + string(change.Files):
						files++
					}
				}
			}
		}
	}
	followers, _, err := w.app.DB.Rows(context.Background(), w.c.Team.ID, on, change.Range{Shelf: change.Followers})
	if err != nil {
		w.t.Fatal(err)
	}
	id := func(row change.Row) any {
		if row.Source == "" {
			return nil
		}
		return float64(row.Source.ID())
	}
	stamp := func(t time.Time) any {
		if t.IsZero() {
			return nil
		}
		return t.UTC().Format(time.RFC3339)
	}
	return m{
		"next_activity_id": id(next), "last_activity_id": id(last), "files_count": files, "notes_count": notes, "email_messages_count": mails,
		"activities_count": done + undone, "done_activities_count": done, "undone_activities_count": undone, "people_count": people,
		"followers_count":         float64(len(followers)),
		"last_incoming_mail_time": stamp(in), "last_outgoing_mail_time": stamp(out), "open_deals_count": n["open"], "won_deals_count": n["won"],
		"lost_deals_count": n["lost"], "closed_deals_count": n["won"] + n["lost"], "related_open_deals_count": related["open"],
		"related_won_deals_count": related["won"], "related_lost_deals_count": related["lost"],
		"related_closed_deals_count": related["won"] + related["lost"], "participants_count": taking,
		"participant_open_deals_count": takesPart["open"], "participant_closed_deals_count": takesPart["won"] + takesPart["lost"],
	}
}

// jobs are the names of those that are not done.
func (w *world) jobs() (names []string) {
	w.t.Helper()
	prefix := strings.TrimSuffix(schema.Job.Key(w.c.Team.ID, "").PK, "")
	in := &dynamodb.ScanInput{
		TableName: &w.app.Table, FilterExpression: aws.String("begins_with(pk, :p)"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":p": &types.AttributeValueMemberS{Value: prefix}},
	}
	for {
		out, err := w.app.DynamoDB.Scan(context.Background(), in)
		if err != nil {
			w.t.Fatal(err)
		}
		for _, it := range out.Items {
			names = append(names, strings.TrimPrefix(it[schema.PK].(*types.AttributeValueMemberS).Value, prefix))
		}
		if in.ExclusiveStartKey = out.LastEvaluatedKey; in.ExclusiveStartKey == nil {
			return names
		}
	}
}

// settle carries all jobs to their end.
func (w *world) settle() {
	w.t.Helper()
	for _, job := range w.jobs() {
		work(w.t, w.app, w.c.Team.ID, job)
	}
}

// act does something at random, through the API as far as it goes; what is refused, such as a link to what is deleted, is no
// mistake.
func (w *world) act(r *rand.Rand) {
	w.t.Helper()
	id := func(most int) int64 { return int64(1 + r.IntN(most)) }
	maybe := func(most int) any {
		if r.IntN(4) == 0 {
			return nil
		}
		return id(most)
	}
	pick := func(words ...string) string { return words[r.IntN(len(words))] }
	when := func() any {
		if r.IntN(5) == 0 {
			return nil
		}
		return fmt.Sprintf("2026-12-%02d", 1+r.IntN(6))
	}
	const people, firms, trades = 8, 4, 12
	method, path, body := "", "", m{}
	switch r.IntN(18) {
	case 0:
		method, path, body = "POST", "/api/v2/persons", m{"name": "P", "org_id": maybe(firms)}
	case 1, 2:
		method, path, body = "PATCH", apptest.Path("/api/v2/persons/%d", id(people)), m{"org_id": maybe(firms)}
	case 3, 4:
		method, path = "POST", "/api/v2/deals"
		body = m{"title": "D", "person_id": maybe(people), "org_id": maybe(firms), "status": pick("open", "open", "won", "lost")}
	case 5, 6:
		method, path, body = "PATCH", apptest.Path("/api/v2/deals/%d", id(trades)), m{"person_id": maybe(people)}
	case 7:
		method, path, body = "PATCH", apptest.Path("/api/v2/deals/%d", id(trades)), m{"org_id": maybe(firms), "value": r.IntN(9)}
	case 8, 9:
		method, path, body = "PATCH", apptest.Path("/api/v2/deals/%d", id(trades)), m{"status": pick("open", "won", "lost"), "is_archived": r.IntN(2) == 0}
	case 10:
		method, path, body = "POST", "/v1/notes", m{"content": "N", "deal_id": maybe(trades), "person_id": maybe(people), "org_id": id(firms)}
	case 11:
		method, path, body = "PUT", apptest.Path("/v1/notes/%d", id(10)), m{"deal_id": maybe(trades), "org_id": id(firms)}
	case 12:
		method, path = "POST", "/api/v2/activities"
		body = m{"deal_id": maybe(trades), "person_id": maybe(people), "org_id": maybe(firms), "due_date": when(), "done": r.IntN(3) == 0}
	case 13, 14:
		method, path = "PATCH", apptest.Path("/api/v2/activities/%d", id(12))
		body = m{"done": r.IntN(2) == 0, "due_date": when()}
		if r.IntN(2) == 0 {
			body["deal_id"] = maybe(trades)
		}
	case 15:
		method, path, body = "DELETE", pick(apptest.Path("/v1/notes/%d", id(10)), apptest.Path("/api/v2/activities/%d", id(12)),
			apptest.Path("/api/v2/deals/%d", id(trades)), apptest.Path("/api/v2/persons/%d", id(people))), nil
	case 16:
		method, path, body = "PUT", apptest.Path("/v1/mailbox/mailThreads/%d", id(3)), m{"deal_id": maybe(trades)}
	case 17:
		path = pick("/api/v2/deals/%d/followers", "/api/v2/persons/%d/followers", "/api/v2/organizations/%d/followers")
		method, path, body = "POST", apptest.Path(path, id(firms)), m{"user_id": 1}
		if r.IntN(3) == 0 {
			method, path, body = "DELETE", path+"/1", nil
		}
	}
	a := w.c.Do(method, path, body)
	expected := slices.ContainsFunc([]string{"not found", "must be given", "can be set only", "follows it already"}, func(s string) bool { return strings.Contains(a.Raw, s) })
	if a.Status >= 500 && a.Status != 503 || a.Status == 400 && !expected {
		w.t.Errorf("%s %s %v: %d %s", method, path, body, a.Status, a.Raw)
	}
}

// begin makes what the others happen to.
func (w *world) begin(r *rand.Rand) {
	w.t.Helper()
	for i := range 4 {
		w.organization(fmt.Sprint("O", i))
	}
	for i := range 5 {
		w.person(fmt.Sprint("P", i), 1+i%4)
	}
	for i := range 4 {
		w.deal(fmt.Sprint("D", i), 1+i, 1+r.IntN(4))
	}
	for i := range int64(3) {
		deal := 1 + i
		w.make(1, thread(&deal, deal))
		w.make(2, message(1+i, &deal, nil, deal))
		w.make(2, func(id int64, at time.Time) change.Placed {
			sent := message(1+i, &deal, nil, deal)(id, at).(mailbox.Message)
			sent.Sent = true
			return sent
		})
		w.make(2, file(&deal))
	}
}

func TestCountsOfRandomHistoriesAreWhatCountingFinds(t *testing.T) {
	t.Parallel()
	for seed := range uint64(2) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			var kill atomic.Bool
			r := rand.New(rand.NewPCG(seed, 3))
			dies := func(_ context.Context, c faults.Call) error {
				if kill.Load() && c.Operation == "TransactWriteItems" && r.IntN(5) == 0 {
					return errors.New("killed")
				}
				return nil
			}
			w := newWorld(t, with(faults.Hook{Before: dies, After: dies}))
			w.dropIndexes()
			w.begin(r)
			var purged []change.Ref
			for round := range 9 {
				for range 20 {
					w.act(r)
				}
				kill.Store(true)
				w.settle()
				kill.Store(false)
				if round%3 == 2 {
					gone := w.alive(r)
					w.purge(gone)
					purged = append(purged, gone)
				}
				w.count()
				for _, gone := range purged {
					if n := w.left(gone); n != 0 {
						t.Errorf("%d items were written beside %s, which is gone", n, gone)
					}
				}
				if t.Failed() {
					return
				}
			}
		})
	}
}

// alive is any record that is not deleted.
func (w *world) alive(r *rand.Rand) change.Ref {
	w.t.Helper()
	var refs []change.Ref
	for ref, record := range w.everything() {
		if f, ok := record.(interface{ Facets() value.Facets }); ok && paths[ref.Kind()] != "" && !f.Facets().Deleted {
			refs = append(refs, ref)
		}
	}
	slices.Sort(refs)
	return refs[r.IntN(len(refs))]
}

// late holds up transactions, so that others come between what a writer read and what it writes.
func late(ctx context.Context, c faults.Call) error {
	if c.Operation == "TransactWriteItems" {
		time.Sleep(time.Duration(rand.IntN(12)) * time.Millisecond)
	}
	return nil
}

func TestCountsStayRightThoughManyWriteAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, with(faults.Hook{Before: late}))
	w.dropIndexes()
	w.begin(rand.New(rand.NewPCG(1, 1)))
	for round := range uint64(4) {
		var wg sync.WaitGroup
		for worker := range uint64(5) {
			r := rand.New(rand.NewPCG(worker, round))
			wg.Go(func() {
				for range 15 {
					w.act(r)
				}
			})
		}
		wg.Go(w.settle) // rows move while others write
		wg.Wait()
		w.settle()
		w.count()
		if t.Failed() {
			return
		}
	}
}

// Deals that change while their person moves to another organization are counted there or here, never lost.
func TestAPersonMovesWhileItsDealsChange(t *testing.T) {
	t.Parallel()
	w := newWorld(t, with(faults.Hook{Before: late}))
	w.dropIndexes()
	one, two := w.organization("One"), w.organization("Two")
	p := w.person("Ann", one)
	var trades []int64
	for i := range 3 {
		trades = append(trades, w.deal("D", p, []any{nil, one, two}[i]))
	}
	var wg sync.WaitGroup
	for i, d := range trades {
		wg.Go(func() {
			for n := range 12 {
				w.c.Do("PATCH", apptest.Path("/api/v2/deals/%d", d), m{"status": []string{"won", "lost", "open"}[n%3], "org_id": []any{nil, one, two}[(i+n/3)%3]})
			}
		})
	}
	for n := range 12 {
		w.c.Do("PATCH", apptest.Path("/api/v2/persons/%d", p), m{"org_id": []any{two, nil, one}[n%3]})
	}
	wg.Wait()
	w.count()
}

// Of two who move what a record keeps, the second looks again.
func TestEndsStayRightThoughManyMoveThem(t *testing.T) {
	t.Parallel()
	w := newWorld(t, with(faults.Hook{Before: late}))
	w.dropIndexes()
	p := w.person("Ann", w.organization("One"))
	trades := []int64{w.deal("A", p, nil), w.deal("B", p, nil)}
	var wg sync.WaitGroup
	for worker := range uint64(4) {
		r := rand.New(rand.NewPCG(worker, 1))
		wg.Go(func() {
			for range 12 {
				body := m{"deal_id": trades[r.IntN(2)], "done": r.IntN(2) == 0, "due_date": fmt.Sprintf("2026-12-%02d", 1+r.IntN(4))}
				if r.IntN(3) == 0 {
					w.c.Do("POST", "/api/v2/activities", body)
				} else {
					w.c.Do("PATCH", apptest.Path("/api/v2/activities/%d", 1+r.IntN(6)), body)
				}
			}
		})
	}
	wg.Wait()
	w.count()
}
