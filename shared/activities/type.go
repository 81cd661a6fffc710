package activities

import (
	"time"

	"github.com/lejek/lejek/shared/change"
)

// KindType is the kind of an activity type's record, KindKey that of the guard of its key.
const (
	KindType = "activityType"
	KindKey  = "typeKey"
)

// Type of activities (contract §3.4). Key is a slug of the name that never changes.
type Type struct {
	ID         int64
	Version    int64
	Name       string
	Key        string
	Icon       string
	Order      int64
	Color      *string
	Custom     bool
	Active     bool
	AddTime    time.Time
	UpdateTime time.Time
}

func (t Type) Ref() change.Ref { return change.Of(KindType, t.ID) }

// DefaultTypes are those that a new team begins with.
func DefaultTypes(now time.Time) []Type {
	var all []Type
	for i, name := range []string{"Call", "Meeting", "Task", "Deadline", "Email", "Lunch"} {
		key := string(name[0]|0x20) + name[1:]
		all = append(all, Type{
			ID: int64(i + 1), Name: name, Key: key, Icon: key, Order: int64(i + 1), Active: true, AddTime: now, UpdateTime: now,
		})
	}
	return all
}
