package openapi

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"os"
	"slices"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/lejek/lejek/shared/manifest"
)

var update = flag.Bool("update", false, "write shared/app/docs/openapi.json anew")

const served = "../../shared/app/docs/openapi.json"

func TestTheServedDescriptionIsWhatTheFunctionsBind(t *testing.T) {
	t.Parallel()
	doc, err := Build(Routes(), false)
	if err != nil {
		t.Fatal(err)
	}
	var want bytes.Buffer
	enc := json.NewEncoder(&want)
	enc.SetIndent("", " ")
	enc.SetEscapeHTML(false)
	if err := enc.Encode(doc); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(served, want.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(served)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want.Bytes()) {
		t.Error("shared/app/docs/openapi.json is not what the functions bind; if that is meant: go test ./infra/openapi -update")
	}
}

// TestTheDescriptionIsValid reads it as a client does, examples included.
func TestTheDescriptionIsValid(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(served)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := openapi3.NewLoader().LoadFromData(text)
	if err != nil {
		t.Fatal(err)
	}
	if err := doc.Validate(context.Background(), openapi3.EnableExamplesValidation()); err != nil {
		t.Error(err)
	}
}

func TestEveryOperationIsDescribed(t *testing.T) {
	t.Parallel()
	var described []manifest.Operation
	for _, d := range Routes() {
		described = append(described, d.Operation)
	}
	for _, f := range manifest.Functions {
		for _, op := range f.Operations {
			if !slices.Contains(described, op) {
				t.Errorf("%s is not described", op)
			}
		}
	}
	for op := range summaries {
		if !slices.Contains(described, op) {
			t.Errorf("%s has a summary and is bound nowhere", op)
		}
	}
}
