package sheet_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"runtime"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/lejek/lejek/shared/sheet"
)

func archive(t testing.TB, parts map[string]string) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for name, content := range parts {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, content); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// workbook is the least that is one: a sheet, and strings of which one is written in pieces.
func workbook(t testing.TB, sheet string) []byte {
	const rel = `<Relationship Id="%s" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/%s" Target="%s"/>`
	return archive(t, map[string]string{
		"_rels/.rels": `<Relationships>` + fmt.Sprintf(rel, "r1", "officeDocument", "/xl/workbook.xml") + `</Relationships>`,
		"xl/_rels/workbook.xml.rels": `<Relationships>` + fmt.Sprintf(rel, "r0", "worksheet", "worksheets/hidden.xml") +
			fmt.Sprintf(rel, "r1", "worksheet", "worksheets/sheet1.xml") + fmt.Sprintf(rel, "r2", "sharedStrings", "/xl/sharedStrings.xml") + `</Relationships>`,
		"xl/workbook.xml":          `<x:workbook xmlns:x="m"><x:sheets><x:sheet name="A" state="hidden" r:id="r0"/><x:sheet name="B" r:id="r1"/></x:sheets></x:workbook>`,
		"xl/worksheets/hidden.xml": `<worksheet><sheetData><row><c><v>666</v></c></row></sheetData></worksheet>`,
		"xl/worksheets/sheet1.xml": `<worksheet>` + sheet + `</worksheet>`,
		"xl/sharedStrings.xml":     `<sst><si><t>plain</t></si><si><r><t>in </t></r><r><t xml:space="preserve">pieces</t></r><rPh sb="0"><t>no</t></rPh></si></sst>`,
	})
}

func TestXLSXCellsAsTheyAreWrittenByOthers(t *testing.T) {
	t.Parallel()
	content := workbook(t, `<sheetData>
		<row r="2"><c r="A2" t="s"><v>1</v></c><c r="C2" t="inlineStr"><is><t>own</t></is></c></row>
		<row><c><v>1.5</v></c><c t="b"><v>1</v></c><c t="str"><f>A1&amp;"x"</f><v>formula</v></c><c t="d"><v>2026-01-31T09:30:00</v></c></row>
		<row r="9"><c r="B9" t="s"><v>99</v></c><c r="C9" s="1"/></row>
		<row r="10"><c r="AB10" t="e"><v>#N/A</v></c></row>
		<row r="9223372036854775807"><c t="inlineStr"><is><t>a_x000D_&#10;b _x005F_x000D_ _x00e9_ _x1_</t></is></c><c t="str"><v>_x0041_</v></c></row>
		<row r="2"><c><v>7</v></c></row></sheetData>`)
	want := "2|in pieces||own\n3|1.5<number>|true<bool>|formula|2026-01-31 09:30:00<datetime>\n10||||||||||||||||||||||||||||#N/A<error>\n" +
		"11|a\nb _x000D_ é _x1_|A\n12|7<number>\n"
	if got, _, err := read(content); err != nil || got != want {
		t.Errorf("%q (%v)\nwant %q", got, err, want)
	}
}

func TestXLSXOfALibrary(t *testing.T) {
	t.Parallel()
	f := excelize.NewFile()
	at := time.Date(2026, 11, 23, 14, 30, 0, 0, time.UTC)
	set(t, f, "A1", "Person name", "Deal value", "Due", "Day", "Phone", "Custom", "Percent", "Hours")
	set(t, f, "A2", "Łucja <&> \"x\"", 0.1+0.2, at, at.Truncate(24*time.Hour), 48600700800, 46349, 0.25, 0.5)
	for col, format := range map[string]string{"C2": "yyyy-mm-dd hh:mm", "F2": `[Red]dd" days "mmm\-yy`, "G2": "0.00%", "H2": "h:mm AM/PM"} {
		style, err := f.NewStyle(&excelize.Style{CustomNumFmt: &format})
		if err != nil {
			t.Fatal(err)
		}
		if err := f.SetCellStyle("Sheet1", col, col, style); err != nil {
			t.Fatal(err)
		}
	}
	day, err := f.NewStyle(&excelize.Style{NumFmt: 14})
	if err != nil {
		t.Fatal(err)
	}
	if err := f.SetCellStyle("Sheet1", "D2", "D2", day); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := f.Write(&out); err != nil {
		t.Fatal(err)
	}
	want := "1|Person name|Deal value|Due|Day|Phone|Custom|Percent|Hours\n" +
		"2|Łucja <&> \"x\"|0.3<number>|2026-11-23 14:30:00<datetime>|2026-11-23<date>|48600700800<number>|2026-11-23<date>|0.25<number>|12:00:00<time>\n"
	if got, _, err := read(out.Bytes()); err != nil || got != want {
		t.Errorf("%q (%v)\nwant %q", got, err, want)
	}
}

func set(t *testing.T, f *excelize.File, cell string, values ...any) {
	t.Helper()
	if err := f.SetSheetRow("Sheet1", cell, &values); err != nil {
		t.Fatal(err)
	}
}

// big has that many rows of eight columns, all texts different.
func big(t testing.TB, rows int) []byte {
	f := excelize.NewFile()
	w, err := f.NewStreamWriter("Sheet1")
	if err != nil {
		t.Fatal(err)
	}
	for i := range rows {
		cell, _ := excelize.CoordinatesToCellName(1, i+1)
		row := []any{fmt.Sprintf("Organization %d of some length", i), fmt.Sprintf("Person %d", i), fmt.Sprintf("p%d@example.com", i), i, "x", 1.5, true, "note"}
		if err := w.SetRow(cell, row); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := f.Write(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// peak is the most that the heap held while the file was read, above what it held before.
func peak(t testing.TB, content []byte) (rows int, most uint64) {
	heap := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := heap()
	lines, err := sheet.Open(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	defer lines.Close()
	for {
		if _, err := lines.Next(); err == io.EOF {
			return rows, most
		} else if err != nil {
			t.Fatal(err)
		}
		if rows++; rows%1000 == 0 {
			if now := heap(); now > before {
				most = max(most, now-before)
			}
		}
	}
}

func TestMemoryDoesNotGrowWithTheFile(t *testing.T) {
	small, large := big(t, 2_000), big(t, 50_000)
	_, some := peak(t, small)
	start := time.Now()
	rows, most := peak(t, large)
	t.Logf("%d rows, %d KB: %d KB of heap in %v; 2,000 rows: %d KB", rows, len(large)>>10, most>>10, time.Since(start), some>>10)
	if rows != 50_000 || most > some+512<<10 {
		t.Errorf("%d rows took %d KB, 2,000 rows %d KB", rows, most>>10, some>>10)
	}
}

func FuzzSheet(f *testing.F) {
	f.Add(`<sheetData><row r="2"><c r="A2" t="s"><v>1</v></c></row></sheetData>`)
	f.Add(`<sheetData><row><c r="ZZZZ1"><v>1e308</v></c><c><is><r/></is></c>`)
	f.Fuzz(func(t *testing.T, xml string) { fuzz(t, workbook(t, xml)) })
}

func FuzzXLSX(f *testing.F) {
	f.Add(workbook(f, `<sheetData><row r="2"><c r="A2" t="s"><v>1</v></c></row></sheetData>`))
	f.Fuzz(func(t *testing.T, content []byte) { fuzz(t, content) })
}
