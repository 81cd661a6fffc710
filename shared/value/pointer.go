package value

import (
	"strconv"
	"time"
)

// Equal compares what two optional values hold.
func Equal[T comparable](a, b *T) bool { return a == b || a != nil && b != nil && *a == *b }

// Deref is the value, or zero.
func Deref[T any](p *T) (v T) {
	if p != nil {
		v = *p
	}
	return v
}

// NonZero is the value; nil for zero.
func NonZero[T comparable](v T) *T {
	var zero T
	if v == zero {
		return nil
	}
	return &v
}

// Digits is a number as text; nil for nil.
func Digits(p *int64) *string {
	if p == nil {
		return nil
	}
	s := strconv.FormatInt(*p, 10)
	return &s
}

// Stamp is an instant as v1 writes it, YYYY-MM-DD HH:MM:SS in UTC; nil for nil.
func Stamp(t *time.Time) *string {
	if t == nil {
		return nil
	}
	s := t.UTC().Format(time.DateTime)
	return &s
}

// Held is the value as it is kept where any type may be; nil for nil.
func Held[T any](p *T) any {
	if p == nil {
		return nil
	}
	return *p
}
