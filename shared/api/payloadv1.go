package api

import (
	"context"
	"encoding/json"

	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/persons"
	"github.com/lejek/lejek/shared/pipelines"
	"github.com/lejek/lejek/shared/teams"
	"github.com/lejek/lejek/shared/webhooks"
)

// matchesV1 tells of filters that a record matches; none are looked at.
type matchesV1 struct {
	Current  []int64 `json:"current"`
	Previous []int64 `json:"previous"`
}

// metaV1 is what a payload of version 1.0 says besides the record.
type metaV1 struct {
	V              int       `json:"v"`
	Action         string    `json:"action"`
	Object         string    `json:"object"`
	ID             int64     `json:"id"`
	CompanyID      int64     `json:"company_id"`
	UserID         *int64    `json:"user_id"`
	Host           string    `json:"host"`
	Timestamp      int64     `json:"timestamp"`
	TimestampMicro int64     `json:"timestamp_micro"`
	PermittedUsers []int64   `json:"permitted_user_ids"`
	TransPending   bool      `json:"trans_pending"`
	IsBulkUpdate   bool      `json:"is_bulk_update"`
	ChangeSource   string    `json:"change_source"`
	ServiceName    *string   `json:"pipedrive_service_name"`
	MatchesFilters matchesV1 `json:"matches_filters"`
	WebhookID      string    `json:"webhook_id"`
}

// payloadV1 is a payload of version 1.0; how often it was repeated follows.
type payloadV1 struct {
	V              int             `json:"v"`
	MatchesFilters matchesV1       `json:"matches_filters"`
	Meta           metaV1          `json:"meta"`
	Current        json.RawMessage `json:"current"`
	Previous       json.RawMessage `json:"previous"`
	Event          string          `json:"event"`
}

func (p *Payloads) writeV1(ctx context.Context, c webhooks.Changed, e webhooks.Event) (webhooks.Text, error) {
	none := matchesV1{[]int64{}, []int64{}}
	at := stamped(c)
	w := payloadV1{V: 1, MatchesFilters: none, Current: json.RawMessage("null"), Previous: json.RawMessage("null"), Event: e.Old() + "." + e.Object, Meta: metaV1{
		V: 1, Action: e.Old(), Object: e.Object, ID: c.Ref.ID(), CompanyID: c.Team, Host: p.Host, Timestamp: at.Unix(), TimestampMicro: at.UnixMicro(),
		ChangeSource: orApp(c.Source), MatchesFilters: none,
	}}
	if c.User != 0 {
		w.Meta.UserID = &c.User
	}
	var err error
	if e.Action != webhooks.Create {
		if w.Previous, err = p.toldV1(ctx, c, c.Before); err != nil {
			return nil, err
		}
	}
	if e.Action != webhooks.Delete {
		if w.Current, err = p.toldV1(ctx, c, c.Now); err != nil {
			return nil, err
		}
	}
	if string(w.Current) == string(w.Previous) {
		return nil, nil
	}
	return w, nil
}

// For is the message to one webhook.
func (w payloadV1) For(h webhooks.Webhook, _ string, permitted []int64) (m webhooks.Message, err error) {
	w.Meta.PermittedUsers, w.Meta.WebhookID = permitted, digits(h.ID)
	text, err := marshal(w)
	if err != nil {
		return m, err
	}
	return webhooks.Message{Head: string(text[:len(text)-1]) + `,"retry":`, Tail: "}"}, nil
}

// toldV1 is a record as v1 has it, with plain numbers for what it links to.
func (p *Payloads) toldV1(ctx context.Context, c webhooks.Changed, record any) (json.RawMessage, error) {
	call := Call{Actor: actorOf(c.Team)}
	call.User = c.User
	var picture *int64
	if person, ok := record.(persons.Person); ok {
		picture = person.PictureID()
		person.Picture = nil // its links are for who may see them for a moment
		record = person
	}
	var shown any
	switch r := record.(type) {
	case teams.User:
		shown = Misc{Now: p.Now}.user(call, r)
	case pipelines.Pipeline, pipelines.Stage:
		board, err := p.Pipelines.Board(ctx, call.Actor)
		if err != nil {
			return nil, err
		}
		shown = Recents{}.data(flatOut{}, board, r)
	default:
		out, err := p.Flat.of(ctx, call, []any{r})
		if err != nil {
			return nil, err
		}
		shown = Recents{}.data(out, pipelines.Board{}, r)
	}
	k, err := keysOf(shown)
	if err != nil {
		return nil, err
	}
	for _, name := range []string{"owner_id", "org_id"} {
		var nested struct {
			Value json.RawMessage `json:"value"`
		}
		if json.Unmarshal(k[name], &nested) == nil && nested.Value != nil {
			k[name] = nested.Value
		}
	}
	if _, ok := record.(persons.Person); ok {
		if k["picture_id"], err = marshal(picture); err != nil {
			return nil, err
		}
	}
	return marshal(k)
}

func actorOf(team int64) auth.Actor { return auth.Actor{Team: team} }
