package api

import (
	"context"

	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/mailbox"
	"github.com/lejek/lejek/shared/value"
)

// Mailbox are the routes of mail threads and messages.
type Mailbox struct {
	Box     mailbox.Box
	Records Records
}

// boxedThread is a thread as the mailbox itself shows it: with the deals that a user may choose from.
type boxedThread struct {
	threadWire
	DealCandidates []candidateWire  `json:"deal_candidates"`
	Suggestions    []suggestionWire `json:"suggestions"`
	Question       *questionWire    `json:"question"`
}

// candidateWire is an open deal that a thread may belong to.
type candidateWire struct {
	ID         int64         `json:"id"`
	Title      string        `json:"title"`
	Value      value.Decimal `json:"value"`
	Currency   string        `json:"currency"`
	StageID    int64         `json:"stage_id"`
	PipelineID int64         `json:"pipeline_id"`
	OrgID      *int64        `json:"org_id"`
}

func candidateOut(d mailbox.Deal) candidateWire {
	w := candidateWire{ID: d.ID, Title: d.Title, Value: d.Value, Currency: d.Currency, StageID: d.StageID, PipelineID: d.PipelineID}
	if d.OrganizationID != 0 {
		w.OrgID = &d.OrganizationID
	}
	return w
}

type threadPage struct {
	Folder string `query:"folder" rule:"enum=inbox|drafts|sent|archive"`
	Start  int64  `query:"start" rule:"min=0,max=20000"`
	Limit  int64  `query:"limit" rule:"min=1,max=500"`
}

// threadUpdate takes JSON or a form; flags may be 0 and 1.
type threadUpdate struct {
	byID
	DealID       value.Opt[int64]  `json:"deal_id" rule:"min=1"`
	PersonID     value.Opt[int64]  `json:"person_id" rule:"notnull,min=1"` // ours: whom the thread is about
	LeadID       value.Opt[string] `json:"lead_id" rule:"unsupported,null"`
	SharedFlag   value.Opt[bool]   `json:"shared_flag" rule:"notnull"`
	ReadFlag     value.Opt[bool]   `json:"read_flag" rule:"notnull"`
	ArchivedFlag value.Opt[bool]   `json:"archived_flag" rule:"notnull"`
}

type messageGet struct {
	byID
	IncludeBody bool `query:"include_body"`
}

// Routes binds them.
func (h Mailbox) Routes() []Route {
	return []Route{
		Handle("GET /v1/mailbox/mailThreads", h.threads).Lists(boxedThread{}, ByOffset),
		Handle("GET /v1/mailbox/mailThreads/{id}", func(ctx context.Context, c Call, in byID) (any, error) {
			t, err := h.Box.Thread(ctx, c.Actor, in.ID)
			return h.thread(ctx, c, t, true, err)
		}).Returns(boxedThread{}).Beside(mailServiceWire{}),
		Handle("PUT /v1/mailbox/mailThreads/{id}", func(ctx context.Context, c Call, in threadUpdate) (any, error) {
			t, err := h.Box.Update(ctx, c.Actor, in.ID, mailbox.ThreadInput{
				DealID: in.DealID, PersonID: in.PersonID, Shared: in.SharedFlag, Read: in.ReadFlag, Archived: in.ArchivedFlag,
			})
			return h.thread(ctx, c, t, false, err)
		}).Returns(boxedThread{}).Beside(mailServiceWire{}),
		Handle("DELETE /v1/mailbox/mailThreads/{id}", func(ctx context.Context, c Call, in byID) (any, error) {
			return Answer{Data: deleted(in), Extra: mailService()}, h.Box.Delete(ctx, c.Actor, in.ID)
		}).Returns(deleted{}).Beside(mailServiceWire{}),
		Handle("GET /v1/mailbox/mailThreads/{id}/mailMessages", func(ctx context.Context, c Call, in byID) (any, error) {
			list, err := h.Box.Messages(ctx, c.Actor, in.ID)
			if err != nil {
				return nil, err
			}
			out, err := h.records(ctx, c, list)
			return each(list, out.message), err
		}).Lists(messageWire{}, Whole),
		Handle("GET /v1/mailbox/mailMessages/{id}", h.message).Returns(messageWire{}).Beside(mailServiceWire{}),
	}
}

func (h Mailbox) threads(ctx context.Context, c Call, in threadPage) (any, error) {
	folder, limit := in.Folder, int(in.Limit)
	if folder == "" {
		folder = mailbox.FolderInbox
	}
	if limit == 0 {
		limit = 100
	}
	list, more, err := h.Box.Threads(ctx, c.Actor, folder, int(in.Start), limit)
	if err != nil {
		return nil, err
	}
	out, err := h.boxed(ctx, c, list)
	return Answer{Data: out, Additional: pagination(int(in.Start), limit, more)}, err
}

// boxed renders threads with the names that they mention and their candidates.
func (h Mailbox) boxed(ctx context.Context, c Call, list []mailbox.Thread) ([]boxedThread, error) {
	var refs []change.Ref
	for _, t := range list {
		refs = append(refs, t.Names()...)
	}
	found, err := h.Records.GetAny(ctx, c.Team, refs)
	if err != nil {
		return nil, err
	}
	candidates, err := h.Box.Candidates(ctx, c.Actor, list...)
	out := v1Out{Call: c, known: found}
	return each(list, func(t mailbox.Thread) boxedThread {
		return boxedThread{out.thread(t), each(candidates[t.ID], candidateOut), each(t.Suggestions, suggestionOut), questionOut(t.Question)}
	}), err
}

func (h Mailbox) thread(ctx context.Context, c Call, t mailbox.Thread, parties bool, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	out, err := h.boxed(ctx, c, []mailbox.Thread{t})
	if err != nil {
		return nil, err
	}
	if !parties {
		out[0].Parties = nil
	}
	return Answer{Data: out[0], Extra: mailService()}, nil
}

func (h Mailbox) message(ctx context.Context, c Call, in messageGet) (any, error) {
	m, err := h.Box.Message(ctx, c.Actor, in.ID)
	if err != nil {
		return nil, err
	}
	out, err := h.records(ctx, c, []mailbox.Message{m})
	if err != nil {
		return nil, err
	}
	w := out.message(m)
	if in.IncludeBody {
		body, err := h.Box.Body(ctx, m)
		if err != nil {
			return nil, err
		}
		w.Body = &body
	}
	return Answer{Data: w, Extra: mailService()}, nil
}

func (h Mailbox) records(ctx context.Context, c Call, list []mailbox.Message) (v1Out, error) {
	var refs []change.Ref
	for _, m := range list {
		refs = append(refs, m.Names()...)
	}
	found, err := h.Records.GetAny(ctx, c.Team, refs)
	return v1Out{Call: c, known: found}, err
}

// mailService is what single items of the mailbox say besides (contract §1.2).
func mailService() map[string]any {
	return map[string]any{"statusCode": 2000, "statusText": "Success", "service": "email-api"}
}

// mailServiceWire is its form.
type mailServiceWire struct {
	StatusCode int64  `json:"statusCode"`
	StatusText string `json:"statusText"`
	Service    string `json:"service"`
}
