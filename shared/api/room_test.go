package api

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
)

// answered is what Lambda gets: the bytes that the handler returns.
func answered(t *testing.T, path string, data any) (int, events.APIGatewayV2HTTPResponse, string) {
	t.Helper()
	var log bytes.Buffer
	mux, o := http.NewServeMux(), Options{Auth: everyone{}, Log: slog.New(slog.NewTextHandler(&log, nil))}
	mux.Handle("GET "+path, bind(Handle("GET /x", func(context.Context, Call, struct{}) (any, error) { return data, nil }), o, nil))
	e := events.APIGatewayV2HTTPRequest{RawPath: path}
	e.RequestContext.HTTP.Method = http.MethodGet
	out, err := lambda.NewHandler(func(ctx context.Context) (events.APIGatewayV2HTTPResponse, error) { return serve(ctx, o, mux, e), nil }).Invoke(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	var r events.APIGatewayV2HTTPResponse
	if err := json.Unmarshal(out, &r); err != nil {
		t.Fatal(err)
	}
	return len(out), r, log.String()
}

func TestWireSizeIsWhatLambdaReturns(t *testing.T) {
	t.Parallel()
	empty, _, _ := answered(t, "/v1/x", "")
	for _, text := range []string{"plain", `<a href="x">"&"</a>` + "\n\\", "zażółć\u2028\x00", strings.Repeat(`"`, 1000)} {
		size, _, _ := answered(t, "/v1/x", text)
		if got, want := int(sizeOf(text)-sizeOf("")), size-empty; got != want {
			t.Errorf("%.20q takes %d, counted are %d", text, want, got)
		}
	}
}

func TestAnAnswerThatLambdaCouldNotSendIsAnErrorInItsStead(t *testing.T) {
	t.Parallel()
	for path, code := range map[string]string{"/v1/x": `"error_info"`, "/api/v2/x": `"code":"ERR_INTERNAL"`} {
		size, r, log := answered(t, path, strings.Repeat(`"`, 1600<<10)) // four bytes each
		if size > 6<<20 || r.StatusCode != 500 || !strings.Contains(r.Body, "larger than 6 MB") || !strings.Contains(r.Body, code) {
			t.Errorf("%s: %d bytes, %d %.300s", path, size, r.StatusCode, r.Body)
		}
		if !strings.Contains(log, "level=ERROR") {
			t.Errorf("not logged as an error: %s", log)
		}
		if size, r, _ := answered(t, path, strings.Repeat(`"`, 1500<<10)); size > 6<<20 || r.StatusCode != 200 {
			t.Errorf("%s: %d bytes, %d", path, size, r.StatusCode)
		}
	}
}

func TestListsShareTheRoom(t *testing.T) {
	t.Parallel()
	long := []string{strings.Repeat("x", 97), strings.Repeat("y", 97)} // each takes 102 with its quotes and a comma
	r := room(600)
	if got := fit(&r, 3, []string{"a"}); len(got) != 1 || r != 594 {
		t.Errorf("%v, %d left", got, r)
	}
	if got := fit(&r, 4, long); len(got) != 1 {
		t.Errorf("%d of a quarter", len(got))
	}
	if got := fit(&r, 1, long); len(got) != 2 {
		t.Errorf("%d of the whole rest", len(got))
	}
	r = 100
	if got := fit(&r, 1, long); len(got) != 0 || r != 100 {
		t.Errorf("%d where none fits, %d left", len(got), r)
	}
}
