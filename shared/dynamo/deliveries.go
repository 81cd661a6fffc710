package dynamo

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-lambda-go/events"

	"github.com/lejek/lejek/shared/activities"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/schema"
	"github.com/lejek/lejek/shared/webhooks"
)

var (
	deliveryKind = kindOf[webhooks.Delivery]{name: webhooks.KindDelivery, extra: func(_ int64, d webhooks.Delivery, it item) {
		it[schema.Expires] = number(d.Expires().Unix())
	}}
	deliveryBodyKind = kindOf[webhooks.Part]{name: webhooks.KindBody, extra: func(_ int64, p webhooks.Part, it item) {
		it[schema.Expires] = number(p.KeptUntil.Unix())
	}}
)

var (
	_ webhooks.LogStore  = Webhooks{}
	_ webhooks.SendStore = Webhooks{}
)

// Delivery is one delivery of a webhook.
func (h Webhooks) Delivery(ctx context.Context, team, webhook int64, id string) (d webhooks.Delivery, err error) {
	it, err := h.get(ctx, keyOf(team, webhooks.DeliveryRef(webhook, id)))
	if err == nil && it == nil {
		err = fault.Missing("Delivery")
	}
	if err != nil {
		return d, err
	}
	return deliveryKind.decode(it)
}

// Deliveries are a webhook's, newest first, without what they say.
func (h Webhooks) Deliveries(ctx context.Context, team, webhook int64, after string, limit int) (list []webhooks.Delivery, more bool, err error) {
	from := schema.Delivery.Key(team, fmt.Sprint(webhook), "")
	q := query{pk: from.PK, from: from.SK, to: from.SK + "~", desc: true, limit: limit}
	if after != "" {
		q.after = from.SK + after
	}
	items, more, err := h.query(ctx, q)
	if err != nil {
		return nil, false, fmt.Errorf("dynamo.Deliveries: %w", err)
	}
	list, err = decodeAll(deliveryKind, items)
	return list, more, err
}

// Parts are what a delivery says.
func (h Webhooks) Parts(ctx context.Context, team int64, d webhooks.Delivery) (parts []webhooks.Part, err error) {
	keys := make([]schema.Key, d.Parts)
	for i := range keys {
		keys[i] = keyOf(team, d.PartRef(int64(i)))
	}
	found, err := h.batch(ctx, keys)
	if err != nil {
		return nil, fmt.Errorf("dynamo.Parts: %w", err)
	}
	for _, k := range keys {
		p, err := deliveryBodyKind.decode(found[k])
		if err != nil {
			return nil, err
		}
		parts = append(parts, p)
	}
	return parts, nil
}

// told are the kinds of records of which webhooks tell.
var told = map[string]bool{
	change.Deal: true, change.Person: true, change.Organization: true, change.Activity: true, change.Note: true, kindPipeline: true, kindStage: true,
	kindUser: true, activities.KindType: true,
}

// WriteOf reads a record of the stream as a write of a record that webhooks tell of; false for anything else. What TTL takes away was
// told of when it was marked deleted.
func WriteOf(r events.DynamoDBEventRecord) (c webhooks.Changed, ok bool, err error) {
	team, ref, ok := recordOf(r.Change.Keys)
	if !ok || !told[ref.Kind()] || r.EventName == string(events.DynamoDBOperationTypeRemove) {
		return c, false, nil
	}
	c = webhooks.Changed{Team: team, Ref: ref, At: r.Change.ApproximateCreationDateTime.UTC()}
	kind := kinds[ref.Kind()]
	for _, state := range []struct {
		image map[string]events.DynamoDBAttributeValue
		to    *any
	}{{r.Change.OldImage, &c.Before}, {r.Change.NewImage, &c.Now}} {
		if len(state.image) == 0 {
			continue
		}
		it, err := itemOf(state.image)
		if err != nil {
			return c, false, err
		}
		if *state.to, err = kind.decodeAny(it); err != nil {
			return c, false, err
		}
		c.Version, c.User, c.Source = numberOf(it, schema.Version), numberOf(it, writtenBy), textOf(it, writtenVia)
		c.Merged = change.Ref(textOf(it, mergedWith))
	}
	return c, c.Now != nil, nil
}

// recordOf is the record that lies under a key, by itself or in one of the small collections of which webhooks tell.
func recordOf(keys map[string]events.DynamoDBAttributeValue) (team int64, ref change.Ref, ok bool) {
	team, name, ok := teamOf(keys[schema.PK])
	if !ok || keys[schema.SK].DataType() != events.DataTypeString {
		return 0, "", false
	}
	sk := keys[schema.SK].String()
	if sk == schema.Record.Prefix() {
		return team, change.Ref(name), true
	}
	kind, number := map[string]string{"users": kindUser, "activityTypes": activities.KindType}[name], sk
	if name == "pipelines" {
		kind, number, _ = strings.Cut(sk, "#")
	}
	var id int64
	if _, err := fmt.Sscan(strings.TrimLeft(number, "0"), &id); err != nil || kind == "" {
		return 0, "", false
	}
	return team, change.Of(kind, id), true
}
