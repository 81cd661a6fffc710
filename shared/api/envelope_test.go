package api_test

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"github.com/lejek/lejek/shared/app/apptest"
)

// send is a request in all its parts.
func send(app *apptest.App, method, path string, headers map[string]string, body string, base64Encoded bool) apptest.Answer {
	e := events.APIGatewayV2HTTPRequest{RawPath: path, Headers: headers, Body: body, IsBase64Encoded: base64Encoded}
	e.RequestContext.HTTP.Method = method
	return app.Send(e)
}

func TestEnvelopes(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	c := app.NewTeam("Acme")
	token := map[string]string{"x-api-token": string(c.Token)}
	const (
		unauthorized = `{"success":false,"error":"unauthorized access","errorCode":401,"error_info":"Send a valid API token: header x-api-token, Authorization: Bearer, or query api_token."}`
		missing      = `{"success":false,"error":"Deal not found","error_info":"Please check the address and the id.","data":null,"additional_data":null,"code":"ERR_NOT_FOUND"}`
		noNote       = `{"success":false,"error":"Note not found","error_info":"Please check the address and the id.","data":null,"additional_data":null}`
	)
	for _, test := range []struct {
		method, path string
		headers      map[string]string
		body         string
		status       int
		answer       string // exact, or its beginning when it ends in …
	}{
		{"GET", "/api/v2/deals", token, "", 200, `{"success":true,"data":[],"additional_data":{"next_cursor":null}}`},
		{"GET", "/v1/notes", token, "", 200, `{"success":true,"data":[],"additional_data":{"pagination":{"limit":100,"more_items_in_collection":false,"start":0}}}`},
		{"GET", "/api/v2/deals/9", token, "", 404, missing},
		{"GET", "/v1/notes/9", token, "", 404, noNote},
		{"GET", "/api/v1/notes/9", token, "", 404, noNote},
		{"GET", "/api/v2/deals/", token, "", 200, `{"success":true…`},
		{"GET", "/api/v2/deals/%39", token, "", 404, missing},
		{"GET", "/api/v2/deals/9%2Fx", token, "", 400, `{"success":false,"error":"Validation failed: id: …`},
		{"GET", "/api/v2/deals/%zz", token, "", 404, `{"success":false,"error":"Unknown path…`},
		{"GET", "/api/v2/deals/9/x/y", token, "", 404, `{"success":false,"error":"Unknown path…`},
		{"GET", "/api/v2/deals/99999999999999999999", token, "", 400, `{"success":false,"error":"Validation failed: id: …`},
		{"GET", "/api/v2/deals/-1", token, "", 400, `{"success":false…`},
		{"PUT", "/api/v2/deals", token, "", 405, `{"success":false,"error":"Method PUT is not allowed here; allowed: GET, POST"…`},
		{"PUT", "/api/v2/deals", nil, "", 405, `{"success":false,"error":"Method PUT is not allowed here; allowed: GET, POST"…`},
		{"GET", "/nowhere", nil, "", 404, `{"success":false,"error":"Unknown path /nowhere"…`},
		{"GET", "/api/v2/deals", nil, "", 401, unauthorized},
		{"POST", "/api/v2/deals", nil, "{", 401, unauthorized},
		{"GET", "/v1/notes", map[string]string{"authorization": "Bearer x"}, "", 401, unauthorized},
		{"POST", "/api/v2/deals", token, "{", 400, `{"success":false,"error":"The body is not valid JSON…`},
		{"POST", "/api/v2/deals", token, `{"title":"` + strings.Repeat("x", 1<<20) + `"}`, 413, `{"success":false…`},
	} {
		a := send(app, test.method, test.path, test.headers, test.body, false)
		beginning, open := strings.CutSuffix(test.answer, "…")
		if a.Status != test.status || open && !strings.HasPrefix(a.Raw, beginning) || !open && a.Raw != test.answer {
			t.Errorf("%s %s: %d %.300s\nwant %d %s", test.method, test.path, a.Status, a.Raw, test.status, test.answer)
		}
		if a.Header["Content-Type"] != "application/json; charset=utf-8" {
			t.Errorf("%s %s: %v", test.method, test.path, a.Header)
		}
		for _, name := range []string{"Limit", "Remaining", "Reset"} {
			if n, err := strconv.Atoi(a.Header["X-Ratelimit-"+name]); err != nil || n < 1 {
				t.Errorf("%s %s: X-Ratelimit-%s is %q", test.method, test.path, name, a.Header["X-Ratelimit-"+name])
			}
		}
		if a.Status == 405 && a.Header["Allow"] != "GET, POST" {
			t.Errorf("allow: %v", a.Header)
		}
	}
}

func TestBodiesInBase64(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	c := app.NewTeam("Acme")
	token := map[string]string{"x-api-token": string(c.Token)}
	encoded := base64.StdEncoding.EncodeToString([]byte(`{"title":"Łódź"}`))
	if a := send(app, "POST", "/api/v2/deals", token, encoded, true); a.Status != 200 || a.Data()["title"] != "Łódź" {
		t.Errorf("%d %s", a.Status, a.Raw)
	}
	if a := send(app, "POST", "/api/v2/deals", token, "*", true); a.Status != 400 {
		t.Errorf("%d %s", a.Status, a.Raw)
	}
}

// Nothing of one request reaches another, however many run at once.
func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	app := apptest.New(t)
	a, b := app.NewTeam("Acme"), app.NewTeam("Other")
	done := make(chan error)
	for i := range 20 {
		go func() {
			c := []*apptest.Client{a, b}[i%2]
			title := fmt.Sprint(c.Team.Name, i)
			if made := c.Do("POST", "/api/v2/deals", map[string]any{"title": title}); made.Data()["title"] != title {
				done <- fmt.Errorf("made %s", made.Raw)
				return
			}
			done <- nil
		}()
	}
	for range 20 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	for _, c := range []*apptest.Client{a, b} {
		for _, d := range c.Must("GET", "/api/v2/deals", nil).List() {
			if title := d.(map[string]any)["title"].(string); !strings.HasPrefix(title, c.Team.Name) {
				t.Errorf("%s sees %s", c.Team.Name, title)
			}
		}
	}
}
