// Package mailbox turns received mail into what a team sees: messages in threads, linked to the persons and the deal that they
// are about. What a raw message says comes in as a Parsed value; the rules here decide, case by case, who the person is, which
// thread it belongs to, whether a person may be created and which deal it concerns, and keep why. Every raw message ends, once
// per team, in one Entry of the ledger, so that nothing is lost and nothing happens twice.
package mailbox

import (
	"slices"
	"time"

	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/value"
)

// Thread is a conversation as stored (contract §3.3). Its links are those of all its messages and their files: linking is
// done to threads.
type Thread struct {
	ID                 int64
	Version            int64
	Links              int64 // counts changes of deal and persons; names the job that moves what hangs on the thread
	UserID             int64
	Subject            string
	BaseSubject        string // without prefixes, as threads compare it
	Snippet            string // of the newest message
	SnippetSent        string // of the newest sent one
	MessageCount       int64
	From               []ThreadParty
	To                 []ThreadParty
	DealID             *int64
	TaggedDealID       int64        // that a mail was addressed to last, by the number in the address; 0: none
	DealChosenTime     *time.Time   // when a user settled the deal; nil when a rule did
	PersonIDs          []int64      // the first is the one the thread is about
	OrganizationID     *int64       // that a mail was addressed to; others follow from the persons and the deal
	Undecided          string       // why a user has to choose; empty when nothing is open
	Question           *Question    // that a user is asked by mail; nil where none was
	Why                             // it is linked as it is: by the message that brought it there, or by a user's choice
	Suggestions        []Suggestion // whom it may be about, what may be somebody's address
	AddTime            time.Time
	UpdateTime         time.Time
	FirstMessageTime   time.Time
	LastMessageTime    time.Time
	LastReceivedTime   *time.Time
	LastSentTime       *time.Time
	Read               bool
	Archived           bool
	Shared             bool
	Attachments        bool // of any kind
	InlineAttachments  bool // images that the text shows
	RealAttachments    bool
	FirstMessageToUser bool
	RelatedThreadIDs   []int64  // threads that its messages mention too; they are not merged
	Strangers          []string `dynamodbav:",omitempty" json:",omitempty"` // addresses by which it is found for who comes to have them
	Deleted            bool
	Shown              []change.Ref
}

// ThreadParty is somebody who wrote or received messages of a thread.
type ThreadParty struct {
	Email       string
	Name        string
	PersonID    int64     // 0 when the address is nobody's
	Outside     bool      `dynamodbav:",omitempty" json:",omitempty"` // it may be somebody's who is no user, colleague or machine
	LatestSent  bool      // wrote the newest message
	MessageTime time.Time // of the newest message that names them
}

func (t Thread) Ref() change.Ref    { return change.Of(change.MailThread, t.ID) }
func (t Thread) ReadVersion() int64 { return t.Version }

// HangsOn are the deal, the persons, and an organization beside those that follow from them.
func (t Thread) HangsOn() change.Links {
	return change.Links{Deal: value.Deref(t.DealID), Persons: t.PersonIDs, Organization: value.Deref(t.OrganizationID)}
}

// Rows are among the threads of what it shows on, and of the addresses that are strangers in it, at the time of its last message.
func (t Thread) Rows() []change.Row {
	if t.Deleted {
		return nil
	}
	rows := change.RowsOn(t.Shown, change.Threads, t.LastMessageTime, t.Ref())
	for _, email := range t.Strangers {
		rows = append(rows, change.Row{On: change.AddressOf(email), Shelf: change.Strangers, At: t.LastMessageTime, Source: t.Ref()})
	}
	return rows
}

// ShowOn keeps the targets, and the strangers as they are now.
func (t Thread) ShowOn(targets []change.Ref) change.Placed {
	t.Shown = targets
	t.Strangers = t.strangers()
	return t
}

// Folders are where the thread is listed.
func (t Thread) Folders() []string {
	if t.Archived {
		return []string{FolderArchive}
	}
	folders := []string{}
	if t.LastReceivedTime != nil {
		folders = append(folders, FolderInbox)
	}
	if t.LastSentTime != nil {
		folders = append(folders, FolderSent)
	}
	return folders
}

// In reports whether the thread is listed in a folder.
func (t Thread) In(folder string) bool { return !t.Deleted && slices.Contains(t.Folders(), folder) }

// Folders of the mailbox (contract §3.3). Nothing makes drafts yet, so that folder is empty.
const (
	FolderInbox   = "inbox"
	FolderDrafts  = "drafts"
	FolderSent    = "sent"
	FolderArchive = "archive"
)
