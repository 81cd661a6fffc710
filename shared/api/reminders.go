package api

import (
	"context"

	"github.com/lejek/lejek/shared/reminders"
)

// reminderWire is what became of a reminder. An activity that moved, or got another owner, may have had several.
type reminderWire struct {
	ActivityID int64   `json:"activity_id"`
	UserID     int64   `json:"user_id"` // who is reminded
	DueTime    *string `json:"due_time"`
	State      string  `json:"state"` // pending, sending, sent, failed, missed
	SentTime   *string `json:"sent_time"`
	Tries      int64   `json:"tries"`
	Error      *string `json:"error"`
}

func reminderOut(r reminders.Reminder) reminderWire {
	w := reminderWire{ActivityID: r.ActivityID, UserID: r.OwnerID, DueTime: seconds(&r.DueAt), State: r.State, SentTime: seconds(r.SentAt), Tries: r.Tries}
	if r.Error != "" {
		w.Error = &r.Error
	}
	return w
}

// Reminders are the routes of reminders.
type Reminders struct{ Reminders reminders.Service }

// Routes binds them.
func (h Reminders) Routes() []Route {
	return []Route{
		Handle("GET /api/v2/activities/{id}/reminders", func(ctx context.Context, c Call, in byID) (any, error) {
			list, err := h.Reminders.OfActivity(ctx, c.Team, in.ID)
			return listed(each(list, reminderOut), ""), err
		}).Lists(reminderWire{}, ByCursor),
	}
}
