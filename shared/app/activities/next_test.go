package activities_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"testing"

	"github.com/lejek/lejek/shared/app/apptest"
	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/value"
)

// Whatever several users do at once, what is kept of a deal is what looking at all its activities finds.
func TestNextAndLastStayRightUnderConcurrentChanges(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	c := app.NewTeam("Acme")
	deals := []int64{c.Must("POST", "/api/v2/deals", m{"title": "A"}).ID(), c.Must("POST", "/api/v2/deals", m{"title": "B"}).ID()}
	var wg sync.WaitGroup
	for worker := range 3 {
		r := rand.New(rand.NewPCG(uint64(worker), 7))
		body := func() m {
			b := m{"deal_id": deals[r.IntN(2)], "done": r.IntN(2) == 0}
			if r.IntN(8) == 0 {
				b["deal_id"] = nil
			}
			switch r.IntN(4) {
			case 0:
				b["due_date"] = nil
			default:
				b["due_date"] = fmt.Sprintf("2026-12-%02d", 1+r.IntN(4))
			}
			return b
		}
		wg.Go(func() {
			for range 40 {
				method, target := http.MethodPatch, apptest.Path("/api/v2/activities/%d", 1+r.IntN(20))
				switch r.IntN(5) {
				case 0:
					method, target = http.MethodPost, "/api/v2/activities"
				case 1:
					method = http.MethodDelete
				}
				// Busy with the others' changes is an answer too, as long as nothing is half done.
				if a := c.Do(method, target, body()); a.Status != 200 && a.Status != 404 && a.Status != 503 {
					t.Errorf("%s %s: %d %s", method, target, a.Status, a.Raw)
				}
			}
		})
	}
	wg.Wait()
	ctx, actor := context.Background(), auth.Actor{Team: c.Team.ID, User: c.User.ID}
	for _, deal := range deals {
		ref := change.Of(change.Deal, deal)
		all, err := app.Activities().List(ctx, actor, value.List{Links: map[string]int64{value.ByDeal: deal}, Sort: value.SortID, Limit: 500})
		if err != nil {
			t.Fatal(err)
		}
		var next, last change.Row
		for _, n := range all.Items {
			for _, row := range n.Rows() {
				key := func(r change.Row) string { return value.SortTime(r.At) + string(r.Source) }
				switch {
				case row.On != ref:
				case row.Shelf == change.Planned && (next.Source == "" || key(row) < key(next)):
					next = row
				case row.Shelf == change.Flow && (last.Source == "" || key(row) > key(last)):
					last = row
				}
			}
		}
		sums, err := app.DB.Summaries(ctx, c.Team.ID, []change.Ref{ref})
		if err != nil {
			t.Fatal(err)
		}
		if s := sums[ref]; value.Deref(s.NextActivityID) != next.Source.ID() || value.Deref(s.LastActivityID) != last.Source.ID() {
			t.Errorf("deal %d: next %d, last %d; want %s, %s", deal, value.Deref(s.NextActivityID), value.Deref(s.LastActivityID), next.Source, last.Source)
		}
	}
}
