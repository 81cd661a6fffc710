// Package reminders mails the owner of an activity shortly before it falls due. An activity waits in the bucket of the minute at
// which it is to be looked at; the bucket's line holds nothing but its id, and the activity's own transaction moves it. A run
// reads the minutes since the last one, and no activity besides those it finds there.
//
// One reminder belongs to one activity, due time and owner, and is claimed before it is sent: a record at its own key, written at
// the version it was read at, and only while the activity is as it was read. So runs that are late, repeated or beside each other
// send one mail. SES cannot be asked whether it took a message, so what happens to a claim decides the rest:
//
//   - SES refused, or the message did not leave whole: it was not sent, and is tried again later, until the activity is a day overdue.
//   - The message left whole, but no answer came: SES has it, in all likelihood. It counts as sent, and the record says so.
//   - The run died between claim and note: nobody knows. After the claim's time it is sent again, since a reminder twice is a
//     nuisance and one that is missing is a missed appointment.
package reminders

import (
	"context"
	"fmt"
	"time"

	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/value"
)

// Kind names the record of a reminder.
const Kind = "reminder"

// States of a reminder.
const (
	Pending = "pending" // waits, or is tried again
	Sending = "sending" // claimed
	Sent    = "sent"
	Failed  = "failed" // the mail service does not take it, ever
	Missed  = "missed" // nobody was reminded within a day
)

// Reminder is what became of the reminder of an activity for one due time and owner.
type Reminder struct {
	Version    int64
	ActivityID int64
	OwnerID    int64
	DueAt      time.Time
	State      string
	Claim      string    // who claimed it
	Until      time.Time // and until when that holds
	Tries      int64
	SentAt     *time.Time
	MessageID  string // the mail service's
	Error      string
}

// Ref names a reminder.
func Ref(activity int64, due time.Time, owner int64) change.Ref {
	return change.Named(Kind, fmt.Sprintf("%d#%s#%06d", activity, value.SortTime(due), owner))
}

// Ref names the reminder.
func (r Reminder) Ref() change.Ref { return Ref(r.ActivityID, r.DueAt, r.OwnerID) }

// over reports that nothing more happens to the reminder.
func (r Reminder) over() bool { return r.State == Sent || r.State == Failed || r.State == Missed }

// Entry is an activity's line in a bucket.
type Entry struct {
	Minute   time.Time
	Team     int64
	Activity int64
}

// Activity is what a reminder tells of.
type Activity struct {
	ID, Version, OwnerID int64
	Subject, Type        string
	DueAt                time.Time // zero without an hour
	RemindAt             *time.Time
	Duration, Location   string
	Links                []change.Ref
	Open                 bool // neither done nor deleted
}

// Owner is whom it goes to. Lead is nil for who wants no reminders.
type Owner struct {
	Name, Email string
	Zone        *time.Location
	Active      bool
	Lead        *time.Duration
}

// Linked is a record that the activity hangs on.
type Linked struct {
	Ref  change.Ref
	Name string
}

// Store is where reminders are kept.
type Store interface {
	// Mark is the minute up to which all entries are dealt with; zero before the first run. MoveMark moves it on, never back.
	Mark(ctx context.Context) (time.Time, error)
	MoveMark(ctx context.Context, to time.Time) error
	// Due are the entries of a minute.
	Due(ctx context.Context, minute time.Time) ([]Entry, error)
	// Reminder is one, the zero Reminder when there is none; OfActivity all of an activity by due time.
	Reminder(ctx context.Context, team, activity int64, due time.Time, owner int64) (Reminder, error)
	OfActivity(ctx context.Context, team, activity int64) ([]Reminder, error)
	Commit(ctx context.Context, sets ...change.Set) error
}

// Agenda knows activities.
type Agenda interface {
	// Activity is one, deleted ones included; NotFound for others.
	Activity(ctx context.Context, team, id int64) (Activity, error)
	// Named are the records of these that exist, with their names.
	Named(ctx context.Context, team int64, refs []change.Ref) ([]Linked, error)
}

// Users knows owners; NotFound for others. Begin is when the first team was made, zero when there is none.
type Users interface {
	Owner(ctx context.Context, team, user int64) (Owner, error)
	Begin(ctx context.Context) (time.Time, error)
}
