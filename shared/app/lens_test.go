package app

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/lejek/lejek/shared/activities"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/deals"
	"github.com/lejek/lejek/shared/fields"
	"github.com/lejek/lejek/shared/organizations"
	"github.com/lejek/lejek/shared/persons"
)

// never are built-in fields that no record of ours has: products, leads, projects, calls and campaigns are not here.
var never = []string{
	"mrr", "arr", "acv", "origin_id", "channel", "channel_id", "score", "source_lead_id", "lead_id", "project_id", "conference_meeting_client",
	"conference_meeting_url", "conference_meeting_id", "outcome",
}

// TestFiltersSeeEveryBuiltInField looks at records in which everything is filled: what a filter can name is then not empty.
func TestFiltersSeeEveryBuiltInField(t *testing.T) {
	t.Parallel()
	for object, record := range map[string]holder{
		change.Deal: filled[deals.Deal](), change.Person: filled[persons.Person](), change.Organization: filled[organizations.Organization](),
		change.Activity: filled[activities.Activity](),
	} {
		sheet := fields.NewSheet(object, fields.Definitions{})
		l := lens{map[string]fields.Sheet{object: sheet}}
		sums := summaries{record.Ref(): {Ends: filled[change.Ends]()}}
		for id, f := range catalogued(object, sheet) {
			if got := l.Value(record, sums, f, ""); (got == nil) != slices.Contains(never, f.Key) && f.Type != "set" {
				t.Errorf("%s %d %s: %v", object, id, f.Key, got)
			}
		}
	}
}

// filled is a value whose every field holds something.
func filled[T any]() T {
	var v T
	fill(reflect.ValueOf(&v).Elem())
	return v
}

func fill(v reflect.Value) {
	switch {
	case v.Type() == reflect.TypeFor[time.Time]():
		v.Set(reflect.ValueOf(time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)))
	case v.Kind() == reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem())
	case v.Kind() == reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0))
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				fill(v.Field(i))
			}
		}
	case v.Kind() == reflect.Int64:
		v.SetInt(1)
	case v.Kind() == reflect.String:
		v.SetString("x")
	case v.Kind() == reflect.Bool:
		v.SetBool(true)
	}
}
