package filters

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/value"
)

// Field is what a condition asks about, by its id in v1.
type Field struct {
	ID     int64
	Object string // the kind of its records
	Key    string // in v1; of a custom field its code
	Code   string // in v2
	Type   string // in v1
	Custom bool
}

// Catalogue is the fields of some objects, by their ids in v1. A custom field that was deleted is not in it.
type Catalogue map[string]map[int64]Field

// test is a condition that can be put to a record.
type test struct {
	Field
	operator string
	part     string           // of the value: of an address, the currency of an amount
	stage    int64            // that was entered, where the test is about a deal's history
	wanted   string           // the one choice that is asked for, where an index may know it
	rotten   *Clock           // the value is compared with the time at which the deal rots
	holds    func(v any) bool // nil is an empty value
}

// compiled is a filter with the fields of today.
type compiled struct {
	kind     string
	all, any []test
}

// timed reports conditions whose answer depends on what a day is.
func (c Conditions) timed(fields Catalogue) bool {
	return slices.ContainsFunc(slices.Concat(c.All, c.Any), func(c Condition) bool {
		kind := fields[c.Object][c.FieldID].Type
		class := fieldTypes[kind].class
		return class == dates || class == dateRanges || kind == "stage" && c.Extra != nil
	})
}

// compile turns conditions into tests. What does not fit the field that a condition names, or names none, is told by its path:
// when the filter is saved, and when it is used after a custom field was deleted. A condition on a deleted field is not left
// out: the list would silently hold more than was asked for.
func compile(kind string, c Conditions, fields Catalogue, clock Clock, me int64, moved map[change.Ref]change.Ref) (compiled, error) {
	out := compiled{kind: kind}
	b := builder{kind: kind, fields: fields, clock: clock, me: me, moved: moved}
	place := map[bool]int{false: 0, true: 1}
	for _, group := range []struct {
		from  []Condition
		to    *[]test
		place int
	}{{c.All, &out.all, place[c.AnyFirst]}, {c.Any, &out.any, place[!c.AnyFirst]}} {
		for j, cond := range group.from {
			b.path = fmt.Sprintf("conditions.conditions[%d].conditions[%d]", group.place, j)
			*group.to = append(*group.to, b.test(cond))
		}
	}
	return out, b.bad.Err()
}

type builder struct {
	bad    fault.Fields
	path   string
	kind   string
	fields Catalogue
	clock  Clock
	me     int64
	moved  map[change.Ref]change.Ref
}

// linkTypes are the types of fields that name records which can be merged, and of what kind these are.
var linkTypes = map[string]string{
	"deal": change.Deal, "person": change.Person, "people": change.Person, "organization": change.Organization, "org": change.Organization,
}

// named are the records that conditions name.
func (c Conditions) named(fields Catalogue) (refs []change.Ref) {
	for _, c := range slices.Concat(c.All, c.Any) {
		kind, ok := linkTypes[fields[c.Object][c.FieldID].Type]
		if !ok {
			continue
		}
		var b builder // what is wrong is told when the condition is compiled
		values, _ := b.values(c)
		for _, v := range values {
			if id, err := strconv.ParseInt(strings.TrimSpace(v), 10, 64); err == nil {
				refs = append(refs, change.Of(kind, id))
			}
		}
	}
	return refs
}

func (b *builder) wrong(place, format string, args ...any) {
	b.bad.Add(b.path+"."+place, format, args...)
}

func (b *builder) test(c Condition) (t test) {
	if known := objects[b.kind]; !slices.Contains(known, c.Object) {
		b.wrong("object", "must be one of %s in a filter of type %s, not %q", joined(known), b.kind, c.Object)
		return t
	}
	f, ok := b.fields[c.Object][c.FieldID]
	if !ok {
		b.wrong("field_id", "there is no %s field %d; it may have been deleted", c.Object, c.FieldID)
		return t
	}
	t.Field, t.operator = f, c.Operator
	ft, ok := b.typeOf(&t, c)
	if !ok {
		return t
	}
	if !ft.has(c.Operator) {
		b.wrong("operator", "must be one of %s for the field %s, not %q", joined(ft.names()), f.Key, c.Operator)
		return t
	}
	switch c.Operator {
	case empty:
		t.holds = func(v any) bool { return v == nil }
		return t
	case notEmpty:
		t.holds = func(v any) bool { return v != nil }
		return t
	case ofTeam:
		b.wrong("operator", "%s is not supported yet: there are no teams of users", ofTeam)
		return t
	}
	values, ok := b.values(c)
	if !ok {
		return t
	}
	if len(values) > 1 && ft.class != options && (ft.class != choices || c.Operator != is && c.Operator != isNot) {
		b.wrong("value", "must be one value")
		return t
	}
	b.compare(&t, ft.class, values)
	return t
}

// typeOf is how the field, or the part of it that the condition names, is compared.
func (b *builder) typeOf(t *test, c Condition) (ft fieldType, ok bool) {
	kind, part := t.Type, value.Deref(c.Extra)
	if c.Object == change.Deal && t.Key == "title" {
		kind = title
	}
	if ft, ok = fieldTypes[kind]; !ok {
		b.wrong("field_id", "the field %s cannot be filtered by", t.Key)
		return ft, false
	}
	if part == "" {
		return ft, true
	}
	switch {
	case kind == "address" && slices.ContainsFunc(addressParts, func(p operator) bool { return p.name == part }):
		t.part = part
	case kind == "monetary" && part == "currency":
		t.part, ft = part, fieldTypes["currency"]
	case kind == "stage" && c.Operator != hasBeen:
		stage, err := strconv.ParseInt(part, 10, 64)
		if err != nil || stage < 1 {
			b.wrong("extra_value", "must be the id of the stage that was entered")
			return ft, false
		}
		t.stage, ft = stage, fieldTypes[enteredStage]
	default:
		b.wrong("extra_value", "%q is no part of the field %s", part, t.Key)
		return ft, false
	}
	return ft, true
}

// values are what the condition compares with: one, or those of a list.
func (b *builder) values(c Condition) (values []string, ok bool) {
	if c.Value == nil {
		b.wrong("value", "must be given with the operator %s", c.Operator)
		return nil, false
	}
	if !c.JSON {
		return []string{*c.Value}, true
	}
	var list []json.RawMessage
	if json.Unmarshal([]byte(*c.Value), &list) != nil {
		list = []json.RawMessage{json.RawMessage(*c.Value)}
	}
	for _, raw := range list {
		text, null, good := scalar(raw)
		if !good || null || text == "" || !json.Valid(raw) {
			b.wrong("value", "must be JSON: a string, a number or a list of them")
			return nil, false
		}
		values = append(values, text)
	}
	if len(values) == 0 {
		b.wrong("value", "must not be an empty list")
	}
	return values, len(values) > 0
}

// compare sets how the test compares; what negates is the exact opposite, so it holds for an empty value too.
func (b *builder) compare(t *test, c class, values []string) {
	v := strings.TrimSpace(values[0])
	switch c {
	case numbers:
		n, err := value.ParseDecimal(v)
		if err != nil {
			b.wrong("value", "must be a number")
			return
		}
		if t.operator == is {
			t.wanted = string(n)
		}
		t.holds = ordered(t.operator, func(v any) (int, bool) { return compareNumber(v, n) })
	case dates:
		if v == rottenTime && t.stage == 0 {
			if b.kind != Deals {
				b.wrong("value", "%s is a date of deals, in filters of deals", rottenTime)
			}
			t.rotten = &b.clock
			return
		}
		s, ok := spanOf(v, b.clock)
		if !ok {
			b.wrong("value", "must be a date, such as 2026-01-31, or a relative one, such as %s, of those in filters/helpers", intervals[3].name)
			return
		}
		t.holds = ordered(t.operator, s.placed)
	case times:
		at, ok := clockTime(v)
		if !ok {
			b.wrong("value", "must be a time, such as 09:30 or 09:30:00")
			return
		}
		t.holds = ordered(t.operator, func(v any) (int, bool) { return compareText(v, at) })
	case texts:
		t.holds = textual(t.operator, values[0])
	case choices:
		b.choice(t, values)
	case options:
		t.holds = setOf(t.operator, values)
	case dateRanges:
		s, ok := spanOf(v, b.clock)
		if !ok {
			b.wrong("value", "must be a date, such as 2026-01-31, or a relative one, such as %s, of those in filters/helpers", intervals[3].name)
			return
		}
		t.holds = ranged(t.operator, func(end string) (int, bool) { return s.placed(value.Date(end)) })
	case timeRanges:
		at, ok := clockTime(v)
		if !ok {
			b.wrong("value", "must be a time, such as 09:30 or 09:30:00")
			return
		}
		t.holds = ranged(t.operator, func(end string) (int, bool) { return compareText(end, at) })
	}
}

// choice compares with one of several. An option's id may be text; that of a record is a number, and "me" is who asks.
func (b *builder) choice(t *test, values []string) {
	for i, v := range values {
		v = strings.TrimSpace(v)
		switch {
		case t.Type == "user" && v == "me":
			v = strconv.FormatInt(b.me, 10)
		case t.part == "currency" || t.Type == "currency":
			v = strings.ToUpper(v)
		case t.Type == "status" && !slices.Contains(statuses, v):
			b.wrong("value", "must be one of %s", joined(statuses))
		case t.Type == "boolean" && !slices.Contains([]string{"0", "1", "true", "false"}, v):
			b.wrong("value", "must be true or false")
		case slices.Contains(numbered, t.Type):
			n, err := strconv.ParseInt(v, 10, 64)
			if err != nil || n < 1 {
				b.wrong("value", "must be an id, a whole number")
			}
			if to, ok := b.moved[change.Of(linkTypes[t.Type], n)]; ok {
				v = to.Name()
			}
		}
		values[i] = canonical(v)
	}
	if t.operator == is && len(values) == 1 {
		t.wanted = values[0]
	}
	if t.operator == hasBeen {
		t.stage, _ = strconv.ParseInt(values[0], 10, 64)
		t.holds = func(v any) bool { return v != nil }
		return
	}
	t.holds = negated(t.operator == isNot, func(v any) bool {
		return slices.ContainsFunc(chosen(v), func(id string) bool { return slices.Contains(values, id) })
	})
}

var (
	statuses = []string{"open", "won", "lost", value.StatusDeleted}
	// numbered are types whose values are ids of records; visible_to is a number too.
	numbered = []string{"user", "deal", "product", "person", "people", "organization", "org", "activity", "project", "stage", "pipeline", "visible_to"}
)

func joined(names []string) string { return strings.Join(names, ", ") }
