package persons_test

import (
	"fmt"
	"image"
	"image/png"
	"reflect"
	"strings"
	"testing"

	"github.com/lejek/lejek/shared/app/apptest"
	"github.com/lejek/lejek/shared/persons"
)

func TestTheSurvivingPersonKeepsItsValuesAndIsReachedByAllWays(t *testing.T) {
	t.Parallel()
	a := apptest.New(t, apptest.WithObjects)
	settle := a.Follow()
	c := a.NewTeam("Acme")
	org := c.Must("POST", "/api/v2/organizations", m{"name": "Navy"}).ID()
	one := c.Must("POST", "/api/v2/persons", m{
		"name": "Grace H", "org_id": org, "job_title": "Admiral", "notes": "bugs", "birthday": "1906-12-09",
		"emails": []m{{"value": "g@x.example", "primary": true}, {"value": "GRACE@x.example"}},
		"phones": []m{{"value": "+1 555 1"}, {"value": "+1 555 2"}}, "im": []m{{"value": "gh", "label": "skype"}},
	}).ID()
	two := c.Must("POST", "/api/v2/persons", m{
		"name": "Grace Hopper", "job_title": "Engineer", "emails": []m{{"value": "grace@x.example"}}, "phones": []m{{"value": "+1-555-1"}},
	}).ID()
	var picture strings.Builder
	if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 128, 128))); err != nil {
		t.Fatal(err)
	}
	c.Must("POST", apptest.Path("/v1/persons/%d/picture", one), apptest.Form{Files: map[string]string{"file": picture.String()}})
	d := c.Must("POST", "/api/v2/deals", m{"title": "Compiler", "person_id": one}).ID()
	merged := c.Must("PUT", apptest.Path("/v1/persons/%d/merge", one), m{"merge_with_id": fmt.Sprint(two)}).Data()
	for key, want := range (m{
		"id": 2.0, "merge_what_id": 1.0, "name": "Grace Hopper", "org_id": 1.0, "owner_id": 1.0, "org_name": "Navy", "open_deals_count": 1.0,
		"active_flag": true, "first_char": "g", "primary_email": "grace@x.example", "visible_to": "3",
	}) {
		if merged[key] != want {
			t.Errorf("%s is %v, want %v", key, merged[key], want)
		}
	}
	p := c.Must("GET", apptest.Path("/api/v2/persons/%d", two), nil).Data()
	for key, want := range (m{
		"emails": []any{m{"value": "grace@x.example", "primary": true, "label": "work"}, m{"value": "g@x.example", "primary": false, "label": "work"}},
		"phones": []any{m{"value": "+1-555-1", "primary": true, "label": "work"}, m{"value": "+1 555 2", "primary": false, "label": "work"}},
		"im":     []any{m{"value": "gh", "primary": true, "label": "skype"}}, "job_title": "Engineer", "notes": "bugs", "birthday": "1906-12-09", "picture_id": 1.0,
	}) {
		if !reflect.DeepEqual(p[key], want) {
			t.Errorf("%s is %v, want %v", key, p[key], want)
		}
	}
	if got := c.Must("GET", apptest.Path("/api/v2/persons/%d/picture", two), nil).Data(); got["item_id"] != 2.0 {
		t.Errorf("the picture: %v", got)
	}
	gone := c.Must("GET", apptest.Path("/api/v2/persons/%d", one), nil).Data()
	if gone["is_deleted"] != true || gone["picture_id"] != nil {
		t.Errorf("the absorbed person: %v", gone)
	}
	if deal := c.Must("GET", apptest.Path("/api/v2/deals/%d", d), nil).Data(); deal["person_id"] != 2.0 {
		t.Errorf("the deal at once: %v", deal["person_id"])
	}
	// Mail from either address finds the survivor, before and after everything has moved.
	for i, from := range []string{"g@x.example", "grace@x.example"} {
		a.Deliver(apptest.Mail{From: from, To: []string{c.Address()}, Raw: fmt.Sprintf("From: Grace <%s>\nTo: <ada@acme.example>\nMessage-ID: <%d@x.example>\nDate: Mon, 23 Nov 2026 09:00:00 +0000\nSubject: Bug %d\n\nMoth\n", from, i, i)})
		if n := len(c.Must("GET", apptest.Path("/v1/persons/%d/mailMessages", two), nil).List()); n != i+1 {
			t.Errorf("%d mails after one from %s", n, from)
		}
		settle()
	}
	if list := c.Must("GET", "/api/v2/persons", nil).List(); len(list) != 1 {
		t.Errorf("%d persons are left: %v", len(list), list)
	}
	if deal := c.Must("GET", "/api/v2/deals?person_id=2", nil).List(); len(deal) != 1 {
		t.Errorf("%d deals of the survivor are listed", len(deal))
	}
}

func TestMergesThatWouldLoseWaysToReachAPersonAreRefused(t *testing.T) {
	t.Parallel()
	c := apptest.New(t).NewTeam("Acme")
	for i := range 2 {
		var emails []m
		for n := range 11 {
			emails = append(emails, m{"value": fmt.Sprintf("a%d@%d.example", n, i)})
		}
		c.Must("POST", "/api/v2/persons", m{"name": "P", "emails": emails})
	}
	got := c.Do("PUT", "/v1/persons/1/merge", m{"merge_with_id": 2})
	if got.Status != 400 || !strings.Contains(got.Raw, "22 e-mail addresses together with person 1") {
		t.Errorf("%d %s", got.Status, got.Raw)
	}
	for _, body := range []m{{"merge_with_id": 1}, {"merge_with_id": 99}, {}} {
		if got := c.Do("PUT", "/v1/persons/1/merge", body); got.Status != 400 {
			t.Errorf("%v: %d %s", body, got.Status, got.Raw)
		}
	}
}

// TestTheLargestMergeFitsOneTransaction is that of two persons who have as much as can be, in common with nobody.
func TestTheLargestMergeFitsOneTransaction(t *testing.T) {
	t.Parallel()
	c := apptest.New(t).NewTeam("Acme")
	one, two := c.Must("POST", "/api/v2/organizations", m{"name": "One"}).ID(), c.Must("POST", "/api/v2/organizations", m{"name": "Two"}).ID()
	full := func(n, from int) (emails, phones []m) {
		for i := range n {
			emails = append(emails, m{"value": fmt.Sprintf("a%d@x.example", from+i)})
			phones = append(phones, m{"value": fmt.Sprintf("+48 600 100 %d", 100+from+i)})
		}
		return emails, phones
	}
	emails, phones := full(19, 0)
	c.Must("POST", "/api/v2/persons", m{"name": "P", "org_id": one, "emails": emails, "phones": phones})
	emails, phones = full(1, 19)
	c.Must("POST", "/api/v2/persons", m{"name": "Q", "emails": emails, "phones": phones})
	c.Must("PATCH", "/api/v2/persons/2", m{"job_title": "x"})
	c.Must("PUT", "/v1/persons/1/merge", m{"merge_with_id": 2})
	p := c.Must("GET", "/api/v2/persons/2", nil).Data()
	if len(p["emails"].([]any)) != 20 || len(p["phones"].([]any)) != 20 || p["org_id"] != float64(one) {
		t.Errorf("the survivor: %v (%d)", p, two)
	}
}

// TestItIsDecidedForEveryFieldWhoseValueSurvives fails for a new field of persons until it is.
func TestItIsDecidedForEveryFieldWhoseValueSurvives(t *testing.T) {
	t.Parallel()
	own := strings.Fields("ID Version Links Name FirstName LastName OwnerID AddTime VisibleTo Deleted MergedInto FromMail stored")
	filled := strings.Fields("OrganizationID Emails Phones IM PostalAddress Notes Birthday JobTitle Picture UpdateTime LabelIDs Custom Bounces")
	of := map[string]int{}
	for _, name := range append(own, filled...) {
		of[name]++
	}
	for i := range reflect.TypeFor[persons.Person]().NumField() {
		if name := reflect.TypeFor[persons.Person]().Field(i).Name; of[name] != 1 {
			t.Errorf("%s: is it filled when the survivor has none?", name)
		}
	}
}
