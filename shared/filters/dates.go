package filters

import (
	"strings"
	"time"

	"github.com/lejek/lejek/shared/value"
)

// Clock is when and for whom a filter is asked: relative dates are days of the user's zone.
type Clock struct {
	Now  time.Time
	Zone *time.Location
}

func (c Clock) today() value.Date { return value.DateOf(c.Now, c.Zone) }

// span is a stretch of days, the last one excluded, and the instants between. An open end is "" and zero.
type span struct {
	first, end value.Date
	from, to   time.Time
}

func (c Clock) days(first, end value.Date) span {
	s := span{first: first, end: end}
	if first != "" {
		s.from = value.StartOfDay(first, c.Zone)
	}
	if end != "" {
		s.to = value.StartOfDay(end, c.Zone)
	}
	return s
}

// at is the day of an instant, of which the instant alone counts where times are compared.
func (c Clock) at(t time.Time) span {
	s := c.days(value.DateOf(t, c.Zone), value.DateOf(t, c.Zone).AddDays(1))
	s.from, s.to = t, t.Add(time.Millisecond)
	return s
}

// relative is a word that stands for a stretch of time. Weeks begin on Monday.
type relative struct {
	name, label string
	span        func(Clock) span
}

// Intervals and single days, in the order in which the helpers list them.
var (
	intervals = []relative{
		{"last_quarter", "last quarter", quarter(-1)}, {"this_quarter", "this quarter", quarter(0)},
		{"last_month", "last month", month(-1)}, {"this_month", "this month", month(0)}, {"next_month", "next month", month(1)},
		{"last_week", "last week", week(-1)}, {"this_week", "this week", week(0)}, {"next_week", "next week", week(1)},
	}
	relatives = []relative{
		{"6_months_ago", "6 months ago", months(-6)}, {"5_months_ago", "5 months ago", months(-5)},
		{"4_months_ago", "4 months ago", months(-4)}, {"3_months_ago", "3 months ago", months(-3)},
		{"2_months_ago", "2 months ago", months(-2)}, {"1_months_ago", "1 month ago", months(-1)},
		{"3_weeks_ago", "3 weeks ago", day(-21)}, {"2_weeks_ago", "2 weeks ago", day(-14)}, {"1_week_ago", "1 week ago", day(-7)},
		{"yesterday", "yesterday", day(-1)},
		{"before_today", "before today", func(c Clock) span { return c.days("", c.today()) }},
		{"today", "today", day(0)},
		{"now", "now", func(c Clock) span { return c.at(c.Now) }},
		{"later_or_today", "today or later", func(c Clock) span { return c.days(c.today(), "") }},
		{"before_tomorrow", "before tomorrow", func(c Clock) span { return c.days("", c.today().AddDays(1)) }},
		{"tomorrow", "tomorrow", day(1)},
		{"later_or_tomorrow", "tomorrow or later", func(c Clock) span { return c.days(c.today().AddDays(1), "") }},
		{"in_1_week", "in 1 week", day(7)}, {"in_2_weeks", "in 2 weeks", day(14)}, {"in_3_weeks", "in 3 weeks", day(21)},
		{"in_1_month", "in 1 month", months(1)}, {"in_2_months", "in 2 months", months(2)}, {"in_3_months", "in 3 months", months(3)},
		{"in_4_months", "in 4 months", months(4)}, {"in_5_months", "in 5 months", months(5)}, {"in_6_months", "in 6 months", months(6)},
	}
)

// rottenTime is the relative date that each deal has its own of: when it rots.
const rottenTime = "rotten_time"

func day(n int) func(Clock) span {
	return func(c Clock) span { return c.days(c.today().AddDays(n), c.today().AddDays(n+1)) }
}

// months is the same day n months on, or the last of a month that is too short for it.
func months(n int) func(Clock) span {
	return func(c Clock) span {
		first := monthOf(c.today()).AddMonths(n)
		d := first[:8] + c.today()[8:]
		if last := first.AddMonths(1).AddDays(-1); d > last {
			d = last
		}
		return c.days(d, d.AddDays(1))
	}
}

func week(n int) func(Clock) span {
	return func(c Clock) span {
		monday := c.today().AddDays(7*n - (int(c.Now.In(c.Zone).Weekday())+6)%7)
		return c.days(monday, monday.AddDays(7))
	}
}

func month(n int) func(Clock) span {
	return func(c Clock) span {
		first := monthOf(c.today()).AddMonths(n)
		return c.days(first, first.AddMonths(1))
	}
}

func quarter(n int) func(Clock) span {
	return func(c Clock) span {
		first := monthOf(c.today()).AddMonths(3*n - (int(c.Now.In(c.Zone).Month())-1)%3)
		return c.days(first, first.AddMonths(3))
	}
}

func monthOf(d value.Date) value.Date { return d[:8] + "01" }

// spanOf reads the value of a condition on a date: a day, an instant, or a word for one.
func spanOf(text string, c Clock) (span, bool) {
	for _, list := range [][]relative{intervals, relatives} {
		for _, r := range list {
			if r.name == text {
				return r.span(c), true
			}
		}
	}
	if d, err := value.ParseDate(text); err == nil {
		return c.days(d, d.AddDays(1)), true
	}
	if t, err := value.ParseTime(text); err == nil {
		s := c.at(t)
		s.to = t.Truncate(time.Second).Add(time.Second) // what is written to the second means that second
		return s, true
	}
	return span{}, false
}

// placed compares a date or an instant with a stretch of time: -1 before it, 0 in it, 1 after it.
func (s span) placed(v any) (place int, ok bool) {
	switch v := v.(type) {
	case value.Date:
		switch {
		case s.first != "" && v < s.first:
			return -1, true
		case s.end != "" && v >= s.end:
			return 1, true
		}
		return 0, true
	case time.Time:
		switch {
		case !s.from.IsZero() && v.Before(s.from):
			return -1, true
		case !s.to.IsZero() && !v.Before(s.to):
			return 1, true
		}
		return 0, true
	}
	return 0, false
}

// clockTime reads HH:MM or HH:MM:SS as HH:MM:SS.
func clockTime(text string) (string, bool) {
	for _, layout := range []string{time.TimeOnly, "15:04"} {
		if t, err := time.Parse(layout, strings.TrimSpace(text)); err == nil {
			return t.Format(time.TimeOnly), true
		}
	}
	return "", false
}
