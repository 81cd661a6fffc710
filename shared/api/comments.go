package api

import (
	"cmp"
	"context"
	"strconv"

	"github.com/lejek/lejek/shared/notes"
	"github.com/lejek/lejek/shared/value"
)

// commentWire is a comment on a note (contract §3.1).
type commentWire struct {
	UUID       string `json:"uuid"`
	ActiveFlag bool   `json:"active_flag"`
	AddTime    string `json:"add_time"`
	UpdateTime string `json:"update_time"`
	CompanyID  int64  `json:"company_id"`
	Content    string `json:"content"`
	ObjectID   string `json:"object_id"`
	ObjectType string `json:"object_type"`
	UserID     int64  `json:"user_id"`
	UpdaterID  int64  `json:"updater_id"`
}

func commentOut(c Call, n notes.Comment) commentWire {
	return commentWire{
		UUID: n.UUID, ActiveFlag: !n.Deleted, AddTime: millis(n.AddTime), UpdateTime: millis(n.UpdateTime), CompanyID: c.Team, Content: n.Content,
		ObjectID: strconv.FormatInt(n.NoteID, 10), ObjectType: "note", UserID: n.UserID, UpdaterID: n.UpdaterID,
	}
}

type commentPage struct {
	byID
	Start int64 `query:"start" rule:"min=0,max=10000"`
	Limit int64 `query:"limit" rule:"min=1,max=500"`
}

type commentByID struct {
	byID
	UUID string `path:"uuid" rule:"max=100"`
}

type commentCreate struct {
	byID
	Content value.Opt[string] `json:"content" rule:"required,max=102400"`
}

type commentUpdate struct {
	commentByID
	Content value.Opt[string] `json:"content" rule:"required,max=102400"`
}

// Comments are the routes of comments on notes.
type Comments struct{ Comments notes.Comments }

// Routes binds them.
func (h Comments) Routes() []Route {
	const all, one = "/v1/notes/{id}/comments", "/v1/notes/{id}/comments/{uuid}"
	answer := func(c Call, n notes.Comment, err error) (any, error) { return commentOut(c, n), err }
	return []Route{
		Handle("GET "+all, func(ctx context.Context, c Call, in commentPage) (any, error) {
			start, limit := int(in.Start), int(cmp.Or(in.Limit, 100))
			page, more, err := h.Comments.List(ctx, c.Actor, in.ID, start, limit)
			out := each(page, func(n notes.Comment) commentWire { return commentOut(c, n) })
			return Answer{Data: out, Additional: pagination(start, limit, more)}, err
		}).Lists(commentWire{}, ByOffset),
		Handle("POST "+all, func(ctx context.Context, c Call, in commentCreate) (any, error) {
			n, err := h.Comments.Create(ctx, c.Actor, in.ID, in.Content.V)
			return answer(c, n, err)
		}).Returns(commentWire{}),
		Handle("GET "+one, func(ctx context.Context, c Call, in commentByID) (any, error) {
			n, err := h.Comments.Get(ctx, c.Actor, in.ID, in.UUID)
			return answer(c, n, err)
		}).Returns(commentWire{}),
		Handle("PUT "+one, func(ctx context.Context, c Call, in commentUpdate) (any, error) {
			n, err := h.Comments.Update(ctx, c.Actor, in.ID, in.UUID, in.Content.V)
			return answer(c, n, err)
		}).Returns(commentWire{}),
		Handle("DELETE "+one, func(ctx context.Context, c Call, in commentByID) (any, error) {
			return true, h.Comments.Delete(ctx, c.Actor, in.ID, in.UUID)
		}).Returns(true),
	}
}
