package value

// Address is a postal address or a place (contract §2.3): the text as written, and parts that only a geocoder knows.
type Address struct {
	Value           string
	Country         *string `dynamodbav:",omitempty"` // parts are rarely known, and nothing takes no room
	AdminAreaLevel1 *string `dynamodbav:",omitempty"`
	AdminAreaLevel2 *string `dynamodbav:",omitempty"`
	Locality        *string `dynamodbav:",omitempty"`
	Sublocality     *string `dynamodbav:",omitempty"`
	Route           *string `dynamodbav:",omitempty"`
	StreetNumber    *string `dynamodbav:",omitempty"`
	Subpremise      *string `dynamodbav:",omitempty"`
	PostalCode      *string `dynamodbav:",omitempty"`
}

// AddressParts are the names of an address's parts in the API, from the smallest to the largest.
var AddressParts = []string{
	"subpremise", "street_number", "route", "sublocality", "locality", "admin_area_level_2", "admin_area_level_1", "country", "postal_code",
}

// Part is where the part of that name lies; nil for what is no part.
func (a *Address) Part(name string) **string {
	return map[string]**string{
		"subpremise": &a.Subpremise, "street_number": &a.StreetNumber, "route": &a.Route, "sublocality": &a.Sublocality, "locality": &a.Locality,
		"admin_area_level_2": &a.AdminAreaLevel2, "admin_area_level_1": &a.AdminAreaLevel1, "country": &a.Country, "postal_code": &a.PostalCode,
	}[name]
}

// Text is the address as one line, with the parts that it has, so that a change of a part is seen too; nil for nil.
func (a *Address) Text() *string {
	if a == nil {
		return nil
	}
	text := a.Value
	for _, p := range []struct {
		name string
		part *string
	}{
		{"subpremise", a.Subpremise}, {"street number", a.StreetNumber}, {"route", a.Route}, {"sublocality", a.Sublocality},
		{"locality", a.Locality}, {"area", a.AdminAreaLevel2}, {"region", a.AdminAreaLevel1}, {"postal code", a.PostalCode},
		{"country", a.Country},
	} {
		if p.part != nil {
			text += "; " + p.name + ": " + *p.part
		}
	}
	return &text
}
