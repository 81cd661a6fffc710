package app

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/deals"
	"github.com/lejek/lejek/shared/filters"
	"github.com/lejek/lejek/shared/statistics"
	"github.com/lejek/lejek/shared/value"
)

// Visits are those of the deal's trail, and of its writes that are not folded into it yet: the last one shows in the deal
// itself, those between in its change log.
func (l lens) Visits(row any, known map[value.Need]any) (visits []filters.Visit, needs []value.Need) {
	d, ok := row.(deals.Deal)
	if !ok {
		return nil, nil
	}
	folded := value.Need{Part: value.PartRecord, Of: string(statistics.Ref(d.ID))}
	read, ok := known[folded]
	if !ok {
		return nil, []value.Need{folded}
	}
	trail, _ := read.(statistics.Trail)
	for _, v := range trail.Visits {
		visits = append(visits, filters.Visit{Stage: v.StageID, At: v.At})
	}
	return seen(d, trail, visits, known)
}

// seen adds to the visits of a trail those of the writes that came after it.
func seen(d deals.Deal, trail statistics.Trail, visits []filters.Visit, known map[value.Need]any) ([]filters.Visit, []value.Need) {
	last := trail.Last
	switch {
	case d.Version <= last.Version:
		return visits, nil
	case d.Version == 1:
		return []filters.Visit{{Stage: d.StageID, At: d.AddTime}}, nil
	case d.Version == last.Version+1:
		if d.StageID != last.StageID && d.StageChangeTime != nil {
			visits = append(visits, filters.Visit{Stage: d.StageID, At: *d.StageChangeTime})
		}
		return visits, nil
	}
	between := value.Need{Part: value.PartLog, Of: string(d.Ref())}
	if last.Version > 0 {
		between.Since = last.At.Add(-time.Minute) // the clock of another function may be so far behind
	}
	read, ok := known[between]
	if !ok {
		return nil, []value.Need{between}
	}
	rows, _ := read.([]change.Row)
	begun := d.StageID
	var moves []filters.Visit
	slices.SortStableFunc(rows, func(a, b change.Row) int { return cmp.Compare(a.Log.ID, b.Log.ID) })
	for _, r := range rows {
		i := slices.IndexFunc(r.Log.Fields, func(f change.Field) bool { return f.Key == "stage_id" })
		if i < 0 || r.Log.ID <= last.Version {
			continue
		}
		if to, err := strconv.ParseInt(value.Deref(r.Log.Fields[i].New), 10, 64); err == nil {
			moves = append(moves, filters.Visit{Stage: to, At: r.At})
		}
		if from, err := strconv.ParseInt(value.Deref(r.Log.Fields[i].Old), 10, 64); err == nil && len(moves) == 1 {
			begun = from
		}
	}
	if last.Version == 0 {
		visits = []filters.Visit{{Stage: begun, At: d.AddTime}}
	}
	return append(visits, moves...), nil
}
