// Package exports makes an archive of all that a team has: a ZIP file with its records as lines of JSON, its files and its raw
// mail. It is made in steps of less than a minute. A step reads the state that the one before left as an object, packs some more
// records, and leaves the next state; the export's record says which step is next. So a step that dies is made again from where it
// began, and no step holds more than one part of the archive in memory, however large that becomes.
package exports

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/manifest"
	"github.com/lejek/lejek/shared/value"
)

// Kind names the record of an export.
const Kind = "export"

// Statuses of an export, in their order.
const (
	Waiting = "waiting"
	Running = "running"
	Done    = "done"
	Failed  = "failed" // Reason says why
)

// Export is one archive on its way. Times are UTC.
type Export struct {
	ID         int64
	Version    int64
	UserID     int64
	Status     string
	Step       int64      // that is next
	Busy       *time.Time // until then somebody is at that step
	Restarts   int64      // how often the archive was begun anew
	Walked     int64      // numbers looked at, of Numbers
	Numbers    int64
	Records    int64 // packed so far
	Files      int64
	Size       int64 // of the archive
	Reason     string
	AddTime    time.Time
	UpdateTime time.Time
	DoneTime   *time.Time
	Deleted    bool
}

// Ref names the export.
func (e Export) Ref() change.Ref { return change.Of(Kind, e.ID) }

// Facets are what lists sort and filter by.
func (e Export) Facets() value.Facets {
	return value.Facets{ID: e.ID, Owner: e.UserID, Added: e.AddTime, Updated: e.UpdateTime, Deleted: e.Deleted}
}

// Progress is how far it is, in percent; all of it only when it is done.
func (e Export) Progress() int64 {
	if e.Status == Done {
		return 100
	}
	return min(99, e.Walked*100/max(e.Numbers, 1))
}

// Expiry is when the archive is removed; nil while there is none.
func (e Export) Expiry() *time.Time {
	if e.Status != Done || e.DoneTime == nil {
		return nil
	}
	t := e.DoneTime.Add(manifest.ExportDays * 24 * time.Hour)
	return &t
}

// open tells that the export is not at its end.
func (e Export) open() bool { return !e.Deleted && (e.Status == Waiting || e.Status == Running) }

// Key is where the archive lies, StateKey what a step begins from, and SignalKey the object whose event starts it.
func Key(team, id int64) string {
	return fmt.Sprintf("%s%d/%d/archive.zip", manifest.ExportPrefix, team, id)
}
func StateKey(team, id, step int64) string {
	return fmt.Sprintf("%s%d/%d/state-%d", manifest.ExportPrefix, team, id, step)
}
func SignalKey(team, id, step int64) string {
	return fmt.Sprintf("%s%d/export/%d/%d", manifest.WorkPrefix, team, id, step)
}

// Place is what a SignalKey says.
type Place struct{ Team, Export, Step int64 }

// PlaceOf reads a key; false when it is none of an export's.
func PlaceOf(key string) (p Place, ok bool) {
	parts := strings.Split(strings.TrimPrefix(key, manifest.WorkPrefix), "/")
	if len(parts) != 4 || parts[1] != "export" {
		return p, false
	}
	for i, to := range map[int]*int64{0: &p.Team, 2: &p.Export, 3: &p.Step} {
		n, err := strconv.ParseInt(parts[i], 10, 64)
		if err != nil || n < 0 {
			return p, false
		}
		*to = n
	}
	return p, key == SignalKey(p.Team, p.Export, p.Step)
}
