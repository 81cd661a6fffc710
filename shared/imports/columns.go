package imports

import (
	"slices"
	"strings"
	"unicode"
)

// Field is what a column fills; the part before the point is the entity.
type Field string

const (
	OrganizationName      Field = "organization.name"
	OrganizationAddress   Field = "organization.address"
	OrganizationWebsite   Field = "organization.website"
	OrganizationLinkedIn  Field = "organization.linkedin"
	OrganizationEmployees Field = "organization.employee_count"
	OrganizationRevenue   Field = "organization.annual_revenue"
	PersonName            Field = "person.name"
	PersonFirstName       Field = "person.first_name"
	PersonLastName        Field = "person.last_name"
	PersonEmail           Field = "person.email"
	PersonPhone           Field = "person.phone"
	PersonJobTitle        Field = "person.job_title"
	DealTitle             Field = "deal.title"
	DealValue             Field = "deal.value"
	DealCurrency          Field = "deal.currency"
	DealPipeline          Field = "deal.pipeline"
	DealStage             Field = "deal.stage"
	DealStatus            Field = "deal.status"
	DealLostReason        Field = "deal.lost_reason"
	DealProbability       Field = "deal.probability"
	DealExpectedClose     Field = "deal.expected_close_date"
	ActivitySubject       Field = "activity.subject"
	ActivityType          Field = "activity.type"
	ActivityDueDate       Field = "activity.due_date"
	ActivityDueTime       Field = "activity.due_time"
	ActivityNote          Field = "activity.note"
	ActivityDone          Field = "activity.done"
	NoteContent           Field = "note.content"
)

// Entity is the part of the row that the field belongs to.
func (f Field) Entity() string { e, _, _ := strings.Cut(string(f), "."); return e }

// numeric fields are written with a decimal comma or point.
func (f Field) numeric() bool {
	return slices.Contains([]Field{DealValue, DealProbability, OrganizationEmployees, OrganizationRevenue}, f)
}

// many fields take several columns.
func (f Field) many() bool { return f == PersonEmail || f == PersonPhone }

// Column is one column of the file: its place and header, what it fills ("" is skipped), and the label of an address or number.
type Column struct {
	Index  int
	Header string
	Field  Field
	Label  string
}

const (
	maxAlike   = 20  // columns of one field that takes several
	maxSkipped = 100 // columns that are listed though they are skipped
)

// used are the columns that are imported.
func used(columns []Column) []Column {
	return slices.DeleteFunc(slices.Clone(columns), func(c Column) bool { return c.Field == "" })
}

// pick is the line with the cells of these columns only, one each.
func pick(columns []Column, l Line) Line {
	kept := Line{Number: l.Number, Cells: make([]Cell, len(columns))}
	for i, c := range columns {
		if c.Index < len(l.Cells) {
			kept.Cells[i] = l.Cells[c.Index]
		}
	}
	return kept
}

// fieldName is how headers name a field: an entity and a word under it, a word that is clear by itself, or spelled out.
type fieldName struct {
	field       Field
	entity      []string
	under, bare []string
	whole       []string
	labelled    bool // "Person phone work"
}

var names = []fieldName{
	{field: OrganizationName, under: []string{"name"}, entity: organization, bare: organization},
	{field: OrganizationAddress, under: []string{"address"}, entity: organization, bare: []string{"address"}},
	{field: OrganizationWebsite, under: []string{"website", "url"}, entity: organization, bare: []string{"website"}},
	{field: OrganizationLinkedIn, under: []string{"linkedin"}, entity: organization, bare: []string{"linkedin"}},
	{field: OrganizationEmployees, under: []string{"employees", "employeecount"}, entity: organization, bare: []string{"employees", "employeecount"}},
	{field: OrganizationRevenue, under: []string{"annualrevenue"}, entity: organization, bare: []string{"annualrevenue"}},
	{field: PersonName, under: []string{"name", "fullname"}, entity: person, bare: append([]string{"fullname"}, person...)},
	{field: PersonFirstName, under: []string{"firstname"}, entity: person, bare: []string{"firstname"}},
	{field: PersonLastName, under: []string{"lastname", "surname"}, entity: person, bare: []string{"lastname", "surname"}},
	{field: PersonEmail, under: []string{"email", "emails", "emailaddress", "mail"}, entity: person, bare: []string{"email", "emails", "emailaddress"}, labelled: true},
	{field: PersonPhone, under: []string{"phone", "phones", "phonenumber", "telephone", "tel", "mobile"}, entity: person, bare: []string{"phone", "phones", "phonenumber", "telephone", "tel", "mobile"}, labelled: true},
	{field: PersonJobTitle, under: []string{"jobtitle", "position", "job"}, entity: person, bare: []string{"jobtitle"}},
	{field: DealTitle, under: []string{"title", "name"}, entity: deal, bare: append([]string{"title"}, deal...)},
	{field: DealValue, under: []string{"value", "amount"}, entity: deal, bare: []string{"value", "amount"}},
	{field: DealCurrency, under: []string{"currency"}, entity: deal, bare: []string{"currency"}, whole: []string{"dealcurrencyofvalue"}},
	{field: DealPipeline, under: []string{"pipeline"}, entity: deal, bare: []string{"pipeline"}},
	{field: DealStage, under: []string{"stage"}, entity: deal, bare: []string{"stage"}},
	{field: DealStatus, under: []string{"status"}, entity: deal, bare: []string{"status"}},
	{field: DealLostReason, under: []string{"lostreason"}, entity: deal, bare: []string{"lostreason"}},
	{field: DealProbability, under: []string{"probability"}, entity: deal, bare: []string{"probability"}},
	{field: DealExpectedClose, under: []string{"expectedclosedate"}, entity: deal, bare: []string{"expectedclosedate"}},
	{field: ActivitySubject, under: []string{"subject", "title", "name"}, entity: activity, bare: append([]string{"subject"}, activity...)},
	{field: ActivityType, under: []string{"type"}, entity: activity},
	{field: ActivityDueDate, under: []string{"duedate", "date"}, entity: activity, bare: []string{"duedate"}},
	{field: ActivityDueTime, under: []string{"duetime", "time"}, entity: activity, bare: []string{"duetime"}},
	{field: ActivityNote, under: []string{"note"}, entity: activity},
	{field: ActivityDone, under: []string{"done"}, entity: activity},
	{field: NoteContent, under: []string{"content", "text"}, entity: note, bare: note, whole: []string{"dealnote", "personnote", "organizationnote", "dealnotes", "personnotes", "organizationnotes"}},
}

var (
	organization = []string{"organization", "organisation", "company", "org"}
	person       = []string{"person", "contact", "contactperson"}
	deal         = []string{"deal"}
	activity     = []string{"activity"}
	note         = []string{"note", "notes"}
	labels       = []string{"work", "home", "mobile", "other"}
)

// Match gives each header its field. Case, spaces, hyphens and underscores make no difference. A field that was taken already
// is not taken again, unless it may have several columns. What fits nothing is skipped; of skipped columns some are listed.
func Match(headers []string) []Column {
	columns := make([]Column, len(headers))
	taken := map[Field]int{}
	take := func(i int, f Field, label string) {
		if f != "" && (taken[f] == 0 || f.many() && taken[f] < maxAlike) {
			columns[i].Field, columns[i].Label = f, label
			taken[f]++
		}
	}
	for i, h := range headers {
		columns[i].Index, columns[i].Header = i, short(h)
		f, label := named(plain(h), false)
		take(i, f, label)
	}
	for i, h := range headers { // bare names only after those that say what they mean
		if columns[i].Field == "" {
			f, label := named(plain(h), true)
			take(i, f, label)
		}
	}
	for i, h := range headers {
		if columns[i].Field == "" && plain(h) == "name" {
			take(i, whose(taken), "")
		}
	}
	skipped := 0
	return slices.DeleteFunc(columns, func(c Column) bool {
		if c.Field == "" {
			skipped++
		}
		return c.Field == "" && (skipped > maxSkipped || c.Header == "")
	})
}

// whose name a bare "Name" is: of the person or the organization that the other columns describe; nobody's in doubt.
func whose(taken map[Field]int) Field {
	about := func(entity string) bool {
		for f := range taken {
			if f.Entity() == entity {
				return true
			}
		}
		return false
	}
	named := taken[PersonName]+taken[PersonFirstName]+taken[PersonLastName] > 0
	switch people, firms := about("person"), about("organization"); {
	case !named && people && (taken[OrganizationName] > 0 || !firms), !named && taken[OrganizationName] > 0 && !about("deal"):
		return PersonName
	case firms && (named || !people):
		return OrganizationName
	}
	return ""
}

// named finds the field of a header in its plain form.
func named(header string, bare bool) (Field, string) {
	for _, n := range names {
		if header, label, ok := n.label(header); ok && n.fits(header, bare) {
			return n.field, label
		}
		if n.fits(header, bare) {
			return n.field, ""
		}
	}
	return "", ""
}

func plain(header string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, header)
}

// label cuts "work" off "personphonework"; "mobile" alone is a number, not a label.
func (n fieldName) label(header string) (rest, label string, ok bool) {
	for _, l := range labels {
		if rest, ok = strings.CutSuffix(header, l); ok && n.labelled && rest != "" {
			return rest, l, true
		}
	}
	return "", "", false
}

func (n fieldName) fits(header string, bare bool) bool {
	if bare {
		return slices.Contains(n.bare, header)
	}
	if slices.Contains(n.whole, header) {
		return true
	}
	for _, e := range n.entity {
		if word, ok := strings.CutPrefix(header, e); ok && slices.Contains(n.under, word) {
			return true
		}
	}
	return false
}
