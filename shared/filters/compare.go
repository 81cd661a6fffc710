package filters

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"github.com/lejek/lejek/shared/value"
)

// Range is a stretch of days or of times of day, both ends in it; text compares as they do.
type Range struct{ From, Until string }

func negated(not bool, holds func(any) bool) func(any) bool {
	if !not {
		return holds
	}
	return func(v any) bool { return !holds(v) }
}

// ordered compares with what has an order. An empty value is neither before nor after anything.
func ordered(op string, compare func(any) (int, bool)) func(any) bool {
	test := map[string]func(int) bool{
		is: func(c int) bool { return c == 0 }, isNot: func(c int) bool { return c == 0 },
		below: func(c int) bool { return c < 0 }, notAbove: func(c int) bool { return c <= 0 },
		above: func(c int) bool { return c > 0 }, notBelow: func(c int) bool { return c >= 0 },
	}[op]
	return negated(op == isNot, func(v any) bool {
		c, ok := compare(v)
		return ok && test(c)
	})
}

func compareNumber(v any, with value.Decimal) (int, bool) {
	switch v := v.(type) {
	case int64:
		return value.Decimal(strconv.FormatInt(v, 10)).Compare(with), true
	case value.Decimal:
		return v.Compare(with), true
	}
	return 0, false
}

func compareText(v any, with string) (int, bool) {
	s, ok := v.(string)
	return cmp.Compare(s, with), ok
}

// textual compares text without regard to case. Of several values, such as a person's addresses, one is enough.
func textual(op, wanted string) func(any) bool {
	wanted = folded(wanted)
	test := map[string]func(s, part string) bool{
		is: func(s, part string) bool { return s == part }, contains: strings.Contains, begins: strings.HasPrefix, ends: strings.HasSuffix,
	}
	not := false
	for negation, of := range map[string]string{isNot: is, notContains: contains, notBegins: begins, notEnds: ends} {
		if op == negation {
			op, not = of, true
		}
	}
	holds := test[op]
	return negated(not, func(v any) bool {
		switch v := v.(type) {
		case string:
			return holds(folded(v), wanted)
		case []string:
			return slices.ContainsFunc(v, func(s string) bool { return holds(folded(s), wanted) })
		case value.Decimal:
			return holds(string(v), wanted)
		case int64:
			return holds(strconv.FormatInt(v, 10), wanted)
		}
		return false
	})
}

func folded(s string) string { return strings.ToLower(norm.NFC.String(s)) }

// chosen is what a field of choices holds, as text: one, or several where a field takes more, such as options or participants.
func chosen(v any) (has []string) {
	switch v := v.(type) {
	case string:
		has = []string{canonical(v)}
	case int64:
		has = []string{strconv.FormatInt(v, 10)}
	case bool:
		has = []string{canonical(strconv.FormatBool(v))}
	case []int64:
		for _, id := range v {
			has = append(has, strconv.FormatInt(id, 10))
		}
	}
	slices.Sort(has)
	return slices.Compact(has)
}

// canonical is the one form of a choice: options of some built-in fields are true and false.
func canonical(s string) string {
	switch s {
	case "true":
		return "1"
	case "false":
		return "0"
	}
	return s
}

// setOf compares a set of options with a set: one id, several with commas, or a list.
func setOf(op string, values []string) func(any) bool {
	var wanted []string
	for _, v := range values {
		for part := range strings.SplitSeq(v, ",") {
			wanted = append(wanted, canonical(strings.TrimSpace(part)))
		}
	}
	slices.Sort(wanted)
	wanted = slices.Compact(wanted)
	holds := func(v any) bool {
		has := chosen(v)
		if op == is || op == isNot {
			return slices.Equal(has, wanted)
		}
		return !slices.ContainsFunc(wanted, func(id string) bool { return !slices.Contains(has, id) })
	}
	return negated(op == isNot || op == hasNotOption, holds)
}

// ranged compares the begin or the end of a range.
func ranged(op string, compare func(end string) (int, bool)) func(any) bool {
	from := func(v any) (int, bool) { r, ok := v.(Range); c, _ := compare(r.From); return c, ok }
	until := func(v any) (int, bool) { r, ok := v.(Range); c, _ := compare(r.Until); return c, ok }
	switch op {
	case endsAt:
		return ordered(is, until)
	case endsNotAt:
		return ordered(isNot, until)
	case endsBefore:
		return ordered(below, until)
	case endsNotAfter:
		return ordered(notAbove, until)
	case endsAfter:
		return ordered(above, until)
	case endsNotBefore:
		return ordered(notBelow, until)
	case rangeHolds:
		return func(v any) bool {
			begin, ok := from(v)
			end, _ := until(v)
			return ok && begin <= 0 && end >= 0
		}
	}
	return ordered(op, from)
}

// against compares with the time at which the deal rots.
func (t test) against(rots time.Time, v any) bool {
	return ordered(t.operator, t.rotten.at(rots).placed)(v)
}
