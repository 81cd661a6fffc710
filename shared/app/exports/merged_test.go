package exports_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/lejek/lejek/shared/app/apptest"
	"github.com/lejek/lejek/shared/change"
)

// crowd is a team whose records name each other in all ways, of which some were merged and others got other links just now.
func (o office) crowd() {
	o.t.Helper()
	code := map[string]string{}
	for _, kind := range []string{"deal", "person", "organization"} {
		a := o.Do("POST", apptest.Path("/api/v2/%sFields", kind), m{"field_name": "Friend", "field_type": "people"})
		code[kind] = a.Data()["field_code"].(string)
	}
	for i := range 4 { // 1 is absorbed by 2
		o.make("/api/v2/organizations", m{"name": fmt.Sprint("Firm ", i+1)})
	}
	for i := range 6 { // 1 is absorbed by 2
		o.make("/api/v2/persons", m{"name": fmt.Sprint("P", i+1), "org_id": 1 + i%4, "emails": []m{{"value": fmt.Sprint("p", i+1, "@x.example")}}})
	}
	o.Must("PATCH", "/api/v2/persons/4", m{"custom_fields": m{code["person"]: 1}})
	o.Must("PATCH", "/api/v2/organizations/4", m{"custom_fields": m{code["organization"]: 1}})
	for i, person := range []int{1, 2, 3, 1, 3} { // 1 is absorbed by 2
		o.make("/api/v2/deals", m{"title": fmt.Sprint("D", i+1), "person_id": person, "org_id": []int{1, 2, 3, 4, 4}[i], "custom_fields": m{code["deal"]: 1 + i%2}})
	}
	for deal, people := range map[int][]int{1: {5}, 2: {4}, 3: {1, 2, 6}, 4: {2}} {
		for _, p := range people {
			o.Must("POST", apptest.Path("/v1/deals/%d/participants", deal), m{"person_id": p})
		}
	}
	for _, pair := range [][2]int{{1, 2}, {1, 3}, {2, 3}, {4, 1}} {
		o.Must("POST", "/v1/organizationRelationships", m{"type": "related", "rel_owner_org_id": pair[0], "rel_linked_org_id": pair[1]})
	}
	for i := range 4 {
		o.make("/v1/notes", m{"content": fmt.Sprint("note of deal ", i+1), "deal_id": i + 1})
		o.make("/v1/notes", m{"content": fmt.Sprint("note of person ", i+1), "person_id": i + 1})
		o.make("/api/v2/activities", m{"subject": "A", "deal_id": i + 1, "due_date": "2026-12-20", "participants": []m{{"person_id": 1, "primary": true}, {"person_id": 2 + i}}})
		o.make("/v1/files", apptest.Form{Files: map[string]string{"file": fmt.Sprint("file ", i)}, Fields: map[string]string{"org_id": fmt.Sprint(i + 1)}})
		o.app.Deliver(apptest.Mail{From: fmt.Sprintf("p%d@x.example", i+1), To: []string{o.Address()}, Raw: fmt.Sprintf(
			"From: P <p%d@x.example>\nTo: <ada@acme.example>\nMessage-ID: <%d@x.example>\nDate: Mon, 23 Nov 2026 09:00:00 +0000\nSubject: Subject %d\n\nText\n", i+1, i, i)})
	}
	for _, kind := range []string{"deals", "persons", "organizations"} {
		for _, id := range []int{1, 3} {
			o.Do("POST", apptest.Path("/api/v2/%s/%d/followers", kind, id), m{"user_id": 1})
		}
	}
	o.app.Later(time.Minute)
	for _, kind := range []string{"persons", "organizations", "deals"} {
		o.Must("PUT", apptest.Path("/v1/%s/1/merge", kind), m{"merge_with_id": 2})
	}
	o.Must("PATCH", "/api/v2/deals/3", m{"person_id": 5, "org_id": 4})
	o.Must("PATCH", "/api/v2/persons/4", m{"org_id": 3})
	o.Must("PUT", "/v1/mailbox/mailThreads/4", m{"deal_id": 3})
}

// changing is what the old team goes on changing after its archive was made: it finishes its merges.
var changing = regexp.MustCompile(`"(update_time|last_update_time)":"[^"]*"|,?"version":[0-9]+|"(relation_)?id":[0-9]+,"type":"related"|"deal_candidates":[^]]*`)

// told is what a team answers to questions that show links, rows and counts.
func (o office) told() map[string]string {
	o.t.Helper()
	all := map[string]string{}
	keep := func(path, text string) {
		all[path] = changing.ReplaceAllString(own.ReplaceAllString(text, "own"), "")
		for old, now := range map[string]string{o.Team.InboundLocal: "address", apptest.Path(`"company_id":%d`, o.Team.ID): ""} {
			all[path] = strings.ReplaceAll(all[path], old, now)
		}
	}
	ask := func(path string, args ...any) {
		path = apptest.Path(path, args...)
		keep(path, o.Do("GET", path, nil).Raw)
	}
	counted := map[string]string{
		"deals":         "next_activity_id,files_count,notes_count,followers_count,email_messages_count,undone_activities_count,participants_count",
		"persons":       "next_activity_id,files_count,notes_count,followers_count,email_messages_count,open_deals_count,related_open_deals_count,participant_open_deals_count",
		"organizations": "next_activity_id,files_count,notes_count,followers_count,email_messages_count,open_deals_count,related_open_deals_count,people_count",
	}
	for kind, ids := range map[string][]int{"deals": {2, 3, 4, 5}, "persons": {2, 3, 4, 5, 6}, "organizations": {2, 3, 4}} {
		for _, id := range ids {
			ask("/api/v2/%s/%d?include_fields=%s", kind, id, counted[kind])
			ask("/api/v2/%s/%d/followers", kind, id)
			ask("/v1/%s/%d/files", kind, id)
			ask("/v1/%s/%d/mailMessages", kind, id)
			ask("/v1/%s/%d/flow?items=note,activity,file,mailMessage", kind, id)
			path := apptest.Path("/api/v2/%s/%d/view", kind, id)
			view := o.Do("GET", path, nil).Data()
			delete(view, "flow") // its changes are of the record, and the rest was asked for
			text, err := json.Marshal(view)
			if err != nil {
				o.t.Fatal(err)
			}
			keep(path, string(text))
		}
		ask("/api/v2/%s", kind)
	}
	for id := range 3 {
		ask("/v1/deals/%d/participants", id+2)
		ask("/v1/organizationRelationships?org_id=%d", id+2)
	}
	ask("/v1/mailbox/mailThreads?folder=inbox")
	ask("/api/v2/activities")
	ask("/v1/notes")
	ask("/v1/files")
	ask("/api/v2/itemSearch?term=note")
	return all
}

// TestMergesUnderWayAreDoneInTheRestoredTeam and so is whatever else had not moved yet: the archive was made before any of it was.
func TestMergesUnderWayAreDoneInTheRestoredTeam(t *testing.T) {
	t.Parallel()
	old := open(t, tiny)
	old.crowd()
	old.signals()
	archive := old.download()
	now := old
	now.Client = old.app.NewTeam("Empty")
	if err := now.restore(archive); err != nil {
		t.Fatal(err)
	}
	settle := old.app.Follow()
	settle()
	same := func(when string) {
		t.Helper()
		want := old.told()
		for path, got := range now.told() {
			if got != want[path] {
				at := 0
				for at < min(len(got), len(want[path])) && got[at] == want[path][at] {
					at++
				}
				t.Errorf("%s: GET %s\n…%s\nwant\n…%s", when, path, got[max(0, at-100):], want[path][max(0, at-100):])
			}
		}
	}
	same("restored")
	// What names others by rows of its own goes on following them.
	for _, o := range []office{old, now} {
		o.Must("PUT", "/v1/persons/2/merge", m{"merge_with_id": 6})
		o.Must("PUT", "/v1/organizations/2/merge", m{"merge_with_id": 3})
		o.Must("DELETE", "/api/v2/persons/5", nil)
	}
	settle()
	old.app.Later(31 * 24 * time.Hour)
	for _, o := range []office{old, now} {
		o.Must("PUT", "/v1/deals/3/merge", m{"merge_with_id": 4}) // the other merges are forgotten with it
		for _, ref := range []change.Ref{change.Of(change.Person, 5), change.Of(change.Person, 1), change.Of(change.Organization, 2), change.Of(change.Organization, 1)} {
			if _, err := o.app.Handler("indexer").Invoke(t.Context(), o.app.Expire(o.Team.ID, ref)); err != nil {
				t.Fatal(err)
			}
		}
	}
	settle()
	for _, o := range []office{old, now} {
		moved, err := o.app.DB.Moved(t.Context(), o.Team.ID, []change.Ref{change.Of(change.Organization, 1), change.Of(change.Person, 1)})
		if err != nil || moved[change.Of(change.Organization, 1)] != change.Of(change.Organization, 3) || moved[change.Of(change.Person, 1)] != change.Of(change.Person, 6) {
			t.Errorf("team %d: %v %v", o.Team.ID, moved, err)
		}
	}
	same("after another merge")
}

// TestARestoredDealHasAllWhoTakePart though they do not fit into one transaction with it.
func TestARestoredDealHasAllWhoTakePart(t *testing.T) {
	t.Parallel()
	old := open(t, tiny)
	code := old.Do("POST", "/api/v2/dealFields", m{"field_name": "Friend", "field_type": "people"}).Data()["field_code"].(string)
	for i := range 42 {
		old.make("/api/v2/persons", m{"name": fmt.Sprint("P", i+1)})
	}
	old.make("/api/v2/deals", m{"title": "Big", "person_id": 1, "custom_fields": m{code: 42}})
	for i := range 40 {
		old.Must("POST", "/v1/deals/1/participants", m{"person_id": 2 + i})
	}
	old.signals()
	archive := old.download()
	now := old
	now.Client = old.app.NewTeam("Empty")
	if err := now.restore(archive); err != nil {
		t.Fatal(err)
	}
	for _, person := range []int{2, 41} {
		p := now.Must("GET", apptest.Path("/api/v2/persons/%d?include_fields=participant_open_deals_count", person), nil).Data()
		view := now.Must("GET", apptest.Path("/api/v2/persons/%d/view", person), nil).Data()
		if p["participant_open_deals_count"] != 1.0 || len(view["participant_deals"].([]any)) != 1 {
			t.Errorf("person %d: %v, %v", person, p["participant_open_deals_count"], view["participant_deals"])
		}
	}
}

// TestAnArchiveOfNothing is one of a team that has made no record.
func TestAnArchiveOfNothing(t *testing.T) {
	t.Parallel()
	old := open(t, tiny)
	archive := old.download()
	now := old
	now.Client = old.app.NewTeam("Empty")
	for range 2 { // it is as empty as before
		if err := now.restore(archive); err != nil {
			t.Fatal(err)
		}
	}
	if got := now.Must("GET", "/api/v2/pipelines", nil).Raw; got != old.Must("GET", "/api/v2/pipelines", nil).Raw {
		t.Errorf("%s", got)
	}
	if id := now.make("/api/v2/deals", m{"title": "First"}); id != 1 {
		t.Errorf("the first deal is %d", id)
	}
}
