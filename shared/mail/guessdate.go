package mail

import (
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
)

var (
	clockTime = regexp.MustCompile(`(\d{1,2})[:.h](\d{1,2})(?:[:.](\d{1,2}))?\s*([AaPp]\.?\s?[Mm]\b)?`)
	isoDate   = regexp.MustCompile(`\b(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:T|\b)`)
	dayFirst  = regexp.MustCompile(`\b(\d{1,2})([./-])\s?(\d{1,2})[./-]\s?(\d{4}|\d{2})\b`)
	eastAsian = regexp.MustCompile(`(\d{4})\s*[年년]\s*(\d{1,2})\s*[月월]\s*(\d{1,2})\s*[日일]`)
	offset    = regexp.MustCompile(`(?:GMT|UTC)?([+-])(\d{1,2}):?(\d{2})?\b`)
)

// zones are the abbreviations that still occur, in minutes east.
var zones = map[string]int{
	"GMT": 0, "UTC": 0, "Z": 0, "WET": 0, "BST": 60, "WEST": 60, "CET": 60, "CEST": 120, "MEZ": 60, "MESZ": 120, "EET": 120,
	"EEST": 180, "MSK": 180, "EST": -300, "EDT": -240, "CST": -360, "CDT": -300, "MST": -420, "MDT": -360, "PST": -480,
	"PDT": -420,
}

// guessDate reads a date as people and mail programs write it, in any language of the month table: the time that a forward
// gives for the mail inside, and Date fields beyond rescue. Without a zone it is taken to be in the given one. It is zero
// unless a whole day can be found.
func guessDate(s string, zone *time.Location) time.Time {
	runes := []rune(strings.ReplaceAll(s, "\u202f", " "))
	s = string(runes[:min(len(runes), 200)])
	year, month, day, rest := findDay(s)
	if year == 0 || month < 1 || month > 12 || day < 1 || day > 31 {
		return time.Time{}
	}
	hour, minute, second := 0, 0, 0
	after := rest
	if m := clockTime.FindStringSubmatchIndex(rest); m != nil {
		number := func(i int) int {
			if m[i] < 0 {
				return 0
			}
			n, _ := strconv.Atoi(rest[m[i]:m[i+1]])
			return n
		}
		hour, minute, second = number(2), number(4), number(6)
		if m[8] >= 0 {
			afternoon := unicode.ToLower(rune(rest[m[8]])) == 'p'
			if hour == 12 {
				hour = 0
			}
			if afternoon {
				hour += 12
			}
		}
		after = rest[m[1]:]
	}
	if hour > 23 || minute > 59 || second > 60 {
		hour, minute, second = 0, 0, 0
	}
	if east, ok := findZone(after); ok {
		zone = time.FixedZone("", east*60)
	}
	return time.Date(year, time.Month(month), day, hour, minute, second, 0, zone)
}

// findDay finds the date and returns the text without it.
func findDay(s string) (year, month, day int, rest string) {
	cut := func(m []int) string { return s[:m[0]] + " " + s[m[1]:] }
	at := func(m []int, i int) int {
		n, _ := strconv.Atoi(s[m[i]:m[i+1]])
		return n
	}
	if m := eastAsian.FindStringSubmatchIndex(s); m != nil {
		return at(m, 2), at(m, 4), at(m, 6), cut(m)
	}
	if m := isoDate.FindStringSubmatchIndex(s); m != nil {
		return at(m, 2), at(m, 4), at(m, 6), cut(m)
	}
	if year, month, day, rest = findNamedDay(s); month > 0 && day > 0 && year > 0 {
		return year, month, day, rest
	}
	if m := dayFirst.FindStringSubmatchIndex(s); m != nil {
		first, second := at(m, 2), at(m, 6)
		// Only Americans put the month first, and only they write AM and PM with slashes.
		american := s[m[4]:m[5]] == "/" && clockIsTwelve(s)
		if second > 12 || american && first <= 12 {
			first, second = second, first
		}
		return fullYear(at(m, 8)), second, first, cut(m)
	}
	return 0, 0, 0, s
}

func clockIsTwelve(s string) bool {
	m := clockTime.FindStringSubmatch(s)
	return m != nil && m[4] != ""
}

// findNamedDay looks for a month's name with two numbers near it.
func findNamedDay(s string) (year, month, day int, rest string) {
	words := strings.FieldsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(",()", r) })
	var kept []string
	for i, word := range words {
		lower := strings.Trim(strings.ToLower(word), ".-")
		if parts := strings.Split(lower, "-"); len(parts) == 3 && months[parts[1]] > 0 { // 2-Jan-2006
			day, _ = strconv.Atoi(parts[0])
			year, _ = strconv.Atoi(parts[2])
			return fullYear(year), months[parts[1]], day, strings.Join(append(kept, words[i+1:]...), " ")
		}
		number, err := strconv.Atoi(strings.TrimRightFunc(lower, unicode.IsLetter)) // 3rd, 2024г
		switch {
		case month == 0 && months[lower] > 0:
			month = months[lower]
		case err == nil && !strings.ContainsAny(lower, ":+") && number > 31 && number < 10_000 && year == 0:
			year = fullYear(number)
		case err == nil && number >= 1 && number <= 31 && day == 0 && !strings.Contains(word, ":"):
			day = number
		case err == nil && month > 0 && year == 0 && len(lower) == 2:
			year = fullYear(number)
		default:
			kept = append(kept, word)
		}
	}
	return year, month, day, strings.Join(kept, " ")
}

func fullYear(n int) int {
	switch {
	case n < 70:
		return 2000 + n
	case n < 100:
		return 1900 + n
	}
	return n
}

// findZone reads an offset or a zone name, in minutes east.
func findZone(s string) (int, bool) {
	if m := offset.FindStringSubmatch(s); m != nil {
		hours, _ := strconv.Atoi(m[2])
		minutes, _ := strconv.Atoi(m[3])
		if hours <= 14 && minutes < 60 {
			east := hours*60 + minutes
			if m[1] == "-" {
				east = -east
			}
			return east, true
		}
	}
	for word := range strings.FieldsFuncSeq(s, func(r rune) bool { return !unicode.IsLetter(r) }) {
		if east, ok := zones[word]; ok {
			return east, true
		}
	}
	return 0, false
}
