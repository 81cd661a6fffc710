package openapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/lejek/lejek/shared/manifest"
)

// checker holds answers against the description.
type checker struct {
	mux      *http.ServeMux
	compiler *jsonschema.Compiler
	mu       sync.Mutex // of the compiler and what it compiled
	compiled map[string]*jsonschema.Schema
}

const resource = "https://lejek.example/openapi.json"

var strictly = sync.OnceValues(func() (*checker, error) {
	doc, err := Build(Routes(), true)
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(doc)
	if err != nil {
		return nil, err
	}
	parsed, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	c := &checker{mux: http.NewServeMux(), compiler: jsonschema.NewCompiler(), compiled: map[string]*jsonschema.Schema{}}
	if err := c.compiler.AddResource(resource, parsed); err != nil {
		return nil, err
	}
	for _, d := range Routes() {
		if !d.Public {
			for _, pattern := range d.Operation.Patterns() {
				c.mux.Handle(pattern, named(d.Operation))
			}
		}
	}
	return c, nil
})

// named is an operation as the mux keeps it; it is never called.
type named manifest.Operation

func (named) ServeHTTP(http.ResponseWriter, *http.Request) {}

// Check tells in what an answer differs from the description; what the description does not know is no difference, since no
// operation is missing in it.
func Check(method, path string, status int, body string) error {
	c, err := strictly()
	if err != nil {
		return err
	}
	h, pattern := c.mux.Handler(&http.Request{Method: method, URL: &url.URL{Path: path}})
	op, ok := h.(named)
	if pattern == "" || !ok || status == http.StatusFound || status == http.StatusMethodNotAllowed {
		return nil
	}
	schema, err := c.schema(manifest.Operation(op), status)
	if err != nil {
		return err
	}
	v, err := jsonschema.UnmarshalJSON(strings.NewReader(body))
	if err != nil {
		return err
	}
	if err := schema.Validate(v); err != nil {
		return fmt.Errorf("%s answers %d in another form than it is described in: %w", op, status, err)
	}
	return nil
}

func (c *checker) schema(op manifest.Operation, status int) (*jsonschema.Schema, error) {
	at := "#/paths/" + escape(op.Path()) + "/" + strings.ToLower(op.Method()) + "/responses/" + strconv.Itoa(status)
	if status >= 400 {
		version := "V2"
		if strings.HasPrefix(op.Path(), "/v1/") {
			version = "V1"
		}
		name, ok := failures[strconv.Itoa(status)]
		if !ok {
			return nil, fmt.Errorf("%s answers %d, which is described nowhere", op, status)
		}
		at = "#/components/responses/" + name + version
	}
	at += "/content/application~1json/schema"
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.compiled[at] == nil {
		schema, err := c.compiler.Compile(resource + at)
		if err != nil {
			return nil, fmt.Errorf("%s answers %d, which is not described: %w", op, status, err)
		}
		c.compiled[at] = schema
	}
	return c.compiled[at], nil
}

// escape is a path as one step of a JSON pointer within a URL.
func escape(path string) string {
	return url.PathEscape(strings.NewReplacer("~", "~0", "/", "~1").Replace(path))
}
