package notes

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/value"
)

// v1 pages by offset: to skip `start` notes they have to be found first, and most of its orders have no index. So a list skims
// the notes that the best index leads to, without their content, and keeps of those after `start` only what they are sorted
// by; those of the wanted page are then read by id. That costs one query for each megabyte of notes before the page's end,
// or of all that the filters leave when no index has the order. A page whose notes take more queries than the store makes is
// refused with the advice to narrow the list, instead of being answered in part.
const (
	chunk    = 100
	maxBytes = 5 << 20 // of one answer, which Lambda cuts at 6 MB
	perNote  = 8 << 10 // at most, for all but its content: mostly the names of what it hangs on
)

// Query is the question of a list of notes.
type Query struct {
	value.List
	StartDate, EndDate                                 value.Opt[value.Date] // of add_time, days of the user
	PinnedToDeal, PinnedToPerson, PinnedToOrganization value.Opt[bool]
	Sort                                               string // "add_time DESC, id"
	Start, Limit                                       int
}

// List are the notes of a page, and whether more follow. A page of long notes may end before its limit.
func (s Service) List(ctx context.Context, a auth.Actor, q Query) (page []Note, more bool, err error) {
	order, err := parseSort(q.Sort)
	if err != nil {
		return nil, false, err
	}
	from, until, err := s.period(ctx, a, q)
	if err != nil {
		return nil, false, err
	}
	l, sorted := q.skim(order)
	skip := 0
	if sorted {
		skip = q.Start
	}
	var found []Note
	complete, err := s.Store.Skim(ctx, a.Team, l, order.has("content"), func(n Note) bool {
		switch {
		case n.AddTime.Before(from) || !n.AddTime.Before(until) || !q.pinned(n):
		case skip > 0:
			skip--
		default:
			found = append(found, order.of(n))
		}
		return !sorted || len(found) <= q.Limit
	})
	if err != nil {
		return nil, false, err
	}
	if !complete {
		return nil, false, q.tooMany()
	}
	if !sorted {
		slices.SortFunc(found, order.compare)
		found = found[min(q.Start, len(found)):]
	}
	return s.read(ctx, a, found, q.Limit)
}

// skim is what to skim, and whether it comes in the wanted order. What hangs on one record is little, so that this link goes
// before the order, and so does what has changed lately.
func (q Query) skim(o order) (l value.List, sorted bool) {
	l = q.List
	l.Sort = value.SortID
	switch {
	case q.onRecord():
	case !l.UpdatedSince.IsZero():
		l.Sort = value.SortUpdateTime
	case o[0].indexed():
		l.Sort = value.Sort(o[0].key)
	}
	if sorted = len(o) == 1 && o[0].key == string(l.Sort); sorted {
		l.Desc, l.Limit = o[0].desc, q.Start+q.Limit+1
	}
	return l, sorted
}

// onRecord reports that only what hangs on one record is asked for.
func (q Query) onRecord() bool {
	return slices.ContainsFunc([]string{value.ByDeal, value.ByPerson, value.ByOrganization}, func(link string) bool {
		_, given := q.Links[link]
		return given
	})
}

// tooMany names the filters that would still help.
func (q Query) tooMany() error {
	advice := "narrow the list by deal_id, person_id, org_id or updated_since"
	switch {
	case q.onRecord():
		advice = "ask for a lower start"
	case !q.UpdatedSince.IsZero():
		advice = "narrow the list by deal_id, person_id or org_id, or by a later updated_since"
	}
	return fault.New(fault.Invalid, "Too many notes to look through; %s", advice)
}

// read fetches the notes of the page afresh, until an answer holds no more; what was deleted since the index saw it is left
// out.
func (s Service) read(ctx context.Context, a auth.Actor, found []Note, limit int) (page []Note, more bool, err error) {
	n, size := min(limit, len(found)), 0
	for part := range slices.Chunk(found[:n], chunk) {
		ids := make([]int64, len(part))
		for i := range part {
			ids[i] = part[i].ID
		}
		notes, err := s.Store.GetMany(ctx, a.Team, ids)
		if err != nil {
			return nil, false, err
		}
		for _, id := range ids {
			note, ok := notes[id]
			if !ok || note.Deleted {
				continue
			}
			if size += perNote + value.WireSize(note.Content); size > maxBytes && len(page) > 0 {
				return page, true, nil
			}
			page = append(page, note)
		}
	}
	return page, len(found) > n, nil
}

func (q Query) pinned(n Note) bool {
	for _, f := range []struct {
		in  value.Opt[bool]
		was bool
	}{{q.PinnedToDeal, n.PinnedToDeal}, {q.PinnedToPerson, n.PinnedToPerson}, {q.PinnedToOrganization, n.PinnedToOrganization}} {
		if f.in.Has() && f.in.V != f.was {
			return false
		}
	}
	return true
}

// period is from the start of the first day to the end of the last, where the user lives.
func (s Service) period(ctx context.Context, a auth.Actor, q Query) (from, until time.Time, err error) {
	until = time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)
	if !q.StartDate.Has() && !q.EndDate.Has() {
		return from, until, nil
	}
	zone, err := s.Users.UserZone(ctx, a.Team, a.User)
	if err != nil {
		return from, until, err
	}
	if q.StartDate.Has() {
		if from, err = time.ParseInLocation(time.DateOnly, string(q.StartDate.V), zone); err != nil {
			return from, until, fault.BadField("start_date", "must be a date, such as 2026-01-31")
		}
	}
	if q.EndDate.Has() {
		day, err := time.ParseInLocation(time.DateOnly, string(q.EndDate.V), zone)
		if err != nil {
			return from, until, fault.BadField("end_date", "must be a date, such as 2026-01-31")
		}
		until = day.AddDate(0, 0, 1)
	}
	return from, until, nil
}

// sortKey is one key of an order, and order all of them.
type sortKey struct {
	key  string
	desc bool
}

type order []sortKey

var sortable = []string{"id", "user_id", "deal_id", "person_id", "org_id", "content", "add_time", "update_time"}

// parseSort reads "field [ASC|DESC], field [ASC|DESC]"; without one, the order is that of ids.
func parseSort(text string) (o order, err error) {
	for part := range strings.SplitSeq(text, ",") {
		words := strings.Fields(part)
		if len(words) == 0 && text == "" {
			return order{{key: "id"}}, nil
		}
		if len(words) == 0 || len(words) > 2 || !slices.Contains(sortable, words[0]) {
			return nil, fault.BadField("sort", "must be fields with ASC or DESC; the fields are %s", strings.Join(sortable, ", "))
		}
		k := sortKey{key: words[0]}
		if len(words) == 2 {
			if k.desc = strings.EqualFold(words[1], "desc"); !k.desc && !strings.EqualFold(words[1], "asc") {
				return nil, fault.BadField("sort", "the direction must be ASC or DESC")
			}
		}
		o = append(o, k)
	}
	return o, nil
}

func (k sortKey) indexed() bool {
	return slices.Contains([]string{"id", "add_time", "update_time"}, k.key)
}

func (o order) has(key string) bool {
	return slices.ContainsFunc(o, func(k sortKey) bool { return k.key == key })
}

// of keeps of a note what the order needs; of its content the beginning.
func (o order) of(n Note) Note {
	kept := Note{
		ID: n.ID, UserID: n.UserID, DealID: n.DealID, PersonID: n.PersonID, OrganizationID: n.OrganizationID, AddTime: n.AddTime, UpdateTime: n.UpdateTime,
	}
	if o.has("content") {
		kept.Content = strings.Clone(n.Content[:min(len(n.Content), 200)])
	}
	return kept
}

func (o order) compare(x, y Note) int {
	for _, k := range o {
		c := 0
		switch k.key {
		case "id":
			c = cmp.Compare(x.ID, y.ID)
		case "user_id":
			c = cmp.Compare(x.UserID, y.UserID)
		case "deal_id":
			c = cmp.Compare(value.Deref(x.DealID), value.Deref(y.DealID))
		case "person_id":
			c = cmp.Compare(value.Deref(x.PersonID), value.Deref(y.PersonID))
		case "org_id":
			c = cmp.Compare(value.Deref(x.OrganizationID), value.Deref(y.OrganizationID))
		case "content":
			c = cmp.Compare(x.Content, y.Content)
		case "add_time":
			c = x.AddTime.Compare(y.AddTime)
		case "update_time":
			c = x.UpdateTime.Compare(y.UpdateTime)
		}
		if k.desc {
			c = -c
		}
		if c != 0 {
			return c
		}
	}
	if o[len(o)-1].desc { // as indexes do
		return cmp.Compare(y.ID, x.ID)
	}
	return cmp.Compare(x.ID, y.ID)
}
