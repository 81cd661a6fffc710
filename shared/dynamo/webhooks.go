package dynamo

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/schema"
	"github.com/lejek/lejek/shared/webhooks"
)

var (
	webhookKind = kindOf[webhooks.Webhook]{name: webhooks.Kind, extra: func(_ int64, w webhooks.Webhook, it item) {
		if w.RemoveTime != nil {
			expire(it, w.Deleted, *w.RemoveTime)
		}
	}}
	signingKeysKind = kindOf[webhooks.Keys]{name: webhooks.KindKeys}
)

// Webhooks keeps webhooks and how they fare.
type Webhooks struct{ records[webhooks.Webhook] }

var _ webhooks.Store = Webhooks{}

// NewWebhooks keeps webhooks in db.
func NewWebhooks(db *DB) Webhooks {
	return Webhooks{records[webhooks.Webhook]{db, webhookKind, "Webhook"}}
}

// All reads a team's webhooks and their states with one query; of most teams there is nothing, at a read unit.
func (h Webhooks) All(ctx context.Context, team int64) (all []webhooks.Standing, err error) {
	items, _, err := h.query(ctx, query{pk: schema.Webhook.Partition(team), from: schema.WebhookState.Prefix(), to: schema.Webhook.Prefix() + "~"})
	if err != nil {
		return nil, fmt.Errorf("dynamo.Webhooks.All: %w", err)
	}
	states := map[string]webhooks.State{} // they come first
	for _, it := range items {
		sk := textOf(it, schema.SK)
		if id, ok := strings.CutPrefix(sk, schema.WebhookState.Prefix()); ok {
			if states[id], err = stateOf(it); err != nil {
				return nil, err
			}
			continue
		}
		w, err := webhookKind.decode(it)
		if err != nil {
			return nil, err
		}
		if !w.Deleted {
			all = append(all, webhooks.Standing{Webhook: w, State: states[strings.TrimPrefix(sk, schema.Webhook.Prefix())]})
		}
	}
	return all, nil
}

// Get is one webhook with its state.
func (h Webhooks) Get(ctx context.Context, team, id int64) (s webhooks.Standing, err error) {
	at, state := schema.Webhook.Key(team, id), schema.WebhookState.Key(team, id)
	found, err := h.batch(ctx, []schema.Key{at, state})
	if err == nil && found[at] == nil {
		err = fault.Missing("Webhook")
	}
	if err != nil {
		return s, err
	}
	if s.Webhook, err = webhookKind.decode(found[at]); err == nil && found[state] != nil {
		s.State, err = stateOf(found[state])
	}
	return s, err
}

// Keys are the team's signing keys.
func (h Webhooks) Keys(ctx context.Context, team int64) (k webhooks.Keys, err error) {
	it, err := h.get(ctx, keyOf(team, webhooks.KeysRef))
	if err != nil || it == nil {
		return k, err
	}
	return signingKeysKind.decode(it)
}

// stamp is a time as structs hold it.
func stamp(t time.Time) types.AttributeValue { return text(t.Format(time.RFC3339Nano)) }

func stateOf(it item) (webhooks.State, error) { return kindOf[webhooks.State]{}.decode(it) }

// keepState is how long the state of a webhook stays to which nothing is sent any more.
const keepState = 365 * 24 * time.Hour

// Attempted notes an attempt, without reading: many deliveries of a webhook may be under way at once.
func (h Webhooks) Attempted(ctx context.Context, team, id int64, a webhooks.Attempt, of webhooks.Try) (webhooks.State, error) {
	first := of == webhooks.First
	x := expression{names: map[string]string{}, values: item{}}
	set := func(name string, v types.AttributeValue) { x.set = append(x.set, x.name(name)+" = "+x.value(v)) }
	set("LastTime", stamp(a.At))
	set("LastStatus", number(a.Status))
	set(schema.Expires, number(a.At.Add(keepState).Unix()))
	switch {
	case of == webhooks.Trial:
	case a.Succeeded():
		if x.remove = append(x.remove, x.name("FailingSince")); first {
			set("Failures", number(0))
		}
	default:
		since := x.name("FailingSince")
		x.set = append(x.set, since+" = if_not_exists("+since+", "+x.value(stamp(a.At))+")")
		if first {
			x.add = append(x.add, x.name("Failures")+" "+x.value(number(1)))
		}
	}
	return h.state(ctx, team, id, x)
}

// Ban has nothing announced to a webhook until then, once for each time that it failed so often.
func (h Webhooks) Ban(ctx context.Context, team, id, failures int64, until time.Time) error {
	x := expression{names: map[string]string{}, values: item{}}
	f := x.name("Failures")
	x.set = append(x.set, x.name("BannedUntil")+" = "+x.value(stamp(until)), f+" = "+x.value(number(0)))
	x.conditions = append(x.conditions, f+" >= "+x.value(number(failures)))
	_, err := h.state(ctx, team, id, x)
	if fault.Is(err, fault.Conflict) {
		return nil // somebody else did
	}
	return err
}

func (h Webhooks) state(ctx context.Context, team, id int64, x expression) (s webhooks.State, err error) {
	u := x.operation(&h.table, schema.WebhookState.Key(team, id)).Update
	out, err := h.client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: u.TableName, Key: u.Key, UpdateExpression: u.UpdateExpression, ConditionExpression: u.ConditionExpression,
		ExpressionAttributeNames: u.ExpressionAttributeNames, ExpressionAttributeValues: u.ExpressionAttributeValues, ReturnValues: types.ReturnValueAllNew,
	})
	var failed *types.ConditionalCheckFailedException
	if errors.As(err, &failed) {
		return s, fault.New(fault.Conflict, "The webhook's state is another one").Because(err)
	}
	if err != nil {
		return s, unavailable(fmt.Errorf("dynamo.Webhooks.state: %w", err))
	}
	return stateOf(out.Attributes)
}

// keyOfWebhook is where the records of webhooks lie.
func keyOfWebhook(team int64, ref change.Ref) schema.Key {
	webhook, rest, _ := strings.Cut(ref.Name(), "/")
	switch ref.Kind() {
	case webhooks.KindDelivery:
		return schema.Delivery.Key(team, webhook, rest)
	case webhooks.KindBody:
		return schema.DeliveryBody.Key(team, webhook, rest)
	}
	return schema.Webhook.Key(team, ref.ID())
}
