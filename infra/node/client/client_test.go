package client

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/lejek/lejek/infra/local/functions"
	"github.com/lejek/lejek/infra/local/node"
	"github.com/lejek/lejek/infra/local/system"
	"github.com/lejek/lejek/shared/manifest"
)

var update = flag.Bool("update", false, "write the table in README.md anew")

// method is one of the client's, with the operation that it calls.
type method struct{ Class, Method, Operation string }

func (m method) name() string { return m.Class + "." + m.Method }

// inScope reports that Lejek has the operation, whatever the client calls its placeholders.
func (m method) inScope() bool { return ours[bare(m.Operation)] != "" }

var placeholder = regexp.MustCompile(`\{[^}]*\}`)

func bare(operation string) string { return placeholder.ReplaceAllString(operation, "{}") }

// ours are the operations of v2 by their bare form.
var ours = func() map[string]string {
	all := map[string]string{}
	for _, f := range manifest.Functions {
		for _, op := range f.Operations {
			if strings.HasPrefix(op.Path(), "/api/v2/") {
				all[bare(string(op))] = string(op)
			}
		}
	}
	return all
}()

// report is what suite.cjs says.
type report struct {
	Methods []method
	Calls   []struct {
		method
		Problems []string
	}
	Idle   []string // exceptions that nothing needed
	Failed string   // what ended the suite early
}

func run(t *testing.T) (r report) {
	t.Helper()
	tools, err := node.InstallForTests(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	scripts, err := filepath.Glob("*.cjs")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range scripts { // so that Go's test cache knows of them, which Node reads
		if _, err := os.ReadFile(name); err != nil {
			t.Fatal(err)
		}
	}
	s := system.Test(t, system.Options{Demo: true, Functions: functions.All, Log: io.Discard})
	settings, err := json.Marshal(map[string]string{"url": s.URL, "token": s.Demo.Token, "stranger": s.Demo.Second.Token})
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), tools.Node, "suite.cjs", string(settings))
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err == nil {
		err = json.Unmarshal(out, &r)
	}
	if err != nil {
		t.Fatalf("suite.cjs: %v\n%s%s", err, out, errs.String())
	}
	return r
}

func TestTheOfficialClientGetsWhatItDeclares(t *testing.T) {
	t.Parallel()
	r := run(t)
	if r.Failed != "" {
		t.Fatalf("the suite ended early: %s", r.Failed)
	}
	problems, passing := map[string][]string{}, map[string]bool{}
	for _, c := range r.Calls {
		passing[c.name()] = true
		problems[c.name()] = append(problems[c.name()], c.Problems...)
	}
	for _, m := range r.Methods {
		if !m.inScope() {
			continue
		}
		t.Run(m.name(), func(t *testing.T) {
			if !passing[m.name()] {
				t.Errorf("%s is an operation of ours, and calls.cjs does not call it", m.Operation)
			}
			for _, p := range problems[m.name()] {
				t.Error(p)
			}
			passing[m.name()] = !t.Failed()
		})
	}
	for _, e := range r.Idle {
		t.Errorf("no answer needs the exception %s", e)
	}
	readme(t, table(r.Methods, passing))
}

// table is README's, a row per class of the client.
func table(methods []method, passing map[string]bool) string {
	type row struct {
		in, passing int
		out         []string
	}
	rows, known := map[string]*row{}, map[string]bool{}
	for _, m := range methods {
		if known[bare(m.Operation)] = true; rows[m.Class] == nil {
			rows[m.Class] = &row{}
		}
		switch r := rows[m.Class]; {
		case !m.inScope():
			r.out = append(r.out, m.Method)
		case passing[m.name()]:
			r.passing++
			fallthrough
		default:
			r.in++
		}
	}
	var b strings.Builder
	b.WriteString("| class of `pipedrive/v2` | in scope | passing | out of scope |\n|---|---|---|---|\n")
	var none []string
	for _, class := range slices.Sorted(maps.Keys(rows)) {
		if r := rows[class]; r.in > 0 {
			fmt.Fprintf(&b, "| `%s` | %d | %d | %s |\n", class, r.in, r.passing, strings.Join(r.out, ", "))
		} else {
			none = append(none, fmt.Sprintf("`%s` (%d)", class, len(r.out)))
		}
	}
	fmt.Fprintf(&b, "\nOut of scope as a whole: %s.\n", strings.Join(none, ", "))
	var only []string
	for _, op := range slices.Sorted(maps.Keys(ours)) {
		if !known[op] {
			only = append(only, "`"+ours[op]+"`")
		}
	}
	fmt.Fprintf(&b, "\nOperations under `/api/v2` that the client does not have: %s.\n", strings.Join(only, ", "))
	return b.String()
}

// readme holds the table in README.md against what was found.
func readme(t *testing.T, table string) {
	t.Helper()
	const name, from, to = "../../../README.md", "<!-- official client -->\n", "<!-- end -->"
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, ok := strings.Cut(string(text), from)
	_, tail, also := strings.Cut(rest, to)
	if !ok || !also {
		t.Fatalf("README.md has lost its markers %q and %q", from, to)
	}
	want := head + from + "\n" + table + "\n" + to + tail
	if *update {
		if err := os.WriteFile(name, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if want != string(text) {
		t.Error("the table in README.md is not what was found; if that is meant: go test ./infra/node/client -update")
	}
}
