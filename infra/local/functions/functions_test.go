package functions

import (
	"maps"
	"path/filepath"
	"slices"
	"testing"

	"github.com/lejek/lejek/shared/manifest"
)

func TestConstructorsFoldersAndManifestAgree(t *testing.T) {
	t.Parallel()
	var want []string
	for _, f := range manifest.Functions {
		want = append(want, f.Name)
	}
	slices.Sort(want)
	if got := slices.Sorted(maps.Keys(All)); !slices.Equal(got, want) {
		t.Errorf("constructors %v, manifest %v", got, want)
	}
	mains, err := filepath.Glob("../../../functions/*/main.go")
	if err != nil {
		t.Fatal(err)
	}
	var folders []string
	for _, m := range mains {
		folders = append(folders, filepath.Base(filepath.Dir(m)))
	}
	if !slices.Equal(folders, want) {
		t.Errorf("folders under functions/ %v, manifest %v", folders, want)
	}
}
