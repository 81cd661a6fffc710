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

// v1 pages by offset: to skip `start` notes they have to be found first, and most of its orders have no index. So a list
// reads pages of the best index, at most maxPages of them, and keeps of each note only its id and what it is sorted by. The
// notes of the wanted page are then read by id. A question that would need more than that is refused with the advice to
// narrow it, instead of being answered in part.
const (
	maxPages = 20
	pageSize = 500
	maxBytes = 4 << 20 // of content in one answer, which Lambda cuts at 6 MB
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
	l := q.List
	l.Limit, l.Sort = pageSize, value.SortID
	indexed := len(order) == 1 && order[0].indexed()
	if indexed {
		l.Sort, l.Desc = value.Sort(order[0].key), order[0].desc
	}
	var found []Note
	for pages := 0; ; pages++ {
		if pages == maxPages {
			return nil, false, fault.New(fault.Invalid, "Too many notes to look through; narrow the list by deal_id, person_id, org_id, user_id or updated_since")
		}
		some, err := s.Store.List(ctx, a.Team, l)
		if err != nil {
			return nil, false, err
		}
		for _, n := range some.Items {
			if !n.AddTime.Before(from) && n.AddTime.Before(until) && q.pinned(n) {
				found = append(found, order.of(n))
			}
		}
		if l.Cursor = some.Next; l.Cursor == "" || indexed && len(found) > q.Start+q.Limit {
			break
		}
	}
	if !indexed {
		slices.SortFunc(found, order.compare)
	}
	found = found[min(q.Start, len(found)):]
	return s.read(ctx, a, found, q.Limit)
}

// read fetches the notes of the page afresh; what was deleted since the index saw it is left out.
func (s Service) read(ctx context.Context, a auth.Actor, found []Note, limit int) (page []Note, more bool, err error) {
	n := min(limit, len(found))
	ids := make([]int64, n)
	for i := range ids {
		ids[i] = found[i].ID
	}
	notes, err := s.Store.GetMany(ctx, a.Team, ids)
	if err != nil {
		return nil, false, err
	}
	size := 0
	for i, id := range ids {
		note, ok := notes[id]
		if !ok || note.Deleted {
			continue
		}
		if size += len(note.Content); size > maxBytes && i > 0 {
			return page, true, nil
		}
		page = append(page, note)
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

// of keeps of a note what the order needs; of its content the beginning.
func (o order) of(n Note) Note {
	kept := Note{
		ID: n.ID, UserID: n.UserID, DealID: n.DealID, PersonID: n.PersonID, OrganizationID: n.OrganizationID, AddTime: n.AddTime, UpdateTime: n.UpdateTime,
	}
	if slices.ContainsFunc(o, func(k sortKey) bool { return k.key == "content" }) {
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
	return cmp.Compare(x.ID, y.ID)
}
