package system

import (
	"crypto/rand"
	"strings"
	"testing"
	"time"

	"github.com/lejek/lejek/infra/local/engine"
)

// Test starts a system for one test: a table of its own on the engine that the process shares, everything else in memory or
// in a folder that goes with the test.
func Test(t testing.TB, o Options) *System {
	t.Helper()
	if o.Engine == nil && o.DataDir == "" {
		o.Engine = engine.Shared(t)
		o.Table = "test-" + strings.ToLower(rand.Text()[:12])
	}
	if o.Redelivery == 0 {
		o.Redelivery = 20 * time.Millisecond
	}
	if o.Log == nil {
		o.Log = t.Output() // shown only when the test fails
	}
	s, err := Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("closing the system: %v", err)
		}
	})
	return s
}
