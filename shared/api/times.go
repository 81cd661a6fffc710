package api

import (
	"time"

	"github.com/lejek/lejek/shared/value"
)

// seconds writes an instant as v2 does, RFC 3339 in whole seconds; nil for nil.
func seconds(t *time.Time) *string {
	if t == nil {
		return nil
	}
	s := t.UTC().Format("2006-01-02T15:04:05Z")
	return &s
}

// localDate is the day of an instant in the company's time zone.
func localDate(t *time.Time, zone *time.Location) *value.Date {
	if t == nil {
		return nil
	}
	d := value.DateOf(*t, zone)
	return &d
}
