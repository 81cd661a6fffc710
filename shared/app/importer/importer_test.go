package importer_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

const leads = `Organization name;Organization address;Person-name;Person_email;PERSON PHONE;Deal title;Deal value;Deal currency;Deal stage;Activity subject;Due date;Due time;Note;Colour
Żółw Sp. z o.o.;Łódź, Piotrkowska 1;Jan Kowalski;jan@zolw.example;+48 600 700 800;Big line;1 234,50;pln;demo scheduled;Call Jan;2026-12-01;14:30;First <contact>;red
Żółw Sp. z o.o.;łódź,  piotrkowska 1;Ola Nowak;ola@zolw.example, ola@home.example;;;99;;;;;;;
ŻÓŁW SP. Z O.O.;Łódź, Piotrkowska 1;jan kowalski;jan2@zolw.example;;Second line;;;;;;;"Two
lines";

;;Jan Kowalski;;;;;;;;;;;
Alone;;;;;;12,5;;nowhere;;;;;
Alone;;;;;;12.5;;;;;;;
;;;x@y.example;;;;;;;;;;
;;;;;;;;;;;;orphan;
;;;;;;;;;;;;;blue
Alone;;;;;;;;;Lunch;31/12/2026;;;
;;Kim;not an address;;;;;;;;;;`

const wantRecords = `activity Call Jan call due 2026-12-01 13:30:00 done false, deal "Big line", person "Jan Kowalski", organization "Żółw Sp. z o.o."
activity Lunch call due 2026-12-31 <nil> done false, deal "", person "", organization "Alone"
deal Big line 1234.5 PLN in Demo Scheduled open, person "Jan Kowalski", organization "Żółw Sp. z o.o.", origin Import, next true
deal Ola Nowak deal 99 EUR in Qualified open, person "Ola Nowak", organization "Żółw Sp. z o.o.", origin Import, next false
deal Second line 0 EUR in Qualified open, person "Jan Kowalski", organization "Żółw Sp. z o.o.", origin Import, next false
note First &lt;contact&gt;, deal "Big line", person "Jan Kowalski", organization "Żółw Sp. z o.o."
note Two<br>lines, deal "Second line", person "Jan Kowalski", organization "Żółw Sp. z o.o."
organization Alone at ""
organization Żółw Sp. z o.o. at "Łódź, Piotrkowska 1"
person Jan Kowalski of "" [] []
person Jan Kowalski of "Żółw Sp. z o.o." [jan2@zolw.example jan@zolw.example] [+48 600 700 800]
person Ola Nowak of "Żółw Sp. z o.o." [ola@home.example ola@zolw.example] []`

const wantProgress = `done: 11 of 11 rows, 6 failed, made map[activities:2 deals:3 notes:2 organizations:2 persons:3], ` +
	`merged map[activities:0 deals:0 notes:0 organizations:2 persons:1], errors [` +
	`{"reason":"Deal stage: there is no stage \"nowhere\"","row":7},` +
	`{"reason":"Deal value: \"12.5\" is not a number with a decimal comma","row":8},` +
	`{"reason":"name must be given","row":9},` +
	`{"reason":"a deal, a person or an organization must be given for the note","row":10},` +
	`{"reason":"nothing is given in a column that is imported","row":11},` +
	`{"reason":"Person_email: must be an e-mail address, such as ada@example.com","row":13}], error <nil>`

func TestRowsBecomeLinkedRecords(t *testing.T) {
	t.Parallel()
	o := open(t)
	a := o.file([]byte(leads))
	if got := progress(a); got != wantProgress {
		t.Errorf("%s\nwant %s", got, wantProgress)
	}
	if got := o.records(); got != wantRecords {
		t.Errorf("%s\nwant\n%s", got, wantRecords)
	}
	if flow := o.Must("GET", "/v1/organizations/1/flow", nil); !strings.Contains(flow.Raw, "First &lt;contact&gt;") && !strings.Contains(flow.Raw, `First \u0026lt;contact`) {
		t.Errorf("the organization does not show the note: %s", flow.Raw)
	}
}

func TestXLSXBecomesTheSame(t *testing.T) {
	t.Parallel()
	o := open(t)
	f := excelize.NewFile()
	row := 0
	for _, line := range strings.Split(strings.ReplaceAll(leads, "\"Two\nlines\"", "Two|lines"), "\n") {
		row++
		for col, text := range strings.Split(line, ";") {
			cell, _ := excelize.CoordinatesToCellName(col+1, row)
			if err := f.SetCellValue("Sheet1", cell, strings.ReplaceAll(text, "|", "\n")); err != nil {
				t.Fatal(err)
			}
		}
	}
	var out bytes.Buffer
	if err := f.Write(&out); err != nil {
		t.Fatal(err)
	}
	if got := progress(o.file(out.Bytes())); got != wantProgress {
		t.Errorf("%s\nwant %s", got, wantProgress)
	}
	if got := o.records(); got != wantRecords {
		t.Errorf("%s\nwant\n%s", got, wantRecords)
	}
}
