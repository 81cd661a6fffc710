package fields

import "github.com/lejek/lejek/shared/value"

// Part is a part of a field's value that is a field of its own: a key of an object in v2, in v1 a key beside the field's.
type Part struct {
	Code string
	Name string
	Type Type
}

// partNames are what the parts of an address are called.
var partNames = map[string]string{
	"subpremise": "Apartment/suite no", "street_number": "House number", "route": "Street/road name", "sublocality": "District/sublocality",
	"locality": "City/town/village/locality", "admin_area_level_2": "Region", "admin_area_level_1": "State/county", "country": "Country",
	"postal_code": "ZIP/Postal code",
}

// Parts are the keys that the field's value has in v2; none where it is no object. Built-in amounts and times are none.
func (f Field) Parts() []Part {
	of := func(what string) string { return what + " of " + f.Name }
	zone := []Part{{"timezone_id", of("Time zone ID"), Int}, {"timezone_name", of("Time zone"), Varchar}}
	switch {
	case f.Type == Address:
		parts := []Part{{"value", of("Address value"), Varchar}}
		for _, code := range value.AddressParts {
			parts = append(parts, Part{code, of(partNames[code]), Varchar})
		}
		if f.Custom() {
			parts = append(parts, Part{"formatted_address", of("Full/combined address"), Varchar})
		}
		return parts
	case !f.Custom():
		return nil
	case f.Type == Monetary:
		return []Part{{"value", of("Monetary value"), Double}, {"currency", of("Currency"), Varchar}}
	case f.Type == DateRange:
		return []Part{{"value", of("Start date"), Date}, {"until", of("End date"), Date}}
	case f.Type == Time:
		return append([]Part{{"value", of("Time"), Time}}, zone...)
	case f.Type == TimeRange:
		return append([]Part{{"value", of("Start time"), Time}, {"until", of("End time"), Time}}, zone...)
	}
	return nil
}

// Suffixes are the keys that the field has in v1 beside its own, each after an underscore; those of the amount of a deal too.
func (f Field) Suffixes() []Part {
	switch {
	case f.Type == Monetary && !f.Custom():
		return []Part{{"currency", "Currency of " + f.Name, Varchar}}
	case f.Type == Address && !f.Custom():
		return append(f.Parts()[1:], Part{"formatted_address", "Full/combined address of " + f.Name, Varchar})
	}
	var parts []Part
	for _, p := range f.Parts() {
		if p.Code != "value" && p.Code != "timezone_name" {
			parts = append(parts, p)
		}
	}
	return parts
}

// Order is the field's place among all of its entity; built-in ones come first.
func (f Field) Order() int64 {
	if f.Custom() {
		return f.ID - firstOwn + 1001
	}
	return f.ID % 1000
}

// Visible is where a user interface shows the field.
func (f Field) Visible() Shown {
	switch {
	case f.Own == nil:
		return Shown{Add: f.Traits.Has(Add), HideDetails: !f.Traits.Has(Details)}
	case f.Own.Shown == nil:
		return Shown{}
	}
	return *f.Own.Shown
}

// Important and Required are where it is marked so; nil for nowhere. A built-in field is required where it may not be empty.
func (f Field) Important() *Marked {
	if f.Own == nil {
		return nil
	}
	return f.Own.Important
}
func (f Field) Required() *Marked {
	switch {
	case f.Own != nil:
		return f.Own.Required
	case f.Traits.Has(Free) || !f.Traits.Has(Edit) || f.MandatoryIf[0] != "":
		return nil
	}
	return &Marked{}
}

// searched are the types of custom fields that a search looks into (contract §2.6).
var searched = map[Type]bool{Address: true, Varchar: true, Text: true, VarcharAuto: true, Double: true, Monetary: true, Phone: true}

// Searchable reports a custom field that a search looks into.
func (f Field) Searchable() bool { return f.Custom() && searched[f.Type] }
