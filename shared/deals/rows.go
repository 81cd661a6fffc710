package deals

import (
	"strconv"

	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/value"
)

// Rows are where the deal itself shows: an open one among the open deals of its person and its organization.
func (d Deal) Rows() []change.Row {
	if d.Deleted || d.Status != Open || d.ID == 0 {
		return nil
	}
	return change.RowsOn(d.LeadsTo().Refs(), change.OpenDeals, d.AddTime, d.Ref())
}

// LeadsTo are the deal's own links: what hangs on the deal shows there too.
func (d Deal) LeadsTo() change.Links {
	return change.Links{Organization: value.Deref(d.OrganizationID), Persons: []int64{value.Deref(d.PersonID)}}
}

// Facets are what lists sort and filter deals by.
func (d Deal) Facets() value.Facets {
	return value.Facets{
		ID: d.ID, Owner: d.OwnerID, Person: value.Deref(d.PersonID), Organization: value.Deref(d.OrganizationID), Pipeline: d.PipelineID,
		Stage: d.StageID, Status: d.Status, Added: d.AddTime, Updated: d.UpdateTime, Deleted: d.Deleted,
	}
}

// logged are the fields of the change log under their v1 keys, in the order in which one write lists them (contract §2.1).
var logged = []change.Logged[Deal]{
	change.As("title", func(d Deal) *string { return &d.Title }),
	change.As("status", func(d Deal) *string { return &d.Status }),
	change.As("close_time", func(d Deal) *string { return value.Stamp(d.CloseTime) }),
	change.As("won_time", func(d Deal) *string { return value.Stamp(d.WonTime) }),
	change.As("lost_time", func(d Deal) *string { return value.Stamp(d.LostTime) }),
	change.As("lost_reason", func(d Deal) *string { return d.LostReason }),
	change.As("pipeline", func(d Deal) *string { return value.Digits(&d.PipelineID) }),
	change.As("stage_id", func(d Deal) *string { return value.Digits(&d.StageID) }),
	change.As("stage_change_time", func(d Deal) *string { return value.Stamp(d.StageChangeTime) }),
	change.As("user_id", func(d Deal) *string { return value.Digits(&d.OwnerID) }),
	change.As("person_id", func(d Deal) *string { return value.Digits(d.PersonID) }),
	change.As("org_id", func(d Deal) *string { return value.Digits(d.OrganizationID) }),
	change.As("value", func(d Deal) *string { s := string(d.Value); return &s }),
	change.As("currency", func(d Deal) *string { return &d.Currency }),
	change.As("probability", func(d Deal) *string { return value.Digits(d.Probability) }),
	change.As("expected_close_date", func(d Deal) *string { return (*string)(d.ExpectedCloseDate) }),
	change.As("visible_to", func(d Deal) *string { return value.Digits(&d.VisibleTo) }),
	change.As("active", func(d Deal) *string { s := strconv.FormatBool(!d.Deleted); return &s }),
}
