package pipelines

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/value"
)

// Pipelines is one page of pipelines, Stages one of stages. The Board holds them all; a page begins after the record that
// the cursor names, so that what is made meanwhile neither repeats nor skips any.
func (s Service) Pipelines(ctx context.Context, a auth.Actor, l value.List) (value.Page[Pipeline], error) {
	b, err := s.Store.Board(ctx, a.Team)
	if err != nil {
		return value.Page[Pipeline]{}, err
	}
	return page(b.Pipelines, l, func(p Pipeline) (value.Facets, int64) {
		return value.Facets{ID: p.ID, Added: p.AddTime, Updated: p.UpdateTime, Deleted: p.Deleted}, p.Order
	})
}

func (s Service) Stages(ctx context.Context, a auth.Actor, l value.List) (value.Page[Stage], error) {
	b, err := s.Store.Board(ctx, a.Team)
	if err != nil {
		return value.Page[Stage]{}, err
	}
	return page(b.Stages, l, func(st Stage) (value.Facets, int64) {
		return value.Facets{ID: st.ID, Pipeline: st.PipelineID, Added: st.AddTime, Updated: st.UpdateTime, Deleted: st.Deleted}, st.Order
	})
}

// Pipeline and Stage are one of them, deleted ones included.
func (s Service) Pipeline(ctx context.Context, a auth.Actor, id int64) (Pipeline, error) {
	b, err := s.Store.Board(ctx, a.Team)
	p, ok := b.Pipeline(id)
	if err == nil && !ok {
		err = fault.Missing("Pipeline")
	}
	return p, err
}

func (s Service) Stage(ctx context.Context, a auth.Actor, id int64) (Stage, error) {
	b, err := s.Store.Board(ctx, a.Team)
	st, ok := b.Stage(id)
	if err == nil && !ok {
		err = fault.Missing("Stage")
	}
	return st, err
}

// position is where a record stands in an order; times as text compare like times.
type position struct {
	Sort value.Sort
	Key  string
	ID   int64
}

func (p position) compare(o position) int {
	return cmp.Or(cmp.Compare(p.Key, o.Key), cmp.Compare(p.ID, o.ID))
}

func page[T any](all []T, l value.List, of func(T) (value.Facets, int64)) (out value.Page[T], err error) {
	at := func(v T) position {
		f, order := of(v)
		p := position{Sort: l.Sort, ID: f.ID}
		switch l.Sort {
		case value.SortAddTime:
			p.Key = value.SortTime(f.Added)
		case value.SortUpdateTime:
			p.Key = value.SortTime(f.Updated)
		case value.SortOrder:
			p.Key = fmt.Sprintf("%012d", order)
		}
		return p
	}
	sign := 1
	if l.Desc {
		sign = -1
	}
	match := slices.DeleteFunc(slices.Clone(all), func(v T) bool {
		f, _ := of(v)
		return !l.Matches(f) || l.IDs != nil && !slices.Contains(l.IDs, f.ID)
	})
	slices.SortFunc(match, func(x, y T) int { return sign * at(x).compare(at(y)) })
	if l.Cursor != "" {
		after, err := parse(l)
		if err != nil {
			return out, err
		}
		match = slices.DeleteFunc(match, func(v T) bool { return sign*at(v).compare(after) <= 0 })
	}
	if len(match) > l.Limit {
		match = match[:l.Limit]
		text, err := json.Marshal(at(match[l.Limit-1]))
		if err != nil {
			return out, fmt.Errorf("pipelines.page: %w", err)
		}
		out.Next = base64.RawURLEncoding.EncodeToString(text)
	}
	out.Items = match
	return out, nil
}

func parse(l value.List) (p position, err error) {
	text, err := base64.RawURLEncoding.DecodeString(l.Cursor)
	if err == nil {
		err = json.Unmarshal(text, &p)
	}
	if err != nil || p.ID == 0 {
		return p, fault.BadField("cursor", "must be the next_cursor of an earlier page")
	}
	if p.Sort != l.Sort {
		return p, fault.BadField("cursor", "belongs to a list in another order")
	}
	return p, nil
}
