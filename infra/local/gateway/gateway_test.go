package gateway

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/lejek/lejek/infra/local/sample"
	"github.com/lejek/lejek/shared/manifest"
)

var functions = []manifest.Function{
	{Name: "deals", Operations: []manifest.Operation{"GET /api/v2/deals", "GET /v1/deals/{id}/flow"}},
	{Name: "teams"},
	{Name: "misc", Default: true},
}

type call struct {
	function string
	event    []byte
}

// serve answers everything with the same answer and keeps the last call.
func serve(t *testing.T, answer string, err error) (url string, last *call) {
	t.Helper()
	last = &call{}
	s := httptest.NewServer(New(functions, func(_ context.Context, function string, event []byte) ([]byte, error) {
		*last = call{function, event}
		return []byte(answer), err
	}, func() time.Time { return time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC) }))
	t.Cleanup(s.Close)
	return s.URL, last
}

func TestPathsReachTheFunctionOfTheirRoute(t *testing.T) {
	t.Parallel()
	url, last := serve(t, `{"statusCode":204}`, nil)
	for path, want := range map[string]string{
		"/api/v2/deals": "deals ANY /api/v2/deals ", "/api/v2/deals/7": "deals ANY /api/v2/deals/{proxy+} 7",
		"/api/v2/deals/7/x/y": "deals ANY /api/v2/deals/{proxy+} 7/x/y", "/api/v1/deals/7/flow": "deals ANY /api/v1/deals/{proxy+} 7/flow",
		"/api/v2/deals/": "misc $default ", "/api/v2/dealsx": "misc $default ", "/": "misc $default ", "/teams": "misc $default ",
	} {
		res, err := http.Get(url + path)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		var e events.APIGatewayV2HTTPRequest
		if err := json.Unmarshal(last.event, &e); err != nil {
			t.Fatal(err)
		}
		if got := last.function + " " + e.RouteKey + " " + e.PathParameters["proxy"]; got != want {
			t.Errorf("%s reached %q, want %q", path, got, want)
		}
	}
}

func TestEventHasTheKeysAndValuesOfARealOne(t *testing.T) {
	t.Parallel()
	url, last := serve(t, `{"statusCode":204}`, nil)
	req, _ := http.NewRequest("POST", url+"/api/v2/deals/7?a=1&a=2&b=%20x", strings.NewReader(`{"title":"ż"}`))
	req.Header = http.Header{"Content-Type": {"application/json"}, "X-Many": {"1", "2"}, "Cookie": {"c=1; d=2"}, "User-Agent": {"test"}}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	var real any
	sample.Read(t, "apigw-v2-request-no-authorizer.json", &real)
	sample.Covers(t, "", real, sample.JSON(t, last.event), "authentication", "accept")

	var e events.APIGatewayV2HTTPRequest
	if err := json.Unmarshal(last.event, &e); err != nil {
		t.Fatal(err)
	}
	for what, got := range map[string][2]string{
		"path":   {e.RawPath, "/api/v2/deals/7"},
		"query":  {e.RawQueryString, "a=1&a=2&b=%20x"},
		"joined": {e.QueryStringParameters["a"], "1,2"},
		"header": {e.Headers["x-many"], "1,2"},
		"cookie": {strings.Join(e.Cookies, "|"), "c=1|d=2"},
		"body":   {e.Body, `{"title":"ż"}`},
		"method": {e.RequestContext.HTTP.Method, "POST"},
		"time":   {e.RequestContext.Time, "23/Nov/2026:10:00:00 +0000"},
	} {
		if got[0] != got[1] {
			t.Errorf("%s is %q, want %q", what, got[0], got[1])
		}
	}
	if e.IsBase64Encoded {
		t.Error("JSON text was base64 encoded")
	}
}

func TestBodyThatIsNoTextTravelsInBase64(t *testing.T) {
	t.Parallel()
	url, last := serve(t, `{"statusCode":200,"isBase64Encoded":true,"body":"/wA=","headers":{"content-type":"image/png"},"cookies":["a=1","b=2"]}`, nil)
	res, err := http.Post(url+"/api/v2/deals", "application/octet-stream", bytes.NewReader([]byte{0xff, 0}))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var e events.APIGatewayV2HTTPRequest
	if err := json.Unmarshal(last.event, &e); err != nil || !e.IsBase64Encoded || e.Body != "/wA=" {
		t.Errorf("the event's body is %q, base64 %v, %v", e.Body, e.IsBase64Encoded, err)
	}
	body, _ := io.ReadAll(res.Body)
	if !bytes.Equal(body, []byte{0xff, 0}) || res.Header.Get("Content-Type") != "image/png" || len(res.Cookies()) != 2 {
		t.Errorf("the response is %v with %v", body, res.Header)
	}
}

func TestGatewayRefusesWhatIsTooLarge(t *testing.T) {
	t.Parallel()
	url, last := serve(t, `{"statusCode":204}`, nil)
	for what, c := range map[string]struct {
		size   int
		kind   string
		status int
	}{
		"5 MB of text":            {5 << 20, "application/json", 204},
		"5 MB that become base64": {5 << 20, "application/octet-stream", 413},
		"more than 6 MB of event": {6<<20 + 1, "application/json", 413},
		"more than 10 MB":         {10<<20 + 1, "application/json", 413},
	} {
		last.function = ""
		res, err := http.Post(url+"/api/v2/deals", c.kind, bytes.NewReader(bytes.Repeat([]byte{'a'}, c.size)))
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(res.Body)
		res.Body.Close()
		if res.StatusCode != c.status || (last.function == "") != (c.status == 413) {
			t.Errorf("%s: %d %s, function %q", what, res.StatusCode, body, last.function)
		}
		if c.status == 413 && strings.TrimSpace(string(body)) != `{"message":"Request Entity Too Large"}` {
			t.Errorf("%s: body %s", what, body)
		}
	}
}

func TestFailedFunctionIsAnInternalServerError(t *testing.T) {
	t.Parallel()
	for what, c := range map[string]struct {
		answer string
		err    error
		status int
		body   string
	}{
		"error":          {"", errors.New("secret"), 500, `{"message":"Internal Server Error"}`},
		"no JSON":        {"oops", nil, 500, `{"message":"Internal Server Error"}`},
		"without status": {`{"a":1}`, nil, 200, `{"a":1}`},
	} {
		url, _ := serve(t, c.answer, c.err)
		res, err := http.Get(url + "/api/v2/deals")
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(res.Body)
		res.Body.Close()
		if res.StatusCode != c.status || strings.TrimSpace(string(body)) != c.body {
			t.Errorf("%s: %d %s", what, res.StatusCode, body)
		}
	}
}
