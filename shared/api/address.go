package api

import "github.com/lejek/lejek/shared/value"

// addressWire is a place or a postal address (contract §2.3). A client may write the text alone; the parts stay null then.
type addressWire struct {
	Value           string  `json:"value"`
	Country         *string `json:"country"`
	AdminAreaLevel1 *string `json:"admin_area_level_1"`
	AdminAreaLevel2 *string `json:"admin_area_level_2"`
	Locality        *string `json:"locality"`
	Sublocality     *string `json:"sublocality"`
	Route           *string `json:"route"`
	StreetNumber    *string `json:"street_number"`
	Subpremise      *string `json:"subpremise"`
	PostalCode      *string `json:"postal_code"`
}

func addressOut(a *value.Address) *addressWire {
	if a == nil {
		return nil
	}
	return &addressWire{
		a.Value, a.Country, a.AdminAreaLevel1, a.AdminAreaLevel2, a.Locality, a.Sublocality, a.Route, a.StreetNumber, a.Subpremise, a.PostalCode,
	}
}

// addressBody is what a client writes.
type addressBody struct {
	Value           value.Opt[string] `json:"value" rule:"required,max=1000"`
	Country         value.Opt[string] `json:"country" rule:"max=255"`
	AdminAreaLevel1 value.Opt[string] `json:"admin_area_level_1" rule:"max=255"`
	AdminAreaLevel2 value.Opt[string] `json:"admin_area_level_2" rule:"max=255"`
	Locality        value.Opt[string] `json:"locality" rule:"max=255"`
	Sublocality     value.Opt[string] `json:"sublocality" rule:"max=255"`
	Route           value.Opt[string] `json:"route" rule:"max=255"`
	StreetNumber    value.Opt[string] `json:"street_number" rule:"max=255"`
	Subpremise      value.Opt[string] `json:"subpremise" rule:"max=255"`
	PostalCode      value.Opt[string] `json:"postal_code" rule:"max=255"`
}

// addressIn is an optional address: absent, null, or all of it anew.
func addressIn(in value.Opt[addressBody]) value.Opt[value.Address] {
	b := in.V
	a := value.Address{Value: b.Value.V}
	b.Country.Into(&a.Country)
	b.AdminAreaLevel1.Into(&a.AdminAreaLevel1)
	b.AdminAreaLevel2.Into(&a.AdminAreaLevel2)
	b.Locality.Into(&a.Locality)
	b.Sublocality.Into(&a.Sublocality)
	b.Route.Into(&a.Route)
	b.StreetNumber.Into(&a.StreetNumber)
	b.Subpremise.Into(&a.Subpremise)
	b.PostalCode.Into(&a.PostalCode)
	return value.Opt[value.Address]{Set: in.Set, Null: in.Null, V: a}
}
