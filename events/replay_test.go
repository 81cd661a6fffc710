package events

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/lejek/lejek/shared/app/apptest"
	"github.com/lejek/lejek/shared/manifest"
)

var update = flag.Bool("update", false, "write the answers that the functions give now into the samples")

// sample is a file below events/<function>: what was there before, the event, the wanted answer. {{token}} stands for the
// test team's token, {{inbound}} for the local part of its mail address, {{mac}} for a signature in it, {{ses}} for the id of a sent
// mail: all are random.
type sample struct {
	About   string            `json:"about,omitempty"`
	Given   [][]any           `json:"given,omitempty"`   // calls of the API before: method, target, body
	Objects map[string]string `json:"objects,omitempty"` // bucket/key → content, in place before
	Indexed bool              `json:"indexed,omitempty"` // the indexer has followed what was given
	Later   int               `json:"later,omitempty"`   // seconds that have passed since
	Earlier []earlier         `json:"earlier,omitempty"` // what other functions were told before
	Event   json.RawMessage   `json:"event"`
	Want    json.RawMessage   `json:"want"`
}

type earlier struct {
	Function string          `json:"function"`
	Event    json.RawMessage `json:"event"`
}

func TestEventsAreAnsweredAsWanted(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("*/*.json")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, file := range files {
		seen[filepath.Dir(file)] = true
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			replay(t, file)
		})
	}
	for _, f := range manifest.Functions {
		if !seen[f.Name] {
			t.Errorf("function %s has no sample below events/%s", f.Name, f.Name)
		}
		delete(seen, f.Name)
	}
	for name := range seen {
		t.Errorf("events/%s belongs to no function", name)
	}
}

var (
	// signature is that of a record's mail address, by the key of the team.
	signature = regexp.MustCompile(`-[a-z2-7]{16}@`)
	sesID     = regexp.MustCompile(`[0-9a-f]{16}(-[0-9a-f]+){5}-000000@`)
)

func replay(t *testing.T, file string) {
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	app := apptest.New(t, apptest.WithObjects, apptest.WithDeliveries, apptest.WithOutbox)
	c := app.NewTeam("Acme")
	filled := strings.NewReplacer("{{token}}", string(c.Token), "{{inbound}}", c.Team.InboundLocal).Replace(string(raw))
	var s sample
	dec := json.NewDecoder(strings.NewReader(filled))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&s); err != nil {
		t.Fatal(err)
	}
	settle := func() {}
	if s.Indexed {
		settle = app.Follow()
	}
	for _, call := range s.Given {
		var body any
		if len(call) > 2 {
			body = call[2]
		}
		if got := c.Do(call[0].(string), call[1].(string), body); got.Status >= 300 {
			t.Fatalf("%v: %d %s", call, got.Status, got.Raw)
		}
	}
	for name, content := range s.Objects {
		bucket, key, _ := strings.Cut(name, "/")
		app.PutObject(bucket, key, []byte(content))
	}
	for _, e := range s.Earlier {
		if _, err := app.Handler(e.Function).Invoke(context.Background(), e.Event); err != nil {
			t.Fatal(err)
		}
	}
	settle()
	app.Later(time.Duration(s.Later) * time.Second)
	got, err := app.Handler(filepath.Dir(file)).Invoke(context.Background(), s.Event)
	if err != nil {
		t.Fatal(err)
	}
	own := func(answer []byte) []byte {
		answer = signature.ReplaceAll(bytes.ReplaceAll(answer, []byte(c.Team.InboundLocal), []byte("{{inbound}}")), []byte("-{{mac}}@"))
		return readable(t, sesID.ReplaceAll(answer, []byte("{{ses}}@")))
	}
	got = own(got)
	if *update {
		write(t, file, raw, got)
		return
	}
	want := own(s.Want)
	if !bytes.Equal(got, want) {
		t.Errorf("%s\ngot  %s\nwant %s", s.About, got, want)
	}
}

// readable indents JSON and opens the body of an HTTP answer, which is JSON in a string. The rate-limit headers, which every
// answer has, are left out.
func readable(t *testing.T, raw []byte) []byte {
	var v any
	if len(raw) > 0 {
		if err := json.Unmarshal(raw, &v); err != nil {
			t.Fatalf("%v: %s", err, raw)
		}
	}
	if m, ok := v.(map[string]any); ok {
		if body, ok := m["body"].(string); ok && json.Valid([]byte(body)) {
			m["body"] = json.RawMessage(body)
		}
		headers, _ := m["headers"].(map[string]any)
		maps.DeleteFunc(headers, func(name string, _ any) bool {
			return strings.HasPrefix(name, "X-Ratelimit-") || strings.HasPrefix(name, "X-Daily-")
		})
	}
	out, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	var again any // orders the keys inside the body too
	if err := json.Unmarshal(out, &again); err != nil {
		t.Fatal(err)
	}
	out, _ = json.MarshalIndent(again, "", "  ")
	return out
}

func write(t *testing.T, file string, raw, got []byte) {
	var s sample
	if err := json.Unmarshal(raw, &s); err != nil {
		t.Fatal(err)
	}
	s.Want = got
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(s); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}
