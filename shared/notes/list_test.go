package notes

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/value"
)

// many is a store of as many notes, made when they are read. No other method is called.
type many struct {
	Store
	n, bound int
	asked    value.List
	fetched  int
}

func (s *many) note(id int64) Note {
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(id) * time.Minute)
	return Note{ID: id, Content: "x", UserID: 1, AddTime: at, UpdateTime: at}
}

func (s *many) Skim(_ context.Context, _ int64, l value.List, _ bool, each func(Note) bool) (bool, error) {
	s.asked = l
	for i := range s.n {
		id := int64(i + 1)
		if l.Desc {
			id = int64(s.n - i)
		}
		if i == s.bound {
			return false, nil
		}
		if n := s.note(id); l.Matches(n.Facets()) && !each(n) {
			return true, nil
		}
	}
	return true, nil
}

func (s *many) GetMany(_ context.Context, _ int64, ids []int64) (map[int64]Note, error) {
	s.fetched += len(ids)
	found := map[int64]Note{}
	for _, id := range ids {
		found[id] = s.note(id)
	}
	return found, nil
}

func TestManyNotesArePagedToTheEnd(t *testing.T) {
	t.Parallel()
	for sort, last := range map[string]int64{"": 12_000, "add_time DESC": 1, "user_id, id": 12_000, "content DESC": 1} {
		store := &many{n: 12_000, bound: 100_000}
		q := Query{Sort: sort, Limit: 500}
		var end Note
		pages := 0
		for more := true; more; pages++ {
			page, next, err := Service{Store: store}.List(t.Context(), auth.Actor{}, q)
			if err != nil || len(page) != 500 {
				t.Fatalf("%q: %d notes from %d on: %v", sort, len(page), q.Start, err)
			}
			q.Start, more, end = q.Start+len(page), next, page[len(page)-1]
		}
		if pages != 24 || end.ID != last || store.fetched != 12_000 {
			t.Errorf("%q: %d pages to note %d, %d read in full", sort, pages, end.ID, store.fetched)
		}
	}
}

func TestWhatNarrowsAListIsUsedAndAdvised(t *testing.T) {
	t.Parallel()
	lately := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	deal := map[string]int64{value.ByDeal: 0} // of none, so that all notes match
	for _, test := range []struct {
		list   value.List
		sort   string
		skims  value.Sort
		sorted bool
		advice string
	}{
		{value.List{}, "", value.SortID, true, "by deal_id, person_id, org_id or updated_since"},
		{value.List{}, "content", value.SortID, false, "by deal_id, person_id, org_id or updated_since"},
		{value.List{}, "update_time DESC", value.SortUpdateTime, true, "by deal_id, person_id, org_id or updated_since"},
		{value.List{UpdatedSince: lately}, "", value.SortUpdateTime, false, "or by a later updated_since"},
		{value.List{UpdatedSince: lately}, "update_time", value.SortUpdateTime, true, "or by a later updated_since"},
		{value.List{Links: deal}, "add_time", value.SortID, false, "lower start"},
		{value.List{Links: deal, UpdatedSince: lately}, "id DESC", value.SortID, true, "lower start"},
		{value.List{Links: map[string]int64{value.ByOwner: 1}}, "add_time", value.SortAddTime, true, "by deal_id, person_id, org_id or updated_since"},
	} {
		store := &many{n: 300, bound: 200}
		_, _, err := Service{Store: store}.List(t.Context(), auth.Actor{}, Query{List: test.list, Sort: test.sort, Start: 250, Limit: 10})
		if err == nil || !strings.Contains(err.Error(), test.advice) {
			t.Errorf("%v by %q: %v", test.list, test.sort, err)
		}
		if store.asked.Sort != test.skims || store.asked.Desc != (test.sorted && strings.HasSuffix(test.sort, "DESC")) || (store.asked.Limit > 0) != test.sorted {
			t.Errorf("%v by %q: skims %+v", test.list, test.sort, store.asked)
		}
		page, more, err := Service{Store: store}.List(t.Context(), auth.Actor{}, Query{List: test.list, Sort: test.sort, Start: 100, Limit: 10})
		if test.sorted && (err != nil || len(page) != 10 || !more || !slices.IsSortedFunc(page, func(x, y Note) int { return int(x.ID - y.ID) }) && !store.asked.Desc) {
			t.Errorf("%v by %q, nearer: %d notes, %v", test.list, test.sort, len(page), err)
		}
	}
}
