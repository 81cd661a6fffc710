package api

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/value"
)

// everyone lets any token in.
type everyone struct{}

func (everyone) Authenticate(context.Context, auth.Token) (auth.Actor, error) {
	return auth.Actor{Team: 1, User: 1}, nil
}

// sample has a field of each type and rule.
type sample struct {
	byID
	Flag   value.Opt[bool]          `query:"flag"`
	IDs    []int64                  `query:"ids"`
	Status []string                 `query:"status" rule:"enum=open|won"`
	Filter value.Opt[string]        `query:"filter_id" rule:"unsupported"`
	Limit  int64                    `query:"limit" rule:"min=1,max=500"`
	Title  value.Opt[string]        `json:"title" rule:"required,max=5,trim"`
	Count  value.Opt[int64]         `json:"count" rule:"min=0,max=100"`
	Amount value.Opt[value.Decimal] `json:"amount"`
	Done   value.Opt[bool]          `json:"done" rule:"notnull"`
	Day    value.Opt[value.Date]    `json:"day"`
	At     value.Opt[time.Time]     `json:"at"`
	Tags   value.Opt[[]string]      `json:"tags" rule:"items=3,max=4"`
	Place  value.Opt[addressBody]   `json:"place"`
	Later  value.Opt[int64]         `json:"later" rule:"unsupported"`
	Never  value.Opt[int64]         `json:"never" rule:"unsupported,null"`
}

// ask decodes a request into a sample; the answer is what serve makes of it.
func ask(t testing.TB, v1 bool, body, mediaType, query string) (sample, int, string) {
	t.Helper()
	var got sample
	mux, o := http.NewServeMux(), Options{Auth: everyone{}, Log: slog.New(slog.DiscardHandler)}
	for _, path := range []string{"/api/v2/samples/{id}", "/v1/samples/{id}"} {
		mux.Handle("PUT "+path, bind(Handle("PUT /x", func(_ context.Context, _ Call, in sample) (any, error) {
			got = in
			return true, nil
		}), o, nil))
	}
	e := events.APIGatewayV2HTTPRequest{RawPath: "/api/v2/samples/7", RawQueryString: query, Body: body, Headers: map[string]string{"content-type": mediaType}}
	if v1 {
		e.RawPath = "/v1/samples/7"
	}
	e.RequestContext.HTTP.Method = http.MethodPut
	r := serve(context.Background(), o, mux, e)
	if !json.Valid([]byte(r.Body)) {
		t.Fatalf("not JSON: %s", r.Body)
	}
	return got, r.StatusCode, r.Body
}

func TestDecoding(t *testing.T) {
	t.Parallel()
	const js = "application/json"
	for name, test := range map[string]struct {
		v1                     bool
		body, mediaType, query string
		status                 int
		says                   []string // parts of the answer
	}{
		"all right":            {body: `{"title":"a","count":5.0,"amount":1.50,"done":true,"day":"2026-01-31","at":"2026-01-31 09:30:00","tags":["x"],"place":{"value":"v"},"never":null}`, status: 200},
		"no media type":        {body: `{"title":"a"}`, status: 200},
		"a suffix":             {body: `{"title":"a"}`, mediaType: "application/vnd.api+json; charset=utf-8", status: 200},
		"no body":              {mediaType: js, status: 400, says: []string{"title: must be given"}},
		"broken":               {body: `{"title":`, mediaType: js, status: 400, says: []string{"not valid JSON"}},
		"a list":               {body: `[1]`, mediaType: js, status: 400, says: []string{"must be a JSON object"}},
		"null":                 {body: `null`, mediaType: js, status: 400, says: []string{"must be a JSON object"}},
		"two objects":          {body: `{"title":"a"}{}`, mediaType: js, status: 400, says: []string{"more than one"}},
		"deep":                 {body: `{"title":` + strings.Repeat("[", 20000) + strings.Repeat("]", 20000) + `}`, mediaType: js, status: 400, says: []string{"depth"}},
		"a form for v2":        {body: `title=a`, mediaType: "application/x-www-form-urlencoded", status: 415},
		"XML":                  {body: `<a/>`, mediaType: "text/xml", status: 415},
		"a form for v1":        {v1: true, body: `title=a&count=5&done=1&day=`, mediaType: "application/x-www-form-urlencoded", status: 200},
		"JSON called a form":   {v1: true, body: `{"title":"a"}`, mediaType: "application/x-www-form-urlencoded", status: 200},
		"a broken form":        {v1: true, body: `title=%zz`, mediaType: "application/x-www-form-urlencoded", status: 400},
		"too large":            {body: `{"title":"` + strings.Repeat("x", 1<<20) + `"}`, mediaType: js, status: 413},
		"unknown key in v2":    {body: `{"title":"a","foo":1}`, mediaType: js, status: 400, says: []string{"foo: Parameter 'foo' is not allowed for this request"}},
		"unknown key in v1":    {v1: true, body: `{"title":"a","foo":1}`, mediaType: js, status: 200},
		"unknown inner key":    {body: `{"title":"a","place":{"value":"v","zip":"1"}}`, mediaType: js, status: 400, says: []string{"place.zip: "}},
		"strict types":         {body: `{"title":5,"count":"5","amount":"1","done":1,"tags":"x","place":"v"}`, mediaType: js, status: 400, says: []string{"title: ", "count: ", "amount: ", "done: ", "tags: ", "place: "}},
		"lenient types":        {v1: true, body: `{"title":5,"count":"5","amount":"1.5","done":"1","tags":"x"}`, mediaType: js, status: 200},
		"arrays for scalars":   {v1: true, body: `{"title":["a"],"count":[1],"done":{},"day":[],"at":{}}`, mediaType: js, status: 400, says: []string{"title: ", "count: ", "done: ", "day: ", "at: "}},
		"blanks around":        {body: `{"title":"  abcde\n","tags":[" x "]}`, mediaType: js, status: 200},
		"nothing but blanks":   {body: `{"title":" \t "}`, mediaType: js, status: 400, says: []string{"title: must be given"}},
		"out of range":         {body: `{"title":"abcdef","count":101,"amount":1e15,"day":"2026-02-30","at":"0001-01-01T00:00:00Z","tags":["12345"]}`, mediaType: js, status: 400, says: []string{"title: ", "count: ", "amount: ", "day: ", "at: ", "tags[0]: "}},
		"beyond 64 bits":       {body: `{"title":"a","count":99999999999999999999}`, mediaType: js, status: 400, says: []string{"count: must be a whole number"}},
		"a huge exponent":      {body: `{"title":"a","amount":1e999999999,"count":1e9}`, mediaType: js, status: 400, says: []string{"amount: ", "count: "}},
		"too many items":       {body: `{"title":"a","tags":["1","2","3","4"]}`, mediaType: js, status: 400, says: []string{"tags: must be at most 3"}},
		"nulls":                {body: `{"title":null,"done":null,"count":null}`, mediaType: js, status: 400, says: []string{"title: must be given", "done: must be given"}},
		"unsupported":          {body: `{"title":"a","later":null,"never":1}`, mediaType: js, query: "filter_id=7", status: 400, says: []string{"later: is not supported yet", "never: is not supported yet", "filter_id: is not supported yet"}},
		"empty text as null":   {v1: true, body: `{"title":"a","count":"","day":"","amount":""}`, mediaType: js, status: 200},
		"nothing is asked for": {v1: true, body: `{"title":"a","done":null,"never":0}`, mediaType: js, status: 200},
		"nothing, as a form":   {v1: true, body: `title=a&done=&never=false`, mediaType: "application/x-www-form-urlencoded", status: 200},
		"nothing, to v2":       {body: `{"title":"a","done":null,"never":0}`, mediaType: js, status: 400, says: []string{"done: must be given", "never: is not supported yet"}},
		"required though null": {v1: true, body: `{"title":null}`, mediaType: js, status: 400, says: []string{"title: must be given"}},
		"a list in the query":  {body: `{"title":"a"}`, query: "ids=1,2&status=open&status=won&flag=0&api_token=x", status: 200},
		"a wrong list":         {body: `{"title":"a"}`, query: "ids=1,x&status=lost&flag=maybe&limit=0", status: 400, says: []string{"ids: ", "status: ", "flag: ", "limit: "}},
		"one twice":            {body: `{"title":"a"}`, query: "limit=1&limit=2", status: 400, says: []string{"limit: "}},
		"unknown parameter":    {body: `{"title":"a"}`, query: "foo=1", status: 400, says: []string{"foo: Parameter 'foo' is not allowed"}},
		"unknown v1 parameter": {v1: true, body: `{"title":"a"}`, query: "foo=1", status: 200},
		"a broken query":       {body: `{"title":"a"}`, query: "limit=%zz", status: 400},
		"a semicolon":          {body: `{"title":"a"}`, query: "limit=1;foo=2", status: 400},
		"not UTF-8":            {body: "{\"title\":\"\xff\xfe\"}", mediaType: js, status: 200},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, status, body := ask(t, test.v1, test.body, test.mediaType, test.query)
			if status != test.status {
				t.Errorf("%d, want %d: %.300s", status, test.status, body)
			}
			for _, part := range test.says {
				if !strings.Contains(body, part) {
					t.Errorf("%q is not in %.600s", part, body)
				}
			}
		})
	}
}

func TestWhatIsDecoded(t *testing.T) {
	t.Parallel()
	in, status, body := ask(t, true, `{"title":5,"count":"7","amount":"1.50","done":"1","day":"","tags":"x"}`, "", "flag=1&ids=3,%204&status=open&status=won")
	if status != 200 {
		t.Fatal(body)
	}
	if in.ID != 7 || in.Title.V != "5" || in.Count.V != 7 || in.Amount.V != "1.5" || !in.Done.V || !in.Day.Set || !in.Day.Null || in.At.Set {
		t.Errorf("%+v", in)
	}
	if !in.Flag.V || len(in.IDs) != 2 || in.IDs[1] != 4 || len(in.Status) != 2 || len(in.Tags.V) != 1 {
		t.Errorf("%+v", in)
	}
}

// A body of 1 MB can be wrong in more places than an answer holds.
func TestTheAnswerToManyMistakesIsBounded(t *testing.T) {
	t.Parallel()
	var many strings.Builder
	for i := range 60000 {
		many.WriteString(`,"` + strings.Repeat("k", i%3) + value.SortTime(time.Unix(int64(i), 0))[8:19] + `":1`)
	}
	for _, body := range []string{`{"title":"a"` + many.String() + `}`, `{"` + strings.Repeat("k", 900000) + `":1}`} {
		if _, status, answer := ask(t, false, body, "", ""); status != 400 || len(answer) > 50000 {
			t.Errorf("%d with %d bytes", status, len(answer))
		}
	}
}

// FuzzDecode: whatever a client sends, it is told what is wrong; nothing panics, nothing is our fault.
func FuzzDecode(f *testing.F) {
	for _, body := range []string{
		``, `{}`, `null`, `[]`, `{"title":"a"}`, `{"title":"a","count":1e2,"amount":-0.0,"tags":[[]],"place":{"value":{}}}`, `{"at":"2026-01-31T09:30:00+99:99"}`,
		`{"place":[],"day":1,"done":"TRUE","never":null,"count":""}`, `title=a&count=%00&tags=`, "{\"title\":\"\\ud800\"}", `{"count":1.}`,
	} {
		f.Add(false, body, "application/json", "ids=1,,2&limit=5")
		f.Add(true, body, "application/x-www-form-urlencoded", "flag=&status=open,&%3d")
	}
	f.Fuzz(func(t *testing.T, v1 bool, body, mediaType, query string) {
		if _, status, answer := ask(t, v1, body, mediaType, query); status >= 500 || status != 200 && !strings.Contains(answer, `"success":false`) {
			t.Errorf("%d %s", status, answer)
		}
	})
}
