// Package organizations holds the companies that deals are made with, and how they relate: one is another's parent, or two
// are simply related. A relation shows on both of its ends, and each end keeps the set of those it is related to, so that a
// pair exists once and an organization has at most a hundred of them.
package organizations

import (
	"time"

	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/value"
)

// Organization as stored (contract §2.3). Times are UTC.
type Organization struct {
	ID            int64
	Version       int64
	Name          string
	OwnerID       int64
	Address       *value.Address
	Website       *string
	LinkedIn      *string
	Industry      *int64 // id of an option
	AnnualRevenue *int64
	EmployeeCount *int64
	AddTime       time.Time
	UpdateTime    time.Time
	VisibleTo     int64
	LabelIDs      []int64                // options of the built-in field of labels
	Custom        map[int64]value.Custom // by the field's number; those of deleted fields stay
	Deleted       bool
	MergedInto    *int64        // the organization that absorbed this one
	stored        *Organization // see Follow
}

// Ref names the organization.
func (o Organization) Ref() change.Ref { return change.Of(change.Organization, o.ID) }

// Input is what a client may write; what is absent stays as it is.
type Input struct {
	Name          value.Opt[string]
	OwnerID       value.Opt[int64]
	Address       value.Opt[value.Address]
	Website       value.Opt[string]
	LinkedIn      value.Opt[string]
	Industry      value.Opt[int64]
	AnnualRevenue value.Opt[int64]
	EmployeeCount value.Opt[int64]
	AddTime       value.Opt[time.Time]
	VisibleTo     value.Opt[int64]
	LabelIDs      value.Opt[[]int64]
	Custom        []change.Custom
	Wrong         fault.Fields // what was found wrong on the way here: named together with the rest
}

// New is an organization made from its input. update_time is now, also where add_time is not.
func New(a auth.Actor, in Input, id int64, now time.Time) (Organization, error) {
	if in.Name.Or("") == "" {
		return Organization{}, fault.BadField("name", "must be given")
	}
	return Organization{ID: id, OwnerID: a.User, AddTime: in.AddTime.Or(now), VisibleTo: 3}.Apply(in, now), nil
}

// Apply writes an input onto the organization.
func (o Organization) Apply(in Input, now time.Time) Organization {
	o.Name = in.Name.Or(o.Name)
	o.OwnerID = in.OwnerID.Or(o.OwnerID)
	in.Address.Into(&o.Address)
	in.Website.Into(&o.Website)
	in.LinkedIn.Into(&o.LinkedIn)
	in.Industry.Into(&o.Industry)
	in.AnnualRevenue.Into(&o.AnnualRevenue)
	in.EmployeeCount.Into(&o.EmployeeCount)
	o.VisibleTo = in.VisibleTo.Or(o.VisibleTo)
	if in.LabelIDs.Set {
		o.LabelIDs = value.Unique(in.LabelIDs.V)
	}
	o.Custom = change.SetCustom(o.Custom, in.Custom)
	o.UpdateTime = now
	return o
}

// Delete marks the organization; it stays readable for 30 days.
func (o Organization) Delete(now time.Time) Organization {
	o.Deleted, o.UpdateTime = true, now
	return o
}
