package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/lejek/lejek/shared/manifest"
)

// buildArgs make the same bytes from the same source wherever they are built: without -trimpath and with VCS stamps every
// deployment would replace every function.
var buildArgs = []string{"build", "-trimpath", "-buildvcs=false", "-tags", "lambda.norpc", "-ldflags", "-s -w"}

// build compiles every function of the manifest for Lambda into .build/<name>/bootstrap, where infra/stack picks it up.
func build(ctx context.Context) error {
	if err := os.RemoveAll(".build"); err != nil {
		return err
	}
	for _, f := range manifest.Functions {
		out := filepath.Join(".build", f.Name, "bootstrap")
		fmt.Println("building", out)
		args := append(append([]string{}, buildArgs...), "-o", out, "./functions/"+f.Name)
		if err := run(ctx, []string{"GOOS=linux", "GOARCH=arm64", "CGO_ENABLED=0"}, "go", args...); err != nil {
			return fmt.Errorf("function %s: %w", f.Name, err)
		}
	}
	return nil
}
