package value

import (
	"maps"
	"slices"
	"strings"
)

// Text is one of the texts of a record that search looks in.
type Text struct {
	In    string // the field, as searches name it: one of the constants below
	Field int64  // the number of a custom field, otherwise 0
	Form  Form
	Value string
}

// Fields that searches can be limited to (contract §2.6).
const (
	InTitle   = "title"
	InName    = "name"
	InEmail   = "email"
	InPhone   = "phone"
	InAddress = "address"
	InNotes   = "notes"
	InCustom  = "custom_fields"
)

// Form is how a text is written.
type Form int

const (
	Prose Form = iota
	HTML
	Email
	Phone
	Untold // prose or a phone number: only the custom field's definition tells
)

// Texts of an address: as it was written, and the parts that it was taken apart into.
func (a *Address) Texts(in string, field int64) (texts []Text) {
	if a == nil {
		return nil
	}
	texts = append(texts, Text{In: in, Field: field, Value: a.Value})
	var parts []string
	for _, part := range []*string{
		a.Route, a.StreetNumber, a.Subpremise, a.PostalCode, a.Sublocality, a.Locality, a.AdminAreaLevel2, a.AdminAreaLevel1, a.Country,
	} {
		if part != nil {
			parts = append(parts, *part)
		}
	}
	if len(parts) > 0 {
		texts = append(texts, Text{In: in, Field: field, Value: strings.Join(parts, ", ")})
	}
	return texts
}

// CustomTexts are those of a record's custom values, by the fields' numbers. Which of them are searched, and in what form, only
// the fields' definitions tell; what needs none, such as the choice of an option, has no text.
func CustomTexts(values map[int64]Custom) (texts []Text) {
	for _, id := range slices.Sorted(maps.Keys(values)) {
		c := values[id]
		if c.Text != "" && c.Until == "" && c.Zone == "" && c.ZoneID == 0 {
			texts = append(texts, Text{In: InCustom, Field: id, Form: Untold, Value: c.Text})
		}
		if c.Number != "" {
			texts = append(texts, Text{In: InCustom, Field: id, Value: string(c.Number)})
		}
		texts = append(texts, c.Address.Texts(InCustom, id)...)
		if c.Formatted != nil {
			texts = append(texts, Text{In: InCustom, Field: id, Value: *c.Formatted})
		}
	}
	return texts
}
