package api

import (
	"context"
	"strings"

	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/mailbox"
)

// Rereader reads raw mail once more, or for the first time without keeping it.
type Rereader interface {
	Replay(ctx context.Context, a auth.Actor, id string) (mailbox.Entry, error)
	Release(ctx context.Context, a auth.Actor, id string) (mailbox.Entry, error)
	Preview(ctx context.Context, a auth.Actor, raw []byte, recipients []string) (mailbox.Preview, error)
}

// previewWire is what would become of a mail: its line in the ledger, and the messages that it would be. What would be new has no
// id.
type previewWire struct {
	State string `json:"state"`
	linkWire
	Reason      *string          `json:"reason"`
	Suggestions []suggestionWire `json:"suggestions"`
	Recipients  []string         `json:"recipients"`
	MessageID   *string          `json:"message_id"` // RFC 5322
	From        *string          `json:"from"`
	Subject     string           `json:"subject"`
	Messages    []foreseenWire   `json:"messages"`
}

// foreseenWire is one message that the mail would be, or would bring.
type foreseenWire struct {
	MailMessageID  *int64          `json:"mail_message_id"` // null: a new one
	MailThreadID   *int64          `json:"mail_thread_id"`  // null: a new one
	Subject        string          `json:"subject"`
	Snippet        string          `json:"snippet"`
	From           []foreseenParty `json:"from"`
	To             []foreseenParty `json:"to"`
	MessageTime    string          `json:"message_time"`
	SentFlag       int             `json:"sent_flag"`
	DealID         *int64          `json:"deal_id"`
	DealCandidates []candidateWire `json:"deal_candidates"`
	Persons        []foreseenWho   `json:"persons"`
	Files          []foreseenFile  `json:"files"`
	Note           *string         `json:"note"`
	Link           linkWire        `json:"link"`
}

type foreseenParty struct {
	EmailAddress string `json:"email_address"`
	Name         string `json:"name"`
}

type foreseenWho struct {
	PersonID *int64 `json:"person_id"` // null: a new one
	Name     string `json:"name"`
}

type foreseenFile struct {
	Name       string `json:"name"`
	FileSize   int64  `json:"file_size"`
	InlineFlag bool   `json:"inline_flag"`
}

func previewOut(p mailbox.Preview) previewWire {
	e := p.Entry
	return previewWire{
		State: e.State, linkWire: linkOut(e.Why), Reason: orNull(e.Reason), Suggestions: each(e.Suggestions, suggestionOut), Recipients: each(e.Recipients, same),
		MessageID: orNull(e.MessageID), From: orNull(e.From), Subject: e.Subject, Messages: each(p.Messages, foreseenOut),
	}
}

func foreseenOut(f mailbox.Foreseen) foreseenWire {
	m := f.Message
	party := func(p mailbox.Party) foreseenParty { return foreseenParty{p.Email, p.Name} }
	return foreseenWire{
		MailMessageID: existing(m.ID), MailThreadID: existing(m.ThreadID), Subject: m.Subject, Snippet: m.Snippet, From: each(m.From, party), To: each(m.To, party),
		MessageTime: millis(m.Time), SentFlag: flag(m.Sent), DealID: m.DealID, DealCandidates: each(f.Candidates, candidateOut),
		Persons: each(f.Persons, func(p mailbox.Person) foreseenWho { return foreseenWho{existing(p.ID), p.Name} }),
		Files:   each(f.Files, func(f mailbox.File) foreseenFile { return foreseenFile{f.Name, f.Size, f.Inline} }),
		Note:    orNull(f.Note), Link: linkOut(m.Why),
	}
}

// existing is the id of what is there.
func existing(id int64) *int64 {
	if id <= 0 {
		return nil
	}
	return &id
}

type previewInput struct {
	Recipients string `query:"recipients" rule:"max=8000"`
	Message    []byte `raw:"message/rfc822"`
}

// maxPreviewed is how many recipients a preview takes, as many as SES hands over at once.
const maxPreviewed = 100

func (h InboundMail) preview(ctx context.Context, c Call, in previewInput) (any, error) {
	var recipients []string
	for address := range strings.SplitSeq(in.Recipients, ",") {
		if address = strings.TrimSpace(address); address != "" {
			recipients = append(recipients, address)
		}
	}
	if len(recipients) > maxPreviewed {
		return nil, fault.BadField("recipients", "must be at most %d", maxPreviewed)
	}
	p, err := h.Again.Preview(ctx, c.Actor, in.Message, recipients)
	return previewOut(p), err
}
