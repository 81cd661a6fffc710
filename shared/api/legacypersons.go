package api

import (
	"context"
	"net/http"
	"time"

	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/fields"
	"github.com/lejek/lejek/shared/filters"
	"github.com/lejek/lejek/shared/persons"
	"github.com/lejek/lejek/shared/value"
)

// detailV1 is an address or a number as v1 takes it: a text, or an object. One without a value is how v1 writes none.
type detailV1 struct {
	Value   string `json:"value" rule:"max=320"`
	Primary bool   `json:"primary"`
	Label   string `json:"label" rule:"max=100"`
}

func detailsV1(in value.Opt[[]detailV1]) value.Opt[[]persons.Detail] {
	out := value.Opt[[]persons.Detail]{Set: in.Set, Null: in.Null}
	for _, d := range in.V {
		if d.Value != "" {
			out.V = append(out.V, persons.Detail(d))
		}
	}
	return out
}

// personBodyV1 is what a client of v1 may write of a person.
type personBodyV1 struct {
	FirstName     value.Opt[string]      `json:"first_name" rule:"max=255"`
	LastName      value.Opt[string]      `json:"last_name" rule:"max=255"`
	OwnerID       value.Opt[int64]       `json:"owner_id" rule:"notnull,min=1"`
	OrgID         value.Opt[int64]       `json:"org_id" rule:"min=1"`
	Email         value.Opt[[]detailV1]  `json:"email" rule:"items=20"`
	Phone         value.Opt[[]detailV1]  `json:"phone" rule:"items=20"`
	IM            value.Opt[[]detailV1]  `json:"im" rule:"items=20"`
	VisibleTo     value.Opt[int64]       `json:"visible_to" rule:"notnull,enum=1|3|5|7"`
	PostalAddress value.Opt[addressBody] `json:"postal_address"`
	Notes         value.Opt[string]      `json:"notes" rule:"max=10000"`
	Birthday      value.Opt[value.Date]  `json:"birthday"`
	JobTitle      value.Opt[string]      `json:"job_title" rule:"max=255"`
	Marketing     value.Opt[string]      `json:"marketing_status" rule:"enum=no_consent"` // which all have
	flatBody
}

func (b personBodyV1) input(name value.Opt[string]) persons.Input {
	return persons.Input{
		Name: name, FirstName: b.FirstName, LastName: b.LastName, OwnerID: b.OwnerID, OrganizationID: b.OrgID, Emails: detailsV1(b.Email),
		Phones: detailsV1(b.Phone), IM: detailsV1(b.IM), Notes: b.Notes, Birthday: b.Birthday, JobTitle: b.JobTitle, VisibleTo: b.VisibleTo,
		LabelIDs: b.labels(),
	}
}

// personCreateV1 needs a name in one form or the other; which is a rule of persons.
type personCreateV1 struct {
	Name    value.Opt[string]    `json:"name" rule:"notnull,nonempty,max=255,trim"`
	AddTime value.Opt[time.Time] `json:"add_time"`
	personBodyV1
}

type personUpdateV1 struct {
	byID
	Name value.Opt[string] `json:"name" rule:"notnull,nonempty,max=255,trim"`
	personBodyV1
}

// contactListV1 are the parameters that lists of persons and of organizations have in v1.
type contactListV1 struct {
	listV1
	UserID    value.Opt[int64] `query:"user_id" rule:"min=1"`
	FirstChar string           `query:"first_char" rule:"max=4"`
}

// question asks for records whose name begins with a letter by looking at each: no index answers that.
func contactQuestion[T any](in contactListV1, name func(T) string) (value.List, error) {
	l, err := in.list()
	link(&l, value.ByOwner, in.UserID)
	if letter := firstChar(in.FirstChar); letter != nil {
		l.Sieve = sieve(func(v T) bool { return value.Equal(firstChar(name(v)), letter) }, *letter)
	}
	return l, err
}

// LegacyPersons are the routes of persons in v1.
type LegacyPersons struct {
	Persons
	Legacy
}

// Routes binds them.
func (h LegacyPersons) Routes() []Route {
	return []Route{
		Handle("GET /v1/persons", h.list).Lists(personV1{}, ByOffset).Relates(),
		Handle("POST /v1/persons", h.create).naming(h.wrong).Returns(personV1{}).Created().Relates(),
		Handle("DELETE /v1/persons", func(ctx context.Context, c Call, in severalIDs) (any, error) {
			return deleteEach(in.IDs, "Person", func(id int64) error { return h.Persons.Persons.Delete(ctx, c.Actor, id) })
		}).Returns(deletedMany{}),
		Handle("GET /v1/persons/{id}", h.get).Returns(personV1{}).Adds(dropbox{}).Relates(),
		Handle("PUT /v1/persons/{id}", h.update).naming(h.wrong).Returns(personV1{}).Relates(),
		Handle("DELETE /v1/persons/{id}", func(ctx context.Context, c Call, in byID) (any, error) {
			return deleted(in), h.Persons.Persons.Delete(ctx, c.Actor, in.ID)
		}).Returns(deleted{}),
	}
}

// fill adds to an input what is read with the team's fields, and with the person as it is; of is 0 for a new one.
func (h LegacyPersons) fill(ctx context.Context, c Call, b personBodyV1, of int64, input *persons.Input) (err error) {
	in := h.Flat.input(ctx, c, b.flatBody, refOf(change.Person, of))
	input.PostalAddress = in.address("postal_address", b.PostalAddress, func(record any) *value.Address {
		p, _ := record.(persons.Person)
		return p.PostalAddress
	})
	if in.err != nil {
		return in.err
	}
	input.Custom, input.Wrong, err = in.customs(fields.Person, customBody{LabelIDs: b.labels()})
	input.Wrong = append(input.Wrong, in.bad...)
	return err
}

// wrong names what is wrong in custom fields of an input in which something else is wrong already.
func (h LegacyPersons) wrong(ctx context.Context, c Call, in any) (err error) {
	var input persons.Input
	switch in := in.(type) {
	case personCreateV1:
		err = h.fill(ctx, c, in.personBodyV1, 0, &input)
	case personUpdateV1:
		err = h.fill(ctx, c, in.personBodyV1, in.ID, &input)
	}
	if err != nil {
		return err
	}
	return renamed(input.Wrong.Err(), personNames)
}

var personNames = map[string]string{"emails": "email", "phones": "phone", "label_ids": "label"}

func (h LegacyPersons) create(ctx context.Context, c Call, in personCreateV1) (any, error) {
	input := in.input(in.Name)
	input.AddTime = in.AddTime
	if err := h.fill(ctx, c, in.personBodyV1, 0, &input); err != nil {
		return nil, err
	}
	p, err := h.Persons.Persons.Create(ctx, c.Actor, input)
	return h.one(ctx, c, p, http.StatusCreated, err)
}

func (h LegacyPersons) update(ctx context.Context, c Call, in personUpdateV1) (any, error) {
	input := in.input(in.Name)
	if err := h.fill(ctx, c, in.personBodyV1, in.ID, &input); err != nil {
		return nil, err
	}
	p, err := h.Persons.Persons.Update(ctx, c.Actor, in.ID, input)
	return h.one(ctx, c, p, http.StatusOK, err)
}

func (h LegacyPersons) get(ctx context.Context, c Call, in byID) (any, error) {
	p, err := h.Persons.Persons.Get(ctx, c.Actor, in.ID)
	answer, err := h.one(ctx, c, p, http.StatusOK, err)
	if err != nil {
		return nil, err
	}
	a := answer.(Answer)
	a.Additional = dropbox{a.Data.(personV1).CCEmail}
	return a, nil
}

func (h LegacyPersons) one(ctx context.Context, c Call, p persons.Person, status int, err error) (any, error) {
	if err != nil {
		return nil, renamed(err, personNames)
	}
	out, err := h.Flat.of(ctx, c, []any{p})
	if err != nil {
		return nil, err
	}
	return Answer{Status: status, Data: out.personV1(p), Related: out.related()}, nil
}

func (h LegacyPersons) list(ctx context.Context, c Call, in contactListV1) (any, error) {
	l, err := contactQuestion(in, func(p persons.Person) string { return p.Name })
	if err != nil {
		return nil, err
	}
	if err := in.apply(ctx, c, h.Filters, filters.Persons, &l); err != nil {
		return nil, err
	}
	return h.page(ctx, c, l, in.offsetPage)
}

// page answers a question about persons, whoever asks it.
func (h LegacyPersons) page(ctx context.Context, c Call, l value.List, p offsetPage) (any, error) {
	return legacyPage(ctx, c, h.Legacy, change.Person, l, p, func(l value.List) (value.Page[persons.Person], error) {
		return h.Persons.Persons.List(ctx, c.Actor, l)
	}, flatOut.personV1)
}
