package api

import (
	"context"

	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/fields"
	"github.com/lejek/lejek/shared/manifest"
	"github.com/lejek/lejek/shared/value"
)

// fieldV1 is a field in v1 (contract §2.8). Its id is what conditions of filters name.
type fieldV1 struct {
	ID                 int64       `json:"id"`
	Key                string      `json:"key"`
	Name               string      `json:"name"`
	GroupID            *int64      `json:"group_id"`
	OrderNr            int64       `json:"order_nr"`
	FieldType          string      `json:"field_type"`
	JSONColumn         bool        `json:"json_column_flag"`
	AddTime            *string     `json:"add_time"`
	UpdateTime         *string     `json:"update_time"`
	LastUpdatedBy      *int64      `json:"last_updated_by_user_id"`
	CreatedBy          *int64      `json:"created_by_user_id"`
	EditFlag           bool        `json:"edit_flag"`
	DetailsVisible     bool        `json:"details_visible_flag"`
	AddVisible         bool        `json:"add_visible_flag"`
	Important          bool        `json:"important_flag"`
	BulkEdit           bool        `json:"bulk_edit_allowed"`
	Filtering          bool        `json:"filtering_allowed"`
	Sortable           bool        `json:"sortable_flag"`
	Mandatory          any         `json:"mandatory_flag"` // a boolean, or the condition under which it is
	Searchable         bool        `json:"searchable_flag"`
	Description        *string     `json:"description"`
	Active             bool        `json:"active_flag"`
	InProjects         bool        `json:"projects_detail_visible_flag"`
	ShowInPipelines    showInWire  `json:"show_in_pipelines"`
	RestrictionSetting []any       `json:"restriction_settings"`
	UserRestrictions   *string     `json:"user_restrictions"`
	Options            *[]optionV1 `json:"options,omitempty"`
	UseField           *string     `json:"use_field,omitempty"`
	Link               *string     `json:"link,omitempty"`
}

type optionV1 struct {
	ID    any     `json:"id"`
	Label string  `json:"label"`
	Color *string `json:"color,omitempty"`
	AltID *string `json:"alt_id,omitempty"`
}

// subfieldV1 is a part of the field before it in a list.
type subfieldV1 struct {
	ID         *int64 `json:"id"`
	Key        string `json:"key"`
	Name       string `json:"name"`
	FieldType  string `json:"field_type"`
	EditFlag   bool   `json:"edit_flag"`
	Active     bool   `json:"active_flag"`
	IsSubfield bool   `json:"is_subfield"`
	Mandatory  any    `json:"mandatory_flag"`
	ParentID   int64  `json:"parent_id"`
	IDSuffix   string `json:"id_suffix"`
}

// fieldRow is a line of v1's list: a field, or a part of one.
type fieldRow struct{ any }

func (r fieldRow) MarshalJSON() ([]byte, error) { return marshal(r.any) }

// JSONSchema is how it is written: what both have.
func (r fieldRow) JSONSchema() string {
	return `{"type":"object","additionalProperties":true,
		"required":["id","key","name","field_type","edit_flag","active_flag","mandatory_flag"],
		"properties":{"id":{"type":["integer","null"]},"key":{"type":"string"},"name":{"type":"string"},"field_type":{"type":"string"},
			"edit_flag":{"type":"boolean"},"active_flag":{"type":"boolean"},"mandatory_flag":{"type":["boolean","object"]}}}`
}

func fieldV1Out(f fields.Full) fieldV1 {
	shown := f.Visible()
	w := fieldV1{
		ID: f.ID, Key: f.Key, Name: f.Name, OrderNr: f.Order(), FieldType: string(f.Type), JSONColumn: f.Custom(), EditFlag: f.Custom(),
		DetailsVisible: !shown.HideDetails, AddVisible: shown.Add, Important: f.Important() != nil, BulkEdit: f.Traits.Has(fields.Edit),
		Filtering: !f.Traits.Has(fields.Apart), Sortable: !f.Traits.Has(fields.Apart), Mandatory: mandatory(f.Field), Searchable: f.Searchable(),
		Active: true, InProjects: shown.InProjects, RestrictionSetting: []any{},
		ShowInPipelines: showInWire{!shown.SomeOnly, append([]int64{}, shown.Pipelines...)},
	}
	if o := f.Own; o != nil {
		w.AddTime, w.UpdateTime, w.Description = value.Stamp(&o.AddTime), value.Stamp(&o.UpdateTime), o.Description
		w.CreatedBy, w.LastUpdatedBy = &o.CreatedBy, &o.UpdatedBy
	}
	if f.Field.Options != nil {
		list := each(f.Options, func(o fields.Option) optionV1 {
			return optionV1{ID: o.ID, Label: o.Label, Color: value.NonZero(o.Color)}
		})
		w.Options = &list
	} else if len(f.Choices) > 0 {
		list := each(f.Choices, func(c fields.Choice) optionV1 { return optionV1{ID: c.ID, Label: c.Label, AltID: value.NonZero(c.Alt)} })
		w.Options = &list
	}
	if link, ok := titles[f.ID]; ok {
		id := "id"
		w.UseField, w.Link = &id, &link
	}
	return w
}

// titles are the fields by whose value a record is known, with where it is shown.
var titles = map[int64]string{fields.DealTitle: "/deal/", fields.PersonName: "/person/", fields.OrganizationName: "/organization/"}

func mandatory(f fields.Field) any {
	switch {
	case f.MandatoryIf[0] != "":
		return map[string]string{f.MandatoryIf[0]: f.MandatoryIf[1]}
	case f.Custom():
		return f.Required() != nil
	}
	return !f.Traits.Has(fields.Free)
}

// rowsOf are a field and its parts.
func rowsOf(f fields.Full) []fieldRow {
	w := fieldV1Out(f)
	rows := []fieldRow{{w}}
	for _, p := range f.Suffixes() {
		sub := subfieldV1{
			Key: f.Key + "_" + p.Code, Name: p.Name, FieldType: string(p.Type), EditFlag: f.Custom(), Active: true, IsSubfield: true,
			Mandatory: w.Mandatory, ParentID: f.ID, IDSuffix: p.Code,
		}
		if f.ID == fields.DealValue { // as long as there have been deals
			sub.Key, sub.Name = "currency", "Currency"
		}
		rows = append(rows, fieldRow{sub})
	}
	return rows
}

type fieldListV1 struct {
	Start int64 `query:"start" rule:"min=0"`
	Limit int64 `query:"limit" rule:"min=1,max=500"`
}

// fieldPaging stands in additional_data itself too, where the official client looks for it.
type fieldPaging struct {
	Start int  `json:"start"`
	Limit int  `json:"limit"`
	More  bool `json:"more_items_in_collection"`
}

type fieldBodyV1 struct {
	AddVisible value.Opt[bool] `json:"add_visible_flag" rule:"notnull"`
}

type fieldCreateV1 struct {
	Name      value.Opt[string]      `json:"name" rule:"required,max=255,trim"`
	FieldType value.Opt[string]      `json:"field_type" rule:"required"`
	Options   value.Opt[[]optionAdd] `json:"options" rule:"items=10000"`
	fieldBodyV1
}

// optionKeep is an option that stays when it has an id, and a new one when it has none.
type optionKeep struct {
	ID value.Opt[int64] `json:"id" rule:"min=1"`
	optionAdd
}

type fieldUpdateV1 struct {
	byID
	Name    value.Opt[string]       `json:"name" rule:"notnull,nonempty,max=255,trim"`
	Options value.Opt[[]optionKeep] `json:"options" rule:"notnull,items=10000"`
	fieldBodyV1
}

func (b fieldBodyV1) input(name value.Opt[string]) fields.Input {
	return fields.Input{Name: name, Shown: fields.ShownInput{Add: b.AddVisible}}
}

type deletedFields struct {
	ID []int64 `json:"id"`
}

func (h Fields) v1Lists(entity string) []Route {
	root := "/v1/" + entityNames[entity] + "Fields"
	return []Route{
		Handle(manifest.Operation("GET "+root), func(ctx context.Context, c Call, in fieldListV1) (any, error) { return h.listV1(ctx, c, entity, in) }).
			Lists(fieldRow{}, ByOffset).Adds(fieldPaging{}),
		Handle(manifest.Operation("GET "+root+"/{id}"), func(ctx context.Context, c Call, in byID) (any, error) {
			f, err := h.Fields.Get(ctx, c.Actor, entity, fields.WithID(in.ID))
			return fieldV1Out(f), err
		}).Returns(fieldV1{}),
	}
}

// listV1 counts fields, not their parts; as Pipedrive's does, it answers with all of them unless told otherwise.
func (h Fields) listV1(ctx context.Context, c Call, entity string, in fieldListV1) (any, error) {
	start, limit := int(in.Start), int(in.Limit)
	if limit == 0 {
		limit = 500
	}
	page, more, err := h.Fields.From(ctx, c.Actor, entity, start, limit, func(f fields.Field) bool { return f.Key != "" })
	if err != nil {
		return nil, err
	}
	rows := []fieldRow{}
	for _, f := range page {
		rows = append(rows, rowsOf(f)...)
	}
	extra := paginationTo(start, limit, more, start+len(page))
	extra["start"], extra["limit"], extra["more_items_in_collection"] = start, limit, more
	return Answer{Data: rows, Additional: extra}, nil
}

func (h Fields) v1Writes(entity string) []Route {
	root := "/v1/" + entityNames[entity] + "Fields"
	return []Route{
		Handle(manifest.Operation("POST "+root), func(ctx context.Context, c Call, in fieldCreateV1) (any, error) {
			options := each(in.Options.V, func(o optionAdd) fields.OptionInput { return o.input(0) })
			f, err := h.Fields.Create(ctx, c.Actor, entity, fields.Type(in.FieldType.V), in.input(in.Name), options)
			return fieldV1Out(f), err
		}).Returns(fieldV1{}),
		Handle(manifest.Operation("PUT "+root+"/{id}"), func(ctx context.Context, c Call, in fieldUpdateV1) (any, error) {
			options := value.Opt[[]fields.OptionInput]{Set: in.Options.Set}
			options.V = each(in.Options.V, func(o optionKeep) fields.OptionInput { return o.input(o.ID.V) })
			f, err := h.Fields.Update(ctx, c.Actor, entity, fields.WithID(in.ID), in.input(in.Name), options)
			return fieldV1Out(f), err
		}).Returns(fieldV1{}),
		Handle(manifest.Operation("DELETE "+root+"/{id}"), func(ctx context.Context, c Call, in byID) (any, error) {
			_, err := h.Fields.Delete(ctx, c.Actor, entity, fields.WithID(in.ID))
			return deleted(in), err
		}).Returns(deleted{}),
		Handle(manifest.Operation("DELETE "+root), func(ctx context.Context, c Call, in severalIDs) (any, error) {
			ids := value.Unique(in.IDs)
			if len(ids) > 100 {
				return nil, fault.BadField("ids", "must be at most 100 ids")
			}
			_, err := h.Fields.Delete(ctx, c.Actor, entity, each(ids, fields.WithID)...)
			return deletedFields{ids}, err
		}).Returns(deletedFields{}),
	}
}
