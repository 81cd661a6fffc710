package api

import (
	"strconv"

	"github.com/lejek/lejek/shared/fields"
	"github.com/lejek/lejek/shared/organizations"
	"github.com/lejek/lejek/shared/value"
)

// organizationV1 is an organization in v1 (contract §4.1). Organizations have no pictures, and no country of their own.
type organizationV1 struct {
	organizationFlat
	custom map[string]any // further keys
}

type organizationFlat struct {
	ID        int64       `json:"id"`
	CompanyID int64       `json:"company_id"`
	OwnerID   *nestedUser `json:"owner_id"`
	Name      string      `json:"name"`
	countsV1
	PeopleCount int64      `json:"people_count"`
	ActiveFlag  bool       `json:"active_flag"`
	PictureID   *pictureV1 `json:"picture_id"`
	CountryCode *string    `json:"country_code"`
	FirstChar   *string    `json:"first_char"`
	AddTime     *string    `json:"add_time"`
	UpdateTime  *string    `json:"update_time"`
	VisibleTo   string     `json:"visible_to"`
	activityEnds
	Label            *int64  `json:"label"`
	LabelIDs         []int64 `json:"label_ids"`
	Address          *string `json:"address"`
	Subpremise       *string `json:"address_subpremise"`
	StreetNumber     *string `json:"address_street_number"`
	Route            *string `json:"address_route"`
	Sublocality      *string `json:"address_sublocality"`
	Locality         *string `json:"address_locality"`
	AdminAreaLevel1  *string `json:"address_admin_area_level_1"`
	AdminAreaLevel2  *string `json:"address_admin_area_level_2"`
	Country          *string `json:"address_country"`
	PostalCode       *string `json:"address_postal_code"`
	FormattedAddress *string `json:"address_formatted_address"`
	Website          *string `json:"website"`
	LinkedIn         *string `json:"linkedin"`
	Industry         *int64  `json:"industry"`
	AnnualRevenue    *int64  `json:"annual_revenue"`
	EmployeeCount    *int64  `json:"employee_count"`
	OwnerName        *string `json:"owner_name"`
	CCEmail          string  `json:"cc_email"`
}

// FurtherKeys tells that custom fields are keys too.
func (organizationV1) FurtherKeys() {}

// MarshalJSON writes custom fields after all others.
func (w organizationV1) MarshalJSON() ([]byte, error) {
	type plain organizationV1
	return withKeys(plain(w), w.custom)
}

// organizationV1 writes an organization with its owner.
func (h flatOut) organizationV1(o organizations.Organization) organizationV1 {
	n, labels := h.derived.organization(o), h.labels(fields.Organization, o.LabelIDs)
	w := organizationFlat{
		ID: o.ID, CompanyID: h.Team, OwnerID: h.nestedUser(o.OwnerID), Name: o.Name, countsV1: countsOut(n.derivedWire, n.dealCounts),
		PeopleCount: *n.People, ActiveFlag: !o.Deleted, FirstChar: firstChar(o.Name), AddTime: value.Stamp(&o.AddTime),
		UpdateTime: value.Stamp(&o.UpdateTime), VisibleTo: strconv.FormatInt(o.VisibleTo, 10), activityEnds: h.ends(o.Ref()),
		Label: firstOf(labels), LabelIDs: labels, Address: addressLine(o.Address), Website: o.Website, LinkedIn: o.LinkedIn,
		AnnualRevenue: o.AnnualRevenue, EmployeeCount: o.EmployeeCount, OwnerName: h.nameOf("user", &o.OwnerID), CCEmail: h.mail.of(o.Ref()),
	}
	if f, ok := h.sheets[fields.Organization].ByCode("industry"); ok && o.Industry != nil && f.Options.Has(*o.Industry) {
		w.Industry = o.Industry
	}
	if a := o.Address; a != nil {
		w.Subpremise, w.StreetNumber, w.Route, w.Sublocality = a.Subpremise, a.StreetNumber, a.Route, a.Sublocality
		w.Locality, w.AdminAreaLevel1, w.AdminAreaLevel2, w.Country = a.Locality, a.AdminAreaLevel1, a.AdminAreaLevel2, a.Country
		w.PostalCode = a.PostalCode
	}
	return organizationV1{w, flatCustom(h.sheets[fields.Organization].Own(), o.Custom, h.nested)}
}
