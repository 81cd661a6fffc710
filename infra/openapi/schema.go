package openapi

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/lejek/lejek/shared/value"
)

var (
	timeType     = reflect.TypeFor[time.Time]()
	dateType     = reflect.TypeFor[value.Date]()
	rawType      = reflect.TypeFor[json.RawMessage]()
	decimalType  = reflect.TypeFor[value.Decimal]()
	marshalerOf  = reflect.TypeFor[json.Marshaler]()
	describerOf  = reflect.TypeFor[describer]()
	openOf       = reflect.TypeFor[open]()
	scalarByKind = map[reflect.Kind]string{
		reflect.Int: "integer", reflect.Int64: "integer", reflect.Bool: "boolean", reflect.String: "string", reflect.Float64: "number",
	}
)

// describer is a type that writes itself in a form that its fields do not show, and says in which, as JSON Schema.
type describer interface{ JSONSchema() string }

// open is a type that writes more keys than its fields show: those of custom fields.
type open interface{ FurtherKeys() }

// schemas makes a schema of each type once; named structs become components.
type schemas struct {
	components openapi3.Schemas
	names      map[reflect.Type]string
	strict     bool // what is not declared is wrong: for tests, not for clients
	err        error
}

func newSchemas(strict bool) *schemas {
	return &schemas{components: openapi3.Schemas{}, names: map[reflect.Type]string{}, strict: strict}
}

func (s *schemas) fail(format string, args ...any) {
	if s.err == nil {
		s.err = fmt.Errorf("openapi: "+format, args...)
	}
}

// of is the schema of a type as it is written.
func (s *schemas) of(t reflect.Type) *openapi3.SchemaRef {
	switch {
	case t.Kind() == reflect.Pointer:
		return nullable(s.of(t.Elem()))
	case t.Implements(describerOf):
		return s.parsed(reflect.Zero(t).Interface().(describer).JSONSchema())
	case t == timeType:
		return inline(&openapi3.Schema{Type: &openapi3.Types{"string"}, Format: "date-time"})
	case t == dateType:
		return inline(&openapi3.Schema{Type: &openapi3.Types{"string"}, Format: "date"})
	case t == decimalType:
		return inline(&openapi3.Schema{Type: &openapi3.Types{"number"}})
	case t == rawType: // whatever the client likes
		return inline(&openapi3.Schema{})
	case t.Implements(openOf):
		return s.named(t, s.fields)
	case t.Implements(marshalerOf):
		s.fail("%s writes itself: give it a method JSONSchema() string", t)
		return inline(&openapi3.Schema{})
	}
	switch t.Kind() {
	case reflect.Interface:
		return inline(&openapi3.Schema{})
	case reflect.Slice:
		return inline(&openapi3.Schema{Type: &openapi3.Types{"array"}, Items: s.of(t.Elem())})
	case reflect.Map:
		return inline(&openapi3.Schema{Type: &openapi3.Types{"object"}, AdditionalProperties: openapi3.AdditionalProperties{Schema: s.of(t.Elem())}})
	case reflect.Struct:
		return s.named(t, s.fields)
	}
	kind, ok := scalarByKind[t.Kind()]
	if !ok {
		s.fail("no schema for %s", t)
	}
	return inline(&openapi3.Schema{Type: &openapi3.Types{kind}})
}

func inline(schema *openapi3.Schema) *openapi3.SchemaRef { return &openapi3.SchemaRef{Value: schema} }

// nullable allows null as well.
func nullable(ref *openapi3.SchemaRef) *openapi3.SchemaRef {
	if ref.Ref != "" {
		return inline(&openapi3.Schema{AnyOf: openapi3.SchemaRefs{ref, inline(&openapi3.Schema{Type: &openapi3.Types{"null"}})}})
	}
	schema := *ref.Value
	if schema.Type != nil && !schema.Type.Includes("null") {
		types := append(openapi3.Types{}, *schema.Type...)
		types = append(types, "null")
		schema.Type = &types
	}
	if len(schema.Enum) > 0 {
		schema.Enum = append(append([]any{}, schema.Enum...), nil)
	}
	return inline(&schema)
}

func (s *schemas) parsed(text string) *openapi3.SchemaRef {
	var schema openapi3.Schema
	if err := json.Unmarshal([]byte(text), &schema); err != nil {
		s.fail("schema %q: %v", text, err)
	}
	return inline(&schema)
}

// named makes a component of a named struct and refers to it.
func (s *schemas) named(t reflect.Type, build func(reflect.Type) *openapi3.Schema) *openapi3.SchemaRef {
	if t.Name() == "" {
		return inline(build(t))
	}
	name, known := s.names[t]
	if !known {
		name = componentName(t.Name())
		if s.components[name] != nil {
			s.fail("two types are called %s: %s is the second", name, t)
		}
		s.names[t] = name
		s.components[name] = inline(&openapi3.Schema{}) // a place for types that hold themselves
		s.components[name].Value = build(t)
	}
	return &openapi3.SchemaRef{Ref: "#/components/schemas/" + name, Value: s.components[name].Value}
}

func componentName(name string) string {
	name = strings.TrimSuffix(name, "Wire")
	runes := []rune(name)
	runes[0] = unicode.ToUpper(runes[0])
	return string(runes)
}

// fields is the schema of a struct by its json tags; what is not omitted when empty is always there.
func (s *schemas) fields(t reflect.Type) *openapi3.Schema {
	out := &openapi3.Schema{Type: &openapi3.Types{"object"}, Properties: openapi3.Schemas{}}
	s.addFields(t, out)
	if s.strict && !t.Implements(openOf) {
		out.AdditionalProperties = openapi3.AdditionalProperties{Has: new(bool)}
	}
	return out
}

func (s *schemas) addFields(t reflect.Type, out *openapi3.Schema) {
	for i := range t.NumField() {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous && name == "" {
			s.addFields(f.Type, out)
			continue
		}
		if !f.IsExported() || name == "-" || name == "" {
			continue
		}
		ft := f.Type
		if strings.Contains(options, "omitempty") && ft.Kind() == reflect.Pointer {
			ft = ft.Elem() // absent rather than null
		}
		out.Properties[name] = describe(s.of(ft), name)
		if !strings.Contains(options, "omitempty") && !strings.Contains(options, "omitzero") {
			out.Required = append(out.Required, name)
		}
	}
}

// input is the schema of what a client sends, with the rules of its tag.
func (s *schemas) input(t reflect.Type, rule string) *openapi3.SchemaRef {
	if elem, ok := optionalOf(t); ok {
		ref := s.input(elem, rule)
		if hasRule(rule, "notnull") || hasRule(rule, "required") {
			return ref
		}
		return nullable(ref)
	}
	switch {
	case t.Kind() == reflect.Slice:
		schema := &openapi3.Schema{Type: &openapi3.Types{"array"}, Items: s.input(t.Elem(), rule)}
		return inline(schema)
	case t.Kind() == reflect.Struct && t != timeType && !t.Implements(describerOf):
		return s.named(t, s.inputFields)
	}
	ref := s.of(t)
	if ref.Value != nil && ref.Ref == "" {
		applyRule(ref.Value, rule)
	}
	return ref
}

// bodyList is a body that is a list; nil where it is none.
func (s *schemas) bodyList(t reflect.Type) *openapi3.SchemaRef {
	for i := range t.NumField() {
		if f := t.Field(i); f.Tag.Get("body") != "" {
			return s.input(f.Type, f.Tag.Get("rule"))
		}
	}
	return nil
}

// inputFields is a body: all fields that come as JSON.
func (s *schemas) inputFields(t reflect.Type) *openapi3.Schema {
	out := &openapi3.Schema{Type: &openapi3.Types{"object"}, Properties: openapi3.Schemas{}}
	s.addInput(t, out)
	return out
}

func (s *schemas) addInput(t reflect.Type, out *openapi3.Schema) {
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Anonymous {
			s.addInput(f.Type, out)
			continue
		}
		name, rule := f.Tag.Get("json"), f.Tag.Get("rule")
		file := f.Tag.Get("file")
		switch {
		case file != "":
			name = file
			out.Properties[name] = describe(inline(&openapi3.Schema{Type: &openapi3.Types{"string"}, Format: "binary"}), name)
		case name == "" || hasRule(rule, "unsupported"):
			continue
		default:
			out.Properties[name] = describe(s.input(f.Type, rule), name)
		}
		if hasRule(rule, "required") {
			out.Required = append(out.Required, name)
		}
	}
}

// optionalOf is the type within value.Opt.
func optionalOf(t reflect.Type) (reflect.Type, bool) {
	o, ok := reflect.New(t).Interface().(interface{ Present(bool) any })
	if !ok {
		return nil, false
	}
	return reflect.TypeOf(o.Present(false)).Elem(), true
}

func applyRule(schema *openapi3.Schema, rules string) {
	kind := ""
	if schema.Type != nil {
		kind = (*schema.Type)[0]
	}
	for rule := range strings.SplitSeq(rules, ",") {
		name, text, _ := strings.Cut(rule, "=")
		n, _ := strconv.ParseFloat(text, 64)
		switch {
		case name == "enum":
			for _, v := range strings.Split(text, "|") {
				if i, err := strconv.ParseFloat(v, 64); err == nil && kind == "integer" {
					schema.Enum = append(schema.Enum, i)
				} else {
					schema.Enum = append(schema.Enum, v)
				}
			}
		case name == "max" && kind == "string":
			length := uint64(n)
			schema.MaxLength = &length
		case name == "max":
			schema.Max = &n
		case name == "min":
			schema.Min = &n
		case name == "currency":
			schema.Pattern = "^[A-Z]{3}$"
		}
	}
}

func hasRule(rules, name string) bool {
	for rule := range strings.SplitSeq(rules, ",") {
		if rule == name {
			return true
		}
	}
	return false
}
