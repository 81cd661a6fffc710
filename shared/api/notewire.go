package api

import (
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/notes"
	"github.com/lejek/lejek/shared/value"
)

// noteWire is a note in v1 (contract §3.1).
type noteWire struct {
	ID                   int64      `json:"id"`
	ActiveFlag           bool       `json:"active_flag"`
	AddTime              *string    `json:"add_time"`
	UpdateTime           *string    `json:"update_time"`
	Content              string     `json:"content"`
	DealID               *int64     `json:"deal_id"`
	LeadID               *string    `json:"lead_id"`
	PersonID             *int64     `json:"person_id"`
	OrgID                *int64     `json:"org_id"`
	ProjectID            *int64     `json:"project_id"`
	TaskID               *int64     `json:"task_id"`
	UserID               int64      `json:"user_id"`
	LastUpdateUserID     *int64     `json:"last_update_user_id"`
	PinnedToLead         bool       `json:"pinned_to_lead_flag"`
	PinnedToDeal         bool       `json:"pinned_to_deal_flag"`
	PinnedToOrganization bool       `json:"pinned_to_organization_flag"`
	PinnedToPerson       bool       `json:"pinned_to_person_flag"`
	PinnedToProject      bool       `json:"pinned_to_project_flag"`
	PinnedToTask         bool       `json:"pinned_to_task_flag"`
	Deal                 *titleWire `json:"deal"`
	Lead                 *titleWire `json:"lead"`
	Person               *nameWire  `json:"person"`
	Organization         *nameWire  `json:"organization"`
	Project              *titleWire `json:"project"`
	Task                 *titleWire `json:"task"`
	User                 *noteUser  `json:"user"`
}

type (
	titleWire struct {
		Title string `json:"title"`
	}
	nameWire struct {
		Name string `json:"name"`
	}
	noteUser struct {
		Email   string  `json:"email"`
		IconURL *string `json:"icon_url"`
		IsYou   bool    `json:"is_you"`
		Name    string  `json:"name"`
	}
)

func (h v1Out) note(n notes.Note) noteWire {
	w := noteWire{
		ID: n.ID, ActiveFlag: !n.Deleted, AddTime: value.Stamp(&n.AddTime), UpdateTime: value.Stamp(&n.UpdateTime), Content: n.Content,
		DealID: n.DealID, PersonID: n.PersonID, OrgID: n.OrganizationID, UserID: n.UserID, LastUpdateUserID: n.LastUpdateUserID,
		PinnedToDeal: n.PinnedToDeal, PinnedToPerson: n.PinnedToPerson, PinnedToOrganization: n.PinnedToOrganization,
	}
	if t := h.nameOf(change.Deal, n.DealID); t != nil {
		w.Deal = &titleWire{*t}
	}
	if t := h.nameOf(change.Person, n.PersonID); t != nil {
		w.Person = &nameWire{*t}
	}
	if t := h.nameOf(change.Organization, n.OrganizationID); t != nil {
		w.Organization = &nameWire{*t}
	}
	if u, ok := h.user(n.UserID); ok {
		w.User = &noteUser{Email: u.Email, IsYou: u.ID == h.Call.User, Name: u.Name}
	}
	return w
}
