package api

import (
	"strconv"

	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/deals"
	"github.com/lejek/lejek/shared/organizations"
	"github.com/lejek/lejek/shared/persons"
	"github.com/lejek/lejek/shared/pipelines"
	"github.com/lejek/lejek/shared/teams"
	"github.com/lejek/lejek/shared/value"
)

// known are the records that an answer names, read together: what v1 writes beside an id comes from here.
type known map[change.Ref]any

func lookup[T any](k known, kind string, id int64) (T, bool) {
	v, ok := k[change.Of(kind, id)].(T)
	return v, ok
}

func (k known) deal(id int64) (deals.Deal, bool) { return lookup[deals.Deal](k, change.Deal, id) }
func (k known) person(id int64) (persons.Person, bool) {
	return lookup[persons.Person](k, change.Person, id)
}
func (k known) organization(id int64) (organizations.Organization, bool) {
	return lookup[organizations.Organization](k, change.Organization, id)
}
func (k known) user(id int64) (teams.User, bool) { return lookup[teams.User](k, teams.KindUser, id) }

// name is what a record is called; nil for what is not known.
func (k known) name(ref change.Ref) *string {
	switch r := k[ref].(type) {
	case deals.Deal:
		return &r.Title
	case persons.Person:
		return &r.Name
	case organizations.Organization:
		return &r.Name
	case teams.User:
		return &r.Name
	case pipelines.Stage:
		return &r.Name
	case pipelines.Pipeline:
		return &r.Name
	}
	return nil
}

func (k known) nameOf(kind string, id *int64) *string {
	if id == nil {
		return nil
	}
	return k.name(change.Of(kind, *id))
}

// The short forms of related_objects (contract §4.1).
type (
	relatedUser struct {
		ID         int64   `json:"id"`
		Name       string  `json:"name"`
		Email      string  `json:"email"`
		HasPic     int     `json:"has_pic"`
		PicHash    *string `json:"pic_hash"`
		ActiveFlag bool    `json:"active_flag"`
	}
	relatedPerson struct {
		ActiveFlag bool         `json:"active_flag"`
		ID         int64        `json:"id"`
		Name       string       `json:"name"`
		Email      []detailWire `json:"email"`
		Phone      []detailWire `json:"phone"`
		OwnerID    int64        `json:"owner_id"`
	}
	// relatedOrganization has its people counted only where that is done anyway: beside a flow it would be a query of an index,
	// without an upper limit, for each of a hundred organizations, and a guessed number is worse than none.
	relatedOrganization struct {
		ID          int64   `json:"id"`
		Name        string  `json:"name"`
		PeopleCount *int64  `json:"people_count,omitempty"`
		OwnerID     int64   `json:"owner_id"`
		Address     *string `json:"address"`
		ActiveFlag  bool    `json:"active_flag"`
		CCEmail     *string `json:"cc_email"`
	}
	relatedDeal struct {
		ID         int64         `json:"id"`
		Title      string        `json:"title"`
		Status     string        `json:"status"`
		Value      value.Decimal `json:"value"`
		Currency   string        `json:"currency"`
		StageID    int64         `json:"stage_id"`
		PipelineID int64         `json:"pipeline_id"`
	}
)

func relatedOrganizationOut(o organizations.Organization, ccEmail *string) relatedOrganization {
	out := relatedOrganization{ID: o.ID, Name: o.Name, OwnerID: o.OwnerID, ActiveFlag: !o.Deleted, CCEmail: ccEmail}
	if o.Address != nil {
		out.Address = &o.Address.Value
	}
	return out
}

// related are all that is known, as v1 lists it beside the data.
func (k known) related(ccEmail *string) map[string]any {
	users, people, companies, trade := map[string]any{}, map[string]any{}, map[string]any{}, map[string]any{}
	for ref, record := range k {
		id := strconv.FormatInt(ref.ID(), 10)
		switch r := record.(type) {
		case teams.User:
			users[id] = relatedUser{ID: r.ID, Name: r.Name, Email: r.Email, ActiveFlag: r.Active}
		case persons.Person:
			people[id] = relatedPerson{
				ActiveFlag: !r.Deleted, ID: r.ID, Name: r.Name, Email: each(r.Emails, detailOut), Phone: each(r.Phones, detailOut), OwnerID: r.OwnerID,
			}
		case organizations.Organization:
			companies[id] = relatedOrganizationOut(r, ccEmail)
		case deals.Deal:
			trade[id] = relatedDeal{
				ID: r.ID, Title: r.Title, Status: r.Status, Value: r.Value, Currency: r.Currency, StageID: r.StageID, PipelineID: r.PipelineID,
			}
		}
	}
	return map[string]any{"user": users, "person": people, "organization": companies, "deal": trade}
}
