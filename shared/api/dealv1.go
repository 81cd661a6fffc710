package api

import (
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/deals"
	"github.com/lejek/lejek/shared/fields"
	"github.com/lejek/lejek/shared/organizations"
	"github.com/lejek/lejek/shared/persons"
	"github.com/lejek/lejek/shared/teams"
)

// dealV1 is a deal in v1's own lists (contract §4.1): flat, with the records that it links to in short.
type dealV1 struct {
	ID int64 `json:"id"`
	dealEnds
	dealFlat
	custom map[string]any // further keys
}

// dealEnds are the records that a deal links to; null without one.
type dealEnds struct {
	CreatorUserID *dealUser           `json:"creator_user_id"`
	UserID        *dealUser           `json:"user_id"`
	PersonID      *nestedPerson       `json:"person_id"`
	OrgID         *nestedOrganization `json:"org_id"`
}

// FurtherKeys tells that custom fields are keys too.
func (dealV1) FurtherKeys() {}

// MarshalJSON writes custom fields after all others.
func (w dealV1) MarshalJSON() ([]byte, error) {
	type plain dealV1
	return withKeys(plain(w), w.custom)
}

// The records that others nest in v1: as in related_objects, but with value for id. A user has a picture in the form of
// deals as a boolean, in that of persons and organizations as a number.
type (
	dealUser struct {
		nestedUserBody
		HasPic bool `json:"has_pic"`
	}
	nestedUser struct {
		nestedUserBody
		HasPic int `json:"has_pic"`
	}
	nestedUserBody struct {
		ID         int64   `json:"id"`
		Name       string  `json:"name"`
		Email      string  `json:"email"`
		PicHash    *string `json:"pic_hash"`
		ActiveFlag bool    `json:"active_flag"`
		Value      int64   `json:"value"`
	}
	nestedPerson struct {
		ActiveFlag bool         `json:"active_flag"`
		Name       string       `json:"name"`
		Email      []detailWire `json:"email"`
		Phone      []detailWire `json:"phone"`
		OwnerID    int64        `json:"owner_id"`
		Value      int64        `json:"value"`
	}
	nestedOrganization struct {
		Name        string  `json:"name"`
		PeopleCount int64   `json:"people_count"`
		OwnerID     int64   `json:"owner_id"`
		Address     *string `json:"address"`
		ActiveFlag  bool    `json:"active_flag"`
		CCEmail     string  `json:"cc_email"`
		Value       int64   `json:"value"`
	}
)

func nestedUserOut(u teams.User) nestedUserBody {
	return nestedUserBody{ID: u.ID, Name: u.Name, Email: u.Email, ActiveFlag: u.Active, Value: u.ID}
}

func nestedPersonOut(p persons.Person) nestedPerson {
	return nestedPerson{!p.Deleted, p.Name, each(p.Emails, detailOut), each(p.Phones, detailOut), p.OwnerID, p.ID}
}

func nestedOrganizationOut(o organizations.Organization, people int64, mail filing) nestedOrganization {
	return nestedOrganization{o.Name, people, o.OwnerID, addressLine(o.Address), !o.Deleted, mail.of(o.Ref()), o.ID}
}

// The nested forms of what is known; nil for what is gone for good.
func (h flatOut) nestedUser(id int64) *nestedUser {
	u, ok := h.user(id)
	if !ok {
		return nil
	}
	return &nestedUser{nestedUserBody: nestedUserOut(u)}
}

func (h flatOut) dealUser(id int64) *dealUser {
	u, ok := h.user(id)
	if !ok {
		return nil
	}
	return &dealUser{nestedUserBody: nestedUserOut(u)}
}

func (h flatOut) nestedPerson(id *int64) *nestedPerson {
	if id == nil {
		return nil
	}
	p, ok := h.person(*id)
	if !ok {
		return nil
	}
	w := nestedPersonOut(p)
	return &w
}

func (h flatOut) nestedOrganization(id *int64) *nestedOrganization {
	if id == nil {
		return nil
	}
	o, ok := h.organization(*id)
	if !ok {
		return nil
	}
	w := nestedOrganizationOut(o, *h.people(o.ID), h.mail)
	return &w
}

// nested is what a value of a custom field points at; its number where it is gone for good.
func (h flatOut) nested(target string, id int64) any {
	switch ref := change.Of(target, id); r := h.known[ref].(type) {
	case teams.User:
		return h.nestedUser(id)
	case persons.Person:
		return nestedPersonOut(r)
	case organizations.Organization:
		return h.nestedOrganization(&id)
	}
	return id
}

// dealV1 writes a deal with the records that it links to.
func (h flatOut) dealV1(d deals.Deal) dealV1 {
	return dealV1{
		ID: d.ID, dealFlat: h.dealFlat(d), custom: flatCustom(h.sheets[fields.Deal].Own(), d.Custom, h.nested),
		dealEnds: dealEnds{
			h.dealUser(d.CreatorUserID), h.dealUser(d.OwnerID), h.nestedPerson(d.PersonID), h.nestedOrganization(d.OrganizationID),
		},
	}
}
