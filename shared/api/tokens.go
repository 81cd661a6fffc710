package api

import (
	"cmp"
	"context"
	"net/http"

	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/teams"
	"github.com/lejek/lejek/shared/value"
)

// tokenWire is what is told of a token after it was made.
type tokenWire struct {
	ID       string  `json:"id"`
	UserID   int64   `json:"user_id"`
	Name     string  `json:"name"`
	Scope    string  `json:"scope"`
	AddTime  *string `json:"add_time"`
	LastUsed *string `json:"last_used_time"` // to the hour
}

// tokenMade is told once.
type tokenMade struct {
	tokenWire
	Token string `json:"token"`
}

func tokenOut(t teams.Token) tokenWire {
	w := tokenWire{ID: t.ID(), UserID: t.UserID, Name: t.Name, Scope: string(t.Scope)}
	if !t.AddTime.IsZero() {
		w.AddTime = seconds(&t.AddTime)
	}
	if !t.LastUsed.IsZero() {
		w.LastUsed = seconds(&t.LastUsed)
	}
	return w
}

type tokenCreate struct {
	Name   value.Opt[string] `json:"name" rule:"required,nonempty,max=100,trim"`
	Scope  value.Opt[string] `json:"scope" rule:"notnull,enum=read-only|read-write"`
	UserID value.Opt[int64]  `json:"user_id" rule:"notnull,min=1"`
}

// auditWire is an administrative act.
type auditWire struct {
	ID       string            `json:"id"`
	Time     string            `json:"time"`
	Act      string            `json:"action"`
	Object   string            `json:"object"`    // user, token, field, …
	ObjectID string            `json:"object_id"` // its id
	UserID   *int64            `json:"user_id"`   // null: an operator of the deployment
	Source   string            `json:"source"`
	Agent    *string           `json:"user_agent"`
	Detail   map[string]string `json:"detail"`
}

func auditOut(a teams.Audited) auditWire {
	w := auditWire{
		ID: a.ID, Time: millis(a.At), Act: a.Act, Object: a.Object.Kind(), ObjectID: a.Object.Name(), Source: a.Source, Agent: orNull(a.Agent), Detail: a.Detail,
	}
	if a.User != 0 {
		w.UserID = &a.User
	}
	return w
}

type auditPage struct {
	Limit  int64  `query:"limit" rule:"min=1,max=500"`
	Cursor string `query:"cursor" rule:"max=2000"`
}

// Administration are the routes of tokens and of the audit log.
type Administration struct{ Teams teams.Service }

// Routes binds them.
func (h Administration) Routes() []Route {
	return []Route{
		Handle("GET /api/v2/apiTokens", func(ctx context.Context, c Call, _ struct{}) (any, error) {
			all, err := h.Teams.Tokens(ctx, c.Actor)
			return each(all, tokenOut), err
		}).Lists(tokenWire{}, Whole),
		Handle("POST /api/v2/apiTokens", func(ctx context.Context, c Call, in tokenCreate) (any, error) {
			clear, t, err := h.Teams.AddToken(ctx, c.Actor, teams.TokenInput{UserID: in.UserID.Or(c.User), Name: in.Name.V, Scope: auth.Scope(in.Scope.V)})
			if err != nil {
				return nil, err
			}
			return Answer{Status: http.StatusCreated, Data: tokenMade{tokenOut(t), string(clear)}, Secret: true}, nil
		}).Returns(tokenMade{}).Created(),
		Handle("DELETE /api/v2/apiTokens/{id}", func(ctx context.Context, c Call, in byName) (any, error) {
			return deletedName(in), h.Teams.RevokeToken(ctx, c.Actor, in.ID)
		}).Returns(deletedName{}),
		Handle("GET /api/v2/auditLog", func(ctx context.Context, c Call, in auditPage) (any, error) {
			page, err := h.Teams.AuditLog(ctx, c.Actor, in.Cursor, int(cmp.Or(in.Limit, 100)))
			return listed(each(page.Items, auditOut), page.Next), err
		}).Lists(auditWire{}, ByCursor),
	}
}

// deletedName is the data of a DELETE of what has a name for an id.
type deletedName struct {
	ID string `json:"id"`
}

// allowed tells whether a token's scope is enough for a route.
func allowed(s auth.Scope, r Route) error {
	switch method := r.operation.Method(); {
	case s != auth.ReadOnly:
		return nil
	case method != http.MethodGet:
		return fault.New(fault.Forbidden, "This token is read-only: it cannot %s", method)
	case r.secret:
		return fault.New(fault.Forbidden, "This token is read-only: it cannot read secrets")
	}
	return nil
}
