package deals

import (
	"slices"

	"github.com/lejek/lejek/shared/change"
)

// Restored is a deal of an archive with where it shows and what it counts for, as far as that is there.
func (d Deal) Restored(t change.Targets) (set change.Set) {
	set.Restore(d.Ref(), d)
	set.Show = slices.DeleteFunc(d.places(), func(r change.Row) bool { return !t.Has(r.On) })
	if !d.Deleted {
		set.Show = append(set.Show, change.Mentions(d.Ref(), d.Custom)...)
	}
	set.Counts = d.counts(1, t)
	return set
}
