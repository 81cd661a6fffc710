package api

import (
	"slices"
	"strings"
	"time"

	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/value"
)

// v2Page are the parameters of every v2 list (contract §1.4, §1.5). Embedded in a list's input.
type v2Page struct {
	IDs           []int64   `query:"ids"`
	UpdatedSince  time.Time `query:"updated_since"`
	UpdatedUntil  time.Time `query:"updated_until"`
	SortBy        string    `query:"sort_by"`
	SortDirection string    `query:"sort_direction" rule:"enum=asc|desc"`
	Limit         int64     `query:"limit" rule:"min=1,max=500"`
	Cursor        string    `query:"cursor" rule:"max=2000"`
}

// list is the question that the parameters ask; sorts are the orders that this list has beyond the common three.
func (p v2Page) list(sorts ...value.Sort) (value.List, error) {
	l := value.List{
		IDs: p.IDs, UpdatedSince: p.UpdatedSince, UpdatedUntil: p.UpdatedUntil, Sort: value.Sort(p.SortBy),
		Desc: p.SortDirection == "desc", Limit: int(p.Limit), Cursor: p.Cursor, Links: map[string]int64{},
	}
	if l.Sort == "" {
		l.Sort = value.SortID
	}
	if l.Limit == 0 {
		l.Limit = 100
	}
	var bad fault.Fields
	sorts = append([]value.Sort{value.SortID, value.SortAddTime, value.SortUpdateTime}, sorts...)
	if !slices.Contains(sorts, l.Sort) {
		bad.Add("sort_by", "must be one of %s", joined(sorts))
	}
	if len(l.IDs) > 100 {
		bad.Add("ids", "must be at most 100 ids")
	}
	return l, bad.Err()
}

func joined[S ~string](list []S) string {
	names := make([]string, len(list))
	for i, s := range list {
		names[i] = string(s)
	}
	return strings.Join(names, ", ")
}

// link adds a filter by a link when the parameter was given.
func link(l *value.List, name string, id value.Opt[int64]) {
	if id.Has() {
		l.Links[name] = id.V
	}
}

// listed is the answer of a v2 list: next_cursor is always there, null on the last page.
func listed(data any, next string) Answer {
	var cursor *string
	if next != "" {
		cursor = &next
	}
	return Answer{Data: data, Additional: map[string]any{"next_cursor": cursor}}
}

// fitted is the answer of a list whose records may grow far beyond what is stored of them, since names of options come in:
// where they do not fit, a shorter page is read instead.
func fitted[T, W any](l value.List, grow bool, list func(value.List) (value.Page[T], error), out func([]T) ([]W, error)) (any, error) {
	for {
		page, err := list(l)
		if err != nil {
			return nil, err
		}
		wires, err := out(page.Items)
		if err != nil {
			return nil, err
		}
		if n := len(page.Items); !grow || n < 2 || sizeOf(wires) <= maxAnswer-sizeOf(page.Next)-100 {
			return listed(wires, page.Next), nil
		}
		l.Limit = len(page.Items) / 2
	}
}

// each turns records into their wire form; never nil, so that an empty list is [].
func each[T, W any](items []T, wire func(T) W) []W {
	out := make([]W, 0, len(items))
	for _, item := range items {
		out = append(out, wire(item))
	}
	return out
}

// deleted is the data of a v2 DELETE.
type deleted struct {
	ID int64 `json:"id"`
}

// byID is the input of an operation on one record.
type byID struct {
	ID int64 `path:"id" rule:"min=1"`
}
