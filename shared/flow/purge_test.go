package flow_test

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/lejek/lejek/infra/local/faults"
	"github.com/lejek/lejek/shared/app/apptest"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/schema"
)

// paths are those of records by kind.
var paths = map[string]string{change.Deal: "/api/v2/deals/%d", change.Person: "/api/v2/persons/%d", change.Organization: "/api/v2/organizations/%d"}

// expire deletes a record and lets its thirty days pass; the table has not removed it yet.
func (w *world) expire(ref change.Ref) {
	w.t.Helper()
	w.c.Must("DELETE", apptest.Path(paths[ref.Kind()], ref.ID()), nil)
	w.app.Later(31 * 24 * time.Hour)
}

// purge lets a record expire and be cleared up after.
func (w *world) purge(ref change.Ref) {
	w.t.Helper()
	w.expire(ref)
	w.clear(ref)
}

// clear lets the table remove an expired record and the indexer clear up. Every event comes twice.
func (w *world) clear(ref change.Ref) {
	w.t.Helper()
	raw := w.app.Expire(w.c.Team.ID, ref)
	deliver(w.t, w.app, raw)
	deliver(w.t, w.app, raw)
	work(w.t, w.app, w.c.Team.ID, change.PurgeName(ref))
	if n := w.left(ref); n != 0 {
		w.t.Errorf("%s left %d items behind", ref, n)
	}
}

// left is how many items lie in a record's collection.
func (w *world) left(ref change.Ref) int32 {
	w.t.Helper()
	out, err := w.app.DynamoDB.Query(context.Background(), &dynamodb.QueryInput{
		TableName: &w.app.Table, KeyConditionExpression: aws.String("pk = :pk"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":pk": &types.AttributeValueMemberS{Value: schema.Record.Partition(w.c.Team.ID, ref)}},
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return out.Count
}

// shows fails unless notes and activities show on a record, so many.
func (w *world) shows(when string, on string, id int64, want int) {
	w.t.Helper()
	if got := len(w.c.Must("GET", apptest.Path("/v1/"+on+"/%d/flow?items=note,activity", id), nil).List()); got != want {
		w.t.Errorf("%s: %s %d shows %d rows, want %d", when, on, id, got, want)
	}
}

func (w *world) move(person, to int64) {
	w.t.Helper()
	w.c.Must("PATCH", apptest.Path("/api/v2/persons/%d", person), m{"org_id": to})
	for _, links := range []int64{2, 3} {
		work(w.t, w.app, w.c.Team.ID, change.JobName(change.Of(change.Person, person), links))
	}
}

func TestHistoryOfAnExpiredDealStaysWhereItShowed(t *testing.T) {
	t.Parallel()
	for _, purged := range []bool{false, true} {
		t.Run(fmt.Sprint("purged ", purged), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			one, two := w.organization("One"), w.organization("Two")
			p := w.person("Ann", one)
			d := w.deal("Big", p, nil)
			n := w.c.Must("POST", "/v1/notes", m{"content": "history", "deal_id": d}).ID()
			a := w.c.Must("POST", "/api/v2/activities", m{"subject": "Ring", "deal_id": d, "due_date": "2026-12-01"}).ID()
			deal := change.Of(change.Deal, d)
			if purged {
				w.purge(deal)
			} else {
				w.expire(deal)
			}
			w.shows("expired", "persons", p, 2)
			w.shows("expired", "organizations", one, 2)
			w.move(p, two)
			w.shows("after a move", "persons", p, 2)
			w.shows("after a move", "organizations", one, 0)
			w.shows("after a move", "organizations", two, 2)
			w.c.Must("PUT", apptest.Path("/v1/notes/%d", n), m{"content": "changed"})
			w.c.Must("PATCH", apptest.Path("/api/v2/activities/%d", a), m{"subject": "Call", "due_date": "2026-12-02"})
			w.shows("after writes", "persons", p, 2)
			w.shows("after writes", "organizations", two, 2)
			if !purged {
				return
			}
			if n := w.left(deal); n != 0 {
				t.Errorf("writes put %d items beside the purged deal", n)
			}
			note, activity := w.c.Must("GET", apptest.Path("/v1/notes/%d", n), nil).Data(), w.c.Must("GET", apptest.Path("/api/v2/activities/%d", a), nil).Data()
			if note["deal_id"] != nil || note["person_id"] != float64(p) || activity["deal_id"] != nil || activity["person_id"] != float64(p) {
				t.Errorf("the links were not replaced: %v, %v", note, activity)
			}
		})
	}
}

func TestNoRowVanishesBetweenTheRemovalOfADealAndItsPurge(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	one := w.organization("One")
	p := w.person("Ann", one)
	d := w.deal("Big", p, nil)
	n := w.c.Must("POST", "/v1/notes", m{"content": "history", "deal_id": d}).ID()
	deal := change.Of(change.Deal, d)
	w.expire(deal)
	raw := w.app.Expire(w.c.Team.ID, deal)
	w.c.Must("PUT", apptest.Path("/v1/notes/%d", n), m{"content": "meanwhile"})
	deliver(t, w.app, raw)
	work(t, w.app, w.c.Team.ID, change.PurgeName(deal))
	w.shows("purged", "persons", p, 1)
	w.shows("purged", "organizations", one, 1)
}

func TestALinkStaysWhereWhatItLedToHasNoPlaceInTheRecord(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	one, two := w.organization("One"), w.organization("Two")
	ann, bob := w.person("Ann", one), w.person("Bob", two)
	d := w.deal("Big", ann, nil)
	n := w.c.Must("POST", "/v1/notes", m{"content": "history", "deal_id": d, "person_id": bob}).ID()
	w.purge(change.Of(change.Deal, d))
	w.c.Must("PUT", apptest.Path("/v1/notes/%d", n), m{"content": "changed"})
	for _, p := range []int64{ann, bob} {
		w.shows("purged", "persons", p, 1)
	}
	for _, o := range []int64{one, two} {
		w.shows("purged", "organizations", o, 1)
	}
}

func TestWhatShowedOnlyOnThePurgedRecordIsRemovedWithIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	one := w.organization("One")
	p := w.person("Ann", nil)
	d := w.deal("Big", nil, nil)
	for name, ref := range map[string]change.Ref{"deal_id": change.Of(change.Deal, d), "org_id": change.Of(change.Organization, one), "person_id": change.Of(change.Person, p)} {
		n := w.c.Must("POST", "/v1/notes", m{"content": "alone", name: ref.ID()}).ID()
		link := m{"subject": "alone", name: ref.ID()}
		if name == "person_id" {
			link = m{"subject": "alone", "participants": []m{{"person_id": p, "primary": true}}}
		}
		a := w.c.Must("POST", "/api/v2/activities", link).ID()
		w.purge(ref)
		note, activity := w.c.Must("GET", apptest.Path("/v1/notes/%d", n), nil).Data(), w.c.Must("GET", apptest.Path("/api/v2/activities/%d", a), nil).Data()
		if note["active_flag"] != false || activity["is_deleted"] != true {
			t.Errorf("%s: still there: %v, %v", name, note, activity)
		}
		w.app.Later(31 * 24 * time.Hour)
		if got := w.c.Do("GET", apptest.Path("/v1/notes/%d", n), nil); got.Status != 404 {
			t.Errorf("%s: the note never expires: %s", name, got.Raw)
		}
	}
}

func TestPurgedPersonAndOrganizationAreTakenFromWhatHungOnThem(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	one, two := w.organization("One"), w.organization("Two")
	ann, bob := w.person("Ann", one), w.person("Bob", two)
	d := w.deal("Big", ann, nil)
	n := w.c.Must("POST", "/v1/notes", m{"content": "of Ann", "person_id": ann}).ID()
	on := w.c.Must("POST", "/v1/notes", m{"content": "of the deal", "deal_id": d}).ID()
	a := w.c.Must("POST", "/api/v2/activities", m{"subject": "Meet", "participants": []m{{"person_id": ann, "primary": true}, {"person_id": bob}}, "org_id": one}).ID()
	w.purge(change.Of(change.Person, ann))
	activity := w.c.Must("GET", apptest.Path("/api/v2/activities/%d", a), nil).Data()
	if got := fmt.Sprint(activity["participants"]); got != fmt.Sprint([]any{m{"person_id": bob, "primary": true}}) {
		t.Errorf("participants %s", got)
	}
	if note := w.c.Must("GET", apptest.Path("/v1/notes/%d", n), nil).Data(); note["person_id"] != nil || note["org_id"] != float64(one) {
		t.Errorf("the note's links: %v", note)
	}
	w.c.Must("PUT", apptest.Path("/v1/notes/%d", on), m{"content": "changed"})
	w.shows("Ann purged", "organizations", one, 3)
	w.purge(change.Of(change.Organization, one))
	w.shows("One purged", "deals", d, 1)
	w.shows("One purged", "persons", bob, 1)
	if activity := w.c.Must("GET", apptest.Path("/api/v2/activities/%d", a), nil).Data(); activity["org_id"] != nil {
		t.Errorf("the activity still names the organization: %v", activity)
	}
}

func TestAPurgeThatIsKilledAgainAndAgainLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	var kill atomic.Bool
	var n atomic.Int64
	kills := func(c faults.Call, rest int64) error {
		if kill.Load() && (c.Operation == "BatchWriteItem" || c.Operation == "TransactWriteItems") && n.Add(1)%5 == rest {
			return errors.New("killed")
		}
		return nil
	}
	w := newWorld(t, with(faults.Hook{
		Before: func(_ context.Context, c faults.Call) error { return kills(c, 1) },
		After:  func(_ context.Context, c faults.Call) error { return kills(c, 3) },
	}))
	one := w.organization("One")
	p := w.person("Ann", one)
	d := w.deal("Big", p, nil)
	w.make(400, note(&d, nil))
	w.make(60, activity(&d, false))
	w.make(60, activity(&d, true))
	w.make(30, file(&d))
	w.make(20, thread(&d, p))
	w.make(20, message(1, &d, nil, p))
	w.expire(change.Of(change.Deal, d))
	kill.Store(true)
	w.clear(change.Of(change.Deal, d))
	kill.Store(false)
	w.check(links{change.Of(change.Deal, d): {change.Of(change.Person, p)}, change.Of(change.Person, p): {change.Of(change.Organization, one)}},
		change.Of(change.Person, p), change.Of(change.Organization, one))
	if n.Load() < 20 {
		t.Errorf("only %d writes", n.Load())
	}
}

func TestRelationsOfAPurgedOrganizationFreeTheirPlaces(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	one, two, three := w.organization("One"), w.organization("Two"), w.organization("Three")
	relate := func(a, b int64) int64 {
		return w.c.Must("POST", "/v1/organizationRelationships", m{"type": "related", "rel_owner_org_id": a, "rel_linked_org_id": b}).ID()
	}
	gone, stays := relate(one, two), relate(three, one)
	w.purge(change.Of(change.Organization, two))
	guard := change.Of(change.RelationsOf, one)
	members, err := w.app.DB.Members(context.Background(), w.c.Team.ID, guard, change.Of(change.RelationsOf, two))
	if err != nil || len(members) != 1 || len(members[guard]) != 1 || members[guard][0] != stays {
		t.Errorf("guards hold %v (%v), want only relation %d", members, err, stays)
	}
	if got := w.c.Do("GET", apptest.Path("/v1/organizationRelationships/%d", gone), nil); got.Status != 404 {
		t.Errorf("the relation: %s", got.Raw)
	}
	if got := w.c.Must("GET", apptest.Path("/v1/organizationRelationships?org_id=%d", one), nil).List(); len(got) != 1 {
		t.Errorf("relations %v", got)
	}
}
