package organizations

import (
	"strconv"

	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/value"
)

// Facets are what lists sort and filter organizations by.
func (o Organization) Facets() value.Facets {
	return value.Facets{ID: o.ID, Owner: o.OwnerID, Added: o.AddTime, Updated: o.UpdateTime, Deleted: o.Deleted}
}

// Rows are with those whom the organization's custom fields name.
func (o Organization) Rows() []change.Row {
	if o.Deleted {
		return nil
	}
	return change.Mentions(o.Ref(), o.Custom)
}

// logged are the fields of the change log under their v1 keys.
var logged = []change.Logged[Organization]{
	change.As("name", func(o Organization) *string { return &o.Name }),
	change.As("owner_id", func(o Organization) *string { return value.Digits(&o.OwnerID) }),
	change.As("address", func(o Organization) *string { return o.Address.Text() }),
	change.As("website", func(o Organization) *string { return o.Website }),
	change.As("linkedin", func(o Organization) *string { return o.LinkedIn }),
	change.As("industry", func(o Organization) *string { return value.Digits(o.Industry) }),
	change.As("annual_revenue", func(o Organization) *string { return value.Digits(o.AnnualRevenue) }),
	change.As("employee_count", func(o Organization) *string { return value.Digits(o.EmployeeCount) }),
	change.As("label", func(o Organization) *string { return value.NonZero(value.JoinIDs(o.LabelIDs)) }),
	change.As("visible_to", func(o Organization) *string { return value.Digits(&o.VisibleTo) }),
	change.As("active_flag", func(o Organization) *string { s := strconv.FormatBool(!o.Deleted); return &s }),
}

// written is an organization's write with the guard that finds it and its log (custom are the changed custom fields); a creation is the one field add_time (contract
// §3.8).
func written(a auth.Actor, before, now Organization, custom []change.Field) change.Set {
	before = before.asStored()
	set := change.By(a)
	set.Put(now.Ref(), now, before.Version)
	var had []change.Ref
	if before.ID != 0 {
		had = before.guards()
	}
	set.Join(now.ID, had, now.guards())
	set.Place(before.Rows(), now.Rows())
	set.Log(change.Written(a, logged, before, now, before.Version, custom...))
	return set
}

// Texts are what searches look in, the telling ones first.
func (o Organization) Texts() []value.Text {
	texts := append([]value.Text{{In: value.InName, Value: o.Name}}, o.Address.Texts(value.InAddress, 0)...)
	return append(texts, value.CustomTexts(o.Custom)...)
}
