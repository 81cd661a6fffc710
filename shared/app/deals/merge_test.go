package deals_test

import (
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/lejek/lejek/shared/app/apptest"
	"github.com/lejek/lejek/shared/deals"
)

func TestTheSurvivingDealKeepsItsValuesAndIsGivenWhatItLacks(t *testing.T) {
	t.Parallel()
	a, c := start(t)
	for _, name := range []string{"Ann", "Bob", "Cid"} {
		c.Must("POST", "/api/v2/persons", object{"name": name})
	}
	c.Must("POST", "/api/v2/organizations", object{"name": "Acme"})
	code := func(name, kind string) string {
		return c.Must("POST", "/api/v2/dealFields", object{"field_name": name, "field_type": kind}).Data()["field_code"].(string)
	}
	text, other, friend := code("Text", "varchar"), code("Other", "varchar"), code("Friend", "people")
	one := c.Must("POST", "/api/v2/deals", object{
		"title": "Absorbed", "value": 99, "currency": "USD", "person_id": 1, "org_id": 1, "probability": 10, "expected_close_date": "2026-12-24",
		"stage_id": 2, "custom_fields": object{text: "mine", other: "mine", friend: 3},
	}).ID()
	two := c.Must("POST", "/api/v2/deals", object{"title": "Survivor", "person_id": 2, "probability": 20, "custom_fields": object{text: "hers"}}).ID()
	c.Must("POST", apptest.Path("/v1/deals/%d/participants", one), object{"person_id": 3})
	a.Later(time.Hour)
	merged := c.Must("PUT", apptest.Path("/v1/deals/%d/merge", one), object{"merge_with_id": fmt.Sprint(two)}).Data()
	for key, want := range (object{
		"id": 2.0, "merge_what_id": 1.0, "title": "Survivor", "value": 99.0, "currency": "USD", "person_id": 2.0, "org_id": 1.0, "probability": 20.0,
		"expected_close_date": "2026-12-24", "stage_id": 1.0, "status": "open", "deleted": false, "participants_count": 3.0, "update_time": "2026-11-23 11:00:00",
		text: "hers", other: "mine", friend: 3.0,
	}) {
		if merged[key] != want {
			t.Errorf("%s is %v, want %v", key, merged[key], want)
		}
	}
	if got := fmt.Sprint(takesPart(c, two)); got != "[3 2 1 1 2 3]" {
		t.Errorf("who takes part: %s", got)
	}
	gone := c.Must("GET", apptest.Path("/api/v2/deals/%d", one), nil).Data()
	if gone["is_deleted"] != true || gone["title"] != "Absorbed" || gone["update_time"] != "2026-11-23T11:00:00Z" {
		t.Errorf("the absorbed deal: %v", gone)
	}
	var log []string
	for _, row := range c.Must("GET", apptest.Path("/v1/deals/%d/changelog", two), nil).List() {
		log = append(log, fmt.Sprint(row.(object)["field_key"], " ", row.(object)["new_value"]))
	}
	if got := strings.Join(log, ", "); !strings.Contains(got, "merge_what_id 1") || !strings.Contains(got, other+" mine") || !strings.Contains(got, "participants 3") {
		t.Errorf("the survivor's change log: %s", got)
	}
	if list := c.Must("GET", "/api/v2/deals?status=open", nil).List(); len(list) != 1 {
		t.Errorf("%d open deals", len(list))
	}
}

func TestWrongMergesOfDealsAreRefused(t *testing.T) {
	t.Parallel()
	_, c := start(t)
	for i := range 5 {
		c.Must("POST", "/api/v2/deals", object{"title": fmt.Sprint("D", i+1)})
	}
	c.Must("DELETE", "/api/v2/deals/3", nil)
	c.Must("PUT", "/v1/deals/1/merge", object{"merge_with_id": 2})
	for _, wrong := range []struct {
		id     int
		body   object
		status int
		says   string
	}{
		{2, object{"merge_with_id": 2}, 400, "merge_with_id: must be another deal"},
		{2, object{"merge_with_id": 3}, 400, "merge_with_id: deal 3 not found"},
		{2, object{"merge_with_id": 99}, 400, "merge_with_id: deal 99 not found"},
		{4, object{"merge_with_id": 1}, 400, "merge_with_id: deal 1 was merged with deal 2 itself"},
		{1, object{"merge_with_id": 4}, 404, "Deal not found"},
		{3, object{"merge_with_id": 4}, 404, "Deal not found"},
		{99, object{"merge_with_id": 4}, 404, "Deal not found"},
		{4, object{}, 400, "merge_with_id: must be given"},
		{4, object{"merge_with_id": "x"}, 400, "merge_with_id"},
	} {
		if got := c.Do("PUT", apptest.Path("/v1/deals/%d/merge", wrong.id), wrong.body); got.Status != wrong.status || !strings.Contains(got.Raw, wrong.says) {
			t.Errorf("deal %d %v: %d %s", wrong.id, wrong.body, got.Status, got.Raw)
		}
	}
	// Who did not hear the answer asks again.
	if got := c.Do("PUT", "/v1/deals/1/merge", object{"merge_with_id": 2}); got.Status != http.StatusOK || got.Data()["merge_what_id"] != 1.0 {
		t.Errorf("again: %s", got.Raw)
	}
	for i := range 30 {
		c.Must("POST", "/api/v2/persons", object{"name": fmt.Sprint("P", i)})
		c.Must("POST", apptest.Path("/v1/deals/%d/participants", 4+i%2), object{"person_id": i + 1})
	}
	for i := range 24 {
		c.Must("POST", "/api/v2/persons", object{"name": fmt.Sprint("Q", i)})
		c.Must("POST", "/v1/deals/5/participants", object{"person_id": i + 31})
	}
	if got := c.Do("PUT", "/v1/deals/4/merge", object{"merge_with_id": 5}); got.Status != 400 || !strings.Contains(got.Raw, "participants") {
		t.Errorf("too many participants: %s", got.Raw)
	}
}

// TestItIsDecidedForEveryFieldWhoseValueSurvives fails for a new field of deals until it is.
func TestItIsDecidedForEveryFieldWhoseValueSurvives(t *testing.T) {
	t.Parallel()
	own := strings.Fields("ID Version Links Title CreatorUserID OwnerID PipelineID StageID AddTime StageChangeTime Status WonTime LostTime CloseTime " +
		"FirstWonTime VisibleTo Origin Deleted Archived ArchiveTime MergedInto stored")
	filled := strings.Fields("PersonID OrganizationID Value Currency UpdateTime Probability LostReason ExpectedCloseDate LabelIDs Custom Participants")
	of := map[string]int{}
	for _, name := range append(own, filled...) {
		of[name]++
	}
	for i := range reflect.TypeFor[deals.Deal]().NumField() {
		if name := reflect.TypeFor[deals.Deal]().Field(i).Name; of[name] != 1 {
			t.Errorf("%s: is it filled when the survivor has none?", name)
		}
	}
}
