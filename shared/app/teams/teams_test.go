package teams_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"github.com/lejek/lejek/shared/app/apptest"
)

type m = map[string]any

func invoke(t *testing.T, app *apptest.App, event string) m {
	t.Helper()
	out, err := app.Handler("teams").Invoke(context.Background(), []byte(event))
	if err != nil {
		t.Fatalf("%s: %v", event, err)
	}
	var answer m
	if err := json.Unmarshal(out, &answer); err != nil {
		t.Fatalf("%s: %s", event, out)
	}
	return answer
}

// status is what GET /v1/users/me and GET /api/v2/deals answer to a token in one of the places for it.
func call(app *apptest.App, path, query string, headers map[string]string) apptest.Answer {
	e := events.APIGatewayV2HTTPRequest{RawPath: path, RawQueryString: query, Headers: headers}
	e.RequestContext.HTTP.Method = "GET"
	return app.Send(e)
}

func TestATeamFromItsFirstMinute(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	made := invoke(t, app, `{"action":"create_team","name":"Łódź Tools","email":"Ada@Acme.example","user_name":"Ada","time_zone":"Europe/Warsaw","currency":"PLN"}`)
	if a, _ := made["inbound_address"].(string); !strings.HasSuffix(a, "@mail.lejek.localhost") || made["team"] != 1.0 || made["user"] != 1.0 {
		t.Fatalf("made %v", made)
	}
	token := made["token"].(string)
	for _, path := range []string{"/v1/users/me", "/api/v1/users/me", "/api/v2/deals", "/api/v2/stages"} {
		for name, a := range map[string]apptest.Answer{
			"header": call(app, path, "", map[string]string{"x-api-token": token}),
			"bearer": call(app, path, "", map[string]string{"authorization": "Bearer " + token}),
			"query":  call(app, path, "api_token="+token, nil),
		} {
			if a.Status != 200 {
				t.Errorf("%s by %s: %d %s", path, name, a.Status, a.Raw)
			}
		}
		const refused = `{"success":false,"error":"unauthorized access","errorCode":401,"error_info":"Send a valid API token: header x-api-token, Authorization: Bearer, or query api_token."}`
		for name, a := range map[string]apptest.Answer{
			"none": call(app, path, "", nil), "wrong": call(app, path, "", map[string]string{"x-api-token": token[1:] + "x"}),
			"long":  call(app, path, "", map[string]string{"x-api-token": strings.Repeat("x", 5000)}),
			"basic": call(app, path, "", map[string]string{"authorization": "Basic " + token}),
		} {
			if a.Status != 401 || a.Raw != refused {
				t.Errorf("%s with token %s: %d %s", path, name, a.Status, a.Raw)
			}
		}
	}
	me := call(app, "/v1/users/me", "", map[string]string{"x-api-token": token}).Data()
	if me["email"] != "ada@acme.example" || me["default_currency"] != "PLN" || me["company_name"] != "Łódź Tools" {
		t.Errorf("me %v", me)
	}
	defaults := invoke(t, app, `{"action":"create_team","name":"Second","email":"x@y.example"}`)
	me = call(app, "/v1/users/me", "", map[string]string{"x-api-token": defaults["token"].(string)}).Data()
	if me["timezone_name"] != "UTC" || me["default_currency"] != "EUR" || me["name"] != "x@y.example" || me["company_id"] != 2.0 {
		t.Errorf("defaults %v", me)
	}
}

func TestUsersAndTokens(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	c := app.NewTeam("Acme")
	team := fmt.Sprint(c.Team.ID)
	bob := invoke(t, app, `{"action":"create_user","team":`+team+`,"email":"bob@acme.example","name":"Bob"}`)
	if bob["user"] != 2.0 || bob["team"] != float64(c.Team.ID) {
		t.Fatalf("bob %v", bob)
	}
	ofBob := `,"team":` + team + `,"email":" Bob@acme.example"}`
	first := invoke(t, app, `{"action":"create_token"`+ofBob)["token"].(string)
	second := invoke(t, app, `{"action":"create_token"`+ofBob)["token"].(string)
	for _, token := range []string{first, second} {
		me := call(app, "/v1/users/me", "", map[string]string{"x-api-token": token})
		if me.Data()["name"] != "Bob" || me.Data()["timezone_name"] != "Europe/Warsaw" {
			t.Errorf("me %s", me.Raw)
		}
	}
	if n := invoke(t, app, `{"action":"revoke_tokens"`+ofBob)["revoked"]; n != 2.0 {
		t.Errorf("revoked %v", n)
	}
	for _, token := range []string{first, second} {
		if a := call(app, "/v1/users/me", "", map[string]string{"x-api-token": token}); a.Status != 401 {
			t.Errorf("a revoked token: %d", a.Status)
		}
	}
	if n := invoke(t, app, `{"action":"revoke_tokens"`+ofBob)["revoked"]; n != 0.0 {
		t.Errorf("revoked again %v", n)
	}
	c.Must("GET", "/v1/users/me", nil) // Ada's token is hers
}

func TestTwoUsersWithOneAddressAtOnce(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	c := app.NewTeam("Acme")
	var wg sync.WaitGroup
	answers := make([]m, 4)
	for i := range answers {
		wg.Go(func() {
			answers[i] = invoke(t, app, fmt.Sprintf(`{"action":"create_user","team":%d,"email":"bob@acme.example"}`, c.Team.ID))
		})
	}
	wg.Wait()
	made := 0
	for _, a := range answers {
		if a["user"] != nil {
			made++
		} else if !strings.Contains(fmt.Sprint(a["error"]), "email: ") {
			t.Errorf("answer %v", a)
		}
	}
	if users := c.Must("GET", "/v1/users", nil).List(); made != 1 || len(users) != 2 {
		t.Errorf("%d made, users %v", made, users)
	}
}

func TestWhatTheOperatorDidWrongIsNamed(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	c := app.NewTeam("Acme")
	for event, names := range map[string][]string{
		`{"action":"create_team"}`: {"name", "email"},
		`{"action":"create_team","name":" ","email":"Ada <a@b.c>","time_zone":"Mars/Olympus","currency":"eu"}`: {"name", "email", "time_zone", "currency"},
		`{"action":"create_team","name":"A\nB","email":"a@b.c"}`:                                               {"name"},
		`{"action":"create_team","name":5}`:                                                                    {"name"},
		`{"action":"create_team","name":"A","mail":"a@b.c"}`:                                                   {"mail"},
		`{"action":"create_user","team":"1","email":"x@y.z"}`:                                                  {"team"},
		`{"action":"create_user","email":"x"}`:                                                                 {"team", "email"},
		`{"action":"create_user","team":77,"email":"x@y.z"}`:                                                   {"Team not found"},
		`{"action":"create_token","team":1,"email":"nobody@acme.example"}`:                                     {"User not found"},
		`{"action":"revoke_tokens","team":2,"email":"ada@acme.example"}`:                                       {"User not found"},
		`{"action":"drop"}`: {"action"}, `{}`: {"action"}, `[]`: {"object"}, `"x"`: {"object"}, `null`: {"action"},
	} {
		a := invoke(t, app, event)
		for _, n := range names {
			if text, _ := a["error"].(string); !strings.Contains(text, n) {
				t.Errorf("%s: %q is not named in %v", event, n, a)
			}
		}
	}
	if users := c.Must("GET", "/v1/users", nil).List(); len(users) != 1 {
		t.Errorf("users %v", users)
	}
}
