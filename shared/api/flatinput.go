package api

import (
	"bytes"
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/deals"
	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/fields"
	"github.com/lejek/lejek/shared/organizations"
	"github.com/lejek/lejek/shared/persons"
	"github.com/lejek/lejek/shared/value"
)

// flatBody is what every record of v1 takes: labels under two names, and custom fields beside all others (contract §2.8).
type flatBody struct {
	Label    value.Opt[[]int64]         `json:"label" rule:"min=1"`
	LabelIDs value.Opt[[]int64]         `json:"label_ids" rule:"min=1"`
	Further  map[string]json.RawMessage `further:"keys"`
}

func (b flatBody) labels() value.Opt[[]int64] {
	if b.LabelIDs.Set {
		return b.LabelIDs
	}
	return b.Label
}

// flatInput reads the further keys of one request. What v1 has in several keys is one value, so a part that is not given is as the
// record has it; that is read only where a part is missing.
type flatInput struct {
	FlatRecords
	ctx    context.Context
	call   Call
	keys   map[string]json.RawMessage
	of     change.Ref // of the record that is changed; "" for a new one
	record any        // the record, once it was read
	err    error      // of reading it
	bad    fault.Fields
}

func (h FlatRecords) input(ctx context.Context, c Call, b flatBody, of change.Ref) *flatInput {
	return &flatInput{FlatRecords: h, ctx: ctx, call: c, keys: b.Further, of: of}
}

// before is the record as it is; nil for a new one.
func (in *flatInput) before() any {
	if in.of == "" || in.record != nil || in.err != nil {
		return in.record
	}
	found, err := in.Records.GetAny(in.ctx, in.call.Team, []change.Ref{in.of})
	in.record, in.err = found[in.of], err
	return in.record
}

// customs are the changes of labels and custom fields, and all that is wrong in them. It reads the fields only where some are given.
func (in *flatInput) customs(entity string, b customBody) ([]change.Custom, fault.Fields, error) {
	given := slices.ContainsFunc(slices.Collect(maps.Keys(in.keys)), func(k string) bool { return len(k) >= 40 && change.IsCustomKey(k[:40]) })
	if !given && !b.LabelIDs.Set && !slices.ContainsFunc(slices.Collect(maps.Values(b.chosen)), value.Opt[int64].Has) {
		return nil, nil, nil
	}
	sheet, err := in.Fields.Sheet(in.ctx, in.call.Actor, entity)
	if err != nil {
		return nil, nil, err
	}
	nested := map[string]json.RawMessage{}
	for _, f := range sheet.Own() {
		if raw, ok := in.nested(f); ok {
			nested[f.Code] = raw
		}
	}
	if in.err != nil {
		return nil, nil, in.err
	}
	b.CustomFields = value.Some(nested)
	return b.readAs(in.ctx, in.call, showing(in.Fields, sheet))
}

// nested is the value of a field in the shape that v2 has; false where none of its keys is given.
func (in *flatInput) nested(f fields.Field) (json.RawMessage, bool) {
	raw, ok := in.keys[f.Key]
	if ok && empty(raw) {
		return json.RawMessage("null"), true
	}
	switch f.Type {
	case fields.Varchar, fields.VarcharAuto, fields.Text, fields.Phone:
		if ok && !bytes.HasPrefix(raw, []byte(`"`)) {
			raw = quoted(string(raw))
		}
	case fields.Double, fields.Enum, fields.User, fields.Org, fields.People:
		raw = numberOf(nestedValue(raw))
	case fields.Set:
		raw = numbersOf(raw)
	case fields.Monetary, fields.DateRange, fields.Time, fields.TimeRange, fields.Address:
		return in.parts(f)
	}
	return raw, ok
}

// parts are a value that v1 has in several keys.
func (in *flatInput) parts(f fields.Field) (json.RawMessage, bool) {
	names := map[fields.Type][]string{
		fields.Monetary: {"currency"}, fields.DateRange: {"until"}, fields.Time: {"timezone_id", "timezone_name"},
		fields.TimeRange: {"until", "timezone_id", "timezone_name"}, fields.Address: append(slices.Clone(value.AddressParts), "formatted_address"),
	}[f.Type]
	whole := map[string]json.RawMessage{}
	if raw, ok := in.keys[f.Key]; ok {
		whole["value"] = raw
	}
	for _, part := range names {
		if raw, ok := in.keys[f.Key+"_"+part]; ok {
			whole[part] = raw
		}
	}
	if len(whole) == 0 {
		return nil, false
	}
	if len(whole) <= len(names) {
		in.complete(f, whole)
	}
	for part, raw := range whole {
		switch {
		case empty(raw):
			delete(whole, part)
		case part == "timezone_id" || part == "value" && f.Type == fields.Monetary:
			whole[part] = numberOf(raw)
		}
	}
	raw, _ := json.Marshal(whole)
	return raw, true
}

// complete adds what the record has already, and the company's currency to an amount without one. A place that is another one now
// keeps no part of the old one.
func (in *flatInput) complete(f fields.Field, whole map[string]json.RawMessage) {
	values := customValues(in.before())
	if in.err != nil {
		return
	}
	old := map[string]json.RawMessage{}
	for key, v := range flatCustom([]fields.Field{f}, values, nil) {
		part := "value"
		if key != f.Key {
			part = strings.TrimPrefix(key, f.Key+"_")
		}
		old[part], _ = json.Marshal(v) // texts and numbers
	}
	if raw, ok := whole["value"]; ok && f.Type == fields.Address && string(raw) != string(old["value"]) {
		return
	}
	for part, raw := range old {
		if _, given := whole[part]; !given && !empty(raw) {
			whole[part] = raw
		}
	}
	if _, ok := whole["currency"]; !ok && f.Type == fields.Monetary {
		team, err := in.Companies.Team(in.ctx, in.call.Actor)
		whole["currency"] = quoted(team.Currency)
		if err != nil {
			in.err = err
		}
	}
	if _, ok := whole["timezone_id"]; !ok && values[f.ID].Zone != "" {
		whole["timezone_name"] = quoted(values[f.ID].Zone)
	}
}

// maxAddress is how long a part of an address may be.
const maxAddress = 255

// address is a record's own one with the parts that are given beside it. An address that stays what it was keeps its parts.
func (in *flatInput) address(key string, text value.Opt[addressBody], of func(record any) *value.Address) value.Opt[value.Address] {
	out := addressIn(text)
	parts := map[string]*string{}
	for _, part := range value.AddressParts {
		if raw, ok := in.keys[key+"_"+part]; ok {
			parts[part] = nil
			if s := plain(raw); utf8.RuneCountInString(s) > maxAddress {
				in.bad.Add(key+"_"+part, "must be at most %d characters", maxAddress)
			} else if s != "" {
				parts[part] = &s
			}
		}
	}
	if !out.Has() && (out.Set || len(parts) == 0) {
		return out
	}
	if had := of(in.before()); had != nil && (!out.Set || had.Value == out.V.Value) {
		out = value.Some(*had)
		if given := addressIn(text); given.Has() && given.V != (value.Address{Value: given.V.Value}) {
			out = given
		}
	}
	if out.V.Value == "" {
		for part, s := range parts {
			if s != nil {
				in.bad.Add(key, "must be given with its part %s_%s", key, part)
			}
		}
		return value.Opt[value.Address]{}
	}
	for part, s := range parts {
		*out.V.Part(part) = s
	}
	return out
}

// customValues are the custom fields of a record.
func customValues(record any) map[int64]value.Custom {
	switch r := record.(type) {
	case deals.Deal:
		return r.Custom
	case persons.Person:
		return r.Custom
	case organizations.Organization:
		return r.Custom
	}
	return nil
}

func empty(raw json.RawMessage) bool { return string(raw) == "null" || string(raw) == `""` }

func quoted(text string) json.RawMessage {
	b, _ := json.Marshal(text)
	return b
}

// plain is a JSON string's text, or what else it is.
func plain(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) != nil && string(raw) != "null" {
		s = string(raw)
	}
	return strings.TrimSpace(s)
}

// nestedValue is the value of what v1 nests; {"id": 5} is read too, as related objects have it.
func nestedValue(raw json.RawMessage) json.RawMessage {
	var nested struct{ Value, ID json.RawMessage }
	if !bytes.HasPrefix(raw, []byte("{")) || json.Unmarshal(raw, &nested) != nil {
		return raw
	}
	if nested.Value != nil {
		return nested.Value
	}
	return nested.ID
}

// numberOf is a number that may come as a text; what is none stays as it is, for whoever says what is wrong.
func numberOf(raw json.RawMessage) json.RawMessage {
	if s := plain(raw); s != "" && strings.Trim(s, "-+.0123456789eE") == "" && json.Valid([]byte(s)) {
		return json.RawMessage(s)
	}
	return raw
}

// numbersOf is a list of numbers, which v1 writes as "1,2".
func numbersOf(raw json.RawMessage) json.RawMessage {
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) != nil {
		for part := range strings.SplitSeq(plain(raw), ",") {
			list = append(list, quoted(strings.TrimSpace(part)))
		}
	}
	for i, one := range list {
		list[i] = numberOf(one)
	}
	if len(list) == 0 {
		return json.RawMessage("null")
	}
	b, _ := json.Marshal(list)
	return b
}

// refOf is a record's name; "" for none.
func refOf(kind string, id int64) change.Ref {
	if id == 0 {
		return ""
	}
	return change.Of(kind, id)
}
