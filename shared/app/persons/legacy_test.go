package persons_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/lejek/lejek/shared/app/apptest"
)

func TestPersonsInV1(t *testing.T) {
	t.Parallel()
	c := apptest.New(t).NewTeam("Acme")
	org := c.Must("POST", "/api/v2/organizations", m{"name": "Winnica"}).ID()
	made := c.Do("POST", "/v1/persons", m{
		"name": "Zofia Łąka", "org_id": m{"value": org}, "owner_id": fmt.Sprint(c.User.ID), "visible_to": "3", "add_time": "2026-11-01 08:30:00",
		"email": []any{m{"value": "zofia@winnica.example", "primary": "true", "label": "work"}, m{"value": ""}}, "phone": "+48 601 700 800", "label": 1,
		"marketing_status": "no_consent", "anything": m{"else": 1}, "postal_address": "Rynek 1", "postal_address_locality": "Kraków",
	})
	d := made.Data()
	for key, want := range map[string]any{
		"name": "Zofia Łąka", "first_name": "Zofia", "last_name": "Łąka", "primary_email": "zofia@winnica.example", "first_char": "z", "visible_to": "3",
		"label": 1.0, "org_name": "Winnica", "owner_name": "Ada", "active_flag": true, "company_id": float64(c.Team.ID), "open_deals_count": 0.0,
		"add_time": "2026-11-01 08:30:00", "picture_id": nil, "next_activity_id": nil, "cc_email": c.AddressOf("person", 1), "postal_address": "Rynek 1",
		"postal_address_locality": "Kraków", "postal_address_country": nil, "email_messages_count": 0.0,
	} {
		if d[key] != want {
			t.Errorf("%s is %v, want %v", key, d[key], want)
		}
	}
	if got, want := fmt.Sprint(d["email"], d["phone"], d["label_ids"]),
		"[map[label:work primary:true value:zofia@winnica.example]] [map[label:work primary:true value:+48 601 700 800]] [1]"; made.Status != http.StatusCreated || got != want {
		t.Errorf("%d, got %s, want %s", made.Status, got, want)
	}
	owner, firm := d["owner_id"].(m), d["org_id"].(m)
	if owner["value"] != 1.0 || owner["has_pic"] != 0.0 || owner["email"] != "ada@acme.example" || firm["value"] != float64(org) || firm["people_count"] != 1.0 {
		t.Errorf("owner %v, organization %v", owner, firm)
	}
	for body, want := range map[string]string{
		`{"email":"one@x.example"}`:                                  "one@x.example",
		`{"email":["two@x.example","three@x.example"]}`:              "two@x.example",
		`{"email":[{"value":"four@x.example"},"five@x.example"]}`:    "four@x.example",
		`{"email":{"value":"six@x.example"},"phone":[{"value":""}]}`: "six@x.example",
	} {
		if got := c.Must("PUT", "/v1/persons/1", body).Data()["primary_email"]; got != want {
			t.Errorf("%s: %v", body, got)
		}
	}
	d = c.Must("PUT", "/v1/persons/1", m{"email": "", "phone": []any{m{"value": "", "primary": true}}, "label": "", "org_id": nil, "postal_address": "Rynek 1"}).Data()
	if fmt.Sprintln(d["email"], d["phone"], d["label"], d["label_ids"], d["org_id"], d["postal_address_locality"]) != "[] [] <nil> [] <nil> Kraków\n" {
		t.Errorf("cleared %v", d)
	}
	if got := c.Must("GET", "/api/v1/persons/1", nil); got.Body["additional_data"].(m)["dropbox_email"] != c.AddressOf("person", 1) {
		t.Errorf("%v", got.Body["additional_data"])
	}
	bad := c.Do("POST", "/v1/persons", m{"name": "", "email": "nobody", "label": 99, "owner_id": 77, "org_id": "x"})
	for _, name := range []string{"org_id: must be a whole number", "label: has no label 99"} {
		if bad.Status != http.StatusBadRequest || !strings.Contains(bad.Raw, name) {
			t.Errorf("%q is not among %s", name, bad.Raw)
		}
	}
	bad = c.Do("POST", "/v1/persons", m{"name": "x", "email": "nobody", "label": 99})
	for _, name := range []string{"email[0].value: must be an e-mail address", "label: has no label 99"} {
		if bad.Status != http.StatusBadRequest || !strings.Contains(bad.Raw, name) {
			t.Errorf("%q is not among %s", name, bad.Raw)
		}
	}
	c.Must("DELETE", "/v1/persons/1", nil)
	if got := c.Must("GET", "/v1/persons/1", nil).Data(); got["active_flag"] != false {
		t.Errorf("a deleted person %v", got)
	}
}

func TestPersonsInV1ShowTheirPicture(t *testing.T) {
	t.Parallel()
	c := apptest.New(t, apptest.WithObjects).NewTeam("Acme")
	c.Must("POST", "/api/v2/persons", m{"name": "Ada"})
	c.Must("POST", "/v1/persons/1/picture", upload(portrait(300, 300, 50)))
	got := c.Must("GET", "/v1/persons", nil)
	p := got.List()[0].(m)["picture_id"].(m)
	if p["value"] != p["id"] || p["item_id"] != 1.0 || p["pictures"].(m)["128"] == nil {
		t.Errorf("picture %v", p)
	}
	if related := got.Body["related_objects"].(m)["picture"].(m); related[fmt.Sprint(p["id"])] == nil {
		t.Errorf("related %v", related)
	}
}

func TestPersonListsInV1(t *testing.T) {
	t.Parallel()
	c := apptest.New(t).NewTeam("Acme")
	for _, name := range []string{"Ada", "ania", "Łukasz", "łucja", "Bob", " Zed"} {
		c.Must("POST", "/api/v2/persons", m{"name": name})
	}
	for target, want := range map[string]string{
		"first_char=a": "Ada ania", "first_char=A&sort=id%20DESC": "ania Ada", "first_char=" + url.QueryEscape("Ł"): "Łukasz łucja", "first_char=x": "",
		"start=4": "Bob Zed", "start=2&limit=2": "Łukasz łucja", "user_id=1&limit=1": "Ada", "user_id=2": "", "sort=add_time%20DESC&limit=1": "Zed",
	} {
		var names []string
		for _, p := range c.Must("GET", "/v1/persons?"+target, nil).List() {
			names = append(names, p.(m)["name"].(string))
		}
		if got := strings.Join(names, " "); got != want {
			t.Errorf("%s: %q, want %q", target, got, want)
		}
	}
	if a := c.Do("GET", "/v1/persons?sort=name", nil); a.Status != http.StatusBadRequest || !strings.Contains(a.Raw, "must be by one of id, add_time, update_time") {
		t.Errorf("%d %s", a.Status, a.Raw)
	}
	if a := c.Do("DELETE", "/v1/persons?ids=1,2,77", nil); fmt.Sprint(a.Body["data"].(m)["id"]) != "[1 2]" {
		t.Errorf("%d %s", a.Status, a.Raw)
	}
}
