package flow_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/lejek/lejek/shared/app/apptest"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/mailbox"
)

// rows are a flow's lines as "object key" texts: the change's field, else the record's id.
func rows(a apptest.Answer) (lines []string) {
	for _, row := range a.List() {
		r := row.(m)
		data := r["data"].(m)
		if key, ok := data["field_key"]; ok {
			lines = append(lines, fmt.Sprint(r["object"], " ", key))
			continue
		}
		lines = append(lines, fmt.Sprint(r["object"], " ", data["id"]))
	}
	return lines
}

func TestFlowShowsAtOnceWhatHangsOnADealOnAllThatTheDealBelongsTo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	o1, o2 := w.organization("One"), w.organization("Two")
	p := w.person("Ann", o1)
	d := w.deal("Big", p, o2)
	n := w.c.Must("POST", "/v1/notes", m{"content": "<b>hi</b>", "deal_id": d}).ID()
	w.c.Must("POST", "/api/v2/activities", m{"subject": "Later", "deal_id": d, "due_date": "2026-12-24"})
	w.c.Must("POST", "/api/v2/activities", m{"subject": "Sooner", "deal_id": d, "due_date": "2026-12-01"})
	w.c.Must("POST", "/api/v2/activities", m{"subject": "Done", "deal_id": d, "due_date": "2026-11-01", "done": true})
	want := map[string]string{
		"deals":   "[activity 1 activity 2 note 1 dealChange add_time activity 3]",
		"persons": "[activity 1 activity 2 note 1 personChange add_time activity 3]",
	}
	for entities, id := range map[string]int64{"deals": d, "persons": p} {
		if got := fmt.Sprint(rows(w.c.Must("GET", apptest.Path("/v1/%s/%d/flow", entities, id), nil))); got != want[entities] {
			t.Errorf("%s\n got %s\nwant %s", entities, got, want[entities])
		}
	}
	for _, id := range []int64{o1, o2} {
		const orgs = "[activity 1 activity 2 note 1 organizationChange add_time activity 3]"
		if got := fmt.Sprint(rows(w.c.Must("GET", apptest.Path("/api/v1/organizations/%d/flow", id), nil))); got != orgs {
			t.Errorf("organization %d\n got %s\nwant %s", id, got, orgs)
		}
	}
	w.c.Must("DELETE", apptest.Path("/v1/notes/%d", n), nil)
	w.c.Must("DELETE", "/api/v2/activities/1", nil)
	for entities, id := range map[string]int64{"deals": d, "persons": p, "organizations": o1} {
		got := fmt.Sprint(rows(w.c.Must("GET", apptest.Path("/v1/%s/%d/flow", entities, id), nil)))
		if strings.Contains(got, "note") || strings.Contains(got, "activity 1 ") {
			t.Errorf("%s still shows what was deleted: %s", entities, got)
		}
	}
}

func TestFlowRowsAreThoseOfTheContract(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	o := w.organization("One")
	p := w.person("Ann", o)
	d := w.deal("Big", p, o)
	w.c.Must("POST", "/api/v2/activities", m{"subject": "Ring", "deal_id": d, "person_id": p, "org_id": o, "due_date": "2026-12-01", "due_time": "10:00", "duration": "100:30"})
	w.c.Must("POST", "/v1/notes", m{"content": "hi", "deal_id": d})
	w.make(2, file(&d))
	w.make(1, thread(&d, p))
	w.make(1, message(1, &d, []int64{1, 2}, p))
	w.app.Later(1e9)
	w.c.Must("PATCH", apptest.Path("/api/v2/deals/%d", d), m{"stage_id": 2, "status": "won"})
	a := w.c.Must("GET", apptest.Path("/v1/deals/%d/flow", d), nil)
	const want = "[activity 1 dealChange status dealChange close_time dealChange won_time dealChange stage_id dealChange stage_change_time " +
		"note 1 dealChange add_time mailMessageWithAttachment 1 file 2 file 1]"
	if got := fmt.Sprint(rows(a)); got != want {
		t.Errorf("rows\n got %s\nwant %s", got, want)
	}
	for _, part := range []string{
		`"type_name":"Call"`, `"due_time":"10:00"`, `"duration":"100:30"`, `"deal_title":"Big"`, `"owner_name":"Ada"`, `"lead_title":null`,
		`"new_value_formatted":"Contact Made"`, `"old_value_formatted":"Qualified"`, `"filesCountByDay":[]`, `"more_items_in_collection":false`,
		`"limit":50`, `"user":{"1":{`, `"deal_name":"Big"`, `"url":"https://crm.example/v1/files/1/download"`, `"log_time":"2026-11-23 10:00:01"`,
		`"additional_data":[]`, `"mua_message_id":"m1@x"`, `"change_source":"api"`,
	} {
		if !strings.Contains(a.Raw, part) {
			t.Errorf("no %s in %s", part, a.Raw)
		}
	}
}

func TestFlowIsPagedByOffsetAndLimitedToItems(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d := w.deal("Big", nil, nil)
	w.make(30, note(&d, nil))
	w.make(7, activity(&d, false))
	w.make(5, activity(&d, true))
	w.make(2, message(1, &d, nil))
	w.make(1, message(1, &d, []int64{1}))
	w.make(1, func(id int64, at time.Time) change.Placed { // with nothing but an image in its text
		mail := message(1, &d, []int64{2})(id, at).(mailbox.Message)
		mail.RealAttachments, mail.InlineAttachments = false, true
		return mail
	})
	path := apptest.Path("/v1/deals/%d/flow", d)
	whole := rows(w.c.Must("GET", path+"?limit=500", nil))
	if len(whole) != 47 {
		t.Fatalf("%d rows, want 47", len(whole))
	}
	var parts []string
	for start := 0; ; {
		a := w.c.Must("GET", apptest.Path("%s?limit=4&start=%d", path, start), nil)
		parts = append(parts, rows(a)...)
		page := a.Body["additional_data"].(m)["pagination"].(m)
		if page["more_items_in_collection"] != true {
			break
		}
		start = int(page["next_start"].(float64))
	}
	if fmt.Sprint(parts) != fmt.Sprint(whole) {
		t.Errorf("pages\n got %s\nwant %s", parts, whole)
	}
	for items, want := range map[string]int{
		"note": 30, "activity": 12, "plannedActivity": 7, "mailMessage": 4, "mailMessageWithAttachment": 1, "dealChange": 1, "change": 1,
		"personChange": 0, "note,dealChange": 31, "invoice": 0,
	} {
		if got := rows(w.c.Must("GET", apptest.Path("%s?limit=100&items=%s", path, items), nil)); len(got) != want {
			t.Errorf("items=%s: %d rows, want %d", items, len(got), want)
		}
	}
	for _, items := range []string{"", "&items=note", "&items=plannedActivity,note"} { // far behind the end, as far as may be asked
		if a := w.c.Must("GET", path+"?start=50000&limit=500"+items, nil); len(a.List()) != 0 {
			t.Errorf("start=50000%s: %s", items, a.Raw)
		}
	}
	for _, wrong := range []string{"limit=0", "limit=501", "start=-1", "start=50001", "items=nothing", "start=x"} {
		if a := w.c.Do("GET", path+"?"+wrong, nil); a.Status != http.StatusBadRequest {
			t.Errorf("%s: %d %s", wrong, a.Status, a.Raw)
		}
	}
}

func TestRecordsOfOthersLookLikeNoneInEveryDetailOperation(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	other := w.app.NewTeam("Other")
	o := w.organization("One")
	ids := map[string]int64{"organizations": o, "persons": w.person("Ann", o), "deals": w.deal("Big", nil, o)}
	d := ids["deals"]
	w.make(1, file(&d))
	for entities, id := range ids {
		for _, path := range []string{"/api/v2/%s/%d/view", "/v1/%s/%d/flow", "/v1/%s/%d/files", "/v1/%s/%d/mailMessages"} {
			theirs, none := other.Do("GET", apptest.Path(path, entities, id), nil), w.c.Do("GET", apptest.Path(path, entities, 999), nil)
			if theirs.Status != http.StatusNotFound || theirs.Raw != none.Raw {
				t.Errorf("%s %s: %d %s\nwant %s", entities, path, theirs.Status, theirs.Raw, none.Raw)
			}
		}
	}
}

func TestMailOfARecordIsListedWithItsBodyWhenAskedFor(t *testing.T) {
	t.Parallel()
	w := newWorld(t, apptest.WithObjects)
	p := w.person("Ann", nil)
	w.make(1, thread(nil, p))
	w.make(1, func(id int64, at time.Time) change.Placed {
		mail := message(1, nil, nil, p)(id, at).(mailbox.Message)
		mail.BodyKey, mail.BodyType, mail.From[0].PersonID = "files/1/body", "text/plain", p
		return mail
	})
	w.make(1, note(nil, &p))
	w.app.PutObject(w.app.DataBucket, "files/1/body", []byte("Dear Ada"))
	path := apptest.Path("/v1/persons/%d/mailMessages", p)
	for query, body := range map[string]bool{"": false, "?include_body=0": false, "?include_body=1": true} {
		a := w.c.Must("GET", path+query, nil)
		if got := fmt.Sprint(rows(a)); got != "[mailMessage 1]" || strings.Contains(a.Raw, "Dear Ada") != body {
			t.Errorf("%s: %s", query, a.Raw)
		}
		if !strings.Contains(a.Raw, `"linked_person_name":"Ann"`) {
			t.Errorf("the party is not named: %s", a.Raw)
		}
	}
}
