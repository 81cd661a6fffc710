package api

import (
	"context"
	"strconv"

	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/organizations"
	"github.com/lejek/lejek/shared/value"
)

// relationWire is a relation between two organizations (contract §3.4). The calculated fields say what the other one is to
// the organization that was asked about; without that question, or when it is neither end, they are absent.
type relationWire struct {
	ID           int64              `json:"id"`
	Type         string             `json:"type"`
	RelOwnerOrg  nestedOrganization `json:"rel_owner_org_id"`
	RelLinkedOrg nestedOrganization `json:"rel_linked_org_id"`
	AddTime      *string            `json:"add_time"`
	UpdateTime   *string            `json:"update_time"`
	ActiveFlag   string             `json:"active_flag"`
	Calculated   string             `json:"calculated_type,omitempty"`
	RelatedOrgID int64              `json:"calculated_related_org_id,omitempty"`
	RelatedName  string             `json:"related_organization_name,omitempty"`
}

type relationCreate struct {
	Type     value.Opt[string] `json:"type" rule:"required,enum=parent|related"`
	OwnerID  value.Opt[int64]  `json:"rel_owner_org_id" rule:"required,min=1"`
	LinkedID value.Opt[int64]  `json:"rel_linked_org_id" rule:"required,min=1"`
	OrgID    value.Opt[int64]  `json:"org_id" rule:"min=1"`
}

type relationUpdate struct {
	byID
	seenFrom
	Type     value.Opt[string] `json:"type" rule:"notnull,enum=parent|related"`
	OwnerID  value.Opt[int64]  `json:"rel_owner_org_id" rule:"notnull,min=1"`
	LinkedID value.Opt[int64]  `json:"rel_linked_org_id" rule:"notnull,min=1"`
	BodyOrg  value.Opt[int64]  `json:"org_id" rule:"min=1"`
}

type relationGet struct {
	byID
	seenFrom
}

// seenFrom names the organization that the calculated fields are relative to.
type seenFrom struct {
	OrgID value.Opt[int64] `query:"org_id" rule:"min=1"`
}

type relationList struct {
	OrgID int64 `query:"org_id" rule:"required,min=1"`
}

// Relations are the routes of relations between organizations. MailDomain is that of the teams' addresses.
type Relations struct {
	Relations  organizations.Relations
	Companies  Companies
	MailDomain string
}

// Routes binds them.
func (h Relations) Routes() []Route {
	return []Route{
		Handle("GET /v1/organizationRelationships", func(ctx context.Context, c Call, in relationList) (any, error) {
			list, err := h.Relations.Of(ctx, c.Actor, in.OrgID)
			if err != nil {
				return nil, err
			}
			out, related, err := h.out(ctx, c, list, value.Some(in.OrgID))
			return Answer{Data: out, Related: related}, err
		}).Lists(relationWire{}, Whole).Relates(),
		Handle("POST /v1/organizationRelationships", func(ctx context.Context, c Call, in relationCreate) (any, error) {
			r, err := h.Relations.Create(ctx, c.Actor, organizations.RelationInput{Type: in.Type, OwnerID: in.OwnerID, LinkedID: in.LinkedID})
			return h.one(ctx, c, r, in.OrgID, err)
		}).Returns(relationWire{}).Relates(),
		Handle("GET /v1/organizationRelationships/{id}", func(ctx context.Context, c Call, in relationGet) (any, error) {
			r, err := h.Relations.Get(ctx, c.Actor, in.ID)
			return h.one(ctx, c, r, in.OrgID, err)
		}).Returns(relationWire{}).Relates(),
		Handle("PUT /v1/organizationRelationships/{id}", func(ctx context.Context, c Call, in relationUpdate) (any, error) {
			if in.BodyOrg.Has() {
				in.OrgID = in.BodyOrg
			}
			r, err := h.Relations.Update(ctx, c.Actor, in.ID, organizations.RelationInput{Type: in.Type, OwnerID: in.OwnerID, LinkedID: in.LinkedID})
			return h.one(ctx, c, r, in.OrgID, err)
		}).Returns(relationWire{}).Relates(),
		Handle("DELETE /v1/organizationRelationships/{id}", func(ctx context.Context, c Call, in byID) (any, error) {
			return deleted(in), h.Relations.Delete(ctx, c.Actor, in.ID)
		}).Returns(deleted{}),
	}
}

func (h Relations) one(ctx context.Context, c Call, r organizations.Relation, from value.Opt[int64], err error) (any, error) {
	if err != nil {
		return nil, err
	}
	out, related, err := h.out(ctx, c, []organizations.Relation{r}, from)
	if err == nil && len(out) == 0 {
		err = fault.Missing("Organization relationship")
	}
	if err != nil {
		return nil, err
	}
	return Answer{Data: out[0], Related: related}, nil
}

// out renders relations, and their ends as related_objects. A relation to an organization that is gone for good is not shown.
func (h Relations) out(ctx context.Context, c Call, list []organizations.Relation, from value.Opt[int64]) (out []relationWire, related any, err error) {
	out, companies := []relationWire{}, map[string]relatedOrganization{}
	related = map[string]any{"organization": companies}
	if len(list) == 0 {
		return out, related, nil
	}
	team, err := h.Companies.Team(ctx, c.Actor)
	if err != nil {
		return nil, nil, err
	}
	ends, err := h.Relations.Ends(ctx, c.Actor, list)
	if err != nil {
		return nil, nil, err
	}
	mail := filing{team, h.MailDomain}
	end := func(o organizations.Organization) nestedOrganization {
		people := ends.People[o.ID]
		short := relatedOrganizationOut(o, mail)
		short.PeopleCount = &people
		companies[strconv.FormatInt(o.ID, 10)] = short
		return nestedOrganizationOut(o, people, mail)
	}
	for _, r := range list {
		owner, ok := ends.Organizations[r.OwnerID]
		linked, also := ends.Organizations[r.LinkedID]
		if !ok || !also {
			continue
		}
		w := relationWire{
			ID: r.ID, Type: r.Type, RelOwnerOrg: end(owner), RelLinkedOrg: end(linked), AddTime: value.Stamp(&r.AddTime),
			UpdateTime: value.Stamp(&r.UpdateTime), ActiveFlag: strconv.FormatBool(!r.Deleted),
		}
		if other, is, ok := r.From(from.Or(0)); ok {
			w.Calculated, w.RelatedOrgID, w.RelatedName = is, other, ends.Organizations[other].Name
		}
		out = append(out, w)
	}
	return out, related, nil
}
