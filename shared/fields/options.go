package fields

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/value"
)

// colors are those that an option can have.
var colors = []string{"blue", "brown", "dark-gray", "gray", "green", "orange", "pink", "purple", "red", "yellow"}

// AddOptions adds options to a field, all of them or none, and returns them.
func (s Service) AddOptions(ctx context.Context, a auth.Actor, entity string, which Which, in []OptionInput) (made []Option, err error) {
	err = s.editOptions(ctx, a, entity, which, func(e *edit, f Field, bad *fault.Fields) error {
		checkLabels(in, bad)
		if len(*bad) > 0 {
			return bad.Err()
		}
		made, err = e.add(ctx, f, in)
		return err
	})
	return made, err
}

// RenameOptions gives options other labels, all of them or none, and returns them.
func (s Service) RenameOptions(ctx context.Context, a auth.Actor, entity string, which Which, in []OptionInput) (changed []Option, err error) {
	err = s.editOptions(ctx, a, entity, which, func(e *edit, f Field, bad *fault.Fields) error {
		checkLabels(in, bad)
		checkIDs(f, in, bad)
		if len(*bad) > 0 {
			return bad.Err()
		}
		changed, err = e.rename(ctx, f, in)
		return err
	})
	return changed, err
}

// RemoveOptions takes options away, all of them or none, and returns them. Values that name them are hidden from then on.
func (s Service) RemoveOptions(ctx context.Context, a auth.Actor, entity string, which Which, in []OptionInput) (gone []Option, err error) {
	err = s.editOptions(ctx, a, entity, which, func(e *edit, f Field, bad *fault.Fields) error {
		checkIDs(f, in, bad)
		if len(*bad) > 0 {
			return bad.Err()
		}
		gone, err = e.remove(ctx, f, in)
		return err
	})
	return gone, err
}

// editOptions changes the options of a field that has such.
func (s Service) editOptions(ctx context.Context, a auth.Actor, entity string, which Which, do func(*edit, Field, *fault.Fields) error) error {
	return change.Retry(ctx, func() error {
		e, err := s.edit(ctx, a, entity)
		if err != nil {
			return err
		}
		f, err := e.find(which)
		if err != nil {
			return err
		}
		if f.Options == nil {
			return fault.New(fault.Invalid, "The field %q has no options that can be changed", f.Name)
		}
		var bad fault.Fields
		if err := do(e, f, &bad); err != nil {
			return err
		}
		return e.save(ctx, "field.options_changed", f)
	})
}

// inputAt names a part of an option of the input.
func inputAt(i int, part string) string { return fmt.Sprintf("options[%d].%s", i, part) }

func checkLabels(in []OptionInput, bad *fault.Fields) {
	if len(in) > maxOptions {
		bad.Add("options", "must be at most %d", maxOptions)
		return
	}
	for i, o := range in {
		if strings.TrimSpace(o.Label) == "" {
			bad.Add(inputAt(i, "label"), "must be given")
		} else if utf8.RuneCountInString(o.Label) > maxLabel {
			bad.Add(inputAt(i, "label"), "must be at most %d characters", maxLabel)
		}
		if o.Color.Has() && !slices.Contains(colors, o.Color.V) {
			bad.Add(inputAt(i, "color"), "must be one of %s", names(colors))
		}
	}
}

// checkIDs demands that options exist, each named once.
func checkIDs(f Field, in []OptionInput, bad *fault.Fields) {
	seen := make(map[int64]bool, len(in))
	for i, o := range in {
		if !f.Options.Has(o.ID) {
			bad.Add(inputAt(i, "id"), "the field has no option %d", o.ID)
		} else if seen[o.ID] {
			bad.Add(inputAt(i, "id"), "option %d is named twice", o.ID)
		}
		seen[o.ID] = true
	}
}

func ids(in []OptionInput) []int64 {
	list := make([]int64, len(in))
	for i, o := range in {
		list[i] = o.ID
	}
	return list
}

// add gives new options the next numbers, after all others.
func (e *edit) add(ctx context.Context, f Field, in []OptionInput) ([]Option, error) {
	o := value.Deref(f.Options)
	made := make([]Option, len(in))
	for i, n := range in {
		o.Last, o.Count, o.Size = o.Last+1, o.Count+1, o.Size+optionSize(n.Label)
		made[i] = Option{ID: o.Last, Label: n.Label, Color: n.Color.V, Order: o.Last, AddTime: &e.now, UpdateTime: &e.now}
	}
	if err := o.check(); err != nil {
		return nil, err
	}
	list := make([]int64, len(made))
	for i, m := range made {
		list[i] = m.ID
	}
	if err := e.load(ctx, f, list); err != nil {
		return nil, err
	}
	for _, m := range made {
		c := e.chunk(f, m.ID)
		c.Options = append(c.Options, m)
	}
	e.count(f, o)
	return made, nil
}

func (o Options) check() error {
	if o.Count > maxOptions {
		return fault.New(fault.Invalid, "A field has at most %d options; with these it would have %d", maxOptions, o.Count)
	}
	if o.Size > maxSize {
		return fault.New(fault.Invalid, "The labels of the options are too long together: a list of fields could not hold them")
	}
	return nil
}

func (e *edit) rename(ctx context.Context, f Field, in []OptionInput) ([]Option, error) {
	if err := e.load(ctx, f, ids(in)); err != nil {
		return nil, err
	}
	o := value.Deref(f.Options)
	changed := make([]Option, len(in))
	for i, n := range in {
		one := e.chunk(f, n.ID).option(n.ID)
		o.Size += optionSize(n.Label) - optionSize(one.Label)
		if one.Label, one.UpdateTime = n.Label, &e.now; n.Color.Set {
			one.Color = n.Color.V
		}
		changed[i] = *one
	}
	if err := o.check(); err != nil {
		return nil, err
	}
	e.count(f, o)
	return changed, nil
}

func (e *edit) remove(ctx context.Context, f Field, in []OptionInput) ([]Option, error) {
	if err := e.load(ctx, f, ids(in)); err != nil {
		return nil, err
	}
	o := value.Deref(f.Options)
	gone := make([]Option, len(in))
	for i, n := range in {
		c := e.chunk(f, n.ID)
		gone[i] = *c.option(n.ID)
		c.Options = slices.DeleteFunc(c.Options, func(one Option) bool { return one.ID == n.ID })
		o.Count, o.Size = o.Count-1, o.Size-optionSize(gone[i].Label)
		// What is built in is taken for unchanged where nothing is stored, so its first chunk stays.
		if len(c.Options) == 0 && c.Number < ChunkOf(o.Last) && (f.Custom() || c.Number > 0) {
			c.Spent = &e.now
		}
	}
	e.count(f, o.without(ids(in)))
	return gone, nil
}

// option is the option of that number. The definitions say that it exists, and were written together with the chunk; should it
// be missing all the same, one without a name takes its place, so that the field can be mended.
func (c *Chunk) option(id int64) *Option {
	i := slices.IndexFunc(c.Options, func(o Option) bool { return o.ID == id })
	if i < 0 {
		i, c.Options = len(c.Options), append(c.Options, Option{ID: id, Order: id})
	}
	return &c.Options[i]
}

// replace makes the options those of the input, in its order: those with a number stay, those without are new, all others go.
func (e *edit) replace(ctx context.Context, f Field, in []OptionInput, bad *fault.Fields) error {
	var kept []OptionInput
	for _, o := range in {
		if o.ID != 0 {
			kept = append(kept, o)
		}
	}
	checkLabels(in, bad)
	if checkIDs(f, kept, bad); len(*bad) > 0 {
		return bad.Err()
	}
	before, err := e.service.allChunks(ctx, e.actor.Team, e.defs.Entity, f.ID, f.ID)
	if err != nil {
		return err
	}
	var renamed, removed, added []OptionInput
	for _, c := range before {
		now := c
		now.Options = slices.Clone(c.Options)
		e.chunks[c.Ref()] = &now
		for _, o := range c.Options {
			i := slices.IndexFunc(kept, func(k OptionInput) bool { return k.ID == o.ID })
			switch {
			case i < 0:
				removed = append(removed, OptionInput{ID: o.ID})
			case kept[i].Label != o.Label || kept[i].Color.Set && kept[i].Color.V != o.Color:
				renamed = append(renamed, kept[i])
			}
		}
	}
	for _, o := range in {
		if o.ID == 0 {
			added = append(added, o)
		}
	}
	if _, err = e.remove(ctx, f, removed); err != nil {
		return err
	}
	if _, err = e.rename(ctx, e.again(f), renamed); err != nil {
		return err
	}
	made, err := e.add(ctx, e.again(f), added)
	if err != nil {
		return err
	}
	for i, o := range in {
		id := o.ID
		if id == 0 {
			id, made = made[0].ID, made[1:]
		}
		e.chunk(f, id).option(id).Order = int64(i + 1)
	}
	for _, c := range before { // what is as it was is not written
		if reflect.DeepEqual(c, *e.chunks[c.Ref()]) {
			delete(e.chunks, c.Ref())
		}
	}
	return nil
}

// again is the field after what was changed of it.
func (e *edit) again(f Field) Field {
	now, _ := NewSheet(e.defs.Entity, e.defs).ByID(f.ID)
	return now
}
