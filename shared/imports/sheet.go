// Package imports takes spreadsheets in: a file is recognised, its columns are matched to fields, and every row becomes the
// organization, person, deal, activity and note that it speaks of, linked to each other.
package imports

import "fmt"

// CellKind tells what a spreadsheet says a cell is. CSV knows only Text; what a text means is decided by the column it is in.
type CellKind string

const (
	Text     CellKind = ""         //
	Number   CellKind = "number"   // plain decimal: digits and a point
	Date     CellKind = "date"     // YYYY-MM-DD
	Time     CellKind = "time"     // HH:MM:SS
	DateTime CellKind = "datetime" // YYYY-MM-DD HH:MM:SS, without a zone
	Bool     CellKind = "bool"     // true or false
	Error    CellKind = "error"    // what the spreadsheet could not reckon, such as #N/A
)

// Cell is one cell, trimmed; an empty Text is an empty cell.
type Cell struct {
	Kind CellKind `json:"k,omitempty"`
	Text string   `json:"t"`
}

// Line is one row that is not blank. Number is what a spreadsheet program shows beside it: 1 for the first, blank ones counted.
type Line struct {
	Number int
	Cells  []Cell
}

// Format is what a file was recognised as.
type Format struct {
	Name      string // "csv" or "xlsx"
	Encoding  string // of CSV: "utf-8", "utf-16", "windows-1250", "windows-1252", "iso-8859-2"
	Delimiter string // of CSV
}

// Lines reads a spreadsheet from its first row, the headers, to its last; Next returns io.EOF after it. It holds one line at a
// time, however long the file. What cannot be read is an *Unreadable.
type Lines interface {
	Format() Format
	Next() (Line, error)
	Close() error
}

// Unreadable is a file that is not a spreadsheet that we read, with the reason for the person who sent it.
type Unreadable struct{ Reason string }

func (u *Unreadable) Error() string { return u.Reason }

// CannotRead is an Unreadable.
func CannotRead(format string, args ...any) error { return &Unreadable{fmt.Sprintf(format, args...)} }

// Limits of a file (contract §6.3).
const (
	MaxFile = 50 << 20 // bytes
	MaxRows = 50_000   // below the headers
	MaxLine = 1 << 20  // bytes of text in one row; a quote that is never closed ends here
)
