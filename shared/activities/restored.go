package activities

import (
	"time"

	"github.com/lejek/lejek/shared/change"
)

// Restored is an activity of an archive with its rows. Of a time that has passed nobody is reminded anew.
func (a Activity) Restored(now time.Time) (set change.Set) {
	if a.RemindAt != nil && a.RemindAt.Before(now) {
		a.RemindAt = nil
	}
	set.Restore(a.Ref(), a)
	set.Wait(a.Ref(), nil, a.RemindAt)
	set.Show = a.Rows()
	return set
}
