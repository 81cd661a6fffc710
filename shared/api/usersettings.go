package api

import (
	"context"
	"fmt"
	"html"
	"net/http"

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
	return []Route{
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
		Page("GET /api/v2/userSettings/stopQuestions", http.HandlerFunc(h.ask)),
		Page("POST /api/v2/userSettings/stopQuestions", http.HandlerFunc(h.stop)),
	}
}

func (h UserSettings) settings(ctx context.Context, c Call) (any, error) {
	on, err := h.Teams.MailQuestions(ctx, c.Actor)
	return userSettingsWire{on}, err
}

func (h UserSettings) ask(w http.ResponseWriter, r *http.Request) {
	token := r.URL.Query().Get("token")
	asked, err := h.Teams.Stops(r.Context(), token)
	if err != nil {
		failedPage(w, r, err)
		return
	}
	showPage(w, http.StatusOK, "No more questions?", fmt.Sprintf(`<p>%s of %s will not be asked by mail any more which deal a conversation is about.</p>
%s`, html.EscapeString(asked.User), html.EscapeString(asked.Team), pressing("stopQuestions", token, "Stop these mails")))
}

func (h UserSettings) stop(w http.ResponseWriter, r *http.Request) {
	token, err := formToken(r)
	if err != nil {
		failedPage(w, r, err)
		return
	}
	asked, err := h.Teams.Stop(r.Context(), token)
	if err != nil {
		failedPage(w, r, err)
		return
	}
	showPage(w, http.StatusOK, "Stopped", fmt.Sprintf(`<p>%s is not asked by mail any more. What has to be chosen waits in the mailbox.</p>
<p>To be asked again: <code>PUT /api/v2/userSettings</code> with <code>{"mail_questions": true}</code>.</p>`, html.EscapeString(asked.User)))
}
