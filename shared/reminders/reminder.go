// Package reminders mails the owner of an activity shortly before it falls due. An activity waits, as package dispatch has it, in the
// bucket of the minute at which it is to be looked at, and its own transaction moves its line. One reminder belongs to one activity,
// due time and owner, and is a record at its own key.
package reminders

import (
	"context"
	"fmt"
	"time"

	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/dispatch"
	"github.com/lejek/lejek/shared/value"
)

// Kind names the record of a reminder.
const Kind = "reminder"

// Reminder is what became of the reminder of an activity for one due time and owner.
type Reminder struct {
	Version    int64
	ActivityID int64
	OwnerID    int64
	DueAt      time.Time
	dispatch.Delivery
}

// Ref names a reminder.
func Ref(activity int64, due time.Time, owner int64) change.Ref {
	return change.Named(Kind, fmt.Sprintf("%d#%s#%06d", activity, value.SortTime(due), owner))
}

// Ref names the reminder.
func (r Reminder) Ref() change.Ref { return Ref(r.ActivityID, r.DueAt, r.OwnerID) }

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
	// Reminder is one, the zero Reminder when there is none; OfActivity all of an activity by due time.
	Reminder(ctx context.Context, team, activity int64, due time.Time, owner int64) (Reminder, error)
	OfActivity(ctx context.Context, team, activity int64) ([]Reminder, error)
}

// Agenda knows activities.
type Agenda interface {
	// Activity is one, deleted ones included; NotFound for others.
	Activity(ctx context.Context, team, id int64) (Activity, error)
	// Named are the records of these that exist, with their names.
	Named(ctx context.Context, team int64, refs []change.Ref) ([]Linked, error)
}

// Users knows owners; NotFound for others.
type Users interface {
	Owner(ctx context.Context, team, user int64) (Owner, error)
}
