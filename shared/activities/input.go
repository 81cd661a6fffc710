package activities

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"time"

	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/value"
)

// MaxParticipants keeps an activity within one transaction. When it is done, or due at another time, each participant costs
// seven operations (the row on the person and on its organization taken away and shown, what is derived for both, a check of the
// person), and the deal with its person and organizations another twenty. All exchanged at once may be more than fits.
const MaxParticipants = 10

// Input is what a client may write; what is absent stays as it is. PersonID names the primary participant, null takes it away.
type Input struct {
	Subject           value.Opt[string]
	Type              value.Opt[string]
	OwnerID           value.Opt[int64]
	DealID            value.Opt[int64]
	PersonID          value.Opt[int64]
	OrganizationID    value.Opt[int64]
	Participants      value.Opt[[]Participant]
	DueDate           value.Opt[value.Date]
	DueTime           value.Opt[string]
	Duration          value.Opt[string]
	Busy              value.Opt[bool]
	Done              value.Opt[bool]
	Location          value.Opt[value.Address]
	PublicDescription value.Opt[string]
	Note              value.Opt[string]
	Priority          value.Opt[int64]
}

// New is an activity made from its input: of the first type unless it names one, called like its type unless it has a
// subject. Types are those of the team, in order; the clock is the owner's.
func New(a auth.Actor, in Input, id int64, types []Type, c Clock, now time.Time) (Activity, fault.Fields) {
	n := Activity{ID: id, OwnerID: a.User, CreatorUserID: a.User, AddTime: now}
	if len(types) > 0 {
		n.Type = types[0].Key
	}
	n, bad := n.Apply(a, in, types, c, now)
	if i := typeOf(types, n.Type); i >= 0 && n.Subject == "" {
		n.Subject = types[i].Name
	}
	return n, bad
}

// Clock is what an owner's clock decides: what a day is, and how long before an activity its owner is reminded (nil: never).
type Clock struct {
	Zone *time.Location
	Lead *time.Duration
}

// Late is how long after its due time an undone activity is still worth a reminder.
const Late = 24 * time.Hour

// remind sets when the reminder is looked at: the owner's lead time before the activity falls due, or at once where that has
// passed. Only what has an hour and is not done has one. A reminder that waits, or was sent, for this owner and time stays.
func (n Activity) remind(before Activity, c Clock, now time.Time) Activity {
	same := before.RemindAt != nil && before.OwnerID == n.OwnerID && value.Equal(before.DueAt, n.DueAt)
	n.RemindAt = nil
	switch {
	case n.Done || n.Deleted || n.DueAt == nil || n.DueTime == nil || c.Lead == nil || !now.Before(n.DueAt.Add(Late)):
	case same:
		n.RemindAt = before.RemindAt
	default:
		at := n.DueAt.Add(-*c.Lead)
		if at.Before(now) {
			at = now
		}
		n.RemindAt = &at
	}
	return n
}

// Apply writes an input onto the activity and names every input that is wrong.
func (n Activity) Apply(a auth.Actor, in Input, types []Type, c Clock, now time.Time) (Activity, fault.Fields) {
	var bad fault.Fields
	before := n
	n.Subject = in.Subject.Or(n.Subject)
	if n.Type = in.Type.Or(n.Type); in.Type.Has() && typeOf(types, n.Type) < 0 {
		bad.Add("type", "must be the key_string of an activity type, such as call")
	}
	n.OwnerID = in.OwnerID.Or(n.OwnerID)
	in.DealID.Into(&n.DealID)
	in.OrganizationID.Into(&n.OrganizationID)
	n.Participants = participants(&bad, n.Participants, in)
	n = n.fall(&bad, in, c.Zone)
	if in.Duration.Into(&n.Duration); in.Duration.Has() {
		n.Duration = clock(&bad, "duration", in.Duration.V, 999)
	}
	n.Busy = in.Busy.Or(n.Busy)
	if done := in.Done.Or(n.Done); done != n.Done {
		if n.Done, n.DoneTime = done, nil; done {
			n.DoneTime = &now
		}
	}
	in.Location.Into(&n.Location)
	in.PublicDescription.Into(&n.PublicDescription)
	in.Note.Into(&n.Note)
	in.Priority.Into(&n.Priority)
	n.UpdateTime, n.UpdateUserID = now, a.User
	return n.remind(before, c, now), bad
}

// Delete marks the activity.
func (n Activity) Delete(a auth.Actor, now time.Time) Activity {
	n.Deleted, n.UpdateTime, n.UpdateUserID, n.RemindAt = true, now, a.User, nil
	return n
}

// same reports that an input changed nothing.
func (n Activity) same(before Activity) bool {
	n.UpdateTime, n.UpdateUserID = before.UpdateTime, before.UpdateUserID
	return reflect.DeepEqual(n, before)
}

func typeOf(types []Type, key string) int {
	return slices.IndexFunc(types, func(t Type) bool { return t.Key == key && t.Active })
}

// fall sets when the activity is due. With a time, date and time are one instant in UTC; a date alone is that whole day where
// the owner lives, so it falls due at the day's last moment: it is not overdue during the day, and comes after what has an hour.
func (n Activity) fall(bad *fault.Fields, in Input, zone *time.Location) Activity {
	in.DueDate.Into(&n.DueDate)
	if in.DueTime.Into(&n.DueTime); in.DueTime.Has() {
		n.DueTime = clock(bad, "due_time", in.DueTime.V, 23)
	}
	if n.DueDate == nil {
		if in.DueTime.Has() && n.DueTime != nil {
			bad.Add("due_time", "can be set only together with due_date")
		}
		n.DueTime, n.DueAt = nil, nil
		return n
	}
	day, err := time.Parse(time.DateOnly, string(*n.DueDate))
	if err != nil || day.Year() < 1900 || day.Year() > 9998 {
		bad.Add("due_date", "must be a date between 1900 and 9998")
		return n
	}
	at := time.Date(day.Year(), day.Month(), day.Day()+1, 0, 0, 0, 0, zone).Add(-time.Millisecond).UTC()
	if n.DueTime != nil {
		at, _ = time.Parse(time.DateTime, string(*n.DueDate)+" "+*n.DueTime)
	}
	n.DueAt = &at
	return n
}

var clockForm = regexp.MustCompile(`^(\d{1,3}):([0-5]\d)(?::([0-5]\d))?$`)

// clock reads HH:MM[:SS] and returns HH:MM:SS; "" is none.
func clock(bad *fault.Fields, name, text string, hours int) *string {
	if text == "" {
		return nil
	}
	m := clockForm.FindStringSubmatch(text)
	if m == nil {
		bad.Add(name, "must be HH:MM or HH:MM:SS")
		return nil
	}
	h, _ := strconv.Atoi(m[1])
	if h > hours {
		bad.Add(name, "must be at most %d hours", hours)
		return nil
	}
	s := fmt.Sprintf("%02d:%s:%02s", h, m[2], m[3])
	return &s
}

// participants are those in the input, or else those so far, with exactly one primary: the named one, or the first.
func participants(bad *fault.Fields, had []Participant, in Input) []Participant {
	list := slices.Clone(had)
	if in.Participants.Set {
		list = slices.Clone(in.Participants.V)
		check(bad, list)
	}
	switch primary := slices.IndexFunc(list, func(p Participant) bool { return p.Primary }); {
	case in.PersonID.Has():
		if !slices.ContainsFunc(list, func(p Participant) bool { return p.PersonID == in.PersonID.V }) {
			list = slices.Insert(list, 0, Participant{PersonID: in.PersonID.V})
		}
		for i := range list {
			list[i].Primary = list[i].PersonID == in.PersonID.V
		}
	case in.PersonID.Set && !in.Participants.Set && primary >= 0:
		list = slices.Delete(list, primary, primary+1)
	}
	if len(list) == 0 {
		return nil
	}
	if len(list) > MaxParticipants {
		bad.Add("participants", "must be at most %d persons", MaxParticipants)
	}
	if !slices.ContainsFunc(list, func(p Participant) bool { return p.Primary }) {
		list[0].Primary = true
	}
	return list
}

func check(bad *fault.Fields, list []Participant) {
	primaries, seen := 0, map[int64]bool{}
	for i, p := range list {
		if seen[p.PersonID] {
			bad.Add(fmt.Sprintf("participants[%d].person_id", i), "person %d takes part already", p.PersonID)
		}
		if seen[p.PersonID] = true; p.Primary {
			primaries++
		}
	}
	if primaries > 1 {
		bad.Add("participants", "only one may be primary")
	}
}
