package mail

import (
	"net/mail"
	"strings"
	"time"
)

// headerDate reads a Date field (RFC 5322 §3.3), with patience for the two in a hundred that break the rule. It is zero when
// there is no date to be had, and is not clamped: the caller knows the time of arrival.
func headerDate(value string) time.Time {
	value = strings.Join(strings.Fields(value), " ")
	if len(value) > 300 {
		return time.Time{}
	}
	if t, err := time.Parse(time.RFC1123Z, value); err == nil {
		return t // as nearly all are written; the general reader tries many forms
	}
	if t, err := mail.ParseDate(value); err == nil {
		return t
	}
	original := value
	value, _, _ = strings.Cut(value, " (")
	// "GMT+0200", "+02:00" and "--0400" are what people's time zone tables produce.
	value = strings.NewReplacer("GMT+", "+", "GMT-", "-", "UTC+", "+", "UTC-", "-", "--", "-").Replace(value)
	if n := len(value); n > 6 && value[n-3] == ':' && strings.ContainsRune("+-", rune(value[n-6])) {
		value = value[:n-3] + value[n-2:]
	}
	if t, err := mail.ParseDate(value); err == nil {
		return t
	}
	return guessDate(original, time.UTC)
}
