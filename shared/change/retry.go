package change

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/lejek/lejek/shared/fault"
)

const tries = 5

// Retry runs read-apply-commit again when another writer came first: what was read is read anew, so nothing is overwritten
// unseen. After five tries the answer is Unavailable.
func Retry(ctx context.Context, attempt func() error) error {
	var err error
	for i := range tries {
		if err = attempt(); !fault.Is(err, fault.Conflict) {
			return err
		}
		pause := time.Duration(rand.IntN(20<<i)) * time.Millisecond
		select {
		case <-ctx.Done():
			return fault.New(fault.Unavailable, "Too many changes at once, please try again").Because(err)
		case <-time.After(pause):
		}
	}
	return fault.New(fault.Unavailable, "Too many changes at once, please try again").Because(err)
}
