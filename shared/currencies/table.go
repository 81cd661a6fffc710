package currencies

// All currencies, in the order of their ids.
var All = []Currency{
	{"EUR", "Euro", "€", 2},
	{"USD", "US Dollar", "$", 2},
	{"PLN", "Polish Zloty", "zł", 2},
	{"GBP", "British Pound Sterling", "£", 2},
}
