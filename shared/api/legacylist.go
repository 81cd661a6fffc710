package api

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/value"
)

// Legacy is what the adapters of v1 need besides the services of v2 (contract §4): where pages ended, and the older forms.
type Legacy struct {
	Marks Bookmarks
	Flat  FlatRecords
}

// listV1 are the parameters that all lists of v1 have, sortedV1 those of lists of what belongs to a record.
type (
	listV1 struct {
		sortedV1
		byFilter
	}
	sortedV1 struct {
		offsetPage
		Sort string `query:"sort" rule:"max=200"`
	}
)

// list is the question, in the order that is asked for: by one field, or by more where the first ones decide already.
func (p sortedV1) list(further ...value.Sort) (l value.List, err error) {
	l = value.List{Sort: value.SortID, Links: map[string]int64{}}
	sorts := append([]value.Sort{value.SortID, value.SortAddTime, value.SortUpdateTime}, further...)
	for i, part := range strings.Split(p.Sort, ",") {
		name, direction, _ := strings.Cut(strings.TrimSpace(part), " ")
		name, direction = strings.ToLower(name), strings.ToUpper(strings.TrimSpace(direction))
		if name == "" {
			continue
		}
		if !slices.Contains(sorts, value.Sort(name)) {
			return l, fault.BadField("sort", "must be by one of %s", joined(sorts))
		}
		if direction != "" && direction != "ASC" && direction != "DESC" {
			return l, fault.BadField("sort", "must end in ASC or DESC")
		}
		switch {
		case i == 0:
			l.Sort, l.Desc = value.Sort(name), direction == "DESC"
		case name != "id" || l.Sort != value.SortID && (direction == "DESC") != l.Desc:
			return l, fault.BadField("sort", "must be by one field, and in the same direction by id")
		}
	}
	return l, nil
}

// sieved picks rows by a rule that no index answers.
type sieved[T any] struct {
	name string
	keep func(T) bool
}

func (s sieved[T]) Name() string { return s.name }
func (s sieved[T]) Ask(row any, _ map[value.Need]any) (bool, []value.Need) {
	v, ok := row.(T)
	return ok && s.keep(v), nil
}

// sieve is one that holds for what the arguments are; its name tells it from others.
func sieve[T any](keep func(T) bool, of ...any) value.Sieve {
	return sieved[T]{fmt.Sprintf("%T %v", keep, of), keep}
}

// legacyPage answers a page of a v1 list with what its records name: the calls of a page of v2, one or two for where it ends, and those of
// FlatRecords.of. Records in their older forms are several times as large as they are stored, so a page that does not fit is read
// again, shorter.
func legacyPage[T, W any](
	ctx context.Context, c Call, h Legacy, kind string, l value.List, p offsetPage, list func(value.List) (value.Page[T], error),
	write func(flatOut, T) W,
) (a Answer, err error) {
	start, limit := p.at()
	o := offsetted[T]{h.Marks, kind, list}
	for {
		found, next, more, err := o.page(ctx, c, l, p)
		if err != nil {
			return a, err
		}
		out, err := h.Flat.of(ctx, c, each(found, func(v T) any { return v }))
		if err != nil {
			return a, err
		}
		a = Answer{
			Data: each(found, func(v T) W { return write(out, v) }), Additional: paginationTo(start, limit, more, next), Related: out.related(),
		}
		if len(found) < 2 || roomBeside(a.Data, a.Related, a.Additional) > 200 {
			return a, nil
		}
		p.Limit = int64(len(found) / 2)
	}
}

// renamed names wrong inputs as the client wrote them, where v1 has another name for a field than v2.
func renamed(err error, names map[string]string) error {
	var f *fault.Error
	if !errors.As(err, &f) || len(f.Fields) == 0 {
		return err
	}
	again := *f
	again.Fields = slices.Clone(f.Fields)
	for i, field := range again.Fields {
		again.Fields[i].Name = nameInV1(field.Name, names)
	}
	return &again
}

// nameInV1 is the name of a field, or of a part of it, as v1 has it. Custom fields and their parts stand beside all others there.
func nameInV1(name string, names map[string]string) string {
	if custom, ok := strings.CutPrefix(name, "custom_fields."); ok {
		return strings.ReplaceAll(strings.TrimSuffix(custom, ".value"), ".", "_")
	}
	end := strings.IndexAny(name+".", "[.")
	return cmp.Or(names[name[:end]], name[:end]) + name[end:]
}
