package value

import (
	"math/big"
	"strings"
)

// Arithmetic on decimals is exact: sums of money have no rounding but the last one, to six places.

func (d Decimal) rat() *big.Rat {
	r, ok := new(big.Rat).SetString(string(d))
	if !ok {
		return new(big.Rat) // the zero Decimal
	}
	return r
}

// canonical is the text of an amount; rounded that of any Decimal: at most so many places, no trailing zeros, no -0.
func canonical(r *big.Rat) Decimal { return rounded(r, decimalPlaces) }

func rounded(r *big.Rat, places int) Decimal {
	out := strings.TrimRight(strings.TrimRight(r.FloatString(places), "0"), ".")
	if out == "-0" || out == "" {
		out = "0"
	}
	return Decimal(out)
}

// Add and Sub are the sum and the difference.
func (d Decimal) Add(e Decimal) Decimal { return canonical(new(big.Rat).Add(d.rat(), e.rat())) }
func (d Decimal) Sub(e Decimal) Decimal { return canonical(new(big.Rat).Sub(d.rat(), e.rat())) }

// Times is n times the decimal.
func (d Decimal) Times(n int64) Decimal {
	return canonical(new(big.Rat).Mul(d.rat(), new(big.Rat).SetInt64(n)))
}

// Percent is the hundredth part.
func (d Decimal) Percent() Decimal { return canonical(new(big.Rat).Mul(d.rat(), big.NewRat(1, 100))) }

// Fixed writes the decimal with that many places, rounded half away from zero: "1234.50".
func (d Decimal) Fixed(places int) string { return d.rat().FloatString(places) }

// Compare is -1, 0 or 1 as the decimal is less than the other, the same, or more.
func (d Decimal) Compare(e Decimal) int { return d.rat().Cmp(e.rat()) }
