package openapi

import (
	"maps"
	"reflect"
	"slices"

	"github.com/getkin/kin-openapi/openapi3"
)

// word is what a parameter or a field of that name means everywhere, with an example.
type word struct {
	Text    string
	Example any
}

func typeOf(v any) reflect.Type { return reflect.TypeOf(v) }

// text is what a parameter means.
func (b *builder) text(name string) string {
	w, ok := glossary[name]
	if !ok {
		b.missing = append(b.missing, "\""+name+"\" in the glossary")
	}
	return w.Text
}

// describe puts the word's meaning beside a schema. OpenAPI 3.1 allows words beside a reference.
func describe(ref *openapi3.SchemaRef, name string) *openapi3.SchemaRef {
	w := glossary[name]
	if ref.Ref != "" {
		return inline(&openapi3.Schema{AllOf: openapi3.SchemaRefs{ref}, Description: w.Text})
	}
	schema := *ref.Value
	schema.Description = w.Text
	return inline(&schema)
}

// example is a value that fits a schema, made of the words' examples.
func example(ref *openapi3.SchemaRef) any { return sample(ref, "", map[*openapi3.Schema]bool{}) }

// exampleOf is the example of a name if it fits the schema, else one that the schema's type alone allows.
func exampleOf(name string, schema *openapi3.Schema) any {
	return sample(inline(schema), name, map[*openapi3.Schema]bool{})
}

func sample(ref *openapi3.SchemaRef, name string, within map[*openapi3.Schema]bool) any {
	schema := ref.Value
	if schema == nil || within[schema] {
		return nil
	}
	within[schema] = true
	defer delete(within, schema)
	if schema.Const != nil {
		return schema.Const
	}
	if e := glossary[name].Example; e != nil && fits(schema, e) {
		return e
	}
	for _, among := range []openapi3.SchemaRefs{schema.AllOf, schema.AnyOf, schema.OneOf} {
		if len(among) > 0 {
			return sample(among[0], name, within)
		}
	}
	if len(schema.Enum) > 0 {
		return schema.Enum[0]
	}
	if schema.Type == nil || len(*schema.Type) == 0 {
		return map[string]any{}
	}
	switch (*schema.Type)[0] {
	case "object":
		out := map[string]any{}
		for _, field := range slices.Sorted(maps.Keys(schema.Properties)) {
			out[field] = sample(schema.Properties[field], field, within)
		}
		return out
	case "array":
		if item := sample(schema.Items, name, within); item != nil {
			return []any{item}
		}
		return []any{}
	case "integer", "number":
		if schema.Min != nil {
			return *schema.Min
		}
		return 1
	case "boolean":
		return true
	case "null":
		return nil
	}
	return map[string]string{"date": "2026-11-25", "date-time": "2026-11-25T09:30:00Z", "uri": "https://crm.example.com/"}[schema.Format]
}

// fits tells whether an example is what a schema allows.
func fits(schema *openapi3.Schema, e any) bool {
	return schema.VisitJSON(e, openapi3.EnableJSONSchema2020()) == nil
}
