package filters

// Helpers is what a client needs to know to write conditions (contract §3.5): operators by type of field, relative dates, parts
// of an address.
type Helpers struct {
	Operators, Deprecated      map[string][]Option
	Intervals, Relative, Deals []Option
	AddressParts               []Option
}

// Option is something to choose, and how it reads.
type Option struct{ Name, Label string }

// NewHelpers is made from the tables that conditions are compiled with.
func NewHelpers() Helpers {
	h := Helpers{Operators: map[string][]Option{}, Deprecated: map[string][]Option{}}
	for name, t := range fieldTypes {
		h.Operators[name] = shown(t.operators)
		if len(t.old) > 0 {
			h.Deprecated[name] = shown(t.old)
		}
	}
	for _, r := range intervals {
		h.Intervals = append(h.Intervals, Option{r.name, r.label})
	}
	for _, r := range relatives {
		h.Relative = append(h.Relative, Option{r.name, r.label})
	}
	h.Deals = []Option{{rottenTime, "rotting time"}}
	h.AddressParts = shown(addressParts)
	return h
}

func shown(list []operator) (out []Option) {
	for _, o := range list {
		out = append(out, Option{o.name, o.label})
	}
	return out
}

// addressParts are what a condition on an address can name with extra_value.
var addressParts = []operator{
	{"subpremise", "Apartment/suite no"}, {"street_number", "House number"}, {"route", "Street/road name"},
	{"sublocality", "District/sublocality"}, {"locality", "City/town/village/locality"}, {"admin_area_level_1", "State/county"},
	{"admin_area_level_2", "Region"}, {"country", "Country"}, {"postal_code", "ZIP/Postal code"},
	{"formatted_address", "Full/combined address"},
}
