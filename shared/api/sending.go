package api

import (
	"context"
	"net/http"

	"github.com/lejek/lejek/shared/mailbox"
	"github.com/lejek/lejek/shared/value"
)

// Writing are the routes of mail that users write here.
type Writing struct {
	Desk    mailbox.Desk
	Records Records
}

type mailWrite struct {
	To       value.Opt[[]string] `json:"to" rule:"required,items=50"`
	CC       value.Opt[[]string] `json:"cc" rule:"notnull,items=50"`
	BCC      value.Opt[[]string] `json:"bcc" rule:"notnull,items=50"`
	Subject  value.Opt[string]   `json:"subject" rule:"notnull,max=500"`
	HTML     value.Opt[string]   `json:"html" rule:"notnull"`
	Text     value.Opt[string]   `json:"text" rule:"notnull"`
	ThreadID value.Opt[int64]    `json:"thread_id" rule:"notnull,min=1"`
	DealID   value.Opt[int64]    `json:"deal_id" rule:"notnull,min=1"`
	FileIDs  value.Opt[[]int64]  `json:"file_ids" rule:"notnull,items=20,min=1"`
}

// writtenWire is a message with what became of it.
type writtenWire struct {
	messageWire
	SendState  string       `json:"send_state"` // sending, sent, failed, unconfirmed, bounced or complained
	SendTime   *string      `json:"send_time"`
	SendError  *string      `json:"send_error"`
	Returned   []returnWire `json:"returned"`
	DealID     *int64       `json:"deal_id"`
	PersonIDs  []int64      `json:"person_ids"`
	FileIDs    []int64      `json:"file_ids"`
	InternetID string       `json:"internet_message_id"`
}

type returnWire struct {
	Email  string `json:"email"`
	Status string `json:"status"`
	Time   string `json:"time"`
}

// Routes binds them.
func (h Writing) Routes() []Route {
	return []Route{
		Handle("POST /api/v2/mailMessages", func(ctx context.Context, c Call, in mailWrite) (any, error) {
			m, err := h.Desk.Send(ctx, c.Actor, mailbox.Draft{
				To: in.To.V, Cc: in.CC.V, Bcc: in.BCC.V, Subject: in.Subject.V, Text: in.Text.V, HTML: in.HTML.V,
				ThreadID: in.ThreadID.V, DealID: in.DealID.V, FileIDs: in.FileIDs.V,
			})
			if err != nil {
				return nil, err
			}
			w, err := h.written(ctx, c, m)
			return Answer{Status: http.StatusCreated, Data: w}, err
		}).Returns(writtenWire{}).Created(),
		Handle("POST /api/v2/mailMessages/{id}/send", func(ctx context.Context, c Call, in byID) (any, error) {
			m, err := h.Desk.Resend(ctx, c.Actor, in.ID)
			if err != nil {
				return nil, err
			}
			return h.written(ctx, c, m)
		}).Returns(writtenWire{}),
		Handle("GET /api/v2/mailMessages/{id}", func(ctx context.Context, c Call, in byID) (any, error) {
			m, err := h.Desk.Written(ctx, c.Actor, in.ID)
			if err != nil {
				return nil, err
			}
			return h.written(ctx, c, m)
		}).Returns(writtenWire{}),
	}
}

func (h Writing) written(ctx context.Context, c Call, m mailbox.Message) (writtenWire, error) {
	found, err := h.Records.GetAny(ctx, c.Team, m.Names())
	o := *m.Outgoing
	return writtenWire{
		messageWire: v1Out{Call: c, known: found}.message(m), SendState: o.StateAt(h.Desk.Now()), SendTime: millisOrNull(o.SentTime), SendError: orNull(o.Error),
		Returned: each(o.Returned, func(r mailbox.Return) returnWire { return returnWire{r.Email, r.Status, millis(r.Time)} }),
		DealID:   m.DealID, PersonIDs: append([]int64{}, m.PersonIDs...), FileIDs: append([]int64{}, m.FileIDs...), InternetID: m.MessageID,
	}, err
}
