package pipelines_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/lejek/lejek/shared/app/apptest"
)

func TestStagesAndPipelinesInV1(t *testing.T) {
	t.Parallel()
	c := apptest.New(t).NewTeam("Acme")
	made := c.Do("POST", "/v1/pipelines", map[string]any{"name": "Big deals", "deal_probability": 1})
	if made.Status != http.StatusCreated || made.Data()["url_title"] != "Big-deals" || made.Data()["order_nr"] != 2.0 || made.Data()["selected"] != false {
		t.Fatalf("%d %s", made.Status, made.Raw)
	}
	id := made.ID()
	var ids []int64
	for _, name := range []string{"a", "b", "c"} {
		s := c.Do("POST", "/api/v1/stages", map[string]any{"name": name, "pipeline_id": fmt.Sprint(id), "rotten_flag": "1", "rotten_days": 5})
		if s.Status != http.StatusCreated || s.Data()["pipeline_name"] != "Big deals" || s.Data()["rotten_days"] != 5.0 {
			t.Fatalf("%d %s", s.Status, s.Raw)
		}
		ids = append(ids, s.ID())
	}
	order := func(target string) (names string) {
		for _, row := range c.Must("GET", target, nil).List() {
			names += row.(map[string]any)["name"].(string)[:1]
		}
		return names
	}
	stages := apptest.Path("/v1/stages?pipeline_id=%d", id)
	for _, move := range []struct {
		id    int64
		to    int
		order string
	}{{ids[2], 1, "cab"}, {ids[2], 2, "acb"}, {ids[0], 9, "cba"}, {ids[1], 2, "cba"}} {
		got := c.Must("PUT", apptest.Path("/v1/stages/%d", move.id), map[string]any{"order_nr": move.to})
		if order(stages) != move.order {
			t.Errorf("moved to %d: %s, want %s (%s)", move.to, order(stages), move.order, got.Raw)
		}
	}
	c.Must("PUT", apptest.Path("/v1/pipelines/%d", id), map[string]any{"order_nr": 1, "name": "Main"})
	if got := order("/v1/pipelines"); got != "MP" {
		t.Errorf("pipelines %s", got)
	}
	if d := c.Must("GET", apptest.Path("/v1/pipelines/%d", id), nil).Data(); d["selected"] != true || d["name"] != "Main" {
		t.Errorf("the first is where deals go: %v", d)
	}
	if got := order("/v1/stages"); got != "cbaQCDPN" {
		t.Errorf("stages by pipeline %s", got)
	}
	c.Must("DELETE", apptest.Path("/v1/stages/%d", ids[0]), nil)
	if got := order(stages); got != "cb" {
		t.Errorf("after a deletion %s", got)
	}
	if a := c.Do("PUT", apptest.Path("/v1/stages/%d", ids[0]), map[string]any{"order_nr": 1}); a.Status != 404 {
		t.Errorf("a deleted stage moves: %d", a.Status)
	}
}
