package currencies

import (
	"strings"

	"github.com/lejek/lejek/shared/value"
)

// Format writes an amount as people read it: "€5,000", "-$1,234.50". Whole amounts have no decimals, others as many as the
// currency has. The code stands in for a currency that has no symbol here.
func Format(code string, amount value.Decimal) string {
	symbol, places := code+" ", 2
	for _, c := range All {
		if c.Code == code {
			symbol, places = c.Symbol, c.Decimals
		}
	}
	digits, negative := strings.CutPrefix(amount.Fixed(places), "-")
	whole, fraction, _ := strings.Cut(digits, ".")
	var b strings.Builder
	if negative && strings.Trim(digits, "0.") != "" {
		b.WriteByte('-')
	}
	b.WriteString(symbol)
	for i, digit := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(digit)
	}
	if strings.Trim(fraction, "0") != "" {
		b.WriteString("." + fraction)
	}
	return b.String()
}
