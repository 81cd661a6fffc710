// Package openapi makes the API's description, OpenAPI 3.1, from what the functions bind: their operations, the tags of their
// inputs, the types of their answers. Only words are added here (glossary.go, summaries.go), and a test demands them for every
// operation, parameter and field. shared/app/docs serves the result; a test holds that file against what is bound, and the
// tests of the functions hold their answers against it.
package openapi

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/lejek/lejek/shared/api"
)

// failures are the answers to what goes wrong, by status.
var failures = map[string]string{
	"400": "Invalid", "401": "Unauthorized", "403": "Forbidden", "404": "NotFound", "409": "Conflict", "412": "PreconditionFailed", "413": "TooLarge", "415": "UnsupportedMediaType",
	"422": "Limited", "429": "TooManyRequests", "500": "Internal", "503": "Unavailable",
}

type builder struct {
	schemas *schemas
	missing []string // words that nobody wrote
}

// Build is the description of these routes; strict forbids, for tests, what is not declared. It fails where words or answers
// are missing.
func Build(routes []api.Description, strict bool) (*openapi3.T, error) {
	b := &builder{schemas: newSchemas(strict)}
	doc := &openapi3.T{
		OpenAPI: "3.1.0",
		Info: &openapi3.Info{
			Title: "Lejek", Version: "1", License: &openapi3.License{Name: "Apache 2.0", Identifier: "Apache-2.0"},
			Description: "A sales CRM that speaks Pipedrive's REST API. v1 answers under /v1 and under /api/v1 alike.",
		},
		Servers: openapi3.Servers{{URL: "/"}}, Paths: openapi3.NewPaths(),
		Components: &openapi3.Components{Responses: openapi3.ResponseBodies{}, SecuritySchemes: openapi3.SecuritySchemes{
			"token":  {Value: openapi3.NewSecurityScheme().WithType("apiKey").WithIn("header").WithName("x-api-token")},
			"query":  {Value: openapi3.NewSecurityScheme().WithType("apiKey").WithIn("query").WithName("api_token")},
			"bearer": {Value: openapi3.NewSecurityScheme().WithType("http").WithScheme("bearer")},
		}},
		Security: openapi3.SecurityRequirements{{"token": {}}, {"query": {}}, {"bearer": {}}},
	}
	b.failures(doc.Components.Responses)
	routes = slices.SortedFunc(slices.Values(routes), func(x, y api.Description) int {
		return strings.Compare(string(x.Operation), string(y.Operation))
	})
	for _, d := range routes {
		if d.Public {
			continue // a page, no operation
		}
		path := doc.Paths.Value(d.Operation.Path())
		if path == nil {
			path = &openapi3.PathItem{}
			doc.Paths.Set(d.Operation.Path(), path)
		}
		path.SetOperation(d.Operation.Method(), b.operation(d))
	}
	doc.Components.Schemas = b.schemas.components
	for _, name := range slices.Sorted(maps.Keys(b.schemas.components)) {
		for _, field := range slices.Sorted(maps.Keys(b.schemas.components[name].Value.Properties)) {
			if _, ok := glossary[field]; !ok {
				b.missing = append(b.missing, fmt.Sprintf("%q in the glossary (%s)", field, name))
			}
		}
	}
	if b.schemas.err != nil {
		return nil, b.schemas.err
	}
	if len(b.missing) > 0 {
		return nil, fmt.Errorf("openapi: missing are the\n%s", strings.Join(b.missing, "\n"))
	}
	return doc, nil
}

type (
	// failureV1 has further keys where it speaks of webhooks.
	failureV1 struct {
		failure
		Status  string              `json:"status,omitempty"`
		Message string              `json:"message,omitempty"`
		Errors  map[string][]string `json:"errors,omitempty"`
	}
	failure struct {
		Success    bool    `json:"success"`
		Error      string  `json:"error"`
		ErrorInfo  string  `json:"error_info"`
		Data       *string `json:"data"`
		Additional *string `json:"additional_data"`
	}
	failureV2 struct {
		failure
		Code string `json:"code"`
	}
	tooMany struct {
		failureV1
		Code int64 `json:"code"`
	}
	invalidV2 struct {
		Success bool   `json:"success"`
		Error   string `json:"error"`
		Code    string `json:"code"`
	}
	unauthorized struct {
		Success   bool   `json:"success"`
		Error     string `json:"error"`
		ErrorCode int64  `json:"errorCode"`
		ErrorInfo string `json:"error_info"`
	}
)

func (b *builder) failures(to openapi3.ResponseBodies) {
	for status, name := range failures {
		n, _ := strconv.Atoi(status)
		for version, v := range map[string]any{"V1": failureV1{}, "V2": failureV2{}} {
			switch {
			case status == "401":
				v = unauthorized{}
			case status == "429":
				v = tooMany{}
			case status == "400" && version == "V2":
				v = invalidV2{}
			}
			schema := b.schemas.of(typeOf(v))
			text := http.StatusText(n)
			to[name+version] = &openapi3.ResponseRef{Value: &openapi3.Response{
				Description: &text, Content: openapi3.Content{"application/json": &openapi3.MediaType{Schema: schema}},
			}}
		}
	}
}

func statusText(status int) string { return strconv.Itoa(status) }
