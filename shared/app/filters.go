package app

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/lejek/lejek/shared/activities"
	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/deals"
	"github.com/lejek/lejek/shared/dynamo"
	"github.com/lejek/lejek/shared/fields"
	"github.com/lejek/lejek/shared/filters"
	"github.com/lejek/lejek/shared/organizations"
	"github.com/lejek/lejek/shared/persons"
	"github.com/lejek/lejek/shared/pipelines"
	"github.com/lejek/lejek/shared/statistics"
	"github.com/lejek/lejek/shared/value"
)

// Filters is the service of filters.
func (c Core) Filters() filters.Service {
	return filters.Service{Store: dynamo.NewFilters(c.DB), Records: catalogue{c.Fields()}, Users: c.Teams(), Now: c.Now}
}

// catalogue is the fields of a team as filters name them.
type catalogue struct{ fields.Service }

func (c catalogue) Fields(ctx context.Context, a auth.Actor, objects []string) (filters.Catalogue, filters.Lens, error) {
	known := slices.DeleteFunc(slices.Clone(objects), func(o string) bool {
		return !slices.Contains([]string{fields.Deal, fields.Person, fields.Organization, fields.Activity}, o)
	})
	if len(known) == 0 {
		return nil, lens{}, nil
	}
	sheets, err := c.Sheets(ctx, a, known...)
	if err != nil {
		return nil, nil, err
	}
	all := filters.Catalogue{}
	for _, object := range known {
		all[object] = map[int64]filters.Field{}
		for _, f := range sheets[object].Fields {
			if !f.Traits.Has(fields.Apart) {
				all[object][f.ID] = filters.Field{
					ID: f.ID, Object: object, Key: cmp.Or(f.Key, f.Code), Code: f.Code, Type: string(f.Type), Custom: f.Custom(),
				}
			}
		}
	}
	return all, lens{sheets}, nil
}

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
type holder interface{ Holds(field string) any }

// Gone reports a deleted record.
func (l lens) Gone(record any) bool {
	h, ok := record.(holder)
	return ok && h.Holds("is_deleted") == true
}

// derived are the fields whose values lie in the summary.
var derived = map[string]func(change.Summary) any{
	"next_activity_date": func(s change.Summary) any { return value.Held(s.NextActivityTime) },
	"last_activity_date": func(s change.Summary) any { return value.Held(s.LastActivityTime) },
	"next_activity_id":   func(s change.Summary) any { return value.Held(s.NextActivityID) },
	"last_activity_id":   func(s change.Summary) any { return value.Held(s.LastActivityID) },

	"last_incoming_mail_time": func(s change.Summary) any { return value.Held(s.LastReceivedTime) },
	"last_outgoing_mail_time": func(s change.Summary) any { return value.Held(s.LastSentTime) },

	"activities_count":        counted(change.DoneCount, change.UndoneCount),
	"done_activities_count":   counted(change.DoneCount),
	"undone_activities_count": counted(change.UndoneCount),
	"email_messages_count":    counted(change.MailsCount),
	"files_count":             counted(change.FilesCount),
	"notes_count":             counted(change.NotesCount),
	"followers_count":         counted(change.FollowersCount),
}

// counted is the sum of some numbers; where nothing was counted, it is 0.
func counted(numbers ...change.Number) func(change.Summary) any {
	return func(s change.Summary) any {
		n := int64(0)
		for _, number := range numbers {
			n += s.Count(number)
		}
		return n
	}
}

// Derived reports a field whose value lies in the summary.
func (l lens) Derived(f filters.Field) bool { return !f.Custom && derived[f.Key] != nil }

// Value is what a field holds. Options that were deleted, like deleted fields, are not seen.
func (l lens) Value(record any, sum change.Summary, f filters.Field, part string) any {
	sheet := l.sheets[f.Object]
	field, _ := sheet.ByID(f.ID)
	switch {
	case f.Custom:
		if v, ok := field.Shown(customOf(record)); ok {
			return v
		}
		return nil
	case derived[f.Key] != nil:
		return derived[f.Key](sum)
	}
	h, ok := record.(holder)
	if !ok {
		return nil
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

// Rots is when an open deal in a stage that rots has been left alone for as long as the stage says.
func (l lens) Rots(row any, known map[value.Need]any) (*time.Time, []value.Need) {
	d, ok := row.(deals.Deal)
	if !ok || d.Status != deals.Open || d.Deleted {
		return nil, nil
	}
	need := value.Need{Part: value.PartRecord, Of: string(change.Of(change.Stage, d.StageID))}
	read, ok := known[need]
	if !ok {
		return nil, []value.Need{need}
	}
	stage, ok := read.(pipelines.Stage)
	if !ok || !stage.RotEnabled || stage.DaysToRotten == nil {
		return nil, nil
	}
	at := d.UpdateTime.AddDate(0, 0, int(*stage.DaysToRotten))
	return &at, nil
}

// Visits are those of the deal's trail, and of its writes that are not folded into it yet: the last one shows in the deal
// itself, those between in its change log.
func (l lens) Visits(row any, known map[value.Need]any) (visits []filters.Visit, needs []value.Need) {
	d, ok := row.(deals.Deal)
	if !ok {
		return nil, nil
	}
	folded := value.Need{Part: value.PartRecord, Of: string(statistics.Ref(d.ID))}
	read, ok := known[folded]
	if !ok {
		return nil, []value.Need{folded}
	}
	trail, _ := read.(statistics.Trail)
	for _, v := range trail.Visits {
		visits = append(visits, filters.Visit{Stage: v.StageID, At: v.At})
	}
	return seen(d, trail, visits, known)
}

// seen adds to the visits of a trail those of the writes that came after it.
func seen(d deals.Deal, trail statistics.Trail, visits []filters.Visit, known map[value.Need]any) ([]filters.Visit, []value.Need) {
	last := trail.Last
	switch {
	case d.Version <= last.Version:
		return visits, nil
	case d.Version == 1:
		return []filters.Visit{{Stage: d.StageID, At: d.AddTime}}, nil
	case d.Version == last.Version+1:
		if d.StageID != last.StageID && d.StageChangeTime != nil {
			visits = append(visits, filters.Visit{Stage: d.StageID, At: *d.StageChangeTime})
		}
		return visits, nil
	}
	between := value.Need{Part: value.PartLog, Of: string(d.Ref())}
	if last.Version > 0 {
		between.Since = last.At.Add(-time.Minute) // the clock of another function may be so far behind
	}
	read, ok := known[between]
	if !ok {
		return nil, []value.Need{between}
	}
	rows, _ := read.([]change.Row)
	begun := d.StageID
	var moves []filters.Visit
	slices.SortStableFunc(rows, func(a, b change.Row) int { return cmp.Compare(a.Log.ID, b.Log.ID) })
	for _, r := range rows {
		i := slices.IndexFunc(r.Log.Fields, func(f change.Field) bool { return f.Key == "stage_id" })
		if i < 0 || r.Log.ID <= last.Version {
			continue
		}
		if to, err := strconv.ParseInt(value.Deref(r.Log.Fields[i].New), 10, 64); err == nil {
			moves = append(moves, filters.Visit{Stage: to, At: r.At})
		}
		if from, err := strconv.ParseInt(value.Deref(r.Log.Fields[i].Old), 10, 64); err == nil && len(moves) == 1 {
			begun = from
		}
	}
	if last.Version == 0 {
		visits = []filters.Visit{{Stage: begun, At: d.AddTime}}
	}
	return append(visits, moves...), nil
}
