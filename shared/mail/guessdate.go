package mail

import (
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

var (
	isoDate    = regexp.MustCompile(`\b(\d{4})[-/.]\s?(\d{1,2})[-/.]\s?(\d{1,2})(?:[Tt]|\b)`)
	dayFirst   = regexp.MustCompile(`\b(\d{1,2})([./-])\s?(\d{1,2})[./-]\s?(\d{4}|\d{2})\b`)
	eastAsian  = regexp.MustCompile(`(\d{4})\s*[年년]\s*(\d{1,2})\s*[月월]\s*(\d{1,2})\s*[日일]`)
	vietnamese = regexp.MustCompile(`(\d{1,2}),?\s+(?:thg|tháng)\s+(\d{1,2}),?\s+(?:năm\s+)?(\d{4})`)
)

// guessDate reads a date as people and mail programs write it, in any language of the month table: the time that a forward
// gives for the mail inside, and Date fields beyond rescue. Without a zone it is taken to be in the given one. It is zero
// unless a whole day can be found.
func guessDate(s string, zone *time.Location) time.Time {
	s = plainDate(s)
	year, month, day, rest := findDay(s)
	if year == 0 || month < 1 || month > 12 || day < 1 || day > 31 {
		return time.Time{}
	}
	hour, minute, second := findClock(rest)
	if east, ok := findZone(rest); ok {
		zone = time.FixedZone("", east*60)
	}
	return time.Date(year, time.Month(month), day, hour, minute, second, 0, zone)
}

// plainDate lowers the text, makes all its digits ASCII and removes what is not seen, so that the patterns need not know of it.
func plainDate(s string) string {
	runes := []rune(s)
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\u0307' || unicode.Is(unicode.Cf, r):
			return -1
		case unicode.IsSpace(r):
			return ' '
		case r == 'İ' || r == 'ı':
			return 'i'
		case '٠' <= r && r <= '٩':
			return r - '٠' + '0'
		case '۰' <= r && r <= '۹':
			return r - '۰' + '0'
		case r == '،':
			return ','
		}
		return unicode.ToLower(r)
	}, norm.NFC.String(string(runes[:min(len(runes), 200)])))
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
		return fullYear(at(m, 2)), at(m, 4), at(m, 6), cut(m)
	}
	if m := vietnamese.FindStringSubmatchIndex(s); m != nil {
		return at(m, 6), at(m, 4), at(m, 2), cut(m)
	}
	if year, month, day, rest = findNamedDay(s); month > 0 {
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

// dateWord is a word of a date: a month's name, or a number, perhaps with the dot of an ordinal behind it.
type dateWord struct {
	text          string
	months        []int // that the word may mean
	number        int   // -1 if it is none
	dotted, short bool
}

var dateJoiners = set("de del d of den g m a")

// findNamedDay looks for a month's name with a day beside it and a year near. Short names mean several months, and days of the
// week, in different languages ("mar." is Tuesday in French), so the name with the best neighbours is taken.
func findNamedDay(s string) (year, month, day int, rest string) {
	words := dateWords(s)
	best := 0
	var used [3]int
	for i, w := range words {
		if len(w.months) == 0 {
			continue
		}
		d, score := dayBeside(words, i)
		if d < 0 {
			continue
		}
		y := yearNear(words, i, d)
		if y < 0 {
			continue
		}
		if near := max(i, d, y) - min(i, d, y); near <= 4 {
			score += 5 - near
		}
		if score > best {
			best, year, day = score, fullYear(words[y].number), words[d].number
			month, used = w.meaning(words[d], words[y]), [3]int{i, d, y}
		}
	}
	if best == 0 {
		return 0, 0, 0, s
	}
	var kept []string
	for i, w := range words {
		if i != used[0] && i != used[1] && i != used[2] {
			kept = append(kept, w.text)
		}
	}
	return year, month, day, strings.Join(kept, " ")
}

// meaning decides between the Croatian and the other meanings of a month's name: Croats write a dot after the day.
func (w dateWord) meaning(day, year dateWord) int {
	if m := croatianMonths[strings.Trim(w.text, ".")]; m > 0 && day.dotted && (year.dotted || !w.short) {
		return m
	}
	return w.months[0]
}

// dayBeside finds the number of the day next to a month's name, before it rather than behind.
func dayBeside(words []dateWord, i int) (at, score int) {
	for j := i - 1; j >= 0 && j >= i-2; j-- {
		if isDay(words[j]) {
			return j, 3
		}
		if !dateJoiners[strings.Trim(words[j].text, ".")] {
			break
		}
	}
	if i+1 < len(words) && isDay(words[i+1]) {
		return i + 1, 2
	}
	return -1, 0
}

func isDay(w dateWord) bool { return w.number >= 1 && w.number <= 31 }

// yearNear finds a year of four digits, else one of two behind the month.
func yearNear(words []dateWord, month, day int) int {
	best := -1
	for i, w := range words {
		if w.number >= 1900 && w.number < 3000 && (best < 0 || abs(i-month) < abs(best-month)) {
			best = i
		}
	}
	if best >= 0 {
		return best
	}
	for i := month + 1; i < len(words) && i <= month+2; i++ {
		if i != day && words[i].number >= 0 && words[i].number < 100 && len(strings.Trim(words[i].text, ".,")) == 2 {
			return i
		}
	}
	return -1
}

func abs(n int) int { return max(n, -n) }

// dateWords splits at spaces, commas and, in "2-Jan-2006", hyphens around a name.
func dateWords(s string) []dateWord {
	var words []dateWord
	for word := range strings.FieldsFuncSeq(s, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(",()/", r) }) {
		pieces := strings.Split(word, "-")
		if len(pieces) != 3 || len(monthsOf(pieces[1])) == 0 {
			pieces = []string{word}
		}
		for _, piece := range pieces {
			w := dateWord{text: piece, number: -1, dotted: strings.HasSuffix(piece, ".")}
			w.months, w.short = monthsOf(piece), len([]rune(strings.Trim(piece, "."))) <= 4
			digits := strings.TrimRightFunc(strings.Trim(piece, "."), unicode.IsLetter) // 3rd, 2024г
			if n, err := strconv.Atoi(digits); err == nil && len(digits) <= 4 && !strings.HasPrefix(digits, "+") {
				w.number = n
			}
			words = append(words, w)
		}
	}
	return words
}

// fullYear reads two digits, and the years of the Buddhist calendar.
func fullYear(n int) int {
	switch {
	case n < 70:
		return 2000 + n
	case n < 100:
		return 1900 + n
	case n >= 2443:
		return n - 543
	}
	return n
}
