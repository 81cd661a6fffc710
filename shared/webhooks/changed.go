package webhooks

import (
	"time"

	"github.com/lejek/lejek/shared/change"
)

// Changed is one write of a record, as whoever follows the table hears of it.
type Changed struct {
	Team    int64
	Ref     change.Ref
	Version int64
	Before  any // the record; nil for none
	Now     any
	User    int64 // who wrote; 0 where nobody did
	Source  string
	Merged  change.Ref // the other record of a merge
	At      time.Time
}
