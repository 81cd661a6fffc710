package change

import (
	"time"

	"github.com/lejek/lejek/shared/value"
)

// Fact is a deal as a write left it, as far as figures are made of it. It is written once, in the deal's own transaction, and
// never changed. Facts are ordered by when they were written (At); what they say took effect at their own times, which a client
// may have backdated. Version is the deal's, so that facts of one deal are never mistaken for newer ones.
type Fact struct {
	At                time.Time
	Deal              int64
	Version           int64
	OwnerID           int64
	PipelineID        int64
	StageID           int64
	Status            string
	Value             value.Decimal
	Currency          string
	Probability       *int64
	AddTime           time.Time
	UpdateTime        time.Time
	StageChangeTime   *time.Time
	WonTime           *time.Time
	LostTime          *time.Time
	CloseTime         *time.Time
	FirstWonTime      *time.Time
	ExpectedCloseDate *value.Date
	Deleted           bool
	Archived          bool
}
