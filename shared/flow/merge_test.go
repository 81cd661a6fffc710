package flow_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/lejek/lejek/infra/local/faults"
	"github.com/lejek/lejek/shared/app/apptest"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/deals"
	"github.com/lejek/lejek/shared/organizations"
	"github.com/lejek/lejek/shared/persons"
	"github.com/lejek/lejek/shared/value"
)

var entities = map[string]string{change.Deal: "deals", change.Person: "persons", change.Organization: "organizations"}

// merge has one record absorbed by another.
func (w *world) merge(absorbed, into change.Ref) apptest.Answer {
	w.t.Helper()
	return w.c.Must("PUT", apptest.Path("/v1/%s/%d/merge", entities[absorbed.Kind()], absorbed.ID()), m{"merge_with_id": into.ID()})
}

// unite is act, and now and then a merge of two records at random, or a change of who takes part or is related.
func (w *world) unite(r *rand.Rand) {
	w.t.Helper()
	id := func(most int) int64 { return int64(1 + r.IntN(most)) }
	method, path, body := "", "", m{}
	switch r.IntN(12) {
	case 0:
		kind := []string{"deals", "persons", "organizations", "persons"}[r.IntN(4)]
		most := map[string]int{"deals": 12, "persons": 8, "organizations": 6}[kind]
		method, path, body = "PUT", apptest.Path("/v1/%s/%d/merge", kind, id(most)), m{"merge_with_id": id(most)}
	case 1:
		method, path, body = "POST", apptest.Path("/v1/deals/%d/participants", id(12)), m{"person_id": id(8)}
	case 2:
		method, path = "DELETE", apptest.Path("/v1/deals/%d/participants/%d", id(12), 2*id(12))
	case 3:
		method, path = "POST", "/v1/organizationRelationships"
		body = m{"type": "related", "rel_owner_org_id": id(6), "rel_linked_org_id": id(6)}
	case 4:
		method, path, body = "POST", "/api/v2/organizations", m{"name": "O"}
	default:
		w.act(r)
		return
	}
	a := w.c.Do(method, path, body)
	known := []string{"not found", "must be another", "takes part", "was merged with", "related already", "itself"}
	if a.Status >= 500 && a.Status != 503 || a.Status == 400 && !slices.ContainsFunc(known, func(s string) bool { return strings.Contains(a.Raw, s) }) {
		w.t.Errorf("%s %s %v: %d %s", method, path, body, a.Status, a.Raw)
	}
}

// shown compares what records show, all or these, with where the links of all lead, by brute force.
func (w *world) shown(only ...change.Ref) {
	w.t.Helper()
	all := w.everything()
	l := links{}
	for ref, r := range all {
		if r, ok := r.(interface{ LeadsTo() change.Links }); ok {
			l[ref] = r.LeadsTo().Refs()
		}
	}
	for on, r := range all {
		if g, ok := r.(interface{ Gone() (bool, *int64) }); !ok || gone(g) || len(only) > 0 && !slices.Contains(only, on) {
			continue
		}
		want := map[string]bool{}
		for _, r := range all {
			if p, ok := r.(change.Placed); ok {
				for _, row := range p.ShowOn(l.reach(p.HangsOn().Refs())).Rows() {
					if row.On == on {
						want[fmt.Sprint(row.Shelf, row.At.UTC().UnixMilli(), row.Source)] = true
					}
				}
			}
			if d, ok := r.(deals.Deal); ok && d.Status == deals.Open && !d.Archived && !d.Deleted && slices.Contains(l[d.Ref()], on) {
				want[fmt.Sprint(change.OpenDeals, d.Ref())] = true
			}
		}
		got := map[string]bool{}
		for _, shelf := range []change.Shelf{change.Flow, change.Planned, change.Threads, change.Files, change.OpenDeals} {
			rows, _, err := w.app.DB.Rows(context.Background(), w.c.Team.ID, on, change.Range{Shelf: shelf})
			if err != nil {
				w.t.Fatal(err)
			}
			for _, row := range rows {
				key := fmt.Sprint(row.Shelf, row.At.UTC().UnixMilli(), row.Source)
				if shelf == change.OpenDeals {
					key = fmt.Sprint(row.Shelf, row.Source)
				}
				if shelf == change.Threads {
					continue // everything does not read threads
				}
				if row.Log == nil {
					got[key] = true
				}
			}
		}
		for key := range want {
			if !got[key] {
				w.t.Errorf("%s does not show %s", on, key)
			}
		}
		for key := range got {
			if !want[key] {
				w.t.Errorf("%s shows %s", on, key)
			}
		}
	}
}

func gone(g interface{ Gone() (bool, *int64) }) bool { deleted, _ := g.Gone(); return deleted }

// named fails where a record that is not deleted names one that was absorbed: as it is read, or, with stored, as it is kept.
func (w *world) named(stored bool) {
	w.t.Helper()
	all := w.everything()
	absorbed := func(kind string, id int64) bool {
		g, ok := all[change.Of(kind, id)].(interface{ Gone() (bool, *int64) })
		if !ok {
			return false
		}
		_, into := g.Gone()
		return into != nil
	}
	if stored {
		all = w.kept(all)
	}
	for ref, r := range all {
		var l change.Links
		switch r := r.(type) {
		case deals.Deal:
			if l = r.LeadsTo(); r.Deleted {
				continue
			}
			for _, p := range r.Participants {
				l.Persons = append(l.Persons, p.PersonID)
			}
		case persons.Person:
			if l = r.LeadsTo(); r.Deleted {
				continue
			}
		case change.Placed:
			if l = r.HangsOn(); len(r.Rows()) == 0 {
				continue
			}
		}
		for _, to := range l.Refs() {
			if absorbed(to.Kind(), to.ID()) {
				w.t.Errorf("%s names %s, which was absorbed", ref, to)
			}
		}
	}
}

// kept are records as they are stored.
func (w *world) kept(all map[change.Ref]any) map[change.Ref]any {
	w.t.Helper()
	var refs []change.Ref
	for ref := range all {
		refs = append(refs, ref)
	}
	found, err := w.app.Flow().Store.Stored(context.Background(), w.c.Team.ID, refs)
	if err != nil {
		w.t.Fatal(err)
	}
	return found
}

// united fails unless guards, participants' rows and relations are those of the records that are left.
func (w *world) united() {
	w.t.Helper()
	w.named(true)
	all := w.everything()
	for ref, r := range all {
		g, ok := r.(change.Mergeable)
		if !ok {
			continue
		}
		last := g
		for _, into := last.Gone(); into != nil; _, into = last.Gone() {
			last = all[change.Of(ref.Kind(), *into)].(change.Mergeable)
		}
		left, _, err := w.app.DB.Rows(context.Background(), w.c.Team.ID, ref, change.Range{Shelf: change.Followers})
		if err != nil || last.Ref() != ref && !gone(last) && len(left) > 0 {
			w.t.Errorf("%v still follow %s, which %s absorbed (%v)", left, ref, last.Ref(), err)
		}
	}
	for ref, r := range all {
		switch r := r.(type) {
		case organizations.Organization:
			list, err := w.app.Relations().Store.Of(context.Background(), w.c.Team.ID, r.ID)
			guard := change.Of(change.RelationsOf, r.ID)
			members, err2 := w.app.DB.Members(context.Background(), w.c.Team.ID, guard)
			if err != nil || err2 != nil {
				w.t.Fatal(err, err2)
			}
			var ids []int64
			others := map[int64]bool{}
			for _, rel := range list {
				ids = append(ids, rel.ID)
				other, _, ok := rel.From(r.ID)
				if others[other] || !ok || other == r.ID {
					w.t.Errorf("%s is related by %+v, beside others %v", ref, rel, others)
				}
				others[other] = true
			}
			if slices.Sort(ids); !slices.Equal(ids, members[guard]) || r.MergedInto != nil && len(ids) > 0 {
				w.t.Errorf("%s has relations %v, its guard holds %v", ref, ids, members[guard])
			}
		case persons.Person:
			for _, e := range r.Emails {
				guard := change.AddressOf(e.Value)
				members, err := w.app.DB.Members(context.Background(), w.c.Team.ID, guard)
				if err != nil {
					w.t.Fatal(err)
				}
				if slices.Contains(members[guard], r.ID) == r.Deleted {
					w.t.Errorf("%s (deleted %v): the guard of its address holds %v", ref, r.Deleted, members[guard])
				}
			}
			if r.Deleted {
				continue
			}
			rows, _, err := w.app.DB.Rows(context.Background(), w.c.Team.ID, ref, change.Range{Shelf: change.NamedBy})
			if err != nil {
				w.t.Fatal(err)
			}
			var got, want []change.Ref
			for _, row := range rows {
				got = append(got, row.Source)
			}
			for of, other := range all {
				d, ok := other.(deals.Deal)
				if ok && !d.Deleted && value.Deref(d.PersonID) != r.ID && slices.ContainsFunc(d.Participants, func(p deals.Participant) bool { return p.PersonID == r.ID }) {
					want = append(want, of)
				}
			}
			slices.Sort(got)
			if slices.Sort(want); !slices.Equal(got, want) {
				w.t.Errorf("%s takes part in %v, but its rows say %v", ref, want, got)
			}
		}
	}
}

func TestMergesInRandomHistoriesLoseNothing(t *testing.T) {
	t.Parallel()
	for seed := range uint64(3) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			var kill atomic.Bool
			r := rand.New(rand.NewPCG(seed, 7))
			dies := func(_ context.Context, c faults.Call) error {
				if kill.Load() && c.Operation == "TransactWriteItems" && r.IntN(5) == 0 {
					return errors.New("killed")
				}
				return nil
			}
			w := newWorld(t, with(faults.Hook{Before: dies, After: dies}))
			w.begin(r)
			for range 6 {
				for range 25 {
					w.unite(r)
				}
				w.named(false) // at once, with merges under way
				kill.Store(true)
				w.settle()
				kill.Store(false)
				w.shown()
				w.united()
				w.count()
				if t.Failed() {
					return
				}
			}
		})
	}
}

func TestMergesBesideManyWritersLoseNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, with(faults.Hook{Before: late}))
	w.begin(rand.New(rand.NewPCG(1, 1)))
	for round := range uint64(3) {
		var wg sync.WaitGroup
		for worker := range uint64(5) {
			r := rand.New(rand.NewPCG(worker, round))
			wg.Go(func() {
				for range 15 {
					w.unite(r)
				}
			})
		}
		wg.Go(w.settle)
		wg.Wait()
		w.settle()
		w.shown()
		w.united()
		w.count()
		if t.Failed() {
			return
		}
	}
}

// hung is what a record shows in the API: its flow, files, mail, and the sections of its view, each in its order.
func (w *world) hung(on change.Ref) map[string][]string {
	w.t.Helper()
	all := map[string][]string{}
	at := apptest.Path("/%s/%d", entities[on.Kind()], on.ID())
	for _, list := range []string{"flow", "files", "mailMessages"} {
		for start := 0; ; start += 7 {
			a := w.c.Must("GET", apptest.Path("/v1%s/%s?limit=7&start=%d", at, list, start), nil)
			for _, row := range a.List() {
				row := row.(m)
				if data, ok := row["data"].(m); ok {
					if data["field_key"] != nil {
						continue // the change log is the record's own
					}
					row = m{"id": fmt.Sprint(row["object"], data["id"])}
				}
				all[list] = append(all[list], fmt.Sprint(row["id"]))
			}
			if a.Body["additional_data"].(m)["pagination"].(m)["more_items_in_collection"] != true {
				break
			}
		}
	}
	view := w.c.Must("GET", "/api/v2"+at+"/view", nil).Data()
	for _, section := range []string{"mail_threads", "files", "open_deals", "persons", "planned_activities", "related_organizations"} {
		list, _ := view[section].([]any)
		for _, row := range list {
			id := row.(m)["id"]
			if id == nil {
				id = row.(m)["organization"].(m)["id"]
			}
			all["view "+section] = append(all["view "+section], fmt.Sprint(id))
		}
	}
	return all
}

// pair are two records of a kind, each with all that can hang on it, some of it on both.
func (w *world) pair(kind string) (one, two change.Ref) {
	w.t.Helper()
	firm, other := w.organization("One"), w.organization("Two")
	ann, bob := w.person("Ann", firm), w.person("Bob", other)
	big, small := w.deal("Big", ann, firm), w.deal("Small", bob, other)
	trades := []int64{big, small}
	for i, links := range []struct{ person, firm int64 }{{ann, firm}, {bob, other}} {
		d := trades[i]
		w.deal("Won", links.person, links.firm)
		w.c.Must("POST", "/api/v2/deals", m{"title": "Old", "person_id": links.person, "org_id": links.firm, "status": "won", "is_archived": true})
		w.person("Colleague", links.firm)
		w.make(8, note(&d, &links.person))
		w.make(3, activity(&d, false))
		w.make(3, activity(&d, true))
		w.make(4, file(&d))
		w.make(2, thread(&d, links.person))
		w.make(5, message(1, &d, nil, links.person))
		w.c.Must("POST", "/api/v2/activities", m{"subject": "Meet", "org_id": links.firm, "participants": []m{{"person_id": links.person, "primary": true}}})
	}
	w.c.Must("POST", "/api/v2/activities", m{"subject": "All", "participants": []m{{"person_id": ann, "primary": true}, {"person_id": bob}}, "due_date": "2026-12-01"})
	w.make(3, thread(&big, ann, bob))
	w.make(3, message(1, nil, nil, ann, bob))
	third := w.deal("Third", nil, nil)
	for _, p := range []int64{ann, bob} {
		w.c.Must("POST", apptest.Path("/v1/deals/%d/participants", third), m{"person_id": p})
	}
	w.c.Must("POST", apptest.Path("/v1/deals/%d/participants", big), m{"person_id": w.person("Cid", nil)})
	x, y := w.organization("X"), w.organization("Y")
	for _, pair := range [][2]int64{{firm, other}, {firm, x}, {other, x}, {y, firm}} {
		w.c.Must("POST", "/v1/organizationRelationships", m{"type": "related", "rel_owner_org_id": pair[0], "rel_linked_org_id": pair[1]})
	}
	switch kind {
	case change.Deal:
		return change.Of(kind, big), change.Of(kind, small)
	case change.Person:
		return change.Of(kind, ann), change.Of(kind, bob)
	}
	return change.Of(kind, firm), change.Of(kind, other)
}

// both is what hangs on one or the other, each once.
func both(a, b map[string][]string) map[string]map[string]bool {
	all := map[string]map[string]bool{}
	for _, part := range []map[string][]string{a, b} {
		for list, rows := range part {
			if all[list] == nil {
				all[list] = map[string]bool{}
			}
			for _, row := range rows {
				all[list][row] = true
			}
		}
	}
	return all
}

// same compares what hangs on a record with what hung on both before.
func (w *world) same(when string, on change.Ref, want map[string]map[string]bool) {
	w.t.Helper()
	got := w.hung(on)
	for list, rows := range got {
		seen := map[string]bool{}
		for _, row := range rows {
			if seen[row] || !want[list][row] {
				w.t.Errorf("%s: %s shows %s %s: twice %v", when, on, list, row, seen[row])
			}
			seen[row] = true
		}
		if len(seen) != len(want[list]) {
			w.t.Errorf("%s: %s shows %d of %d in %s", when, on, len(seen), len(want[list]), list)
		}
	}
}

// TestASurvivorShowsAtOnceWhatHungOnBoth looks before any of it has moved, after each transaction of the job, and when it is done. The job is killed
// before and after each of its writes.
func TestASurvivorShowsAtOnceWhatHungOnBoth(t *testing.T) {
	t.Parallel()
	for kind := range entities {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			var writes atomic.Int64 // that are let through until one is killed
			var after, armed atomic.Bool
			dies := func(late bool) func(context.Context, faults.Call) error {
				return func(_ context.Context, c faults.Call) error {
					if armed.Load() && c.Operation == "TransactWriteItems" && after.Load() == late && writes.Add(-1) < 0 {
						return errors.New("killed")
					}
					return nil
				}
			}
			w := newWorld(t, with(faults.Hook{Before: dies(false), After: dies(true)}))
			one, two := w.pair(kind)
			want := both(w.hung(one), w.hung(two))
			delete(want["view related_organizations"], fmt.Sprint(one.ID()))
			delete(want["view related_organizations"], fmt.Sprint(two.ID()))
			if kind == change.Deal { // its own sections do not name it
				delete(want, "view open_deals")
			}
			w.merge(one, two)
			w.named(false)
			w.same("at once", two, want)
			kills := 0
			for step := int64(0); event(t, w.app, w.c.Team.ID, change.MergeName(one)) != nil; step++ {
				for _, late := range []bool{false, true} {
					raw := event(t, w.app, w.c.Team.ID, change.MergeName(one))
					if raw == nil {
						break
					}
					after.Store(late)
					writes.Store(step % 3)
					armed.Store(true)
					w.app.Handler("indexer").Invoke(context.Background(), raw)
					armed.Store(false)
					if kills++; kills%4 == 0 {
						w.same(fmt.Sprint("killed ", kills, " times"), two, want)
					}
				}
				if step > 300 {
					t.Fatal("the job does not come to its end")
				}
			}
			w.settle()
			w.same("when it is done", two, want)
			w.shown()
			w.united()
			w.count()
			t.Logf("killed %d times", kills)
			if left := w.left(one); left > 6 { // the record, its summaries, its change log
				t.Errorf("%d items are left of %s", left, one)
			}
		})
	}
}

// TestMergesAtOnceEndInOneSurvivor has several merge the same records in every direction: who comes second sees what the first did.
func TestMergesAtOnceEndInOneSurvivor(t *testing.T) {
	t.Parallel()
	for kind := range entities {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, with(faults.Hook{Before: late}))
			one, two := w.pair(kind)
			three, four := w.pair(kind)
			before := map[string][]string{}
			for _, ref := range []change.Ref{one, two, three, four} {
				for list, rows := range w.hung(ref) {
					before[list] = append(before[list], rows...)
				}
			}
			want := both(before, nil)
			var wg sync.WaitGroup
			for _, pair := range [][2]change.Ref{{one, two}, {two, three}, {three, four}, {one, three}, {two, one}, {one, two}} {
				wg.Go(func() {
					path := apptest.Path("/v1/%s/%d/merge", entities[kind], pair[0].ID())
					if a := w.c.Do("PUT", path, m{"merge_with_id": pair[1].ID()}); a.Status >= 500 && a.Status != 503 {
						t.Errorf("%v: %d %s", pair, a.Status, a.Raw)
					}
				})
			}
			wg.Wait()
			var alive []change.Ref // whatever came first, the rest can follow
			for _, ref := range []change.Ref{one, two, three, four} {
				if w.c.Must("GET", apptest.Path(paths[kind], ref.ID()), nil).Data()["is_deleted"] == false {
					alive = append(alive, ref)
				}
			}
			for len(alive) > 1 {
				w.merge(alive[0], alive[1])
				alive = alive[1:]
			}
			for _, ref := range []change.Ref{one, two, three, four} {
				delete(want["view related_organizations"], fmt.Sprint(ref.ID()))
			}
			if kind == change.Deal {
				delete(want, "view open_deals")
			}
			w.named(false)
			w.same("at once", alive[0], want)
			w.settle()
			w.same("when it is done", alive[0], want)
			w.shown()
			w.united()
			w.count()
		})
	}
}

// TestAnAbsorbedRecordLeadsToItsSurvivorForGood lets the absorbed record be removed after its time.
func TestAnAbsorbedRecordLeadsToItsSurvivorForGood(t *testing.T) {
	t.Parallel()
	for kind := range entities {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			one, two := w.pair(kind)
			want := both(w.hung(one), w.hung(two))
			delete(want["view related_organizations"], fmt.Sprint(one.ID()))
			delete(want["view related_organizations"], fmt.Sprint(two.ID()))
			if kind == change.Deal {
				delete(want, "view open_deals")
			}
			w.merge(one, two)
			w.settle()
			w.app.Later(31 * 24 * time.Hour)
			w.clear(one)
			w.same("purged", two, want)
			w.united()
			w.count()
			if kind == change.Organization {
				return
			}
			field := map[string]string{change.Deal: "deal_id", change.Person: "person_id"}[kind]
			a := w.c.Do("POST", "/v1/notes", m{"content": "x", field: one.ID()})
			if a.Status != 400 || !strings.Contains(a.Raw, field+": ") {
				t.Errorf("a note on what is gone: %d %s", a.Status, a.Raw)
			}
			moved, err := w.app.DB.Moved(context.Background(), w.c.Team.ID, []change.Ref{one, two})
			if err != nil || len(moved) != 1 || moved[one] != two {
				t.Errorf("%v (%v)", moved, err)
			}
		})
	}
}

func TestAFilterGoesOnFindingWhatItNamesAfterAMerge(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	one, two := w.organization("One"), w.organization("Two")
	w.deal("A", nil, one)
	w.deal("B", nil, two)
	condition := m{"object": "deal", "field_id": fieldID(w, "org_id"), "operator": "=", "value": fmt.Sprint(one)}
	f := w.c.Must("POST", "/v1/filters", m{"name": "F", "type": "deals", "conditions": m{"glue": "and", "conditions": []any{
		m{"glue": "and", "conditions": []any{condition}}, m{"glue": "or", "conditions": []any{}},
	}}}).ID()
	if n := len(w.c.Must("GET", apptest.Path("/api/v2/deals?filter_id=%d", f), nil).List()); n != 1 {
		t.Fatalf("%d deals before", n)
	}
	w.merge(change.Of(change.Organization, one), change.Of(change.Organization, two))
	w.settle()
	if n := len(w.c.Must("GET", apptest.Path("/api/v2/deals?filter_id=%d", f), nil).List()); n != 2 {
		t.Errorf("%d deals after", n)
	}
}

// fieldID is the number of a deal's field.
func fieldID(w *world, key string) any {
	w.t.Helper()
	for _, row := range w.c.Must("GET", "/v1/dealFields?limit=500", nil).List() {
		if f := row.(m); f["key"] == key {
			return f["id"]
		}
	}
	w.t.Fatalf("no field %s", key)
	return nil
}

// TestWhatACustomFieldNamesFollowsAMerge covers fields of all kinds of records.
func TestWhatACustomFieldNamesFollowsAMerge(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ann, bob := w.person("Ann", nil), w.person("Bob", nil)
	codes := map[string]string{}
	records := map[string]int64{}
	for _, kind := range []string{change.Deal, change.Person, change.Organization} {
		code := w.c.Must("POST", apptest.Path("/api/v2/%sFields", kind), m{"field_name": "Friend", "field_type": "people"}).Data()["field_code"].(string)
		body := m{"title": "X", "custom_fields": m{code: ann}}
		if kind != change.Deal {
			body = m{"name": "X", "custom_fields": m{code: ann}}
		}
		codes[kind], records[kind] = code, w.c.Must("POST", "/api/v2/"+entities[kind], body).ID()
	}
	look := func(when string, want float64) {
		t.Helper()
		for kind, id := range records {
			got := w.c.Must("GET", apptest.Path(paths[kind], id), nil).Data()["custom_fields"].(m)[codes[kind]]
			if got != want {
				t.Errorf("%s: the %s names %v, want %v", when, kind, got, want)
			}
		}
	}
	look("before", float64(ann))
	w.merge(change.Of(change.Person, ann), change.Of(change.Person, bob))
	look("at once", float64(bob))
	w.settle()
	w.app.Later(time.Hour)
	cid := w.person("Cid", nil)
	w.merge(change.Of(change.Person, bob), change.Of(change.Person, cid)) // clears the first merge, which is long done
	look("again", float64(cid))
	w.settle()
	w.app.Later(time.Hour)
	w.merge(change.Of(change.Person, w.person("Dan", nil)), change.Of(change.Person, w.person("Eve", nil)))
	look("when it is done", float64(cid))
	w.c.Must("PATCH", apptest.Path(paths[change.Deal], records[change.Deal]), m{"custom_fields": m{codes[change.Deal]: nil}})
	rows, _, err := w.app.DB.Rows(context.Background(), w.c.Team.ID, change.Of(change.Person, cid), change.Range{Shelf: change.NamedBy})
	if err != nil || len(rows) != 2 {
		t.Errorf("%d rows are left (%v): %v", len(rows), err, rows)
	}
}
