package mailbox

import "github.com/lejek/lejek/shared/change"

// Aliases are what leads to the message, and to its thread from what it answers. Ids that it mentioned otherwise are not kept with it.
func (m Message) Aliases() map[change.Ref]Alias {
	all := map[change.Ref]Alias{contentGuard(m.Print): {ThreadID: m.ThreadID, MessageID: m.ID}}
	if m.InReplyTo != "" {
		all[idGuard(m.InReplyTo)] = Alias{ThreadID: m.ThreadID}
	}
	if m.MessageID != "" {
		all[idGuard(m.MessageID)] = Alias{ThreadID: m.ThreadID, MessageID: m.ID}
	}
	return all
}
