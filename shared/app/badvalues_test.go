package app_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/lejek/lejek/shared/value"
)

// Bad input is made from what each operation says of its input: the tags of its struct. So an operation that is added is tried
// without a line here.

// param is one field of an input.
type param struct {
	where, name string // path, query, json or file
	typ         reflect.Type
	rule        string
}

func paramsOf(t reflect.Type) (all []param) {
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Anonymous {
			all = append(all, paramsOf(f.Type)...)
			continue
		}
		for _, where := range []string{"path", "query", "json", "file"} {
			if name := f.Tag.Get(where); name != "" {
				all = append(all, param{where, name, bareType(f.Type), f.Tag.Get("rule")})
			}
		}
	}
	return all
}

// bareType is the type within value.Opt.
func bareType(t reflect.Type) reflect.Type {
	if o, ok := reflect.New(t).Interface().(interface{ Present(bool) any }); ok {
		return reflect.TypeOf(o.Present(false)).Elem()
	}
	return t
}

func (p param) has(rule string) bool { return slices.Contains(strings.Split(p.rule, ","), rule) }

func (p param) number(rule string) (n int64, ok bool) {
	for r := range strings.SplitSeq(p.rule, ",") {
		if text, has := strings.CutPrefix(r, rule+"="); has {
			n, err := strconv.ParseInt(text, 10, 64)
			return n, err == nil
		}
	}
	return 0, false
}

// wrong is a value that a field refuses, and the names under which it does.
type wrong struct {
	text  string
	names []string
}

const tooLong = 65_001 // characters, where a rule does not say less

// wrongs are JSON values that the field refuses. v1 reads numbers and booleans in any form, and one value as a list of one.
func (p param) wrongs(v1 bool) (all []wrong) {
	add := func(texts ...string) {
		for _, text := range texts {
			all = append(all, wrong{text, []string{p.name}})
		}
	}
	if p.has("unsupported") {
		add(`{"x":1}`)
		return all
	}
	switch t := p.typ; {
	case t == reflect.TypeFor[time.Time]():
		add(`"yesterday"`, `7`, `"2026-13-01T00:00:00Z"`, `{}`)
	case t == reflect.TypeFor[value.Date]():
		add(`"2026-02-30"`, `20260101`, `true`, `[]`)
	case t == reflect.TypeFor[value.Decimal]():
		add(`"x"`, `true`, `{}`, `1e300`, `-1e999999999`)
	case t.Kind() == reflect.Int64:
		add(`"x"`, `1.5`, `9223372036854775808`, `-9223372036854775809`, `{}`, `true`)
		if least, ok := p.number("min"); ok {
			add(fmt.Sprint(least - 1))
		}
		if most, ok := p.number("max"); ok {
			add(fmt.Sprint(most + 1))
		}
		if strings.Contains(p.rule, "enum=") {
			add(`987654321`)
		}
	case t.Kind() == reflect.Bool:
		add(`"maybe"`, `2`, `{}`, `[true]`)
	case t.Kind() == reflect.String:
		limit, ok := p.number("max")
		if !ok {
			limit = tooLong
		}
		add(`{}`, `["x"]`, `"`+strings.Repeat("ł", int(limit)+1)+`"`)
		if !v1 {
			add(`7`, `true`)
		}
		if strings.Contains(p.rule, "enum=") || p.has("currency") {
			add(`"no such word"`)
		}
		if p.has("required") || p.has("nonempty") {
			add(`" "`)
		}
	case t.Kind() == reflect.Slice && t != reflect.TypeFor[json.RawMessage]():
		if !v1 {
			add(`7`, `"x"`, `{}`)
		}
		most, ok := p.number("items")
		if !ok {
			most = 100
		}
		add(`[` + strings.Repeat(`1,`, int(most)) + `1]`)
		element := param{"json", p.name + "[0]", bareType(t.Elem()), p.rule}
		for _, w := range element.wrongs(v1) {
			all = append(all, wrong{`[` + w.text + `]`, w.names})
		}
	case t.Kind() == reflect.Map:
		add(`7`, `[]`, `"x"`)
	case t.Kind() == reflect.Struct && t.NumField() > 0 && len(paramsOf(t)) > 0:
		add(`[]`)
		if !v1 || !slices.ContainsFunc(paramsOf(t), func(p param) bool { return p.name == "value" }) {
			add(`7`, `"x"`) // else it is read as that value alone
		}
		all = append(all, nested(p.name+".", paramsOf(t), v1)...)
	}
	if (p.has("notnull") || p.has("required")) && !v1 {
		add(`null`)
	}
	return all
}

// nested are objects in which each field is wrong.
func nested(prefix string, fields []param, v1 bool) (all []wrong) {
	for round := 0; ; round++ {
		w, any := object(prefix, fields, v1, round)
		if !any {
			return all
		}
		all = append(all, w)
	}
}

// object holds the round's wrong value of each field; false when no field has so many.
func object(prefix string, fields []param, v1 bool, round int) (w wrong, any bool) {
	var parts []string
	for _, f := range fields {
		key := f.name
		f.name = prefix + f.name
		list := f.wrongs(v1)
		if f.where != "json" || len(list) == 0 {
			continue
		}
		any = any || round < len(list)
		one := list[round%len(list)]
		parts = append(parts, strconv.Quote(key)+":"+one.text)
		w.names = append(w.names, one.names...)
	}
	if !v1 {
		parts = append(parts, `"no_such_key":1`)
		w.names = append(w.names, prefix+"no_such_key")
	}
	w.text = "{" + strings.Join(parts, ",") + "}"
	return w, any
}

// texts are parameters that the field refuses.
func (p param) texts() (all []string) {
	most, bounded := p.number("max")
	switch t := p.typ; {
	case p.has("unsupported"):
		return []string{"1"}
	case t == reflect.TypeFor[time.Time](), t == reflect.TypeFor[value.Date]():
		return []string{"yesterday", "2026-02-30", "7"}
	case t.Kind() == reflect.Int64:
		all = []string{"x", "1.5", "9223372036854775808", "-9223372036854775809", "0x10", "1e3"}
		if least, ok := p.number("min"); ok {
			all = append(all, fmt.Sprint(least-1), "-1")
		}
		if bounded {
			all = append(all, fmt.Sprint(most+1))
		}
	case t.Kind() == reflect.Bool:
		return []string{"maybe", "2", "{}"}
	case t.Kind() == reflect.String:
		if bounded {
			all = append(all, strings.Repeat("ł", int(most)+1))
		}
		if strings.Contains(p.rule, "enum=") {
			all = append(all, "no such word")
		}
	case t.Kind() == reflect.Slice:
		element := param{p.where, p.name, t.Elem(), p.rule}
		all = element.texts()
	}
	return all
}
