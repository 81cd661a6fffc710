package api

import (
	"context"
	"net/http"
	"slices"

	"github.com/lejek/lejek/shared/activities"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/filters"
	"github.com/lejek/lejek/shared/value"
)

// activityBodyV1 is what a client of v1 may write of an activity.
type activityBodyV1 struct {
	Type              value.Opt[string]          `json:"type" rule:"notnull,max=100"`
	UserID            value.Opt[int64]           `json:"user_id" rule:"notnull,min=1"`
	AssignedTo        value.Opt[int64]           `json:"assigned_to_user_id" rule:"notnull,min=1"`
	DealID            value.Opt[int64]           `json:"deal_id" rule:"min=1"`
	PersonID          value.Opt[int64]           `json:"person_id" rule:"min=1"`
	OrgID             value.Opt[int64]           `json:"org_id" rule:"min=1"`
	Participants      value.Opt[[]participantIn] `json:"participants"`
	DueDate           value.Opt[value.Date]      `json:"due_date"`
	DueTime           value.Opt[string]          `json:"due_time" rule:"max=20"`
	Duration          value.Opt[string]          `json:"duration" rule:"max=20"`
	BusyFlag          value.Opt[bool]            `json:"busy_flag"`
	Done              value.Opt[bool]            `json:"done" rule:"notnull"`
	Location          value.Opt[string]          `json:"location" rule:"max=1000"`
	PublicDescription value.Opt[string]          `json:"public_description"`
	Note              value.Opt[string]          `json:"note"`
	Priority          value.Opt[int64]           `json:"priority"`
	LeadID            value.Opt[string]          `json:"lead_id" rule:"unsupported,null"`
	ProjectID         value.Opt[int64]           `json:"project_id" rule:"unsupported,null"`
}

type participantIn struct {
	PersonID int64 `json:"person_id" rule:"required,min=1"`
	Primary  bool  `json:"primary_flag"`
}

func (b activityBodyV1) input(subject value.Opt[string]) activities.Input {
	in := activities.Input{
		Subject: subject, Type: b.Type, OwnerID: b.UserID, DealID: b.DealID, PersonID: b.PersonID, OrganizationID: b.OrgID, DueDate: b.DueDate,
		DueTime: unset(b.DueTime), Duration: unset(b.Duration), Busy: b.BusyFlag, Done: b.Done, PublicDescription: b.PublicDescription,
		Note: b.Note, Priority: b.Priority,
		Location: value.Opt[value.Address]{Set: b.Location.Set, Null: b.Location.Null || b.Location.V == "", V: value.Address{Value: b.Location.V}},
		Participants: value.Opt[[]activities.Participant]{
			Set: b.Participants.Set, Null: b.Participants.Null,
			V: each(b.Participants.V, func(p participantIn) activities.Participant { return activities.Participant(p) }),
		},
	}
	if b.AssignedTo.Has() && !b.UserID.Has() {
		in.OwnerID = b.AssignedTo
	}
	return in
}

// unset reads "", v1's way to clear what has no other empty value.
func unset(in value.Opt[string]) value.Opt[string] {
	in.Null = in.Null || in.V == ""
	return in
}

type activityCreateV1 struct {
	Subject value.Opt[string] `json:"subject" rule:"max=255,trim"`
	activityBodyV1
}

type activityUpdateV1 struct {
	byID
	Subject value.Opt[string] `json:"subject" rule:"notnull,nonempty,max=255,trim"`
	activityBodyV1
}

type activityListV1 struct {
	listV1
	UserID    value.Opt[int64]      `query:"user_id" rule:"min=0"`
	Type      []string              `query:"type"`
	StartDate value.Opt[value.Date] `query:"start_date"`
	EndDate   value.Opt[value.Date] `query:"end_date"`
	Done      value.Opt[bool]       `query:"done"`
}

// question is what is asked of activities: those of the token's user, unless another is named, or 0 for all.
func (in activityListV1) question(ctx context.Context, c Call, use FilterUse) (l value.List, err error) {
	if l, err = in.list(value.SortDue); err != nil {
		return l, err
	}
	if user := in.UserID.Or(c.User); user != 0 {
		l.Links[value.ByOwner] = user
	}
	if in.Done.Has() {
		l.Done = &in.Done.V
	}
	if len(in.Type) > 0 || in.StartDate.Has() || in.EndDate.Has() {
		l.Sieve = sieve(func(n activities.Activity) bool {
			due := value.Deref(n.DueDate)
			return (len(in.Type) == 0 || slices.Contains(in.Type, n.Type)) && (!in.StartDate.Has() || due >= in.StartDate.V) &&
				(!in.EndDate.Has() || due != "" && due <= in.EndDate.V)
		}, in.Type, in.StartDate, in.EndDate)
	}
	return l, in.apply(ctx, c, use, filters.Activities, &l)
}

// LegacyActivities are the routes of activities in v1.
type LegacyActivities struct {
	Activities
	Legacy
}

// Routes binds them.
func (h LegacyActivities) Routes() []Route {
	return []Route{
		Handle("GET /v1/activities", h.list).Lists(activityV1{}, ByOffset).Relates(),
		Handle("POST /v1/activities", func(ctx context.Context, c Call, in activityCreateV1) (any, error) {
			n, err := h.Activities.Activities.Create(ctx, c.Actor, in.input(in.Subject))
			return h.one(ctx, c, n, http.StatusCreated, err)
		}).Returns(activityV1{}).Created().Relates(),
		Handle("DELETE /v1/activities", func(ctx context.Context, c Call, in severalIDs) (any, error) {
			return deleteEach(in.IDs, "Activity", func(id int64) error { return h.Activities.Activities.Delete(ctx, c.Actor, id) })
		}).Returns(deletedMany{}),
		Handle("GET /v1/activities/{id}", func(ctx context.Context, c Call, in byID) (any, error) {
			n, err := h.Activities.Activities.Get(ctx, c.Actor, in.ID)
			return h.one(ctx, c, n, http.StatusOK, err)
		}).Returns(activityV1{}).Relates(),
		Handle("PUT /v1/activities/{id}", func(ctx context.Context, c Call, in activityUpdateV1) (any, error) {
			n, err := h.Activities.Activities.Update(ctx, c.Actor, in.ID, in.input(in.Subject))
			return h.one(ctx, c, n, http.StatusOK, err)
		}).Returns(activityV1{}).Relates(),
		Handle("DELETE /v1/activities/{id}", func(ctx context.Context, c Call, in byID) (any, error) {
			return deleted(in), h.Activities.Activities.Delete(ctx, c.Actor, in.ID)
		}).Returns(deleted{}),
	}
}

func (h LegacyActivities) list(ctx context.Context, c Call, in activityListV1) (any, error) {
	l, err := in.question(ctx, c, h.Filters)
	if err != nil {
		return nil, err
	}
	return h.page(ctx, c, l, in.offsetPage)
}

// page answers a question about activities, whoever asks it.
func (h LegacyActivities) page(ctx context.Context, c Call, l value.List, p offsetPage) (any, error) {
	return legacyPage(ctx, c, h.Legacy, change.Activity, l, p, func(l value.List) (value.Page[activities.Activity], error) {
		return h.Activities.Activities.List(ctx, c.Actor, l)
	}, func(out flatOut, n activities.Activity) activityV1 { return out.activity(n) })
}

func (h LegacyActivities) one(ctx context.Context, c Call, n activities.Activity, status int, err error) (any, error) {
	if err != nil {
		return nil, renamed(err, map[string]string{"owner_id": "user_id", "busy": "busy_flag"})
	}
	out, err := h.Flat.of(ctx, c, []any{n})
	if err != nil {
		return nil, err
	}
	return Answer{Status: status, Data: out.activity(n), Related: out.related()}, nil
}
