package api

import (
	"context"
	"fmt"
	"html"

	"github.com/lejek/lejek/shared/teams"
	"github.com/lejek/lejek/shared/value"
)

// UserSettings are the routes of what users set for themselves, and the page that a link in mail leads to.
type UserSettings struct{ Teams teams.Service }

type userSettingsWire struct {
	MailQuestions bool `json:"mail_questions"` // the user is asked by mail which deal a mail is about
}

type userSettingsUpdate struct {
	MailQuestions value.Opt[bool] `json:"mail_questions" rule:"notnull"`
}

// Routes binds them.
func (h UserSettings) Routes() []Route {
	return append(h.page().routes(),
		Handle("GET /api/v2/userSettings", func(ctx context.Context, c Call, _ struct{}) (any, error) {
			return h.settings(ctx, c)
		}).Returns(userSettingsWire{}),
		Handle("PUT /api/v2/userSettings", func(ctx context.Context, c Call, in userSettingsUpdate) (any, error) {
			if in.MailQuestions.Has() {
				if err := h.Teams.SetMailQuestions(ctx, c.Actor, in.MailQuestions.V); err != nil {
					return nil, err
				}
			}
			return h.settings(ctx, c)
		}).Returns(userSettingsWire{}),
	)
}

func (h UserSettings) settings(ctx context.Context, c Call) (any, error) {
	on, err := h.Teams.MailQuestions(ctx, c.Actor)
	return userSettingsWire{on}, err
}

// page switches the questions off.
func (h UserSettings) page() linkPage[teams.Asked] {
	return linkPage[teams.Asked]{
		path: "/api/v2/userSettings/stopQuestions", look: h.Teams.Stops, act: h.Teams.Stop,
		asks: func(v teams.Asked) (title, text, button string) {
			return "No more questions?", fmt.Sprintf("<p>%s of %s will not be asked by mail any more which deal a conversation is about.</p>",
				html.EscapeString(v.User), html.EscapeString(v.Team)), "Stop these mails"
		},
		done: func(v teams.Asked) (title, text string) {
			return "Stopped", fmt.Sprintf(`<p>%s is not asked by mail any more. What has to be chosen waits in the mailbox.</p>
<p>To be asked again: <code>PUT /api/v2/userSettings</code> with <code>{"mail_questions": true}</code>.</p>`, html.EscapeString(v.User))
		},
	}
}
