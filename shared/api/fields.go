package api

import (
	"context"
	"slices"

	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/fields"
	"github.com/lejek/lejek/shared/manifest"
	"github.com/lejek/lejek/shared/value"
)

// fieldWire is a field in v2 (contract §2.8).
type fieldWire struct {
	FieldName       string               `json:"field_name"`
	FieldCode       string               `json:"field_code"`
	Description     *string              `json:"description"`
	FieldType       string               `json:"field_type"`
	Options         *[]optionWire        `json:"options"` // null where the type has none
	Subfields       *[]subfieldWire      `json:"subfields"`
	IsCustomField   bool                 `json:"is_custom_field"`
	IsOptional      bool                 `json:"is_optional_response_field"`
	IsWritable      bool                 `json:"is_writable"`
	UIVisibility    *fieldVisibilityWire `json:"ui_visibility,omitempty"` // this and the next two only when asked for
	ImportantFields *fieldMarkWire       `json:"important_fields,omitempty"`
	RequiredFields  *fieldMarkWire       `json:"required_fields,omitempty"`
}

// optionWire is an option of a field. Those of some built-in fields have a text or a boolean for an id.
type optionWire struct {
	ID         any     `json:"id"`
	Label      string  `json:"label"`
	Color      *string `json:"color"`
	AddTime    *string `json:"add_time"`
	UpdateTime *string `json:"update_time"`
}

type subfieldWire struct {
	FieldCode string `json:"field_code"`
	FieldName string `json:"field_name"`
	FieldType string `json:"field_type"`
}

// fieldVisibilityWire has the keys that the entity's fields have.
type fieldVisibilityWire struct {
	AddVisible     bool              `json:"add_visible_flag"`
	DetailsVisible bool              `json:"details_visible_flag"`
	InProjects     *bool             `json:"projects_detail_visible_flag,omitempty"`
	InOrganization *bool             `json:"org_detail_visible_flag,omitempty"` // of an organization's field: in its own details, and in others'
	InPerson       *bool             `json:"person_detail_visible_flag,omitempty"`
	InDeal         *bool             `json:"deal_detail_visible_flag,omitempty"`
	ShowInPipeline *showInWire       `json:"show_in_pipelines,omitempty"`
	InAddDeal      *showInDialogWire `json:"show_in_add_deal_dialog,omitempty"`
	InAddPerson    *showInDialogWire `json:"show_in_add_person_dialog,omitempty"`
}

type showInWire struct {
	ShowInAll   bool    `json:"show_in_all"`
	PipelineIDs []int64 `json:"pipeline_ids"`
}

type showInDialogWire struct {
	Show  bool   `json:"show"`
	Order *int64 `json:"order"`
}

type fieldMarkWire struct {
	Enabled  bool                 `json:"enabled"`
	StageIDs *[]int64             `json:"stage_ids,omitempty"`
	Statuses *map[string][]string `json:"statuses,omitempty"`
}

// fieldShow are the parameters that add to a field.
type fieldShow struct {
	IncludeFields []string `query:"include_fields" rule:"enum=ui_visibility|important_fields|required_fields"`
}

func fieldOut(entity string, f fields.Full, x fieldShow) fieldWire {
	w := fieldWire{
		FieldName: f.Name, FieldCode: f.Code, FieldType: string(f.Type), IsCustomField: f.Custom(), IsOptional: f.Traits.Has(fields.Extra),
		IsWritable: f.Traits.Has(fields.Edit),
	}
	if f.Own != nil {
		w.Description = f.Own.Description
	}
	if f.Field.Options != nil {
		list := each(f.Options, optionOut)
		w.Options = &list
	} else if len(f.Choices) > 0 {
		list := each(f.Choices, func(c fields.Choice) optionWire { return optionWire{ID: c.ID, Label: c.Label} })
		w.Options = &list
	}
	if parts := f.Parts(); len(parts) > 0 {
		list := each(parts, func(p fields.Part) subfieldWire { return subfieldWire{p.Code, p.Name, string(p.Type)} })
		w.Subfields = &list
	}
	if slices.Contains(x.IncludeFields, "ui_visibility") {
		w.UIVisibility = visibilityOut(entity, f.Field)
	}
	if slices.Contains(x.IncludeFields, "important_fields") && entity != fields.Activity {
		w.ImportantFields = markOut(f.Important(), true, false)
	}
	if slices.Contains(x.IncludeFields, "required_fields") && entity != fields.Activity {
		w.RequiredFields = markOut(f.Required(), entity == fields.Deal, entity == fields.Deal)
	}
	return w
}

func optionOut(o fields.Option) optionWire {
	return optionWire{ID: o.ID, Label: o.Label, Color: value.NonZero(o.Color), AddTime: seconds(o.AddTime), UpdateTime: seconds(o.UpdateTime)}
}

// optionBrief is what calls for options answer with.
func optionBrief(o fields.Option) optionLabel { return optionLabel{o.ID, o.Label} }

func visibilityOut(entity string, f fields.Field) *fieldVisibilityWire {
	shown := f.Visible()
	w := &fieldVisibilityWire{AddVisible: shown.Add, DetailsVisible: !shown.HideDetails}
	if entity == fields.Deal {
		w.InProjects = &shown.InProjects
		w.ShowInPipeline = &showInWire{!shown.SomeOnly, append([]int64{}, shown.Pipelines...)}
	}
	if entity == fields.Person || entity == fields.Organization {
		w.InAddDeal = dialogOut(shown.InAddDeal)
	}
	if entity == fields.Organization {
		w.InAddPerson = dialogOut(shown.InAddPerson)
		w.InOrganization, w.InPerson, w.InDeal = &w.DetailsVisible, new(bool), new(bool)
	}
	return w
}

func dialogOut(p *fields.DialogPlace) *showInDialogWire {
	if p == nil {
		return &showInDialogWire{}
	}
	return &showInDialogWire{true, &p.Order}
}

func markOut(m *fields.Marked, stages, statuses bool) *fieldMarkWire {
	w := &fieldMarkWire{Enabled: m != nil}
	mark := value.Deref(m)
	if stages {
		list := append([]int64{}, mark.Stages...)
		w.StageIDs = &list
	}
	if statuses {
		all := mark.Statuses
		if all == nil {
			all = map[string][]string{}
		}
		w.Statuses = &all
	}
	return w
}

// fieldBody is what a client may write of a field.
type fieldBody struct {
	Description  value.Opt[string]              `json:"description" rule:"max=1000"`
	UIVisibility value.Opt[fieldVisibilityBody] `json:"ui_visibility" rule:"notnull"`
	Important    value.Opt[fieldMarkBody]       `json:"important_fields" rule:"notnull"`
	Required     value.Opt[fieldMarkBody]       `json:"required_fields" rule:"notnull"`
}

type fieldVisibilityBody struct {
	AddVisible      value.Opt[bool]             `json:"add_visible_flag" rule:"notnull"`
	DetailsVisible  value.Opt[bool]             `json:"details_visible_flag" rule:"notnull"`
	InProjects      value.Opt[bool]             `json:"projects_detail_visible_flag" rule:"notnull"`
	ShowInPipelines value.Opt[showInBody]       `json:"show_in_pipelines" rule:"notnull"`
	InAddDeal       value.Opt[showInDialogBody] `json:"show_in_add_deal_dialog" rule:"notnull"`
	InAddPerson     value.Opt[showInDialogBody] `json:"show_in_add_person_dialog" rule:"notnull"`
}

type showInBody struct {
	ShowInAll   value.Opt[bool]    `json:"show_in_all" rule:"notnull"`
	PipelineIDs value.Opt[[]int64] `json:"pipeline_ids" rule:"notnull,min=1"`
}

// showInDialogBody: the order is taken, as clients send back what they read, but is the server's to give.
type showInDialogBody struct {
	Show  value.Opt[bool]  `json:"show" rule:"notnull"`
	Order value.Opt[int64] `json:"order"`
}

type fieldMarkBody struct {
	Enabled  value.Opt[bool]                `json:"enabled" rule:"notnull"`
	StageIDs value.Opt[[]int64]             `json:"stage_ids" rule:"notnull,min=1"`
	Statuses value.Opt[map[string][]string] `json:"statuses" rule:"notnull"`
}

func (b fieldMarkBody) input() fields.MarkedInput {
	return fields.MarkedInput{Enabled: b.Enabled, Stages: b.StageIDs, Statuses: b.Statuses}
}

func (b fieldBody) input(name value.Opt[string]) fields.Input {
	v := b.UIVisibility.V
	return fields.Input{
		Name: name, Description: b.Description, Important: b.Important.V.input(), Required: b.Required.V.input(),
		Shown: fields.ShownInput{
			Add: v.AddVisible, Details: v.DetailsVisible, InProjects: v.InProjects, Everywhere: v.ShowInPipelines.V.ShowInAll,
			Pipelines: v.ShowInPipelines.V.PipelineIDs, InAddDeal: v.InAddDeal.V.Show, InAddPerson: v.InAddPerson.V.Show,
		},
	}
}

type optionAdd struct {
	Label value.Opt[string] `json:"label" rule:"required,max=255,trim"`
	Color value.Opt[string] `json:"color" rule:"enum=blue|brown|dark-gray|gray|green|orange|pink|purple|red|yellow"`
}

type optionChange struct {
	ID int64 `json:"id" rule:"required,min=1"`
	optionAdd
}

type optionRemove struct {
	ID int64 `json:"id" rule:"required,min=1"`
}

func (o optionAdd) input(id int64) fields.OptionInput {
	return fields.OptionInput{ID: id, Label: o.Label.V, Color: o.Color}
}

type fieldCreate struct {
	FieldName value.Opt[string]      `json:"field_name" rule:"required,max=255,trim"`
	FieldType value.Opt[string]      `json:"field_type" rule:"required"`
	Options   value.Opt[[]optionAdd] `json:"options" rule:"items=10000"`
	fieldBody
}

type byCode struct {
	Code string `path:"field_code" rule:"max=100"`
}

type fieldUpdate struct {
	byCode
	FieldName value.Opt[string] `json:"field_name" rule:"notnull,nonempty,max=255,trim"`
	fieldBody
}

type (
	fieldList struct {
		Limit  int64  `query:"limit" rule:"min=1,max=500"`
		Cursor string `query:"cursor" rule:"max=2000"`
		fieldShow
	}
	fieldGet struct {
		byCode
		fieldShow
	}
	optionsAdd struct {
		byCode
		List []optionAdd `body:"options" rule:"items=10000"`
	}
	optionsChange struct {
		byCode
		List []optionChange `body:"options" rule:"items=10000"`
	}
	optionsRemove struct {
		byCode
		List []optionRemove `body:"options" rule:"items=10000"`
	}
)

// Fields are the routes of fields: what records are made of, and what a team adds to them.
type Fields struct{ Fields fields.Service }

// entityNames are the entities as paths name their fields.
var entityNames = map[string]string{
	fields.Deal: "deal", fields.Person: "person", fields.Organization: "organization", fields.Activity: "activity", fields.Note: "note",
}

// Routes binds them.
func (h Fields) Routes() (routes []Route) {
	for _, entity := range []string{fields.Deal, fields.Person, fields.Organization} {
		routes = append(routes, h.lists(entity)...)
		routes = append(routes, h.writes(entity)...)
		routes = append(routes, h.v1Lists(entity)...)
		routes = append(routes, h.v1Writes(entity)...)
	}
	routes = append(routes, h.lists(fields.Activity)...)
	routes = append(routes, h.v1Lists(fields.Activity)[0], h.v1Lists(fields.Note)[0])
	return routes
}

func (h Fields) lists(entity string) []Route {
	root := "/api/v2/" + entityNames[entity] + "Fields"
	inV2 := func(f fields.Field) bool { return f.Code != "" }
	return []Route{
		Handle(manifest.Operation("GET "+root), func(ctx context.Context, c Call, in fieldList) (any, error) {
			l := value.List{Limit: int(in.Limit), Cursor: in.Cursor}
			if l.Limit == 0 {
				l.Limit = 100
			}
			page, err := h.Fields.List(ctx, c.Actor, entity, l, inV2)
			return listed(each(page.Items, func(f fields.Full) fieldWire { return fieldOut(entity, f, in.fieldShow) }), page.Next), err
		}).Lists(fieldWire{}, ByCursor),
		Handle(manifest.Operation("GET "+root+"/{field_code}"), func(ctx context.Context, c Call, in fieldGet) (any, error) {
			f, err := h.Fields.Get(ctx, c.Actor, entity, fields.WithCode(in.Code))
			return fieldOut(entity, f, in.fieldShow), err
		}).Returns(fieldWire{}),
	}
}

// all are what a write answers with.
var allOfField = fieldShow{IncludeFields: []string{"ui_visibility", "important_fields", "required_fields"}}

func (h Fields) writes(entity string) []Route {
	root := "/api/v2/" + entityNames[entity] + "Fields"
	one := root + "/{field_code}"
	return []Route{
		Handle(manifest.Operation("POST "+root), func(ctx context.Context, c Call, in fieldCreate) (any, error) {
			options := each(in.Options.V, func(o optionAdd) fields.OptionInput { return o.input(0) })
			if err := in.fits(entity); err != nil {
				return nil, err
			}
			f, err := h.Fields.Create(ctx, c.Actor, entity, fields.Type(in.FieldType.V), in.input(in.FieldName), options)
			return fieldOut(entity, f, allOfField), err
		}).Returns(fieldWire{}),
		Handle(manifest.Operation("PATCH "+one), func(ctx context.Context, c Call, in fieldUpdate) (any, error) {
			if err := in.fits(entity); err != nil {
				return nil, err
			}
			f, err := h.Fields.Update(ctx, c.Actor, entity, fields.WithCode(in.Code), in.input(in.FieldName), value.Opt[[]fields.OptionInput]{})
			return fieldOut(entity, f, allOfField), err
		}).Returns(fieldWire{}),
		Handle(manifest.Operation("DELETE "+one), func(ctx context.Context, c Call, in byCode) (any, error) {
			f, err := h.Fields.Delete(ctx, c.Actor, entity, fields.WithCode(in.Code))
			if err != nil {
				return nil, err
			}
			return fieldOut(entity, f[0], fieldShow{}), nil
		}).Returns(fieldWire{}),
		Handle(manifest.Operation("POST "+one+"/options"), func(ctx context.Context, c Call, in optionsAdd) (any, error) {
			list := each(in.List, func(o optionAdd) fields.OptionInput { return o.input(0) })
			made, err := h.Fields.AddOptions(ctx, c.Actor, entity, fields.WithCode(in.Code), list)
			return each(made, optionBrief), err
		}).Lists(optionLabel{}, Whole),
		Handle(manifest.Operation("PATCH "+one+"/options"), func(ctx context.Context, c Call, in optionsChange) (any, error) {
			list := each(in.List, func(o optionChange) fields.OptionInput { return o.input(o.ID) })
			changed, err := h.Fields.RenameOptions(ctx, c.Actor, entity, fields.WithCode(in.Code), list)
			return each(changed, optionBrief), err
		}).Lists(optionLabel{}, Whole),
		Handle(manifest.Operation("DELETE "+one+"/options"), func(ctx context.Context, c Call, in optionsRemove) (any, error) {
			list := each(in.List, func(o optionRemove) fields.OptionInput { return fields.OptionInput{ID: o.ID} })
			gone, err := h.Fields.RemoveOptions(ctx, c.Actor, entity, fields.WithCode(in.Code), list)
			return each(gone, optionBrief), err
		}).Lists(optionLabel{}, Whole),
	}
}

// fits names what the fields of this entity do not have: only those of deals show by pipeline, only those of contacts in dialogs.
func (b fieldBody) fits(entity string) error {
	var bad fault.Fields
	v := b.UIVisibility.V
	for name, has := range map[string]bool{
		"ui_visibility.projects_detail_visible_flag": v.InProjects.Set && entity != fields.Deal,
		"ui_visibility.show_in_pipelines":            v.ShowInPipelines.Set && entity != fields.Deal,
		"ui_visibility.show_in_add_deal_dialog":      v.InAddDeal.Set && entity == fields.Deal,
		"ui_visibility.show_in_add_person_dialog":    v.InAddPerson.Set && entity != fields.Organization,
		"required_fields.stage_ids":                  b.Required.V.StageIDs.Set && entity != fields.Deal,
		"required_fields.statuses":                   b.Required.V.Statuses.Set && entity != fields.Deal,
		"important_fields.statuses":                  b.Important.V.Statuses.Set,
	} {
		if has {
			bad.Add(name, "Parameter '%s' is not allowed for this request", name)
		}
	}
	return bad.Err()
}
