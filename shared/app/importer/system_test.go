package importer_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/lejek/lejek/infra/local/functions"
	"github.com/lejek/lejek/infra/local/system"
)

// The whole way: the gateway's routes, the signed PUT, the bucket's event, the queue, the function with its own grants.
func TestFileGoesThroughTheWholeSystem(t *testing.T) {
	t.Parallel()
	s := system.Test(t, system.Options{Functions: functions.All})
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	out, err := s.Invoke(ctx, "teams", []byte(`{"action":"create_team","name":"Acme","email":"ada@acme.example","time_zone":"Europe/Warsaw","currency":"EUR"}`))
	if err != nil {
		t.Fatal(err)
	}
	var team struct{ Token string }
	if err := json.Unmarshal(out, &team); err != nil || team.Token == "" {
		t.Fatalf("%s %v", out, err)
	}
	call := func(method, url, body string, headers m) (answer struct{ Data m }) {
		r, err := http.NewRequestWithContext(ctx, method, url, bytes.NewReader([]byte(body)))
		if err != nil {
			t.Fatal(err)
		}
		for name, v := range headers {
			r.Header.Set(name, v.(string))
		}
		a, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer a.Body.Close()
		text, _ := io.ReadAll(a.Body)
		if a.StatusCode > 201 {
			t.Fatalf("%s %s: %d %s", method, url, a.StatusCode, text)
		}
		if len(text) > 0 && text[0] == '{' {
			if err := json.Unmarshal(text, &answer); err != nil {
				t.Fatal(err)
			}
		}
		return answer
	}
	mine := m{"x-api-token": team.Token, "content-type": "application/json"}
	made := call("POST", s.URL+"/api/v2/imports", `{"file_name":"many.csv","auto_start":false}`, mine).Data
	one := fmt.Sprintf("%s/api/v2/imports/%v", s.URL, made["id"])
	up := made["upload"].(m)
	call(up["method"].(string), up["url"].(string), string(many(60)), up["headers"].(m))
	if err := s.Drain(ctx); err != nil {
		t.Fatal(err)
	}
	if d := call("GET", one, "", mine).Data; d["status"] != "analysing" || d["rows_total"] != 60.0 {
		t.Errorf("before the start: %v", d)
	}
	call("POST", one+"/start", "", m{"x-api-token": team.Token})
	if err := s.Drain(ctx); err != nil {
		t.Fatal(err)
	}
	d := call("GET", one, "", mine).Data
	if d["status"] != "done" || d["rows_done"] != 60.0 || d["counts"].(m)["persons"] != 7.0 || d["counts"].(m)["deals"] != 60.0 {
		t.Errorf("%v", d)
	}
	for _, q := range s.Queues() {
		if len(q.Dead) > 0 {
			t.Errorf("dead letters in %s: %v", q.Name, q.Dead)
		}
	}
}
