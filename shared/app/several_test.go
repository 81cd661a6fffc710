package app_test

import (
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/lejek/lejek/shared/app/apptest"
)

// TestWhatIsDeletedTogetherIsTold: one that cannot go keeps no other from going, and hides none that went.
func TestWhatIsDeletedTogetherIsTold(t *testing.T) {
	t.Parallel()
	c := apptest.New(t).NewTeam("Acme")
	for range 2 {
		c.Must("POST", "/api/v2/stages", m{"name": "Spare", "pipeline_id": 1})
	}
	stages := c.Must("GET", "/api/v2/stages", nil).List()
	first, second, used := int64(stages[len(stages)-1].(m)["id"].(float64)), int64(stages[len(stages)-2].(m)["id"].(float64)), int64(1)
	c.Must("POST", "/api/v2/deals", m{"title": "In the stage", "stage_id": used})
	got := c.Must("DELETE", apptest.Path("/v1/stages?ids=%d,%d,%d,999", first, used, second), nil).Data()["id"]
	if want := []any{float64(first), float64(second)}; !reflect.DeepEqual(got, want) {
		t.Errorf("deleted %v, want %v", got, want)
	}
	if got := c.Do("DELETE", apptest.Path("/v1/stages?ids=%d,%d", first, used), nil); got.Status != http.StatusBadRequest || !strings.Contains(got.Raw, "still has deals") {
		t.Errorf("none can go: %d %s", got.Status, got.Raw)
	}
	if got := c.Do("DELETE", apptest.Path("/v1/stages?ids=%d,%d", first, second), nil); got.Status != http.StatusNotFound {
		t.Errorf("none is there: %d %s", got.Status, got.Raw)
	}
}

func TestPartsOfAnAddressAreCheckedLikeTheWhole(t *testing.T) {
	t.Parallel()
	c := apptest.New(t).NewTeam("Acme")
	o := apptest.Path("/v1/organizations/%d", c.Do("POST", "/v1/organizations", m{"name": "Klient", "address": "Rynek 1", "address_route": strings.Repeat("ż", 255)}).ID())
	bare := apptest.Path("/v1/organizations/%d", c.Do("POST", "/v1/organizations", m{"name": "Bare"}).ID())
	for _, wrong := range []struct {
		path string
		body m
		want string
	}{
		{o, m{"address_route": strings.Repeat("x", 256)}, "address_route: must be at most 255 characters"},
		{bare, m{"address_country": "Poland"}, "address: must be given with its part address_country"},
	} {
		if got := c.Do("PUT", wrong.path, wrong.body); got.Status != http.StatusBadRequest || !strings.Contains(got.Raw, wrong.want) {
			t.Errorf("%d %s, want %s", got.Status, got.Raw, wrong.want)
		}
	}
	if got := c.Must("GET", o, nil).Data()["address_route"]; got != strings.Repeat("ż", 255) {
		t.Errorf("the route is %v", got)
	}
	c.Must("PUT", bare, m{"address": nil, "address_country": nil, "address_route": ""})
}
