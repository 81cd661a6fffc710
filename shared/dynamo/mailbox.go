package dynamo

import (
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/mailbox"
	"github.com/lejek/lejek/shared/schema"
	"github.com/lejek/lejek/shared/value"
)

var (
	mailThreadKind  = kindOf[mailbox.Thread]{name: change.MailThread, extra: threadKeys}
	mailMessageKind = kindOf[mailbox.Message]{name: change.MailMessage}
	aliasKind       = kindOf[mailbox.Alias]{name: change.MessageID}
)

// threadKeys list a user's threads by last message, archived ones apart.
func threadKeys(team int64, t mailbox.Thread, it item) {
	if t.Deleted {
		return
	}
	it[schema.ByTime.PK] = text(threadList(team, t.UserID, t.Archived))
	it[schema.ByTime.SK] = text(value.SortTime(t.LastMessageTime) + "#" + padded(t.ID))
}

func threadList(team, user int64, archived bool) string {
	shelf := "current"
	if archived {
		shelf = "archive"
	}
	return schema.ListPartition(team, change.MailThread, "user", user, shelf)
}
