package api

import (
	"context"

	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/deals"
	"github.com/lejek/lejek/shared/fields"
	"github.com/lejek/lejek/shared/organizations"
	"github.com/lejek/lejek/shared/persons"
	"github.com/lejek/lejek/shared/teams"
)

// relatedView is an organization at the other end of a relation, and what it is to this one.
type relatedView struct {
	RelationID   int64            `json:"relation_id"`
	Type         string           `json:"type"`
	Organization organizationWire `json:"organization"`
}

// viewWire are the sections of a detail view: all of them; which kind of record has which, view says.
type viewWire struct {
	Deal              *dealWire         `json:"deal,omitempty"`
	Person            *personWire       `json:"person,omitzero"` // null where the deal has none
	Organization      *organizationWire `json:"organization"`
	MailThreads       []threadWire      `json:"mail_threads"`
	MailThreadsMore   bool              `json:"mail_threads_more"`
	Files             []fileWire        `json:"files"`
	FilesMore         bool              `json:"files_more"`
	OpenDeals         []dealWire        `json:"open_deals,omitempty"`
	OpenDealsMore     bool              `json:"open_deals_more,omitempty"`
	ParticipantDeals  []dealWire        `json:"participant_deals,omitempty"`
	ParticipantMore   bool              `json:"participant_deals_more,omitempty"`
	Persons           []personWire      `json:"persons,omitempty"`
	PersonsMore       bool              `json:"persons_more,omitempty"`
	Relatives         []relatedView     `json:"related_organizations,omitempty"`
	RelativesMore     bool              `json:"related_organizations_more,omitempty"`
	PlannedActivities []activityWire    `json:"planned_activities"`
	PlannedMore       bool              `json:"planned_activities_more"`
	Flow              []flowRow         `json:"flow"`
	FlowMore          bool              `json:"flow_more"`
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
	show, err := h.showing(ctx, c, team)
	if err != nil {
		return nil, err
	}
	out := h.writer(c, team, v.Records)
	data, related := map[string]any{}, out.related(out.mail)
	var relatives []relatedView
	derived := extras{v.Summaries, out.mail}
	if h.Kind != change.Organization {
		data["organization"] = oneOf(v.Organization, show.organization)
	}
	switch r := v.Record.(type) {
	case deals.Deal:
		w := show.deal(r)
		w.dealDerived = derived.deal(r)
		data["deal"], data["person"] = w, oneOf(v.Person, show.person)
	case persons.Person:
		w := show.person(r)
		w.personDerived = derived.person(r)
		data["person"] = w
	case organizations.Organization:
		w := show.organization(r)
		w.organizationDerived = derived.organization(r)
		data["organization"], relatives = w, out.relatives(r.ID, v.Relations, show.organization)
	}
	s := sections{data, roomBeside(data, related), map[string]int{change.Deal: 4, change.Person: 6, change.Organization: 7}[h.Kind]}
	section(&s, "mail_threads", eachOf(v.Threads.Records, out.thread), v.Threads.More)
	section(&s, "files", eachOf(v.Files.Records, out.file), v.Files.More)
	if h.Kind != change.Deal {
		section(&s, "open_deals", eachOf(v.OpenDeals.Records, show.deal), v.OpenDeals.More)
	}
	if h.Kind == change.Person {
		section(&s, "participant_deals", eachOf(v.TakesPart.Records, show.deal), v.TakesPart.More)
	}
	if h.Kind == change.Organization {
		section(&s, "persons", eachOf(v.Persons.Records, show.person), v.Persons.More)
		section(&s, "related_organizations", relatives, false)
	}
	section(&s, "planned_activities", eachOf(v.Planned.Records, activityOut), v.Planned.More)
	section(&s, "flow", out.rows(v.Flow.Entries), v.Flow.More)
	return Answer{Data: data, Related: related}, nil
}

// shower writes records of v2, each with the custom fields of its kind.
type shower struct {
	deal         func(deals.Deal) dealWire
	person       func(persons.Person) personWire
	organization func(organizations.Organization) organizationWire
}

// showing reads the fields of all three kinds at once.
func (h Detail) showing(ctx context.Context, c Call, team teams.Team) (shower, error) {
	sheets, err := h.Fields.Sheets(ctx, c.Actor, fields.Deal, fields.Person, fields.Organization)
	if err != nil {
		return shower{}, err
	}
	ofDeal, ofPerson := showing(h.Fields, sheets[fields.Deal]), showing(h.Fields, sheets[fields.Person])
	ofOrganization, zone := showing(h.Fields, sheets[fields.Organization]), team.Zone()
	return shower{
		deal:         func(d deals.Deal) dealWire { return dealOut(d, zone, ofDeal) },
		person:       func(p persons.Person) personWire { return personOut(p, ofPerson) },
		organization: func(o organizations.Organization) organizationWire { return organizationOut(o, ofOrganization) },
	}, nil
}

// sections are the lists of a view, each in its share of the room. Those of short records come first: what they leave is for
// the long texts of activities and notes.
type sections struct {
	data map[string]any
	room room
	left int // lists that are still to come
}

func section[T any](s *sections, name string, list []T, more bool) {
	shown := fit(&s.room, s.left, list)
	s.data[name], s.data[name+"_more"] = shown, more || len(shown) < len(list)
	s.left--
}

// relatives are the organizations that one is related to, but for those that are deleted.
func (h v1Out) relatives(of int64, relations []any, wire func(organizations.Organization) organizationWire) []relatedView {
	list, seen := []relatedView{}, map[int64]bool{}
	for _, r := range relations {
		relation, ok := r.(organizations.Relation)
		if !ok {
			continue
		}
		other, is, ok := relation.From(of)
		if o, found := h.organization(other); ok && found && !o.Deleted && !seen[other] { // while a merge is under way a pair may be there twice
			seen[other] = true
			list = append(list, relatedView{relation.ID, is, wire(o)})
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
