package app

import (
	"context"
	"time"

	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/dispatch"
	"github.com/lejek/lejek/shared/dynamo"
	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/letter"
)

// Dispatch mails what falls due: reminders of activities, questions about mail threads.
func (c Core) Dispatch(sender letter.Sender) dispatch.Service {
	return dispatch.Service{
		Store: dynamo.Dispatch{DB: c.DB}, Sender: sender, Begin: c.firstTeam, Now: c.Now,
		Sources: map[string]dispatch.Source{change.Activity: c.Reminders().Matter, change.MailThread: c.Questions().Matter},
	}
}

// firstTeam is when the first team was made: nothing is older.
func (c Core) firstTeam(ctx context.Context) (time.Time, error) {
	first, err := c.Teams().Team(ctx, auth.Actor{Team: 1})
	if fault.Is(err, fault.NotFound) {
		return time.Time{}, nil
	}
	return first.AddTime, err
}
