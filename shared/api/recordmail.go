package api

import (
	"context"

	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/files"
	"github.com/lejek/lejek/shared/flow"
	"github.com/lejek/lejek/shared/mailbox"
)

// Bodies reads what mails say, fit to be shown.
type Bodies interface {
	Body(ctx context.Context, m mailbox.Message) (string, error)
}

// recordMail is a mail as flows and records list it (contract §3.3): the message and what only they show.
type recordMail struct {
	messageWire
	CompanyID        int64      `json:"company_id"`
	ItemType         string     `json:"item_type"`
	Timestamp        string     `json:"timestamp"`
	DealID           *int64     `json:"deal_id"`
	LeadID           *string    `json:"lead_id"`
	ProjectID        *int64     `json:"project_id"`
	MuaMessageID     *string    `json:"mua_message_id"`
	InReplyTo        *string    `json:"in_reply_to"`
	NylasID          *string    `json:"nylas_id"`
	S3Bucket         *string    `json:"s3_bucket"`
	S3BucketPath     *string    `json:"s3_bucket_path"`
	TemplateID       *int64     `json:"template_id"`
	LastRepliedAt    *string    `json:"last_replied_at"`
	ExternalDeleted  int        `json:"external_deleted_flag"`
	ExpungedFlag     int        `json:"expunged_flag"`
	GroupSendingFlag int        `json:"group_sending_flag"`
	MailQueue        []struct{} `json:"mail_queue"`
	MailSignatureID  *int64     `json:"mail_signature_id"`
	ConnectionType   string     `json:"connection_type"`
	SenderUserID     *int64     `json:"sender_user_id"`
	TeamAdminUserID  *int64     `json:"team_admin_user_id"`
	Attachments      []fileWire `json:"attachments"`
}

func (h v1Out) recordMail(m mailbox.Message) recordMail {
	w := recordMail{
		messageWire: h.message(m), CompanyID: h.Team, ItemType: flow.Mails, Timestamp: millis(m.Time), DealID: m.DealID,
		MailQueue: []struct{}{}, ConnectionType: "private", Attachments: []fileWire{},
	}
	if m.MessageID != "" {
		w.MuaMessageID = &m.MessageID
	}
	if m.InReplyTo != "" {
		w.InReplyTo = &m.InReplyTo
	}
	if m.Sent {
		w.SenderUserID = &m.UserID
	}
	for _, ref := range m.Attachments() {
		if f, ok := h.known[ref].(files.File); ok && !f.Deleted {
			w.Attachments = append(w.Attachments, h.file(f))
		}
	}
	return w
}

type recordMailQuery struct {
	byID
	Start       int64 `query:"start" rule:"min=0,max=50000"`
	Limit       int64 `query:"limit" rule:"min=1,max=500"`
	IncludeBody bool  `query:"include_body"`
}

// maxBodies is how many bodies one page holds: an answer has to stay below 6 MB.
const maxBodies = 20

// mail lists the mails in a record's flow.
func (h Detail) mail(ctx context.Context, c Call, in recordMailQuery) (any, error) {
	limit := int(in.Limit)
	if limit == 0 {
		limit = 100
	}
	if in.IncludeBody {
		limit = min(limit, maxBodies)
	}
	page, err := h.Flow.Page(ctx, c.Actor, h.of(in.byID), flow.Query{Start: int(in.Start), Limit: limit, Items: []string{flow.Mails}})
	if err != nil {
		return nil, err
	}
	out, err := h.v1(ctx, c, page.Records)
	if err != nil {
		return nil, err
	}
	rows := []flowRow{}
	for _, e := range page.Entries {
		m, ok := e.Source.(mailbox.Message)
		if !ok {
			continue
		}
		w := out.recordMail(m)
		if in.IncludeBody {
			body, err := h.Bodies.Body(ctx, m)
			if err != nil {
				return nil, err
			}
			w.Body = &body
		}
		rows = append(rows, flowRow{flow.Mails, stamp(e.Row), w})
	}
	return Answer{Data: rows, Additional: pagination(int(in.Start), limit, page.More), Related: out.related(out.ccEmail)}, nil
}

type recordFiles struct {
	byID
	filePage
}

// files lists the files of a record, the newest first unless asked otherwise.
func (h Detail) files(ctx context.Context, c Call, in recordFiles) (any, error) {
	o, err := in.offset(true)
	if err != nil {
		return nil, err
	}
	page, more, err := h.Files.Files.OnRecord(ctx, c.Actor, change.Of(h.Kind, in.ID), o)
	return h.Files.paged(ctx, c, o, page, more, err)
}
