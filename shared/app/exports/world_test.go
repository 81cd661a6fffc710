package exports_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"io"
	"net/http"
	"slices"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"

	"github.com/lejek/lejek/shared/app/apptest"
	"github.com/lejek/lejek/shared/app/importer"
	"github.com/lejek/lejek/shared/exports"
)

type m = map[string]any

// tiny has an archive of few records made in many steps and parts.
var tiny = exports.Limits{Part: 3000, Least: 500, Parts: 10000, Chunk: 2, Chunks: 4, Working: time.Minute}

// office is a team whose exports are made when the test says so.
type office struct {
	*apptest.Client
	t       testing.TB
	app     *apptest.App
	notices *apptest.Notices
	limits  exports.Limits
}

func open(t testing.TB, l exports.Limits, options ...func(*apptest.App)) office {
	n := &apptest.Notices{}
	app := apptest.New(t, append([]func(*apptest.App){apptest.WithNotices(n, "")}, options...)...)
	return office{app.NewTeam("Acme"), t, app, n, l}
}

// make is a record made over the API; its id.
func (o office) make(path string, body any) int64 {
	o.t.Helper()
	a := o.Do("POST", path, body)
	if a.Status > 201 {
		o.t.Fatalf("POST %s: %d %s", path, a.Status, a.Raw)
	}
	return a.ID()
}

// live has the team make something of everything, and go on with it.
func (o office) live() {
	o.t.Helper()
	on := func(method, path string, body any) apptest.Answer {
		o.t.Helper()
		a := o.Do(method, path, body)
		if a.Status > 201 {
			o.t.Fatalf("%s %s: %d %s", method, path, a.Status, a.Raw)
		}
		return a
	}
	field := on("POST", "/api/v2/dealFields", m{"field_name": "Colour", "field_type": "enum", "options": []any{m{"label": "red"}, m{"label": "blue"}}}).Data()
	code, option := field["field_code"].(string), field["options"].([]any)[1].(m)["id"]
	org := o.make("/api/v2/organizations", m{"name": "Tartak <Nowak> & Synowie", "address": m{"value": "Rynek 1, Kraków"}})
	other := o.make("/api/v2/organizations", m{"name": "Other"})
	o.make("/v1/organizationRelationships", m{"type": "related", "rel_owner_org_id": org, "rel_linked_org_id": other})
	jan := o.make("/api/v2/persons", m{"name": "Jan", "org_id": org, "emails": []any{m{"value": "jan@x.example", "primary": true}}, "phones": []any{m{"value": "+48 600 700 800"}}})
	eve := o.make("/api/v2/persons", m{"name": "Eve", "org_id": other, "emails": []any{m{"value": "eve@x.example"}}})
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 128, 128))); err != nil {
		o.t.Fatal(err)
	}
	on("POST", apptest.Path("/v1/persons/%d/picture", jan), apptest.Form{Files: map[string]string{"file": picture.String()}})
	pipeline := o.make("/api/v2/pipelines", m{"name": "Second"})
	stage := o.make("/api/v2/stages", m{"name": "First of it", "pipeline_id": pipeline})
	deal := o.make("/api/v2/deals", m{"title": "Planks", "value": 1234.5, "person_id": jan, "org_id": org, "custom_fields": m{code: option}})
	o.app.Later(time.Minute)
	on("PATCH", apptest.Path("/api/v2/deals/%d", deal), m{"stage_id": stage, "title": "Planks and beams"})
	won := o.make("/api/v2/deals", m{"title": "Beams", "person_id": eve, "org_id": org})
	on("PATCH", apptest.Path("/api/v2/deals/%d", won), m{"status": "won"})
	gone := o.make("/api/v2/deals", m{"title": "Gone", "person_id": eve})
	on("DELETE", apptest.Path("/api/v2/deals/%d", gone), nil)
	o.make("/api/v2/deals", m{"title": "Old", "is_archived": true})
	call := o.make("/api/v2/activities", m{"subject": "Call", "deal_id": deal, "due_date": "2026-11-20", "due_time": "09:00", "done": true})
	o.make("/api/v2/activities", m{"subject": "Visit", "deal_id": deal, "due_date": "2026-12-20", "due_time": "09:00"})
	o.make("/v1/activityTypes", m{"name": "Golf", "icon_key": "car"})
	note := o.make("/v1/notes", m{"content": "<b>wants</b> oak", "deal_id": deal})
	on("POST", apptest.Path("/v1/notes/%d/comments", note), m{"content": "and ash"})
	on("POST", "/v1/files", apptest.Form{Files: map[string]string{"file": strings.Repeat("quote ", 2000)}, Fields: map[string]string{"activity_id": fmt.Sprint(call)}})
	on("POST", "/v1/files", apptest.Form{Files: map[string]string{"file": "logo"}, Fields: map[string]string{"org_id": fmt.Sprint(other)}})
	on("POST", apptest.Path("/api/v2/deals/%d/followers", deal), m{"user_id": o.User.ID})
	on("POST", "/v1/filters", m{"name": "Big", "type": "deals", "conditions": m{"glue": "and", "conditions": []any{
		m{"glue": "and", "conditions": []any{m{"object": "deal", "field_id": 1002, "operator": "=", "value": "Planks"}}}, m{"glue": "or", "conditions": []any{}},
	}}})
	for i := range 2 {
		o.app.Deliver(apptest.Mail{From: "jan@x.example", To: []string{o.Address()}, Raw: fmt.Sprintf(`From: Jan <jan@x.example>
To: <ada@acme.example>
Cc: <eve@x.example>
Message-ID: <%d@x.example>
In-Reply-To: <0@x.example>
Date: Mon, 23 Nov 2026 09:0%d:00 +0000
Subject: Re: planks
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/html

<p>how much for <b>oak</b>?</p>
--b
Content-Type: text/plain; name="plan.txt"
Content-Disposition: attachment; filename="plan.txt"

plan
--b--
`, i, i)})
	}
}

// deliver hands one message to an importer of its own; false when it failed.
func (o office) deliver(body string) bool {
	o.t.Helper()
	return deliver(o.t, importer.Bounded(o.app.Env, o.limits), body)
}

func deliver(t testing.TB, h lambda.Handler, body string) bool {
	t.Helper()
	event, err := json.Marshal(apptest.Queued(body))
	if err != nil {
		t.Fatal(err)
	}
	out, err := h.Invoke(context.Background(), event)
	if err != nil {
		t.Fatal(err)
	}
	var answer events.SQSEventResponse
	if err := json.Unmarshal(out, &answer); err != nil {
		t.Fatal(err)
	}
	return len(answer.BatchItemFailures) == 0
}

// signals are the notices that the queue of the importer gets, by its prefixes.
func (o office) signals() []string {
	return slices.DeleteFunc(o.notices.Take(), func(body string) bool { return !strings.Contains(body, `"key":"work/`) })
}

// drain makes all steps; meanwhile is called between them.
func (o office) drain(meanwhile func()) (steps int) {
	o.t.Helper()
	for waiting := o.signals(); len(waiting) > 0; waiting = o.signals() {
		for _, body := range waiting {
			if !o.deliver(body) {
				o.t.Fatalf("failed: %s", body)
			}
			steps++
			if meanwhile != nil {
				meanwhile()
			}
		}
	}
	return steps
}

// archive makes an export from begin to end.
func (o office) archive() *zip.Reader {
	o.t.Helper()
	id := o.make("/api/v2/exports", nil)
	o.drain(nil)
	return o.fetch(id)
}

// fetch downloads a finished archive by its link.
func (o office) fetch(id int64) *zip.Reader {
	o.t.Helper()
	d := o.Must("GET", apptest.Path("/api/v2/exports/%d", id), nil).Data()
	link, _ := d["download_url"].(string)
	if d["status"] != "done" || d["progress"] != 100.0 || link == "" || d["error"] != nil {
		o.t.Fatalf("%v", d)
	}
	answer, err := http.Get(link)
	if err != nil {
		o.t.Fatal(err)
	}
	defer answer.Body.Close()
	content, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != 200 || float64(len(content)) != d["size"] {
		o.t.Fatalf("%d, %d bytes of %v, %v", answer.StatusCode, len(content), d["size"], err)
	}
	if got := answer.Header.Get("Content-Disposition"); !strings.Contains(got, ".zip") {
		o.t.Errorf("Content-Disposition %q", got)
	}
	r, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		o.t.Fatal(err)
	}
	return r
}

// texts are the archive's lines by their kind, in order, and its other entries by name.
func texts(t testing.TB, r *zip.Reader) (lines map[string][]string, others map[string]string) {
	t.Helper()
	lines, others = map[string][]string{}, map[string]string{}
	for _, f := range r.File {
		c, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(c)
		if err != nil {
			t.Fatalf("%s: %v", f.Name, err)
		}
		if kind, _, _ := strings.Cut(f.Name, "/"); strings.HasSuffix(f.Name, ".ndjson") {
			lines[kind] = append(lines[kind], strings.Split(strings.TrimSpace(string(b)), "\n")...)
			continue
		}
		if _, twice := others[f.Name]; twice {
			t.Errorf("two entries %s", f.Name)
		}
		others[f.Name] = string(b)
	}
	for _, l := range lines {
		sort.Strings(l)
	}
	return lines, others
}

func get(t testing.TB, url string) int {
	t.Helper()
	answer, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	return answer.StatusCode
}

func all(t testing.TB, r io.Reader) []byte {
	t.Helper()
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
