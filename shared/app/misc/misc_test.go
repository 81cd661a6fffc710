package misc_test

import (
	"strings"
	"testing"

	"github.com/lejek/lejek/shared/app/apptest"
)

type m = map[string]any

func TestUsers(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	c, other := app.NewTeam("Acme"), app.NewTeam("Other")
	me := c.Must("GET", "/v1/users/me", nil).Data()
	for k, v := range map[string]any{
		"name": "Ada", "email": "ada@acme.example", "default_currency": "EUR", "timezone_name": "Europe/Warsaw", "timezone_offset": "+01:00",
		"is_you": true, "active_flag": true, "is_deleted": false, "created": "2026-11-23 10:00:00", "company_name": "Acme",
		"company_id": float64(c.Team.ID), "company_domain": c.Team.InboundLocal,
	} {
		if me[k] != v {
			t.Errorf("%s is %v, want %v", k, me[k], v)
		}
	}
	for _, k := range strings.Fields(`id name default_currency locale lang email phone activated last_login created modified
		has_created_company access active_flag timezone_name timezone_offset role_id icon_url is_you is_deleted company_id company_name
		company_domain company_country company_industry language`) {
		if _, ok := me[k]; !ok {
			t.Errorf("no key %s", k)
		}
	}
	for _, prefix := range []string{"/v1", "/api/v1"} {
		all := c.Must("GET", prefix+"/users", nil).List()
		if len(all) != 1 || all[0].(m)["email"] != "ada@acme.example" || all[0].(m)["company_id"] != nil {
			t.Errorf("users %v", all)
		}
	}
	if one := c.Must("GET", apptest.Path("/v1/users/%d", c.User.ID), nil); one.ID() != c.User.ID {
		t.Errorf("one: %s", one.Raw)
	}
	theirs, none := c.Do("GET", apptest.Path("/v1/users/%d", other.User.ID+1), nil), c.Do("GET", "/v1/users/999", nil)
	if theirs.Status != 404 || theirs.Raw != none.Raw {
		t.Errorf("%d %s, of what does not exist %s", theirs.Status, theirs.Raw, none.Raw)
	}
}

func TestCurrencies(t *testing.T) {
	t.Parallel()
	c := apptest.New(t).NewTeam("Acme")
	decimals := map[string]float64{}
	for i, row := range c.Must("GET", "/v1/currencies", nil).List() {
		row := row.(m)
		if row["id"] != float64(i+1) || row["symbol"] == "" || row["name"] == "" || row["active_flag"] != true || row["is_custom_flag"] != false {
			t.Errorf("row %v", row)
		}
		code := row["code"].(string)
		if _, twice := decimals[code]; twice || len(code) != 3 {
			t.Errorf("%q again", code)
		}
		decimals[code] = row["decimal_points"].(float64)
	}
	for code, n := range map[string]float64{"EUR": 2, "JPY": 0, "KWD": 3, "CLP": 0, "ISK": 0, "TND": 3, "CHF": 2} {
		if d, ok := decimals[code]; !ok || d != n {
			t.Errorf("%s has %v decimals, want %v", code, d, n)
		}
	}
	if len(decimals) < 150 {
		t.Errorf("only %d currencies", len(decimals))
	}
	for term, n := range map[string]int{"zlot": 1, "jpy": 1, "xyzzy": 0} {
		if got := c.Must("GET", "/v1/currencies?term="+term, nil).List(); len(got) != n {
			t.Errorf("%s: %v", term, got)
		}
	}
	made := c.Must("POST", "/api/v2/deals", m{"title": "Yen", "currency": "JPY"})
	if made.Data()["currency"] != "JPY" {
		t.Error(made.Raw)
	}
}

func TestActivityTypesAndSettings(t *testing.T) {
	t.Parallel()
	c := apptest.New(t).NewTeam("Acme")
	var keys []string
	for _, row := range c.Must("GET", "/api/v1/activityTypes", nil).List() {
		keys = append(keys, row.(m)["key_string"].(string))
		if len(row.(m)) != 10 {
			t.Errorf("row %v", row)
		}
	}
	if got := strings.Join(keys, " "); got != "call meeting task deadline email lunch" {
		t.Errorf("types %s", got)
	}
	s := c.Must("GET", "/v1/userSettings", nil).Data()
	if len(s) != 8 || s["list_limit"] != 100.0 || s["file_upload_destination"] != "s3" {
		t.Errorf("settings %v", s)
	}
}

func TestUnknownPathsAndMethods(t *testing.T) {
	t.Parallel()
	c := apptest.New(t).NewTeam("Acme")
	for _, test := range []struct {
		method, path string
		status       int
	}{
		{"GET", "/", 404}, {"GET", "/v1", 404}, {"GET", "/api/v2/leads", 404}, {"POST", "/v1/nothing", 404}, {"GET", "/api/v2/users/me", 404},
		{"GET", "/v1/users/1/roles", 404}, {"PATCH", "/v1/users", 405}, {"DELETE", "/api/v1/users/1", 405},
	} {
		a := c.Do(test.method, test.path, nil)
		if a.Status != test.status || a.Body["success"] != false || a.Body["error"] == "" {
			t.Errorf("%s %s: %d %s", test.method, test.path, a.Status, a.Raw)
		}
	}
}
