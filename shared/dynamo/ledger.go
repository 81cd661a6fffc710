package dynamo

import (
	"context"

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
