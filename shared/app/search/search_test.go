package search_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lejek/lejek/shared/app/apptest"
)

type m = map[string]any

// found are the results of a search as "type id".
func found(a apptest.Answer) (list []string) {
	items, _ := a.Data()["items"].([]any)
	for _, i := range items {
		item := i.(m)["item"].(m)
		list = append(list, fmt.Sprintf("%v %v", item["type"], item["id"]))
	}
	return list
}

func TestRecordsAreFoundBySeveralWays(t *testing.T) {
	t.Parallel()
	a := apptest.New(t)
	settle := a.Follow()
	c := a.NewTeam("Acme")
	org := c.Must("POST", "/api/v2/organizations", m{"name": "Zażółć Gęślą sp. z o.o.", "address": m{"value": "ul. Świętokrzyska 12, Łódź"}}).ID()
	person := c.Must("POST", "/api/v2/persons", m{
		"name": "Łucja O'Brien-Størmer", "org_id": org, "notes": "likes tea",
		"emails": []m{{"value": "lucja.obrien@mail.firma-x.example"}}, "phones": []m{{"value": "+48 (601) 234-567"}},
	}).ID()
	deal := c.Must("POST", "/api/v2/deals", m{"title": "Straße renovation", "person_id": person, "org_id": org}).ID()
	c.Must("POST", "/v1/notes", m{"content": "<p>Wants a <b>discount</b> of&nbsp;ten percent</p>", "deal_id": deal})
	settle()
	for term, want := range map[string][]string{
		"lucja":                       {"person 1"},
		"ŁUCJA":                       {"person 1"},
		"brien":                       {"person 1"},
		"o’brien":                     {"person 1"},
		"obri":                        {"person 1"},
		"stormer luc":                 {"person 1"},
		"zazolc":                      {"organization 1"},
		"lodz":                        {"organization 1"},
		"swietokrzyska 12":            {"organization 1"},
		"strasse":                     {"deal 1"},
		"firma-x":                     {"person 1"},
		"obrien@mail":                 {"person 1"},
		"lucja.obrien@mail.firma-x.e": {"person 1"},
		"234567":                      {"person 1"},
		"234 567":                     {"person 1"},
		"567":                         {"person 1"},
		"601 234 567":                 {"person 1"},
		"0601 234 567":                {"person 1"},
		"0048601234567":               {"person 1"},
		"+48 601":                     {"person 1"},
		"lucja 601234567":             {"person 1"},
		"tea":                         {"person 1"},
		"discount":                    {"deal 1", "person 1", "organization 1"},
		"renov discount":              {"deal 1"},
		"disc perc ten":               {"deal 1", "person 1", "organization 1"},
		"ucja":                        nil,
		"discounts":                   nil,
		"601 234 568":                 nil,
		"lucja discount straße":       nil,
		"!!":                          nil,
	} {
		got := found(c.Must("GET", "/api/v2/itemSearch?term="+strings.NewReplacer("+", "%2B", " ", "+").Replace(term), nil))
		if !slices.Equal(got, want) {
			t.Errorf("%q: found %v, want %v", term, got, want)
		}
	}
}

func TestSearchSeesAWriteWithinFiveSeconds(t *testing.T) {
	t.Parallel()
	a := apptest.New(t)
	a.Follow()
	c := a.NewTeam("Acme")
	c.Must("POST", "/api/v2/deals", m{"title": "Quick one"})
	for start := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		if len(found(c.Must("GET", "/api/v2/deals/search?term=quick", nil))) == 1 {
			t.Logf("after %v", time.Since(start))
			return
		}
		if time.Since(start) > 5*time.Second {
			t.Fatal("not found within five seconds")
		}
	}
}
