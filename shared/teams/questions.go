package teams

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/signed"
)

// StopPath is where links lead that switch questions off.
const StopPath = "/api/v2/userSettings/stopQuestions"

const stopping = "stop questions" // the purpose of a link

// MailQuestions tells whether the actor is asked by mail which deal a mail is about.
func (s Service) MailQuestions(ctx context.Context, a auth.Actor) (bool, error) {
	u, err := s.Store.User(ctx, a.Team, a.User)
	return !u.Quiet, err
}

// SetMailQuestions switches the actor's questions off or on.
func (s Service) SetMailQuestions(ctx context.Context, a auth.Actor, on bool) error {
	return change.Retry(ctx, func() error {
		u, err := s.Store.User(ctx, a.Team, a.User)
		if err != nil || u.Quiet == !on {
			return err
		}
		return s.setQuiet(ctx, a, u, !on)
	})
}

func (s Service) setQuiet(ctx context.Context, a auth.Actor, u User, quiet bool) error {
	u.Quiet, u.QuietSet, u.UpdateTime = quiet, u.QuietSet+1, s.now()
	set := change.By(a)
	set.Audit(a, u.UpdateTime, map[bool]string{true: "user.mail_questions_off", false: "user.mail_questions_on"}[quiet], u.Ref(), map[string]string{"email": u.Email})
	set.Put(u.Ref(), u, u.Version)
	return s.Store.Commit(ctx, set)
}

// StopLink is what a link says that switches the user's questions off, once.
func (u User) StopLink(team int64) signed.Claims {
	return signed.Claims{Purpose: stopping, Team: team, Subject: fmt.Sprintf("%d/%d", u.ID, u.QuietSet)}
}

// Stops reads whose questions a link switches off, and changes nothing.
func (s Service) Stops(ctx context.Context, token string) (Asked, error) {
	asked, _, _, err := s.stops(ctx, token)
	return asked, err
}

// Stop switches the questions off that a link is about.
func (s Service) Stop(ctx context.Context, token string) (asked Asked, err error) {
	err = change.Retry(ctx, func() error {
		var u User
		var team int64
		if asked, u, team, err = s.stops(ctx, token); err != nil {
			return err
		}
		return s.setQuiet(ctx, auth.Actor{Team: team, User: u.ID, Source: "app"}, u, true)
	})
	return asked, err
}

func (s Service) stops(ctx context.Context, token string) (asked Asked, u User, team int64, err error) {
	c, ok, err := s.Open(ctx, token, stopping)
	if err != nil {
		return asked, u, 0, err
	}
	user, _, _ := strings.Cut(c.Subject, "/")
	id, _ := strconv.ParseInt(user, 10, 64) // it was signed
	if ok {
		u, err = s.Store.User(ctx, c.Team, id)
	}
	if !ok || fault.Is(err, fault.NotFound) || err == nil && (!u.Active || u.Quiet || u.StopLink(c.Team).Subject != c.Subject) {
		return asked, u, 0, fault.New(fault.NotFound, "This link is not valid, or not any more. Links that stop questions work once, for 30 days.")
	}
	if err != nil {
		return asked, u, 0, err
	}
	t, err := s.Store.Team(ctx, c.Team)
	return Asked{u.Email, u.Name, t.Name}, u, c.Team, err
}
