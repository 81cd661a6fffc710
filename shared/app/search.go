package app

import (
	"context"

	"github.com/lejek/lejek/shared/api"
	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/dynamo"
	"github.com/lejek/lejek/shared/fields"
	"github.com/lejek/lejek/shared/search"
	"github.com/lejek/lejek/shared/value"
)

// Search is the service and the routes of searches.
func (c Core) Search() api.Search {
	return api.Search{
		Search: search.Service{Store: dynamo.Search{DB: c.DB}, Fields: searched{c.Fields()}}, Companies: c.Teams(), MailDomain: c.MailDomain,
	}
}

// searched are fields as searches know them.
type searched struct{ fields.Service }

func (s searched) Forms(ctx context.Context, team int64, kinds []string) (map[int64]value.Form, error) {
	var entities []string
	for _, kind := range kinds {
		if kind != change.File { // files have no fields of a team's own
			entities = append(entities, kind)
		}
	}
	sheets, err := s.Sheets(ctx, auth.Actor{Team: team}, entities...)
	forms := map[int64]value.Form{}
	for _, sheet := range sheets {
		for _, f := range sheet.Own() {
			switch f.Type {
			case fields.Varchar, fields.VarcharAuto, fields.Text, fields.Double, fields.Monetary, fields.Address:
				forms[f.ID] = value.Prose
			case fields.Phone:
				forms[f.ID] = value.Phone
			}
		}
	}
	return forms, err
}
