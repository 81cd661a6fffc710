package fields

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/value"
)

// Full is a field with its options, in their order.
type Full struct {
	Field
	Options []Option
}

// fieldSize is about what a field takes in an answer besides its options; maxPage leaves room around a page.
const (
	fieldSize = 2000
	maxPage   = 5 << 20
)

// List is a page of the fields that are wanted, in the order of their numbers, with their options.
func (s Service) List(ctx context.Context, a auth.Actor, entity string, l value.List, want func(Field) bool) (page value.Page[Full], err error) {
	sheet, err := s.Sheet(ctx, a, entity)
	if err != nil {
		return page, err
	}
	all := slices.DeleteFunc(sheet.Fields, func(f Field) bool { return !want(f) })
	facets := func(f Field) value.Facets { return value.Facets{ID: f.ID} }
	l.Sort = value.SortID
	list, err := value.PageOf(all, facets, l)
	if err != nil {
		return page, fault.Cursor(err)
	}
	if n := fitting(list.Items); n < len(list.Items) {
		l.Limit = n
		if list, err = value.PageOf(all, facets, l); err != nil {
			return page, fault.Cursor(err)
		}
	}
	page.Next = list.Next
	page.Items, err = s.fill(ctx, a, entity, list.Items)
	return page, err
}

// From is List for those who count: from an offset, and whether more follow.
func (s Service) From(ctx context.Context, a auth.Actor, entity string, start, limit int, want func(Field) bool) ([]Full, bool, error) {
	sheet, err := s.Sheet(ctx, a, entity)
	if err != nil {
		return nil, false, err
	}
	all := slices.DeleteFunc(sheet.Fields, func(f Field) bool { return !want(f) })
	all = all[min(start, len(all)):]
	page := all[:min(limit, len(all))]
	page = page[:fitting(page)]
	full, err := s.fill(ctx, a, entity, page)
	return full, len(page) < len(all), err
}

// fitting is how many of the fields an answer holds with their options, at least one.
func fitting(list []Field) int {
	size := 0
	for i, f := range list {
		if size += fieldSize; f.Options != nil {
			size += f.Options.Size
		}
		if size > maxPage && i > 0 {
			return i
		}
	}
	return len(list)
}

// Get is one field with its options.
func (s Service) Get(ctx context.Context, a auth.Actor, entity string, which Which) (Full, error) {
	sheet, err := s.Sheet(ctx, a, entity)
	if err != nil {
		return Full{}, err
	}
	f, ok := which(sheet)
	if !ok {
		return Full{}, fault.Missing("Field")
	}
	return s.full(ctx, a, entity, f)
}

func (s Service) full(ctx context.Context, a auth.Actor, entity string, f Field) (Full, error) {
	list, err := s.fill(ctx, a, entity, []Field{f})
	if err != nil {
		return Full{}, err
	}
	return list[0], nil
}

// fill reads the options of fields: what lies between the first and the last that has any, in one go.
func (s Service) fill(ctx context.Context, a auth.Actor, entity string, list []Field) ([]Full, error) {
	full := make([]Full, len(list))
	var from, to int64
	for i, f := range list {
		full[i].Field = f
		if f.Options != nil {
			from, to = cmp.Or(from, f.ID), f.ID
		}
		if entity == Activity && f.ID == activityType {
			types, err := s.Types.TypeChoices(ctx, a.Team)
			if err != nil {
				return nil, fmt.Errorf("fields.fill: %w", err)
			}
			full[i].Choices = types
		}
	}
	if from == 0 {
		return full, nil
	}
	chunks, err := s.allChunks(ctx, a.Team, entity, from, to)
	if err != nil {
		return nil, fmt.Errorf("fields.fill: %w", err)
	}
	for i := range full {
		for _, c := range chunks {
			if c.Field == full[i].ID {
				full[i].Options = append(full[i].Options, c.Options...)
			}
		}
		slices.SortStableFunc(full[i].Options, func(x, y Option) int { return cmp.Compare(x.Order, y.Order) })
	}
	return full, nil
}

// allChunks reads the options of all fields between two numbers. Those of a built-in field that nobody has changed yet are not
// stored.
func (s Service) allChunks(ctx context.Context, team int64, entity string, from, to int64) ([]Chunk, error) {
	chunks, err := s.Store.Options(ctx, team, entity, from, to)
	for _, f := range builtIn[entity] {
		first := Chunk{Entity: entity, Field: f.ID, Options: slices.Clone(defaults[f.ID])}
		if f.ID < from || f.ID > to || len(first.Options) == 0 {
			continue
		}
		if !slices.ContainsFunc(chunks, func(c Chunk) bool { return c.Ref() == first.Ref() }) {
			chunks = append(chunks, first)
		}
	}
	return chunks, err
}
