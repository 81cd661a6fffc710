package importer_test

import (
	"strings"
	"testing"

	"github.com/lejek/lejek/shared/app/apptest"
)

// What the API makes, changes and deletes is found by an import as it is now.
func TestLikeOnesAreFoundWhoeverMadeThem(t *testing.T) {
	t.Parallel()
	o := open(t)
	org := o.Must("POST", "/api/v2/organizations", m{"name": "Old name", "address": m{"value": "Main  Street 1"}}).ID()
	o.Must("PATCH", apptest.Path("/api/v2/organizations/%d", org), m{"name": "ACME"})
	gone := o.Must("POST", "/api/v2/organizations", m{"name": "Gone"}).ID()
	o.Must("DELETE", apptest.Path("/api/v2/organizations/%d", gone), nil)
	phones := []any{m{"value": "+48 (600) 700-800", "primary": true, "label": "work"}}
	byPhone := o.Must("POST", "/api/v2/persons", m{"name": "Ewa Nowa", "phones": phones}).ID()
	o.Must("PATCH", apptest.Path("/api/v2/persons/%d", byPhone), m{"name": "Ewa Stara"})
	byOrg := o.Must("POST", "/api/v2/persons", m{"name": "Jan", "org_id": org}).ID()
	moved := o.Must("POST", "/api/v2/persons", m{"name": "Ola", "org_id": org}).ID()
	o.Must("PATCH", apptest.Path("/api/v2/persons/%d", moved), m{"org_id": nil})
	deleted := o.Must("POST", "/api/v2/persons", m{"name": "Del", "emails": []any{m{"value": "del@x.example"}}}).ID()
	o.Must("DELETE", apptest.Path("/api/v2/persons/%d", deleted), nil)

	a := o.file([]byte(`Organization,Organization address,Person,Email,Phone
acme,main street 1,jan,jan@x.example,
acme,,Jan,,
Gone,,,,
acme,Main Street 1,Ola,,
,,EWA  stara,ewa@x.example,0048600700800
,,Ewa Nowa,,+48600700800
,,Del,DEL@X.example,
,,Jan,JAN@x.EXAMPLE,
`))
	want := "done: 8 of 8 rows, 0 failed, made map[activities:0 deals:0 notes:0 organizations:2 persons:4], merged map[activities:0 deals:0 notes:0 organizations:2 persons:3], errors [], error <nil>"
	if got := progress(a); got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	wantRecords := `organization ACME at "Main  Street 1"
organization Gone at ""
organization acme at ""
person Del of "" [DEL@X.example] []
person Ewa Nowa of "" [] [+48600700800]
person Ewa Stara of "" [ewa@x.example] [+48 (600) 700-800]
person Jan of "ACME" [jan@x.example] []
person Jan of "acme" [] []
person Ola of "" [] []
person Ola of "ACME" [] []`
	if got := o.records(); got != wantRecords {
		t.Errorf("%s\nwant\n%s", got, wantRecords)
	}
	log := o.Must("GET", apptest.Path("/v1/persons/%d/flow?items=change", byOrg), nil)
	if !strings.Contains(log.Raw, "jan@x.example") || !strings.Contains(log.Raw, "import 1") {
		t.Errorf("the change log does not say who added the address: %s", log.Raw)
	}
}
