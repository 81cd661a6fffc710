package value

// Address is a postal address or a place (contract §2.3): the text as written, and parts that only a geocoder knows.
type Address struct {
	Value            string
	Country          *string
	AdminAreaLevel1  *string
	AdminAreaLevel2  *string
	Locality         *string
	Sublocality      *string
	Route            *string
	StreetNumber     *string
	Subpremise       *string
	PostalCode       *string
	FormattedAddress *string
}
