package sheet_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"unicode/utf16"

	"golang.org/x/text/encoding/charmap"

	"github.com/lejek/lejek/shared/imports"
	"github.com/lejek/lejek/shared/sheet"
)

// read is the whole file, a row a line: number and cells with their kinds.
func read(content []byte) (string, imports.Format, error) {
	lines, err := sheet.Open(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		return "", imports.Format{}, err
	}
	defer lines.Close()
	var all strings.Builder
	for {
		line, err := lines.Next()
		if err == io.EOF {
			return all.String(), lines.Format(), nil
		}
		if err != nil {
			return all.String(), lines.Format(), err
		}
		fmt.Fprint(&all, line.Number)
		for _, c := range line.Cells {
			fmt.Fprintf(&all, "|%s", c.Text)
			if c.Kind != imports.Text {
				fmt.Fprintf(&all, "<%s>", c.Kind)
			}
		}
		all.WriteByte('\n')
	}
}

func wide(s string, mark bool, big bool) []byte {
	var out []byte
	if mark {
		s = "\ufeff" + s
	}
	for _, u := range utf16.Encode([]rune(s)) {
		if big {
			out = append(out, byte(u>>8), byte(u))
		} else {
			out = append(out, byte(u), byte(u>>8))
		}
	}
	return out
}

func page(t *testing.T, m *charmap.Charmap, s string) []byte {
	t.Helper()
	out, err := m.NewEncoder().String(s)
	if err != nil {
		t.Fatal(err)
	}
	return []byte(out)
}

func TestCSVInTheFormsThatProgramsWrite(t *testing.T) {
	t.Parallel()
	polish := "Nazwa;Wartość\nŻółw Łódź;1 234,50\n"
	for _, c := range []struct {
		name, want string
		content    []byte
		format     imports.Format
	}{
		{"commas", "1|Person name|Deal value\n2|Ada|12.5\n", []byte("Person name,Deal value\r\nAda,12.5\r\n"), imports.Format{Name: "csv", Encoding: "utf-8", Delimiter: ","}},
		{"semicolons with commas inside", "1|a|b\n2|1,5|2,5\n", []byte("a;b\n1,5;2,5\n"), imports.Format{Name: "csv", Encoding: "utf-8", Delimiter: ";"}},
		{"tabs", "1|a|b\n2|x, y|z\n", []byte("a\tb\nx, y\tz"), imports.Format{Name: "csv", Encoding: "utf-8", Delimiter: "\t"}},
		{"announced delimiter", "2|a|b\n3|1|2\n", []byte("sep=;\r\na;b\r\n1;2\r\n"), imports.Format{Name: "csv", Encoding: "utf-8", Delimiter: ";"}},
		{"quotes", "1|a|b\n2|x, \"y\"\nz|6\" pipe\n4|\"|q\n", []byte("a,b\n\"x, \"\"y\"\"\nz\",6\" pipe\n,\n\"\"\"\",\"q\"\n"), imports.Format{Name: "csv", Encoding: "utf-8", Delimiter: ","}},
		{"mark", "1|é|b\n", []byte("\xef\xbb\xbfé,b\n"), imports.Format{Name: "csv", Encoding: "utf-8", Delimiter: ","}},
		{"UTF-16 with mark", "1|Nazwa|Wartość\n2|Żółw Łódź|1 234,50\n", wide(polish, true, false), imports.Format{Name: "csv", Encoding: "utf-16", Delimiter: ";"}},
		{"UTF-16 big endian", "1|Nazwa|Wartość\n2|Żółw Łódź|1 234,50\n", wide(polish, true, true), imports.Format{Name: "csv", Encoding: "utf-16", Delimiter: ";"}},
		{"UTF-16 without mark", "1|Nazwa|Wartość\n2|Żółw Łódź|1 234,50\n", wide(polish, false, false), imports.Format{Name: "csv", Encoding: "utf-16", Delimiter: ";"}},
		{"Central Europe", "1|Nazwa|Wartość\n2|Żółw Łódź|1 234,50\n", page(t, charmap.Windows1250, polish), imports.Format{Name: "csv", Encoding: "windows-1250", Delimiter: ";"}},
		{"Western Europe", "1|Société|Prénom\n2|Crédit à l’été|Françoise\n", page(t, charmap.Windows1252, "Société;Prénom\nCrédit à l’été;Françoise\n"), imports.Format{Name: "csv", Encoding: "windows-1252", Delimiter: ";"}},
		{"Central Europe on Unix", "1|Nazwa|Wartość\n2|Żółw Łąka Śruba|1 234,50\n", page(t, charmap.ISO8859_2, "Nazwa;Wartość\nŻółw Łąka Śruba;1 234,50\n"), imports.Format{Name: "csv", Encoding: "iso-8859-2", Delimiter: ";"}},
		{"Czech on Windows", "1|Šťastný|Žižka\n", page(t, charmap.Windows1250, "Šťastný;Žižka\n"), imports.Format{Name: "csv", Encoding: "windows-1250", Delimiter: ";"}},
		{"old Mac lines, blank ones counted", "2|a|b\n4|1|2\n", []byte("\ra,b\r , \r1,2"), imports.Format{Name: "csv", Encoding: "utf-8", Delimiter: ","}},
		{"one column", "1|Name\n2|Ada\n", []byte("Name\nAda\n"), imports.Format{Name: "csv", Encoding: "utf-8", Delimiter: ","}},
		{"rows of other lengths", "1|a|b|c\n2|1\n3|1|2|3|4\n", []byte("a,b,c\n1\n1,2,3,4\n"), imports.Format{Name: "csv", Encoding: "utf-8", Delimiter: ","}},
	} {
		got, format, err := read(c.content)
		if err != nil || got != c.want || format != c.format {
			t.Errorf("%s: %q in %+v (%v)\nwant %q in %+v", c.name, got, format, err, c.want, c.format)
		}
	}
}

func TestUnreadableFilesSayWhy(t *testing.T) {
	t.Parallel()
	for want, content := range map[string][]byte{
		"the file is empty":      {},
		"old Excel file":         []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and more"),
		"PDF":                    []byte("%PDF-1.7"),
		"neither a CSV nor":      []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"),
		"damaged or incomplete":  []byte("PK\x03\x04 and no more"),
		"never closed":           []byte("a,b\n\"x,1\ny,2\n"),
		"perhaps a quote is not": append([]byte("a,b\n\"x,1\n"), bytes.Repeat([]byte("some text,"), 200_000)...),
		"not an XLSX file":       archive(t, map[string]string{"mimetype": "application/vnd.oasis.opendocument.spreadsheet"}),
		"not a spreadsheet": archive(t, map[string]string{
			"_rels/.rels":       `<Relationships><Relationship Id="r1" Type="http://x/officeDocument" Target="word/document.xml"/></Relationships>`,
			"word/document.xml": `<w:document/>`,
		}),
		"holds more than 1024 KB": workbook(t, `<sheetData><row><c t="inlineStr"><is><t>`+strings.Repeat("x", 3<<20)+`</t></is></c></row></sheetData>`),
	} {
		_, _, err := read(content)
		var u *imports.Unreadable
		if !errors.As(err, &u) || !strings.Contains(u.Reason, want) {
			t.Errorf("%v, want a reason with %q", err, want)
		}
	}
}

func FuzzCSV(f *testing.F) {
	f.Add([]byte("a,b\n\"x\",1\n"))
	f.Add([]byte("sep=;\na;\"b\"\"\"\r\rc"))
	f.Add([]byte("\xff\xfea\x00,\x00"))
	f.Fuzz(func(t *testing.T, content []byte) { fuzz(t, content) })
}

// fuzz reads anything to its end, twice with the same result.
func fuzz(t *testing.T, content []byte) {
	one, _, err1 := read(content)
	two, _, err2 := read(content)
	if one != two || fmt.Sprint(err1) != fmt.Sprint(err2) {
		t.Errorf("read twice: %q %v, then %q %v", one, err1, two, err2)
	}
	var u *imports.Unreadable
	if err1 != nil && !errors.As(err1, &u) {
		t.Errorf("an error without a reason: %v", err1)
	}
}
