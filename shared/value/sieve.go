package value

import "time"

// Sieve is what a list asks of its rows beyond their facets. Whoever pages through rows asks about many of them, reads at once
// what the sieve needs to know of all of them, and asks again.
type Sieve interface {
	// Name tells the question from others: a cursor belongs to one.
	Name() string
	// Ask tells whether a row is an answer, or what has to be known for that. Known holds what was read, nil for what does not exist.
	Ask(row any, known map[Need]any) (match bool, needs []Need)
}

// Need is something that a sieve has to know besides a row: a record, what is derived for it, or what was logged of it.
type Need struct {
	Part  Part
	Of    string // the record, as a change.Ref
	Since time.Time
}

// Part of what is kept of a record.
type Part string

const (
	PartRecord  Part = "record"
	PartSummary Part = "summary"
	PartLog     Part = "log" // rows of the change log since a time, oldest first
)
