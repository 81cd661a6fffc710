package api

import (
	"context"

	"github.com/lejek/lejek/shared/activities"
	"github.com/lejek/lejek/shared/filters"
	"github.com/lejek/lejek/shared/value"
)

// activityWire is an activity in v2 (contract §2.4); every key is there, null when unset.
type activityWire struct {
	ID                      int64             `json:"id"`
	Subject                 string            `json:"subject"`
	Type                    string            `json:"type"`
	OwnerID                 int64             `json:"owner_id"`
	CreatorUserID           int64             `json:"creator_user_id"`
	IsDeleted               bool              `json:"is_deleted"`
	AddTime                 *string           `json:"add_time"`
	UpdateTime              *string           `json:"update_time"`
	DealID                  *int64            `json:"deal_id"`
	LeadID                  *string           `json:"lead_id"`
	PersonID                *int64            `json:"person_id"`
	OrgID                   *int64            `json:"org_id"`
	ProjectID               *int64            `json:"project_id"`
	DueDate                 *value.Date       `json:"due_date"`
	DueTime                 *string           `json:"due_time"`
	Duration                *string           `json:"duration"`
	Busy                    bool              `json:"busy"`
	Done                    bool              `json:"done"`
	MarkedAsDoneTime        *string           `json:"marked_as_done_time"`
	Location                *addressWire      `json:"location"`
	Participants            []participantWire `json:"participants"`
	ConferenceMeetingClient *string           `json:"conference_meeting_client"`
	ConferenceMeetingURL    *string           `json:"conference_meeting_url"`
	ConferenceMeetingID     *string           `json:"conference_meeting_id"`
	PublicDescription       *string           `json:"public_description"`
	Priority                *int64            `json:"priority"`
	Outcome                 *int64            `json:"outcome"`
	Note                    *string           `json:"note"`
	CustomFields            struct{}          `json:"custom_fields"`
	Attendees               *[]struct{}       `json:"attendees,omitempty"` // only when asked for
}

type participantWire struct {
	PersonID int64 `json:"person_id"`
	Primary  bool  `json:"primary"`
}

func activityOut(n activities.Activity) activityWire {
	w := activityWire{
		ID: n.ID, Subject: n.Subject, Type: n.Type, OwnerID: n.OwnerID, CreatorUserID: n.CreatorUserID, IsDeleted: n.Deleted,
		AddTime: seconds(&n.AddTime), UpdateTime: seconds(&n.UpdateTime), DealID: n.DealID, OrgID: n.OrganizationID, DueDate: n.DueDate,
		DueTime: n.DueTime, Duration: n.Duration, Busy: n.Busy, Done: n.Done, MarkedAsDoneTime: seconds(n.DoneTime),
		Location: addressOut(n.Location), PublicDescription: n.PublicDescription, Priority: n.Priority, Note: n.Note,
		Participants: each(n.Participants, func(p activities.Participant) participantWire { return participantWire(p) }),
	}
	if id := n.PersonID(); id != 0 {
		w.PersonID = &id
	}
	return w
}

// activityBody is what a client may write of an activity.
type activityBody struct {
	Type              value.Opt[string]            `json:"type" rule:"notnull,max=100"`
	OwnerID           value.Opt[int64]             `json:"owner_id" rule:"notnull,min=1"`
	DealID            value.Opt[int64]             `json:"deal_id" rule:"min=1"`
	PersonID          value.Opt[int64]             `json:"person_id" rule:"min=1"`
	OrgID             value.Opt[int64]             `json:"org_id" rule:"min=1"`
	Participants      value.Opt[[]participantBody] `json:"participants"`
	DueDate           value.Opt[value.Date]        `json:"due_date"`
	DueTime           value.Opt[string]            `json:"due_time" rule:"max=20"`
	Duration          value.Opt[string]            `json:"duration" rule:"max=20"`
	Busy              value.Opt[bool]              `json:"busy"`
	Done              value.Opt[bool]              `json:"done" rule:"notnull"`
	Location          value.Opt[addressBody]       `json:"location"`
	PublicDescription value.Opt[string]            `json:"public_description"`
	Note              value.Opt[string]            `json:"note"`
	Priority          value.Opt[int64]             `json:"priority"`
	IsDeleted         value.Opt[bool]              `json:"is_deleted"` // in the schema but without effect (contract §1.6)
	LeadID            value.Opt[string]            `json:"lead_id" rule:"unsupported,null"`
	ProjectID         value.Opt[int64]             `json:"project_id" rule:"unsupported,null"`
	Outcome           value.Opt[int64]             `json:"outcome" rule:"unsupported,null"`
	Attendees         value.Opt[[]struct{}]        `json:"attendees" rule:"unsupported,null"`
	CustomFields      value.Opt[struct{}]          `json:"custom_fields" rule:"unsupported"`
}

type participantBody struct {
	PersonID int64 `json:"person_id" rule:"required,min=1"`
	Primary  bool  `json:"primary"`
}

func (b activityBody) input(subject value.Opt[string]) activities.Input {
	in := activities.Input{
		Subject: subject, Type: b.Type, OwnerID: b.OwnerID, DealID: b.DealID, PersonID: b.PersonID, OrganizationID: b.OrgID,
		DueDate: b.DueDate, DueTime: b.DueTime, Duration: b.Duration, Busy: b.Busy, Done: b.Done, Location: addressIn(b.Location),
		PublicDescription: b.PublicDescription, Note: b.Note, Priority: b.Priority,
	}
	in.Participants = value.Opt[[]activities.Participant]{
		Set: b.Participants.Set, Null: b.Participants.Null,
		V: each(b.Participants.V, func(p participantBody) activities.Participant { return activities.Participant(p) }),
	}
	return in
}

type activityCreate struct {
	Subject value.Opt[string] `json:"subject" rule:"max=255,trim"`
	activityBody
}

type activityUpdate struct {
	byID
	Subject value.Opt[string] `json:"subject" rule:"notnull,nonempty,max=255,trim"`
	activityBody
}

// activityExtras are the parameters that add fields to an activity. Attendees are those whom a calendar invites; there is none, so
// nobody is, and who takes part are the participants.
type activityExtras struct {
	IncludeFields []string `query:"include_fields" rule:"enum=attendees"`
}

func (x activityExtras) out(n activities.Activity) activityWire {
	w := activityOut(n)
	if len(x.IncludeFields) > 0 {
		w.Attendees = &[]struct{}{}
	}
	return w
}

type activityGet struct {
	byID
	activityExtras
}

type activityList struct {
	v2Page
	byFilter
	activityExtras
	OwnerID  value.Opt[int64]  `query:"owner_id" rule:"min=1"`
	DealID   value.Opt[int64]  `query:"deal_id" rule:"min=1"`
	PersonID value.Opt[int64]  `query:"person_id" rule:"min=1"`
	OrgID    value.Opt[int64]  `query:"org_id" rule:"min=1"`
	Done     value.Opt[bool]   `query:"done"`
	LeadID   value.Opt[string] `query:"lead_id" rule:"unsupported"`
}

// Activities are the routes of activities.
type Activities struct {
	Activities activities.Service
	Filters    FilterUse
}

// Routes binds them.
func (h Activities) Routes() []Route {
	return []Route{
		Handle("GET /api/v2/activities", h.list).Lists(activityWire{}, ByCursor),
		Handle("POST /api/v2/activities", func(ctx context.Context, c Call, in activityCreate) (any, error) {
			n, err := h.Activities.Create(ctx, c.Actor, in.input(in.Subject))
			return activityOut(n), err
		}).Returns(activityWire{}),
		Handle("GET /api/v2/activities/{id}", func(ctx context.Context, c Call, in activityGet) (any, error) {
			n, err := h.Activities.Get(ctx, c.Actor, in.ID)
			return in.out(n), err
		}).Returns(activityWire{}),
		Handle("PATCH /api/v2/activities/{id}", func(ctx context.Context, c Call, in activityUpdate) (any, error) {
			n, err := h.Activities.Update(ctx, c.Actor, in.ID, in.input(in.Subject))
			return activityOut(n), err
		}).Returns(activityWire{}),
		Handle("DELETE /api/v2/activities/{id}", func(ctx context.Context, c Call, in byID) (any, error) {
			return deleted(in), h.Activities.Delete(ctx, c.Actor, in.ID)
		}).Returns(deleted{}),
	}
}

func (h Activities) list(ctx context.Context, c Call, in activityList) (any, error) {
	l, err := in.list(value.SortDue)
	if err != nil {
		return nil, err
	}
	link(&l, value.ByOwner, in.OwnerID)
	link(&l, value.ByDeal, in.DealID)
	link(&l, value.ByPerson, in.PersonID)
	link(&l, value.ByOrganization, in.OrgID)
	if in.Done.Has() {
		l.Done = &in.Done.V
	}
	if err := in.apply(ctx, c, h.Filters, filters.Activities, &l); err != nil {
		return nil, err
	}
	page, err := h.Activities.List(ctx, c.Actor, l)
	if err != nil {
		return nil, err
	}
	return listed(each(page.Items, in.out), page.Next), nil
}
