package mailbox

import (
	"slices"
	"time"

	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/value"
)

// Message is one mail as stored (contract §3.3). Bodies lie in S3; its links repeat the thread's, so that the
// message's rows can be placed without reading the thread.
type Message struct {
	ID                int64
	Version           int64
	ThreadID          int64
	UserID            int64
	RawID             string // SES messageId of the raw message that brought it
	RawKey            string // and its key in the mail bucket
	MessageID         string // RFC 5322; empty when it had none
	InReplyTo         string
	Print             string // of its content; tells a repeat from another mail under the same Message-ID
	InnerCopy         bool   // known only from a quotation in a forward
	Subject           string
	BaseSubject       string // without prefixes
	Snippet           string // at most 225 characters
	From              []Party
	To                []Party
	Cc                []Party
	Bcc               []Party
	Sent              bool      // written by a user of the team
	Auto              bool      // written by a machine
	Time              time.Time // Date, clamped to when it was received
	AddTime           time.Time
	UpdateTime        time.Time
	BodyKey           string // object in the data bucket; empty without a body
	BodyType          string // text/html or text/plain
	DealID            *int64
	PersonIDs         []int64
	OrganizationID    *int64
	NoteIDs           []int64 // what forwarders typed above
	FileIDs           []int64 // attachments, in the order of the message's parts
	InlineAttachments bool
	RealAttachments   bool
	Recipients        []string  // envelope recipients of every delivery that brought it
	RepeatIDs         []string  // SES messageIds of the later ones
	Brought           []Brought // the files that each delivery brought
	Why                         // it is in its thread
	Outgoing          *Outgoing // of mail that was written here
	Read              bool
	Deleted           bool
	Shown             []change.Ref
}

// Brought are the files of a message that came with one delivery: its own, or what a user attached beside it once more.
type Brought struct {
	RawID  string // SES messageId of that delivery
	FileID int64  // of the first file; the others follow
	Count  int
}

// broughtBy are the ids of the files that came with a delivery.
func (m Message) broughtBy(rawID string) (ids []int64) {
	for _, b := range m.Brought {
		if b.RawID == rawID {
			for i := range b.Count {
				ids = append(ids, b.FileID+int64(i))
			}
		}
	}
	return ids
}

// add gives the message the files of a delivery.
func (m Message) add(rawID string, first int64, parts []Part) Message {
	m.Brought = append(slices.Clone(m.Brought), Brought{rawID, first, len(parts)})
	m.FileIDs = slices.Clone(m.FileIDs)
	for i, p := range parts {
		m.FileIDs = append(m.FileIDs, first+int64(i))
		m.InlineAttachments, m.RealAttachments = m.InlineAttachments || p.Inline, m.RealAttachments || !p.Inline
	}
	return m
}

// Party is a sender or recipient.
type Party struct {
	Email    string
	Name     string
	PersonID int64 // 0 when the address is nobody's
	Outside  bool  `dynamodbav:",omitempty" json:",omitempty"` // as a thread's party has it
}

// SenderCheck is what is known about whether the sender is who From says.
type SenderCheck struct {
	Aligned  bool
	Reason   string
	SPF      string
	DKIM     string
	DMARC    string
	Spam     string
	Virus    string
	MailFrom string
}

func (m Message) Ref() change.Ref    { return change.Of(change.MailMessage, m.ID) }
func (m Message) ReadVersion() int64 { return m.Version }

// HangsOn are the links of its thread.
func (m Message) HangsOn() change.Links {
	return change.Links{Deal: value.Deref(m.DealID), Persons: m.PersonIDs, Organization: value.Deref(m.OrganizationID)}
}

// Rows are in the flow of what it shows on, and among the messages of its thread.
func (m Message) Rows() []change.Row {
	if m.Deleted {
		return nil
	}
	rows := change.RowsOn(m.Shown, change.Flow, m.Time, m.Ref())
	for i := range rows {
		rows[i].Sent = m.Sent
	}
	return append(rows, change.Row{On: change.Of(change.MailThread, m.ThreadID), Shelf: change.Messages, At: m.Time, Source: m.Ref()})
}

// ShowOn keeps the targets.
func (m Message) ShowOn(targets []change.Ref) change.Placed {
	m.Shown = targets
	return m
}

// HasAttachments reports attachments of any kind.
func (m Message) HasAttachments() bool { return len(m.FileIDs) > 0 }

// HasRealAttachments reports attachments other than images within the text.
func (m Message) HasRealAttachments() bool { return m.RealAttachments }
