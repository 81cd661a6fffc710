package schema

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files and ARCHITECTURE.md anew")

// directories are the only kinds outside every team. One more is a decision about isolation, taken here as well.
var directories = []string{"token", "inbound address", "team sequence", "due bucket", "due mark", "sweep mark", "unroutable mail"}

func TestEveryPartitionBeginsWithItsTeam(t *testing.T) {
	t.Parallel()
	for _, p := range Patterns {
		if p.Directory {
			continue
		}
		if !strings.HasPrefix(p.pk, "T#%d#") {
			t.Errorf("%s: %q does not begin with the team: two teams could share a partition", p.Name, p.pk)
		}
		if team, ok := p.sample[0].(int); !ok || !strings.HasPrefix(p.Sample().PK, fmt.Sprintf("T#%d#", team)) {
			t.Errorf("%s: the sample key %q does not begin with its team", p.Name, p.Sample().PK)
		}
	}
	for _, key := range []string{ListPartition(3, "deal"), ListPartition(3, "deal", "owner", 5), ListPartition(3, "deal", "status", "won")} {
		if !strings.HasPrefix(key, "T#3#deal") {
			t.Errorf("the index partition %q does not begin with its team", key)
		}
	}
}

func TestOnlyTheseKindsAreOutsideEveryTeam(t *testing.T) {
	t.Parallel()
	var got []string
	for _, p := range Patterns {
		if p.Directory {
			got = append(got, p.Name)
		}
		if team := strings.HasPrefix(p.Sample().PK, "T#"); team == p.Directory {
			t.Errorf("%s: directory is %v, but its key is %q", p.Name, p.Directory, p.Sample().PK)
		}
	}
	if !slices.Equal(got, directories) {
		t.Errorf("directory kinds are %q, decided were %q", got, directories)
	}
}

func TestPatternsDoNotMeet(t *testing.T) {
	t.Parallel()
	names, keys := map[string]bool{}, map[Key]string{}
	for _, p := range Patterns {
		if names[p.Name] {
			t.Errorf("two patterns are called %q", p.Name)
		}
		names[p.Name] = true
		if other, ok := keys[p.Sample()]; ok {
			t.Errorf("%s and %s share the key %v", p.Name, other, p.Sample())
		}
		keys[p.Sample()] = p.Name
	}
	for _, p := range Patterns {
		for _, q := range Patterns {
			family := p.pk == q.pk && strings.Contains(p.sk, "%") && strings.Contains(q.sk, "%")
			if family && p.Name != q.Name && strings.HasPrefix(q.Prefix(), p.Prefix()) {
				t.Errorf("a query for %s (%q…) finds %s (%q…) too", p.Name, p.Prefix(), q.Name, q.Prefix())
			}
		}
	}
}

// TestKeysAreWhatTheyWere shows every key: another form would lose what older tables hold.
func TestKeysAreWhatTheyWere(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	for _, p := range Patterns {
		fmt.Fprintf(&out, "%-16s %s / %s\n", p.Name, p.Sample().PK, p.Sample().SK)
	}
	for _, i := range Indexes {
		fmt.Fprintf(&out, "%-16s %s / %s\n", i.Name, i.PK, i.SK)
	}
	same(t, "testdata/patterns.golden", func(string) string { return out.String() })
}

func TestArchitectureShowsTheAccessPatterns(t *testing.T) {
	t.Parallel()
	const from, to = "<!-- access patterns -->\n", "<!-- end -->"
	same(t, "../../ARCHITECTURE.md", func(text string) string {
		head, rest, ok := strings.Cut(text, from)
		_, tail, also := strings.Cut(rest, to)
		if !ok || !also {
			t.Fatalf("ARCHITECTURE.md has lost its markers %q and %q", from, to)
		}
		return head + from + "\n" + Markdown() + "\n" + to + tail
	})
}

// same compares a file with what it should hold, given what it does; -update writes it.
func same(t *testing.T, name string, should func(string) string) {
	t.Helper()
	got, err := os.ReadFile(name)
	if err != nil && !*update {
		t.Fatal(err)
	}
	want := should(string(got))
	if *update && want != string(got) {
		if err := os.WriteFile(name, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if want != string(got) {
		t.Errorf("%s is not what the schema says; if the schema is meant: go test ./shared/schema -update", name)
	}
}
