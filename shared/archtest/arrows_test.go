package archtest

import (
	"slices"
	"strings"
	"testing"
)

var (
	// data packages are known to everyone, so they know nobody.
	data = []string{"shared/manifest", "shared/schema", "shared/fault", "shared/value", "shared/signed", "shared/letter"}
	// base is what entities are made of.
	base = append([]string{"shared/auth", "shared/change", "shared/dispatch"}, data...)
	// adapters and their wiring; every other package directly below shared/ is an entity or a concern.
	rim = []string{"shared/dynamo", "shared/api", "shared/mail", "shared/sheet", "shared/pictures", "shared/outbound", "shared/queues", "shared/app", "shared/boot", "shared/archtest"}
)

func isEntity(name string) bool {
	return strings.HasPrefix(name, "shared/") && strings.Count(name, "/") == 1 && !slices.Contains(base, name) && !slices.Contains(rim, name)
}

// allowed tells which of the project's packages a package may import, and why only those.
func allowed(name string) (ok func(string) bool, why string) {
	among := func(lists ...[]string) func(string) bool {
		return func(to string) bool {
			return slices.ContainsFunc(lists, func(l []string) bool { return slices.Contains(l, to) })
		}
	}
	switch {
	case slices.Contains(data, name):
		return func(string) bool { return false }, "data packages are imported by all, so they import only the standard library"
	case name == "shared/auth":
		return among([]string{"shared/fault", "shared/value"}), "auth is below every rule"
	case name == "shared/change":
		return among(data, []string{"shared/auth"}), "a change is a value and knows no entity"
	case name == "shared/dispatch":
		return among(data, []string{"shared/change"}), "what mails for entities knows none"
	case isEntity(name):
		return among(base), "entities do not import each other: what one needs of another is a one-method interface on its own side, joined in app"
	case name == "shared/dynamo":
		return func(to string) bool { return isEntity(to) || slices.Contains(base, to) }, "the storage adapter knows entities, never HTTP or parsing"
	case name == "shared/api":
		return func(to string) bool { return isEntity(to) || slices.Contains(base, to) }, "the HTTP adapter knows entities, never storage or parsing"
	case name == "shared/mail":
		return among([]string{"shared/mailbox"}), "parsing returns the types of mailbox and needs nothing else"
	case name == "shared/sheet":
		return among([]string{"shared/imports"}), "parsing returns the types of imports and needs nothing else"
	case name == "shared/pictures":
		return among([]string{"shared/persons"}, data), "decoding returns the types of persons and needs nothing else"
	case name == "shared/outbound", name == "shared/queues":
		return among([]string{"shared/webhooks"}), "an adapter of what webhooks need, and of nothing else"
	case name == "shared/boot":
		return among(data), "boot reads the environment that the manifest declares"
	case strings.HasPrefix(name, "functions/"):
		f := strings.TrimPrefix(name, "functions/")
		return among([]string{"shared/boot", "shared/app/" + f}), "a function's main is wiring only"
	case strings.HasPrefix(name, "shared/app/") && name != "shared/app/apptest":
		return func(to string) bool {
			return !strings.HasPrefix(to, "infra/") && !strings.HasPrefix(to, "functions/") && (!strings.HasPrefix(to, "shared/app/") || to == "shared/app/mailroom" || to == "shared/app/mailer")
		}, "a constructor joins entities and adapters; only the local runner and tests see all constructors"
	case name == "shared/app":
		return func(to string) bool {
				return isEntity(to) || slices.Contains(append([]string{"shared/dynamo", "shared/api", "shared/boot"}, base...), to)
			},
			"what every function shares must stay free of parsing libraries"
	case name == "infra/stack":
		return among([]string{"shared/manifest", "shared/schema"}), "the stack is made from the declarations alone"
	}
	return func(string) bool { return true }, ""
}

func TestImportsFollowTheArrows(t *testing.T) {
	t.Parallel()
	for _, p := range list(t) {
		ok, why := allowed(p.name())
		for _, to := range own(p.Imports) {
			if !ok(to) {
				t.Errorf("%s must not import %s: %s", p.name(), to, why)
			}
		}
	}
}

func TestDataPackagesUseTheStandardLibraryOnly(t *testing.T) {
	t.Parallel()
	for _, p := range list(t) {
		if !slices.Contains(data, p.name()) {
			continue
		}
		for _, to := range p.Imports {
			if first, _, _ := strings.Cut(to, "/"); strings.Contains(first, ".") {
				t.Errorf("%s imports %s: data packages import only the standard library, because everything imports them", p.name(), to)
			}
		}
	}
}

func TestEveryPackageSaysWhatItIs(t *testing.T) {
	t.Parallel()
	for _, p := range list(t) {
		if p.Doc == "" && len(p.GoFiles) > 0 {
			t.Errorf("%s has no package comment: each package teaches its idea in one", p.name())
		}
	}
}
