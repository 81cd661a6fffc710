package value

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
)

// ErrCursor is a cursor that is not the Next of an earlier page of this list.
var ErrCursor = errors.New("cursor of no earlier page in this order")

// PageOf answers a list from records that are all at hand. A page begins after the record that the cursor names, so that
// what is made meanwhile neither repeats nor skips any.
func PageOf[T any](all []T, facets func(T) Facets, l List) (page Page[T], err error) {
	at := func(v T) position { return positionOf(facets(v), l.Sort) }
	sign := 1
	if l.Desc {
		sign = -1
	}
	match := slices.DeleteFunc(slices.Clone(all), func(v T) bool {
		f := facets(v)
		return !l.Matches(f) || l.IDs != nil && !slices.Contains(l.IDs, f.ID)
	})
	slices.SortFunc(match, func(x, y T) int { return sign * at(x).compare(at(y)) })
	if l.Cursor != "" {
		after, err := parsePosition(l)
		if err != nil {
			return page, err
		}
		match = slices.DeleteFunc(match, func(v T) bool { return sign*at(v).compare(after) <= 0 })
	}
	if l.Limit > 0 && len(match) > l.Limit {
		match = match[:l.Limit]
		text, err := json.Marshal(at(match[l.Limit-1]))
		if err != nil {
			return page, fmt.Errorf("value.PageOf: %w", err)
		}
		page.Next = base64.RawURLEncoding.EncodeToString(text)
	}
	page.Items = match
	return page, nil
}

// position is where a record stands in an order; times as text compare like times.
type position struct {
	Sort Sort
	Key  string
	ID   int64
}

func positionOf(f Facets, sort Sort) position {
	p := position{Sort: sort, ID: f.ID}
	switch sort {
	case SortAddTime:
		p.Key = SortTime(f.Added)
	case SortUpdateTime:
		p.Key = SortTime(f.Updated)
	case SortDue:
		if p.Key = "9999"; !f.Due.IsZero() {
			p.Key = SortTime(f.Due)
		}
	case SortOrder:
		p.Key = fmt.Sprintf("%012d", f.Order)
	}
	return p
}

func (p position) compare(o position) int {
	return cmp.Or(cmp.Compare(p.Key, o.Key), cmp.Compare(p.ID, o.ID))
}

func parsePosition(l List) (p position, err error) {
	text, err := base64.RawURLEncoding.DecodeString(l.Cursor)
	if err == nil {
		err = json.Unmarshal(text, &p)
	}
	if err != nil || p.ID == 0 || p.Sort != l.Sort {
		return p, ErrCursor
	}
	return p, nil
}
