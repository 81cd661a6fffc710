package api

import (
	"context"
	"encoding/json"
	"reflect"
	"strconv"

	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/filters"
	"github.com/lejek/lejek/shared/value"
)

// filterWire is a filter (contract §3.5); lists leave the conditions out.
type filterWire struct {
	ID            int64           `json:"id"`
	Name          string          `json:"name"`
	FilterCode    *string         `json:"filter_code"`
	ActiveFlag    bool            `json:"active_flag"`
	IsEditable    bool            `json:"is_editable"`
	Type          string          `json:"type"`
	TemporaryFlag *bool           `json:"temporary_flag"`
	UserID        int64           `json:"user_id"`
	AddTime       *string         `json:"add_time"`
	UpdateTime    *string         `json:"update_time"`
	VisibleTo     string          `json:"visible_to"`
	LastUsedTime  *string         `json:"last_used_time"`
	CustomViewID  *int64          `json:"custom_view_id"`
	Conditions    *conditionsWire `json:"conditions,omitempty"`
}

type conditionsWire struct {
	Glue       string           `json:"glue"`
	Conditions []conditionGroup `json:"conditions"`
}

type conditionGroup struct {
	Glue       string          `json:"glue"`
	Conditions []conditionWire `json:"conditions"`
}

type conditionWire struct {
	Object    string     `json:"object"`
	FieldID   string     `json:"field_id"`
	Operator  string     `json:"operator"`
	Value     *string    `json:"value"`
	Extra     *string    `json:"extra_value"`
	JSON      bool       `json:"json_value_flag"`
	FieldCode *fieldCode `json:"field_code,omitempty"` // only with include_field_code
}

// fieldCode is null rather than absent once it is asked for: the field may be gone.
type fieldCode struct{ code *string }

func (f fieldCode) MarshalJSON() ([]byte, error) { return json.Marshal(f.code) }
func (fieldCode) JSONSchema() string             { return `{"type": ["string", "null"]}` }

func filterOut(f filters.Filter) filterWire {
	return filterWire{
		ID: f.ID, Name: f.Name, ActiveFlag: !f.Deleted, IsEditable: true, Type: f.Type, UserID: f.UserID, AddTime: value.Stamp(&f.AddTime),
		UpdateTime: value.Stamp(&f.UpdateTime), VisibleTo: strconv.FormatInt(f.VisibleTo, 10),
	}
}

// conditionsOut renders the groups in the order in which they came; codes is nil unless they were asked for.
func conditionsOut(c filters.Conditions, codes map[int64]string) *conditionsWire {
	group := func(glue string, list []filters.Condition) conditionGroup {
		return conditionGroup{glue, each(list, func(c filters.Condition) conditionWire {
			w := conditionWire{
				Object: c.Object, FieldID: strconv.FormatInt(c.FieldID, 10), Operator: c.Operator, Value: c.Value, Extra: c.Extra, JSON: c.JSON,
			}
			if codes != nil {
				w.FieldCode = &fieldCode{value.NonZero(codes[c.FieldID])}
			}
			return w
		})}
	}
	groups := []conditionGroup{group("and", c.All), group("or", c.Any)}
	if c.AnyFirst {
		groups[0], groups[1] = groups[1], groups[0]
	}
	return &conditionsWire{"and", groups}
}

// conditionsBody are conditions as they were sent; filters reads them, with all that can be wrong in them.
type conditionsBody struct{ raw json.RawMessage }

var conditionsType = reflect.TypeFor[conditionsBody]()

// JSONSchema is the form of conditions, or the same as text, as forms carry it.
func (conditionsBody) JSONSchema() string {
	const condition = `{"type": "object", "required": ["object", "field_id", "operator"], "properties": {
		"object": {"type": "string", "enum": ["deal", "person", "organization", "activity"]}, "field_id": {"type": ["string", "integer"]},
		"operator": {"type": "string"}, "value": {"type": ["string", "number", "boolean", "array", "null"]},
		"extra_value": {"type": ["string", "number", "null"]}, "json_value_flag": {"type": ["boolean", "integer", "string", "null"]}}}`
	const group = `{"type": "object", "required": ["glue", "conditions"], "properties": {"glue": {"type": "string", "enum": ["and", "or"]}, ` +
		`"conditions": {"type": "array", "items": ` + condition + `}}}`
	return `{"type": ["object", "string"], "required": ["glue", "conditions"], "properties": {"glue": {"type": "string", "enum": ["and"]}, ` +
		`"conditions": {"type": "array", "minItems": 2, "maxItems": 2, "items": ` + group + `}}}`
}

// filterShown are the parameters that add to a filter's conditions.
type filterShown struct {
	IncludeFieldCode bool `query:"include_field_code"`
}

type filterBody struct {
	VisibleTo value.Opt[int64] `json:"visible_to" rule:"notnull,enum=1|3|5|7"`
}

type filterCreate struct {
	filterShown
	Name       value.Opt[string]         `json:"name" rule:"required,max=255,trim"`
	Type       value.Opt[string]         `json:"type" rule:"required"`
	Conditions value.Opt[conditionsBody] `json:"conditions" rule:"required"`
	filterBody
}

type filterUpdate struct {
	byID
	filterShown
	Name       value.Opt[string]         `json:"name" rule:"notnull,nonempty,max=255,trim"`
	Type       value.Opt[string]         `json:"type" rule:"notnull,nonempty"`
	Conditions value.Opt[conditionsBody] `json:"conditions" rule:"notnull"`
	filterBody
}

type filterGet struct {
	byID
	filterShown
}

type filterList struct {
	Type string `query:"type" rule:"enum=deals|leads|org|people|products|activity|projects"`
}

// Filters are the routes of filters.
type Filters struct{ Filters filters.Service }

// Routes binds them.
func (h Filters) Routes() []Route {
	return []Route{
		Handle("GET /v1/filters", func(ctx context.Context, c Call, in filterList) (any, error) {
			list, err := h.Filters.List(ctx, c.Actor, in.Type)
			return each(list, filterOut), err
		}).Lists(filterWire{}, Whole),
		Handle("POST /v1/filters", func(ctx context.Context, c Call, in filterCreate) (any, error) {
			input, err := filterInput(in.Name, in.Type, in.Conditions, in.filterBody)
			if err != nil {
				return nil, err
			}
			f, err := h.Filters.Create(ctx, c.Actor, input)
			return h.one(ctx, c, f, in.filterShown, err)
		}).Returns(filterWire{}),
		Handle("GET /v1/filters/{id}", func(ctx context.Context, c Call, in filterGet) (any, error) {
			f, err := h.Filters.Get(ctx, c.Actor, in.ID)
			return h.one(ctx, c, f, in.filterShown, err)
		}).Returns(filterWire{}),
		Handle("PUT /v1/filters/{id}", func(ctx context.Context, c Call, in filterUpdate) (any, error) {
			input, err := filterInput(in.Name, in.Type, in.Conditions, in.filterBody)
			if err != nil {
				return nil, err
			}
			f, err := h.Filters.Update(ctx, c.Actor, in.ID, input)
			return h.one(ctx, c, f, in.filterShown, err)
		}).Returns(filterWire{}),
		Handle("DELETE /v1/filters/{id}", func(ctx context.Context, c Call, in byID) (any, error) {
			return deleted(in), h.Filters.Delete(ctx, c.Actor, in.ID)
		}).Returns(deleted{}),
		Handle("DELETE /v1/filters", func(ctx context.Context, c Call, in severalIDs) (any, error) {
			gone, err := h.Filters.DeleteMany(ctx, c.Actor, in.IDs)
			return deletedMany{gone}, err
		}).Returns(deletedMany{}),
		Handle("GET /v1/filters/helpers", func(context.Context, Call, struct{}) (any, error) {
			return helpersOut(filters.NewHelpers()), nil
		}).Returns(helpersWire{}),
	}
}

func filterInput(name, kind value.Opt[string], conditions value.Opt[conditionsBody], b filterBody) (in filters.Input, err error) {
	in = filters.Input{Name: name, Type: kind, VisibleTo: b.VisibleTo}
	if in.Conditions.Set = conditions.Has(); in.Conditions.Set {
		in.Conditions.V, err = filters.Parse(conditions.V.raw, "conditions")
	}
	return in, err
}

func (h Filters) one(ctx context.Context, c Call, f filters.Filter, shown filterShown, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	var codes map[int64]string
	if shown.IncludeFieldCode {
		if codes, err = h.Filters.Codes(ctx, c.Actor, f); err != nil {
			return nil, err
		}
	}
	w := filterOut(f)
	w.Conditions = conditionsOut(f.Conditions, codes)
	return w, nil
}

// helpersWire is what a client needs to know to write conditions. Operators are objects by their names, but those of options
// (enum), which are a list of such objects.
type helpersWire struct {
	Operators    map[string]any               `json:"operators"`
	Deprecated   map[string]any               `json:"deprecated_operators"`
	Dates        map[string]map[string]string `json:"relative_dates"`
	AddressParts map[string]string            `json:"address_field_components"`
}

func helpersOut(h filters.Helpers) helpersWire {
	named := func(list []filters.Option) map[string]string {
		m := make(map[string]string, len(list))
		for _, o := range list {
			m[o.Name] = o.Label
		}
		return m
	}
	byType := func(types map[string][]filters.Option) map[string]any {
		out := make(map[string]any, len(types))
		for name, list := range types {
			if out[name] = any(named(list)); name == "enum" {
				out[name] = each(list, func(o filters.Option) map[string]string { return map[string]string{o.Name: o.Label} })
			}
		}
		return out
	}
	return helpersWire{
		Operators: byType(h.Operators), Deprecated: byType(h.Deprecated), AddressParts: named(h.AddressParts),
		Dates: map[string]map[string]string{
			"Relative date intervals": named(h.Intervals), "Relative dates": named(h.Relative), "Deal specific": named(h.Deals),
		},
	}
}

// FilterUse has a list ask what a saved filter asks.
type FilterUse interface {
	Use(ctx context.Context, a auth.Actor, kind string, id int64, l *value.List) error
}

// byFilter is the parameter that overrides all others that choose records (contract §1.5).
type byFilter struct {
	FilterID value.Opt[int64] `query:"filter_id" rule:"min=1"`
}

// apply replaces what a list asks by what the filter asks; order, page and the place in it stay.
func (b byFilter) apply(ctx context.Context, c Call, use FilterUse, kind string, l *value.List) error {
	if !b.FilterID.Has() {
		return nil
	}
	*l = value.List{Sort: l.Sort, Desc: l.Desc, Limit: l.Limit, Cursor: l.Cursor, Archived: l.Archived, Beside: l.Beside}
	return use.Use(ctx, c.Actor, kind, b.FilterID.V, l)
}
