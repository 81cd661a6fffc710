package fields

// builtIn are the fields that every team has (contract §2.8). A number, once given, stays: filters are stored with it. Those of an
// entity are in the order of their numbers; firstOwn is above all.
var builtIn = map[string][]Field{
	Deal: dealFields, Person: personFields, Organization: organizationFields, Activity: activityFields, Note: noteFields,
}

// firstOwn is the number of a team's first own field.
const firstOwn = 10_001

var visibleTo = []Choice{
	{ID: 1, Label: "Item owner"}, {ID: 3, Label: "Item owner's visibility group"},
	{ID: 5, Label: "Item owner's visibility group and sub-groups"}, {ID: 7, Label: "All users"},
}

var noYes = []Choice{{ID: 0, Label: "No"}, {ID: 1, Label: "Yes"}}

// labels are the options that the field of labels has until somebody changes them: a green, a red, a yellow and a blue one.
func labels(first int64) []Option {
	all := []Option{{Label: "Customer", Color: "green"}, {Label: "Hot lead", Color: "red"}, {Label: "Warm lead", Color: "yellow"}, {Label: "Cold lead", Color: "blue"}}
	for i := range all {
		all[i].ID = first + int64(i)
		all[i].Order = all[i].ID
	}
	return all
}

// defaults are the options of built-in fields before any change, by the field's number.
var defaults = map[int64][]Option{personLabels: labels(1), organizationLabels: labels(5), organizationIndustry: industries()}

// Fields that are spoken of by themselves.
const (
	DealTitle        = 1002
	DealValue        = 1005
	PersonName       = 2001
	OrganizationName = 3001

	dealLabels           = 1014
	personLabels         = 2002
	organizationLabels   = 3002
	organizationIndustry = 3006
	activityType         = 4002 // its options are the team's types of activities
)

// begun are the counters of default options.
func begun(field int64) *Options {
	o := &Options{}
	for _, d := range defaults[field] {
		if d.ID > o.Last+1 {
			o.Gone = append(o.Gone, o.Last+1, d.ID-1)
		}
		o.Last, o.Count, o.Size = d.ID, o.Count+1, o.Size+optionSize(d.Label)
	}
	return o
}

// industries are the sections of the European classification of economic activities (NACE Rev. 2).
func industries() []Option {
	var all []Option
	for i, label := range []string{
		"Agriculture, forestry and fishing", "Mining and quarrying", "Manufacturing", "Electricity, gas and heating", "Water supply and waste management",
		"Construction", "Wholesale and retail trade", "Transportation and storage", "Accommodation and food services", "Information and communication",
		"Finance and insurance", "Real estate", "Professional, scientific and technical services", "Administrative and support services",
		"Public administration and defence", "Education", "Health and social work", "Arts, entertainment and recreation", "Other services",
		"Households as employers", "International organizations",
	} {
		all = append(all, Option{ID: int64(i + 1), Label: label, Order: int64(i + 1)})
	}
	return all
}
