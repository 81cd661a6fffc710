package api

import (
	"context"

	"github.com/lejek/lejek/shared/mailbox"
)

// InboundMail are the routes of the ledger: what became of each raw message, and why; and how to have it decided anew.
type InboundMail struct {
	Box   mailbox.Box
	Again Rereader
}

// entryWire is a raw message's line in the ledger.
type entryWire struct {
	ID    string `json:"id"` // SES messageId
	State string `json:"state"`
	linkWire
	Reason        *string          `json:"reason"`
	Suggestions   []suggestionWire `json:"suggestions"`
	Recipients    []string         `json:"recipients"`
	MessageID     *string          `json:"message_id"` // RFC 5322
	From          *string          `json:"from"`
	Subject       string           `json:"subject"`
	Time          string           `json:"time"`
	UpdateTime    string           `json:"update_time"`
	MailThreadID  *int64           `json:"mail_thread_id"`
	MailMessageID *int64           `json:"mail_message_id"`
	PersonID      *int64           `json:"person_id"`
	ThreadIDs     []int64          `json:"mail_thread_ids"`
	MessageIDs    []int64          `json:"mail_message_ids"`
	PersonIDs     []int64          `json:"person_ids"`
	FileIDs       []int64          `json:"file_ids"`
	ReleasedBy    *int64           `json:"released_by"` // the user who let it out of quarantine
}

func entryOut(e mailbox.Entry) entryWire {
	return entryWire{
		ID: e.ID, State: e.State, linkWire: linkOut(e.Why), Reason: orNull(e.Reason), Suggestions: each(e.Suggestions, suggestionOut),
		Recipients: each(e.Recipients, same), MessageID: orNull(e.MessageID), From: orNull(e.From), Subject: e.Subject,
		Time: millis(e.Time), UpdateTime: millis(e.UpdateTime), MailThreadID: first(e.ThreadIDs), MailMessageID: first(e.MessageIDs),
		PersonID: first(e.PersonIDs), ThreadIDs: each(e.ThreadIDs, same), MessageIDs: each(e.MessageIDs, same),
		PersonIDs: each(e.PersonIDs, same), FileIDs: each(e.FileIDs, same), ReleasedBy: existing(e.ReleasedBy),
	}
}

func same[T any](v T) T { return v }

// orNull is a text, or null for none.
func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func first(ids []int64) *int64 {
	if len(ids) == 0 {
		return nil
	}
	return &ids[0]
}

type entryPage struct {
	State  string `query:"state" rule:"enum=linked|needs_choice|quarantined|ignored|unparsable"`
	Limit  int64  `query:"limit" rule:"min=1,max=500"`
	Cursor string `query:"cursor" rule:"max=2000"`
}

type byName struct {
	ID string `path:"id" rule:"nonempty,max=200"`
}

// Routes binds them.
func (h InboundMail) Routes() []Route {
	return []Route{
		Handle("GET /api/v2/inboundMail", func(ctx context.Context, c Call, in entryPage) (any, error) {
			limit := int(in.Limit)
			if limit == 0 {
				limit = 100
			}
			page, err := h.Box.Entries(ctx, c.Actor, in.State, in.Cursor, limit)
			return listed(each(page.Items, entryOut), page.Next), err
		}).Lists(entryWire{}, ByCursor),
		Handle("GET /api/v2/inboundMail/{id}", func(ctx context.Context, c Call, in byName) (any, error) {
			e, err := h.Box.Entry(ctx, c.Actor, in.ID)
			if err != nil {
				return nil, err
			}
			return entryOut(e), nil
		}).Returns(entryWire{}),
		Handle("POST /api/v2/inboundMail/{id}/replay", func(ctx context.Context, c Call, in byName) (any, error) {
			e, err := h.Again.Replay(ctx, c.Actor, in.ID)
			return entryOut(e), err
		}).Returns(entryWire{}),
		Handle("POST /api/v2/inboundMail/{id}/release", func(ctx context.Context, c Call, in byName) (any, error) {
			e, err := h.Again.Release(ctx, c.Actor, in.ID)
			return entryOut(e), err
		}).Returns(entryWire{}),
		Handle("POST /api/v2/inboundMail/preview", h.preview).Returns(previewWire{}),
	}
}
