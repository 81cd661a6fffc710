package mailbox

import "github.com/lejek/lejek/shared/change"

// Restored is a thread of an archive. Links of mails are signed by the team that sends them, so nobody is asked now who was not yet.
func (t Thread) Restored() Thread {
	if t.Question != nil && !t.Question.Over() {
		q := *t.Question
		q.State, q.Error = Void, "the team was restored from an archive before it was asked"
		t.Question = &q
	}
	return t
}

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
