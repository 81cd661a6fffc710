package api

import (
	"cmp"
	"context"
	"time"

	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/notes"
	"github.com/lejek/lejek/shared/teams"
	"github.com/lejek/lejek/shared/value"
)

// noteBody is what a client may write of a note.
type noteBody struct {
	UserID                   value.Opt[int64]     `json:"user_id" rule:"notnull,min=1"`
	DealID                   value.Opt[int64]     `json:"deal_id" rule:"min=1"`
	PersonID                 value.Opt[int64]     `json:"person_id" rule:"min=1"`
	OrgID                    value.Opt[int64]     `json:"org_id" rule:"min=1"`
	AddTime                  value.Opt[time.Time] `json:"add_time" rule:"notnull"`
	PinnedToDealFlag         value.Opt[bool]      `json:"pinned_to_deal_flag"`
	PinnedToPersonFlag       value.Opt[bool]      `json:"pinned_to_person_flag"`
	PinnedToOrganizationFlag value.Opt[bool]      `json:"pinned_to_organization_flag"`
	LeadID                   value.Opt[string]    `json:"lead_id" rule:"unsupported,null"`
	ProjectID                value.Opt[int64]     `json:"project_id" rule:"unsupported,null"`
	TaskID                   value.Opt[int64]     `json:"task_id" rule:"unsupported,null"`
	PinnedToLeadFlag         value.Opt[bool]      `json:"pinned_to_lead_flag" rule:"unsupported,null"`
	PinnedToProjectFlag      value.Opt[bool]      `json:"pinned_to_project_flag" rule:"unsupported,null"`
	PinnedToTaskFlag         value.Opt[bool]      `json:"pinned_to_task_flag" rule:"unsupported,null"`
}

func (b noteBody) input(content value.Opt[string]) notes.Input {
	return notes.Input{
		Content: content, UserID: b.UserID, DealID: b.DealID, PersonID: b.PersonID, OrganizationID: b.OrgID, AddTime: b.AddTime,
		PinnedToDeal: b.PinnedToDealFlag, PinnedToPerson: b.PinnedToPersonFlag, PinnedToOrganization: b.PinnedToOrganizationFlag,
	}
}

type noteCreate struct {
	Content value.Opt[string] `json:"content" rule:"required,max=102400"`
	noteBody
}

type noteUpdate struct {
	byID
	Content value.Opt[string] `json:"content" rule:"notnull,nonempty,max=102400"`
	noteBody
}

type noteList struct {
	Start                    int64                 `query:"start" rule:"min=0,max=1000000"`
	Limit                    int64                 `query:"limit" rule:"min=1,max=500"`
	Sort                     string                `query:"sort" rule:"max=200"`
	UserID                   value.Opt[int64]      `query:"user_id"`
	DealID                   value.Opt[int64]      `query:"deal_id"`
	PersonID                 value.Opt[int64]      `query:"person_id"`
	OrgID                    value.Opt[int64]      `query:"org_id"`
	StartDate                value.Opt[value.Date] `query:"start_date"`
	EndDate                  value.Opt[value.Date] `query:"end_date"`
	UpdatedSince             time.Time             `query:"updated_since"`
	PinnedToDealFlag         value.Opt[bool]       `query:"pinned_to_deal_flag"`
	PinnedToPersonFlag       value.Opt[bool]       `query:"pinned_to_person_flag"`
	PinnedToOrganizationFlag value.Opt[bool]       `query:"pinned_to_organization_flag"`
	LeadID                   value.Opt[string]     `query:"lead_id" rule:"unsupported"`
	ProjectID                value.Opt[string]     `query:"project_id" rule:"unsupported"`
	TaskID                   value.Opt[string]     `query:"task_id" rule:"unsupported"`
	PinnedToLeadFlag         value.Opt[string]     `query:"pinned_to_lead_flag" rule:"unsupported,null"`
	PinnedToProjectFlag      value.Opt[string]     `query:"pinned_to_project_flag" rule:"unsupported,null"`
	PinnedToTaskFlag         value.Opt[string]     `query:"pinned_to_task_flag" rule:"unsupported,null"`
}

// Records reads records of several kinds at once; what does not exist is absent.
type Records interface {
	GetAny(ctx context.Context, team int64, refs []change.Ref) (map[change.Ref]any, error)
}

// Notes are the routes of notes.
type Notes struct {
	Notes   notes.Service
	Records Records
}

// Routes binds them.
func (h Notes) Routes() []Route {
	return []Route{
		Handle("GET /v1/notes", h.list).Lists(noteWire{}, ByOffset),
		Handle("POST /v1/notes", func(ctx context.Context, c Call, in noteCreate) (any, error) {
			n, err := h.Notes.Create(ctx, c.Actor, in.input(in.Content))
			return h.one(ctx, c, n, err)
		}).Returns(noteWire{}),
		Handle("GET /v1/notes/{id}", func(ctx context.Context, c Call, in byID) (any, error) {
			n, err := h.Notes.Get(ctx, c.Actor, in.ID)
			return h.one(ctx, c, n, err)
		}).Returns(noteWire{}),
		Handle("PUT /v1/notes/{id}", func(ctx context.Context, c Call, in noteUpdate) (any, error) {
			n, err := h.Notes.Update(ctx, c.Actor, in.ID, in.input(in.Content))
			return h.one(ctx, c, n, err)
		}).Returns(noteWire{}),
		Handle("DELETE /v1/notes/{id}", func(ctx context.Context, c Call, in byID) (any, error) {
			return true, h.Notes.Delete(ctx, c.Actor, in.ID)
		}).Returns(true),
	}
}

func (h Notes) list(ctx context.Context, c Call, in noteList) (any, error) {
	q := notes.Query{
		List:      value.List{UpdatedSince: in.UpdatedSince, Links: map[string]int64{}},
		StartDate: in.StartDate, EndDate: in.EndDate, Start: int(in.Start), Limit: int(cmp.Or(in.Limit, 100)), Sort: in.Sort,
		PinnedToDeal: in.PinnedToDealFlag, PinnedToPerson: in.PinnedToPersonFlag, PinnedToOrganization: in.PinnedToOrganizationFlag,
	}
	link(&q.List, value.ByOwner, in.UserID)
	link(&q.List, value.ByDeal, in.DealID)
	link(&q.List, value.ByPerson, in.PersonID)
	link(&q.List, value.ByOrganization, in.OrgID)
	found, more, err := h.Notes.List(ctx, c.Actor, q)
	if err != nil {
		return nil, err
	}
	out, err := h.out(ctx, c, found)
	return Answer{Data: out, Additional: paginationTo(q.Start, q.Limit, more, q.Start+len(found))}, err // a page of long notes ends before its limit
}

func (h Notes) one(ctx context.Context, c Call, n notes.Note, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	out, err := h.out(ctx, c, []notes.Note{n})
	if err != nil {
		return nil, err
	}
	return out[0], nil
}

// out renders notes with the names of what they hang on, read together.
func (h Notes) out(ctx context.Context, c Call, list []notes.Note) ([]noteWire, error) {
	var refs []change.Ref
	for _, n := range list {
		refs = append(append(refs, n.HangsOn().Refs()...), change.Of(teams.KindUser, n.UserID))
	}
	found, err := h.Records.GetAny(ctx, c.Team, refs)
	if err != nil {
		return nil, err
	}
	return each(list, v1Out{Call: c, known: found}.note), nil
}
