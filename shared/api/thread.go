package api

import (
	"time"

	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/mailbox"
)

// threadWire is a mail thread in v1 (contract §3.3).
type threadWire struct {
	ID                  int64        `json:"id"`
	AccountID           *string      `json:"account_id"`
	UserID              int64        `json:"user_id"`
	Subject             string       `json:"subject"`
	Snippet             string       `json:"snippet"`
	SnippetDraft        *string      `json:"snippet_draft"`
	SnippetSent         string       `json:"snippet_sent"`
	MessageCount        int64        `json:"message_count"`
	Version             int64        `json:"version"`
	Folders             []string     `json:"folders"`
	Parties             *partiesWire `json:"parties,omitempty"` // absent in the answer of PUT
	DraftsParties       []struct{}   `json:"drafts_parties"`
	DealID              *int64       `json:"deal_id"`
	DealStatus          *string      `json:"deal_status"`
	LeadID              *string      `json:"lead_id"`
	MailTrackingStatus  *string      `json:"mail_tracking_status"`
	AddTime             string       `json:"add_time"`
	UpdateTime          string       `json:"update_time"`
	FirstMessage        string       `json:"first_message_timestamp"`
	LastMessage         string       `json:"last_message_timestamp"`
	LastReceived        *string      `json:"last_message_received_timestamp"`
	LastSent            *string      `json:"last_message_sent_timestamp"`
	ReadFlag            int          `json:"read_flag"`
	HasAttachments      int          `json:"has_attachments_flag"`
	HasInlineAttachment int          `json:"has_inline_attachments_flag"`
	HasRealAttachments  int          `json:"has_real_attachments_flag"`
	HasDraft            int          `json:"has_draft_flag"`
	HasSent             int          `json:"has_sent_flag"`
	ArchivedFlag        int          `json:"archived_flag"`
	DeletedFlag         int          `json:"deleted_flag"`
	SharedFlag          int          `json:"shared_flag"`
	SyncedFlag          int          `json:"synced_flag"`
	ExternalDeleted     int          `json:"external_deleted_flag"`
	SmartBCCFlag        int          `json:"smart_bcc_flag"`
	FirstMessageToMe    int          `json:"first_message_to_me_flag"`
	LinkTracking        int          `json:"mail_link_tracking_enabled_flag"`
	AllMessagesSent     int          `json:"all_messages_sent_flag"`
	Link                linkWire     `json:"link"`
}

type partiesWire struct {
	To   []threadParty `json:"to"`
	From []threadParty `json:"from"`
}

// threadParty is somebody who wrote or received messages of a thread.
type threadParty struct {
	ID                   int64   `json:"id"`
	Name                 string  `json:"name"`
	EmailAddress         string  `json:"email_address"`
	LatestSent           bool    `json:"latest_sent"`
	MessageTime          int64   `json:"message_time"` // milliseconds
	LinkedPersonID       *int64  `json:"linked_person_id"`
	LinkedPersonName     *string `json:"linked_person_name"`
	LinkedOrganizationID *int64  `json:"linked_organization_id"`
	MailMessagePartyID   int64   `json:"mail_message_party_id"`
}

func (h v1Out) thread(t mailbox.Thread) threadWire {
	w := threadWire{
		ID: t.ID, UserID: t.UserID, Subject: t.Subject, Snippet: t.Snippet, SnippetSent: t.SnippetSent, MessageCount: t.MessageCount,
		Version: t.Version, Folders: t.Folders(), DraftsParties: []struct{}{}, DealID: t.DealID, AddTime: millis(t.AddTime),
		UpdateTime: millis(t.UpdateTime), FirstMessage: millis(t.FirstMessageTime), LastMessage: millis(t.LastMessageTime),
		LastReceived: optionalMillis(t.LastReceivedTime), LastSent: optionalMillis(t.LastSentTime), ReadFlag: flag(t.Read),
		HasAttachments: flag(t.Attachments), HasInlineAttachment: flag(t.InlineAttachments), HasRealAttachments: flag(t.RealAttachments),
		HasSent: flag(t.LastSentTime != nil), ArchivedFlag: flag(t.Archived), DeletedFlag: flag(t.Deleted), SharedFlag: flag(t.Shared),
		SmartBCCFlag: 1, FirstMessageToMe: flag(t.FirstMessageToUser), AllMessagesSent: flag(t.LastReceivedTime == nil),
		Link: linkOut(t.Why),
	}
	if t.DealID != nil {
		if d, ok := h.deal(*t.DealID); ok {
			w.DealStatus = &d.Status
		}
	}
	next := t.ID * maxParties
	parties := func(list []mailbox.ThreadParty) []threadParty {
		return each(list, func(p mailbox.ThreadParty) threadParty {
			next++
			party := threadParty{
				ID: next, Name: p.Name, EmailAddress: p.Email, LatestSent: p.LatestSent, MessageTime: p.MessageTime.UnixMilli(), MailMessagePartyID: next,
			}
			if p.PersonID != 0 {
				party.LinkedPersonID, party.LinkedPersonName = &p.PersonID, h.name(change.Of(change.Person, p.PersonID))
				if who, ok := h.person(p.PersonID); ok {
					party.LinkedOrganizationID = who.OrganizationID
				}
			}
			return party
		})
	}
	w.Parties = &partiesWire{To: parties(t.To), From: parties(t.From)}
	return w
}

func optionalMillis(t *time.Time) *string {
	if t == nil {
		return nil
	}
	s := millis(*t)
	return &s
}
