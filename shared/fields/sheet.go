package fields

import (
	"slices"

	"github.com/lejek/lejek/shared/value"
)

// Sheet is all fields of one entity of a team at one moment.
type Sheet struct {
	Entity string
	Fields []Field // built-in ones first, each in the order of their numbers
}

// NewSheet joins the built-in fields with those of a team.
func NewSheet(entity string, d Definitions) Sheet {
	s := Sheet{Entity: entity, Fields: slices.Clone(builtIn[entity])}
	for i, f := range s.Fields {
		if o, ok := d.BuiltIn[f.ID]; ok {
			s.Fields[i].Options = o
		}
	}
	for _, o := range d.Own {
		s.Fields = append(s.Fields, o.field())
	}
	return s
}

// Own are the fields that the team made.
func (s Sheet) Own() []Field {
	return s.Fields[len(builtIn[s.Entity]):]
}

// ByID is the field of that number.
func (s Sheet) ByID(id int64) (Field, bool) {
	return s.find(func(f Field) bool { return f.ID == id })
}

// ByKey is the field of that key in v1.
func (s Sheet) ByKey(key string) (Field, bool) {
	return s.find(func(f Field) bool { return f.Key == key && key != "" })
}

// ByCode is the field of that code in v2. The key of v1 finds it too, where v2 has no such code.
func (s Sheet) ByCode(code string) (Field, bool) {
	if f, ok := s.find(func(f Field) bool { return f.Code == code && code != "" }); ok {
		return f, true
	}
	return s.ByKey(code)
}

func (s Sheet) find(is func(Field) bool) (Field, bool) {
	if i := slices.IndexFunc(s.Fields, is); i >= 0 {
		return s.Fields[i], true
	}
	return Field{}, false
}

// labelCode is the code of the built-in field whose options are labels.
const labelCode = "label_ids"

// Labels is the field whose options are the labels of a record; false where records have none.
func (s Sheet) Labels() (Field, bool) {
	return s.find(func(f Field) bool { return f.Code == labelCode })
}

// Shown is a record's value of the field as a reader sees it, without options that were deleted; false for none.
func (f Field) Shown(values map[int64]value.Custom) (value.Custom, bool) {
	v, ok := values[f.ID]
	switch {
	case ok && f.Type == Enum:
		ok = f.Options.Has(v.ID)
	case ok && f.Type == Set:
		v.IDs = f.Existing(v.IDs)
		ok = len(v.IDs) > 0
	}
	return v, ok
}

// Existing are those of the options that were not deleted; never nil.
func (f Field) Existing(options []int64) []int64 {
	out := make([]int64, 0, len(options))
	for _, id := range options {
		if f.Options.Has(id) {
			out = append(out, id)
		}
	}
	return out
}
