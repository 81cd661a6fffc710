package imports

import (
	"fmt"
	"strings"
	"testing"
)

func fields(headers string) string {
	var all []string
	for _, c := range Match(strings.Split(headers, "|")) {
		field := string(c.Field)
		if c.Label != "" {
			field += "(" + c.Label + ")"
		}
		all = append(all, field)
	}
	return strings.Join(all, "|")
}

func TestHeadersAreMatchedHoweverTheyAreWritten(t *testing.T) {
	t.Parallel()
	for headers, want := range map[string]string{
		"Organization name|Person name|Person email|Person phone|Deal title|Deal value|Deal currency|Deal stage|Activity subject|Note": "organization.name|person.name|person.email|person.phone|deal.title|deal.value|deal.currency|deal.stage|activity.subject|note.content",
		"organization_name|PERSON-NAME|person  e-mail|Person - Phone - Work|DealTitle|deal:value":                                      "organization.name|person.name|person.email|person.phone(work)|deal.title|deal.value",
		"Company|Contact|E-mail|Phone|Title|Value|Currency|Stage|Subject|Notes":                                                        "organization.name|person.name|person.email|person.phone|deal.title|deal.value|deal.currency|deal.stage|activity.subject|note.content",
		"Email|Person email|Email home":                "person.email|person.email|person.email(home)",
		"Value|Deal value":                             "|deal.value", // a field once; who says what it means comes first
		"Name|Email":                                   "person.name|person.email",
		"Name|Address":                                 "organization.name|organization.address",
		"Name|Organization":                            "person.name|organization.name",
		"Name|Deal value":                              "|deal.value",
		"Name|Email|Address":                           "|person.email|organization.address",
		"Name|First name|Address":                      "organization.name|person.first_name|organization.address",
		"Colour|Deal|Activity|Activity type|Due date":  "|deal.title|activity.subject|activity.type|activity.due_date",
		"Mobile|Person mobile|Deal note|Activity note": "person.phone|person.phone|note.content|activity.note",
	} {
		if got := fields(headers); got != want {
			t.Errorf("%s\ngot  %s\nwant %s", headers, got, want)
		}
	}
}

func TestManyColumnsStaySmall(t *testing.T) {
	t.Parallel()
	headers := make([]string, 16_000)
	for i := range headers {
		headers[i] = fmt.Sprintf("Column %d %s", i, strings.Repeat("x", 200))
	}
	headers[9_000] = "Email"
	columns := Match(headers)
	if len(columns) != maxSkipped+1 || used(columns)[0].Index != 9_000 {
		t.Errorf("%d columns, used %v", len(columns), used(columns))
	}
}

func TestNumbersFollowTheirFile(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		values, want string
		delimiter    string
	}{
		{"1 234,50|12,5|99|1.234.567|0,125", "1234.50 12.5 99 1234567 0.125", ","},
		{"1,234.50|12.5|1,000|-3", "1234.50 12.5 1000 -3", ";"},
		{"1,234|5", "1234 5", ","},
		{"1,234|5", "1.234 5", ";"},
		{"1,234|2,5", "1.234 2.5", ","},
		{"12.5|12,5|12.75", "12.5 bad 12.75", ","},
		{"1'234.50|$5|5 €|1,23,456.0|.5|5.|+7", "1234.50 bad bad bad 0.5 5 7", ","},
		{"1 234|12 34|--5|.|,|-", "1234 bad bad bad bad bad", ","},
		{"1234.567|1e3", "1234.567 bad", ","},
	} {
		var e evidence
		for v := range strings.SplitSeq(c.values, "|") {
			e.see(v)
		}
		var got []string
		for v := range strings.SplitSeq(c.values, "|") {
			n, ok := canonical(v, e.decides(Format{Delimiter: c.delimiter}))
			if !ok {
				n = "bad"
			}
			got = append(got, n)
		}
		if text := strings.Join(got, " "); text != c.want {
			t.Errorf("%s: %s, want %s", c.values, text, c.want)
		}
	}
}

func TestNumbersThatAreTooLargeAreCalledSo(t *testing.T) {
	t.Parallel()
	columns := []Column{{Field: DealTitle, Header: "Title"}, {Field: DealValue, Header: "Value"}}
	for text, want := range map[string]string{
		"1000000000000000": `Value: "1000000000000000" is too large`, "999999999999999.5": "", "12 zł": `Value: "12 zł" is not a number with a decimal point`,
	} {
		got := ""
		if _, err := Read(columns, Line{Cells: []Cell{{Text: "T"}, {Text: text}}}, false); err != nil {
			got = reason(err, columns)
		}
		if got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}

func TestDatesAndTimesOfPeople(t *testing.T) {
	t.Parallel()
	columns := []Column{{Field: ActivityDueDate, Header: "Due"}, {Field: ActivityDueTime, Header: "At"}}
	for in, want := range map[string]string{
		"2026-12-01|14:30":          "2026-12-01 14:30:00",
		"1.12.2026|2:30 pm":         "2026-12-01 14:30:00",
		"31/12/2026|":               "2026-12-31",
		"12/31/2026|":               "2026-12-31",
		"05/05/2026|":               "2026-05-05",
		"2026-12-01 09:00|":         "2026-12-01 09:00:00",
		"2026-12-01T09:00:00|10:00": "2026-12-01 10:00:00",
		"1/2/2026|":                 `Due: "1/2/2026" can be read as two dates; write it as 2026-01-31`,
		"soon|25:00":                `Due: "soon" is not a date, such as 2026-01-31; At: "25:00" is not a time, such as 14:30`,
		"2026-02-30|":               `Due: "2026-02-30" is not a date, such as 2026-01-31`,
	} {
		date, at, _ := strings.Cut(in, "|")
		row, err := Read(columns, Line{Cells: []Cell{{Text: date}, {Text: at}}}, false)
		got := ""
		if err != nil {
			got = reason(err, columns)
		} else {
			got = string(*row.Activity.DueDate)
			if row.Activity.DueTime != nil {
				got += " " + *row.Activity.DueTime
			}
		}
		if got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
}

func TestWhatTheSpreadsheetCouldNotReckonIsNoValue(t *testing.T) {
	t.Parallel()
	columns := []Column{{Field: OrganizationName, Header: "Company"}, {Field: DealValue, Header: "Value"}, {Field: PersonEmail, Header: "Email"}}
	cells := []Cell{{Kind: Error, Text: "#REF!"}, {Kind: Error, Text: "#N/A"}, {Kind: Error, Text: "#N/A"}}
	_, err := Read(columns, Line{Cells: cells}, false)
	want := "Company: #REF! is an error in the spreadsheet; Value: #N/A is an error in the spreadsheet; Email: #N/A is an error in the spreadsheet"
	if err == nil || reason(err, columns) != want {
		t.Errorf("%v, want %s", err, want)
	}
}

func TestKeysThatImportsHaveToDoWith(t *testing.T) {
	t.Parallel()
	for key, want := range map[string]string{
		"uploads/1/7": "{1 7 false false 0}", "uploads/1/leads.csv": "{1 0 false false 0}", "uploads/1/a/7": "{1 0 false false 0}",
		"uploads/1/07": "{1 0 false false 0}", "uploads/1/-7": "{1 0 false false 0}", "work/1/7/12": "{1 7 true false 12}",
		"work/1/7/start": "{1 7 true true 0}", "uploads/1/": "", "uploads/1/folder/": "", "uploads/7": "", "uploads/x/7": "", "work/1/7": "", "work/1/x/0": "",
		"work/1/7/x": "", "work/1/7/-1": "", "files/1/7": "", "": "",
	} {
		p, ok := PlaceOf(key)
		if got := fmt.Sprint(p); ok != (want != "") || ok && got != want {
			t.Errorf("%q: %s %v, want %q", key, got, ok, want)
		}
	}
}
