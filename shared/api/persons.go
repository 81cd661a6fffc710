package api

import (
	"context"
	"slices"
	"time"

	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/deals"
	"github.com/lejek/lejek/shared/fields"
	"github.com/lejek/lejek/shared/filters"
	"github.com/lejek/lejek/shared/persons"
	"github.com/lejek/lejek/shared/value"
)

// personWire is a person in v2 (contract §2.2); every key is there, null when unset.
type personWire struct {
	ID            int64          `json:"id"`
	Name          string         `json:"name"`
	FirstName     *string        `json:"first_name"`
	LastName      *string        `json:"last_name"`
	OwnerID       int64          `json:"owner_id"`
	OrgID         *int64         `json:"org_id"`
	AddTime       *string        `json:"add_time"`
	UpdateTime    *string        `json:"update_time"`
	Emails        []detailWire   `json:"emails"`
	Phones        []detailWire   `json:"phones"`
	IsDeleted     bool           `json:"is_deleted"`
	VisibleTo     int64          `json:"visible_to"`
	LabelIDs      []int64        `json:"label_ids"`
	Labels        *[]optionLabel `json:"labels,omitempty"` // only when asked for
	PictureID     *int64         `json:"picture_id"`
	PostalAddress *addressWire   `json:"postal_address"`
	Notes         *string        `json:"notes"`
	IM            []detailWire   `json:"im"`
	Birthday      *value.Date    `json:"birthday"`
	JobTitle      *string        `json:"job_title"`
	CustomFields  customWire     `json:"custom_fields"`
	FromMail      bool           `json:"from_mail,omitempty"`
	BouncedEmails []bounceWire   `json:"bounced_emails,omitempty"`
	personDerived
}

// bounceWire is an address of the person that mail came back from.
type bounceWire struct {
	Value  string  `json:"value"`
	Status string  `json:"status"` // enhanced status code (RFC 3463)
	Time   *string `json:"time"`
}

func bounceOut(b persons.Bounce) bounceWire { return bounceWire{b.Email, b.Status, seconds(&b.Time)} }

// detailWire is one e-mail address, phone number or messenger name.
type detailWire struct {
	Value   string `json:"value"`
	Primary bool   `json:"primary"`
	Label   string `json:"label"`
}

func detailOut(d persons.Detail) detailWire { return detailWire{d.Value, d.Primary, d.Label} }

func personOut(p persons.Person, cu customs) personWire {
	return personWire{
		ID: p.ID, Name: p.Name, FirstName: p.FirstName, LastName: p.LastName, OwnerID: p.OwnerID, OrgID: p.OrganizationID,
		AddTime: seconds(&p.AddTime), UpdateTime: seconds(&p.UpdateTime), Emails: each(p.Emails, detailOut), Phones: each(p.Phones, detailOut),
		IsDeleted: p.Deleted, VisibleTo: p.VisibleTo, PictureID: p.PictureID(), PostalAddress: addressOut(p.PostalAddress), Notes: p.Notes,
		IM: each(p.IM, detailOut), Birthday: p.Birthday, JobTitle: p.JobTitle,
		LabelIDs: cu.labelIDs(p.LabelIDs), Labels: cu.labelNames(p.LabelIDs), CustomFields: cu.of(p.Custom),
		FromMail: p.FromMail, BouncedEmails: each(p.Bounces, bounceOut),
	}
}

// detailBody is what a client writes; the label is work unless given.
type detailBody struct {
	Value   value.Opt[string] `json:"value" rule:"required,max=320"`
	Primary value.Opt[bool]   `json:"primary"`
	Label   value.Opt[string] `json:"label" rule:"max=100"`
}

func detailsIn(in value.Opt[[]detailBody]) value.Opt[[]persons.Detail] {
	return value.Opt[[]persons.Detail]{Set: in.Set, Null: in.Null, V: each(in.V, func(b detailBody) persons.Detail {
		return persons.Detail{Value: b.Value.V, Primary: b.Primary.V, Label: b.Label.V}
	})}
}

// personBody is what a client may write of a person.
type personBody struct {
	FirstName     value.Opt[string]       `json:"first_name" rule:"max=255"`
	LastName      value.Opt[string]       `json:"last_name" rule:"max=255"`
	OwnerID       value.Opt[int64]        `json:"owner_id" rule:"notnull,min=1"`
	OrgID         value.Opt[int64]        `json:"org_id" rule:"min=1"`
	Emails        value.Opt[[]detailBody] `json:"emails" rule:"items=20"`
	Phones        value.Opt[[]detailBody] `json:"phones" rule:"items=20"`
	VisibleTo     value.Opt[int64]        `json:"visible_to" rule:"notnull,enum=1|3|5|7"`
	PostalAddress value.Opt[addressBody]  `json:"postal_address"`
	Notes         value.Opt[string]       `json:"notes" rule:"max=10000"`
	IM            value.Opt[[]detailBody] `json:"im" rule:"items=20"`
	Birthday      value.Opt[value.Date]   `json:"birthday"`
	JobTitle      value.Opt[string]       `json:"job_title" rule:"max=255"`
	IsDeleted     value.Opt[bool]         `json:"is_deleted"` // in the schema but without effect (contract §1.6)
	Marketing     value.Opt[string]       `json:"marketing_status" rule:"unsupported"`
	customBody
}

func (b personBody) input(name value.Opt[string]) persons.Input {
	return persons.Input{
		Name: name, FirstName: b.FirstName, LastName: b.LastName, OwnerID: b.OwnerID, OrganizationID: b.OrgID, Emails: detailsIn(b.Emails),
		Phones: detailsIn(b.Phones), IM: detailsIn(b.IM), PostalAddress: addressIn(b.PostalAddress), Notes: b.Notes, Birthday: b.Birthday,
		JobTitle: b.JobTitle, VisibleTo: b.VisibleTo, LabelIDs: b.LabelIDs,
	}
}

// personCreate needs a name in one form or the other; which is a rule of persons.
type personCreate struct {
	Name    value.Opt[string]    `json:"name" rule:"notnull,nonempty,max=255,trim"`
	AddTime value.Opt[time.Time] `json:"add_time" rule:"notnull"`
	personBody
}

type personUpdate struct {
	byID
	Name value.Opt[string] `json:"name" rule:"notnull,nonempty,max=255,trim"`
	personBody
}

// personExtras are the parameters that add fields to a person.
type personExtras struct {
	IncludeFields []string `query:"include_fields" rule:"enum=next_activity_id|last_activity_id|open_deals_count|related_open_deals_count|closed_deals_count|related_closed_deals_count|participant_open_deals_count|participant_closed_deals_count|email_messages_count|activities_count|done_activities_count|undone_activities_count|files_count|notes_count|followers_count|won_deals_count|related_won_deals_count|lost_deals_count|related_lost_deals_count|last_incoming_mail_time|last_outgoing_mail_time|marketing_status|doi_status|smart_bcc_email"`
	customQuery
}

type personGet struct {
	byID
	personExtras
}

type personList struct {
	v2Page
	byFilter
	personExtras
	OwnerID value.Opt[int64] `query:"owner_id" rule:"min=1"`
	OrgID   value.Opt[int64] `query:"org_id" rule:"min=1"`
	DealID  value.Opt[int64] `query:"deal_id" rule:"min=1"`
}

// Persons are the routes of persons.
type Persons struct {
	Persons persons.Service
	Fields  fields.Service
	Filters FilterUse
	Derived Derived
	Records Records // knows the persons of a deal
}

// Routes binds them.
func (h Persons) Routes() []Route {
	return []Route{
		Handle("GET /api/v2/persons", h.list).Lists(personWire{}, ByCursor),
		Handle("POST /api/v2/persons", h.create).naming(wrongCustom(h.Fields, fields.Person)).Returns(personWire{}),
		Handle("GET /api/v2/persons/{id}", func(ctx context.Context, c Call, in personGet) (any, error) {
			cu, err := customsOf(ctx, c, h.Fields, fields.Person, in.customQuery)
			if err != nil {
				return nil, err
			}
			p, err := h.Persons.Get(ctx, c.Actor, in.ID)
			return h.one(ctx, c, p, in.IncludeFields, cu, err)
		}).Returns(personWire{}),
		Handle("PATCH /api/v2/persons/{id}", h.update).naming(wrongCustom(h.Fields, fields.Person)).Returns(personWire{}),
		Handle("DELETE /api/v2/persons/{id}", func(ctx context.Context, c Call, in byID) (any, error) {
			return deleted(in), h.Persons.Delete(ctx, c.Actor, in.ID)
		}).Returns(deleted{}),
	}
}

func (h Persons) create(ctx context.Context, c Call, in personCreate) (any, error) {
	input, cu := in.input(in.Name), customs{}
	input.AddTime = in.AddTime
	var err error
	if input.Custom, input.Wrong, cu, err = in.read(ctx, c, h.Fields, fields.Person); err != nil {
		return nil, err
	}
	p, err := h.Persons.Create(ctx, c.Actor, input)
	return h.one(ctx, c, p, nil, cu, err)
}

func (h Persons) update(ctx context.Context, c Call, in personUpdate) (any, error) {
	input, cu := in.input(in.Name), customs{}
	var err error
	if input.Custom, input.Wrong, cu, err = in.read(ctx, c, h.Fields, fields.Person); err != nil {
		return nil, err
	}
	p, err := h.Persons.Update(ctx, c.Actor, in.ID, input)
	return h.one(ctx, c, p, nil, cu, err)
}

func (h Persons) one(ctx context.Context, c Call, p persons.Person, include []string, cu customs, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	out, err := h.out(ctx, c, []persons.Person{p}, include, cu)
	if err != nil {
		return nil, err
	}
	return out[0], nil
}

// out renders persons; names of options, and what is derived, are read only when asked for.
func (h Persons) out(ctx context.Context, c Call, list []persons.Person, include []string, cu customs) ([]personWire, error) {
	cu, err := cu.named(ctx, c, each(list, func(p persons.Person) customized { return customized{p.LabelIDs, p.Custom} }))
	if err != nil {
		return nil, err
	}
	out := each(list, func(p persons.Person) personWire { return personOut(p, cu) })
	if len(include) == 0 {
		return out, nil
	}
	extra, err := h.Derived.read(ctx, c, include, personParts(list, include))
	for i, p := range list {
		out[i].personDerived = only(extra.person(p), include)
	}
	return out, err
}

func (h Persons) list(ctx context.Context, c Call, in personList) (any, error) {
	l, err := in.list()
	if err != nil {
		return nil, err
	}
	cu, err := customsOf(ctx, c, h.Fields, fields.Person, in.customQuery)
	if err != nil {
		return nil, err
	}
	link(&l, value.ByOwner, in.OwnerID)
	link(&l, value.ByOrganization, in.OrgID)
	l.Beside = cu.beside()
	if in.DealID.Has() {
		if l.IDs, err = h.ofDeal(ctx, c, in.DealID.V, l.IDs); err != nil {
			return nil, err
		}
	}
	if err := in.apply(ctx, c, h.Filters, filters.Persons, &l); err != nil {
		return nil, err
	}
	return fitted(l, cu.grows(),
		func(l value.List) (value.Page[persons.Person], error) { return h.Persons.List(ctx, c.Actor, l) },
		func(list []persons.Person) ([]personWire, error) { return h.out(ctx, c, list, in.IncludeFields, cu) })
}

// ofDeal are those who take part in a deal, its own person first, of those among ids where there are any: nobody where the team has
// no such deal.
func (h Persons) ofDeal(ctx context.Context, c Call, deal int64, ids []int64) ([]int64, error) {
	ref := change.Of(change.Deal, deal)
	found, err := h.Records.GetAny(ctx, c.Team, []change.Ref{ref})
	of := []int64{}
	if d, ok := found[ref].(deals.Deal); ok && !d.Deleted {
		for _, p := range d.TakePart() {
			if ids == nil || slices.Contains(ids, p.PersonID) {
				of = append(of, p.PersonID)
			}
		}
	}
	return of, err
}
