package api

import (
	"context"
	"fmt"

	"github.com/lejek/lejek/shared/activities"
	"github.com/lejek/lejek/shared/deals"
	"github.com/lejek/lejek/shared/fields"
	"github.com/lejek/lejek/shared/notes"
	"github.com/lejek/lejek/shared/organizations"
	"github.com/lejek/lejek/shared/persons"
	"github.com/lejek/lejek/shared/pipelines"
	"github.com/lejek/lejek/shared/teams"
	"github.com/lejek/lejek/shared/value"
)

// The records of payloads of version 2.0 (contract §5.1): neither those of v1 nor those of v2.
type (
	dealTold struct {
		ID                int64         `json:"id"`
		Title             string        `json:"title"`
		CreatorUserID     int64         `json:"creator_user_id"`
		OwnerID           int64         `json:"owner_id"`
		PersonID          *int64        `json:"person_id"`
		OrgID             *int64        `json:"org_id"`
		PipelineID        int64         `json:"pipeline_id"`
		StageID           int64         `json:"stage_id"`
		Value             value.Decimal `json:"value"`
		Currency          string        `json:"currency"`
		Status            string        `json:"status"`
		Probability       *int64        `json:"probability"`
		LostReason        *string       `json:"lost_reason"`
		AddTime           *string       `json:"add_time"`
		UpdateTime        *string       `json:"update_time"`
		StageChangeTime   *string       `json:"stage_change_time"`
		WonTime           *string       `json:"won_time"`
		FirstWonTime      *string       `json:"first_won_time"`
		LostTime          *string       `json:"lost_time"`
		CloseTime         *string       `json:"close_time"`
		ExpectedCloseDate *value.Date   `json:"expected_close_date"`
		IsArchived        bool          `json:"is_archived"`
		ArchiveTime       *string       `json:"archive_time"`
		LabelIDs          []int64       `json:"label_ids"`
		VisibleTo         string        `json:"visible_to"`
		Origin            string        `json:"origin"`
		OriginID          *string       `json:"origin_id"`
		Channel           *int64        `json:"channel"`
		ChannelID         *string       `json:"channel_id"`
		CustomFields      customTold    `json:"custom_fields"`
	}
	personTold struct {
		ID           int64        `json:"id"`
		Name         string       `json:"name"`
		FirstName    *string      `json:"first_name"`
		LastName     *string      `json:"last_name"`
		OwnerID      int64        `json:"owner_id"`
		OrgID        *int64       `json:"org_id"`
		Emails       []detailWire `json:"emails"`
		Phones       []detailWire `json:"phones"`
		Label        *int64       `json:"label"`
		LabelIDs     []int64      `json:"label_ids"`
		AddTime      *string      `json:"add_time"`
		UpdateTime   *string      `json:"update_time"`
		VisibleTo    string       `json:"visible_to"`
		CustomFields customTold   `json:"custom_fields"`
	}
	organizationTold struct {
		ID           int64        `json:"id"`
		Name         string       `json:"name"`
		OwnerID      int64        `json:"owner_id"`
		Address      *addressWire `json:"address"`
		CountryCode  *string      `json:"country_code"`
		PictureID    *int64       `json:"picture_id"`
		Label        *int64       `json:"label"`
		LabelIDs     []int64      `json:"label_ids"`
		AddTime      *string      `json:"add_time"`
		UpdateTime   *string      `json:"update_time"`
		VisibleTo    string       `json:"visible_to"`
		CustomFields customTold   `json:"custom_fields"`
	}
	activityTold struct {
		ID                int64        `json:"id"`
		Subject           string       `json:"subject"`
		Type              string       `json:"type"`
		OwnerID           int64        `json:"owner_id"`
		DealID            *int64       `json:"deal_id"`
		LeadID            *string      `json:"lead_id"`
		PersonID          *int64       `json:"person_id"`
		OrgID             *int64       `json:"org_id"`
		DueDate           *value.Date  `json:"due_date"`
		DueTime           *timeTold    `json:"due_time"`
		Duration          *timeTold    `json:"duration"`
		BusyFlag          bool         `json:"busy_flag"`
		Done              bool         `json:"done"`
		Location          *addressWire `json:"location"`
		PublicDescription *string      `json:"public_description"`
		ActiveFlag        bool         `json:"active_flag"`
		AddTime           *string      `json:"add_time"`
		UpdateTime        *string      `json:"update_time"`
		UpdateUserID      *int64       `json:"update_user_id"`
		CustomFields      struct{}     `json:"custom_fields"`
	}
	timeTold struct {
		TimezoneID *int64 `json:"timezone_id"`
		Value      string `json:"value"`
	}
	noteTold struct {
		ID                   int64   `json:"id"`
		UserID               int64   `json:"user_id"`
		DealID               *int64  `json:"deal_id"`
		PersonID             *int64  `json:"person_id"`
		OrgID                *int64  `json:"org_id"`
		LeadID               *string `json:"lead_id"`
		ProjectID            *int64  `json:"project_id"`
		ActiveFlag           bool    `json:"active_flag"`
		Content              string  `json:"content"`
		AddTime              *string `json:"add_time"`
		UpdateTime           *string `json:"update_time"`
		PinnedToDeal         bool    `json:"pinned_to_deal_flag"`
		PinnedToPerson       bool    `json:"pinned_to_person_flag"`
		PinnedToOrganization bool    `json:"pinned_to_organization_flag"`
		PinnedToLead         bool    `json:"pinned_to_lead_flag"`
		PinnedToProject      bool    `json:"pinned_to_project_flag"`
	}
	userTold struct {
		userWire
		ID   string `json:"id"`
		Lang string `json:"lang"`
	}
)

// toldV2 is a record as payloads of version 2.0 have it.
func (p *Payloads) toldV2(ctx context.Context, team int64, record any) (any, error) {
	switch r := record.(type) {
	case deals.Deal:
		s, err := p.sheet(ctx, team, fields.Deal)
		return dealToldOf(r, s), err
	case persons.Person:
		s, err := p.sheet(ctx, team, fields.Person)
		return personToldOf(r, s), err
	case organizations.Organization:
		s, err := p.sheet(ctx, team, fields.Organization)
		return organizationToldOf(r, s), err
	case activities.Activity:
		return activityToldOf(r), nil
	case notes.Note:
		return noteTold{
			ID: r.ID, UserID: r.UserID, DealID: r.DealID, PersonID: r.PersonID, OrgID: r.OrganizationID, ActiveFlag: !r.Deleted, Content: r.Content,
			AddTime: seconds(&r.AddTime), UpdateTime: seconds(&r.UpdateTime), PinnedToDeal: r.PinnedToDeal, PinnedToPerson: r.PinnedToPerson,
			PinnedToOrganization: r.PinnedToOrganization,
		}, nil
	case pipelines.Pipeline, pipelines.Stage:
		return p.boardTold(ctx, team, r)
	case teams.User:
		w := Misc{Now: p.Now}.user(Call{}, r)
		return userTold{w, digits(r.ID), "en-US"}, nil
	}
	return nil, fmt.Errorf("api.toldV2: nothing is told of a %T", record)
}

func dealToldOf(d deals.Deal, s fields.Sheet) dealTold {
	return dealTold{
		ID: d.ID, Title: d.Title, CreatorUserID: d.CreatorUserID, OwnerID: d.OwnerID, PersonID: d.PersonID, OrgID: d.OrganizationID,
		PipelineID: d.PipelineID, StageID: d.StageID, Value: d.Value, Currency: d.Currency, Status: d.Status, Probability: d.Probability,
		LostReason: d.LostReason, AddTime: seconds(&d.AddTime), UpdateTime: seconds(&d.UpdateTime), StageChangeTime: seconds(d.StageChangeTime),
		WonTime: seconds(d.WonTime), FirstWonTime: seconds(d.FirstWonTime), LostTime: seconds(d.LostTime), CloseTime: seconds(d.CloseTime),
		ExpectedCloseDate: d.ExpectedCloseDate, IsArchived: d.Archived, ArchiveTime: seconds(d.ArchiveTime), LabelIDs: labelsIn(s, d.LabelIDs),
		VisibleTo: digits(d.VisibleTo), Origin: d.Origin, CustomFields: customTold{s, d.Custom},
	}
}

func personToldOf(p persons.Person, s fields.Sheet) personTold {
	labels := labelsIn(s, p.LabelIDs)
	return personTold{
		ID: p.ID, Name: p.Name, FirstName: p.FirstName, LastName: p.LastName, OwnerID: p.OwnerID, OrgID: p.OrganizationID,
		Emails: each(p.Emails, detailOut), Phones: each(p.Phones, detailOut), Label: firstOf(labels), LabelIDs: labels, AddTime: seconds(&p.AddTime),
		UpdateTime: seconds(&p.UpdateTime), VisibleTo: digits(p.VisibleTo), CustomFields: customTold{s, p.Custom},
	}
}

func organizationToldOf(o organizations.Organization, s fields.Sheet) organizationTold {
	labels := labelsIn(s, o.LabelIDs)
	return organizationTold{
		ID: o.ID, Name: o.Name, OwnerID: o.OwnerID, Address: addressOut(o.Address), Label: firstOf(labels), LabelIDs: labels,
		AddTime: seconds(&o.AddTime), UpdateTime: seconds(&o.UpdateTime), VisibleTo: digits(o.VisibleTo), CustomFields: customTold{s, o.Custom},
	}
}

func activityToldOf(n activities.Activity) activityTold {
	told := func(t *string) *timeTold {
		if t == nil {
			return nil
		}
		return &timeTold{Value: *t}
	}
	return activityTold{
		ID: n.ID, Subject: n.Subject, Type: n.Type, OwnerID: n.OwnerID, DealID: n.DealID, PersonID: value.NonZero(n.PersonID()), OrgID: n.OrganizationID,
		DueDate: n.DueDate, DueTime: told(n.DueTime), Duration: told(n.Duration), BusyFlag: n.Busy, Done: n.Done, Location: addressOut(n.Location),
		PublicDescription: n.PublicDescription, ActiveFlag: !n.Deleted, AddTime: seconds(&n.AddTime), UpdateTime: seconds(&n.UpdateTime),
		UpdateUserID: value.NonZero(n.UpdateUserID),
	}
}

// boardTold are pipelines and stages under their names in v1, with the times of v2.
func (p *Payloads) boardTold(ctx context.Context, team int64, record any) (any, error) {
	b, err := p.Pipelines.Board(ctx, actorOf(team))
	switch r := record.(type) {
	case pipelines.Pipeline:
		w := pipelineV1Out(r, b.Default(r.ID))
		w.AddTime, w.UpdateTime = seconds(&r.AddTime), seconds(&r.UpdateTime)
		return w, err
	case pipelines.Stage:
		w := stageV1Out(r, b)
		w.AddTime, w.UpdateTime = seconds(&r.AddTime), seconds(&r.UpdateTime)
		return w, err
	}
	return nil, err
}

func labelsIn(s fields.Sheet, ids []int64) []int64 {
	f, _ := s.Labels()
	return f.Existing(ids)
}
