package api

import (
	"bytes"
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/lejek/lejek/shared/currencies"
	"github.com/lejek/lejek/shared/value"
)

var (
	timeType    = reflect.TypeFor[time.Time]()
	dateType    = reflect.TypeFor[value.Date]()
	decimalType = reflect.TypeFor[value.Decimal]()
	rawType     = reflect.TypeFor[json.RawMessage]()
)

// value reads one JSON value into v, which is a scalar, a slice or a struct, and checks the rules of its tag.
func (d *decoder) value(raw json.RawMessage, v reflect.Value, path, rule string) {
	if d.lenient {
		raw = nesting(raw, v.Type())
	}
	switch {
	case v.Type() == conditionsType: // their own package reads them
		v.Set(reflect.ValueOf(conditionsBody{raw}))
	case v.Type() == timeType:
		if t, err := value.ParseTime(d.str(raw)); err != nil {
			d.bad.Add(path, "must be a time, such as 2026-01-31T09:30:00Z")
		} else {
			v.Set(reflect.ValueOf(t))
		}
	case v.Type() == dateType:
		if t, err := value.ParseDate(d.str(raw)); err != nil {
			d.bad.Add(path, "must be a date, such as 2026-01-31")
		} else {
			v.SetString(string(t))
		}
	case v.Type() == decimalType:
		if n, err := value.ParseDecimal(d.num(raw)); err != nil {
			d.bad.Add(path, "must be a number")
		} else {
			v.SetString(string(n))
		}
	case v.Kind() == reflect.Int64:
		n, err := strconv.ParseInt(d.num(raw), 10, 64)
		if err != nil {
			d.bad.Add(path, "must be a whole number")
			return
		}
		d.within(n, path, rule)
		v.SetInt(n)
	case v.Kind() == reflect.Bool:
		b, ok := d.boolean(raw)
		if !ok {
			d.bad.Add(path, "must be true or false")
		}
		v.SetBool(b)
	case v.Kind() == reflect.String:
		d.string(raw, v, path, rule)
	case v.Kind() == reflect.Slice:
		d.slice(raw, v, path, rule)
	case v.Kind() == reflect.Map:
		d.dict(raw, v, path, rule)
	case v.Kind() == reflect.Struct:
		fields, err := jsonObject(raw, path)
		if err != nil {
			d.bad.Add(path, "must be an object")
			return
		}
		d.object(fields, v, path+".")
	default:
		panic("api: no decoding for " + v.Type().String())
	}
}

// nesting reads alike what v1 nests and what it does not: {"value": 5, …} where a number is meant, and a text alone where an
// object with that as its value is.
func nesting(raw json.RawMessage, t reflect.Type) json.RawMessage {
	object, list := bytes.HasPrefix(raw, []byte("{")), bytes.HasPrefix(raw, []byte("["))
	switch {
	case t.Kind() == reflect.Int64 && object:
		var nested struct{ Value json.RawMessage }
		if json.Unmarshal(raw, &nested) == nil && nested.Value != nil {
			return nested.Value
		}
	case t.Kind() == reflect.Struct && !object && !list && hasValue(t):
		alone, _ := json.Marshal(map[string]json.RawMessage{"value": raw})
		return alone
	}
	return raw
}

func hasValue(t reflect.Type) bool {
	for i := range t.NumField() {
		if t.Field(i).Tag.Get("json") == "value" {
			return true
		}
	}
	return false
}

func (d *decoder) string(raw json.RawMessage, v reflect.Value, path, rule string) {
	var s string
	if json.Unmarshal(raw, &s) != nil {
		if !d.lenient || raw[0] == '{' || raw[0] == '[' {
			d.bad.Add(path, "must be a string")
			return
		}
		s = string(raw)
	}
	if hasRule(rule, "trim") {
		s = strings.TrimSpace(s)
	}
	if (hasRule(rule, "required") || hasRule(rule, "nonempty")) && strings.TrimSpace(s) == "" {
		d.bad.Add(path, "must be given")
	}
	limit := 65000
	if m, ok := ruleValue(rule, "max"); ok {
		limit, _ = strconv.Atoi(m)
	}
	if utf8.RuneCountInString(s) > limit {
		d.bad.Add(path, "must be at most %d characters", limit)
	}
	if names, ok := ruleValue(rule, "enum"); ok && !slices.Contains(strings.Split(names, "|"), s) {
		d.bad.Add(path, "must be one of %s", strings.ReplaceAll(names, "|", ", "))
	}
	if hasRule(rule, "currency") && !currencies.Known(s) {
		d.bad.Add(path, "must be the code of a known currency, such as EUR")
	}
	v.SetString(s)
}

func (d *decoder) slice(raw json.RawMessage, v reflect.Value, path, rule string) {
	var parts []json.RawMessage
	if text := strings.TrimSpace(d.str(raw)); d.lenient && strings.HasPrefix(text, "[") {
		raw = json.RawMessage(text) // v1 takes lists as text too, as a form has to send them
	} else if d.lenient && v.Type().Elem().Kind() == reflect.Int64 && text != "" {
		raw = json.RawMessage("[" + text + "]") // and ids in the way in which it writes them, with commas between
	}
	if json.Unmarshal(raw, &parts) != nil {
		if !d.lenient {
			d.bad.Add(path, "must be a list")
			return
		}
		parts = []json.RawMessage{raw}
		if v.Type().Elem().Kind() == reflect.Int64 { // v1 writes lists of numbers as "1,2"
			parts = parts[:0]
			for part := range strings.SplitSeq(strings.Trim(string(raw), `"`), ",") {
				parts = append(parts, json.RawMessage(strings.TrimSpace(part)))
			}
		}
	}
	limit := 100
	if m, ok := ruleValue(rule, "items"); ok {
		limit, _ = strconv.Atoi(m)
	}
	if len(parts) > limit {
		d.bad.Add(path, "must be at most %d items", limit)
		return
	}
	v.Set(reflect.MakeSlice(v.Type(), len(parts), len(parts)))
	for i, p := range parts {
		at := path + "[" + strconv.Itoa(i) + "]"
		if !d.lenient && v.Type().Elem().Kind() == reflect.String && string(p) == "null" {
			d.bad.Add(at, "must be text")
			continue
		}
		d.value(p, v.Index(i), at, rule)
	}
}

// dict reads an object whose keys are not known beforehand; raw values are somebody else's to read.
func (d *decoder) dict(raw json.RawMessage, v reflect.Value, path, rule string) {
	fields, err := jsonObject(raw, path)
	if err != nil {
		d.bad.Add(path, "must be an object")
		return
	}
	v.Set(reflect.MakeMap(v.Type()))
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		e := reflect.New(v.Type().Elem()).Elem()
		if v.Type().Elem() == rawType {
			e.SetBytes(fields[name])
		} else {
			d.value(fields[name], e, path+"."+name, rule)
		}
		v.SetMapIndex(reflect.ValueOf(name), e)
	}
}

func (d *decoder) within(n int64, path, rule string) {
	if names, ok := ruleValue(rule, "enum"); ok && !slices.Contains(strings.Split(names, "|"), strconv.FormatInt(n, 10)) {
		d.bad.Add(path, "must be one of %s", strings.ReplaceAll(names, "|", ", "))
	}
	if m, ok := ruleValue(rule, "min"); ok {
		if least, _ := strconv.ParseInt(m, 10, 64); n < least {
			d.bad.Add(path, "must be at least %d", least)
		}
	}
	if m, ok := ruleValue(rule, "max"); ok {
		if most, _ := strconv.ParseInt(m, 10, 64); n > most {
			d.bad.Add(path, "must be at most %d", most)
		}
	}
}

// str is a JSON string's text, "" for anything else.
func (d *decoder) str(raw json.RawMessage) (s string) {
	_ = json.Unmarshal(raw, &s)
	return s
}

// num is a JSON number's text; leniently also that in a string, and 5.0 for 5.
func (d *decoder) num(raw json.RawMessage) string {
	s := string(raw)
	if d.lenient && strings.HasPrefix(s, `"`) {
		s = strings.TrimSpace(d.str(raw))
	}
	if whole, zeros, ok := strings.Cut(s, "."); ok && strings.Trim(zeros, "0") == "" && zeros != "" {
		return whole
	}
	return s
}

func (d *decoder) boolean(raw json.RawMessage) (bool, bool) {
	s := string(raw)
	if d.lenient {
		s = strings.ToLower(strings.Trim(s, `"`))
	}
	switch s {
	case "true":
		return true, true
	case "false":
		return false, true
	case "1":
		return true, d.lenient
	case "0":
		return false, d.lenient
	}
	return false, false
}

func hasRule(rules, name string) bool { return slices.Contains(strings.Split(rules, ","), name) }

func ruleValue(rules, name string) (string, bool) {
	for r := range strings.SplitSeq(rules, ",") {
		if v, ok := strings.CutPrefix(r, name+"="); ok {
			return v, true
		}
	}
	return "", false
}
