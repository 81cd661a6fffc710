package openapi

import (
	"net/http"
	"reflect"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/lejek/lejek/shared/api"
)

// operation describes one route.
func (b *builder) operation(d api.Description) *openapi3.Operation {
	text, ok := summaries[d.Operation]
	if !ok {
		b.missing = append(b.missing, "summary of "+string(d.Operation))
	}
	op := &openapi3.Operation{
		OperationID: operationID(d), Summary: text, Tags: []string{tagOf(d)}, Responses: openapi3.NewResponsesWithCapacity(8),
	}
	b.parameters(op, d.In)
	b.terms(op, d)
	if body := b.body(d); body != nil {
		op.RequestBody = body
	}
	b.responses(op, d)
	return op
}

// operationID is the method and the words of the path: getV2DealsId.
func operationID(d api.Description) string {
	id := strings.ToLower(d.Operation.Method())
	for _, part := range strings.FieldsFunc(d.Operation.Path(), func(r rune) bool { return strings.ContainsRune("/{}._", r) }) {
		if part != "api" {
			id += strings.ToUpper(part[:1]) + part[1:]
		}
	}
	return id
}

// tagOf is the resource: the first segment after the version.
func tagOf(d api.Description) string {
	parts := strings.Split(strings.Trim(strings.TrimPrefix(d.Operation.Path(), "/api"), "/"), "/")
	if len(parts) > 1 {
		return parts[1]
	}
	return "description"
}

func (b *builder) parameters(op *openapi3.Operation, in reflect.Type) {
	for i := range in.NumField() {
		f := in.Field(i)
		if f.Anonymous {
			b.parameters(op, f.Type)
			continue
		}
		rule := f.Tag.Get("rule")
		for _, where := range []string{"path", "query"} {
			name := f.Tag.Get(where)
			if name == "" || hasRule(rule, "unsupported") {
				continue
			}
			t := f.Type
			if elem, ok := optionalOf(t); ok {
				t = elem
			}
			p := &openapi3.Parameter{
				Name: name, In: where, Description: b.text(name), Schema: b.schemas.input(t, rule), Required: where == "path" || hasRule(rule, "required"),
			}
			illustrate(p, exampleOf(name, b.schemas.input(t, rule).Value))
			if t.Kind() == reflect.Slice {
				p.Style, p.Explode = "form", new(bool) // a,b
			}
			op.Parameters = append(op.Parameters, &openapi3.ParameterRef{Value: p})
		}
	}
}

// illustrate gives a parameter an example. The page on which the API is tried fills in a parameter's own example, so what need not
// be given has it in its schema: a list would otherwise be asked for by a filter that nobody made.
func illustrate(p *openapi3.Parameter, example any) {
	if p.Required || p.Schema.Ref != "" {
		p.Example = example
	} else if example != nil {
		p.Schema.Value.Examples = []any{example}
	}
}

// terms are the headers by which a client demands more than what it asks for.
func (b *builder) terms(op *openapi3.Operation, d api.Description) {
	header := func(name, text, example string) {
		p := &openapi3.Parameter{Name: name, In: "header", Description: text, Schema: inline(&openapi3.Schema{Type: &openapi3.Types{"string"}})}
		illustrate(p, example)
		op.Parameters = append(op.Parameters, &openapi3.ParameterRef{Value: p})
	}
	switch method := d.Operation.Method(); {
	case method == http.MethodPost:
		header("Idempotency-Key", "The same key with the same request answers the first result again for 24 hours", "8e03978e-40d5-43e8-bc93-6894a57f9324")
	case changes(d):
		header("If-Match", "The ETag that the record was read with: the request fails with 412 when it has changed since", "\"3\"")
	}
}

// changes tells that an operation changes a record that has an ETag.
func changes(d api.Description) bool {
	return api.RecordOf(d.Operation) != "" && slices.Contains([]string{http.MethodPut, http.MethodPatch, http.MethodDelete}, d.Operation.Method())
}

// body is what a client sends: JSON, in v1 a form as well, or parts when a file is among them.
func (b *builder) body(d api.Description) *openapi3.RequestBodyRef {
	if has(d.In, "file") {
		content := openapi3.Content{"multipart/form-data": &openapi3.MediaType{Schema: b.schemas.named(d.In, b.schemas.inputFields)}}
		return &openapi3.RequestBodyRef{Value: &openapi3.RequestBody{Required: true, Content: content}}
	}
	if kinds := names(d.In, "raw"); len(kinds) > 0 {
		content := openapi3.Content{kinds[0]: &openapi3.MediaType{Schema: inline(&openapi3.Schema{Type: &openapi3.Types{"string"}, Format: "binary"})}}
		return &openapi3.RequestBodyRef{Value: &openapi3.RequestBody{Required: true, Content: content}}
	}
	ref := b.schemas.bodyList(d.In)
	if ref == nil && !has(d.In, "json") {
		return nil
	} else if ref == nil {
		ref = b.schemas.named(d.In, b.schemas.inputFields)
	}
	media := &openapi3.MediaType{Schema: ref, Example: example(ref)}
	content := openapi3.Content{"application/json": media}
	if strings.HasPrefix(d.Operation.Path(), "/v1/") {
		content["application/x-www-form-urlencoded"] = &openapi3.MediaType{Schema: ref}
	}
	return &openapi3.RequestBodyRef{Value: &openapi3.RequestBody{Required: len(ref.Value.Required) > 0 || has(d.In, "body"), Content: content}}
}

func has(t reflect.Type, tag string) bool { return len(names(t, tag)) > 0 }

// names are those that a struct's fields have under a tag.
func names(t reflect.Type, tag string) (all []string) {
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Anonymous {
			all = append(all, names(f.Type, tag)...)
		} else if name := f.Tag.Get(tag); name != "" {
			all = append(all, name)
		}
	}
	return all
}

func (b *builder) responses(op *openapi3.Operation, d api.Description) {
	fails := []string{"401", "403", "429", "500", "503"}
	if d.In.NumField() > 0 {
		fails = append(fails, "400")
	}
	if strings.Contains(d.Operation.Path(), "{") {
		fails = append(fails, "404")
	}
	if has(d.In, "json") || has(d.In, "file") || has(d.In, "body") || has(d.In, "raw") {
		fails = append(fails, "409", "413", "415")
	}
	if d.Operation.Method() == http.MethodPost {
		fails = append(fails, "400", "409")
	}
	if changes(d) {
		fails = append(fails, "412")
	}
	if d.Operation == "POST /v1/webhooks" {
		fails = append(fails, "422") // the one limit that is told apart
	}
	version := "V2"
	if strings.HasPrefix(d.Operation.Path(), "/v1/") {
		version = "V1"
	}
	slices.Sort(fails)
	for _, status := range fails {
		op.Responses.Set(status, &openapi3.ResponseRef{Ref: "#/components/responses/" + failures[status] + version, Value: &openapi3.Response{}})
	}
	op.Responses.Set(statusText(d.Status), &openapi3.ResponseRef{Value: b.success(d)})
}

// success is the answer when all went well.
func (b *builder) success(d api.Description) *openapi3.Response {
	text := "Done"
	out := &openapi3.Response{Description: &text}
	switch {
	case d.Redirect:
		text = "Where it is"
		out.Headers = openapi3.Headers{"Location": &openapi3.HeaderRef{Value: &openapi3.Header{Parameter: openapi3.Parameter{
			Description: "A signed address that needs no token", Schema: inline(&openapi3.Schema{Type: &openapi3.Types{"string"}, Format: "uri"}),
		}}}}
	default:
		schema := inline(b.envelope(d))
		out.Content = openapi3.Content{"application/json": &openapi3.MediaType{Schema: schema, Example: example(schema)}}
		if api.RecordOf(d.Operation) != "" && d.Operation.Method() != http.MethodDelete {
			out.Headers = openapi3.Headers{"ETag": &openapi3.HeaderRef{Value: &openapi3.Header{Parameter: openapi3.Parameter{
				Description: "The version of the record, for If-Match", Schema: inline(&openapi3.Schema{Type: &openapi3.Types{"string"}}),
			}}}}
		}
	}
	return out
}

// envelope is contract §1.2.
func (b *builder) envelope(d api.Description) *openapi3.Schema {
	env := &openapi3.Schema{
		Type: &openapi3.Types{"object"}, Properties: openapi3.Schemas{"success": inline(&openapi3.Schema{Const: true})}, Required: []string{"success"},
	}
	add := func(name string, ref *openapi3.SchemaRef, required bool) {
		env.Properties[name] = ref
		if required {
			env.Required = append(env.Required, name)
		}
	}
	if d.Data == nil && d.Extra == nil {
		b.missing = append(b.missing, "answer of "+string(d.Operation))
	}
	if d.Data != nil {
		data := b.schemas.of(d.Data)
		if d.List {
			data = inline(&openapi3.Schema{Type: &openapi3.Types{"array"}, Items: data})
		}
		add("data", data, true)
	}
	if more := b.additional(d); more != nil {
		add("additional_data", more, true)
	}
	if d.Related {
		add("related_objects", inline(&openapi3.Schema{
			Type: &openapi3.Types{"object"}, Description: b.text("related_objects"),
			AdditionalProperties: openapi3.AdditionalProperties{Schema: inline(&openapi3.Schema{Type: &openapi3.Types{"object"}})},
		}), false)
	}
	if d.Extra != nil {
		extra := b.schemas.fields(d.Extra)
		for name, ref := range extra.Properties {
			add(name, ref, slices.Contains(extra.Required, name))
		}
	}
	if b.schemas.strict {
		env.AdditionalProperties = openapi3.AdditionalProperties{Has: new(bool)}
	}
	slices.Sort(env.Required)
	return env
}

type (
	cursorPaging struct {
		NextCursor *string `json:"next_cursor"`
	}
	offsetPaging struct {
		Pagination pagination `json:"pagination"`
	}
	pagination struct {
		Start     int64  `json:"start"`
		Limit     int64  `json:"limit"`
		More      bool   `json:"more_items_in_collection"`
		NextStart *int64 `json:"next_start,omitempty"`
	}
)

// additional is additional_data: what leads on in a list, and what the operation adds.
func (b *builder) additional(d api.Description) *openapi3.SchemaRef {
	var parts []reflect.Type
	switch d.Paging {
	case api.ByCursor:
		parts = append(parts, reflect.TypeFor[cursorPaging]())
	case api.ByOffset:
		parts = append(parts, reflect.TypeFor[offsetPaging]())
	}
	if d.Additional != nil {
		parts = append(parts, d.Additional)
	}
	if len(parts) == 0 {
		return nil
	}
	all := &openapi3.Schema{Type: &openapi3.Types{"object"}, Properties: openapi3.Schemas{}}
	for _, t := range parts {
		s := b.schemas.fields(t)
		for name, ref := range s.Properties {
			all.Properties[name] = ref
		}
		all.Required = append(all.Required, s.Required...)
	}
	return inline(all)
}
