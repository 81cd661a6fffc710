package api

import (
	"strconv"

	"github.com/lejek/lejek/shared/fields"
	"github.com/lejek/lejek/shared/value"
)

// flatCustom are a record's custom values as v1 has them: keys beside the record's own, parts as keys of their own (contract §2.8).
// What is unset is absent. What a value points at is its number, unless nested tells how to show it.
func flatCustom(list []fields.Field, values map[int64]value.Custom, nested func(target string, id int64) any) map[string]any {
	flat := map[string]any{}
	for _, f := range list {
		v, ok := f.Shown(values)
		if !ok {
			continue
		}
		k := f.Key
		switch f.Type {
		case fields.Double:
			flat[k] = v.Number
		case fields.Monetary:
			flat[k], flat[k+"_currency"] = v.Number, v.Currency
		case fields.Enum:
			flat[k] = strconv.FormatInt(v.ID, 10)
		case fields.Set:
			flat[k] = value.JoinIDs(v.IDs)
		case fields.User, fields.Org, fields.People:
			if flat[k] = v.ID; nested != nil {
				flat[k] = nested(f.Type.Target(), v.ID)
			}
		case fields.DateRange:
			flat[k], flat[k+"_until"] = v.Text, v.Until
		case fields.Time:
			flat[k], flat[k+"_timezone_id"] = v.Text, value.NonZero(v.ZoneID)
		case fields.TimeRange:
			flat[k], flat[k+"_until"], flat[k+"_timezone_id"] = v.Text, v.Until, value.NonZero(v.ZoneID)
		case fields.Address:
			flat[k] = v.Address.Value
			flatAddress(flat, k, v.Address)
			flat[k+"_formatted_address"] = v.Formatted
		default:
			flat[k] = v.Text
		}
	}
	return flat
}

// flatAddress adds the parts of an address.
func flatAddress(flat map[string]any, key string, a *value.Address) {
	for _, part := range value.AddressParts {
		var text *string
		if a != nil {
			text = *a.Part(part)
		}
		flat[key+"_"+part] = text
	}
}
