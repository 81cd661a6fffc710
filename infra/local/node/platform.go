package node

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
)

// enginePackage is the npm package that carries the engine's binary for this platform, in Node's names for it.
func enginePackage() string {
	cpu := runtime.GOARCH
	if cpu == "amd64" {
		cpu = "x64"
	}
	return "@dynoxide/" + runtime.GOOS + "-" + cpu
}

// Root is the folder of the module that the working directory lies in: programs run at its top, tests in their package.
func Root() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("node.Root: %w", err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "infra", "node", "package.json")); err == nil {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", fmt.Errorf("infra/node/package.json was not found in the working directory or above it: run this inside Lejek's source tree")
		}
		dir = parent
	}
}

func folder() (string, error) {
	root, err := Root()
	return filepath.Join(root, "infra", "node"), err
}
