package mail

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"
)

// Halves of the day as languages write them behind the clock, or before it; lower case.
const (
	mornings        = `am|a\.\s?m\.?|π\.μ\.|πμ|ص|ق\.ظ|sa|öö|pg`
	afternoons      = `pm|p\.\s?m\.?|μ\.μ\.|μμ|م|ب\.ظ|ch|ös|ptg`
	mornings1st     = `上午|早上|凌晨|午前|오전|de\.`
	afternoons1st   = `下午|晚上|中午|午後|오후|du\.`
	halvesBehind    = `(?:\s*(` + mornings + `|` + afternoons + `)(?:\W|$))?`
	halvesBefore    = `(?:(` + mornings1st + `|` + afternoons1st + `)\s*)?`
	hoursAndMinutes = `(\d{1,2})\s*[:.h時时点시]\s*(\d{1,2})(?:\s*[:.分분]\s*(\d{1,2}))?`
)

var (
	clockTime = regexp.MustCompile(halvesBefore + hoursAndMinutes + halvesBehind)
	afternoon = regexp.MustCompile(`^(?:` + afternoons + `|` + afternoons1st + `)$`)
	zoneOf    = regexp.MustCompile(`(?:gmt|utc)\s?([+-])(\d{1,2}):?(\d{2})?`)
	offset    = regexp.MustCompile(`(?:^|[\s(]|:\d\d)\+?([+-])(\d{2}):?(\d{2})\b`)
)

// findClock reads the time of day; zero when there is none.
func findClock(s string) (hour, minute, second int) {
	m := clockTime.FindStringSubmatch(s)
	if m == nil {
		return 0, 0, 0
	}
	hour, _ = strconv.Atoi(m[2])
	minute, _ = strconv.Atoi(m[3])
	second, _ = strconv.Atoi(m[4])
	if half := m[1] + m[5]; half != "" && hour <= 12 {
		if hour == 12 {
			hour = 0
		}
		if afternoon.MatchString(half) {
			hour += 12
		}
	}
	if hour > 23 || minute > 59 || second > 60 {
		return 0, 0, 0
	}
	return hour, minute, second
}

func clockIsTwelve(s string) bool {
	m := clockTime.FindStringSubmatch(s)
	return m != nil && m[1]+m[5] != ""
}

// zones are the abbreviations that still occur, in minutes east, lower case.
var zones = map[string]int{
	"gmt": 0, "utc": 0, "z": 0, "wet": 0, "wez": 0, "bst": 60, "west": 60, "wesz": 60, "cet": 60, "cest": 120, "mez": 60, "mesz": 120,
	"seč": 60, "selč": 120, "eet": 120, "oez": 120, "eest": 180, "oesz": 180, "msk": 180, "мск": 180, "trt": 180, "jst": 540, "kst": 540,
	"hkt": 480, "sgt": 480, "aest": 600, "aedt": 660, "nzst": 720, "nzdt": 780, "sast": 120, "brt": -180, "art": -180, "est": -300, "edt": -240,
	"cst": -360, "cdt": -300, "mst": -420, "mdt": -360, "pst": -480, "pdt": -420, "akst": -540, "akdt": -480, "hst": -600,
}

// findZone reads an offset or a zone name, in minutes east, of a text without its date.
func findZone(s string) (int, bool) {
	m := zoneOf.FindStringSubmatch(s)
	if m == nil {
		m = offset.FindStringSubmatch(s)
	}
	if m != nil {
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
