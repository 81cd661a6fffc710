package sheet

import (
	"archive/zip"
	"encoding/xml"
	"io"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/lejek/lejek/shared/imports"
)

// cellForm is what a style makes of a number: itself, or a point in time.
type cellForm uint8

const (
	plain cellForm = 0
	day   cellForm = 1
	clock cellForm = 2 // with day: both
)

const maxStyles = 70_000 // Excel allows 65,490

// readStyles reads what the styles of cells make of numbers, in their order.
func readStyles(z *zip.Reader, name string) ([]cellForm, error) {
	if name == "" {
		return nil, nil
	}
	p, err := openPart(z, name)
	if err != nil {
		return nil, err
	}
	defer p.Close()
	custom := map[string]cellForm{}
	var styles []cellForm
	for inside := false; ; {
		t, err := p.token()
		if err == io.EOF {
			return styles, nil
		}
		if err != nil {
			return nil, err
		}
		switch t := t.(type) {
		case xml.EndElement:
			if t.Name.Local == "cellXfs" {
				inside = false
			}
		case xml.StartElement:
			switch t.Name.Local {
			case "cellXfs":
				inside = true
			case "numFmt":
				if len(custom) < maxStyles {
					custom[attr(t, "numFmtId")] = formOf(attr(t, "formatCode"))
				}
			case "xf":
				if !inside || len(styles) >= maxStyles {
					continue
				}
				id := attr(t, "numFmtId")
				form, ok := custom[id]
				if !ok {
					form = builtIn(id)
				}
				styles = append(styles, form)
			}
		}
	}
}

// builtIn are the formats that have no code in the file (ECMA-376, 18.8.30).
func builtIn(id string) cellForm {
	switch n, _ := strconv.Atoi(id); {
	case n >= 14 && n <= 17, n >= 27 && n <= 31, n == 36, n >= 50 && n <= 54, n == 57, n == 58:
		return day
	case n >= 18 && n <= 21, n >= 32 && n <= 35, n >= 45 && n <= 47, n == 55, n == 56:
		return clock
	case n == 22:
		return day | clock
	}
	return plain
}

// formOf looks for the letters of days and hours in a format code, outside of quotes, brackets and escapes.
func formOf(code string) (form cellForm) {
	code, _, _ = strings.Cut(code, ";")
	months := false
	for i := 0; i < len(code); i++ {
		switch c := code[i] | 0x20; {
		case code[i] == '"':
			i = end(code, i, '"')
		case code[i] == '[':
			to := end(code, i, ']')
			if inner := strings.ToLower(code[i+1 : min(to, len(code))]); inner != "" && strings.Trim(inner, "hms") == "" {
				form |= clock
			}
			i = to
		case code[i] == '\\' || code[i] == '_' || code[i] == '*':
			i++
		case c == 'y' || c == 'd':
			form |= day
		case c == 'h' || c == 's':
			form |= clock
		case c == 'm':
			months = true
		case c == 'g' && strings.HasPrefix(strings.ToLower(code[i:]), "general"):
			i += len("general") - 1
		}
	}
	if months && form == plain {
		form = day // months alone; beside hours they are minutes
	}
	return form
}

// end is the next place of c after i, or the end of the code.
func end(code string, i int, c byte) int {
	if n := strings.IndexByte(code[i+1:], c); n >= 0 {
		return i + 1 + n
	}
	return len(code)
}

// epoch is day 0 of a workbook's calendar.
type epoch time.Time

var (
	// Excel believes that 1900 was a leap year, so from March 1900 on day 1 is 31 December 1899.
	epoch1900 = epoch(time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC))
	epoch1904 = epoch(time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC))
)

// cell is the number as a point in time; false when it is none.
func (e epoch) cell(n float64, form cellForm) (imports.Cell, bool) {
	if !(n >= 0 && n < 2_958_466) { // 31 December 9999
		return imports.Cell{}, false
	}
	seconds := math.Round(n * 86400)
	t := time.Time(e).AddDate(0, 0, int(seconds)/86400).Add(time.Duration(int(seconds)%86400) * time.Second)
	whole := int(seconds)%86400 == 0
	switch {
	case form == clock && n < 1:
		return imports.Cell{Kind: imports.Time, Text: t.Format(time.TimeOnly)}, true
	case form == day && whole, form == day|clock && whole:
		return imports.Cell{Kind: imports.Date, Text: t.Format(time.DateOnly)}, true
	}
	return imports.Cell{Kind: imports.DateTime, Text: t.Format(time.DateTime)}, true
}

// dated is a cell that holds a date in the words of ISO 8601.
func dated(text string) imports.Cell {
	for layout, as := range map[string]struct {
		kind   imports.CellKind
		layout string
	}{
		time.DateOnly: {imports.Date, time.DateOnly}, "2006-01-02T15:04:05": {imports.DateTime, time.DateTime},
		"2006-01-02T15:04:05Z07:00": {imports.DateTime, time.DateTime}, "15:04:05": {imports.Time, time.TimeOnly},
	} {
		if t, err := time.Parse(layout, text); err == nil {
			return imports.Cell{Kind: as.kind, Text: t.Format(as.layout)}
		}
	}
	return imports.Cell{Text: clean(text)}
}
