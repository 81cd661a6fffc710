package app

import (
	"cmp"
	"context"
	"slices"

	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/dynamo"
	"github.com/lejek/lejek/shared/fields"
	"github.com/lejek/lejek/shared/filters"
)

// Filters is the service of filters.
func (c Core) Filters() filters.Service {
	return filters.Service{Store: dynamo.NewFilters(c.DB), Records: catalogue{c.Fields(), c.DB}, Users: c.Teams(), Now: c.Now}
}

// catalogue is the fields of a team as filters name them.
type catalogue struct {
	fields.Service
	db *dynamo.DB
}

func (c catalogue) Moved(ctx context.Context, team int64, refs []change.Ref) (map[change.Ref]change.Ref, error) {
	return c.db.Moved(ctx, team, refs)
}

func (c catalogue) Fields(ctx context.Context, a auth.Actor, objects []string) (filters.Catalogue, filters.Lens, error) {
	known := slices.DeleteFunc(slices.Clone(objects), func(o string) bool {
		return !slices.Contains([]string{fields.Deal, fields.Person, fields.Organization, fields.Activity}, o)
	})
	if len(known) == 0 {
		return nil, lens{}, nil
	}
	sheets, err := c.Sheets(ctx, a, known...)
	if err != nil {
		return nil, nil, err
	}
	all := filters.Catalogue{}
	for _, object := range known {
		all[object] = catalogued(object, sheets[object])
	}
	return all, lens{sheets}, nil
}

// catalogued are the fields of an object that can be filtered by: not the address that each record has of its own.
func catalogued(object string, sheet fields.Sheet) map[int64]filters.Field {
	all := map[int64]filters.Field{}
	for _, f := range sheet.Fields {
		if !f.Traits.Has(fields.Apart) && f.Code != "smart_bcc_email" {
			all[f.ID] = filters.Field{
				ID: f.ID, Object: object, Key: cmp.Or(f.Key, f.Code), Code: f.Code, Type: string(f.Type), Custom: f.Custom(),
			}
		}
	}
	return all
}
