package value

import "time"

// StartOfDay is the first instant whose date in the zone is d. That is local midnight, but for days that the clocks make begin
// later (midnight is skipped) or twice.
func StartOfDay(d Date, zone *time.Location) time.Time {
	day, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return time.Time{}
	}
	t := time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, zone)
	if DateOf(t, zone) < d { // midnight is skipped: the day begins where the clocks jump
		_, t = t.ZoneBounds()
	}
	if begin, _ := t.ZoneBounds(); !begin.IsZero() {
		// Where the clocks went back over midnight, the day began under the offset before.
		if first := t.Add(-overlap(begin, zone)); first.Before(begin) && DateOf(first, zone) == d {
			t = first
		}
	}
	return t.UTC()
}

// overlap is by how much the clocks went back at a transition; 0 when they went on.
func overlap(at time.Time, zone *time.Location) time.Duration {
	_, before := at.Add(-time.Second).In(zone).Zone()
	_, after := at.In(zone).Zone()
	return max(0, time.Duration(before-after)*time.Second)
}

// AddDays is the date n days later.
func (d Date) AddDays(n int) Date { return d.add(0, n) }

// AddMonths is the same day n months later; days that the month lacks run over into the next.
func (d Date) AddMonths(n int) Date { return d.add(n, 0) }

func (d Date) add(months, days int) Date {
	t, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return d
	}
	return Date(t.AddDate(0, months, days).Format(time.DateOnly))
}
