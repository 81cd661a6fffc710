package mail

import (
	"net/mail"
	"strings"
	"time"
)

// dateLayouts are forms of Date found in real mail that RFC 5322 does not allow.
var dateLayouts = []string{
	"Mon Jan _2 15:04:05 2006",
	"Mon Jan _2 15:04:05 -0700 2006",
	"Mon Jan _2 15:04:05 MST 2006",
	"Mon, 2 Jan 2006 15:04:05",
	"2 Jan 2006 15:04:05",
	"Mon, 2 Jan 2006 15:04",
	"Mon, 2 Jan 2006 15.04.05 -0700",
	"Mon, 2 Jan 2006 3:04:05 PM -0700",
	"Mon, 2 Jan 2006 3:04:05 PM",
	"Mon, Jan 2 2006 15:04:05 -0700",
	"Monday, 2 January 2006 15:04:05 -0700",
	"Monday, 2 Jan 2006 15:04:05 -0700",
	"Monday, January 2, 2006 3:04 PM",
	"2 January 2006 15:04:05 -0700",
	"2-Jan-2006 15:04:05 -0700",
	"Mon, 2-Jan-2006 15:04:05 -0700",
	"1/2/2006 3:04:05 PM",
	"1/2/2006 15:04:05",
	"2006/01/02 15:04:05",
	"2006-01-02 15:04:05 -0700",
	"2006-01-02 15:04:05 -0700 MST",
	"2006-01-02 15:04:05",
	time.RFC3339,
}

// headerDate reads a Date field (RFC 5322 §3.3), with patience for the two in a hundred that break the rule. It is zero when
// there is no date to be had, and is not clamped: the caller knows the time of arrival.
func headerDate(value string) time.Time {
	value = strings.Join(strings.Fields(value), " ")
	if len(value) > 100 {
		return time.Time{}
	}
	if t, err := mail.ParseDate(value); err == nil {
		return t
	}
	value, _, _ = strings.Cut(value, " (")
	// "GMT+0200", "+02:00" and "--0400" are what people's time zone tables produce.
	value = strings.NewReplacer("GMT+", "+", "GMT-", "-", "UTC+", "+", "UTC-", "-", "--", "-").Replace(value)
	if n := len(value); n > 6 && value[n-3] == ':' && strings.ContainsRune("+-", rune(value[n-6])) {
		value = value[:n-3] + value[n-2:]
	}
	if t, err := mail.ParseDate(value); err == nil {
		return t
	}
	for _, layout := range dateLayouts {
		if t, err := time.Parse(layout, value); err == nil {
			return t
		}
	}
	return time.Time{}
}
