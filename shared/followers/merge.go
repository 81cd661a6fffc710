package followers

import (
	"context"
	"slices"

	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/change"
)

// Move has a user who followed a record that was absorbed follow what became of it, since when he followed; who follows that already
// does so once. Where what became of it is deleted, nobody follows that.
func (s Service) Move(ctx context.Context, a auth.Actor, absorbed change.Ref, user int64) error {
	var id int64
	return change.Retry(ctx, func() error {
		last := row(absorbed, user-1)
		had, _, err := s.Store.Rows(ctx, a.Team, absorbed, change.Range{Shelf: change.Followers, After: &last, Limit: 1})
		if err != nil || len(had) == 0 || had[0].Source.ID() != user {
			return err
		}
		to, alive, err := s.became(ctx, a, absorbed)
		if err != nil || !alive {
			return err
		}
		lies, err := s.Store.Where(ctx, a.Team, row(to, user))
		if err != nil {
			return err
		}
		set := change.By(a)
		set.Checks = []change.Check{{Ref: to, Alive: true}}
		hide(&set, absorbed, user)
		if slices.Contains(lies, to) {
			return s.Store.Commit(ctx, set)
		}
		show(&set, to, Follower{UserID: user, AddTime: had[0].At})
		return s.save(ctx, a, set, event(to, user, true, s.now()), &id)
	})
}

// became is the record that a chain of merges ends in, and whether it is there.
func (s Service) became(ctx context.Context, a auth.Actor, of change.Ref) (change.Ref, bool, error) {
	for {
		r, err := s.record(ctx, a, of)
		g, ok := r.(change.Mergeable)
		if err != nil || !ok {
			return of, false, err
		}
		deleted, into := g.Gone()
		if into == nil {
			return of, !deleted, nil
		}
		of = change.Of(of.Kind(), *into)
	}
}
