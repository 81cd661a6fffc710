package teams

import (
	"context"

	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/value"
)

// Audited is an act as it lies in the log; the id is its place.
type Audited struct {
	ID string
	change.Audit
}

// AuditLog is a page of the team's administrative acts, newest first, for admins.
func (s Service) AuditLog(ctx context.Context, a auth.Actor, cursor string, limit int) (value.Page[Audited], error) {
	if err := s.demandAdmin(ctx, a); err != nil {
		return value.Page[Audited]{}, err
	}
	return s.Store.AuditLog(ctx, a.Team, cursor, limit)
}
