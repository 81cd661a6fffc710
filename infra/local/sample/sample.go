// Package sample reads, for tests, the events that AWS publishes as samples with its Go library, so that what the runner
// makes is held against the real thing and not against our memory of it.
package sample

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

var folder = sync.OnceValues(func() (string, error) {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/aws/aws-lambda-go").Output()
	return filepath.Join(strings.TrimSpace(string(out)), "events", "testdata"), err
})

// Read decodes the sample of that file name.
func Read(t testing.TB, name string, into any) {
	t.Helper()
	dir, err := folder()
	if err != nil {
		t.Fatalf("sample.Read(%s): %v", name, err)
	}
	text, err := os.ReadFile(filepath.Join(dir, name))
	if err == nil {
		err = json.Unmarshal(text, into)
	}
	if err != nil {
		t.Fatalf("sample.Read(%s): %v", name, err)
	}
}

// Covers fails the test for each key, at any depth, that the real event has and ours has not. Keys named in except are
// those that depend on what happened.
func Covers(t testing.TB, at string, real, ours any, except ...string) {
	t.Helper()
	switch real := real.(type) {
	case map[string]any:
		ours, _ := ours.(map[string]any)
		for key, value := range real {
			path := at + "." + key
			if skip(path, except) {
				continue
			}
			mine, ok := ours[key]
			if !ok {
				t.Errorf("our event has no %s", path)
				continue
			}
			Covers(t, path, value, mine, except...)
		}
	case []any:
		ours, _ := ours.([]any)
		if len(real) > 0 && len(ours) > 0 {
			Covers(t, at+"[]", real[0], ours[0], except...)
		}
	}
}

func skip(path string, except []string) bool {
	for _, e := range except {
		if strings.HasSuffix(path, "."+e) {
			return true
		}
	}
	return false
}

// JSON is the value as decoded JSON, to be compared.
func JSON(t testing.TB, value any) (decoded any) {
	t.Helper()
	text, ok := value.([]byte)
	if !ok {
		var err error
		if text, err = json.Marshal(value); err != nil {
			t.Fatal(err)
		}
	}
	if err := json.Unmarshal(text, &decoded); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return decoded
}
