package deals_test

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/lejek/lejek/infra/local/faults"
	"github.com/lejek/lejek/shared/app/apptest"
)

type m = map[string]any

// included are the names that include_fields takes, as the contract lists them (§2.1–2.3), with what a record has of which nothing
// is known yet.
var included = map[string]m{
	"deals": {
		"next_activity_id": nil, "last_activity_id": nil, "first_won_time": nil, "products_count": 0.0, "files_count": 0.0, "notes_count": 0.0,
		"followers_count": 0.0, "email_messages_count": 0.0, "activities_count": 0.0, "done_activities_count": 0.0, "undone_activities_count": 0.0,
		"participants_count": 0.0, "last_incoming_mail_time": nil, "last_outgoing_mail_time": nil, "smart_bcc_email": "ADDRESS", "source_lead_id": nil,
	},
	"persons": {
		"next_activity_id": nil, "last_activity_id": nil, "open_deals_count": 0.0, "related_open_deals_count": 0.0, "closed_deals_count": 0.0,
		"related_closed_deals_count": 0.0, "participant_open_deals_count": 0.0, "participant_closed_deals_count": 0.0, "email_messages_count": 0.0,
		"activities_count": 0.0, "done_activities_count": 0.0, "undone_activities_count": 0.0, "files_count": 0.0, "notes_count": 0.0, "followers_count": 0.0,
		"won_deals_count": 0.0, "related_won_deals_count": 0.0, "lost_deals_count": 0.0, "related_lost_deals_count": 0.0, "last_incoming_mail_time": nil,
		"last_outgoing_mail_time": nil, "marketing_status": "no_consent", "doi_status": nil, "smart_bcc_email": "ADDRESS",
	},
	"organizations": {
		"next_activity_id": nil, "last_activity_id": nil, "open_deals_count": 0.0, "related_open_deals_count": 0.0, "closed_deals_count": 0.0,
		"related_closed_deals_count": 0.0, "email_messages_count": 0.0, "people_count": 0.0, "activities_count": 0.0, "done_activities_count": 0.0,
		"undone_activities_count": 0.0, "files_count": 0.0, "notes_count": 0.0, "followers_count": 0.0, "won_deals_count": 0.0, "related_won_deals_count": 0.0,
		"lost_deals_count": 0.0, "related_lost_deals_count": 0.0, "smart_bcc_email": "ADDRESS",
	},
}

func names(fields m) string {
	var list []string
	for name := range fields {
		list = append(list, name)
	}
	return strings.Join(list, ",")
}

func TestIncludeFieldsTakesTheNamesOfTheContractAndNoOthers(t *testing.T) {
	t.Parallel()
	c := apptest.New(t).NewTeam("Acme")
	for entity, fields := range included {
		title := "name"
		if entity == "deals" {
			title = "title"
		}
		plain := c.Must("POST", "/api/v2/"+entity, m{title: "X"}).Data()
		one := fmt.Sprintf("/api/v2/%s/1?include_fields=", entity)
		list := fmt.Sprintf("/api/v2/%s?include_fields=", entity)
		both := []m{c.Must("GET", one+names(fields), nil).Data(), c.Must("GET", list+names(fields), nil).List()[0].(m)}
		for i, got := range both {
			for name, value := range fields {
				if value == "ADDRESS" {
					value = c.AddressOf(strings.TrimSuffix(entity, "s"), 1)
				}
				if has, ok := got[name]; !ok || has != value {
					t.Errorf("%s %d: %s is %v (%v), want %v", entity, i, name, has, ok, value)
				}
				if _, ok := plain[name]; ok {
					t.Errorf("%s shows %s unasked", entity, name)
				}
			}
			if len(got) != len(plain)+len(fields) {
				t.Errorf("%s: %d fields, want %d and %d", entity, len(got), len(plain), len(fields))
			}
		}
		if got := c.Must("GET", one+"notes_count", nil).Data(); len(got) != len(plain)+1 || got["notes_count"] != 0.0 {
			t.Errorf("%s: one field asked for: %v", entity, got)
		}
		for _, target := range []string{one, list} {
			if a := c.Do("GET", target+"notes_count,title_count", nil); a.Status != 400 || !strings.Contains(a.Raw, "include_fields") {
				t.Errorf("%s: an unknown name: %d %s", target, a.Status, a.Raw)
			}
		}
	}
}

func TestDealTellsWhenItWasFirstWonAndWhoTakesPart(t *testing.T) {
	t.Parallel()
	c := apptest.New(t).NewTeam("Acme")
	person := c.Must("POST", "/api/v2/persons", m{"name": "Ann"}).ID()
	c.Must("POST", "/api/v2/deals", m{"title": "X", "person_id": person, "status": "won", "won_time": "2026-11-01T10:00:00Z"})
	c.Must("PATCH", "/api/v2/deals/1", m{"status": "open"})
	got := c.Must("GET", "/api/v2/deals/1?include_fields=first_won_time,participants_count", nil).Data()
	if got["first_won_time"] != "2026-11-01T10:00:00Z" || got["participants_count"] != 1.0 {
		t.Error(got)
	}
}

func TestDetailViewShowsWhatIsDerived(t *testing.T) {
	t.Parallel()
	c := apptest.New(t).NewTeam("Acme")
	org := c.Must("POST", "/api/v2/organizations", m{"name": "O"}).ID()
	person := c.Must("POST", "/api/v2/persons", m{"name": "Ann", "org_id": org}).ID()
	c.Must("POST", "/api/v2/deals", m{"title": "X", "person_id": person})
	c.Must("POST", "/api/v2/deals", m{"title": "Y", "org_id": org, "status": "won"})
	c.Must("POST", "/v1/notes", m{"content": "N", "deal_id": 1})
	for _, want := range []struct {
		path, record string
		fields       m
	}{
		{"deals/1", "deal", m{"notes_count": 1.0, "participants_count": 1.0}},
		{"persons/1", "person", m{"notes_count": 1.0, "open_deals_count": 1.0, "related_won_deals_count": 1.0, "related_open_deals_count": 0.0}},
		{"organizations/1", "organization", m{"notes_count": 1.0, "people_count": 1.0, "won_deals_count": 1.0, "related_open_deals_count": 1.0}},
	} {
		got := c.Must("GET", "/api/v2/"+want.path+"/view", nil).Data()[want.record].(m)
		for name, value := range want.fields {
			if got[name] != value {
				t.Errorf("%s: %s is %v, want %v", want.path, name, got[name], value)
			}
		}
	}
}

// A page of a hundred records with all fields costs at most three batch reads more than one without, and the team's record.
func TestIncludeFieldsCostsAPageAFewReads(t *testing.T) {
	t.Parallel()
	var calls atomic.Int64
	hook := faults.Hook{Before: func(context.Context, faults.Call) error { calls.Add(1); return nil }}
	a := apptest.New(t, func(a *apptest.App) {
		a.DynamoDB = dynamodb.New(a.DynamoDB.Options(), func(o *dynamodb.Options) { o.APIOptions = append(o.APIOptions, hook.Add) })
	})
	c := a.NewTeam("Acme")
	for range 100 {
		org := c.Must("POST", "/api/v2/organizations", m{"name": "O"}).ID()
		person := c.Must("POST", "/api/v2/persons", m{"name": "P", "org_id": org}).ID()
		c.Must("POST", "/api/v2/deals", m{"title": "D", "person_id": person, "org_id": org})
	}
	for entity, most := range map[string]int64{"deals": 2, "persons": 4, "organizations": 2} {
		cost := func(query string) int64 {
			calls.Store(0)
			if n := len(c.Must("GET", "/api/v2/"+entity+query, nil).List()); n != 100 {
				t.Fatalf("%s: a page of %d", entity, n)
			}
			return calls.Load()
		}
		if plain, all := cost(""), cost("?include_fields="+names(included[entity])); all-plain > most {
			t.Errorf("%s: %d calls, and %d with all fields", entity, plain, all)
		}
	}
}
