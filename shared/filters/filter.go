// Package filters holds saved questions about records (contract §3.5): conditions over fields, of which all of one group and, if it
// has any, one of another must hold. A filter is kept as its author wrote it. When a list is asked with it, its conditions are
// compiled with the fields as they are then into a Question: links and a status by which an index finds rows, and tests that are
// put to each row. A test reads the row, what the row points at, what is derived for them, or a deal's history; it asks for
// what it has not got, so that whoever pages through rows reads that for many of them at once, and only where it decides.
package filters

import (
	"slices"
	"time"

	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/value"
)

// Filter as stored. Times are UTC.
type Filter struct {
	ID         int64
	Version    int64
	Name       string
	Type       string
	Conditions Conditions
	UserID     int64
	VisibleTo  int64
	AddTime    time.Time
	UpdateTime time.Time
	Deleted    bool
}

// Kind names the record of a filter.
const Kind = "filter"

// Ref names the filter.
func (f Filter) Ref() change.Ref { return change.Of(Kind, f.ID) }

// Types of filters, named as in the API.
const (
	Deals         = "deals"
	Persons       = "people"
	Organizations = "org"
	Activities    = "activity"
)

// Types are the records that there are lists of. Pipedrive has filters of leads, products and projects too.
var Types = []string{Deals, Persons, Organizations, Activities}

// objects are the kinds of records that a condition may ask about: the rows themselves first, then what a row points at. What
// points at a row, such as the deals of an organization, may be any number of records and is not asked about.
var objects = map[string][]string{
	Deals:         {change.Deal, change.Person, change.Organization},
	Persons:       {change.Person, change.Organization},
	Organizations: {change.Organization},
	Activities:    {change.Activity, change.Deal, change.Person, change.Organization},
}

// Input is what a client may write; what is absent stays as it is.
type Input struct {
	Name       value.Opt[string]
	Type       value.Opt[string]
	Conditions value.Opt[Conditions]
	VisibleTo  value.Opt[int64]
}

// apply writes an input onto the filter. Its type says which fields its conditions may name, so that cannot change.
func (f Filter) apply(in Input, now time.Time) (Filter, error) {
	var bad fault.Fields
	kind := in.Type.Or(f.Type)
	if !slices.Contains(Types, kind) {
		bad.Add("type", "must be one of %s", joined(Types))
	} else if f.ID != 0 && kind != f.Type {
		bad.Add("type", "cannot be changed: the filter is of type %s", f.Type)
	}
	f.Type = kind
	f.Name = in.Name.Or(f.Name)
	f.Conditions = in.Conditions.Or(f.Conditions)
	f.VisibleTo = in.VisibleTo.Or(f.VisibleTo)
	f.UpdateTime = now
	return f, bad.Err()
}

func (f Filter) delete(now time.Time) Filter {
	f.Deleted, f.UpdateTime = true, now
	return f
}
