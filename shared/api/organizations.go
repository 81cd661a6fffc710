package api

import (
	"context"
	"time"

	"github.com/lejek/lejek/shared/fields"
	"github.com/lejek/lejek/shared/filters"
	"github.com/lejek/lejek/shared/organizations"
	"github.com/lejek/lejek/shared/value"
)

// organizationWire is an organization in v2 (contract §2.3); every key is there, null when unset.
type organizationWire struct {
	ID            int64          `json:"id"`
	Name          string         `json:"name"`
	OwnerID       int64          `json:"owner_id"`
	AddTime       *string        `json:"add_time"`
	UpdateTime    *string        `json:"update_time"`
	IsDeleted     bool           `json:"is_deleted"`
	VisibleTo     int64          `json:"visible_to"`
	LabelIDs      []int64        `json:"label_ids"`
	Labels        *[]optionLabel `json:"labels,omitempty"` // only when asked for
	Address       *addressWire   `json:"address"`
	Website       *string        `json:"website"`
	LinkedIn      *string        `json:"linkedin"`
	Industry      *int64         `json:"industry"`
	AnnualRevenue *int64         `json:"annual_revenue"`
	EmployeeCount *int64         `json:"employee_count"`
	PictureID     *int64         `json:"picture_id"`
	CustomFields  customWire     `json:"custom_fields"`
	organizationDerived
}

func organizationOut(o organizations.Organization, cu customs) organizationWire {
	return organizationWire{
		ID: o.ID, Name: o.Name, OwnerID: o.OwnerID, AddTime: seconds(&o.AddTime), UpdateTime: seconds(&o.UpdateTime), IsDeleted: o.Deleted,
		VisibleTo: o.VisibleTo, Address: addressOut(o.Address), Website: o.Website, LinkedIn: o.LinkedIn, Industry: cu.option("industry", o.Industry),
		AnnualRevenue: o.AnnualRevenue, EmployeeCount: o.EmployeeCount, LabelIDs: cu.labelIDs(o.LabelIDs), Labels: cu.labelNames(o.LabelIDs),
		CustomFields: cu.of(o.Custom),
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
	customBody
}

// custom are the fields of which a team says what they may hold: beside its own ones the industry.
func (b organizationBody) custom() customBody {
	b.customBody.chosen = map[string]value.Opt[int64]{"industry": b.Industry}
	return b.customBody
}

func (b organizationBody) input(name value.Opt[string]) organizations.Input {
	return organizations.Input{
		Name: name, OwnerID: b.OwnerID, Address: addressIn(b.Address), Website: b.Website, LinkedIn: b.LinkedIn, Industry: b.Industry,
		AnnualRevenue: b.AnnualRevenue, EmployeeCount: b.EmployeeCount, VisibleTo: b.VisibleTo, LabelIDs: b.LabelIDs,
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

// organizationExtras are the parameters that add fields to an organization.
type organizationExtras struct {
	IncludeFields []string `query:"include_fields" rule:"enum=next_activity_id|last_activity_id|open_deals_count|related_open_deals_count|closed_deals_count|related_closed_deals_count|email_messages_count|people_count|activities_count|done_activities_count|undone_activities_count|files_count|notes_count|followers_count|won_deals_count|related_won_deals_count|lost_deals_count|related_lost_deals_count|smart_bcc_email"`
	customQuery
}

type organizationGet struct {
	byID
	organizationExtras
}

type organizationList struct {
	v2Page
	byFilter
	organizationExtras
	OwnerID value.Opt[int64] `query:"owner_id" rule:"min=1"`
}

// Organizations are the routes of organizations.
type Organizations struct {
	Organizations organizations.Service
	Fields        fields.Service
	Filters       FilterUse
	Derived       Derived
}

// Routes binds them.
func (h Organizations) Routes() []Route {
	return []Route{
		Handle("GET /api/v2/organizations", h.list).Lists(organizationWire{}, ByCursor),
		Handle("POST /api/v2/organizations", h.create).naming(wrongCustom(h.Fields, fields.Organization)).Returns(organizationWire{}),
		Handle("GET /api/v2/organizations/{id}", func(ctx context.Context, c Call, in organizationGet) (any, error) {
			cu, err := customsOf(ctx, c, h.Fields, fields.Organization, in.customQuery)
			if err != nil {
				return nil, err
			}
			o, err := h.Organizations.Get(ctx, c.Actor, in.ID)
			return h.one(ctx, c, o, in.IncludeFields, cu, err)
		}).Returns(organizationWire{}),
		Handle("PATCH /api/v2/organizations/{id}", h.update).naming(wrongCustom(h.Fields, fields.Organization)).Returns(organizationWire{}),
		Handle("DELETE /api/v2/organizations/{id}", func(ctx context.Context, c Call, in byID) (any, error) {
			return deleted(in), h.Organizations.Delete(ctx, c.Actor, in.ID)
		}).Returns(deleted{}),
	}
}

func (h Organizations) create(ctx context.Context, c Call, in organizationCreate) (any, error) {
	input, cu := in.input(in.Name), customs{}
	input.AddTime = in.AddTime
	var err error
	if input.Custom, input.Wrong, cu, err = in.custom().read(ctx, c, h.Fields, fields.Organization); err != nil {
		return nil, err
	}
	o, err := h.Organizations.Create(ctx, c.Actor, input)
	return h.one(ctx, c, o, nil, cu, err)
}

func (h Organizations) update(ctx context.Context, c Call, in organizationUpdate) (any, error) {
	input, cu := in.input(in.Name), customs{}
	var err error
	if input.Custom, input.Wrong, cu, err = in.custom().read(ctx, c, h.Fields, fields.Organization); err != nil {
		return nil, err
	}
	o, err := h.Organizations.Update(ctx, c.Actor, in.ID, input)
	return h.one(ctx, c, o, nil, cu, err)
}

func (h Organizations) one(ctx context.Context, c Call, o organizations.Organization, include []string, cu customs, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	out, err := h.out(ctx, c, []organizations.Organization{o}, include, cu)
	if err != nil {
		return nil, err
	}
	return out[0], nil
}

// out renders organizations; names of options, and what is derived, are read only when asked for.
func (h Organizations) out(ctx context.Context, c Call, list []organizations.Organization, include []string, cu customs) ([]organizationWire, error) {
	cu, err := cu.named(ctx, c, each(list, func(o organizations.Organization) customized { return customized{o.LabelIDs, o.Custom} }))
	if err != nil {
		return nil, err
	}
	out := each(list, func(o organizations.Organization) organizationWire { return organizationOut(o, cu) })
	if len(include) == 0 {
		return out, nil
	}
	extra, err := h.Derived.read(ctx, c, include, each(list, organizations.Organization.Ref))
	for i, o := range list {
		out[i].organizationDerived = only(extra.organization(o), include)
	}
	return out, err
}

func (h Organizations) list(ctx context.Context, c Call, in organizationList) (any, error) {
	l, err := in.list()
	if err != nil {
		return nil, err
	}
	cu, err := customsOf(ctx, c, h.Fields, fields.Organization, in.customQuery)
	if err != nil {
		return nil, err
	}
	link(&l, value.ByOwner, in.OwnerID)
	l.Beside = cu.beside()
	if err := in.apply(ctx, c, h.Filters, filters.Organizations, &l); err != nil {
		return nil, err
	}
	return fitted(l, cu.grows(),
		func(l value.List) (value.Page[organizations.Organization], error) {
			return h.Organizations.List(ctx, c.Actor, l)
		},
		func(list []organizations.Organization) ([]organizationWire, error) {
			return h.out(ctx, c, list, in.IncludeFields, cu)
		})
}
