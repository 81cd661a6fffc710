package app_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/lejek/lejek/infra/openapi"
	"github.com/lejek/lejek/shared/app/apptest"
)

// links are the fields of bodies that name a record of the team.
var links = []string{
	"deal_id", "person_id", "org_id", "owner_id", "user_id", "stage_id", "pipeline_id", "activity_id", "rel_owner_org_id", "rel_linked_org_id",
	"merge_with_id",
}

// TestLinksToNobodyAreRefusedByName writes, into each such field of each operation, the id of a record that the team does not have.
func TestLinksToNobodyAreRefusedByName(t *testing.T) {
	t.Parallel()
	const nobody = "987654"
	a := apptest.New(t, apptest.WithObjects, apptest.WithOutbox)
	c, ids := owner(t, a)
	tried := 0
	for _, d := range openapi.Routes() {
		method, target := d.Operation.Method(), d.Operation.Path()
		root, rest, takesID := strings.Cut(target, "/{id}")
		if takesID {
			id, ok := recordAt(ids, root)
			if !ok {
				t.Fatalf("%s: no record to write to", d.Operation)
			}
			target = fmt.Sprintf("%s/%v%s", root, id, rest)
		}
		for _, p := range paramsOf(d.In) {
			if p.where != "json" || p.has("unsupported") || !slices.Contains(links, p.name) || target == "/v1/organizationRelationships/1" {
				continue // what a relation is told for is no link
			}
			tried++
			got := c.Do(method, target, linking(target, bodyOf(method, root), p.name, nobody))
			if text, _ := got.Body["error"].(string); got.Status != http.StatusBadRequest || !strings.Contains(text, p.name+": ") {
				t.Errorf("%s with %s %s: %d %s", d.Operation, p.name, nobody, got.Status, got.Raw)
			}
		}
	}
	if tried < 40 {
		t.Errorf("only %d fields were tried", tried)
	}
}

// linking is a body that is right but for one link.
func linking(target string, body any, name, id string) any {
	fields, _ := body.(map[string]any)
	switch {
	case target == "/v1/files":
		return apptest.Form{Files: map[string]string{"file": "x"}, Fields: map[string]string{name: id}}
	case target == "/api/v2/files/uploads":
		fields = map[string]any{"file_name": "x.txt", "file_size": 1}
	case target == "/api/v2/mailMessages":
		fields = map[string]any{"to": []string{"a@x.example"}, "text": "x"}
	case strings.HasSuffix(target, "/linkSuggestions"):
		fields = map[string]any{"thread_ids": []any{1}}
	case strings.HasSuffix(target, "/followers"):
		fields = map[string]any{}
	case target == "/v1/webhooks":
		fields = map[string]any{"subscription_url": "https://hooks.example", "event_action": "*", "event_object": "*"}
	case target == "/v1/organizationRelationships":
		fields = map[string]any{"type": "parent", "rel_owner_org_id": 1, "rel_linked_org_id": 2}
	}
	fields[name] = json.Number(id)
	return fields
}
