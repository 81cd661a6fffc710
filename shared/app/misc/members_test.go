package misc_test

import (
	"net/http"
	"sync"
	"testing"

	"github.com/lejek/lejek/shared/app/apptest"
	"github.com/lejek/lejek/shared/auth"
)

func TestAdminAddsUsersAndSwitchesThemOff(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	c := app.NewTeam("Acme")
	added := c.Must("POST", "/v1/users", m{"email": "Bob@acme.example", "access": []m{{"app": "sales", "admin": false}}})
	if d := added.Data(); d["email"] != "bob@acme.example" || d["active_flag"] != true || d["access"].([]any)[0].(m)["admin"] != false {
		t.Fatalf("added %s", added.Raw)
	}
	if a := c.Do("POST", "/api/v1/users", m{"email": "bob@acme.example"}); a.Status != 400 {
		t.Errorf("the same address again: %d %s", a.Status, a.Raw)
	}
	token, err := app.Teams().CreateToken(t.Context(), c.Team.ID, "bob@acme.example", auth.ReadWrite)
	if err != nil {
		t.Fatal(err)
	}
	bob := *c
	bob.Token = token
	if a := bob.Do("POST", "/v1/users", m{"email": "eve@acme.example"}); a.Status != http.StatusForbidden {
		t.Errorf("who is no admin adds a user: %d %s", a.Status, a.Raw)
	}
	if a := bob.Do("PUT", apptest.Path("/v1/users/%d", c.User.ID), m{"active_flag": false}); a.Status != http.StatusForbidden {
		t.Errorf("who is no admin switches an admin off: %d %s", a.Status, a.Raw)
	}
	if a := c.Do("PUT", apptest.Path("/v1/users/%d", c.User.ID), m{"active_flag": false}); a.Status != 400 {
		t.Errorf("the last admin is switched off: %d %s", a.Status, a.Raw)
	}
	off := c.Must("PUT", apptest.Path("/v1/users/%d", added.ID()), m{"active_flag": 0})
	if off.Data()["active_flag"] != false {
		t.Errorf("switched off %s", off.Raw)
	}
	if a := bob.Do("GET", "/v1/users/me", nil); a.Status != http.StatusUnauthorized {
		t.Errorf("who was switched off still acts: %d", a.Status)
	}
	if ids := c.Must("GET", apptest.Path("/v1/organizations/%d/permittedUsers", c.Must("POST", "/api/v2/organizations", m{"name": "x"}).ID()), nil).List(); len(ids) != 1 {
		t.Errorf("permitted users %v", ids)
	}
}

func TestUsersAreFoundByNameOrAddress(t *testing.T) {
	t.Parallel()
	c := apptest.New(t).NewTeam("Acme")
	for target, want := range map[string]int{
		"/v1/users/find?term=ad": 1, "/v1/users/find?term=acme": 0, "/v1/users/find?term=acme&search_by_email=1": 1, "/v1/users/find?term=zz": 0,
	} {
		if got := c.Must("GET", target, nil).List(); len(got) != want {
			t.Errorf("%s: %d users, want %d", target, len(got), want)
		}
	}
	if a := c.Do("GET", "/v1/users/find", nil); a.Status != 400 {
		t.Errorf("no term: %d", a.Status)
	}
}

func TestActivityTypesAreMadeChangedAndTakenOutOfUse(t *testing.T) {
	t.Parallel()
	c := apptest.New(t).NewTeam("Acme")
	made := c.Must("POST", "/v1/activityTypes", m{"name": "Site visit", "icon_key": "car", "color": "1A2B3C"}).Data()
	if made["key_string"] != "site_visit" || made["order_nr"] != 7.0 || made["is_custom_flag"] != true || made["color"] != "1A2B3C" {
		t.Errorf("made %v", made)
	}
	id := int64(made["id"].(float64))
	c.Must("POST", "/api/v2/activities", m{"type": "site_visit", "subject": "See the press"})
	renamed := c.Must("PUT", apptest.Path("/api/v1/activityTypes/%d", id), m{"name": "Visit", "order_nr": 1, "color": nil}).Data()
	if renamed["key_string"] != "site_visit" || renamed["name"] != "Visit" || renamed["color"] != nil {
		t.Errorf("renamed %v", renamed)
	}
	if gone := c.Must("DELETE", apptest.Path("/v1/activityTypes/%d", id), nil).Data(); gone["active_flag"] != false {
		t.Errorf("deleted %v", gone)
	}
	if a := c.Do("POST", "/api/v2/activities", m{"type": "site_visit"}); a.Status != 400 {
		t.Errorf("a type out of use is used: %d", a.Status)
	}
	if a := c.Do("PUT", apptest.Path("/v1/activityTypes/%d", id), m{"name": "x"}); a.Status != 404 {
		t.Errorf("a type out of use is changed: %d", a.Status)
	}
	again := c.Must("POST", "/v1/activityTypes", m{"name": "Site visit", "icon_key": "car"}).Data()
	if again["key_string"] != "site_visit_2" {
		t.Errorf("the key of a former type is given again: %v", again)
	}
	if a := c.Do("POST", "/v1/activityTypes", m{"name": " ", "icon_key": "rocket", "color": "red"}); a.Status != 400 {
		t.Errorf("wrong inputs: %d %s", a.Status, a.Raw)
	}
}

func TestTypesMadeAtOnceHaveKeysOfTheirOwn(t *testing.T) {
	t.Parallel()
	c := apptest.New(t).NewTeam("Acme")
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() { c.Must("POST", "/v1/activityTypes", m{"name": "Same", "icon_key": "car"}) })
	}
	wg.Wait()
	keys := map[any]bool{}
	for _, row := range c.Must("GET", "/v1/activityTypes", nil).List() {
		keys[row.(m)["key_string"]] = true
	}
	if len(keys) != 10 {
		t.Errorf("%d keys of 10 types: %v", len(keys), keys)
	}
}

// TestWhatLejekHasNotIsAnsweredAllTheSame reads what extractors read without asking whether it is used.
func TestWhatLejekHasNotIsAnsweredAllTheSame(t *testing.T) {
	t.Parallel()
	c := apptest.New(t).NewTeam("Acme")
	for _, target := range []string{
		"/v1/roles", "/v1/roles?start=1", "/v1/roles/1", "/v1/permissionSets", "/v1/permissionSets?app=projects", "/v1/goals/find", "/v1/userConnections",
		apptest.Path("/v1/users/%d/permissions", c.User.ID), apptest.Path("/v1/users/%d/roleAssignments", c.User.ID), apptest.Path("/v1/users/%d/roleSettings", c.User.ID),
	} {
		c.Must("GET", target, nil)
	}
	for _, row := range c.Must("GET", "/v1/permissionSets", nil).List() {
		c.Must("GET", "/v1/permissionSets/"+row.(m)["id"].(string), nil)
	}
	for _, target := range []string{"/v1/roles/2", "/v1/permissionSets/x", "/v1/users/99/permissions"} {
		if a := c.Do("GET", target, nil); a.Status != 404 {
			t.Errorf("%s: %d", target, a.Status)
		}
	}
}
