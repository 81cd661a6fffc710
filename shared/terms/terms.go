// Package terms holds what a client demands of its own request beyond what it asks for: that a record be as it has seen it
// (If-Match, RFC 9110 section 13.1.1), and that a request sent again take effect once (Idempotency-Key). Both are promises about a
// write that services need not know of. So they travel in the context, from api, which reads and answers them, to dynamo, which
// alone knows the versions of records and writes the claim of a key in the same transaction as what the request does.
package terms

import (
	"context"
	"slices"
	"sync"

	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/fault"
)

// Terms are those of one request. They are safe for concurrent use.
type Terms struct {
	Team  int64
	Kind  string     // of the record that the request is about
	ref   change.Ref // the record; none until one of the kind was made
	match []int64    // the versions that will do; nil is any
	Claim *Claim     // nil without Idempotency-Key

	mu      sync.Mutex
	seen    int64 // the record's version, as last read or written
	writing int64 // its version when what is being written takes effect
}

// About are terms of a request about a record that there is; match nil takes any version of it.
func About(team int64, ref change.Ref, match []int64) *Terms {
	return &Terms{Team: team, Kind: ref.Kind(), ref: ref, match: match}
}

// Making are terms of a request that makes a record of a kind.
func Making(team int64, kind string) *Terms { return &Terms{Team: team, Kind: kind} }

type key struct{}

// With carries terms to where records are read and written; Of are those carried, nil for none.
func With(ctx context.Context, t *Terms) context.Context { return context.WithValue(ctx, key{}, t) }
func Of(ctx context.Context) *Terms                      { t, _ := ctx.Value(key{}).(*Terms); return t }

// Record is what the request is about; "" while there is none.
func (t *Terms) Record() change.Ref {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.ref
}

// Version is the record's, as the request left it; 0 when it was never looked at.
func (t *Terms) Version() int64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.seen
}

// Saw notes the version that the record was read at. A service writes a record only at the version it read, so refusing to read
// one that the client has not seen is enough: whoever comes between reading and writing makes the write fail, and it is read again.
func (t *Terms) Saw(version int64) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.seen = version
	if t.match != nil && !slices.Contains(t.match, version) {
		return fault.New(fault.Stale, "The record has changed since: its ETag is now \"%d\"", version)
	}
	return nil
}

// Writing notes that the record is about to be written, from the version expect; 0 makes it.
func (t *Terms) Writing(team int64, ref change.Ref, expect int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if team != t.Team {
		return
	}
	if t.ref == "" && expect == 0 && t.Kind != "" && ref.Kind() == t.Kind {
		t.ref = ref
	}
	if ref == t.ref {
		t.writing = expect + 1
	}
}

// Wrote notes that what was being written took effect; from then on the record is as the request itself made it.
func (t *Terms) Wrote() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.writing != 0 {
		t.seen, t.match = t.writing, nil
	}
}
