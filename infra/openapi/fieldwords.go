package openapi

// Fields, their options, and how records show them.
var fieldWords = map[string]word{
	"include_option_labels": {"Whether options in custom_fields come with their names", false},
	"include_labels":        {"Whether labels come with their names, as labels", false},
	"labels":                {"The labels with their names", nil},
}
