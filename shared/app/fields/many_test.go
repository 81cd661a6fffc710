package fields_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/lejek/lejek/shared/app/apptest"
	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/deals"
	"github.com/lejek/lejek/shared/fields"
	"github.com/lejek/lejek/shared/value"
)

// TestManyFieldsOfManyRecordsComeInPages: with as many fields as a team can have, and nothing in them, fewer records fit into an
// answer than their own size tells.
func TestManyFieldsOfManyRecordsComeInPages(t *testing.T) {
	t.Parallel()
	a := apptest.New(t)
	c := a.NewTeam("Acme")
	defs := fields.Definitions{Entity: fields.Deal}
	for i := range 500 {
		defs.Own = append(defs.Own, &fields.Own{
			ID: int64(10_001 + i), Code: fmt.Sprintf("%040x", i+1), Name: fmt.Sprintf("Field with a long enough name %d", i), Type: fields.VarcharAuto,
			AddTime: time.Now(), UpdateTime: time.Now(), CreatedBy: 1, UpdatedBy: 1,
		})
	}
	set := change.Set{Team: c.Team.ID}
	set.Put(defs.Ref(), defs, 0)
	if err := a.DB.Commit(context.Background(), set); err != nil {
		t.Fatal(err)
	}
	if got := c.Do("POST", "/api/v2/dealFields", object{"field_name": "x", "field_type": "date"}); got.Status != http.StatusBadRequest || !strings.Contains(got.Raw, "at most 500") {
		t.Errorf("one field too many: %d %s", got.Status, got.Raw)
	}
	const many = 230
	for range many {
		if _, err := a.Deals().Create(context.Background(), auth.Actor{Team: c.Team.ID, User: 1}, deals.Input{Title: value.Some("x")}); err != nil {
			t.Fatal(err)
		}
	}
	var pages []int
	for next := ""; ; {
		page := c.Must("GET", "/api/v2/deals?limit=500"+next, nil)
		pages = append(pages, len(page.List()))
		cursor, more := page.Body["additional_data"].(object)["next_cursor"].(string)
		if !more {
			break
		}
		next = "&cursor=" + cursor
	}
	if len(pages) != 2 || pages[0]+pages[1] != many || pages[0] < 150 {
		t.Errorf("%d deals come in pages of %v", many, pages)
	}
	if got := len(c.Must("GET", "/api/v2/deals?limit=500&custom_fields="+defs.Own[7].Code, nil).List()); got != many {
		t.Errorf("with one field of them, a page holds %d", got)
	}
	if got := len(codes(c, "/api/v2/dealFields?limit=500")); got < 550 {
		t.Errorf("%d fields are listed", got)
	}
	if page := c.Must("GET", "/v1/dealFields", nil); page.Body["additional_data"].(object)["more_items_in_collection"] != true || len(page.List()) < 500 {
		t.Errorf("v1 lists %d rows", len(page.List()))
	}
}

// TestNamesOfOptionsThatDoNotFitMakeAPageShorter: a record's size does not tell how long the labels of its options are.
func TestNamesOfOptionsThatDoNotFitMakeAPageShorter(t *testing.T) {
	t.Parallel()
	c := start(t)
	code := makeField(c, "organization", "set", "first")
	var add []any
	var ids []int
	for i := range 400 {
		add, ids = append(add, object{"label": strings.Repeat("\"", 200) + fmt.Sprint(i)}), append(ids, i+2)
	}
	c.Must("POST", "/api/v2/organizationFields/"+code+"/options", add)
	const records = 12
	for range records {
		c.Must("POST", "/api/v2/organizations", object{"name": "x", "custom_fields": object{code: ids}})
	}
	seen := 0
	for next := ""; ; {
		page := c.Must("GET", "/api/v2/organizations?include_option_labels=true"+next, nil)
		seen += len(page.List())
		cursor, more := page.Body["additional_data"].(object)["next_cursor"].(string)
		if !more {
			break
		}
		if len(page.List()) == records {
			t.Error("the names did not make the page shorter")
		}
		next = "&cursor=" + cursor
	}
	if seen != records {
		t.Errorf("%d of %d records were listed", seen, records)
	}
}
