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
		Search: search.Service{Store: dynamo.Search{DB: c.DB}, Fields: searched{c.Fields()}}, Companies: c.Teams(), Pictures: c.Pictures(nil),
		MailDomain: c.MailDomain, Marks: dynamo.Bookmarks{DB: c.DB},
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
			if form, ok := formOf(f); ok {
				forms[f.ID] = form
			}
		}
	}
	return forms, err
}

func (s searched) Field(ctx context.Context, team int64, kind, code string) (int64, error) {
	sheet, err := s.Sheet(ctx, auth.Actor{Team: team}, kind)
	if f, ok := sheet.ByCode(code); ok && f.Custom() {
		if _, ok := formOf(f); ok {
			return f.ID, err
		}
	}
	return 0, err
}

// formOf is how the texts of a field are written; false for a type that is not searched (contract §2.6).
func formOf(f fields.Field) (value.Form, bool) {
	switch f.Type {
	case fields.Varchar, fields.VarcharAuto, fields.Text, fields.Double, fields.Monetary, fields.Address:
		return value.Prose, true
	case fields.Phone:
		return value.Phone, true
	}
	return 0, false
}
