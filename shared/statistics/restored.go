package statistics

import (
	"maps"
	"slices"
	"time"

	"github.com/lejek/lejek/shared/change"
)

// Restored are the figures of an archive's deals: trails as they were folded, facts that were not yet, and the deals as they
// are. Everything is folded then, up to the day of now.
func Restored(trails []Trail, facts, deals []change.Fact, now time.Time) (sets []change.Set) {
	before := map[int64]Trail{}
	for _, t := range trails {
		before[t.Last.Deal] = t
	}
	var noted []Noted
	for _, f := range append(slices.Clone(facts), deals...) {
		noted = append(noted, Noted{Fact: f})
	}
	after, totals := apply(before, noted), ledger{}
	const atOnce = 40 // a trail and its filed copy each
	for _, deal := range slices.Sorted(maps.Keys(after)) {
		t := after[deal]
		if len(sets) == 0 || len(sets[len(sets)-1].Records) == atOnce {
			sets = append(sets, change.Set{})
		}
		set := &sets[len(sets)-1]
		set.Restore(Ref(deal), t)
		set.Show = append(set.Show, t.row()...)
		totals.replace(change.Fact{}, t.Last)
	}
	for _, ref := range slices.Sorted(maps.Keys(totals)) {
		set := change.Set{}
		set.Put(ref, totals[ref], 0)
		sets = append(sets, set)
	}
	day := change.Set{}
	day.Put(MarkRef(), Mark{At: time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, time.UTC)}, 0)
	return append(sets, day)
}
