package change

import (
	"context"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/value"
)

// Custom is a new value of one custom field of a record; nil clears it. Code is the field's name in the API and in the change
// log.
type Custom struct {
	Field int64
	Code  string
	Value *value.Custom
}

// target is the record that the value points at; "" for none.
func (c Custom) target() Ref {
	if c.Value == nil || c.Value.Kind == "" {
		return ""
	}
	return Of(c.Value.Kind, c.Value.ID)
}

// MaxNamed is how many different records the custom fields of one record can name: each has a row with it, and all of these are written
// with the record when it goes.
const MaxNamed = 50

// NamedIn counts the different records that values point at.
func NamedIn(values map[int64]value.Custom) int {
	refs := map[Ref]bool{}
	for _, v := range values {
		if target := (Custom{Value: &v}).target(); target != "" {
			refs[target] = true
		}
	}
	return len(refs)
}

// IsCustomKey reports the code of a field that a team made, deleted or not: 40 hexadecimal digits.
func IsCustomKey(key string) bool {
	return len(key) == 40 && strings.Trim(key, "0123456789abcdef") == ""
}

// SetCustom is the values of a record after changes; those it had are left as they are.
func SetCustom(had map[int64]value.Custom, changes []Custom) map[int64]value.Custom {
	if len(changes) == 0 {
		return had
	}
	now := maps.Clone(had)
	if now == nil {
		now = map[int64]value.Custom{}
	}
	for _, c := range changes {
		if c.Value == nil {
			delete(now, c.Field)
		} else {
			now[c.Field] = *c.Value
		}
	}
	if len(now) == 0 {
		return nil
	}
	return now
}

// CopyCustom are the changes that give a new record the values of another; nobody logs or checks them, so they have no names.
func CopyCustom(values map[int64]value.Custom) []Custom {
	changes := make([]Custom, 0, len(values))
	for id, v := range values {
		changes = append(changes, Custom{Field: id, Value: &v})
	}
	return changes
}

// CustomFields are the lines of the change log for custom fields.
func CustomFields(changes []Custom, before, now map[int64]value.Custom) (changed []Field) {
	for _, c := range changes {
		was, had := before[c.Field]
		is, has := now[c.Field]
		if had == has && reflect.DeepEqual(was, is) {
			continue
		}
		f := Field{Key: c.Code}
		if had {
			text := was.String()
			f.Old = &text
		}
		if has {
			text := is.String()
			f.New = &text
		}
		changed = append(changed, f)
	}
	shorten(changed)
	return changed
}

// maxLogged is how many bytes of custom values a row of the change log holds: both states of a record that is as long as an item
// can be do not fit into one.
const maxLogged = 100_000

// shorten cuts the long texts, where all of them together are too long, so that each has its share.
func shorten(changed []Field) {
	total := 0
	for _, f := range changed {
		total += len(value.Deref(f.Old)) + len(value.Deref(f.New))
	}
	if total <= maxLogged {
		return
	}
	share := maxLogged / (2 * len(changed))
	for i := range changed {
		for _, text := range []**string{&changed[i].Old, &changed[i].New} {
			if *text != nil && len(**text) > share {
				cut := strings.ToValidUTF8((**text)[:share], "") + "…"
				*text = &cut
			}
		}
	}
}

// Existing tells which records exist and are not deleted.
type Existing interface {
	Existing(ctx context.Context, team int64, refs []Ref) (map[Ref]bool, error)
}

// CheckCustom names every change that points at what does not exist, and changes that point at too many. What pointed there before may go on doing so: clients send
// back what they read.
func CheckCustom(ctx context.Context, store Existing, team int64, changes []Custom, had map[int64]value.Custom, bad *fault.Fields) error {
	var refs []Ref
	for _, c := range changes {
		if c.target() != "" && had[c.Field].ID != c.target().ID() && !slices.Contains(refs, c.target()) {
			refs = append(refs, c.target())
		}
	}
	if len(refs) == 0 {
		return nil
	}
	if n := NamedIn(SetCustom(had, changes)); n > MaxNamed && n > NamedIn(had) {
		bad.Add("custom_fields", "name %d different persons and organizations, and can name at most %d", n, MaxNamed)
	}
	found, err := store.Existing(ctx, team, refs)
	if err != nil {
		return err
	}
	for _, c := range changes {
		if slices.Contains(refs, c.target()) && had[c.Field].ID != c.target().ID() && !found[c.target()] {
			bad.Add("custom_fields."+c.Code, "%s %d not found (field_code: %s)", c.target().Kind(), c.target().ID(), c.Code)
		}
	}
	return nil
}
