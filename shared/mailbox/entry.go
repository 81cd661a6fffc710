package mailbox

import (
	"time"

	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/value"
)

// States in which a raw message ends.
const (
	Linked      = "linked"
	NeedsChoice = "needs_choice"
	Quarantined = "quarantined"
	Ignored     = "ignored"
	Unparsable  = "unparsable"
)

// States are all of them.
var States = []string{Linked, NeedsChoice, Quarantined, Ignored, Unparsable}

// Entry is the ledger's line of one raw message in one team: what became of it and why. It is written once, with the last of
// what the message changed; only a user's choice moves it on.
type Entry struct {
	ID      string // SES messageId
	Version int64
	RawKey  string
	State   string
	Reason  string
	Why
	Suggestions []Suggestion // of its threads
	Recipients  []string
	MessageID   string // RFC 5322, of the raw message itself
	From        string
	Subject     string
	Time        time.Time // when it was received
	UpdateTime  time.Time
	ThreadIDs   []int64
	MessageIDs  []int64
	PersonIDs   []int64
	ReleasedBy  int64   // the user who let it out of quarantine; 0: nobody
	FileIDs     []int64 // only of mail that is kept apart; other files belong to their message
}

// Ref names the entry.
func (e Entry) Ref() change.Ref { return change.Named(change.InboundMail, e.ID) }

// Facets are what the list of entries is filtered by.
func (e Entry) Facets() value.Facets {
	return value.Facets{Status: e.State, Added: e.Time, Updated: e.UpdateTime}
}

// Alias leads from a Message-ID, or from a fingerprint where there is none, to a thread, and to the message once that is here.
type Alias struct {
	Version   int64
	ThreadID  int64
	MessageID int64 // 0: the id was only mentioned
}
