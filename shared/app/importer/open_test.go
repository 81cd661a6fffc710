package importer_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/lejek/lejek/infra/local/functions"
	"github.com/lejek/lejek/shared/app/apptest"
)

type m = map[string]any

// office is a team that imports, with the notices of its bucket.
type office struct {
	*apptest.Client
	t       testing.TB
	app     *apptest.App
	notices *apptest.Notices
}

func open(t testing.TB, options ...func(*apptest.App)) office {
	n := &apptest.Notices{}
	app := apptest.New(t, append([]func(*apptest.App){apptest.WithNotices(n, "")}, options...)...)
	return office{app.NewTeam("Acme"), t, app, n}
}

// put announces a file and puts it where the answer says, as a client does.
func (o office) put(content []byte, input m) (id int64) {
	o.t.Helper()
	made := o.Do("POST", "/api/v2/imports", input)
	if made.Status != http.StatusCreated || made.Data()["status"] != "waiting_for_file" {
		o.t.Fatalf("%d %s", made.Status, made.Raw)
	}
	up := made.Data()["upload"].(m)
	r, err := http.NewRequest(up["method"].(string), up["url"].(string), bytes.NewReader(content))
	if err != nil {
		o.t.Fatal(err)
	}
	for name, v := range up["headers"].(m) {
		r.Header.Set(name, v.(string))
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		o.t.Fatal(err)
	}
	defer answer.Body.Close()
	if text, _ := io.ReadAll(answer.Body); answer.StatusCode != 200 {
		o.t.Fatalf("PUT: %d %s", answer.StatusCode, text)
	}
	return made.ID()
}

// deliver hands one message to an importer of its own, as two that meet have them; false when it failed.
func (o office) deliver(body string) bool {
	o.t.Helper()
	event, err := json.Marshal(apptest.Queued(body))
	if err != nil {
		o.t.Fatal(err)
	}
	out, err := functions.All["importer"](o.app.Env).Invoke(context.Background(), event)
	if err != nil {
		o.t.Fatal(err)
	}
	var answer events.SQSEventResponse
	if err := json.Unmarshal(out, &answer); err != nil {
		o.t.Fatal(err)
	}
	return len(answer.BatchItemFailures) == 0
}

// drain delivers until nothing is left.
func (o office) drain() {
	o.t.Helper()
	for waiting := o.notices.Take(); len(waiting) > 0; waiting = o.notices.Take() {
		for _, body := range waiting {
			if !o.deliver(body) {
				o.t.Fatalf("failed: %s", body)
			}
		}
	}
}

// file imports a file to its end.
func (o office) file(content []byte) apptest.Answer {
	o.t.Helper()
	id := o.put(content, m{"file_name": "leads.csv"})
	o.drain()
	return o.Must("GET", apptest.Path("/api/v2/imports/%d", id), nil)
}

// records are all records of the team, a line each, without ids and times: what a user would call the same state.
func (o office) records() string {
	o.t.Helper()
	var lines []string
	names := map[string]map[float64]string{}
	all := func(kind, path string) (list []m) {
		names[kind] = map[float64]string{}
		cursor := ""
		for {
			a := o.Must("GET", path+"limit=500"+cursor, nil)
			for _, v := range a.List() {
				list = append(list, v.(m))
			}
			extra, _ := a.Body["additional_data"].(m)
			next, _ := extra["next_cursor"].(string)
			if next == "" {
				return list
			}
			cursor = "&cursor=" + next
		}
	}
	called := func(kind string, id any) string { n, _ := id.(float64); return names[kind][n] }
	line := func(format string, args ...any) { lines = append(lines, fmt.Sprintf(format, args...)) }
	values := func(v any) (out []string) {
		for _, d := range v.([]any) {
			out = append(out, d.(m)["value"].(string))
		}
		slices.Sort(out)
		return out
	}
	for _, v := range all("organization", "/api/v2/organizations?") {
		names["organization"][v["id"].(float64)] = v["name"].(string)
		address := ""
		if a, ok := v["address"].(m); ok {
			address, _ = a["value"].(string)
		}
		line("organization %v at %q", v["name"], address)
	}
	for _, v := range all("person", "/api/v2/persons?") {
		names["person"][v["id"].(float64)] = v["name"].(string)
		line("person %v of %q %v %v", v["name"], called("organization", v["org_id"]), values(v["emails"]), values(v["phones"]))
	}
	stages := map[float64]string{}
	for _, v := range o.Must("GET", "/api/v2/stages", nil).List() {
		stages[v.(m)["id"].(float64)] = v.(m)["name"].(string)
	}
	for _, v := range all("deal", "/api/v2/deals?include_fields=next_activity_id&") {
		names["deal"][v["id"].(float64)] = v["title"].(string)
		line("deal %v %v %v in %s %v, person %q, organization %q, origin %v, next %v", v["title"], v["value"], v["currency"], stages[v["stage_id"].(float64)],
			v["status"], called("person", v["person_id"]), called("organization", v["org_id"]), v["origin"], v["next_activity_id"] != nil)
	}
	for _, v := range all("activity", "/api/v2/activities?") {
		line("activity %v %v due %v %v done %v, deal %q, person %q, organization %q", v["subject"], v["type"], v["due_date"], v["due_time"], v["done"],
			called("deal", v["deal_id"]), called("person", v["person_id"]), called("organization", v["org_id"]))
	}
	for start := 0; ; start += 100 {
		list := o.Must("GET", fmt.Sprintf("/v1/notes?start=%d&limit=100", start), nil).List()
		for _, n := range list {
			v := n.(m)
			line("note %v, deal %q, person %q, organization %q", v["content"], called("deal", v["deal_id"]), called("person", v["person_id"]), called("organization", v["org_id"]))
		}
		if len(list) < 100 {
			break
		}
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// progress is an import without its id and times.
func progress(a apptest.Answer) string {
	d := a.Data()
	list, _ := json.Marshal(d["errors"])
	return fmt.Sprintf("%v: %v of %v rows, %v failed, made %v, merged %v, errors %s, error %v", d["status"], d["rows_done"], d["rows_total"], d["rows_failed"],
		d["counts"], d["merged"], list, d["error"])
}

func head(bucket, key string) *s3.HeadObjectInput {
	return &s3.HeadObjectInput{Bucket: &bucket, Key: &key}
}
