package exports_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/lejek/lejek/infra/local/faults"
	"github.com/lejek/lejek/shared/app/apptest"
	"github.com/lejek/lejek/shared/exports"
)

// TestATeamWorksOnMeanwhile: others write between the steps and during them. Whatever of it is in the archive, each record is whole,
// and nothing refers to what is not there.
func TestATeamWorksOnMeanwhile(t *testing.T) {
	t.Parallel()
	o := open(t, tiny)
	o.live()
	o.signals()
	work := func(n int) {
		person := o.make("/api/v2/persons", m{"name": fmt.Sprint("New ", n), "org_id": o.make("/api/v2/organizations", m{"name": fmt.Sprint("Firm ", n)})})
		// Old records come to hang on new ones.
		o.Must("PATCH", apptest.Path("/api/v2/deals/%d", 1+n%2), m{"person_id": person, "title": fmt.Sprint("Now ", n)})
		o.Must("PATCH", "/api/v2/activities/2", m{"deal_id": o.make("/api/v2/deals", m{"title": fmt.Sprint("Deal ", n), "person_id": person})})
		o.make("/v1/notes", m{"content": fmt.Sprint("note ", n), "person_id": person})
		if n%5 == 0 {
			o.Must("DELETE", apptest.Path("/api/v2/persons/%d", person), nil)
		}
	}
	id := o.make("/api/v2/exports", nil)
	stop, n := make(chan struct{}), 0
	var others sync.WaitGroup
	others.Go(func() {
		for i := 1001; ; i++ {
			select {
			case <-stop:
				return
			default:
				o.Do("POST", "/api/v2/deals", m{"title": fmt.Sprint("At once ", i), "person_id": 2, "org_id": 1})
				time.Sleep(time.Millisecond)
			}
		}
	})
	o.drain(func() {
		if n++; n < 12 {
			work(n)
		}
	})
	close(stop)
	others.Wait()
	lines, _ := texts(t, o.fetch(id))
	there := map[string]bool{}
	for _, list := range lines {
		for _, l := range list {
			var r struct{ Ref string }
			if err := json.Unmarshal([]byte(l), &r); err != nil {
				t.Fatalf("%s: %v", l, err)
			}
			there[r.Ref] = true
		}
	}
	links := 0
	for _, kind := range []string{"deal", "person", "activity", "note"} {
		for _, l := range lines[kind] {
			var r struct {
				Ref    string
				Record struct {
					DealID, PersonID, OrganizationID *int64
					Shown                            []string
				}
			}
			if err := json.Unmarshal([]byte(l), &r); err != nil {
				t.Fatal(err)
			}
			refs := r.Record.Shown
			for to, id := range map[string]*int64{"deal": r.Record.DealID, "person": r.Record.PersonID, "organization": r.Record.OrganizationID} {
				if id != nil {
					refs = append(refs, fmt.Sprintf("%s#%d", to, *id))
				}
			}
			for _, ref := range refs {
				if links++; !there[ref] {
					t.Errorf("%s refers to %s, which is not in the archive", r.Ref, ref)
				}
			}
		}
	}
	if links < 20 || n < 10 {
		t.Errorf("%d links, %d steps", links, n)
	}
	// It can be read, and again tells the same of itself.
	answer, err := http.Get(o.Must("GET", apptest.Path("/api/v2/exports/%d", id), nil).Data()["download_url"].(string))
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	now := o
	now.Client = o.app.NewTeam("Empty")
	if err := now.restore(all(t, answer.Body)); err != nil {
		t.Fatal(err)
	}
	for _, firm := range now.Must("GET", "/api/v2/organizations?limit=500&include_fields=open_deals_count,people_count,notes_count", nil).List() {
		id, people := int64(firm.(m)["id"].(float64)), firm.(m)["people_count"]
		if got := len(now.Must("GET", apptest.Path("/api/v2/persons?org_id=%d&limit=500", id), nil).List()); float64(got) != people {
			t.Errorf("organization %d counts %v people and has %d", id, people, got)
		}
		open := firm.(m)["open_deals_count"]
		if got := len(now.Must("GET", apptest.Path("/api/v2/deals?org_id=%d&status=open&limit=500", id), nil).List()); float64(got) != open {
			t.Errorf("organization %d counts %v open deals and has %d", id, open, got)
		}
	}
}

// TestCostOfAnExport is what ARCHITECTURE.md says: a query a record, and little besides.
func TestCostOfAnExport(t *testing.T) {
	t.Parallel()
	const deals = 1500
	var mu sync.Mutex
	calls := map[string]int{}
	count := install(faults.Hook{Before: func(_ context.Context, c faults.Call) error {
		mu.Lock()
		defer mu.Unlock()
		calls[c.Operation]++
		return nil
	}})
	template := apptest.Stored(t, "deal#1", func(c *apptest.Client) { c.Must("POST", "/api/v2/deals", m{"title": "Many"}) })
	limits := exports.Production
	limits.Chunks = 4
	o := open(t, limits, apptest.WithItems(func(yield func(apptest.Item) bool) {
		for id := range int64(deals) {
			if !yield(template.Copy("deal", id+1)) {
				return
			}
		}
	}), count)
	if _, err := o.app.DB.NextIDs(t.Context(), o.Team.ID, "deal", deals); err != nil {
		t.Fatal(err)
	}
	id := o.make("/api/v2/exports", nil)
	mu.Lock()
	clear(calls)
	mu.Unlock()
	start := time.Now()
	steps := o.drain(nil)
	t.Logf("%d deals in %d steps: %v in %v", deals, steps, calls, time.Since(start))
	if lines, _ := texts(t, o.fetch(id)); len(lines["deal"]) != deals {
		t.Errorf("%d deals in the archive", len(lines["deal"]))
	}
	if calls["Query"] > deals+60 || calls["BatchGetItem"] > deals/30 || calls["TransactWriteItems"] > 2*steps || calls["PutObject"] > 2*steps || calls["UploadPart"] > 2 {
		t.Errorf("%v in %d steps", calls, steps)
	}
}
