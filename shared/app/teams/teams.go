// Package teams constructs the admin function: teams, users and tokens. It takes a JSON event with an action and its inputs
// and answers JSON; no route leads to it, so only AWS credentials do.
package teams

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"

	"github.com/aws/aws-lambda-go/lambda"

	"github.com/lejek/lejek/shared/app"
	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/boot"
	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/teams"
)

// New is the handler of the function. What the operator did wrong is an answer, {"error": "…"}; a failure of ours fails the
// invocation, with the cause in the log only.
func New(env boot.Env) lambda.Handler {
	a := admin{teams: app.New(env).Teams(), domain: env.MailDomain}
	return lambda.NewHandler(func(ctx context.Context, event json.RawMessage) (any, error) {
		answer, err := a.do(ctx, event)
		var told *fault.Error
		if errors.As(err, &told) && told.Kind != fault.Internal {
			env.Log.InfoContext(ctx, "refused", slog.String("kind", string(told.Kind)))
			return refusal{text(told)}, nil
		}
		if err != nil {
			env.Log.ErrorContext(ctx, "failed", slog.String("cause", err.Error()))
			return nil, errors.New("internal error; the cause is in the function's log")
		}
		return answer, nil
	})
}

type refusal struct {
	Error string `json:"error"`
}

// text is what a fault says to the operator, every wrong input named.
func text(f *fault.Error) string {
	var parts []string
	if f.Message != "" {
		parts = append(parts, f.Message)
	}
	for _, field := range f.Fields {
		parts = append(parts, field.Name+": "+field.Message)
	}
	return strings.Join(parts, "; ")
}

type admin struct {
	teams  teams.Service
	domain string
}

// Inputs of the actions.
type (
	createTeam struct {
		Name     string `json:"name"`
		Email    string `json:"email"`
		UserName string `json:"user_name"`
		TimeZone string `json:"time_zone"`
		Currency string `json:"currency"`
	}
	createUser struct {
		Team     int64  `json:"team"`
		Email    string `json:"email"`
		Name     string `json:"name"`
		TimeZone string `json:"time_zone"`
	}
	ofUser struct {
		Team  int64  `json:"team"`
		Email string `json:"email"`
	}
	newToken struct {
		Team  int64      `json:"team"`
		Email string     `json:"email"`
		Scope auth.Scope `json:"scope"`
	}
	setReminders struct {
		Team    int64  `json:"team"`
		Email   string `json:"email"`
		Minutes *int64 `json:"minutes"` // null: the default; less than 0: never
	}
)

// Answers, in the order in which they are printed.
type (
	teamCreated struct {
		Team           int64  `json:"team"`
		User           int64  `json:"user"`
		InboundAddress string `json:"inbound_address"`
		Token          string `json:"token"`
	}
	userCreated struct {
		Team int64 `json:"team"`
		User int64 `json:"user"`
	}
	tokenCreated struct {
		Token string `json:"token"`
	}
	tokensRevoked struct {
		Revoked int `json:"revoked"`
	}
	remindersSet struct {
		Minutes *int64 `json:"minutes"`
	}
)

func (a admin) do(ctx context.Context, event json.RawMessage) (any, error) {
	var named struct {
		Action string `json:"action"`
	}
	if err := json.Unmarshal(event, &named); err != nil {
		return nil, fault.New(fault.Invalid, "the event must be a JSON object with an action").Because(err)
	}
	switch named.Action {
	case "create_team":
		var in createTeam
		if err := read(event, &in); err != nil {
			return nil, err
		}
		in.TimeZone, in.Currency = cmp.Or(in.TimeZone, "UTC"), cmp.Or(in.Currency, "EUR")
		c, err := a.teams.CreateTeam(ctx, teams.TeamInput(in))
		return teamCreated{c.Team.ID, c.User.ID, c.Team.InboundLocal + "@" + a.domain, string(c.Token)}, err
	case "create_user":
		var in createUser
		if err := read(event, &in); err != nil {
			return nil, err
		}
		u, err := a.teams.CreateUser(ctx, teams.UserInput{Team: in.Team, Email: in.Email, Name: in.Name, TimeZone: in.TimeZone})
		return userCreated{in.Team, u.ID}, err
	case "create_token":
		var in newToken
		if err := read(event, &in); err != nil {
			return nil, err
		}
		if in.Scope = cmp.Or(in.Scope, auth.ReadWrite); in.Scope != auth.ReadOnly && in.Scope != auth.ReadWrite {
			return nil, fault.BadField("scope", "must be %s or %s", auth.ReadOnly, auth.ReadWrite)
		}
		t, err := a.teams.CreateToken(ctx, in.Team, in.Email, in.Scope)
		return tokenCreated{string(t)}, err
	case "revoke_tokens":
		var in ofUser
		if err := read(event, &in); err != nil {
			return nil, err
		}
		n, err := a.teams.RevokeTokens(ctx, auth.Actor{Team: in.Team}, in.Email)
		return tokensRevoked{n}, err
	case "set_reminders":
		var in setReminders
		if err := read(event, &in); err != nil {
			return nil, err
		}
		return remindersSet{in.Minutes}, a.teams.SetReminders(ctx, in.Team, in.Email, in.Minutes)
	}
	return nil, fault.BadField("action", "must be one of create_team, create_user, create_token, revoke_tokens, set_reminders")
}

// read fills an action's input; what it does not know, or of another type, is named.
func read[In any](event json.RawMessage, in *In) error {
	var all map[string]json.RawMessage
	if err := json.Unmarshal(event, &all); err != nil {
		return fault.New(fault.Invalid, "the event must be a JSON object with an action").Because(err)
	}
	delete(all, "action")
	rest, err := json.Marshal(all)
	if err != nil {
		return fmt.Errorf("teams.read: %w", err)
	}
	d := json.NewDecoder(bytes.NewReader(rest))
	d.DisallowUnknownFields()
	err = d.Decode(in)
	var wrong *json.UnmarshalTypeError
	switch {
	case errors.As(err, &wrong):
		return fault.BadField(wrong.Field, "must be a %s", jsonName(wrong.Type.Kind().String()))
	case err != nil:
		return fault.New(fault.Invalid, "%s", strings.TrimPrefix(err.Error(), "json: "))
	}
	return nil
}

func jsonName(kind string) string {
	if kind == "int64" {
		return "number"
	}
	return kind
}
