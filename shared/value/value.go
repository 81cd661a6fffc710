// Package value holds the small values that records are made of: optional inputs, decimals, dates and times, and the
// question and the answer of a list. They know their shapes and nothing else.
package value

import (
	"fmt"
	"math/big"
	"strings"
	"time"
)

// Opt is an input that may be absent, null or a value: a PATCH leaves what is absent, clears what is null.
type Opt[T any] struct {
	Set  bool // present, null or not
	Null bool
	V    T
}

// Some is a present value.
func Some[T any](v T) Opt[T] { return Opt[T]{Set: true, V: v} }

// Maybe is what is at p, absent when that is nothing.
func Maybe[T any](p *T) (o Opt[T]) {
	if p != nil {
		o = Some(*p)
	}
	return o
}

// Has reports a present value other than null.
func (o Opt[T]) Has() bool { return o.Set && !o.Null }

// Or is the value, or def where there is none.
func (o Opt[T]) Or(def T) T {
	if o.Has() {
		return o.V
	}
	return def
}

// Into sets *p when the input is present: to nil when it is null.
func (o Opt[T]) Into(p **T) {
	switch {
	case o.Has():
		v := o.V
		*p = &v
	case o.Set:
		*p = nil
	}
}

// Present marks the input as present and returns the address of its value, for decoders.
func (o *Opt[T]) Present(null bool) any {
	o.Set, o.Null = true, null
	return &o.V
}

// Decimal is an exact number in canonical text: no exponent, no trailing zeros, at most 6 places. Money is a Decimal and an
// ISO 4217 code, never a float.
type Decimal string

const (
	decimalPlaces = 6
	exactPlaces   = 20
)

var (
	decimalLimit = big.NewRat(1_000_000_000_000_000, 1)
	exactLimit   = big.NewRat(1_000_000_000_000_000_000, 1)
)

// ParseDecimal reads a JSON number; digits beyond six places are rounded, 10^15 and more is refused.
func ParseDecimal(text string) (Decimal, error) { return parse(text, decimalPlaces, decimalLimit) }

// ParseExact reads a JSON number that is no amount, and so may be finer: 20 places, below 10^18.
func ParseExact(text string) (Decimal, error) { return parse(text, exactPlaces, exactLimit) }

func parse(text string, places int, limit *big.Rat) (Decimal, error) {
	if len(text) > 100 || strings.ContainsAny(text, "/_xXpP") {
		return "", fmt.Errorf("%q is not a decimal number", text)
	}
	if i := strings.IndexAny(text, "eE"); i >= 0 && len(text)-i > 4 {
		return "", fmt.Errorf("%q is out of range", text)
	}
	r, ok := new(big.Rat).SetString(text)
	if !ok {
		return "", fmt.Errorf("%q is not a decimal number", text)
	}
	out := rounded(r, places)
	if new(big.Rat).Abs(out.rat()).Cmp(limit) >= 0 {
		return "", fmt.Errorf("%q is out of range", text)
	}
	return out, nil
}

// MarshalJSON writes a JSON number; the zero Decimal is 0.
func (d Decimal) MarshalJSON() ([]byte, error) {
	if d == "" {
		return []byte("0"), nil
	}
	return []byte(d), nil
}

// UnmarshalJSON reads a JSON number exactly.
func (d *Decimal) UnmarshalJSON(b []byte) error {
	v, err := ParseDecimal(string(b))
	*d = v
	return err
}

// Date is a day without a zone, YYYY-MM-DD.
type Date string

// ParseDate accepts YYYY-MM-DD only.
func ParseDate(text string) (Date, error) {
	if t, err := time.Parse(time.DateOnly, text); err != nil || t.Year() < 1 {
		return "", fmt.Errorf("%q is not a date (YYYY-MM-DD)", text)
	}
	return Date(text), nil
}

// DateOf is the day of an instant in a zone.
func DateOf(t time.Time, zone *time.Location) Date { return Date(t.In(zone).Format(time.DateOnly)) }

// ParseTime reads an instant in any form that the API accepts (contract §1.6): RFC 3339 with or without fraction, or
// "YYYY-MM-DD HH:MM:SS" in UTC. The result is UTC in whole milliseconds.
func ParseTime(text string) (time.Time, error) {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02 15:04:05", "2006-01-02T15:04:05"} {
		if t, err := time.Parse(layout, text); err == nil && sane(t.UTC()) {
			return t.UTC().Truncate(time.Millisecond), nil
		}
	}
	return time.Time{}, fmt.Errorf("%q is not a time (RFC 3339, such as 2026-01-31T09:30:00Z)", text)
}

// sane keeps out years that a zone's offset could push beyond the four digits that times are stored with.
func sane(t time.Time) bool { return t.Year() >= 1900 && t.Year() < 9999 }

// SortTime is the fixed-width form of an instant in sort keys: byte order is time order.
func SortTime(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }
