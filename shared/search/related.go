package search

import (
	"context"

	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/value"
)

// Bounds of what is related to a page of results.
const (
	relatedEach = 100 // newest deals of a person or an organization, newest persons of an organization
	relatedTo   = 25  // of the best persons and organizations
	maxRelated  = 500
)

// related are deals and persons of the best results, those that were found themselves left out.
func (s Service) related(ctx context.Context, team int64, items []Item) (list []Item, err error) {
	seen := map[change.Ref]bool{}
	var of []Record
	for _, i := range items {
		r := i.Record.(Record)
		seen[r.Ref()] = true
		if kind := r.Ref().Kind(); len(of) < relatedTo && (kind == change.Person || kind == change.Organization) {
			of = append(of, r)
		}
	}
	for _, r := range of {
		link, kinds := value.ByPerson, []string{change.Deal}
		if r.Ref().Kind() == change.Organization {
			link, kinds = value.ByOrganization, []string{change.Deal, change.Person}
		}
		for _, kind := range kinds {
			page, err := s.Store.List(ctx, team, kind, value.List{
				Links: map[string]int64{link: r.Ref().ID()}, Sort: value.SortID, Desc: true, Limit: relatedEach,
			})
			if err != nil {
				return nil, err
			}
			for _, one := range page.Items {
				if other, ok := one.(Record); ok && !seen[other.Ref()] && len(list) < maxRelated {
					seen[other.Ref()] = true
					list = append(list, Item{Type: typeOf(other), Record: other, Custom: []string{}, Notes: []string{}})
				}
			}
		}
	}
	return list, nil
}
