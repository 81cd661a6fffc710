package imports

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/value"
)

// Row is what one row says; what it does not speak of is nil.
type Row struct {
	Number       int
	Organization *Organization
	Person       *Person
	Deal         *Deal
	Activity     *Activity
	Note         string // text
}

// Organization of a row; what is not given is nil or "".
type Organization struct {
	Name, Address, Website, LinkedIn string
	Employees, Revenue               *int64
}

// Person of a row.
type Person struct {
	Name, FirstName, LastName, JobTitle string
	Emails, Phones                      []Detail
}

// Detail is an e-mail address or a phone number.
type Detail struct{ Value, Label string }

// Deal of a row. Stage and Pipeline are names.
type Deal struct {
	Title, Currency, Stage, Pipeline, Status, LostReason string
	Value                                                *value.Decimal
	Probability                                          *int64
	ExpectedClose                                        *value.Date
}

// Activity of a row. Type is a key or a name; date and time are the user's.
type Activity struct {
	Subject, Type, Note string
	DueDate             *value.Date
	DueTime             *string // HH:MM:SS
	Done                bool
}

// Longest texts, as the API has them. That of notes is ours: a character becomes up to five bytes of HTML, and an item holds 400 KB.
const (
	maxName    = 255
	maxReason  = 150
	maxDetail  = 320 // an e-mail address or a phone number
	maxAddress = 1000
	maxLink    = 2000
	maxText    = 65_000
)

// reader fills a row cell by cell and notes every cell that it cannot read.
type reader struct {
	row   Row
	comma bool
	bad   fault.Fields
}

// Read makes a row of a line that holds a cell for each of the columns. Every wrong cell is named at once, by its header.
func Read(columns []Column, l Line, comma bool) (Row, error) {
	r := reader{row: Row{Number: l.Number}, comma: comma}
	for i, c := range columns {
		if i < len(l.Cells) && l.Cells[i].Text != "" {
			r.read(c, l.Cells[i])
		}
	}
	r.check()
	return r.row, r.bad.Err()
}

func (r *reader) organization() *Organization {
	if r.row.Organization == nil {
		r.row.Organization = &Organization{}
	}
	return r.row.Organization
}

func (r *reader) person() *Person {
	if r.row.Person == nil {
		r.row.Person = &Person{}
	}
	return r.row.Person
}

func (r *reader) deal() *Deal {
	if r.row.Deal == nil {
		r.row.Deal = &Deal{}
	}
	return r.row.Deal
}

func (r *reader) activity() *Activity {
	if r.row.Activity == nil {
		r.row.Activity = &Activity{}
	}
	return r.row.Activity
}

func (r *reader) read(c Column, cell Cell) {
	if cell.Kind == Error {
		r.bad.Add(c.Header, "%s is an error in the spreadsheet", short(cell.Text))
		return
	}
	switch c.Field {
	case OrganizationName:
		r.organization().Name = r.text(c, cell, maxName)
	case OrganizationAddress:
		r.organization().Address = r.text(c, cell, maxAddress)
	case OrganizationWebsite:
		r.organization().Website = r.text(c, cell, maxLink)
	case OrganizationLinkedIn:
		r.organization().LinkedIn = r.text(c, cell, maxLink)
	case OrganizationEmployees:
		n := r.whole(c, cell)
		if n != nil && *n < 0 {
			r.bad.Add(c.Header, "must be at least 0")
		}
		r.organization().Employees = n
	case OrganizationRevenue:
		r.organization().Revenue = r.whole(c, cell)
	case PersonName:
		r.person().Name = r.text(c, cell, maxName)
	case PersonFirstName:
		r.person().FirstName = r.text(c, cell, maxName)
	case PersonLastName:
		r.person().LastName = r.text(c, cell, maxName)
	case PersonJobTitle:
		r.person().JobTitle = r.text(c, cell, maxName)
	case PersonEmail:
		r.person().Emails = append(r.person().Emails, r.several(c, cell)...)
	case PersonPhone:
		r.person().Phones = append(r.person().Phones, r.several(c, cell)...)
	case DealTitle:
		r.deal().Title = r.text(c, cell, maxName)
	case DealValue:
		r.deal().Value = r.decimal(c, cell)
	case DealCurrency:
		r.deal().Currency = strings.ToUpper(cell.Text)
	case DealPipeline:
		r.deal().Pipeline = r.text(c, cell, maxName)
	case DealStage:
		r.deal().Stage = r.text(c, cell, maxName)
	case DealStatus:
		r.deal().Status = strings.ToLower(cell.Text)
	case DealLostReason:
		r.deal().LostReason = r.text(c, cell, maxReason)
	case DealProbability:
		r.deal().Probability = r.whole(c, cell)
	case DealExpectedClose:
		r.deal().ExpectedClose = r.date(c, cell)
	case ActivitySubject:
		r.activity().Subject = r.text(c, cell, maxName)
	case ActivityType:
		r.activity().Type = r.text(c, cell, maxName)
	case ActivityDueDate:
		r.due(c, cell)
	case ActivityDueTime:
		if t := r.clock(c, cell); t != nil {
			r.activity().DueTime = t
		}
	case ActivityNote:
		r.activity().Note = r.text(c, cell, maxText)
	case ActivityDone:
		r.activity().Done = r.truth(c, cell)
	case NoteContent:
		r.row.Note = r.text(c, cell, maxText)
	}
}

// check holds the row as a whole to what an import needs.
func (r *reader) check() {
	if p := r.row.Person; p != nil && p.Name == "" && (p.FirstName == "" || p.LastName == "") {
		if p.Name = strings.TrimSpace(p.FirstName + " " + p.LastName); p.Name == "" {
			r.bad.Add("", "name must be given")
		}
	}
	if o := r.row.Organization; o != nil && o.Name == "" {
		r.bad.Add("", "organization name must be given")
	}
	if d := r.row.Deal; d != nil && *d == (Deal{Currency: d.Currency}) {
		r.row.Deal = nil // a column of currencies alone makes no deals
	}
	if d := r.row.Deal; d != nil && d.Title == "" {
		if d.Title = r.row.named(); d.Title == "" {
			r.bad.Add("", "deal title must be given")
		}
	}
	if a := r.row.Activity; a != nil && *a == (Activity{Done: a.Done}) {
		r.row.Activity = nil
	}
	if r.row.Note != "" && r.row.Deal == nil && r.row.Person == nil && r.row.Organization == nil {
		r.bad.Add("", "a deal, a person or an organization must be given for the note")
	}
	if len(r.bad) == 0 && r.row == (Row{Number: r.row.Number}) {
		r.bad.Add("", "nothing is given in a column that is imported")
	}
}

// named is the title of a deal that has none (contract §6.3).
func (r Row) named() string {
	name := ""
	switch {
	case r.Person != nil && r.Person.Name != "":
		name = r.Person.Name
	case r.Person != nil:
		name = strings.TrimSpace(r.Person.FirstName + " " + r.Person.LastName)
	}
	if name == "" && r.Organization != nil {
		name = r.Organization.Name
	}
	if name == "" {
		return ""
	}
	const end = " deal"
	for utf8.RuneCountInString(name)+len(end) > maxName {
		_, last := utf8.DecodeLastRuneInString(name)
		name = name[:len(name)-last]
	}
	return name + end
}

func (r *reader) text(c Column, cell Cell, limit int) string {
	if utf8.RuneCountInString(cell.Text) > limit {
		r.bad.Add(c.Header, "must be at most %d characters", limit)
	}
	return cell.Text
}

// several addresses or numbers can share a cell; addresses also with spaces between them.
func (r *reader) several(c Column, cell Cell) (all []Detail) {
	for part := range strings.FieldsFuncSeq(cell.Text, func(r rune) bool { return strings.ContainsRune(",;\n\t", r) }) {
		pieces := strings.Fields(part)
		if c.Field != PersonEmail || slices.ContainsFunc(pieces, func(p string) bool { return !strings.Contains(p, "@") }) {
			pieces = []string{strings.TrimSpace(part)}
		}
		for _, p := range pieces {
			if p != "" {
				all = append(all, Detail{r.text(c, Cell{Text: p}, maxDetail), c.Label})
			}
		}
	}
	return all
}
