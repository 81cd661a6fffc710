package api

import (
	"strconv"

	"github.com/lejek/lejek/shared/fields"
	"github.com/lejek/lejek/shared/value"
)

// flatCustom are a record's custom values as v1 has them: keys beside the record's own, parts as keys of their own (contract §2.8).
// What is unset is absent.
func flatCustom(list []fields.Field, values map[int64]value.Custom) map[string]any {
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
			flat[k] = v.ID
		case fields.DateRange:
			flat[k], flat[k+"_until"] = v.Text, v.Until
		case fields.Time:
			flat[k], flat[k+"_timezone_id"] = v.Text, value.NonZero(v.ZoneID)
		case fields.TimeRange:
			flat[k], flat[k+"_until"], flat[k+"_timezone_id"] = v.Text, v.Until, value.NonZero(v.ZoneID)
		case fields.Address:
			flat[k] = v.Address.Value
			for _, part := range value.AddressParts {
				flat[k+"_"+part] = *v.Address.Part(part)
			}
			flat[k+"_formatted_address"] = v.Formatted
		default:
			flat[k] = v.Text
		}
	}
	return flat
}
