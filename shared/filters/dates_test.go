package filters

import (
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/lejek/lejek/shared/value"
)

func words() (names []string) {
	for _, r := range slices.Concat(intervals, relatives) {
		names = append(names, r.name)
	}
	return names
}

func typeNames() []string { return slices.Sorted(maps.Keys(fieldTypes)) }

func TestRelativeDatesAreDaysOfTheUsersZone(t *testing.T) {
	t.Parallel()
	warsaw, err := time.LoadLocation("Europe/Warsaw")
	if err != nil {
		t.Fatal(err)
	}
	// Half past eleven in the evening of Monday, 30 November, is Tuesday in Warsaw.
	c := Clock{Now: time.Date(2026, 11, 30, 23, 30, 0, 0, time.UTC), Zone: warsaw}
	want := map[string][2]value.Date{
		"last_quarter": {"2026-07-01", "2026-10-01"}, "this_quarter": {"2026-10-01", "2027-01-01"},
		"last_month": {"2026-11-01", "2026-12-01"}, "this_month": {"2026-12-01", "2027-01-01"}, "next_month": {"2027-01-01", "2027-02-01"},
		"last_week": {"2026-11-23", "2026-11-30"}, "this_week": {"2026-11-30", "2026-12-07"}, "next_week": {"2026-12-07", "2026-12-14"},
		"6_months_ago": {"2026-06-01", "2026-06-02"}, "5_months_ago": {"2026-07-01", "2026-07-02"}, "4_months_ago": {"2026-08-01", "2026-08-02"},
		"3_months_ago": {"2026-09-01", "2026-09-02"}, "2_months_ago": {"2026-10-01", "2026-10-02"}, "1_months_ago": {"2026-11-01", "2026-11-02"},
		"3_weeks_ago": {"2026-11-10", "2026-11-11"}, "2_weeks_ago": {"2026-11-17", "2026-11-18"}, "1_week_ago": {"2026-11-24", "2026-11-25"},
		"yesterday": {"2026-11-30", "2026-12-01"}, "before_today": {"", "2026-12-01"}, "today": {"2026-12-01", "2026-12-02"},
		"now": {"2026-12-01", "2026-12-02"}, "later_or_today": {"2026-12-01", ""}, "before_tomorrow": {"", "2026-12-02"},
		"tomorrow": {"2026-12-02", "2026-12-03"}, "later_or_tomorrow": {"2026-12-02", ""},
		"in_1_week": {"2026-12-08", "2026-12-09"}, "in_2_weeks": {"2026-12-15", "2026-12-16"}, "in_3_weeks": {"2026-12-22", "2026-12-23"},
		"in_1_month": {"2027-01-01", "2027-01-02"}, "in_2_months": {"2027-02-01", "2027-02-02"}, "in_3_months": {"2027-03-01", "2027-03-02"},
		"in_4_months": {"2027-04-01", "2027-04-02"}, "in_5_months": {"2027-05-01", "2027-05-02"}, "in_6_months": {"2027-06-01", "2027-06-02"},
	}
	for _, name := range words() {
		s, ok := spanOf(name, c)
		if got := [2]value.Date{s.first, s.end}; !ok || got != want[name] {
			t.Errorf("%s is %v, want %v", name, got, want[name])
		}
		if name == "now" {
			continue
		}
		for day, at := range map[value.Date]time.Time{s.first: s.from, s.end: s.to} {
			if day == "" != at.IsZero() || day != "" && (value.DateOf(at, warsaw) != day || value.DateOf(at.Add(-1), warsaw) == day) {
				t.Errorf("%s: %s does not begin at %s", name, day, at)
			}
		}
	}
	if len(want) != len(words()) {
		t.Errorf("%d words, %d tried", len(words()), len(want))
	}
	for at, want := range map[value.Date]value.Date{"2026-03-31": "2026-02-28", "2024-03-30": "2024-02-29", "2026-01-31": "2025-12-31"} {
		c.Now = value.StartOfDay(at, warsaw)
		if s, _ := spanOf("1_months_ago", c); s.first != want {
			t.Errorf("a month before %s is %s, want %s", at, s.first, want)
		}
	}
	for day := range 14 { // every weekday, the beginning and the end of a quarter
		c.Now = time.Date(2026, 9, 25+day, 12, 0, 0, 0, time.UTC)
		today := value.DateOf(c.Now, warsaw)
		w, _ := spanOf("this_week", c)
		q, _ := spanOf("this_quarter", c)
		monday, _ := time.Parse(time.DateOnly, string(w.first))
		if monday.Weekday() != time.Monday || today < w.first || today >= w.end || today < q.first || today >= q.end || w.end != w.first.AddDays(7) {
			t.Errorf("%s: week %s, quarter %s", today, w.first, q.first)
		}
	}
}
