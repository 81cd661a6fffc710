package filters

import "slices"

// Operators as the API writes them.
const (
	is, isNot                            = "=", "!="
	above, below, notBelow, notAbove     = ">", "<", ">=", "<="
	empty, notEmpty                      = "IS NULL", "IS NOT NULL"
	contains, begins, ends               = "LIKE '%$%'", "LIKE '$%'", "LIKE '%$'"
	notContains, notBegins, notEnds      = "NOT LIKE '%$%'", "NOT LIKE '$%'", "NOT LIKE '%$'"
	hasOption, hasNotOption              = "contains", "not_contains"
	hasBeen, ofTeam                      = "has_been", "belongs_to_team"
	endsAt, endsNotAt                    = "ends_at", "does_not_end_at"
	endsBefore, endsNotAfter             = "ends_before", "ends_e_before"
	endsAfter, endsNotBefore, rangeHolds = "ends_after", "ends_e_after", "includes"
)

// operator is one comparison as the helpers show it.
type operator struct{ name, label string }

// class is how the values of some types of fields are compared.
type class int

const (
	numbers class = iota
	dates
	times
	texts
	choices // one of several: an option, a user, a record
	options // some of several
	dateRanges
	timeRanges
)

var (
	comparisons = []operator{{is, "is"}, {isNot, "is not"}, {above, "is more than"}, {below, "is less than"}, {notBelow, "is at least"}, {notAbove, "is at most"}}
	whens       = []operator{{is, "is"}, {isNot, "is not"}, {above, "is later than"}, {below, "is before"}, {notBelow, "is exactly or later than"}, {notAbove, "is before or exactly"}}
	nulls       = []operator{{empty, "is empty"}, {notEmpty, "is not empty"}}
	either      = []operator{{is, "is"}, {isNot, "is not"}}
	likes       = []operator{{contains, "contains"}, {begins, "starts with"}, {notBegins, "does not start with"}}
	members     = []operator{{is, "is"}, {isNot, "is not"}, {hasOption, "contains"}, {hasNotOption, "does not contain"}}
	ranges      = []operator{
		{is, "starts at"}, {isNot, "does not start at"}, {below, "starts before"}, {notAbove, "starts exactly or before"},
		{above, "starts after"}, {notBelow, "starts exactly or after"}, {endsAt, "ends at"}, {endsNotAt, "does not end at"},
		{endsBefore, "ends before"}, {endsNotAfter, "ends exactly or before"}, {endsAfter, "ends after"},
		{endsNotBefore, "ends exactly or after"}, {rangeHolds, "includes"},
	}
	oldLikes = []operator{{notContains, "does not contain"}, {ends, "ends with"}, {notEnds, "does not end with"}}
)

// fieldType is how fields of a type are compared, and with which operators (contract §3.5). Old ones are still understood.
type fieldType struct {
	class     class
	operators []operator
	old       []operator
}

func join(lists ...[]operator) []operator { return slices.Concat(lists...) }

var (
	text   = fieldType{texts, join(either, likes, nulls), oldLikes}
	choice = fieldType{choices, join(either, nulls), nil}
	fixed  = fieldType{choices, either, nil}
)

// fieldTypes are all types of fields by their names in v1.
var fieldTypes = map[string]fieldType{
	"int": {numbers, join(comparisons, nulls), nil}, "double": {numbers, join(comparisons, nulls), nil},
	"monetary": {numbers, join(comparisons, nulls), nil}, "date": {dates, join(whens, nulls), nil}, "time": {times, join(whens, nulls), nil},
	"varchar": text, "varchar_auto": text, "varchar_options": text, "text": text, "phone": text, "address": text,
	title:  {texts, join(either[:1], likes), oldLikes},
	"enum": choice, "deal": choice, "product": choice, "person": choice, "people": choice, "organization": choice, "org": choice,
	"activity": choice, "lead": choice, "project": choice,
	"user":   {choices, join(either, nulls, []operator{{ofTeam, "belongs to team"}}), nil},
	"set":    {options, join(members, nulls), nil},
	"status": fixed, "visible_to": fixed, "currency": fixed, "pipeline": fixed, "boolean": fixed,
	"stage":      {choices, join(either, []operator{{hasBeen, "has been"}}), nil},
	enteredStage: {dates, whens, nil},
	"daterange":  {dateRanges, join(ranges, nulls), nil}, "timerange": {timeRanges, join(ranges, nulls), nil},
}

// Types that no field has by itself: the title of a deal, and the time at which it entered a stage.
const (
	title        = "title"
	enteredStage = "entered_stage"
)

// has reports whether fields of the type are compared so.
func (t fieldType) has(name string) bool {
	named := func(o operator) bool { return o.name == name }
	return slices.ContainsFunc(t.operators, named) || slices.ContainsFunc(t.old, named)
}

func (t fieldType) names() (names []string) {
	for _, o := range t.operators {
		names = append(names, o.name)
	}
	return names
}
