package activities

import (
	"cmp"
	"context"
	"slices"

	"github.com/lejek/lejek/shared/change"
)

// A deal's next activity is the first on its shelf of planned ones, its last the newest done one in its flow (contract §2.1).
// Both are kept in the deal's summary and written with the activity that changes them. The summary's version is raised by
// every such write, also when the answer stays the same, so that of two writers at once the second looks again.

// on is the activity's row on a deal; nil when it does not count there.
func (n Activity) on(deal change.Ref) *change.Row {
	for _, r := range n.Rows() {
		if r.On == deal {
			return &r
		}
	}
	return nil
}

// summaries are those of the deals on which the activity's place changed. A deal that it leaves may be gone for good, and then
// nothing may be written beside it: nobody would ever remove that.
func (s Service) summaries(ctx context.Context, team int64, before, now Activity) ([]change.Summary, error) {
	var touched []change.Ref
	for _, id := range []*int64{before.DealID, now.DealID} {
		if id == nil {
			continue
		}
		deal := change.Of(change.Deal, *id)
		was, is := before.on(deal), now.on(deal)
		if sameRow(was, is) || len(touched) > 0 && touched[0] == deal {
			continue
		}
		if is == nil {
			t, err := s.Store.Targets(ctx, team, change.Links{Deal: *id})
			if err != nil {
				return nil, err
			}
			if !slices.Contains(t.Refs, deal) {
				continue
			}
		}
		touched = append(touched, deal)
	}
	if len(touched) == 0 {
		return nil, nil
	}
	// The summaries are read before the shelves: what others add in between raises the version and is seen on the next try.
	sums, err := s.Store.Summaries(ctx, team, touched)
	if err != nil {
		return nil, err
	}
	var all []change.Summary
	for _, deal := range touched {
		sum := sums[deal]
		sum.Of = deal
		if err := s.derive(ctx, team, &sum, before.on(deal), now.on(deal), now.Ref()); err != nil {
			return nil, err
		}
		all = append(all, sum)
	}
	return all, nil
}

func (s Service) derive(ctx context.Context, team int64, sum *change.Summary, was, is *change.Row, self change.Ref) (err error) {
	next, last := nextOf(*sum), lastOf(*sum)
	if next != nil && next.Source == self {
		if next, err = s.Store.FirstPlanned(ctx, team, sum.Of, self); err != nil {
			return err
		}
	}
	if is != nil && is.Shelf == change.Planned && (next == nil || compare(*is, *next) < 0) {
		next = is
	}
	stays := is != nil && is.Shelf == change.Flow && was != nil && compare(*is, *was) >= 0
	if last != nil && last.Source == self && !stays {
		if last, err = s.Store.LastDone(ctx, team, *last); err != nil {
			return err
		}
	}
	if is != nil && is.Shelf == change.Flow && (last == nil || last.Source == self || compare(*is, *last) > 0) {
		last = is
	}
	setNext(sum, next)
	setLast(sum, last)
	return nil
}

func nextOf(s change.Summary) *change.Row {
	if s.NextActivityID == nil {
		return nil
	}
	row := change.Row{On: s.Of, Shelf: change.Planned, At: far, Source: change.Of(change.Activity, *s.NextActivityID)}
	if s.NextActivityTime != nil {
		row.At = *s.NextActivityTime
	}
	return &row
}

func setNext(s *change.Summary, row *change.Row) {
	s.NextActivityID, s.NextActivityTime = nil, nil
	if row != nil {
		id := row.Source.ID()
		if s.NextActivityID = &id; row.At.Before(far) {
			s.NextActivityTime = &row.At
		}
	}
}

func lastOf(s change.Summary) *change.Row {
	if s.LastActivityID == nil || s.LastActivityTime == nil {
		return nil
	}
	return &change.Row{On: s.Of, Shelf: change.Flow, At: *s.LastActivityTime, Source: change.Of(change.Activity, *s.LastActivityID)}
}

func setLast(s *change.Summary, row *change.Row) {
	s.LastActivityID, s.LastActivityTime = nil, nil
	if row != nil {
		id := row.Source.ID()
		s.LastActivityID, s.LastActivityTime = &id, &row.At
	}
}

// compare is the order of rows on a shelf.
func compare(a, b change.Row) int {
	return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Source, b.Source))
}

func sameRow(a, b *change.Row) bool {
	return a == b || a != nil && b != nil && a.Shelf == b.Shelf && compare(*a, *b) == 0
}
