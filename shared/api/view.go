package api

import (
	"context"

	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/deals"
	"github.com/lejek/lejek/shared/organizations"
	"github.com/lejek/lejek/shared/persons"
)

// relatedView is an organization at the other end of a relation, and what it is to this one.
type relatedView struct {
	RelationID   int64            `json:"relation_id"`
	Type         string           `json:"type"`
	Organization organizationWire `json:"organization"`
}

// view answers a whole detail view: each record in its v2 form, what only v1 knows in that of v1. A section that was cut has
// its "…_more" set to true.
func (h Detail) view(ctx context.Context, c Call, in byID) (any, error) {
	v, err := h.Flow.View(ctx, c.Actor, h.of(in))
	if err != nil {
		return nil, err
	}
	team, err := h.Companies.Team(ctx, c.Actor)
	if err != nil {
		return nil, err
	}
	out, zone := h.writer(c, team, v.Records), team.Zone()
	data := map[string]any{
		"planned_activities": eachOf(v.Planned.Records, activityOut), "planned_activities_more": v.Planned.More,
		"flow": out.rows(v.Flow.Entries), "flow_more": v.Flow.More,
		"mail_threads": eachOf(v.Threads.Records, out.thread), "mail_threads_more": v.Threads.More,
		"files": eachOf(v.Files.Records, out.file), "files_more": v.Files.More,
	}
	dealOn := func(d deals.Deal) dealWire { return dealOut(d, zone) }
	if h.Kind != change.Deal {
		data["open_deals"], data["open_deals_more"] = eachOf(v.OpenDeals.Records, dealOn), v.OpenDeals.More
	}
	if h.Kind != change.Organization {
		data["organization"] = oneOf(v.Organization, organizationOut)
	}
	switch r := v.Record.(type) {
	case deals.Deal:
		w := dealOn(r)
		w.NextActivityID, w.LastActivityID = &optionalID{v.Summary.NextActivityID}, &optionalID{v.Summary.LastActivityID}
		data["deal"], data["person"] = w, oneOf(v.Person, personOut)
	case persons.Person:
		data["person"] = personOut(r)
	case organizations.Organization:
		data["organization"] = organizationOut(r)
		data["persons"], data["persons_more"] = eachOf(v.Persons.Records, personOut), v.Persons.More
		data["related_organizations"], data["related_organizations_more"] = out.relatives(r.ID, v.Relations), false
	}
	return Answer{Data: data, Related: out.related(out.ccEmail)}, nil
}

// relatives are the organizations that one is related to, but for those that are deleted.
func (h v1Out) relatives(of int64, relations []any) []relatedView {
	list := []relatedView{}
	for _, r := range relations {
		relation, ok := r.(organizations.Relation)
		if !ok {
			continue
		}
		other, is, ok := relation.From(of)
		if o, found := h.organization(other); ok && found && !o.Deleted {
			list = append(list, relatedView{relation.ID, is, organizationOut(o)})
		}
	}
	return list
}

// eachOf writes those records that are of the type.
func eachOf[T, W any](records []any, wire func(T) W) []W {
	out := make([]W, 0, len(records))
	for _, r := range records {
		if v, ok := r.(T); ok {
			out = append(out, wire(v))
		}
	}
	return out
}

// oneOf writes a record, or null.
func oneOf[T, W any](record any, wire func(T) W) *W {
	v, ok := record.(T)
	if !ok {
		return nil
	}
	w := wire(v)
	return &w
}
