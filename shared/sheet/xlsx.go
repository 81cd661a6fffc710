package sheet

import (
	"archive/zip"
	"encoding/xml"
	"errors"
	"io"
	"path"
	"strconv"
	"strings"

	"github.com/lejek/lejek/shared/imports"
)

const (
	maxParts   = 5000      // files in the archive
	maxUnzip   = 512 << 20 // bytes of one part
	maxColumns = 16_384    // of a sheet, as in Excel
	maxNumber  = 1_048_576 // of a row, as in Excel
)

// xlsxLines reads the first visible sheet of a workbook (ECMA-376, SpreadsheetML).
type xlsxLines struct {
	part    *part
	strings *shared
	styles  []cellForm // what a number in a cell of this style is
	from    epoch
	number  int // of the last row read
}

// workbook is what the small parts of the archive say.
type workbook struct {
	zip      *zip.Reader
	main     string // its path
	sheet    string // path of the sheet's part
	shared   string // paths, "" when there is no such part
	styles   string
	from1904 bool
}

func openXLSX(r io.ReaderAt, size int64) (imports.Lines, error) {
	if err := countParts(r, size); err != nil {
		return nil, err
	}
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, damaged(err)
	}
	w := workbook{zip: z}
	if err := w.read(); err != nil {
		return nil, damaged(err)
	}
	x := &xlsxLines{from: epoch1900, strings: &shared{}}
	if w.from1904 {
		x.from = epoch1904
	}
	if x.styles, err = readStyles(z, w.styles); err != nil {
		return nil, damaged(err)
	}
	if x.strings, err = readShared(z, w.shared, maxSpool); err != nil {
		return nil, damaged(err)
	}
	if x.part, err = openPart(z, w.sheet); err != nil {
		return nil, errors.Join(damaged(err), x.strings.close())
	}
	return x, nil
}

// damaged turns what went wrong inside the archive into a reason; what is one already stays.
func damaged(err error) error {
	var u *imports.Unreadable
	if err == nil || errors.As(err, &u) || errors.Is(err, errSpool) {
		return err
	}
	return imports.CannotRead("the XLSX file is damaged or incomplete (%v)", err)
}

func (x *xlsxLines) Format() imports.Format { return imports.Format{Name: "xlsx"} }

func (x *xlsxLines) Close() error { return errors.Join(x.part.Close(), x.strings.close()) }

// Next is the next row that holds any text.
func (x *xlsxLines) Next() (imports.Line, error) {
	for {
		t, err := x.part.token()
		if err == io.EOF {
			return imports.Line{}, io.EOF
		}
		if err != nil {
			return imports.Line{}, damaged(err)
		}
		start, ok := t.(xml.StartElement)
		if !ok || start.Name.Local != "row" {
			continue
		}
		x.number++
		if n, err := strconv.Atoi(attr(start, "r")); err == nil && n >= x.number && n <= maxNumber {
			x.number = n
		}
		line, err := x.row()
		if err != nil {
			return imports.Line{}, damaged(err)
		}
		if len(line.Cells) > 0 {
			return line, nil
		}
	}
}

// row reads up to the end of the row; its last cell is not empty.
func (x *xlsxLines) row() (imports.Line, error) {
	line := imports.Line{Number: x.number}
	size := 0
	for column := 0; ; {
		t, err := x.part.token()
		if err != nil {
			return line, unexpected(err)
		}
		switch t := t.(type) {
		case xml.EndElement:
			if t.Name.Local == "row" {
				return line, nil
			}
		case xml.StartElement:
			if t.Name.Local != "c" {
				continue
			}
			if at := columnOf(attr(t, "r")); at >= 0 {
				column = at
			}
			if column >= maxColumns {
				return line, imports.CannotRead("row %d has more than %d columns", x.number, maxColumns)
			}
			cell, err := x.cell(t)
			if err != nil {
				return line, err
			}
			if cell.Text != "" {
				for len(line.Cells) <= column {
					line.Cells = append(line.Cells, imports.Cell{})
				}
				line.Cells[column] = cell
			}
			if size += len(cell.Text); size > imports.MaxLine {
				return line, imports.CannotRead("row %d holds more than %d KB", x.number, imports.MaxLine>>10)
			}
			column++
		}
	}
}

// cell reads one cell: its value is in <v>, or in <is> when it holds its own text.
func (x *xlsxLines) cell(start xml.StartElement) (imports.Cell, error) {
	var value, inline strings.Builder
	for {
		t, err := x.part.token()
		if err != nil {
			return imports.Cell{}, unexpected(err)
		}
		switch t := t.(type) {
		case xml.EndElement:
			if t.Name.Local == "c" {
				return x.typed(attr(start, "t"), attr(start, "s"), value.String(), inline.String())
			}
		case xml.StartElement:
			switch t.Name.Local {
			case "v":
				err = x.part.text("v", &value)
			case "is":
				err = x.part.runs("is", &inline)
			case "f":
				err = x.part.skip("f") // a formula; its last result is in <v>
			}
			if err != nil {
				return imports.Cell{}, err
			}
		}
	}
}

// typed is the cell of a type (ECMA-376, 18.18.11) and a style.
func (x *xlsxLines) typed(kind, style, value, inline string) (imports.Cell, error) {
	switch kind {
	case "s":
		i, err := strconv.ParseInt(strings.TrimSpace(value), 10, 64)
		if err != nil {
			return imports.Cell{}, nil
		}
		text, err := x.strings.at(i)
		return imports.Cell{Text: clean(unescaped(text))}, err
	case "inlineStr":
		return imports.Cell{Text: clean(unescaped(inline))}, nil
	case "b":
		return imports.Cell{Kind: imports.Bool, Text: strconv.FormatBool(strings.TrimSpace(value) == "1")}, nil
	case "d":
		return dated(strings.TrimSpace(value)), nil
	case "str":
		return imports.Cell{Text: clean(unescaped(value))}, nil
	case "e":
		return imports.Cell{Kind: imports.Error, Text: clean(value)}, nil
	}
	value = strings.TrimSpace(value)
	n, err := strconv.ParseFloat(value, 64)
	if err != nil {
		return imports.Cell{Text: clean(value)}, nil
	}
	if i, err := strconv.Atoi(style); err == nil && i >= 0 && i < len(x.styles) && x.styles[i] != plain {
		if cell, ok := x.from.cell(n, x.styles[i]); ok {
			return cell, nil
		}
	}
	return imports.Cell{Kind: imports.Number, Text: decimal(n)}, nil
}

// decimal writes a number with the 15 digits that Excel shows; more are an artefact of binary fractions.
func decimal(n float64) string {
	rounded, err := strconv.ParseFloat(strconv.FormatFloat(n, 'e', 14, 64), 64)
	if err != nil {
		rounded = n
	}
	return strconv.FormatFloat(rounded, 'f', -1, 64)
}

// columnOf is the column of a reference such as BC12, from 0; -1 when there is none.
func columnOf(ref string) int {
	n := 0
	for _, r := range ref {
		if r < 'A' || r > 'Z' {
			break
		}
		if n = n*26 + int(r-'A') + 1; n > maxColumns {
			return maxColumns
		}
	}
	return n - 1
}

// read finds the sheet, the shared strings and the styles, by the relations between the parts.
func (w *workbook) read() error {
	root, err := relations(w.zip, "_rels/.rels", "")
	if err != nil {
		return err
	}
	if w.main = root.kind("officeDocument"); w.main == "" {
		return imports.CannotRead("this is an archive, but not an XLSX file: save it as .xlsx or CSV")
	}
	dir, name := path.Split(w.main)
	rels, err := relations(w.zip, dir+"_rels/"+name+".rels", dir)
	if err != nil {
		return err
	}
	w.shared, w.styles = rels.kind("sharedStrings"), rels.kind("styles")
	return w.sheets(rels)
}

// sheets takes the first sheet that people see.
func (w *workbook) sheets(rels rels) error {
	p, err := openPart(w.zip, w.main)
	if err != nil {
		return err
	}
	defer p.Close()
	spreadsheet := false
	for {
		t, err := p.token()
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		start, ok := t.(xml.StartElement)
		if !ok {
			continue
		}
		switch start.Name.Local {
		case "workbook":
			spreadsheet = true
		case "workbookPr":
			w.from1904 = attr(start, "date1904") == "1" || attr(start, "date1904") == "true"
		case "sheet":
			state := attr(start, "state")
			r := rels[attr(start, "id")]
			if w.sheet == "" && strings.HasSuffix(r.kind, "/worksheet") && state != "hidden" && state != "veryHidden" {
				w.sheet = r.target
			}
		}
	}
	if !spreadsheet {
		return imports.CannotRead("this is an Office file, but not a spreadsheet: save it as .xlsx or CSV")
	}
	if w.sheet == "" {
		return imports.CannotRead("the workbook has no visible sheet")
	}
	return nil
}
