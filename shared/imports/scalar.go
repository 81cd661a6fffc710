package imports

import (
	"strconv"
	"strings"
	"time"

	"github.com/lejek/lejek/shared/value"
)

// Numbers written as text follow the habits of a country: 1 234,50 or 1,234.50. One file follows one of them, and often a
// single value shows which: the last of two different marks is the decimal one, and so is one not followed by three digits.

// evidence counts the values that show the one or the other.
type evidence struct{ comma, point int }

// see looks at one value.
func (e *evidence) see(text string) {
	text = strings.TrimLeft(text, "+-")
	commas, points := strings.Count(text, ","), strings.Count(text, ".")
	switch last := strings.LastIndexAny(text, ",."); {
	case last < 0:
	case commas > 0 && points > 0:
		e.add(text[last] == ',')
	case commas+points > 1: // a mark that comes twice separates thousands
		e.add(points > 0)
	case len(text)-last-1 != 3, last == 0, text[:last] == "0", last > 3:
		e.add(commas > 0)
	}
}

func (e *evidence) add(comma bool) {
	if comma {
		e.comma++
	} else {
		e.point++
	}
}

// decides is the habit of the file. Without evidence, who separates columns with semicolons keeps the comma for decimals.
func (e evidence) decides(f Format) (comma bool) {
	if e.comma == e.point {
		return f.Delimiter == ";"
	}
	return e.comma > e.point
}

// decimal reads a number: canonical from a number's cell, else with the file's decimal mark and thousands in threes.
func (r *reader) decimal(c Column, cell Cell) *value.Decimal {
	text, ok := cell.Text, true
	if cell.Kind != Number {
		text, ok = canonical(text, r.comma)
	}
	if !ok {
		mark := "point"
		if r.comma {
			mark = "comma"
		}
		r.bad.Add(c.Header, "%q is not a number with a decimal %s", short(cell.Text), mark)
		return nil
	}
	n, err := value.ParseDecimal(text)
	if err != nil {
		r.bad.Add(c.Header, "%q is too large", short(cell.Text))
		return nil
	}
	return &n
}

// canonical writes a number with a decimal point and nothing else; false when its marks are out of place.
func canonical(text string, comma bool) (string, bool) {
	mark, thousands := ".", ","
	if comma {
		mark, thousands = ",", "."
	}
	sign := ""
	if rest, ok := strings.CutPrefix(text, "-"); ok {
		sign, text = "-", rest
	} else {
		text = strings.TrimPrefix(text, "+")
	}
	whole, fraction, _ := strings.Cut(text, mark)
	for _, separator := range []string{thousands, " ", "\u202f", "\u2009", "'", "’"} {
		groups := strings.Split(whole, separator)
		if len(groups) == 1 {
			continue
		}
		for i, g := range groups {
			if len(g) != 3 && (i > 0 || len(g) == 0 || len(g) > 3) {
				return "", false
			}
		}
		whole = strings.Join(groups, "")
		break
	}
	if whole == "" {
		whole = "0"
	}
	if !digits(whole) || fraction != "" && !digits(fraction) || strings.TrimSuffix(text, mark) == "" {
		return "", false
	}
	if fraction != "" {
		whole += "." + fraction
	}
	return sign + whole, true
}

func digits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

func (r *reader) whole(c Column, cell Cell) *int64 {
	before := len(r.bad)
	d := r.decimal(c, cell)
	if d == nil {
		return nil
	}
	n, err := strconv.ParseInt(string(*d), 10, 64)
	if err != nil && len(r.bad) == before {
		r.bad.Add(c.Header, "%q is not a whole number", short(cell.Text))
		return nil
	}
	return &n
}

// date reads a day. Of two numbers that could both be the month, it does not guess.
func (r *reader) date(c Column, cell Cell) *value.Date {
	text := cell.Text
	if cell.Kind == DateTime {
		text = text[:len(time.DateOnly)]
	}
	for _, layout := range []string{time.DateOnly, "2006/1/2", "2006.1.2", "2.1.2006"} {
		if t, err := time.Parse(layout, text); err == nil {
			d := value.DateOf(t, time.UTC)
			return &d
		}
	}
	text = strings.ReplaceAll(text, "-", "/")
	european, err1 := time.Parse("2/1/2006", text)
	american, err2 := time.Parse("1/2/2006", text)
	switch {
	case err1 == nil && (err2 != nil || european.Equal(american)):
		d := value.DateOf(european, time.UTC)
		return &d
	case err2 == nil && err1 != nil:
		d := value.DateOf(american, time.UTC)
		return &d
	case err1 == nil:
		r.bad.Add(c.Header, "%q can be read as two dates; write it as 2026-01-31", short(cell.Text))
	default:
		r.bad.Add(c.Header, "%q is not a date, such as 2026-01-31", short(cell.Text))
	}
	return nil
}

// due reads a date that may bring its time along.
func (r *reader) due(c Column, cell Cell) {
	text, hour, both := strings.Cut(strings.Replace(cell.Text, "T", " ", 1), " ")
	if cell.Kind == DateTime || both {
		if t := r.clock(c, Cell{Text: hour}); t != nil && r.activity().DueTime == nil {
			r.activity().DueTime = t
		}
		cell = Cell{Text: text}
	}
	r.activity().DueDate = r.date(c, cell)
}

// clock reads a time of day.
func (r *reader) clock(c Column, cell Cell) *string {
	text := strings.ToUpper(strings.TrimSpace(cell.Text))
	if cell.Kind == DateTime {
		_, text, _ = strings.Cut(text, " ")
	}
	for _, layout := range []string{time.TimeOnly, "15:04", "3:04 PM", "3:04PM", "3 PM", "3PM", "3:04:05 PM"} {
		if t, err := time.Parse(layout, text); err == nil {
			s := t.Format(time.TimeOnly)
			return &s
		}
	}
	r.bad.Add(c.Header, "%q is not a time, such as 14:30", short(cell.Text))
	return nil
}

func (r *reader) truth(c Column, cell Cell) bool {
	switch strings.ToLower(cell.Text) {
	case "true", "yes", "y", "1", "x", "done", "tak":
		return true
	case "false", "no", "n", "0", "nie", "to do", "todo":
		return false
	}
	r.bad.Add(c.Header, "%q is neither yes nor no", short(cell.Text))
	return false
}

// short keeps a reason readable whatever the cell holds.
func short(s string) string { return cut(s, 60) }
