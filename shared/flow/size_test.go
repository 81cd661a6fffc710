package flow_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/lejek/lejek/shared/activities"
	"github.com/lejek/lejek/shared/app/apptest"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/notes"
)

// sent is how large an answer is when Lambda returns it.
func sent(t *testing.T, a apptest.Answer) int {
	t.Helper()
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(events.APIGatewayV2HTTPResponse{StatusCode: a.Status, Headers: a.Header, Body: a.Raw}); err != nil {
		t.Fatal(err)
	}
	return b.Len()
}

func TestFlowsAndViewsOfTheLongestTextsFitIntoAnAnswer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	o := w.organization("One")
	d := w.deal("Big", nil, o)
	quotes, letters := strings.Repeat(`<a href="x">"y"</a>`, 5000), strings.Repeat("ż", 65000)
	for range 4 { // ten in a transaction, which holds 4 MB
		w.make(10, func(id int64, at time.Time) change.Placed {
			return notes.Note{ID: id, Content: quotes, UserID: 1, DealID: &d, AddTime: at, UpdateTime: at}
		})
		w.make(10, func(id int64, at time.Time) change.Placed {
			return activities.Activity{ID: id, Subject: "call", Type: "call", OwnerID: 1, DealID: &d, DueAt: &at, Note: &letters, AddTime: at, UpdateTime: at}
		})
	}
	for entities, id := range map[string]int64{"deals": d, "organizations": o} {
		if entities == "deals" {
			var got []string
			for start, more, pages := 0, true, 0; more; pages++ {
				a := w.c.Must("GET", apptest.Path("/v1/%s/%d/flow?limit=500&start=%d", entities, id, start), nil)
				if size := sent(t, a); size > 6<<20 || pages > 20 {
					t.Fatalf("%s: page %d has %d bytes", entities, pages, size)
				}
				got = append(got, rows(a)...)
				page := a.Body["additional_data"].(m)["pagination"].(m)
				if more = page["more_items_in_collection"].(bool); more {
					start = int(page["next_start"].(float64))
				}
			}
			seen := map[string]int{}
			for _, row := range got {
				seen[row]++
			}
			if len(got) != 81 || len(seen) != 81 { // and the change log of the record
				t.Errorf("%d rows, %d different ones", len(got), len(seen))
			}
		}
		a := w.c.Must("GET", fmt.Sprintf("/api/v2/%s/%d/view", entities, id), nil)
		if bytes := sent(t, a); bytes > 6<<20 {
			t.Errorf("the view of %s has %d bytes", entities, bytes)
		}
		for _, section := range []string{"flow", "planned_activities"} {
			if size(a, section) == 0 || a.Data()[section+"_more"] != true {
				t.Errorf("%s: %d %s, more %v", entities, size(a, section), section, a.Data()[section+"_more"])
			}
		}
	}
}
