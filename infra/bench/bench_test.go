package bench

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/lejek/lejek/shared/app/apptest"
)

// start is a team with a metered client.
func start(b *testing.B, options ...func(*apptest.App)) (*meter, *apptest.Client) {
	m := &meter{}
	a := apptest.New(b, append(options, func(a *apptest.App) {
		a.DynamoDB = dynamodb.New(a.DynamoDB.Options(), m.install)
	})...)
	return m, a.NewTeam("Bench")
}

func BenchmarkGetDeal(b *testing.B) {
	m, c := start(b)
	d := c.Must("POST", "/api/v2/deals", map[string]any{"title": "One"})
	m.measure(b, func(int) { c.Must("GET", apptest.Path("/api/v2/deals/%d", d.ID()), nil) })
}

func BenchmarkList100Deals(b *testing.B) {
	m, c := start(b)
	for range 150 {
		c.Must("POST", "/api/v2/deals", map[string]any{"title": "Some deal of ordinary length", "value": 1000})
	}
	m.measure(b, func(int) { c.Must("GET", "/api/v2/deals?limit=100", nil) })
}

func BenchmarkCreateDeal(b *testing.B) {
	m, c := start(b)
	m.measure(b, func(int) { c.Must("POST", "/api/v2/deals", map[string]any{"title": "New", "value": 10}) })
}

func BenchmarkPatchDeal(b *testing.B) {
	m, c := start(b)
	d := c.Must("POST", "/api/v2/deals", map[string]any{"title": "One"})
	m.measure(b, func(i int) {
		c.Must("PATCH", apptest.Path("/api/v2/deals/%d", d.ID()), map[string]any{"value": i + 1})
	})
}

// BenchmarkView reads the detail view of an organization with persons, deals, planned activities and notes.
func BenchmarkView(b *testing.B) {
	m, c := start(b)
	org := c.Must("POST", "/api/v2/organizations", map[string]any{"name": "Navy"}).ID()
	for i := range 20 {
		person := c.Must("POST", "/api/v2/persons", map[string]any{"name": "Somebody", "org_id": org}).ID()
		deal := c.Must("POST", "/api/v2/deals", map[string]any{"title": "Some deal", "person_id": person, "org_id": org}).ID()
		c.Must("POST", "/v1/notes", map[string]any{"content": "A note of ordinary length", "deal_id": deal})
		c.Must("POST", "/api/v2/activities", map[string]any{"deal_id": deal, "due_date": "2026-11-24", "done": i%2 == 0})
	}
	m.measure(b, func(int) { c.Must("GET", apptest.Path("/api/v2/organizations/%d/view", org), nil) })
}
