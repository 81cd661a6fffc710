package bench

import (
	"testing"

	"github.com/lejek/lejek/shared/app/apptest"
)

// BenchmarkCounted writes what others count: on a deal with a person and that person's organization.
func BenchmarkCounted(b *testing.B) {
	type m = map[string]any
	for _, op := range []struct {
		name string
		do   func(c *apptest.Client, links m, deal int64, i int)
	}{
		{"create a linked deal", func(c *apptest.Client, links m, _ int64, _ int) {
			c.Must("POST", "/api/v2/deals", m{"title": "New", "person_id": links["person_id"], "org_id": links["org_id"]})
		}},
		{"change the value of a linked deal", func(c *apptest.Client, _ m, deal int64, i int) {
			c.Must("PATCH", apptest.Path("/api/v2/deals/%d", deal), m{"value": i + 1})
		}},
		{"win and reopen a linked deal", func(c *apptest.Client, _ m, deal int64, i int) {
			c.Must("PATCH", apptest.Path("/api/v2/deals/%d", deal), m{"status": []string{"won", "open"}[i%2]})
		}},
		{"create a note", func(c *apptest.Client, links m, _ int64, _ int) {
			c.Must("POST", "/v1/notes", m{"content": "A note", "deal_id": links["deal_id"]})
		}},
		{"create an activity", func(c *apptest.Client, links m, _ int64, i int) {
			c.Must("POST", "/api/v2/activities", m{"deal_id": links["deal_id"], "due_date": "2026-11-24"})
		}},
		{"do the next activity", func(c *apptest.Client, links m, _ int64, i int) {
			c.Must("PATCH", apptest.Path("/api/v2/activities/%d", i+1), m{"done": true})
		}},
		{"create a person of an organization", func(c *apptest.Client, links m, _ int64, _ int) {
			c.Must("POST", "/api/v2/persons", m{"name": "Somebody", "org_id": links["org_id"]})
		}},
	} {
		b.Run(op.name, func(b *testing.B) {
			meter, c := start(b)
			org := c.Must("POST", "/api/v2/organizations", m{"name": "Navy"}).ID()
			person := c.Must("POST", "/api/v2/persons", m{"name": "Ada", "org_id": org}).ID()
			links := m{"person_id": person, "org_id": org}
			deal := c.Must("POST", "/api/v2/deals", m{"title": "One", "person_id": person, "org_id": org}).ID()
			links["deal_id"] = deal
			if op.name == "do the next activity" {
				for range b.N {
					c.Must("POST", "/api/v2/activities", m{"deal_id": deal, "due_date": "2026-11-24"})
				}
			}
			meter.measure(b, func(i int) { op.do(c, links, deal, i) })
		})
	}
}
