package api

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/fields"
	"github.com/lejek/lejek/shared/filters"
	"github.com/lejek/lejek/shared/followers"
	"github.com/lejek/lejek/shared/organizations"
	"github.com/lejek/lejek/shared/teams"
	"github.com/lejek/lejek/shared/value"
)

// organizationBodyV1 is what a client of v1 may write of an organization.
type organizationBodyV1 struct {
	OwnerID       value.Opt[int64]       `json:"owner_id" rule:"notnull,min=1"`
	VisibleTo     value.Opt[int64]       `json:"visible_to" rule:"notnull,enum=1|3|5|7"`
	Address       value.Opt[addressBody] `json:"address"`
	Website       value.Opt[string]      `json:"website" rule:"max=2000"`
	LinkedIn      value.Opt[string]      `json:"linkedin" rule:"max=2000"`
	Industry      value.Opt[int64]       `json:"industry" rule:"min=1"`
	AnnualRevenue value.Opt[int64]       `json:"annual_revenue"`
	EmployeeCount value.Opt[int64]       `json:"employee_count" rule:"min=0"`
	flatBody
}

func (b organizationBodyV1) input(name value.Opt[string]) organizations.Input {
	return organizations.Input{
		Name: name, OwnerID: b.OwnerID, Website: b.Website, LinkedIn: b.LinkedIn, Industry: b.Industry, AnnualRevenue: b.AnnualRevenue,
		EmployeeCount: b.EmployeeCount, VisibleTo: b.VisibleTo, LabelIDs: b.labels(),
	}
}

type organizationCreateV1 struct {
	Name    value.Opt[string]    `json:"name" rule:"required,max=255,trim"`
	AddTime value.Opt[time.Time] `json:"add_time"`
	organizationBodyV1
}

type organizationUpdateV1 struct {
	byID
	Name value.Opt[string] `json:"name" rule:"notnull,nonempty,max=255,trim"`
	organizationBodyV1
}

// organizationMadeV1 is an organization that was just made; whether its name may be changed is told only there and of one alone.
type organizationMadeV1 struct {
	organizationFlat
	EditName bool           `json:"edit_name"`
	custom   map[string]any // further keys
}

// FurtherKeys tells that custom fields are keys too.
func (organizationMadeV1) FurtherKeys() {}

// MarshalJSON writes custom fields after all others.
func (w organizationMadeV1) MarshalJSON() ([]byte, error) {
	type plain organizationMadeV1
	return withKeys(plain(w), w.custom)
}

// organizationWholeV1 is an organization that is asked for alone.
type organizationWholeV1 struct {
	organizationFlat
	EditName bool `json:"edit_name"`
	activitiesWhole
	custom map[string]any // further keys
}

// FurtherKeys tells that custom fields are keys too.
func (organizationWholeV1) FurtherKeys() {}

// MarshalJSON writes custom fields after all others.
func (w organizationWholeV1) MarshalJSON() ([]byte, error) {
	type plain organizationWholeV1
	return withKeys(plain(w), w.custom)
}

// followedDropbox stands beside one organization: the first hundred users who follow it, by their numbers.
type followedDropbox struct {
	Followers map[string]followerV1 `json:"followers"`
	dropbox
}

type followerV1 struct {
	ID      int64   `json:"id"`
	UserID  int64   `json:"user_id"`
	Name    string  `json:"name"`
	Email   string  `json:"email"`
	PicHash *string `json:"pic_hash"`
}

// LegacyOrganizations are the routes of organizations in v1.
type LegacyOrganizations struct {
	Organizations
	Legacy
	Followers followers.Service
}

// Routes binds them.
func (h LegacyOrganizations) Routes() []Route {
	return []Route{
		Handle("GET /v1/organizations", h.list).Lists(organizationV1{}, ByOffset).Relates(),
		Handle("POST /v1/organizations", h.create).naming(h.wrong).Returns(organizationMadeV1{}).Created().Relates(),
		Handle("DELETE /v1/organizations", func(ctx context.Context, c Call, in severalIDs) (any, error) {
			return deleteEach(in.IDs, "Organization", func(id int64) error { return h.Organizations.Organizations.Delete(ctx, c.Actor, id) })
		}).Returns(deletedMany{}),
		Handle("GET /v1/organizations/{id}", h.get).Returns(organizationWholeV1{}).Adds(followedDropbox{}).Relates(),
		Handle("PUT /v1/organizations/{id}", h.update).naming(h.wrong).Returns(organizationV1{}).Relates(),
		Handle("DELETE /v1/organizations/{id}", func(ctx context.Context, c Call, in byID) (any, error) {
			return deleted(in), h.Organizations.Organizations.Delete(ctx, c.Actor, in.ID)
		}).Returns(deleted{}),
	}
}

// fill adds to an input what is read with the team's fields, and with the organization as it is; of is 0 for a new one.
func (h LegacyOrganizations) fill(ctx context.Context, c Call, b organizationBodyV1, of int64, input *organizations.Input) (err error) {
	in := h.Flat.input(ctx, c, b.flatBody, refOf(change.Organization, of))
	input.Address = in.address("address", b.Address, func(record any) *value.Address {
		o, _ := record.(organizations.Organization)
		return o.Address
	})
	if in.err != nil {
		return in.err
	}
	chosen := map[string]value.Opt[int64]{"industry": b.Industry}
	input.Custom, input.Wrong, err = in.customs(fields.Organization, customBody{LabelIDs: b.labels(), chosen: chosen})
	input.Wrong = append(input.Wrong, in.bad...)
	return err
}

// wrong names what is wrong in custom fields of an input in which something else is wrong already.
func (h LegacyOrganizations) wrong(ctx context.Context, c Call, in any) (err error) {
	var input organizations.Input
	switch in := in.(type) {
	case organizationCreateV1:
		err = h.fill(ctx, c, in.organizationBodyV1, 0, &input)
	case organizationUpdateV1:
		err = h.fill(ctx, c, in.organizationBodyV1, in.ID, &input)
	}
	if err != nil {
		return err
	}
	return renamed(input.Wrong.Err(), organizationNames)
}

var organizationNames = map[string]string{"label_ids": "label"}

func (h LegacyOrganizations) create(ctx context.Context, c Call, in organizationCreateV1) (any, error) {
	input := in.input(in.Name)
	input.AddTime = in.AddTime
	if err := h.fill(ctx, c, in.organizationBodyV1, 0, &input); err != nil {
		return nil, err
	}
	o, err := h.Organizations.Organizations.Create(ctx, c.Actor, input)
	answer, err := h.one(ctx, c, o, err)
	if err != nil {
		return nil, err
	}
	w := answer.Data.(organizationV1)
	answer.Status, answer.Data = http.StatusCreated, organizationMadeV1{w.organizationFlat, true, w.custom}
	return answer, nil
}

func (h LegacyOrganizations) update(ctx context.Context, c Call, in organizationUpdateV1) (any, error) {
	input := in.input(in.Name)
	if err := h.fill(ctx, c, in.organizationBodyV1, in.ID, &input); err != nil {
		return nil, err
	}
	o, err := h.Organizations.Organizations.Update(ctx, c.Actor, in.ID, input)
	return h.one(ctx, c, o, err)
}

func (h LegacyOrganizations) one(ctx context.Context, c Call, o organizations.Organization, err error) (Answer, error) {
	if err != nil {
		return Answer{}, renamed(err, organizationNames)
	}
	out, err := h.Flat.of(ctx, c, []any{o})
	if err != nil {
		return Answer{}, err
	}
	return Answer{Data: out.organizationV1(o), Related: out.related()}, nil
}

func (h LegacyOrganizations) get(ctx context.Context, c Call, in byID) (any, error) {
	o, err := h.Organizations.Organizations.Get(ctx, c.Actor, in.ID)
	if err != nil {
		return nil, err
	}
	list, _, err := h.Followers.List(ctx, c.Actor, o.Ref(), 0, 100)
	if err != nil {
		return nil, err
	}
	users := each(list, func(f followers.Follower) change.Ref { return change.Of(teams.KindUser, f.UserID) })
	out, err := h.Flat.whole(ctx, c, o, users...)
	if err != nil {
		return nil, err
	}
	beside := followedDropbox{map[string]followerV1{}, dropbox{out.mail.of(o.Ref())}}
	for _, f := range list {
		if u, ok := out.user(f.UserID); ok {
			beside.Followers[strconv.FormatInt(u.ID, 10)] = followerV1{ID: u.ID, UserID: u.ID, Name: u.Name, Email: u.Email}
		}
	}
	w := out.organizationV1(o)
	whole := organizationWholeV1{w.organizationFlat, true, out.wholeEnds(o.Ref()), w.custom}
	return Answer{Data: whole, Additional: beside, Related: out.related()}, nil
}

func (h LegacyOrganizations) list(ctx context.Context, c Call, in contactListV1) (any, error) {
	l, err := contactQuestion(in, func(o organizations.Organization) string { return o.Name })
	if err != nil {
		return nil, err
	}
	if err := in.apply(ctx, c, h.Filters, filters.Organizations, &l); err != nil {
		return nil, err
	}
	return legacyPage(ctx, c, h.Legacy, change.Organization, l, in.offsetPage, func(l value.List) (value.Page[organizations.Organization], error) {
		return h.Organizations.Organizations.List(ctx, c.Actor, l)
	}, flatOut.organizationV1)
}
