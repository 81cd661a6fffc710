package flow

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/fault"
)

// Owner is a record that owns objects.
type Owner interface{ Objects() []string }

// Sharer is a record whose bytes are kept once, for all records that have the same.
type Sharer interface{ Content() change.Ref }

// Namer is a record that, though it is deleted, is still found by those whom its custom fields name.
type Namer interface{ Left() []change.Row }

// Purge takes away what a record left behind that the table removed after its time: its bytes and its rows on other records.
// Each part may be done twice, so a purge that was killed is simply done again. The rows of what was deleted went, and were no
// longer counted, with the deletion; to take them away once more is a net below that. What hangs on a deal, a person or an
// organization can be a lot and leaves it in the steps of a job.
func (s Service) Purge(ctx context.Context, team int64, of change.Ref, record any) error {
	if o, ok := record.(Owner); ok {
		for _, key := range o.Objects() {
			if err := s.Objects.Delete(ctx, key); err != nil {
				return fmt.Errorf("flow.Purge %s: %w", of, err)
			}
		}
	}
	if sh, ok := record.(Sharer); ok && sh.Content() != "" {
		if err := s.forsake(ctx, team, sh.Content()); err != nil {
			return fmt.Errorf("flow.Purge %s: %w", of, err)
		}
	}
	if p, ok := record.(change.Placed); ok {
		if err := s.Store.RemoveRows(ctx, team, p.Rows()); err != nil {
			return fmt.Errorf("flow.Purge %s: %w", of, err)
		}
	}
	if n, ok := record.(Namer); ok {
		if err := s.Store.RemoveRows(ctx, team, n.Left()); err != nil {
			return fmt.Errorf("flow.Purge %s: %w", of, err)
		}
	}
	if !slices.Contains([]string{change.Deal, change.Person, change.Organization}, of.Kind()) {
		if err := s.Store.RemoveCollection(ctx, team, of); err != nil {
			return fmt.Errorf("flow.Purge %s: %w", of, err)
		}
		return nil
	}
	found, err := s.Store.GetAny(ctx, team, []change.Ref{of})
	if err == nil && found[of] == nil { // what lives is not cleared, whatever the event says
		err = s.Store.Commit(ctx, change.Set{Team: team, Jobs: []change.Job{{Name: change.PurgeName(of), Of: of, Purge: true}}})
	}
	if err != nil && !fault.Is(err, fault.Conflict) { // the job is under way
		return fmt.Errorf("flow.Purge %s: %w", of, err)
	}
	return nil
}

// forsake takes bytes away that no file has any more. That there is none, and comes none meanwhile, is decided by one
// transaction; the object goes after it, and should that fail, when the purge is repeated.
func (s Service) forsake(ctx context.Context, team int64, of change.Ref) error {
	found, err := s.Store.GetAny(ctx, team, []change.Ref{of})
	if err != nil {
		return err
	}
	c, ok := found[of].(change.Content)
	if !ok {
		return nil
	}
	if c.Kept() {
		sums, err := s.Store.Summaries(ctx, team, []change.Ref{of})
		if err != nil || sums[of].Count(change.FilesCount) > 0 {
			return err
		}
		set := change.Set{Team: team, Counts: []change.Count{{Of: of, Seen: map[change.Number]int64{change.FilesCount: sums[of].Numbers[change.FilesCount]}}}}
		set.Put(of, change.Content{Key: c.Key, Gone: true}, c.Version)
		if err := s.Store.Commit(ctx, set); fault.Is(err, fault.Conflict) {
			return nil // a file came that has them
		} else if err != nil {
			return err
		}
	}
	return s.Objects.Delete(ctx, c.Key)
}

// gone is a record that was purged, and where it led.
type gone struct {
	ref change.Ref
	led change.Links
}

// gone reads where the record led. Of what it led to some may be gone as well, and then this led on.
func (s Service) gone(ctx context.Context, team int64, ref change.Ref) (*gone, error) {
	g := &gone{ref: ref, led: change.Links{}}
	for next := ref; next != ""; {
		sign := change.SignpostOf(next)
		found, err := s.Store.GetAny(ctx, team, []change.Ref{sign})
		if err != nil {
			return nil, err
		}
		post, _ := found[sign].(change.Post)
		if next == ref {
			g.led = post.Links()
		} else {
			g.led = g.led.Inherit(next, post.Links())
		}
		if found, err = s.Store.GetAny(ctx, team, g.led.Refs()); err != nil {
			return nil, err
		}
		next = ""
		for _, r := range g.led.Refs() {
			if found[r] == nil {
				next = r
				break
			}
		}
	}
	return g, nil
}

// clear removes what is left of a purged record when nothing hangs on it any more.
func (s Service) clear(ctx context.Context, team int64, of change.Ref) error {
	if of.Kind() == change.Organization {
		if err := s.Relations.Forget(ctx, team, of.ID()); err != nil {
			return err
		}
	}
	return s.Store.RemoveCollection(ctx, team, of)
}

// Child is what somebody put on a record: a note, an activity, a file. Mail is nobody's child, it stays in the mailbox.
type Child interface {
	change.Placed
	LinkTo(change.Links) change.Placed
	Remove(now time.Time) change.Placed
}

// leave is a source when the record that it showed on is gone for good. One that showed nowhere else is removed with it. One
// that linked to it takes over what it led to, if all that it shows on is reached so; if not, such as a note that names another
// person than the deal it was on, it keeps its link, and the signpost leads on.
func (m *mover) leave(ctx context.Context, before change.Placed) (change.Placed, error) {
	c, ok := before.(Child)
	if f, file := before.(interface{ Mailed() bool }); !ok || file && f.Mailed() {
		return before, nil
	}
	had, err := m.reach(ctx, c.HangsOn())
	if err != nil {
		return nil, err
	}
	if len(had.Refs) == 0 {
		return c.Remove(m.Now().UTC().Truncate(time.Millisecond)), nil
	}
	now := c.LinkTo(c.HangsOn().Inherit(m.gone.ref, m.gone.led))
	has, err := m.reach(ctx, now.HangsOn())
	if err != nil {
		return nil, err
	}
	for _, ref := range had.Refs {
		if !slices.Contains(has.Refs, ref) {
			return before, nil
		}
	}
	return now, nil
}
