package api

import (
	"github.com/lejek/lejek/shared/fields"
	"github.com/lejek/lejek/shared/value"
)

// customTold are custom fields in payloads of version 2.0: all codes, each value wrapped with its type, null when unset.
type customTold struct {
	sheet  fields.Sheet
	values map[int64]value.Custom
}

func (w customTold) MarshalJSON() ([]byte, error) {
	all := map[string]any{}
	for _, f := range w.sheet.Own() {
		if v, ok := f.Shown(w.values); ok {
			all[f.Code] = wrapped(f, v)
		} else {
			all[f.Code] = nil
		}
	}
	return marshal(all)
}

// The wrappings, by what a value is made of.
type (
	plainTold struct {
		Type  fields.Type `json:"type"`
		Value any         `json:"value"`
	}
	moneyTold struct {
		plainTold
		Currency string `json:"currency"`
	}
	idTold struct {
		Type fields.Type `json:"type"`
		ID   int64       `json:"id"`
	}
	setTold struct {
		Type   fields.Type `json:"type"`
		Values []setOption `json:"values"`
	}
	setOption struct {
		ID int64 `json:"id"`
	}
	clockTold struct {
		plainTold
		TimezoneID *int64 `json:"timezone_id"`
	}
	rangeTold struct {
		Type  fields.Type `json:"type"`
		From  string      `json:"from"`
		Until string      `json:"until"`
	}
	clockRangeTold struct {
		rangeTold
		TimezoneID *int64 `json:"timezone_id"`
	}
	addressTold struct {
		Type fields.Type `json:"type"`
		customAddressWire
	}
)

func wrapped(f fields.Field, v value.Custom) any {
	switch f.Type {
	case fields.Double:
		return plainTold{f.Type, v.Number}
	case fields.Monetary:
		return moneyTold{plainTold{f.Type, v.Number}, v.Currency}
	case fields.Enum, fields.User, fields.Org, fields.People:
		return idTold{f.Type, v.ID}
	case fields.Set:
		return setTold{f.Type, each(v.IDs, func(id int64) setOption { return setOption{id} })}
	case fields.Time:
		return clockTold{plainTold{f.Type, v.Text}, value.NonZero(v.ZoneID)}
	case fields.TimeRange:
		return clockRangeTold{rangeTold{f.Type, v.Text, v.Until}, value.NonZero(v.ZoneID)}
	case fields.DateRange:
		return rangeTold{f.Type, v.Text, v.Until}
	case fields.Address:
		return addressTold{f.Type, customAddressWire{addressOut(v.Address), v.Formatted}}
	}
	return plainTold{f.Type, v.Text}
}
