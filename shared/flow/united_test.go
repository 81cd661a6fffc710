package flow_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/lejek/lejek/shared/app/apptest"
	"github.com/lejek/lejek/shared/change"
)

// TestWhoFollowedEitherFollowsTheSurvivor while it moves and for good, once each, and can be taken away at any time.
func TestWhoFollowedEitherFollowsTheSurvivor(t *testing.T) {
	t.Parallel()
	for kind := range entities {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			one, two := w.pair(kind)
			at := func(ref change.Ref) string { return apptest.Path("/api/v2/%s/%d/followers", entities[kind], ref.ID()) }
			for i := range 3 {
				w.c.Must("POST", "/v1/users", m{"name": "U", "email": fmt.Sprint("u", i, "@acme.example"), "active_flag": true})
			}
			for user, on := range map[int][]change.Ref{1: {one}, 2: {one, two}, 3: {two}, 4: {one}} {
				for _, ref := range on {
					if a := w.c.Do("POST", at(ref), m{"user_id": user}); a.Status != 201 {
						t.Fatal(a.Raw)
					}
				}
			}
			follow := func(when, want string, count float64) {
				t.Helper()
				var users []string
				for _, row := range w.c.Must("GET", at(two), nil).List() {
					users = append(users, fmt.Sprint(row.(m)["user_id"]))
				}
				if got := strings.Join(users, " "); got != want {
					t.Errorf("%s: %s follow, want %s", when, got, want)
				}
				if got := w.c.Must("GET", apptest.Path(paths[kind], two.ID())+"?include_fields=followers_count", nil).Data()["followers_count"]; got != count {
					t.Errorf("%s: %v are counted, want %v", when, got, count)
				}
			}
			w.merge(one, two)
			follow("at once", "1 2 3 4", 5) // who is on both counts twice until it has moved
			if again := w.c.Do("POST", at(two), m{"user_id": 4}); again.Status != 400 || !strings.Contains(again.Raw, "follows it already") {
				t.Errorf("%d %s", again.Status, again.Raw)
			}
			w.c.Must("DELETE", at(two)+"/4", nil)
			follow("without one of them", "1 2 3", 4)
			w.settle()
			follow("when it is done", "1 2 3", 3)
			w.c.Must("DELETE", at(two)+"/1", nil)
			follow("without another", "2 3", 2)
		})
	}
}

// TestAMergeLogsNoValueOfAFieldThatIsGone neither does it show one.
func TestAMergeLogsNoValueOfAFieldThatIsGone(t *testing.T) {
	t.Parallel()
	for kind := range entities {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			one, two := w.pair(kind)
			fields := apptest.Path("/api/v2/%sFields", kind)
			code := w.c.Must("POST", fields, m{"field_name": "Gone", "field_type": "varchar"}).Data()["field_code"].(string)
			w.c.Must("PATCH", apptest.Path(paths[kind], one.ID()), m{"custom_fields": m{code: "secret"}})
			w.c.Must("DELETE", fields+"/"+code, nil)
			w.merge(one, two)
			log := w.c.Must("GET", apptest.Path("/v1/%s/%d/changelog", entities[kind], two.ID()), nil)
			if strings.Contains(log.Raw, `"field_key":""`) || strings.Contains(log.Raw, "secret") {
				t.Errorf("%s", log.Raw)
			}
		})
	}
}

// TestWhatNamesTooManyIsRefused rather than become what can neither be merged nor deleted.
func TestWhatNamesTooManyIsRefused(t *testing.T) {
	t.Parallel()
	for kind := range entities {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			make := map[string]func() int64{
				change.Deal:         func() int64 { return w.deal("A", nil, nil) },
				change.Person:       func() int64 { return w.person("A", nil) },
				change.Organization: func() int64 { return w.organization("A") },
			}[kind]
			one, two := make(), make()
			var codes []string
			for i := range 80 {
				codes = append(codes, w.c.Must("POST", apptest.Path("/api/v2/%sFields", kind), m{"field_name": fmt.Sprint("F", i), "field_type": "people"}).Data()["field_code"].(string))
			}
			write := func(id int64, from, n int) apptest.Answer {
				values := m{}
				for _, code := range codes[from : from+n] {
					values[code] = w.person("P", nil)
				}
				return w.c.Do("PATCH", apptest.Path(paths[kind], id), m{"custom_fields": values})
			}
			if got := write(one, 0, 51); got.Status != 400 || !strings.Contains(got.Raw, "custom_fields: name 51 different") {
				t.Errorf("%d %s", got.Status, got.Raw)
			}
			for id, from := range map[int64]int{one: 0, two: 30} {
				if got := write(id, from, 50); got.Status != 200 {
					t.Fatalf("%d %s", got.Status, got.Raw)
				}
			}
			merge := apptest.Path("/v1/%s/%d/merge", entities[kind], one)
			if got := w.c.Do("PUT", merge, m{"merge_with_id": two}); got.Status != 400 || !strings.Contains(got.Raw, "merge_with_id: names, or is reached by") {
				t.Errorf("%d %s", got.Status, got.Raw)
			}
			if got := write(one, 0, 50); got.Status != 413 { // all fifty others, which is a hundred rows
				t.Errorf("%d %s", got.Status, got.Raw)
			}
			for _, id := range []int64{one, two} {
				w.c.Must("DELETE", apptest.Path(paths[kind], id), nil)
			}
		})
	}
}

// TestAPurgedRecordIsFoundByNobodyWhomItNamed holds that no rows are left for good.
func TestAPurgedRecordIsFoundByNobodyWhomItNamed(t *testing.T) {
	t.Parallel()
	for kind := range entities {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			code := w.c.Must("POST", apptest.Path("/api/v2/%sFields", kind), m{"field_name": "Friend", "field_type": "people"}).Data()["field_code"].(string)
			one, _ := w.pair(kind)
			friend := w.person("Friend", nil)
			w.c.Must("PATCH", apptest.Path(paths[kind], one.ID()), m{"custom_fields": m{code: friend}})
			w.c.Must("DELETE", apptest.Path(paths[kind], one.ID()), nil)
			w.app.Later(31 * 24 * time.Hour)
			w.clear(one)
			rows, _, err := w.app.DB.Rows(context.Background(), w.c.Team.ID, change.Of(change.Person, friend), change.Range{Shelf: change.NamedBy})
			if err != nil || len(rows) != 0 {
				t.Errorf("%v %v", rows, err)
			}
		})
	}
}
