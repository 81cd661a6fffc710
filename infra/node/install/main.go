// Command install makes what Lejek takes from npm present in infra/node, for the make targets that run it themselves.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/lejek/lejek/infra/local/node"
)

func main() {
	if _, err := node.Install(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, "lejek:", err)
		os.Exit(1)
	}
}
