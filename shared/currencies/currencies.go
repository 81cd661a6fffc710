// Package currencies is the table of ISO 4217 currencies that amounts can be in. It is the same for every team.
package currencies

// Currency is one line of the table. ID is its place, stable because lines are only ever added at the end.
type Currency struct {
	Code     string
	Name     string
	Symbol   string
	Decimals int
}

// Known reports whether code is in the table.
func Known(code string) bool {
	for _, c := range All {
		if c.Code == code {
			return true
		}
	}
	return false
}
