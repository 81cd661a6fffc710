package app

import (
	"cmp"
	"strings"
	"time"

	"github.com/lejek/lejek/shared/activities"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/deals"
	"github.com/lejek/lejek/shared/fields"
	"github.com/lejek/lejek/shared/filters"
	"github.com/lejek/lejek/shared/organizations"
	"github.com/lejek/lejek/shared/persons"
	"github.com/lejek/lejek/shared/pipelines"
	"github.com/lejek/lejek/shared/value"
)

// lens shows records to filters with the fields as they are now.
type lens struct{ sheets map[string]fields.Sheet }

// Linked follows the links of a row.
func (l lens) Linked(row any, object string) change.Ref {
	link := func(kind string, id *int64) change.Ref {
		if kind != object || id == nil {
			return ""
		}
		return change.Of(kind, *id)
	}
	switch r := row.(type) {
	case deals.Deal:
		return cmp.Or(link(change.Deal, &r.ID), link(change.Person, r.PersonID), link(change.Organization, r.OrganizationID))
	case persons.Person:
		return cmp.Or(link(change.Person, &r.ID), link(change.Organization, r.OrganizationID))
	case organizations.Organization:
		return link(change.Organization, &r.ID)
	case activities.Activity:
		return cmp.Or(link(change.Activity, &r.ID), link(change.Deal, r.DealID), link(change.Person, value.NonZero(r.PersonID())),
			link(change.Organization, r.OrganizationID))
	}
	return ""
}

// holder is every record that has fields.
type holder interface {
	Ref() change.Ref
	Holds(field string) any
}

// Gone reports a deleted record.
func (l lens) Gone(record any) bool {
	h, ok := record.(holder)
	return ok && h.Holds("is_deleted") == true
}

// Derived are the summaries that a field's value is made of; none where it is part of the record.
func (l lens) Derived(of change.Ref, record any, f filters.Field) []change.Ref {
	switch p, ok := record.(persons.Person); {
	case f.Custom || derived[f.Key] == nil:
		return nil
	case of.Kind() == change.Person && strings.HasPrefix(f.Key, "related_"):
		if ok {
			return p.Related()
		}
		return nil
	}
	return []change.Ref{of}
}

// Value is what a field holds. Options that were deleted, like deleted fields, are not seen.
func (l lens) Value(record any, sums summaries, f filters.Field, part string) any {
	sheet := l.sheets[f.Object]
	field, _ := sheet.ByID(f.ID)
	if f.Custom {
		if v, ok := field.Shown(customOf(record)); ok {
			return v
		}
		return nil
	}
	h, ok := record.(holder)
	if !ok {
		return nil
	}
	if of := derived[f.Key]; of != nil {
		return of(h, sums)
	}
	if f.Type == string(fields.Monetary) && part == "currency" {
		return h.Holds("currency")
	}
	v := h.Holds(f.Key)
	switch id := v.(type) {
	case []int64:
		if field.Options != nil {
			return field.Existing(id)
		}
	case int64:
		if field.Options != nil && !field.Options.Has(id) {
			return nil
		}
	}
	return v
}

func customOf(record any) map[int64]value.Custom {
	switch r := record.(type) {
	case deals.Deal:
		return r.Custom
	case persons.Person:
		return r.Custom
	case organizations.Organization:
		return r.Custom
	}
	return nil
}

// facets are the fields by which lists find their rows.
var facets = map[string]map[string]string{
	change.Deal: {
		"user_id": value.ByOwner, "person_id": value.ByPerson, "org_id": value.ByOrganization, "pipeline": value.ByPipeline,
		"stage_id": value.ByStage, "status": value.ByStatus,
	},
	change.Person:       {"owner_id": value.ByOwner, "org_id": value.ByOrganization},
	change.Organization: {"owner_id": value.ByOwner},
	change.Activity: {
		"user_id": value.ByOwner, "deal_id": value.ByDeal, "person_id": value.ByPerson, "org_id": value.ByOrganization, "done": value.ByDone,
	},
}

// Facet is by what lists find rows with the field.
func (l lens) Facet(f filters.Field) string { return facets[f.Object][f.Key] }

// Rots is when an open deal, in a stage that rots, has been left alone for as long as the stage says: neither written nor
// mailed about, and with no activity done. Notes and files have no time beside the deal, so they do not count.
func (l lens) Rots(row any, known map[value.Need]any) (*time.Time, []value.Need) {
	d, ok := row.(deals.Deal)
	if !ok || d.Status != deals.Open || d.Deleted {
		return nil, nil
	}
	needs := []value.Need{
		{Part: value.PartRecord, Of: string(change.Of(change.Stage, d.StageID))}, {Part: value.PartSummary, Of: string(d.Ref())},
	}
	for _, n := range needs {
		if _, ok := known[n]; !ok {
			return nil, needs
		}
	}
	stage, ok := known[needs[0]].(pipelines.Stage)
	if !ok || !stage.RotEnabled || stage.DaysToRotten == nil {
		return nil, nil
	}
	touched := d.UpdateTime
	sum, _ := known[needs[1]].(change.Summary)
	for _, at := range []*time.Time{sum.LastActivityTime, sum.LastReceivedTime, sum.LastSentTime} {
		if at != nil && at.After(touched) {
			touched = *at
		}
	}
	at := touched.AddDate(0, 0, int(*stage.DaysToRotten))
	return &at, nil
}
