package dynamo

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/mailbox"
	"github.com/lejek/lejek/shared/schema"
	"github.com/lejek/lejek/shared/value"
)

// ledgerKind is listed by time: an entry has SES's id, which says nothing about order.
var ledgerKind = kindOf[mailbox.Entry]{
	name: change.InboundMail, facets: mailbox.Entry.Facets,
	extra: func(_ int64, e mailbox.Entry, it item) { it["sortId"] = text(value.SortTime(e.Time) + "#" + e.ID) },
}

// Entry is the ledger's line of a raw message.
func (m Mail) Entry(ctx context.Context, team int64, id string) (mailbox.Entry, error) {
	it, err := m.get(ctx, keyOf(team, change.Named(change.InboundMail, id)))
	if err == nil && it == nil {
		err = fault.Missing("Inbound mail")
	}
	if err != nil {
		return mailbox.Entry{}, err
	}
	return ledgerKind.decode(it)
}

// EntriesOf are the lines of these raw messages, as far as they are written.
func (m Mail) EntriesOf(ctx context.Context, team int64, ids []string) (list []mailbox.Entry, err error) {
	refs := make([]change.Ref, len(ids))
	for i, id := range ids {
		refs[i] = change.Named(change.InboundMail, id)
	}
	found, err := m.GetAny(ctx, team, refs)
	for _, ref := range refs {
		if e, ok := found[ref].(mailbox.Entry); ok {
			list = append(list, e)
			delete(found, ref)
		}
	}
	return list, err
}

// Entries lists the ledger.
func (m Mail) Entries(ctx context.Context, team int64, l value.List) (value.Page[mailbox.Entry], error) {
	return listPage(ctx, m.DB, team, ledgerKind, l)
}

// Unroutable is what became of a raw message that no team has an address for; "" when nothing is known of it.
func (db *DB) Unroutable(ctx context.Context, rawID string) (fate string, err error) {
	it, err := db.get(ctx, schema.Unroutable.Key(rawID))
	return textOf(it, "Fate"), err
}

// Mark is kept outside all teams.
func (m Mail) Mark(ctx context.Context) (mark mailbox.Mark, err error) {
	it, err := m.get(ctx, schema.SweepMark.Key())
	if err != nil || it == nil {
		return mark, err
	}
	return kindOf[mailbox.Mark]{name: "sweep mark"}.decode(it)
}

// MoveMark writes it at the version it was read at.
func (m Mail) MoveMark(ctx context.Context, mark mailbox.Mark) error {
	it, err := marshal(mark)
	if err != nil {
		return err
	}
	in := &dynamodb.PutItemInput{TableName: &m.table, Item: merge(it, keyItem(schema.SweepMark.Key())), ConditionExpression: aws.String("attribute_not_exists(pk)")}
	if mark.Version != 0 {
		in.ConditionExpression, in.ExpressionAttributeValues = aws.String("Version = :v"), item{":v": number(mark.Version)}
	}
	in.Item[schema.Version] = number(mark.Version + 1)
	_, err = m.client.PutItem(ctx, in)
	var moved *types.ConditionalCheckFailedException
	switch {
	case errors.As(err, &moved):
		return fault.New(fault.Conflict, "Another sweep is under way").Because(err)
	case err != nil:
		return unavailable(fmt.Errorf("dynamo.MoveMark: %w", err))
	}
	return nil
}
