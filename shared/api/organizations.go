package api

import (
	"context"
	"time"

	"github.com/lejek/lejek/shared/organizations"
	"github.com/lejek/lejek/shared/value"
)

// organizationWire is an organization in v2 (contract §2.3); every key is there, null when unset.
type organizationWire struct {
	ID            int64        `json:"id"`
	Name          string       `json:"name"`
	OwnerID       int64        `json:"owner_id"`
	AddTime       *string      `json:"add_time"`
	UpdateTime    *string      `json:"update_time"`
	IsDeleted     bool         `json:"is_deleted"`
	VisibleTo     int64        `json:"visible_to"`
	LabelIDs      []int64      `json:"label_ids"`
	Address       *addressWire `json:"address"`
	Website       *string      `json:"website"`
	LinkedIn      *string      `json:"linkedin"`
	Industry      *int64       `json:"industry"`
	AnnualRevenue *int64       `json:"annual_revenue"`
	EmployeeCount *int64       `json:"employee_count"`
	PictureID     *int64       `json:"picture_id"`
	CustomFields  struct{}     `json:"custom_fields"`
}

func organizationOut(o organizations.Organization) organizationWire {
	return organizationWire{
		ID: o.ID, Name: o.Name, OwnerID: o.OwnerID, AddTime: seconds(&o.AddTime), UpdateTime: seconds(&o.UpdateTime), IsDeleted: o.Deleted,
		VisibleTo: o.VisibleTo, LabelIDs: []int64{}, Address: addressOut(o.Address), Website: o.Website, LinkedIn: o.LinkedIn,
		Industry: o.Industry, AnnualRevenue: o.AnnualRevenue, EmployeeCount: o.EmployeeCount,
	}
}

// organizationBody is what a client may write of an organization.
type organizationBody struct {
	OwnerID       value.Opt[int64]       `json:"owner_id" rule:"notnull,min=1"`
	VisibleTo     value.Opt[int64]       `json:"visible_to" rule:"notnull,enum=1|3|5|7"`
	Address       value.Opt[addressBody] `json:"address"`
	Website       value.Opt[string]      `json:"website" rule:"max=2000"`
	LinkedIn      value.Opt[string]      `json:"linkedin" rule:"max=2000"`
	Industry      value.Opt[int64]       `json:"industry" rule:"min=1"`
	AnnualRevenue value.Opt[int64]       `json:"annual_revenue"`
	EmployeeCount value.Opt[int64]       `json:"employee_count" rule:"min=0"`
	IsDeleted     value.Opt[bool]        `json:"is_deleted"` // in the schema but without effect (contract §1.6)
	LabelIDs      value.Opt[[]int64]     `json:"label_ids" rule:"unsupported"`
	CustomFields  value.Opt[struct{}]    `json:"custom_fields" rule:"unsupported"`
}

func (b organizationBody) input(name value.Opt[string]) organizations.Input {
	return organizations.Input{
		Name: name, OwnerID: b.OwnerID, Address: addressIn(b.Address), Website: b.Website, LinkedIn: b.LinkedIn, Industry: b.Industry,
		AnnualRevenue: b.AnnualRevenue, EmployeeCount: b.EmployeeCount, VisibleTo: b.VisibleTo,
	}
}

type organizationCreate struct {
	Name    value.Opt[string]    `json:"name" rule:"required,max=255,trim"`
	AddTime value.Opt[time.Time] `json:"add_time" rule:"notnull"`
	organizationBody
}

type organizationUpdate struct {
	byID
	Name value.Opt[string] `json:"name" rule:"notnull,nonempty,max=255,trim"`
	organizationBody
}

type organizationGet struct {
	byID
	IncludeFields value.Opt[string] `query:"include_fields" rule:"unsupported"`
}

type organizationList struct {
	v2Page
	OwnerID       value.Opt[int64]  `query:"owner_id" rule:"min=1"`
	FilterID      value.Opt[string] `query:"filter_id" rule:"unsupported"`
	IncludeFields value.Opt[string] `query:"include_fields" rule:"unsupported"`
}

// Organizations are the routes of organizations.
type Organizations struct{ Organizations organizations.Service }

// Routes binds them.
func (h Organizations) Routes() []Route {
	return []Route{
		Handle("GET /api/v2/organizations", h.list).Lists(organizationWire{}, ByCursor),
		Handle("POST /api/v2/organizations", func(ctx context.Context, c Call, in organizationCreate) (any, error) {
			input := in.input(in.Name)
			input.AddTime = in.AddTime
			o, err := h.Organizations.Create(ctx, c.Actor, input)
			return organizationOut(o), err
		}).Returns(organizationWire{}),
		Handle("GET /api/v2/organizations/{id}", func(ctx context.Context, c Call, in organizationGet) (any, error) {
			o, err := h.Organizations.Get(ctx, c.Actor, in.ID)
			return organizationOut(o), err
		}).Returns(organizationWire{}),
		Handle("PATCH /api/v2/organizations/{id}", func(ctx context.Context, c Call, in organizationUpdate) (any, error) {
			o, err := h.Organizations.Update(ctx, c.Actor, in.ID, in.input(in.Name))
			return organizationOut(o), err
		}).Returns(organizationWire{}),
		Handle("DELETE /api/v2/organizations/{id}", func(ctx context.Context, c Call, in byID) (any, error) {
			return deleted(in), h.Organizations.Delete(ctx, c.Actor, in.ID)
		}).Returns(deleted{}),
	}
}

func (h Organizations) list(ctx context.Context, c Call, in organizationList) (any, error) {
	l, err := in.list()
	if err != nil {
		return nil, err
	}
	link(&l, value.ByOwner, in.OwnerID)
	page, err := h.Organizations.List(ctx, c.Actor, l)
	return listed(each(page.Items, organizationOut), page.Next), err
}
