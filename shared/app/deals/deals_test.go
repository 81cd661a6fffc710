package deals_test

import (
	"testing"

	"github.com/lejek/lejek/shared/app/apptest"
)

func TestDealHasEveryKeyOfTheContract(t *testing.T) {
	t.Parallel()
	c := apptest.New(t).NewTeam("Acme")
	made := c.Must("POST", "/api/v2/deals", map[string]any{"title": "Big", "value": 12.5})
	got := c.Must("GET", apptest.Path("/api/v2/deals/%d", made.ID()), nil)
	t.Log(got.Raw)
	list := c.Must("GET", "/api/v2/deals?status=open&include_fields=next_activity_id", nil)
	t.Log(list.Raw)
	bad := c.Do("POST", "/api/v2/deals", map[string]any{"title": "", "value": "x", "status": "maybe", "foo": 1, "owner_id": "7"})
	t.Log(bad.Status, bad.Raw)
	t.Log(c.Must("PATCH", apptest.Path("/api/v2/deals/%d", made.ID()), map[string]any{"status": "won"}).Raw)
	t.Log(c.Do("PATCH", "/api/v2/deals", nil).Raw)
	t.Log(c.Do("GET", "/api/v2/deals/abc", nil).Raw)
	t.Log(c.Do("GET", "/api/v2/deals/99", nil).Raw)
}
