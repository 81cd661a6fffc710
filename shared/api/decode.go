package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/url"
	"reflect"
	"slices"
	"strings"

	"github.com/lejek/lejek/shared/fault"
)

// decodeInto fills the struct at in from path, query and body, by its tags, and returns every wrong field at once. v2 takes
// only the names and JSON types that are declared; v1 ignores other names and reads "1", 1 and true alike (contract §1.6).
func decodeInto(r *request, in any) error {
	d := decoder{lenient: r.v1}
	v := reflect.ValueOf(in).Elem()
	known := map[string]bool{"api_token": true}
	d.parameters(r, v, known)
	if !r.v1 {
		for _, name := range slices.Sorted(maps.Keys(r.query)) {
			if !known[name] {
				d.bad.Add(name, "Parameter '%s' is not allowed for this request", name)
			}
		}
	}
	switch {
	case r.takes.raw != "":
		if err := d.rawBody(r, v); err != nil {
			return err
		}
	case r.takes.files || hasBody(v.Type()):
		fields, err := bodyFields(r)
		if err != nil {
			return err
		}
		d.object(fields, v, "")
		d.uploads(r, v)
	}
	if err := d.list(r, v); err != nil {
		return err
	}
	return d.bad.Err()
}

// list reads a body that is a list and no object, into the field that a body tag names.
func (d *decoder) list(r *request, v reflect.Value) error {
	for i := range v.NumField() {
		f := v.Type().Field(i)
		name := f.Tag.Get("body")
		if name == "" {
			continue
		}
		if err := r.readBody(); err != nil {
			return err
		}
		switch {
		case len(r.body) > 0 && !json.Valid(r.body):
			return fault.New(fault.Invalid, "The body is not valid JSON")
		case !bytes.HasPrefix(r.body, []byte("[")):
			d.bad.Add(name, "the body must be a list")
		default:
			if d.value(r.body, v.Field(i), name, f.Tag.Get("rule")); v.Field(i).Len() == 0 && len(d.bad) == 0 {
				d.bad.Add(name, "must hold at least one")
			}
		}
	}
	return nil
}

type decoder struct {
	lenient bool
	bad     fault.Fields
}

// optional is value.Opt of anything.
type optional interface{ Present(null bool) any }

// parameters reads what comes from the path and the query; an embedded struct's fields count as one's own.
func (d *decoder) parameters(r *request, v reflect.Value, known map[string]bool) {
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if f.Anonymous {
			d.parameters(r, v.Field(i), known)
			continue
		}
		if name := f.Tag.Get("path"); name != "" {
			d.text(r.PathValue(name), v.Field(i), name, f.Tag.Get("rule"))
		}
		if name := f.Tag.Get("query"); name != "" {
			known[name] = true
			switch rule, values := f.Tag.Get("rule"), given(r.query[name]); {
			case len(values) == 0 && hasRule(rule, "required"):
				d.bad.Add(name, "must be given")
			case len(values) == 0:
			case !hasRule(rule, "unsupported"):
				d.text(strings.Join(values, ","), v.Field(i), name, rule)
			case !hasRule(rule, "null") || !saysNothing(values[0]):
				d.bad.Add(name, "is not supported yet")
			}
		}
	}
}

// given leaves out empty values: "status=&status=won" asks for won.
func given(values []string) []string {
	return slices.DeleteFunc(slices.Clone(values), func(v string) bool { return v == "" })
}

// text reads a parameter: it has no JSON type of its own, so numbers and booleans are read leniently.
func (d *decoder) text(s string, v reflect.Value, name, rule string) {
	quoted, _ := json.Marshal(s)
	if o, ok := v.Addr().Interface().(optional); ok {
		v = reflect.ValueOf(o.Present(false)).Elem()
	}
	lenient := decoder{lenient: true}
	if v.Kind() == reflect.Slice {
		for _, part := range strings.Split(s, ",") {
			part, _ := json.Marshal(strings.TrimSpace(part))
			e := reflect.New(v.Type().Elem()).Elem()
			lenient.value(part, e, name, rule)
			v.Set(reflect.Append(v, e))
		}
	} else {
		lenient.value(quoted, v, name, rule)
	}
	d.bad = append(d.bad, lenient.bad...)
}

func hasBody(t reflect.Type) bool {
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Anonymous && hasBody(f.Type) || f.Tag.Get("json") != "" {
			return true
		}
	}
	return false
}

func bodyFields(r *request) (map[string]json.RawMessage, error) {
	if err := r.readBody(); err != nil {
		return nil, err
	}
	if r.form != nil {
		return formFields(r.form), nil
	}
	if len(r.body) == 0 {
		return nil, nil
	}
	return jsonObject(r.body, "The body")
}

// holdsText reports a field that an empty string is a value of; everywhere else v1 reads it as null.
func holdsText(t reflect.Type) bool {
	if o, ok := reflect.New(t).Interface().(optional); ok {
		t = reflect.TypeOf(o.Present(false)).Elem()
	}
	return t.Kind() == reflect.String && t != dateType && t != decimalType
}

// jsonObject reads one JSON object and nothing after it, exact in its numbers.
func jsonObject(b []byte, what string) (map[string]json.RawMessage, error) {
	var fields map[string]json.RawMessage
	dec := json.NewDecoder(bytes.NewReader(b))
	if err := dec.Decode(&fields); err != nil {
		var syntax *json.SyntaxError
		if errors.As(err, &syntax) {
			return nil, fault.New(fault.Invalid, "%s is not valid JSON: %s at byte %d", what, syntax.Error(), syntax.Offset).Because(err)
		}
		if errors.Is(err, io.ErrUnexpectedEOF) {
			return nil, fault.New(fault.Invalid, "%s is not valid JSON: it ends too early", what).Because(err)
		}
		return nil, fault.New(fault.Invalid, "%s must be a JSON object", what).Because(err)
	}
	if fields == nil {
		return nil, fault.New(fault.Invalid, "%s must be a JSON object", what)
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, fault.New(fault.Invalid, "%s holds more than one JSON value", what)
	}
	return fields, nil
}

func formFields(form url.Values) map[string]json.RawMessage {
	fields := make(map[string]json.RawMessage, len(form))
	for name, values := range form {
		fields[name], _ = json.Marshal(values[0])
		if values[0] == "" || values[0] == "null" {
			fields[name] = json.RawMessage("null")
		}
	}
	return fields
}

// saysNothing reports a value, with quotes or without, that v1's clients send for a field they do not set.
func saysNothing(raw string) bool {
	return slices.Contains([]string{"false", "0", ""}, strings.Trim(raw, `"`))
}

// object fills a struct from a JSON object.
func (d *decoder) object(fields map[string]json.RawMessage, v reflect.Value, path string) {
	known := map[string]bool{}
	d.fields(fields, v, path, known)
	if d.lenient {
		further(fields, v, known)
		return
	}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if !known[name] {
			d.bad.Add(path+name, "Parameter '%s' is not allowed for this request", path+name)
		}
	}
}

// further keeps what no field is named after, where a field of the input is for that: v1 has custom fields beside all others.
func further(fields map[string]json.RawMessage, v reflect.Value, known map[string]bool) {
	for i := range v.NumField() {
		switch f := v.Type().Field(i); {
		case f.Anonymous:
			further(fields, v.Field(i), known)
		case f.Tag.Get("further") != "":
			rest := maps.Clone(fields)
			maps.DeleteFunc(rest, func(name string, _ json.RawMessage) bool { return known[name] })
			v.Field(i).Set(reflect.ValueOf(rest))
		}
	}
}

func (d *decoder) fields(fields map[string]json.RawMessage, v reflect.Value, path string, known map[string]bool) {
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if f.Anonymous {
			d.fields(fields, v.Field(i), path, known)
			continue
		}
		name := f.Tag.Get("json")
		if name == "" {
			continue
		}
		known[name] = true
		raw, present := fields[name]
		null := present && (string(raw) == "null" || d.lenient && string(raw) == `""` && !holdsText(f.Type))
		rule := f.Tag.Get("rule")
		if hasRule(rule, "unsupported") {
			// Where null is allowed, it says what is so already: nothing is set. v1 says so in other ways too.
			if present && !(hasRule(rule, "null") && (null || d.lenient && saysNothing(string(raw)))) {
				d.bad.Add(path+name, "is not supported yet")
			}
			continue
		}
		if null && d.lenient && hasRule(rule, "notnull") && !hasRule(rule, "required") {
			continue // what cannot be cleared stays as it is
		}
		if !present || null {
			if hasRule(rule, "required") || null && hasRule(rule, "notnull") {
				d.bad.Add(path+name, "must be given")
				continue
			}
			if !present {
				continue
			}
		}
		target := v.Field(i)
		if o, ok := target.Addr().Interface().(optional); ok {
			target = reflect.ValueOf(o.Present(null)).Elem()
		}
		if !null {
			d.value(raw, target, path+name, rule)
		}
	}
}
