package bench

import (
	"testing"

	"github.com/lejek/lejek/shared/app/apptest"
)

// BenchmarkArchiveDeal puts a deal away and takes it back: each of its index entries moves.
func BenchmarkArchiveDeal(b *testing.B) {
	m, c := start(b)
	d := c.Must("POST", "/api/v2/deals", map[string]any{"title": "One"})
	m.measure(b, func(i int) {
		c.Must("PATCH", apptest.Path("/api/v2/deals/%d", d.ID()), map[string]any{"is_archived": i%2 == 0})
	})
}

// BenchmarkListArchivedDeals lists few archived deals beside many others, which must not cost anything.
func BenchmarkListArchivedDeals(b *testing.B) {
	m, c := start(b)
	for i := range 500 {
		c.Must("POST", "/api/v2/deals", map[string]any{"title": "Some deal of ordinary length", "is_archived": i%100 == 0})
	}
	m.measure(b, func(int) { c.Must("GET", "/api/v2/deals/archived?limit=100", nil) })
}

// BenchmarkGetDealLimited is BenchmarkGetDeal where requests are limited: one write more.
func BenchmarkGetDealLimited(b *testing.B) {
	m, c := start(b, apptest.WithRateLimit(1_000_000))
	d := c.Must("POST", "/api/v2/deals", map[string]any{"title": "One"})
	m.measure(b, func(int) { c.Must("GET", apptest.Path("/api/v2/deals/%d", d.ID()), nil) })
}
