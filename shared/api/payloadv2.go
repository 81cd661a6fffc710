package api

import (
	"context"
	"fmt"

	"github.com/lejek/lejek/shared/teams"
	"github.com/lejek/lejek/shared/webhooks"
)

// metaV2 is what a payload of version 2.0 says besides the record; the number of the attempt follows. All ids are texts.
type metaV2 struct {
	Action         string   `json:"action"`
	Entity         string   `json:"entity"`
	EntityID       string   `json:"entity_id"`
	CompanyID      string   `json:"company_id"`
	UserID         *string  `json:"user_id"`
	CorrelationID  string   `json:"correlation_id"`
	ID             string   `json:"id"`
	Timestamp      any      `json:"timestamp"`
	Type           string   `json:"type"`
	Version        string   `json:"version"`
	WebhookID      string   `json:"webhook_id"`
	WebhookOwnerID string   `json:"webhook_owner_id"`
	IsBulkEdit     bool     `json:"is_bulk_edit"`
	ChangeSource   string   `json:"change_source"`
	PermittedUsers []string `json:"permitted_user_ids,omitempty"`
	MergedToID     string   `json:"merged_to_id,omitempty"`
	MergedFromID   string   `json:"merged_from_id,omitempty"`
	Host           string   `json:"host"`
}

// payloadV2 is a change, written up to what differs between webhooks.
type payloadV2 struct {
	data, previous []byte
	meta           metaV2
}

func (p *Payloads) writeV2(ctx context.Context, c webhooks.Changed, e webhooks.Event) (webhooks.Text, error) {
	w := payloadV2{data: []byte("null"), previous: []byte("null"), meta: metaV2{
		Action: e.Action, Entity: e.Object, EntityID: digits(c.Ref.ID()), CompanyID: digits(c.Team), UserID: digitsOrNull(c.User),
		CorrelationID: c.Correlation(), Timestamp: millis(stamped(c)), Type: "general", Version: webhooks.V2, ChangeSource: orApp(c.Source), Host: p.Host,
	}}
	if _, ok := c.Now.(teams.User); ok {
		w.meta.Timestamp = c.At.Unix()
	}
	switch {
	case c.Merged != "" && e.Action == webhooks.Delete:
		w.meta.MergedToID = mergedID(c.Merged)
	case c.Merged != "":
		w.meta.MergedFromID = mergedID(c.Merged)
	}
	now, err := p.toldV2(ctx, c.Team, c.Now)
	if err != nil {
		return nil, err
	}
	if e.Action == webhooks.Create {
		w.data, err = marshal(now)
		return w, err
	}
	before, err := p.toldV2(ctx, c.Team, c.Before)
	if err != nil {
		return nil, err
	}
	if e.Action == webhooks.Delete {
		w.previous, err = marshal(before)
		return w, err
	}
	is, err := keysOf(now)
	if err != nil {
		return nil, err
	}
	was, err := keysOf(before)
	if err != nil {
		return nil, err
	}
	changed, err := is.changedFrom(was)
	if err != nil {
		return nil, err
	}
	if len(changed) == 0 && c.Merged == "" {
		return nil, nil // such as where the record shows
	}
	if w.previous, err = marshal(changed); err != nil {
		return nil, err
	}
	w.data, err = marshal(now)
	return w, err
}

// For is the message to one webhook.
func (w payloadV2) For(h webhooks.Webhook, delivery string, permitted []int64) (m webhooks.Message, err error) {
	meta := w.meta
	meta.ID, meta.WebhookID, meta.WebhookOwnerID = delivery, digits(h.ID), digits(h.CreatorID)
	if meta.Entity != teams.KindUser {
		meta.PermittedUsers = each(permitted, digits)
	}
	text, err := marshal(meta)
	if err != nil {
		return m, err
	}
	m.Head = fmt.Sprintf(`{"data":%s,"previous":%s,"meta":%s,"attempt":`, w.data, w.previous, text[:len(text)-1])
	m.Tail = "}}"
	return m, nil
}

// orApp is how a change came; what nobody did, Lejek did.
func orApp(source string) string {
	if source == "" {
		return "app"
	}
	return source
}
