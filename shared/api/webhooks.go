package api

import (
	"context"
	"errors"
	"net/http"

	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/value"
	"github.com/lejek/lejek/shared/webhooks"
)

// webhookWire is a webhook (contract §5), with what Lejek adds: whether deliveries are signed, and until when it is banned.
type webhookWire struct {
	ID               int64   `json:"id"`
	CompanyID        int64   `json:"company_id"`
	OwnerID          int64   `json:"owner_id"`
	UserID           int64   `json:"user_id"`
	EventAction      string  `json:"event_action"`
	EventObject      string  `json:"event_object"`
	SubscriptionURL  string  `json:"subscription_url"`
	Version          string  `json:"version"`
	IsActive         int     `json:"is_active"`
	AddTime          string  `json:"add_time"`
	RemoveTime       *string `json:"remove_time"`
	RemoveReason     *string `json:"remove_reason"`
	Type             string  `json:"type"`
	HTTPAuthUser     *string `json:"http_auth_user"`
	HTTPAuthPassword *string `json:"http_auth_password"`
	LastDeliveryTime *string `json:"last_delivery_time"`
	LastHTTPStatus   *int64  `json:"last_http_status"`
	AdminID          int64   `json:"admin_id"`
	Name             string  `json:"name"`
	Signed           bool    `json:"signed"`
	BannedUntil      *string `json:"banned_until"`
}

// webhookOut is a webhook for whoever asks. The password is for those who could write another one.
func webhookOut(c Call, w webhooks.Standing) webhookWire {
	if c.Scope == auth.ReadOnly {
		w.AuthPassword = nil
	}
	return webhookWire{
		ID: w.ID, CompanyID: c.Team, OwnerID: w.CreatorID, UserID: w.UserID, EventAction: w.Action, EventObject: w.Object, SubscriptionURL: w.URL,
		Version: w.Payload, IsActive: flag(!w.Deleted), AddTime: millis(w.AddTime), RemoveTime: millisOrNull(w.RemoveTime), RemoveReason: w.RemoveReason,
		Type: "general", HTTPAuthUser: w.AuthUser, HTTPAuthPassword: w.AuthPassword, LastDeliveryTime: millisOrNull(w.State.LastTime),
		LastHTTPStatus: value.NonZero(w.State.LastStatus), AdminID: w.CreatorID, Name: w.Name, Signed: w.Signed,
		BannedUntil: millisOrNull(w.State.BannedUntil),
	}
}

type webhookCreate struct {
	SubscriptionURL  value.Opt[string] `json:"subscription_url" rule:"required,max=2000,trim"`
	EventAction      value.Opt[string] `json:"event_action" rule:"required,max=50,trim"`
	EventObject      value.Opt[string] `json:"event_object" rule:"required,max=50,trim"`
	Name             value.Opt[string] `json:"name" rule:"max=255,trim"`
	UserID           value.Opt[int64]  `json:"user_id" rule:"min=1"`
	HTTPAuthUser     value.Opt[string] `json:"http_auth_user" rule:"max=255"`
	HTTPAuthPassword value.Opt[string] `json:"http_auth_password" rule:"max=255"`
	Version          value.Opt[string] `json:"version" rule:"enum=1.0|2.0"`
	Signed           value.Opt[bool]   `json:"signed" rule:"notnull"`
}

// webhookStatus stands in the envelope of webhooks beside data.
type webhookStatus struct {
	Status string `json:"status"`
}

// webhookKey is a key that signs deliveries.
type webhookKey struct {
	ID         string  `json:"id"`
	Secret     string  `json:"secret"`
	AddTime    string  `json:"add_time"`
	ExpireTime *string `json:"expire_time"`
}

func webhookKeyOut(k webhooks.Key) webhookKey {
	return webhookKey{k.ID, k.Text(), millis(k.AddTime), millisOrNull(k.Until)}
}

// deliveryWire is an event on its way to a webhook.
type deliveryWire struct {
	ID         string        `json:"id"`
	WebhookID  int64         `json:"webhook_id"`
	Event      string        `json:"event"`
	EntityID   int64         `json:"entity_id"`
	State      string        `json:"state"` // waiting, delivered, failed, dropped
	Attempts   []attemptWire `json:"attempts"`
	NextTime   *string       `json:"next_attempt_time"`
	Replays    int64         `json:"replays"`
	AddTime    string        `json:"add_time"`
	ExpireTime *string       `json:"expire_time"`
}

// attemptWire is one time that it was sent.
type attemptWire struct {
	Time       string  `json:"time"`
	HTTPStatus *int64  `json:"http_status"` // null without an answer
	Error      *string `json:"error"`
	DurationMs int64   `json:"duration_ms"`
}

func deliveryOut(d webhooks.Delivery) deliveryWire {
	expires := d.Expires()
	return deliveryWire{
		ID: d.ID, WebhookID: d.WebhookID, Event: d.Action + "." + d.Object, EntityID: d.Record.ID(), State: d.State, NextTime: millisOrNull(d.NextTime),
		Replays: d.Replays, AddTime: millis(d.AddTime), ExpireTime: millisOrNull(&expires),
		Attempts: each(d.Attempts, func(a webhooks.Attempt) attemptWire {
			return attemptWire{millis(a.At), value.NonZero(a.Status), orNull(a.Error), a.Millis}
		}),
	}
}

type deliveryPage struct {
	byID
	Limit  int64  `query:"limit" rule:"min=1,max=500"`
	Cursor string `query:"cursor" rule:"max=2000"`
}

type byDelivery struct {
	byID
	Delivery string `path:"delivery_id" rule:"nonempty,max=100"`
}

// Webhooks are the routes of webhooks.
type Webhooks struct{ Webhooks webhooks.Service }

// Routes binds them.
func (h Webhooks) Routes() []Route {
	answer := func(status int, data any) Answer {
		return Answer{Status: status, Data: data, Extra: map[string]any{"status": "ok"}}
	}
	routes := []Route{
		Handle("GET /v1/webhooks", func(ctx context.Context, c Call, _ struct{}) (any, error) {
			all, err := h.Webhooks.List(ctx, c.Actor)
			return answer(http.StatusOK, each(all, func(w webhooks.Standing) webhookWire { return webhookOut(c, w) })), err
		}).Lists(webhookWire{}, Whole).Beside(webhookStatus{}),
		Handle("POST /v1/webhooks", func(ctx context.Context, c Call, in webhookCreate) (any, error) {
			w, err := h.Webhooks.Create(ctx, c.Actor, webhooks.Input{
				Name: in.Name.V, URL: in.SubscriptionURL.V, Action: in.EventAction.V, Object: in.EventObject.V, Payload: in.Version.V,
				UserID: in.UserID, AuthUser: in.HTTPAuthUser, AuthPassword: in.HTTPAuthPassword, Signed: in.Signed.V,
			})
			return answer(http.StatusCreated, webhookOut(c, webhooks.Standing{Webhook: w})), err
		}).Returns(webhookWire{}).Created().Beside(webhookStatus{}),
		Handle("DELETE /v1/webhooks/{id}", func(ctx context.Context, c Call, in byID) (any, error) {
			return Answer{Bare: true, Extra: map[string]any{"status": "ok"}}, h.Webhooks.Delete(ctx, c.Actor, in.ID)
		}).Beside(webhookStatus{}),
	}
	for i := range routes {
		routes[i].adds = webhookError
	}
	return append(routes,
		Handle("GET /api/v2/webhooks/{id}/deliveries", func(ctx context.Context, c Call, in deliveryPage) (any, error) {
			limit := int(in.Limit)
			if limit == 0 {
				limit = 100
			}
			page, err := h.Webhooks.Deliveries(ctx, c.Actor, in.ID, in.Cursor, limit)
			return listed(each(page.Items, deliveryOut), page.Next), err
		}).Lists(deliveryWire{}, ByCursor),
		Handle("POST /api/v2/webhooks/{id}/deliveries/{delivery_id}/replay", func(ctx context.Context, c Call, in byDelivery) (any, error) {
			d, err := h.Webhooks.Replay(ctx, c.Actor, in.ID, in.Delivery)
			return deliveryOut(d), err
		}).Returns(deliveryWire{}),
		Handle("GET /api/v2/webhooks/keys", func(ctx context.Context, c Call, _ struct{}) (any, error) {
			keys, err := h.Webhooks.Keys(ctx, c.Actor)
			return listed(each(keys, webhookKeyOut), ""), err
		}).Lists(webhookKey{}, ByCursor).Secret(),
		Handle("POST /api/v2/webhooks/keys/rotate", func(ctx context.Context, c Call, _ struct{}) (any, error) {
			k, err := h.Webhooks.Rotate(ctx, c.Actor)
			return Answer{Data: webhookKeyOut(k), Secret: true}, err
		}).Returns(webhookKey{}),
	)
}

// webhookError are the keys that errors of webhooks have besides all others' (contract §1.2).
func webhookError(err error) map[string]any {
	var f *fault.Error
	if !errors.As(err, &f) || f.Kind == fault.Unauthorized {
		return nil
	}
	extra := map[string]any{"status": "error"}
	if f.Kind == fault.Forbidden {
		extra["message"] = f.Message
	}
	if len(f.Fields) > 0 {
		wrong := map[string][]string{}
		for _, field := range f.Fields[:min(len(f.Fields), maxNamed)] {
			name := truncate(field.Name, maxName)
			wrong[name] = append(wrong[name], truncate(field.Message, maxText))
		}
		extra["errors"] = wrong
	}
	return extra
}
