package client

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"maps"
	"net/smtp"
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

var placeholder = regexp.MustCompile(`\{[^}]*\}`)

func bare(operation string) string { return placeholder.ReplaceAllString(operation, "{}") }

// ours are the operations that Lejek has below a root by their bare form, whatever the client calls its placeholders.
func ours(root string) map[string]string {
	all := map[string]string{}
	for _, f := range manifest.Functions {
		for _, op := range f.Operations {
			if strings.HasPrefix(op.Path(), root+"/") {
				all[bare(string(op))] = string(op)
			}
		}
	}
	return all
}

// report is what suite.cjs says of a version.
type report struct {
	Version, Root string
	Methods       []method
	Calls         []struct {
		method
		Problems []string
	}
	Idle   []string // exceptions that nothing needed
	Failed string   // what ended the suite early
}

// mail is what is in the mailbox when the suite begins.
const mail = `From: Zofia <zofia@winnica.example>
To: %[1]s
Subject: Labels
Message-ID: <labels-%[2]d@winnica.example>
Date: Mon, 23 Nov 2026 09:00:00 +0000
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/plain

About the labels
--b
Content-Type: text/plain; name="list.txt"
Content-Disposition: attachment; filename="list.txt"

all of them
--b--
`

func begin(t *testing.T) (tools node.Tools, s *system.System) {
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
	s = system.Test(t, system.Options{Demo: true, Functions: functions.All, Log: io.Discard})
	for n := range 2 {
		raw := strings.ReplaceAll(fmt.Sprintf(mail, s.Demo.InboundAddress, n), "\n", "\r\n")
		if err := smtp.SendMail(s.SMTP, nil, "zofia@winnica.example", []string{s.Demo.InboundAddress}, []byte(raw)); err != nil {
			t.Fatal(err)
		}
	}
	return tools, s
}

func run(t *testing.T, tools node.Tools, s *system.System, version, root string) report {
	t.Helper()
	settings, err := json.Marshal(map[string]string{"url": s.URL, "token": s.Demo.Token, "stranger": s.Demo.Second.Token, "version": version})
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), tools.Node, "suite.cjs", string(settings))
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	r := report{Version: version, Root: root}
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
	tables := make([]string, 3)
	t.Run("versions", func(t *testing.T) {
		for i, v := range [][2]string{{"v2", "/api/v2"}, {"v1", "/v1"}, {"v28", "/v1"}} {
			t.Run(v[0], func(t *testing.T) {
				t.Parallel()
				tools, s := begin(t)
				r := run(t, tools, s, v[0], v[1])
				tables[i] = r.table(r.hold(t))
			})
		}
	})
	readme(t, strings.Join(tables, "\n"))
}

// hold fails for each method that is not called, or whose answers are not as declared, and tells which pass.
func (r report) hold(t *testing.T) map[string]bool {
	if r.Failed != "" {
		t.Fatalf("the suite ended early: %s", r.Failed)
	}
	problems, passing := map[string][]string{}, map[string]bool{}
	for _, c := range r.Calls {
		passing[c.name()] = true
		problems[c.name()] = append(problems[c.name()], c.Problems...)
	}
	in := ours(r.Root)
	for _, m := range r.Methods {
		if in[bare(m.Operation)] == "" {
			continue
		}
		t.Run(m.name(), func(t *testing.T) {
			if !passing[m.name()] {
				t.Errorf("%s is an operation of ours, and calls%s.cjs does not call it", m.Operation, r.Version)
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
	return passing
}

// old is the version of the client that has what v1 has no more.
const old = "v28"

var clients = map[string]string{
	"v1": "`pipedrive/v1`", "v2": "`pipedrive/v2`", old: "`pipedrive@28.0.2/v1`, only what 33.7.0 has no more",
}

// table is README's, a row per class of the client.
func (r report) table(passing map[string]bool) string {
	type row struct {
		in, passing int
		out         []string
	}
	rows, known, in := map[string]*row{}, map[string]bool{}, ours(r.Root)
	for _, m := range r.Methods {
		if known[bare(m.Operation)] = true; rows[m.Class] == nil {
			rows[m.Class] = &row{}
		}
		switch row := rows[m.Class]; {
		case in[bare(m.Operation)] == "":
			row.out = append(row.out, m.Method)
		case passing[m.name()]:
			row.passing++
			fallthrough
		default:
			row.in++
		}
	}
	var b strings.Builder
	fmt.Fprintf(&b, "| class of %s | in scope | passing | out of scope |\n|---|---|---|---|\n", clients[r.Version])
	var none []string
	for _, class := range slices.Sorted(maps.Keys(rows)) {
		if row := rows[class]; row.in > 0 {
			fmt.Fprintf(&b, "| `%s` | %d | %d | %s |\n", class, row.in, row.passing, strings.Join(row.out, ", "))
		} else {
			none = append(none, fmt.Sprintf("`%s` (%d)", class, len(row.out)))
		}
	}
	fmt.Fprintf(&b, "\nOut of scope as a whole: %s.\n", strings.Join(none, ", "))
	if r.Version == old {
		return b.String()
	}
	var only []string
	for _, op := range slices.Sorted(maps.Keys(in)) {
		if !known[op] {
			only = append(only, "`"+in[op]+"`")
		}
	}
	fmt.Fprintf(&b, "\nOperations under `%s` that the client does not have: %s.\n", r.Root, strings.Join(only, ", "))
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
