package openapi

// Filters.
var filterWords = map[string]word{
	"filter_id":          {"A saved filter: it chooses the records instead of all other parameters that do", 1},
	"include_field_code": {"Whether each condition names its field's code too", true},
	"conditions": {"A group of conditions: exactly two groups in a filter, one whose conditions all hold, and one of which, if it has any, at least one does", map[string]any{
		"glue": "and", "conditions": []any{
			map[string]any{"glue": "and", "conditions": []any{map[string]any{"object": "deal", "field_id": "1004", "operator": "=", "value": "me", "extra_value": nil}}},
			map[string]any{"glue": "or", "conditions": []any{}},
		},
	}},
	"glue":                     {"How the conditions of a group go together", "and"},
	"operator":                 {"How the value is compared; filters/helpers lists the operators of each type of field", "="},
	"field_id":                 {"The id of a field, as text", "1004"},
	"extra_value":              {"A part of the field: of an address, the currency of an amount, the stage that was entered", nil},
	"json_value_flag":          {"Whether the value is JSON, such as a list", false},
	"filter_code":              {"Always null here", nil},
	"is_editable":              {"Whether the token's user may change it", true},
	"temporary_flag":           {"Always null here", nil},
	"last_used_time":           {"When it was used last; always null of filters", nil},
	"custom_view_id":           {"Always null here", nil},
	"operators":                {"Operators by type of field, each with how it reads", nil},
	"deprecated_operators":     {"Operators that are still understood", nil},
	"relative_dates":           {"Words that stand for a day or a stretch of days, seen from today", nil},
	"address_field_components": {"Parts of an address that extra_value can name", nil},
}
