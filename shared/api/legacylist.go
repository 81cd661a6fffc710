package api

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/flow"
	"github.com/lejek/lejek/shared/value"
)

// Legacy is what the adapters of v1 need besides the services of v2 (contract §4).
type Legacy struct {
	Marks      Bookmarks
	Records    Records
	Companies  Companies
	MailDomain string
}

// listV1 are the parameters that all lists of v1 have.
type listV1 struct {
	offsetPage
	byFilter
	Sort string `query:"sort" rule:"max=200"`
}

// list is the question, in the order that is asked for: by one field, or by more where the first ones decide already.
func (p listV1) list(further ...value.Sort) (l value.List, err error) {
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

// v1 is ready to write records, of which it knows the names that they mention.
func (h Legacy) v1(ctx context.Context, c Call, records []any, further ...change.Ref) (v1Out, error) {
	names := append([]change.Ref{change.Of("user", c.User)}, further...)
	for _, r := range records {
		names = append(names, flow.NamesOf(r)...)
	}
	found, err := h.Records.GetAny(ctx, c.Team, names)
	if err != nil {
		return v1Out{}, err
	}
	team, err := h.Companies.Team(ctx, c.Actor)
	address := team.InboundLocal + "@" + h.MailDomain
	return v1Out{Call: c, known: found, types: map[string]string{}, ccEmail: &address}, err
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
		again.Fields[i].Name = cmp.Or(names[field.Name], field.Name)
	}
	return &again
}
