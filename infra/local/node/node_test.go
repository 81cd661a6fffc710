package node

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// machine is a PATH with nothing but the given programs, as shell scripts, and a folder with a lock file.
func machine(t *testing.T, programs map[string]string) (dir string) {
	t.Helper()
	bin, dir := t.TempDir(), t.TempDir()
	for name, script := range programs {
		if err := os.WriteFile(filepath.Join(bin, name), []byte("#!/bin/sh\n"+script+"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "package-lock.json"), []byte("{}"), 0o644); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin)
	return dir
}

const npmRuns = "echo $1 $2 >> runs; PATH=/bin:/usr/bin; mkdir -p node_modules; sleep 0.1"

func TestManyAtOnceInstallOnce(t *testing.T) {
	dir := machine(t, map[string]string{"node": "echo v20.1.0", "npm": npmRuns})
	var all sync.WaitGroup
	for range 5 {
		all.Go(func() {
			if _, err := install(t.Context(), dir, false); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if runs, _ := os.ReadFile(filepath.Join(dir, "runs")); string(runs) != "ci --omit=dev\n" {
		t.Errorf("npm ran like this: %q, want once", runs)
	}
	if err := os.WriteFile(filepath.Join(dir, "package-lock.json"), []byte(`{"a":1}`), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := install(t.Context(), dir, false); err != nil {
		t.Fatal(err)
	}
	if runs, _ := os.ReadFile(filepath.Join(dir, "runs")); string(runs) != "ci --omit=dev\nci --omit=dev\n" {
		t.Errorf("npm ran like this: %q, want again after the lock file changed", runs)
	}
}

func TestWhatTestsNeedIsInstalledForThemOnly(t *testing.T) {
	dir := machine(t, map[string]string{"node": "echo v20.1.0", "npm": npmRuns})
	for i, step := range []struct {
		tests bool
		runs  string
	}{
		{false, "ci --omit=dev"},
		{true, "install --no-save"}, // beside what others run
		{true, ""},
		{false, ""},
	} {
		_ = os.Remove(filepath.Join(dir, "runs"))
		if _, err := install(t.Context(), dir, step.tests); err != nil {
			t.Fatal(err)
		}
		if runs, _ := os.ReadFile(filepath.Join(dir, "runs")); strings.TrimSpace(string(runs)) != step.runs {
			t.Errorf("step %d: npm ran %q, want %q", i, runs, step.runs)
		}
	}
	fresh := machine(t, map[string]string{"node": "echo v20.1.0", "npm": npmRuns})
	if _, err := install(t.Context(), fresh, true); err != nil {
		t.Fatal(err)
	}
	if runs, _ := os.ReadFile(filepath.Join(fresh, "runs")); string(runs) != "ci --ignore-scripts\n" {
		t.Errorf("npm ran %q in an empty folder", runs)
	}
}

func TestMissingToolIsOneClearSentence(t *testing.T) {
	for want, programs := range map[string]map[string]string{
		"node 20 or newer is needed, and none is on PATH":                            {},
		"node 20 or newer is needed, and ":                                           {"node": "echo v18.19.0"},
		"npm is needed, which comes with Node 20 or newer, and none is on PATH":      {"node": "echo v22.0.0"},
		"npm ci in infra/node failed: exit status 1\nno such version of a package\n": {"node": "echo v22.0.0", "npm": "echo no such version of a package; exit 1"},
	} {
		dir := machine(t, programs)
		if _, err := install(t.Context(), dir, false); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

func TestLockFileNamesNoRegistry(t *testing.T) {
	t.Parallel()
	dir, err := folder()
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(dir, "package-lock.json"))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(text), `"resolved"`) {
		t.Error("package-lock.json says where packages were fetched from: npm install --omit-lockfile-registry-resolved leaves that out, so that it works with any registry")
	}
}
