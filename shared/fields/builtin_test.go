package fields

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/lejek/lejek/shared/change"
)

var update = flag.Bool("update", false, "write the golden file anew")

// TestBuiltInFieldsStayAsTheyAre pins every number, key and code: filters and clients are stored with them.
func TestBuiltInFieldsStayAsTheyAre(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	for _, entity := range slices.Sorted(maps.Keys(builtIn)) {
		fmt.Fprintf(&out, "## %s\n", entity)
		for _, f := range builtIn[entity] {
			fmt.Fprintf(&out, "%d %s v1=%s v2=%s %q traits=%b %v %v\n", f.ID, f.Type, f.Key, f.Code, f.Name, f.Traits, f.MandatoryIf, f.Choices)
			for _, o := range defaults[f.ID] {
				fmt.Fprintf(&out, "    %d %q %s\n", o.ID, o.Label, o.Color)
			}
		}
	}
	const golden = "testdata/builtin.golden"
	if *update {
		if err := os.WriteFile(golden, []byte(out.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if out.String() != string(want) {
		t.Errorf("built-in fields are not as %s says (run with -update if that is meant):\n%s", golden, out.String())
	}
}

func TestBuiltInFieldsAreNamedOnce(t *testing.T) {
	t.Parallel()
	ids := map[int64]bool{}
	for entity, list := range builtIn {
		keys, codes, last := map[string]bool{}, map[string]bool{}, int64(0)
		for _, f := range list {
			if ids[f.ID] || f.ID <= last || f.ID >= firstOwn {
				t.Errorf("%s: number %d is not above the one before, below %d and unique", entity, f.ID, firstOwn)
			}
			ids[f.ID], last = true, f.ID
			if f.Key != "" && keys[f.Key] || f.Code != "" && codes[f.Code] || f.Key+f.Code == "" {
				t.Errorf("%s %d: key %q and code %q must each be there once", entity, f.ID, f.Key, f.Code)
			}
			keys[f.Key], codes[f.Code] = true, true
			if f.Options != nil && !f.Type.HasOptions() {
				t.Errorf("%s %d: a %s has no options", entity, f.ID, f.Type)
			}
		}
	}
}

func TestAFieldIsFoundByEachOfItsNames(t *testing.T) {
	t.Parallel()
	own := &Own{ID: firstOwn, Code: strings.Repeat("a", 2*codeBytes), Name: "Size", Type: Enum, Options: &Options{Last: 3}}
	s := NewSheet(Deal, Definitions{Own: []*Own{own}})
	for name, find := range map[string]func() (Field, bool){
		"by number":             func() (Field, bool) { return s.ByID(1004) },
		"by key of v1":          func() (Field, bool) { return s.ByKey("user_id") },
		"by code of v2":         func() (Field, bool) { return s.ByCode("owner_id") },
		"by key in v2, lenient": func() (Field, bool) { return s.ByCode("user_id") },
	} {
		if f, ok := find(); !ok || f.ID != 1004 || f.Custom() {
			t.Errorf("%s: %v %v", name, f, ok)
		}
	}
	if f, ok := s.ByCode(own.Code); !ok || !f.Custom() || f.ID != firstOwn || !change.IsCustomKey(f.Key) || !f.Options.Has(3) || f.Options.Has(4) {
		t.Errorf("own field: %v %v", f, ok)
	}
	if _, ok := s.ByKey(""); ok {
		t.Error("a field without a key of v1 is found by the empty one")
	}
}

func TestDeletedOptionsAreNoOptions(t *testing.T) {
	t.Parallel()
	o := Options{Last: 10}
	for _, ids := range [][]int64{{4}, {6, 2}, {5, 1}, {9}} {
		o = o.without(ids)
	}
	if fmt.Sprint(o.Gone) != "[1 2 4 6 9 9]" {
		t.Errorf("gone %v", o.Gone)
	}
	for id := range int64(13) {
		if want := slices.Contains([]int64{3, 7, 8, 10}, id); o.Has(id) != want {
			t.Errorf("option %d exists: %v", id, o.Has(id))
		}
	}
	if s := begun(organizationLabels); s.Has(4) || !s.Has(5) || !s.Has(8) || s.Has(9) || s.Count != 4 {
		t.Errorf("default labels of organizations: %+v", s)
	}
}

func TestAFieldHasAtMostTenThousandOptions(t *testing.T) {
	t.Parallel()
	for _, o := range []Options{{Count: maxOptions + 1}, {Count: 1, Size: maxSize + 1}} {
		if o.check() == nil {
			t.Errorf("%+v is accepted", o)
		}
	}
	if err := (Options{Count: maxOptions, Size: maxSize}).check(); err != nil {
		t.Error(err)
	}
	// As many options with short labels fit.
	if maxOptions*optionSize(strings.Repeat("x", 100)) > maxSize {
		t.Error("10000 options with labels of 100 characters are refused")
	}
}
