package dynamo

import (
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/mailbox"
	"github.com/lejek/lejek/shared/value"
)

// ledgerKind is listed by time: an entry has SES's id, which says nothing about order.
var ledgerKind = kindOf[mailbox.Entry]{
	name: change.InboundMail, facets: mailbox.Entry.Facets,
	extra: func(_ int64, e mailbox.Entry, it item) { it["sortId"] = text(value.SortTime(e.Time) + "#" + e.ID) },
}
