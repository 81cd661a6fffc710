package api

import (
	"context"
	"net/http"
	"strconv"

	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/followers"
	"github.com/lejek/lejek/shared/manifest"
	"github.com/lejek/lejek/shared/value"
)

// followerWire is a user who follows a record (contract §2.7).
type followerWire struct {
	UserID  int64   `json:"user_id"`
	AddTime *string `json:"add_time"`
}

func followerOut(f followers.Follower) followerWire {
	return followerWire{f.UserID, seconds(&f.AddTime)}
}

// followerEventWire is one line of what became of a record's followers.
type followerEventWire struct {
	Action         string  `json:"action"`
	ActorUserID    int64   `json:"actor_user_id"`
	FollowerUserID int64   `json:"follower_user_id"`
	Time           *string `json:"time"`
}

func followerEventOut(e followers.Event) followerEventWire {
	action := "removed"
	if e.Added {
		action = "added"
	}
	return followerEventWire{action, e.ActorID, e.UserID, seconds(&e.Time)}
}

// followerRef is how a DELETE names the follower: by the user.
type followerRef struct {
	UserID int64 `json:"user_id"`
}

type followerList struct {
	byID
	Limit  int64  `query:"limit" rule:"min=1,max=500"`
	Cursor string `query:"cursor" rule:"max=2000"`
}

// page is where the page begins, 0 at the beginning, and how long it is.
func (l followerList) page() (after int64, limit int, err error) {
	if limit = int(l.Limit); limit == 0 {
		limit = 100
	}
	if l.Cursor == "" {
		return 0, limit, nil
	}
	after, err = strconv.ParseInt(l.Cursor, 10, 64)
	if err != nil || after < 1 {
		return 0, 0, fault.BadField("cursor", "must be the next_cursor of an earlier page")
	}
	return after, limit, nil
}

type followerAdd struct {
	byID
	UserID int64 `json:"user_id" rule:"required,min=1"`
}

type followerRemove struct {
	byID
	UserID int64 `path:"user_id" rule:"min=1"`
}

// Followers are the routes of the followers of one kind of record, which v2 calls Entities.
type Followers struct {
	Followers      followers.Service
	Kind, Entities string
	Marks          Bookmarks
}

// Routes binds them.
func (h Followers) Routes() []Route {
	root := "/api/v2/" + h.Entities + "/{id}/followers"
	return []Route{
		Handle(manifest.Operation("GET "+root), h.list).Lists(followerWire{}, ByCursor),
		Handle(manifest.Operation("GET "+root+"/changelog"), h.events).Lists(followerEventWire{}, ByCursor),
		Handle(manifest.Operation("POST "+root), func(ctx context.Context, c Call, in followerAdd) (any, error) {
			f, err := h.Followers.Add(ctx, c.Actor, change.Of(h.Kind, in.ID), in.UserID)
			return Answer{Status: http.StatusCreated, Data: followerOut(f)}, err
		}).Returns(followerWire{}).Created(),
		Handle(manifest.Operation("DELETE "+root+"/{user_id}"), func(ctx context.Context, c Call, in followerRemove) (any, error) {
			return followerRef{in.UserID}, h.Followers.Remove(ctx, c.Actor, change.Of(h.Kind, in.ID), in.UserID)
		}).Returns(followerRef{}),
	}
}

// followingV1 is a user who follows a record, in v1. It has the number of the user, who follows a record once.
type followingV1 struct {
	ID       int64   `json:"id"`
	UserID   int64   `json:"user_id"`
	DealID   *int64  `json:"deal_id,omitempty"`
	PersonID *int64  `json:"person_id,omitempty"`
	OrgID    *int64  `json:"org_id,omitempty"`
	AddTime  *string `json:"add_time"`
}

func (h Followers) followingV1(of int64, f followers.Follower) followingV1 {
	w := followingV1{ID: f.UserID, UserID: f.UserID, AddTime: value.Stamp(&f.AddTime)}
	switch h.Kind {
	case change.Deal:
		w.DealID = &of
	case change.Person:
		w.PersonID = &of
	case change.Organization:
		w.OrgID = &of
	}
	return w
}

type followersV1 struct {
	byID
	offsetPage
}

// LegacyRoutes are those of v1.
func (h Followers) LegacyRoutes() []Route {
	root := "/v1/" + h.Entities + "/{id}/followers"
	return []Route{
		Handle(manifest.Operation("GET "+root), h.listV1).Lists(followingV1{}, ByOffset),
		Handle(manifest.Operation("POST "+root), func(ctx context.Context, c Call, in followerAdd) (any, error) {
			f, err := h.Followers.Add(ctx, c.Actor, change.Of(h.Kind, in.ID), in.UserID)
			return Answer{Data: h.followingV1(in.ID, f)}, err
		}).Returns(followingV1{}),
		Handle(manifest.Operation("DELETE "+root+"/{user_id}"), func(ctx context.Context, c Call, in followerRemove) (any, error) {
			return deleted{in.UserID}, h.Followers.Remove(ctx, c.Actor, change.Of(h.Kind, in.ID), in.UserID)
		}).Returns(deleted{}),
	}
}

func (h Followers) listV1(ctx context.Context, c Call, in followersV1) (any, error) {
	of := change.Of(h.Kind, in.ID)
	o := offsetted[followers.Follower]{h.Marks, "followers " + string(of), func(l value.List) (value.Page[followers.Follower], error) {
		after, _ := strconv.ParseInt(l.Cursor, 10, 64) // as it was kept
		list, more, err := h.Followers.List(ctx, c.Actor, of, after, l.Limit)
		page := value.Page[followers.Follower]{Items: list}
		if more {
			page.Next = strconv.FormatInt(list[len(list)-1].UserID, 10)
		}
		return page, err
	}}
	found, next, more, err := o.page(ctx, c, value.List{}, in.offsetPage)
	if err != nil {
		return nil, err
	}
	start, limit := in.at()
	rows := each(found, func(f followers.Follower) followingV1 { return h.followingV1(in.ID, f) })
	return Answer{Data: rows, Additional: paginationTo(start, limit, more, next)}, nil
}

func (h Followers) list(ctx context.Context, c Call, in followerList) (any, error) {
	after, limit, err := in.page()
	if err != nil {
		return nil, err
	}
	page, more, err := h.Followers.List(ctx, c.Actor, change.Of(h.Kind, in.ID), after, limit)
	next := ""
	if more {
		next = strconv.FormatInt(page[len(page)-1].UserID, 10)
	}
	return listed(each(page, followerOut), next), err
}

func (h Followers) events(ctx context.Context, c Call, in followerList) (any, error) {
	before, limit, err := in.page()
	if err != nil {
		return nil, err
	}
	page, more, err := h.Followers.Events(ctx, c.Actor, change.Of(h.Kind, in.ID), before, limit)
	next := ""
	if more {
		next = strconv.FormatInt(page[len(page)-1].ID, 10)
	}
	return listed(each(page, followerEventOut), next), err
}
