package deals

import (
	"reflect"
	"slices"
	"testing"

	"github.com/lejek/lejek/shared/value"
)

// TestACopyIsMadeOfAllThatCanBeWritten fails for a new input until it is decided whether a copy of a deal has it.
func TestACopyIsMadeOfAllThatCanBeWritten(t *testing.T) {
	t.Parallel()
	not := []string{"Wrong", "AddTime", "Status", "LostReason", "WonTime", "LostTime", "CloseTime", "Archived", "ArchiveTime"}
	id, date := int64(7), value.Date("2026-11-23")
	in := reflect.ValueOf(Deal{
		PersonID: &id, OrganizationID: &id, Probability: &id, ExpectedCloseDate: &date, Custom: map[int64]value.Custom{1: {}},
	}.Copied())
	for i := range in.NumField() {
		name := in.Type().Field(i).Name
		if copied := !in.Field(i).IsZero(); copied == slices.Contains(not, name) {
			t.Errorf("%s: copied is %v", name, copied)
		}
	}
}
