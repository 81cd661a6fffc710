// Package dispatch mails what waits for its minute. Whatever is to be mailed leaves a line in the bucket of a minute, in the transaction
// that brings it about; the line holds nothing but a name. A run reads the minutes since the last one, and nothing besides what it
// finds there; what a line leads to, and what is written then, says the Source of its kind.
//
// A mail is claimed before it is sent: the record that keeps its Delivery is written at the version it was read at, and only while all
// that it tells of is as it was read. So runs that are late, repeated or beside each other send one mail. SES cannot be asked whether
// it took a message, so what happens to a claim decides the rest:
//
//   - SES refused, or the message did not leave whole: it was not sent, and is tried again later, until it is too late.
//   - The message left whole, but no answer came: SES has it, in all likelihood. It counts as sent, and the record says so.
//   - The run died between claim and note: nobody knows. After the claim's time it is sent again, since a mail twice is a nuisance
//     and one that is missing may be a missed appointment.
package dispatch

import (
	"context"
	"time"

	"github.com/lejek/lejek/shared/change"
)

// States of a delivery.
const (
	Pending = "pending" // waits, or is tried again
	Sending = "sending" // claimed
	Sent    = "sent"
	Failed  = "failed" // the mail service does not take it, ever
	Missed  = "missed" // it could not be sent before it was too late
)

// Late is how long after its time a mail is still worth sending.
const Late = 24 * time.Hour

// Delivery is how far a mail is.
type Delivery struct {
	State     string
	Claim     string    // who claimed it
	Until     time.Time // and until when that holds
	Tries     int64
	SentAt    *time.Time
	MessageID string // the mail service's
	Error     string
}

// Over reports that nothing more happens to it.
func (d Delivery) Over() bool { return d.State != "" && d.State != Pending && d.State != Sending }

// Line is what waits in the bucket of a minute.
type Line struct {
	Minute time.Time
	Team   int64
	Of     change.Ref
}

func (l Line) due(remove bool) change.Due {
	return change.Due{Minute: l.Minute, Of: l.Of, Remove: remove}
}

// Matter is what a line leads to, as it was read.
type Matter struct {
	Delivery
	Version int64 // of the record that keeps the delivery; 0 when there is none yet
	// Idle tells that no mail is wanted, now or any more: the line goes, and Ends is noted if it is given.
	Idle bool
	Ends *Delivery
	// From is when it may be sent, Late from when it is too late.
	From, Late time.Time
	Unchanged  []change.Check // what else must be as it was read
	// Keep adds the record with a delivery to a set, as read at that version.
	Keep func(set *change.Set, d Delivery, version int64)
	// Again reads the record anew.
	Again func(ctx context.Context) (Delivery, int64, error)
	Write func(ctx context.Context, now time.Time) (Mail, error)
}

// Mail is one to be handed over.
type Mail struct {
	From string
	To   []string
	Raw  []byte
}

// Source knows the matters of one kind. NotFound when a line leads to nothing.
type Source func(ctx context.Context, l Line) (Matter, error)

// Store is where lines lie.
type Store interface {
	// Mark is the minute up to which all lines are dealt with; zero before the first run. MoveMark moves it on, never back.
	Mark(ctx context.Context) (time.Time, error)
	MoveMark(ctx context.Context, to time.Time) error
	// Due are the lines of a minute.
	Due(ctx context.Context, minute time.Time) ([]Line, error)
	Commit(ctx context.Context, sets ...change.Set) error
}
