package deals_test

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lejek/lejek/shared/app/apptest"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/deals"
)

const many = 300

// seed writes deals with few different times, owners, links and statuses, some archived, so that every order has ties and every
// filter several answers.
func seed(t *testing.T, app *apptest.App, team int64) []deals.Deal {
	t.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	first, err := app.DB.NextIDs(context.Background(), team, change.Deal, many)
	if err != nil {
		t.Fatal(err)
	}
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	pick := func(n int) *int64 {
		if v := int64(r.IntN(n + 1)); v > 0 {
			return &v
		}
		return nil
	}
	var all []deals.Deal
	set := change.Set{Team: team}
	for i := range many {
		d := deals.Deal{
			ID: first + int64(i), Title: fmt.Sprint("Deal ", i), OwnerID: 1 + int64(r.IntN(3)), PersonID: pick(4), OrganizationID: pick(4), PipelineID: 1,
			StageID: 1 + int64(r.IntN(5)), Status: []string{deals.Open, deals.Open, deals.Won, deals.Lost}[r.IntN(4)], Deleted: r.IntN(15) == 0, Archived: r.IntN(6) == 0,
			AddTime: start.Add(time.Duration(r.IntN(50)) * time.Hour), Value: "0", Currency: "EUR",
		}
		// Deleted ones expire 30 days after their last update: those are of yesterday.
		if d.UpdateTime = d.AddTime.Add(time.Duration(r.IntN(50)) * time.Hour); d.Deleted {
			d.UpdateTime = app.Now().Add(-24 * time.Hour)
		}
		set.Put(d.Ref(), d, 0)
		if all = append(all, d); len(set.Records) == change.MaxOperations || i == many-1 {
			if err := app.DB.Commit(context.Background(), set); err != nil {
				t.Fatal(err)
			}
			set.Records = nil
		}
	}
	return all
}

// pages reads a list to its end.
func pages(t *testing.T, c *apptest.Client, path, query string, limit int) (ids []int64) {
	t.Helper()
	for cursor := ""; ; {
		a := c.Must("GET", apptest.Path("%s?%s&limit=%d&cursor=%s", path, query, limit, cursor), nil)
		if len(a.List()) > limit {
			t.Fatalf("%d on a page of %d", len(a.List()), limit)
		}
		for _, d := range a.List() {
			n, _ := d.(map[string]any)["id"].(float64)
			ids = append(ids, int64(n))
		}
		next, more := a.Body["additional_data"].(map[string]any)["next_cursor"].(string)
		if cursor = next; !more {
			return ids
		}
	}
}

// orders are how the sorts of the API order deals; ties fall to the id.
var orders = map[string]func(x, y deals.Deal) int{
	"id":          func(x, y deals.Deal) int { return cmp.Compare(x.ID, y.ID) },
	"add_time":    func(x, y deals.Deal) int { return cmp.Or(x.AddTime.Compare(y.AddTime), cmp.Compare(x.ID, y.ID)) },
	"update_time": func(x, y deals.Deal) int { return cmp.Or(x.UpdateTime.Compare(y.UpdateTime), cmp.Compare(x.ID, y.ID)) },
}

func expected(all []deals.Deal, sort, direction string, keep func(deals.Deal) bool) (ids []int64) {
	kept := slices.DeleteFunc(slices.Clone(all), func(d deals.Deal) bool { return !keep(d) })
	slices.SortFunc(kept, orders[sort])
	if direction == "desc" {
		slices.Reverse(kept)
	}
	for _, d := range kept {
		ids = append(ids, d.ID)
	}
	return ids
}

func TestWhoPagesWhileOthersAddSeesEveryEarlierDealOnce(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	c := app.NewTeam("Acme")
	all := seed(t, app, c.Team.ID)
	last := all[many-1].ID
	stop := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			default:
				body := map[string]any{"title": fmt.Sprint("new ", i)}
				if i%2 == 0 {
					body["add_time"] = fmt.Sprintf("2026-01-%02dT%02d:00:00Z", 1+i%2, i%24) // in the midst of the others
				}
				c.Must("POST", "/api/v2/deals", body)
				time.Sleep(5 * time.Millisecond)
			}
		}
	})
	for sort := range orders {
		for _, direction := range []string{"asc", "desc"} {
			got := pages(t, c, "/api/v2/deals", "sort_by="+sort+"&sort_direction="+direction, 7)
			unique := slices.Compact(slices.Sorted(slices.Values(got)))
			if len(unique) != len(got) {
				t.Errorf("%s %s: %d of %d twice", sort, direction, len(got)-len(unique), len(got))
			}
			earlier := slices.DeleteFunc(got, func(id int64) bool { return id > last })
			want := expected(all, sort, direction, func(d deals.Deal) bool { return !d.Deleted && !d.Archived })
			if !slices.Equal(earlier, want) {
				t.Errorf("%s %s: %d deals, want %d, or in another order", sort, direction, len(earlier), len(want))
			}
		}
	}
	close(stop)
	wg.Wait()
}

func TestFiltersFindWhatLookingAtEveryDealFinds(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	c := app.NewTeam("Acme")
	all := seed(t, app, c.Team.ID)
	r := rand.New(rand.NewPCG(3, 4))
	is := func(p *int64, n int64) bool { return p != nil && *p == n }
	for range 60 {
		var query []string
		archived := r.IntN(3) == 0
		keep := []func(deals.Deal) bool{func(d deals.Deal) bool { return d.Archived == archived }}
		with := func(text string, f func(deals.Deal) bool) { query, keep = append(query, text), append(keep, f) }
		n := 1 + int64(r.IntN(4))
		for i, add := range []func(){
			func() { with(fmt.Sprint("owner_id=", n), func(d deals.Deal) bool { return d.OwnerID == n }) },
			func() { with(fmt.Sprint("person_id=", n), func(d deals.Deal) bool { return is(d.PersonID, n) }) },
			func() { with(fmt.Sprint("org_id=", n), func(d deals.Deal) bool { return is(d.OrganizationID, n) }) },
			func() { with(fmt.Sprint("stage_id=", n), func(d deals.Deal) bool { return d.StageID == n }) },
			func() { with("pipeline_id=1", func(d deals.Deal) bool { return d.PipelineID == 1 }) },
			func() {
				since := all[r.IntN(many)].UpdateTime
				with("updated_since="+since.Format(time.RFC3339), func(d deals.Deal) bool { return !d.UpdateTime.Before(since) })
			},
			func() {
				until := all[r.IntN(many)].UpdateTime
				with("updated_until="+until.Format(time.RFC3339), func(d deals.Deal) bool { return d.UpdateTime.Before(until) })
			},
		} {
			if r.IntN(3) == 0 || i == 0 && r.IntN(2) == 0 {
				add()
			}
		}
		statuses := [][]string{nil, {"open"}, {"won", "lost"}, {"deleted"}, {"open", "deleted"}}[r.IntN(5)]
		if statuses != nil {
			query = append(query, "status="+strings.Join(statuses, ","))
		}
		keep = append(keep, func(d deals.Deal) bool {
			if d.Deleted {
				return slices.Contains(statuses, "deleted")
			}
			return statuses == nil || slices.Contains(statuses, d.Status)
		})
		sort := []string{"id", "add_time", "update_time"}[r.IntN(3)]
		direction := []string{"asc", "desc"}[r.IntN(2)]
		query = append(query, "sort_by="+sort, "sort_direction="+direction)
		want := expected(all, sort, direction, func(d deals.Deal) bool {
			return !slices.ContainsFunc(keep, func(f func(deals.Deal) bool) bool { return !f(d) })
		})
		path := "/api/v2/deals"
		if archived {
			path += "/archived"
		}
		if got := pages(t, c, path, strings.Join(query, "&"), 7+r.IntN(90)); !slices.Equal(got, want) {
			t.Errorf("%s?%s: %v\nwant %v", path, strings.Join(query, "&"), got, want)
		}
	}
}
