package terms

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"time"

	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/change"
)

const (
	// Life is how long the answer to a key is kept.
	Life = 24 * time.Hour
	// Lease is how long the first request with a key may take, more than any function that answers requests has.
	Lease = time.Minute
)

// Claim is the hold of one request on its key: of two requests at once, one gets it. Its attempt is a condition of every
// transaction that the request makes, so that one which lost its hold does nothing any more.
type Claim struct {
	Name        string // of the key, by user
	Fingerprint string // of what was asked for
	Attempt     string
}

// NewClaim is a claim of a user's key for what has this fingerprint.
func NewClaim(a auth.Actor, key, fingerprint, attempt string) *Claim {
	sum := sha256.Sum256([]byte(key))
	return &Claim{Name: fmt.Sprintf("%d-%s", a.User, base64.RawURLEncoding.EncodeToString(sum[:])), Fingerprint: fingerprint, Attempt: attempt}
}

// Kept is what is known of a key's first request.
type Kept struct {
	Fingerprint string
	Running     bool       // it may still be at work
	Effect      change.Ref // the record that it made, or NoRecord; "" while it did nothing
	Answer      *Reply     // nil while it is not answered
}

// NoRecord is the effect of what made no record.
const NoRecord = change.Ref("none")

// Reply is an answer as it was given.
type Reply struct {
	Status int
	Header map[string]string
	Body   []byte
}

// Store keeps claims for Life.
type Store interface {
	// Claim holds a key, or returns what is known of the request that did before. One that did nothing and cannot be at work any
	// more has lost its hold to a request for the same.
	Claim(ctx context.Context, team int64, c *Claim) (held bool, k Kept, err error)
	// Keep keeps the answer. Release gives up a hold under which nothing was done.
	Keep(ctx context.Context, team int64, c *Claim, r Reply) error
	Release(ctx context.Context, team int64, c *Claim) error
}
