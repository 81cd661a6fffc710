package api

import (
	"fmt"
	"time"

	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/mailbox"
)

// messageWire is a mail message in v1 (contract §3.3).
type messageWire struct {
	ID                  int64       `json:"id"`
	MailThreadID        int64       `json:"mail_thread_id"`
	UserID              int64       `json:"user_id"`
	AccountID           *string     `json:"account_id"`
	Subject             string      `json:"subject"`
	Snippet             string      `json:"snippet"`
	BodyURL             *string     `json:"body_url"`
	Body                *string     `json:"body,omitempty"` // only when asked for
	From                []partyWire `json:"from"`
	To                  []partyWire `json:"to"`
	CC                  []partyWire `json:"cc"`
	BCC                 []partyWire `json:"bcc"`
	Draft               *string     `json:"draft"`
	MailTrackingStatus  *string     `json:"mail_tracking_status"`
	MessageTime         string      `json:"message_time"`
	AddTime             string      `json:"add_time"`
	UpdateTime          string      `json:"update_time"`
	LinkTracking        int         `json:"mail_link_tracking_enabled_flag"`
	ReadFlag            int         `json:"read_flag"`
	DraftFlag           int         `json:"draft_flag"`
	SyncedFlag          int         `json:"synced_flag"`
	DeletedFlag         int         `json:"deleted_flag"`
	HasBodyFlag         int         `json:"has_body_flag"`
	SentFlag            int         `json:"sent_flag"`
	SentFromPipedrive   int         `json:"sent_from_pipedrive_flag"`
	SmartBCCFlag        int         `json:"smart_bcc_flag"`
	HasAttachments      int         `json:"has_attachments_flag"`
	HasInlineAttachment int         `json:"has_inline_attachments_flag"`
	HasRealAttachments  int         `json:"has_real_attachments_flag"`
	Link                linkWire    `json:"link"`
}

// partyWire is a sender or a recipient. Its number is its place in the message, since parties have none of their own.
type partyWire struct {
	ID                 int64   `json:"id"`
	EmailAddress       string  `json:"email_address"`
	Name               string  `json:"name"`
	LinkedPersonID     *int64  `json:"linked_person_id"`
	LinkedPersonName   *string `json:"linked_person_name"`
	MailMessagePartyID int64   `json:"mail_message_party_id"`
}

const maxParties = 10_000 // the ids of one message's parties; four lists of 300 are kept

// message writes a mail without its body.
func (h v1Out) message(m mailbox.Message) messageWire {
	w := messageWire{
		ID: m.ID, MailThreadID: m.ThreadID, UserID: m.UserID, Subject: m.Subject, Snippet: m.Snippet,
		MessageTime: millis(m.Time), AddTime: millis(m.AddTime), UpdateTime: millis(m.UpdateTime), ReadFlag: flag(m.Read),
		DeletedFlag: flag(m.Deleted), HasBodyFlag: flag(m.BodyKey != ""), SentFlag: flag(m.Sent), SmartBCCFlag: 1,
		HasAttachments: flag(m.InlineAttachments || m.RealAttachments), HasInlineAttachment: flag(m.InlineAttachments),
		HasRealAttachments: flag(m.RealAttachments), Link: linkOut(m.Why),
	}
	if m.BodyKey != "" {
		url := fmt.Sprintf("%s/v1/mailbox/mailMessages/%d?include_body=1", h.BaseURL, m.ID)
		w.BodyURL = &url
	}
	next := m.ID * maxParties
	parties := func(list []mailbox.Party) []partyWire {
		return each(list, func(p mailbox.Party) partyWire {
			next++
			party := partyWire{ID: next, EmailAddress: p.Email, Name: p.Name, MailMessagePartyID: next}
			if p.PersonID != 0 {
				party.LinkedPersonID, party.LinkedPersonName = &p.PersonID, h.name(change.Of(change.Person, p.PersonID))
			}
			return party
		})
	}
	w.From, w.To, w.CC, w.BCC = parties(m.From), parties(m.To), parties(m.Cc), parties(m.Bcc)
	return w
}

// millis is an instant as the mailbox writes it, in milliseconds.
func millis(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

func millisOrNull(t *time.Time) *string {
	if t == nil {
		return nil
	}
	text := millis(*t)
	return &text
}

// flag is how v1 writes a boolean of mail.
func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}
