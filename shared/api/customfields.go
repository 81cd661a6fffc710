package api

import (
	"bytes"
	"context"
	"encoding/json"

	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/fields"
	"github.com/lejek/lejek/shared/value"
)

// customQuery are the parameters that say how records show their custom fields and labels (contract §1.5).
type customQuery struct {
	CustomFields        []string `query:"custom_fields"`
	IncludeOptionLabels bool     `query:"include_option_labels"`
	IncludeLabels       bool     `query:"include_labels"`
}

// maxCustomFields is how many codes can be picked.
const maxCustomFields = 15

// customBody is what a client writes into labels and custom fields.
type customBody struct {
	LabelIDs     value.Opt[[]int64]                    `json:"label_ids" rule:"min=1"`
	CustomFields value.Opt[map[string]json.RawMessage] `json:"custom_fields" rule:"notnull"`
	chosen       map[string]value.Opt[int64]           // built-in fields whose options a team can change, by their codes
}

func (b customBody) custom() customBody { return b }

// read is what the body changes, all that is wrong in it, and how the answer shows custom fields.
func (b customBody) read(ctx context.Context, c Call, f fields.Service, entity string) ([]change.Custom, fault.Fields, customs, error) {
	cu, err := customsOf(ctx, c, f, entity, customQuery{})
	if err != nil {
		return nil, nil, cu, err
	}
	changes, wrong, err := b.readAs(ctx, c, cu)
	return changes, wrong, cu, err
}

// readAs is read with the fields as they are.
func (b customBody) readAs(ctx context.Context, c Call, cu customs) ([]change.Custom, fault.Fields, error) {
	changes, wrong, err := cu.service.Read(ctx, c.Actor, cu.sheet, b.CustomFields.V)
	for _, id := range b.LabelIDs.V {
		if !cu.labels.Options.Has(id) {
			wrong.Add("label_ids", "has no label %d", id)
		}
	}
	for code, id := range b.chosen {
		if f, _ := cu.sheet.ByCode(code); id.Has() && !f.Options.Has(id.V) {
			wrong.Add(code, "has no option %d", id.V)
		}
	}
	return changes, wrong, err
}

// wrongCustom names what is wrong in the labels and custom fields of an input in which something else is wrong already.
func wrongCustom(f fields.Service, entity string) func(context.Context, Call, any) error {
	return func(ctx context.Context, c Call, in any) error {
		_, wrong, _, err := in.(interface{ custom() customBody }).custom().read(ctx, c, f, entity)
		if err != nil {
			return err
		}
		return wrong.Err()
	}
}

// customs is how the records of one entity show their custom fields and labels.
type customs struct {
	service fields.Service
	sheet   fields.Sheet
	fields  []fields.Field // all that the team made, or those that were picked
	labels  fields.Field
	names   fields.Names // of options, when asked for
	query   customQuery
}

// customsOf reads how an entity's records show them now.
func customsOf(ctx context.Context, c Call, f fields.Service, entity string, q customQuery) (customs, error) {
	sheet, err := f.Sheet(ctx, c.Actor, entity)
	if err != nil {
		return customs{}, err
	}
	cu := showing(f, sheet)
	cu.query = q
	if len(q.CustomFields) == 0 {
		return cu, nil
	}
	var bad fault.Fields
	if len(q.CustomFields) > maxCustomFields {
		bad.Add("custom_fields", "must be at most %d codes", maxCustomFields)
	}
	cu.fields = nil
	for _, code := range q.CustomFields {
		if f, ok := sheet.ByCode(code); ok && f.Custom() {
			cu.fields = append(cu.fields, f)
		} else {
			bad.Add("custom_fields", "%s is no custom field of this %s", code, sheet.Entity)
		}
	}
	return cu, bad.Err()
}

// showing shows all fields of a sheet.
func showing(f fields.Service, sheet fields.Sheet) customs {
	cu := customs{service: f, sheet: sheet, fields: sheet.Own()}
	cu.labels, _ = sheet.Labels()
	return cu
}

// customized is what customs need of a record.
type customized struct {
	labels []int64
	values map[int64]value.Custom
}

// named reads the names of the options of records, where they are asked for.
func (s customs) named(ctx context.Context, c Call, records []customized) (customs, error) {
	wanted := map[int64][]int64{}
	for _, r := range records {
		if s.query.IncludeLabels {
			wanted[s.labels.ID] = append(wanted[s.labels.ID], s.labels.Existing(r.labels)...)
		}
		for _, field := range s.fields {
			v, ok := field.Shown(r.values)
			if !ok || !s.query.IncludeOptionLabels || !field.Type.HasOptions() {
				continue
			}
			if wanted[field.ID] = append(wanted[field.ID], v.IDs...); v.ID != 0 {
				wanted[field.ID] = append(wanted[field.ID], v.ID)
			}
		}
	}
	for id, options := range wanted {
		wanted[id] = value.Unique(options)
	}
	var err error
	s.names, err = s.service.Names(ctx, c.Actor, s.sheet.Entity, wanted)
	return s, err
}

// labelIDs are a record's labels, but for those that were deleted.
func (s customs) labelIDs(ids []int64) []int64 { return s.labels.Existing(ids) }

// option is the value of a built-in field whose options a team can change; null when it was deleted.
func (s customs) option(code string, id *int64) *int64 {
	if f, _ := s.sheet.ByCode(code); id == nil || !f.Options.Has(*id) {
		return nil
	}
	return id
}

// optionLabel is an option by its number and its name.
type optionLabel struct {
	ID    int64  `json:"id"`
	Label string `json:"label"`
}

// labelNames are a record's labels with their names; nil unless they are asked for.
func (s customs) labelNames(ids []int64) *[]optionLabel {
	if !s.query.IncludeLabels {
		return nil
	}
	list := s.options(s.labels, ids)
	return &list
}

func (s customs) options(f fields.Field, ids []int64) []optionLabel {
	return each(f.Existing(ids), func(id int64) optionLabel { return optionLabel{id, s.names[f.ID][id].Label} })
}

// of are a record's custom fields: all of them, null when unset (contract §1.6).
func (s customs) of(values map[int64]value.Custom) customWire { return customWire{s, values} }

// customWire is the custom_fields of a record.
type customWire struct {
	customs
	values map[int64]value.Custom
}

// JSONSchema is how it is written: an object whose keys are the codes of custom fields.
func (w customWire) JSONSchema() string { return `{"type":"object","additionalProperties":true}` }

// MarshalJSON writes the fields in their order.
func (w customWire) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, f := range w.fields {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(`"` + f.Code + `":`)
		v, ok := f.Shown(w.values)
		if !ok {
			b.WriteString("null")
			continue
		}
		text, err := marshal(w.value(f, v))
		if err != nil {
			return nil, err
		}
		b.Write(text)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// The shapes of values that have parts (contract §2.8).
type (
	monetaryWire struct {
		Value    value.Decimal `json:"value"`
		Currency string        `json:"currency"`
	}
	dateRangeWire struct {
		Value string `json:"value"`
		Until string `json:"until"`
	}
	timeWire struct {
		Value string `json:"value"`
		zoneWire
	}
	timeRangeWire struct {
		Value string `json:"value"`
		Until string `json:"until"`
		zoneWire
	}
	// zoneWire holds what was written: numbers of time zones are nobody's to translate.
	zoneWire struct {
		TimezoneID   *int64  `json:"timezone_id"`
		TimezoneName *string `json:"timezone_name"`
	}
	customAddressWire struct {
		*addressWire
		FormattedAddress *string `json:"formatted_address"`
	}
)

func zoneOut(v value.Custom) zoneWire {
	return zoneWire{value.NonZero(v.ZoneID), value.NonZero(v.Zone)}
}

func (w customWire) value(f fields.Field, v value.Custom) any {
	switch f.Type {
	case fields.Double:
		return v.Number
	case fields.Monetary:
		return monetaryWire{v.Number, v.Currency}
	case fields.Enum:
		if w.query.IncludeOptionLabels {
			return optionLabel{v.ID, w.names[f.ID][v.ID].Label}
		}
		return v.ID
	case fields.Set:
		if w.query.IncludeOptionLabels {
			return w.options(f, v.IDs)
		}
		return v.IDs
	case fields.User, fields.Org, fields.People:
		return v.ID
	case fields.DateRange:
		return dateRangeWire{v.Text, v.Until}
	case fields.Time:
		return timeWire{v.Text, zoneOut(v)}
	case fields.TimeRange:
		return timeRangeWire{v.Text, v.Until, zoneOut(v)}
	case fields.Address:
		return customAddressWire{addressOut(v.Address), v.Formatted}
	}
	return v.Text
}

// grows reports that names of options come into the answer, which no record's size tells of.
func (s customs) grows() bool { return s.query.IncludeLabels || s.query.IncludeOptionLabels }

// beside is what custom fields take of an answer for each record besides their values: codes, null, and the names of parts.
func (s customs) beside() (n int) {
	shapes := map[fields.Type]int{
		fields.Monetary: 40, fields.DateRange: 40, fields.Time: 80, fields.TimeRange: 100, fields.Address: 330,
	}
	for _, f := range s.fields {
		n += 50 + shapes[f.Type]
	}
	return n
}
