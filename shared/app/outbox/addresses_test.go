package outbox_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"mime/quotedprintable"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/lejek/lejek/shared/app/apptest"
	"github.com/lejek/lejek/shared/teams"
)

type m = map[string]any

const confirm = "/api/v2/userAddresses/confirm"

// office is a team whose mail is read.
type office struct {
	*apptest.App
	*apptest.Client
	t *testing.T
}

func start(t *testing.T) office {
	a := apptest.New(t, apptest.WithObjects, apptest.WithOutbox)
	return office{a, a.NewTeam("Acme"), t}
}

// add adds an address and returns its id and the token of the link that was mailed to it.
func (o office) add(c *apptest.Client, email string) (int64, string) {
	o.t.Helper()
	had := map[string]bool{}
	for _, s := range o.Sent() {
		had[s.MessageID] = true
	}
	made := c.Do("POST", "/api/v2/userAddresses", m{"email": email})
	if made.Status != http.StatusCreated || made.Data()["state"] != "pending" {
		o.t.Fatalf("%d %s", made.Status, made.Raw)
	}
	for _, s := range o.Sent() {
		if had[s.MessageID] {
			continue
		}
		if len(s.Destinations) != 1 || s.Destinations[0] != strings.ToLower(email) {
			o.t.Errorf("sent to %v", s.Destinations)
		}
		text, err := io.ReadAll(quotedprintable.NewReader(strings.NewReader(string(s.Raw))))
		if err != nil {
			o.t.Fatal(err)
		}
		link := regexp.MustCompile(`https://crm\.example` + confirm + `\?token=(\S+)`).FindSubmatch(text)
		if link == nil {
			o.t.Fatalf("no link in %s", text)
		}
		token, err := url.QueryUnescape(string(link[1]))
		if err != nil {
			o.t.Fatal(err)
		}
		return made.ID(), token
	}
	o.t.Fatal("nothing was sent")
	return 0, ""
}

func (o office) states(c *apptest.Client) string {
	o.t.Helper()
	var all []string
	for _, v := range c.Must("GET", "/api/v2/userAddresses", nil).List() {
		all = append(all, fmt.Sprint(v.(m)["email"], " ", v.(m)["state"]))
	}
	return strings.Join(all, ", ")
}

func (o office) receive(id, from string) map[string]any {
	o.t.Helper()
	o.Deliver(apptest.Mail{From: from, To: []string{o.Address()}, Raw: "From: <" + from + ">\nTo: Zed <zed@x.example>\nMessage-ID: <" + id + ">\nSubject: Boats " + id + "\n\nHello\n"})
	for _, v := range o.Must("GET", "/api/v2/inboundMail", nil).List() {
		if e := v.(m); e["message_id"] == id {
			return e
		}
	}
	o.t.Fatalf("no entry of %s: %s", id, o.Must("GET", "/api/v2/inboundMail", nil).Raw)
	return nil
}

func TestMailFromAConfirmedAddressIsTheUsers(t *testing.T) {
	t.Parallel()
	o := start(t)
	if got := o.receive("1@x", "ada@home.example"); fmt.Sprint(got["rule"]) == "1" {
		t.Fatalf("before: %v", got)
	}
	_, token := o.add(o.Client, "Ada@Home.example")
	page := o.Browse("GET", confirm, token)
	if page.Status != http.StatusOK || !strings.Contains(page.Raw, "<b>ada@home.example</b>") || !strings.Contains(page.Raw, `<form method="post"`) {
		t.Fatalf("%d %s", page.Status, page.Raw)
	}
	for name, want := range map[string]string{"Referrer-Policy": "no-referrer", "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"} {
		if page.Header[name] != want {
			t.Errorf("%s: %q", name, page.Header[name])
		}
	}
	if got := o.states(o.Client); got != "ada@home.example pending" {
		t.Errorf("opening the page did something: %s", got)
	}
	if got := o.receive("2@x", "ada@home.example"); fmt.Sprint(got["rule"]) == "1" {
		t.Errorf("while it waits: %v", got)
	}
	if done := o.Browse("POST", confirm, token); done.Status != http.StatusOK || !strings.Contains(done.Raw, "Confirmed") {
		t.Fatalf("%d %s", done.Status, done.Raw)
	}
	if got := o.receive("3@x", "ada@home.example"); fmt.Sprint(got["rule"]) != "1" || got["state"] != "linked" {
		t.Errorf("confirmed: %v", got)
	}
	if got := o.receive("4@x", "bob@home.example"); fmt.Sprint(got["rule"]) != "21" {
		t.Errorf("whoever else writes from there is no colleague: %v", got)
	}
	for _, method := range []string{"GET", "POST"} {
		if got := o.Browse(method, confirm, token); got.Status != http.StatusNotFound {
			t.Errorf("%s once more: %d", method, got.Status)
		}
	}
	id := o.Must("GET", "/api/v2/userAddresses", nil).List()[0].(m)["id"]
	o.Must("DELETE", fmt.Sprintf("/api/v2/userAddresses/%v", id), nil)
	if got := o.receive("5@x", "ada@home.example"); fmt.Sprint(got["rule"]) == "1" {
		t.Errorf("removed: %v", got)
	}
	log := o.Must("GET", "/api/v2/auditLog", nil).Raw
	for _, act := range []string{"userAddress.added", "userAddress.confirmed", "userAddress.removed"} {
		if !strings.Contains(log, act) {
			t.Errorf("the audit log lacks %s", act)
		}
	}
}

func TestLinksThatAreNotGoodDoNothing(t *testing.T) {
	t.Parallel()
	o := start(t)
	other := o.NewTeam("Other")
	_, first := o.add(o.Client, "ada@home.example")
	_, second := o.add(o.Client, "ada@home.example")
	_, foreign := o.add(other, "eve@home.example")
	id, removed := o.add(o.Client, "gone@home.example")
	o.Must("DELETE", fmt.Sprintf("/api/v2/userAddresses/%d", id), nil)
	body, mac, _ := strings.Cut(second, ".")
	claims, err := base64.RawURLEncoding.DecodeString(body)
	if err != nil {
		t.Fatal(err)
	}
	altered := func(old, now string) string {
		changed := strings.Replace(string(claims), old, now, 1)
		if changed == string(claims) {
			t.Fatalf("no %s in %s", old, claims)
		}
		return base64.RawURLEncoding.EncodeToString([]byte(changed)) + "." + mac
	}
	_, foreignMAC, _ := strings.Cut(foreign, ".")
	for name, token := range map[string]string{
		"none": "", "nonsense": "nonsense", "two dots": "a.b.c", "no signature": body + ".", "no body": "." + mac, "huge": strings.Repeat("a", 5000) + ".b",
		"earlier link": first, "address removed": removed, "another team": altered(`"t":1`, `"t":2`), "no such team": altered(`"t":1`, `"t":77`),
		"negative team": altered(`"t":1`, `"t":-1`), "another purpose": altered("user address", "deal address"), "longer": altered(`"e":"2026`, `"e":"2036`),
		"another key": altered(`"k":"`, `"k":"x`), "signature of another team": body + "." + foreignMAC, "padded": second + "=",
	} {
		for _, method := range []string{"GET", "POST"} {
			if got := o.Browse(method, confirm, token); got.Status != http.StatusNotFound || strings.Contains(got.Raw, "home.example") {
				t.Errorf("%s, %s: %d %s", name, method, got.Status, got.Raw)
			}
		}
	}
	o.Later(3 * 24 * time.Hour)
	if got := o.Browse("POST", confirm, second); got.Status != http.StatusNotFound {
		t.Errorf("expired: %d", got.Status)
	}
	if a, b := o.states(o.Client), o.states(other); a != "ada@home.example pending" || b != "eve@home.example pending" {
		t.Errorf("%s; %s", a, b)
	}
}

func TestAnAddressBelongsToOneUser(t *testing.T) {
	t.Parallel()
	o := start(t)
	u, err := o.Teams().CreateUser(context.Background(), teams.UserInput{Team: o.Team.ID, Email: "bob@acme.example", Name: "Bob"})
	if err != nil {
		t.Fatal(err)
	}
	token, err := o.Teams().CreateToken(context.Background(), o.Team.ID, u.Email, "read-write")
	if err != nil {
		t.Fatal(err)
	}
	bob := o.With(token)
	_, mine := o.add(o.Client, "both@home.example")
	_, his := o.add(bob, "both@home.example")
	if got := o.Browse("POST", confirm, his); got.Status != http.StatusOK {
		t.Fatalf("%d %s", got.Status, got.Raw)
	}
	if got := o.Browse("POST", confirm, mine); got.Status != http.StatusNotFound || !strings.Contains(got.Raw, "another user") {
		t.Errorf("taken meanwhile: %d %s", got.Status, got.Raw)
	}
	for _, email := range []string{"both@home.example", "bob@acme.example", "ada@acme.example", o.Address(), "nobody", "ä@home.example", "x@y\r\nBcc: z@z.example", "Ada <ada@home.example>"} {
		if got := o.Do("POST", "/api/v2/userAddresses", m{"email": email}); got.Status != http.StatusBadRequest {
			t.Errorf("%s: %d %s", email, got.Status, got.Raw)
		}
	}
	if _, err := o.Teams().CreateUser(context.Background(), teams.UserInput{Team: o.Team.ID, Email: "both@home.example"}); err == nil {
		t.Error("a user was made with an address of another")
	}
	if got := o.Do("DELETE", fmt.Sprintf("/api/v2/userAddresses/%v", bob.Must("GET", "/api/v2/userAddresses", nil).List()[0].(m)["id"]), nil); got.Status != http.StatusNotFound {
		t.Errorf("another user's address: %d", got.Status)
	}
}

// TestAnAddressCountsWhileItsUserDoes takes away a confirmed address, and switches its user off and on.
func TestAnAddressCountsWhileItsUserDoes(t *testing.T) {
	t.Parallel()
	o := start(t)
	u, err := o.Teams().CreateUser(context.Background(), teams.UserInput{Team: o.Team.ID, Email: "bob@acme.example", Name: "Bob"})
	if err != nil {
		t.Fatal(err)
	}
	token, err := o.Teams().CreateToken(context.Background(), o.Team.ID, u.Email, "read-write")
	if err != nil {
		t.Fatal(err)
	}
	bob, active := o.With(token), fmt.Sprintf("/v1/users/%d", u.ID)
	id, link := o.add(bob, "bob@home.example")
	if got := o.Browse("POST", confirm, link); got.Status != http.StatusOK {
		t.Fatalf("%d %s", got.Status, got.Raw)
	}
	_, waiting := o.add(bob, "bob@other.example")
	is := func(what, message string, rule float64) {
		t.Helper()
		if got := o.receive(message, "bob@home.example"); got["rule"] != rule {
			t.Errorf("%s: rule %v, want %v", what, got["rule"], rule)
		}
	}
	is("confirmed", "1@x", 1)
	o.Must("PUT", active, m{"active_flag": false})
	is("switched off", "2@x", 21)
	if got := o.Browse("POST", confirm, waiting); got.Status != http.StatusNotFound {
		t.Errorf("a link of a user who is switched off: %d %s", got.Status, got.Raw)
	}
	if got := o.Do("POST", "/api/v2/userAddresses", m{"email": "bob@home.example"}); got.Status != http.StatusBadRequest {
		t.Errorf("his address: %d %s", got.Status, got.Raw)
	}
	o.Must("PUT", active, m{"active_flag": true})
	is("switched on", "3@x", 1)
	if token, err = o.Teams().CreateToken(context.Background(), o.Team.ID, u.Email, "read-write"); err != nil {
		t.Fatal(err)
	}
	o.With(token).Must("DELETE", fmt.Sprintf("/api/v2/userAddresses/%d", id), nil)
	is("removed", "4@x", 21)
}

func TestConfirmationsAreAskedForInBounds(t *testing.T) {
	t.Parallel()
	o := start(t)
	for i := range 10 {
		id, _ := o.add(o.Client, fmt.Sprintf("a%d@home.example", i))
		o.Must("DELETE", fmt.Sprintf("/api/v2/userAddresses/%d", id), nil)
	}
	if got := o.Do("POST", "/api/v2/userAddresses", m{"email": "more@home.example"}); got.Status != http.StatusUnprocessableEntity || len(o.Sent()) != 10 {
		t.Errorf("%d %s, %d mails", got.Status, got.Raw, len(o.Sent()))
	}
	o.Later(24 * time.Hour)
	o.add(o.Client, "more@home.example")
}

func TestKeysOfLinksAreRenewedAndOldLinksHold(t *testing.T) {
	t.Parallel()
	o := start(t)
	keyOf := func(token string) string {
		body, _, _ := strings.Cut(token, ".")
		raw, err := base64.RawURLEncoding.DecodeString(body)
		var c struct{ K string }
		if err != nil || json.Unmarshal(raw, &c) != nil {
			t.Fatal(token)
		}
		return c.K
	}
	_, a := o.add(o.Client, "a@home.example")
	o.Later(89 * 24 * time.Hour)
	_, b := o.add(o.Client, "b@home.example")
	o.Later(24 * time.Hour)
	_, c := o.add(o.Client, "c@home.example")
	if keyOf(a) != keyOf(b) || keyOf(b) == keyOf(c) {
		t.Errorf("keys %s, %s, %s", keyOf(a), keyOf(b), keyOf(c))
	}
	for _, token := range []string{b, c} {
		if got := o.Browse("POST", confirm, token); got.Status != http.StatusOK {
			t.Errorf("%d %s", got.Status, got.Raw)
		}
	}
}
