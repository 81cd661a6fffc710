package engine

import (
	"context"
	"crypto/rand"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/lejek/lejek/infra/local/node"
)

// shared is the one engine of a test process; it dies with it.
var shared = sync.OnceValues(func() (*Engine, error) {
	tools, err := node.Install(context.Background())
	if err != nil {
		return nil, err
	}
	return Start(context.Background(), tools, "")
})

// Shared is the engine that all tests of the process use.
func Shared(t testing.TB) *Engine {
	t.Helper()
	e, err := shared()
	if err != nil {
		Missing(t, err)
	}
	return e
}

// Table is a fresh table of the schema for one test, and the configuration of clients that reach it.
func Table(t testing.TB) (cfg aws.Config, table string) {
	t.Helper()
	e := Shared(t)
	table = "test-" + strings.ToLower(rand.Text()[:12])
	if err := e.CreateTable(t.Context(), table); err != nil {
		t.Fatal(err)
	}
	return e.Config(), table
}

// Missing skips a test for want of a tool; with LEJEK_NO_SKIP=1, which make test sets, it fails instead, so that a green run
// means that everything ran.
func Missing(t testing.TB, err error) {
	t.Helper()
	if os.Getenv("LEJEK_NO_SKIP") != "" {
		t.Fatal(err)
	}
	t.Skip(err)
}
