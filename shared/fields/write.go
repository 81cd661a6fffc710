package fields

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/value"
)

// Which finds a field in a sheet.
type Which func(Sheet) (Field, bool)

// WithID and WithCode find it by its name in v1 and in v2.
func WithID(id int64) Which {
	return func(s Sheet) (Field, bool) {
		f, ok := s.ByID(id)
		return f, ok && f.Key != ""
	}
}
func WithCode(code string) Which {
	return func(s Sheet) (Field, bool) {
		f, ok := s.ByCode(code)
		return f, ok && f.Code != ""
	}
}

// Create makes a field of an entity.
func (s Service) Create(ctx context.Context, a auth.Actor, entity string, t Type, in Input, options []OptionInput) (Full, error) {
	bad, err := s.check(ctx, a, in)
	if err != nil {
		return Full{}, err
	}
	if !slices.Contains(Creatable, t) {
		bad.Add("field_type", "must be one of %s", names(Creatable))
	}
	if t.HasOptions() && len(options) == 0 {
		bad.Add("options", "must be given for a field of type %s", t)
	} else if !t.HasOptions() && len(options) > 0 {
		bad.Add("options", "can be given only for a field of type enum or set")
	}
	now := s.now()
	own := Own{Type: t, AddTime: now, UpdateTime: now, CreatedBy: a.User, UpdatedBy: a.User}
	checkLabels(options, &bad)
	if own = own.apply(in, nil, &bad); len(bad) > 0 {
		return Full{}, bad.Err()
	}
	number, err := s.Store.NextID(ctx, a.Team, "field")
	if err != nil {
		return Full{}, fmt.Errorf("fields.Create: %w", err)
	}
	own.ID, own.Code = firstOwn-1+number, newCode()
	var full Full
	err = change.Retry(ctx, func() error {
		e, err := s.edit(ctx, a, entity)
		if err != nil {
			return err
		}
		if len(e.defs.Own) >= maxOwn {
			return fault.New(fault.Invalid, "A %s has at most %d custom fields", entity, maxOwn)
		}
		made := own.apply(in, e.defs.Own, &bad)
		if t.HasOptions() {
			made.Options = &Options{}
		}
		e.defs.Own = append(e.defs.Own, &made)
		full.Field = made.field()
		if t.HasOptions() {
			if full.Options, err = e.add(ctx, full.Field, options); err != nil {
				return err
			}
			full.Field = e.again(full.Field)
		}
		return e.save(ctx, "field.created", full.Field)
	})
	return full, err
}

const codeBytes = 20

// newCode names a field for all times: 40 random hexadecimal digits.
func newCode() string {
	b := make([]byte, codeBytes)
	rand.Read(b) // never fails since Go 1.24
	return hex.EncodeToString(b)
}

// Update writes the given properties of a field that the team made. Options, where they are given, replace those of the field,
// which may then be a built-in one as well.
func (s Service) Update(ctx context.Context, a auth.Actor, entity string, which Which, in Input, options value.Opt[[]OptionInput]) (Full, error) {
	wrong, err := s.check(ctx, a, in)
	if err != nil {
		return Full{}, err
	}
	if in.empty() && !options.Set {
		return Full{}, fault.New(fault.Invalid, "At least one property must be given")
	}
	var full Full
	err = change.Retry(ctx, func() error {
		e, err := s.edit(ctx, a, entity)
		if err != nil {
			return err
		}
		f, err := e.find(which)
		if err != nil {
			return err
		}
		bad := slices.Clone(wrong)
		if !in.empty() {
			if f, err = e.own(which); err != nil {
				return err
			}
			f = e.put(f.Own.apply(in, e.defs.Own, &bad))
		}
		if options.Set && f.Options == nil {
			bad.Add("options", "the field %q has no options that can be changed", f.Name)
		} else if options.Set {
			if err := bad.Merge(e.replace(ctx, f, options.V, &fault.Fields{})); err != nil {
				return err
			}
		}
		if len(bad) > 0 {
			return bad.Err()
		}
		full.Field = e.again(f)
		return e.save(ctx, "field.changed", full.Field)
	})
	if err != nil {
		return Full{}, err
	}
	return s.full(ctx, a, entity, full.Field)
}

// Delete takes fields that the team made out of use: they are gone from every list and every record at once. The records keep
// the values, which nobody sees; the names of options are let go. The answer is the fields as they were.
func (s Service) Delete(ctx context.Context, a auth.Actor, entity string, which ...Which) ([]Full, error) {
	var deleted []Full
	err := change.Retry(ctx, func() error {
		deleted = nil
		var gone []Field
		e, err := s.edit(ctx, a, entity)
		if err != nil {
			return err
		}
		for _, w := range which {
			f, err := e.own(w)
			if err != nil {
				return err
			}
			full, err := s.full(ctx, a, entity, f)
			if err != nil {
				return err
			}
			deleted, gone = append(deleted, full), append(gone, f)
			e.defs.Own = slices.DeleteFunc(e.defs.Own, func(o *Own) bool { return o.ID == f.ID })
			if err := e.forget(ctx, f); err != nil {
				return err
			}
		}
		return e.save(ctx, "field.deleted", gone...)
	})
	return deleted, err
}

// check names pipelines and stages that do not exist.
func (s Service) check(ctx context.Context, a auth.Actor, in Input) (bad fault.Fields, err error) {
	targets := in.targets()
	if len(targets) == 0 {
		return nil, nil
	}
	refs := slices.Sorted(maps.Keys(targets))
	found, err := s.Store.Existing(ctx, a.Team, refs)
	if err != nil {
		return nil, fmt.Errorf("fields.check: %w", err)
	}
	for _, ref := range refs {
		if !found[ref] {
			bad.Add(targets[ref], "%s %d not found", ref.Kind(), ref.ID())
		}
	}
	return bad, nil
}

func (s Service) now() time.Time { return s.Now().UTC().Truncate(time.Millisecond) }

func names[S ~string](list []S) (text string) {
	for i, one := range list {
		if i > 0 {
			text += ", "
		}
		text += string(one)
	}
	return text
}
