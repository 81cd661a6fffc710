package filters

import (
	"github.com/lejek/lejek/shared/value"
)

// held is a value as tests compare it: nil, or an int64, a Decimal, a string, a bool, a Date, a time, a list of strings or of
// ids, or a Range. Of an address and of an amount it is the part that the condition names.
func (f Field) held(v any, part string) any {
	switch v := v.(type) {
	case value.Custom:
		return f.custom(v, part)
	case value.Address:
		return partOf(&v, &v.Value, part)
	case string:
		if v == "" {
			return nil
		}
	case []string:
		if len(v) == 0 {
			return nil
		}
	case []int64:
		if len(v) == 0 {
			return nil
		}
	}
	return v
}

// custom is a custom value by the type of its field.
func (f Field) custom(c value.Custom, part string) any {
	switch f.Type {
	case "double":
		return value.Held(value.NonZero(c.Number))
	case "monetary":
		if part == "currency" {
			return value.Held(value.NonZero(c.Currency))
		}
		return value.Held(value.NonZero(c.Number))
	case "enum", "user", "people", "org":
		return value.Held(value.NonZero(c.ID))
	case "set":
		if len(c.IDs) == 0 {
			return nil
		}
		return c.IDs
	case "date":
		return value.Held(value.NonZero(value.Date(c.Text)))
	case "daterange", "timerange":
		if c.Text == "" && c.Until == "" {
			return nil
		}
		return Range{From: c.Text, Until: c.Until}
	case "address":
		formatted := c.Formatted
		if formatted == nil && c.Address != nil {
			formatted = &c.Address.Value
		}
		return partOf(c.Address, formatted, part)
	}
	return value.Held(value.NonZero(c.Text))
}

// partOf is the text of an address or one of its parts.
func partOf(a *value.Address, formatted *string, part string) any {
	if a == nil {
		return nil
	}
	text, ok := map[string]*string{
		"": &a.Value, "formatted_address": formatted, "subpremise": a.Subpremise, "street_number": a.StreetNumber, "route": a.Route,
		"sublocality": a.Sublocality, "locality": a.Locality, "admin_area_level_1": a.AdminAreaLevel1, "admin_area_level_2": a.AdminAreaLevel2,
		"country": a.Country, "postal_code": a.PostalCode,
	}[part]
	if !ok || text == nil || *text == "" {
		return nil
	}
	return *text
}
