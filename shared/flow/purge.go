package flow

import (
	"context"
	"fmt"

	"github.com/lejek/lejek/shared/change"
)

// Owner is a record that owns objects.
type Owner interface{ Objects() []string }

// Purge takes away what a record left behind that the table removed after its time: its bytes, its rows on other records,
// and all that lay in its own collection. Each part may be done twice, so a purge that was killed is simply done again.
func (s Service) Purge(ctx context.Context, team int64, of change.Ref, record any) error {
	if o, ok := record.(Owner); ok {
		for _, key := range o.Objects() {
			if err := s.Objects.Delete(ctx, key); err != nil {
				return fmt.Errorf("flow.Purge %s: %w", of, err)
			}
		}
	}
	if p, ok := record.(change.Placed); ok {
		if err := s.Store.RemoveRows(ctx, team, p.Rows()); err != nil {
			return fmt.Errorf("flow.Purge %s: %w", of, err)
		}
	}
	if err := s.Store.RemoveCollection(ctx, team, of); err != nil {
		return fmt.Errorf("flow.Purge %s: %w", of, err)
	}
	return nil
}
