package currencies

import (
	"testing"

	"github.com/lejek/lejek/shared/value"
)

func TestAmountsReadAsPeopleWriteThem(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		code   string
		amount value.Decimal
		want   string
	}{
		{"EUR", "5000", "€5,000"}, {"EUR", "0", "€0"}, {"EUR", "", "€0"}, {"USD", "-1234.5", "-$1,234.50"}, {"EUR", "1234567.891", "€1,234,567.89"},
		{"EUR", "0.004", "€0"}, {"EUR", "-0.004", "€0"}, {"EUR", "999.999", "€1,000"}, {"EUR", "100", "€100"}, {"XXX", "12", "XXX 12"},
	} {
		if got := Format(c.code, c.amount); got != c.want {
			t.Errorf("%s of %s: %s, want %s", c.amount, c.code, got, c.want)
		}
	}
}
