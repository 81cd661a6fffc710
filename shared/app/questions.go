package app

import (
	"context"

	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/mailbox"
	"github.com/lejek/lejek/shared/teams"
)

// Questions asks users by mail which deal a thread is about.
func (c Core) Questions() mailbox.Questions {
	return mailbox.Questions{
		Box: c.Mailbox(), Links: c.Teams(), Users: respondents{c.Teams(), c.MailDomain}.respondent, Steps: c.steps, Domain: c.MailDomain, API: c.APIURL,
	}
}

// respondents are users as questions know them.
type respondents struct {
	teams.Service
	domain string
}

func (r respondents) respondent(ctx context.Context, team, user int64) (mailbox.Respondent, error) {
	u, err := r.User(ctx, auth.Actor{Team: team}, user)
	if err != nil {
		return mailbox.Respondent{}, err
	}
	t, err := r.Team(ctx, auth.Actor{Team: team})
	return mailbox.Respondent{
		Name: u.Name, Email: u.Email, Team: t.Name, Active: u.Active, Quiet: u.Quiet, Stop: u.StopLink(team), StopPath: teams.StopPath,
		Answers: func(thread int64) string { return t.AnswersAbout(thread, r.domain) },
	}, err
}

// steps is one query.
func (c Core) steps(ctx context.Context, team int64) (map[int64]string, error) {
	board, err := c.Pipelines().Board(ctx, auth.Actor{Team: team})
	pipelines, steps := map[int64]string{}, map[int64]string{}
	for _, p := range board.Pipelines {
		pipelines[p.ID] = p.Name
	}
	for _, s := range board.Stages {
		steps[s.ID] = s.Name + ", " + pipelines[s.PipelineID]
	}
	return steps, err
}
