package mail_test

import (
	_ "embed"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/lejek/lejek/shared/mail"
)

// What mail programs print around a forwarded mail, by language: a row holds a program's labels in the order in which it prints them,
// often followed by its form of a date; names of months and days are those of the CLDR. It was written down from what the
// programs send, apart from the tables that it tests.
//
//go:embed testdata/locales.txt
var localesText string

// locale is one language's rows.
type locale struct {
	name string
	rows map[string][]string
}

func locales(tb testing.TB) []locale {
	tb.Helper()
	var list []locale
	for line := range strings.Lines(localesText) {
		line = strings.TrimSuffix(line, "\n")
		if name, ok := strings.CutPrefix(line, "["); ok {
			list = append(list, locale{strings.TrimSuffix(name, "]"), map[string][]string{"ap": {"AM", "PM"}}})
			continue
		}
		key, value, _ := strings.Cut(line, " ")
		list[len(list)-1].rows[key] = strings.Split(value, "|")
	}
	return list
}

func (l locale) one(key string) string { return l.rows[key][0] }

// date prints a time of day in the zone that the form names, else in the forwarder's, and returns the instant it means.
func (l locale) date(form string, wall time.Time) (string, time.Time) {
	zone := 2
	for suffix, hours := range map[string]int{"BRT": -3, "EEST": 3, "GMT+3": 3, "JST": 9, "GMT+9": 9} {
		if strings.Contains(form, suffix) {
			zone = hours
		}
	}
	at := time.Date(wall.Year(), wall.Month(), wall.Day(), wall.Hour(), wall.Minute(), 0, 0, time.FixedZone("", zone*60*60))
	weekday, half := (int(wall.Weekday())+6)%7, wall.Hour()/12
	hour12 := (wall.Hour()+11)%12 + 1
	pairs := []string{
		"{y}", fmt.Sprint(wall.Year()), "{yy}", wall.Format("06"), "{by}", fmt.Sprint(wall.Year() + 543), "{M}", l.rows["months"][wall.Month()-1],
		"{S}", l.rows["short"][wall.Month()-1], "{MM}", wall.Format("01"), "{n}", fmt.Sprint(int(wall.Month())), "{d}", fmt.Sprint(wall.Day()),
		"{dd}", wall.Format("02"), "{W}", l.rows["days"][weekday], "{w}", l.rows["abbr"][weekday], "{H}", fmt.Sprint(wall.Hour()),
		"{HH}", wall.Format("15"), "{h}", fmt.Sprint(hour12), "{hh}", fmt.Sprintf("%02d", hour12), "{mm}", wall.Format("04"), "{ss}", "22",
		"{ap}", l.rows["ap"][half], "{nnbsp}", "\u202f", "{ay}", arabic(fmt.Sprint(wall.Year())), "{ad}", arabic(fmt.Sprint(wall.Day())),
		"{ah}", arabic(fmt.Sprint(hour12)), "{amm}", arabic(wall.Format("04")),
	}
	return strings.NewReplacer(pairs...).Replace(form), at
}

func arabic(digits string) string {
	return strings.Map(func(r rune) rune { return r - '0' + '٠' }, digits)
}

// Every month, at both ends of the day, in every form that a program has for dates.
func TestDatesOfAllLocalesAreRead(t *testing.T) {
	t.Parallel()
	n := 0
	for _, l := range locales(t) {
		for kind, column := range map[string]int{"outlook": 5, "mac": 5, "gmail": 1, "apple": 6, "yahoo": 6, "macold": 0, "reply": 0} {
			if len(l.rows[kind]) <= column {
				continue
			}
			form := l.rows[kind][column]
			for month := range 12 {
				for _, wall := range []time.Time{
					time.Date(2024, time.Month(month+1), 3, 0, 5, 0, 0, time.UTC), time.Date(2023, time.Month(month+1), 12, 12, 40, 0, 0, time.UTC),
					time.Date(2025, time.Month(month+1), 28, 23, 59, 0, 0, time.UTC),
				} {
					printed, want := l.date(strings.NewReplacer("{name}", "", "<{addr}>", "", "({addr})", "").Replace(form), wall)
					if !zoned(form) {
						want = wall
					}
					n++
					p, err := mail.Parse([]byte("From: jan@client.example\nDate: "+printed+"\n\nx"), mail.Limits{})
					if err != nil || !p.Date.Truncate(time.Minute).Equal(want) {
						t.Errorf("%s, %s: %q is read as %v, means %v", l.name, kind, printed, p.Date, want)
					}
				}
			}
		}
	}
	t.Logf("%d dates", n)
}

func zoned(form string) bool {
	for _, zone := range []string{"CEST", "MESZ", "SELČ", "UTC+2", "GMT+2", "BRT", "EEST", "GMT+3", "JST", "GMT+9"} {
		if strings.Contains(form, zone) {
			return true
		}
	}
	return false
}
