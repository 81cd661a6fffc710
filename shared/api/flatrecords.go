package api

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/lejek/lejek/shared/activities"
	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/deals"
	"github.com/lejek/lejek/shared/fields"
	"github.com/lejek/lejek/shared/flow"
	"github.com/lejek/lejek/shared/organizations"
	"github.com/lejek/lejek/shared/persons"
	"github.com/lejek/lejek/shared/pipelines"
	"github.com/lejek/lejek/shared/teams"
	"github.com/lejek/lejek/shared/value"
)

// FlatRecords reads what the forms of v1 name beside a record, for deals, persons and organizations (contract §3.6, §4.1) and
// whatever else is shown among them.
type FlatRecords struct {
	Records    Records
	Fields     fields.Service
	Summaries  Summaries
	Companies  Companies
	Types      ActivityTypeNames
	Pictures   persons.Pictures
	MailDomain string
}

// ActivityTypeNames knows a team's types of activities.
type ActivityTypeNames interface {
	Types(ctx context.Context, a auth.Actor) ([]activities.Type, error)
}

// flatOut writes records as v1 does.
type flatOut struct {
	v1Out
	derived  extras
	zone     *time.Location
	sheets   map[string]fields.Sheet
	pictures map[int64]pictureV1 // by their persons
	contacts bool                // whether persons or organizations are shown, which may have pictures
}

// of is ready to write these records, whatever they are. It takes two rounds of batch reads, each of a hundred items at a time:
// what is derived for the records and their organizations, then what they name, their next activities included; and a read each
// for the team, all fields, and, where activities are shown, their types. So a page of 100 deals takes 7 calls, of 500 at most 27,
// more only where custom fields point at ever other records.
func (h FlatRecords) of(ctx context.Context, c Call, records []any) (flatOut, error) {
	return h.read(ctx, c, records, false, nil)
}

// whole is ready to write one record with its next and its last activity in full, and to name others.
func (h FlatRecords) whole(ctx context.Context, c Call, record any, others ...change.Ref) (flatOut, error) {
	return h.read(ctx, c, []any{record}, true, others)
}

// flat reads deals by their numbers, in one round more; those that are not there are left out.
func (h FlatRecords) flat(ctx context.Context, c Call, ids []int64) (map[int64]flatDeal, error) {
	found, err := h.Records.GetAny(ctx, c.Team, each(ids, func(id int64) change.Ref { return change.Of(change.Deal, id) }))
	if err != nil {
		return nil, err
	}
	records := make([]any, 0, len(found))
	for _, r := range found {
		records = append(records, r)
	}
	out, err := h.of(ctx, c, records)
	flat := make(map[int64]flatDeal, len(records))
	for _, r := range records {
		if d, ok := r.(deals.Deal); ok && err == nil {
			flat[d.ID] = out.flatDeal(d)
		}
	}
	return flat, err
}

func (h FlatRecords) read(ctx context.Context, c Call, records []any, whole bool, others []change.Ref) (flatOut, error) {
	out := flatOut{v1Out: v1Out{Call: c, types: map[string]string{}}, pictures: map[int64]pictureV1{}}
	team, err := h.Companies.Team(ctx, c.Actor)
	if err != nil {
		return out, err
	}
	out.zone = team.Zone()
	out.mail = filing{team, h.MailDomain}
	out.derived = extras{mail: out.mail}
	if out.sheets, err = h.sheets(ctx, c, records); err != nil {
		return out, err
	}
	_, person := out.sheets[fields.Person]
	_, organization := out.sheets[fields.Organization]
	out.contacts = person || organization
	named := append(others, change.Of(teams.KindUser, c.User))
	var counted []change.Ref
	for _, r := range records {
		named = append(named, out.names(r)...)
		counted = append(counted, countedOf(r)...)
	}
	for _, ref := range named {
		if ref.Kind() == change.Organization {
			counted = append(counted, ref) // its people
		}
	}
	if out.derived.by, err = h.Summaries.Summaries(ctx, c.Team, counted); err != nil {
		return out, err
	}
	for _, r := range records {
		for _, id := range out.activitiesOf(r, whole) {
			named = append(named, change.Of(change.Activity, id))
		}
	}
	if out.known, err = h.Records.GetAny(ctx, c.Team, named); err != nil {
		return out, err
	}
	if err := h.nameEnds(ctx, c, &out, records, whole); err != nil {
		return out, err
	}
	if err := out.show(ctx, h.Pictures, records); err != nil {
		return out, err
	}
	isActivity := func(r any) bool { _, ok := r.(activities.Activity); return ok }
	if !whole && !slices.ContainsFunc(records, isActivity) {
		return out, nil
	}
	types, err := h.Types.Types(ctx, c.Actor)
	if err != nil {
		return out, fmt.Errorf("types of activities: %w", err)
	}
	for _, t := range types {
		out.types[t.Key] = t.Name
	}
	return out, nil
}

// nameEnds reads, in a third round, what activities that are shown in full name.
func (h FlatRecords) nameEnds(ctx context.Context, c Call, out *flatOut, records []any, whole bool) error {
	if !whole {
		return nil
	}
	var named []change.Ref
	for _, r := range records {
		for _, id := range out.activitiesOf(r, true) {
			named = append(named, flow.NamesOf(out.known[change.Of(change.Activity, id)])...)
		}
	}
	found, err := h.Records.GetAny(ctx, c.Team, named)
	for ref, r := range found {
		if _, ok := out.known[ref]; !ok {
			out.known[ref] = r
		}
	}
	return err
}

// sheets are the fields of the kinds among the records.
func (h FlatRecords) sheets(ctx context.Context, c Call, records []any) (map[string]fields.Sheet, error) {
	var kinds []string
	for _, r := range records {
		switch r.(type) {
		case deals.Deal:
			kinds = append(kinds, fields.Deal)
		case persons.Person:
			kinds = append(kinds, fields.Person)
		case organizations.Organization:
			kinds = append(kinds, fields.Organization)
		}
	}
	slices.Sort(kinds)
	if kinds = slices.Compact(kinds); len(kinds) == 0 {
		return nil, nil
	}
	return h.Fields.Sheets(ctx, c.Actor, kinds...)
}

// countedOf are the summaries that a record shows numbers of.
func countedOf(record any) []change.Ref {
	switch r := record.(type) {
	case deals.Deal:
		return []change.Ref{r.Ref()}
	case persons.Person:
		return append(r.Related(), r.Ref())
	case organizations.Organization:
		return []change.Ref{r.Ref()}
	}
	return nil
}

// names are the records that one names, by links of its own and by custom fields.
func (h flatOut) names(record any) (refs []change.Ref) {
	link := func(kind string, id *int64) {
		if id != nil {
			refs = append(refs, change.Of(kind, *id))
		}
	}
	var kind string
	var custom map[int64]value.Custom
	switch r := record.(type) {
	case deals.Deal:
		kind, custom = fields.Deal, r.Custom
		link(teams.KindUser, &r.CreatorUserID)
		link(teams.KindUser, &r.OwnerID)
		link(change.Person, r.PersonID)
		link(change.Organization, r.OrganizationID)
		link(pipelines.KindStage, &r.StageID)
		link(pipelines.KindPipeline, &r.PipelineID)
	case persons.Person:
		kind, custom = fields.Person, r.Custom
		link(teams.KindUser, &r.OwnerID)
		link(change.Organization, r.OrganizationID)
	case organizations.Organization:
		kind, custom = fields.Organization, r.Custom
		link(teams.KindUser, &r.OwnerID)
	default:
		return flow.NamesOf(record)
	}
	for _, f := range h.sheets[kind].Own() {
		if target := f.Type.Target(); target != "" {
			if v, ok := f.Shown(custom); ok {
				link(target, &v.ID)
			}
		}
	}
	return refs
}

// activitiesOf are a record's next activity, and its last one where it is shown too.
func (h flatOut) activitiesOf(record any, last bool) (ids []int64) {
	r, ok := record.(interface{ Ref() change.Ref })
	if !ok {
		return nil
	}
	sum := h.derived.by[r.Ref()]
	if sum.NextActivityID != nil {
		ids = append(ids, *sum.NextActivityID)
	}
	if last && sum.LastActivityID != nil {
		ids = append(ids, *sum.LastActivityID)
	}
	return ids
}

// show signs the addresses of persons' pictures, which asks nobody.
func (h flatOut) show(ctx context.Context, pictures persons.Pictures, records []any) error {
	for _, r := range records {
		p, ok := r.(persons.Person)
		if !ok || p.Picture == nil {
			continue
		}
		urls, err := pictures.URLs(ctx, *p.Picture)
		if err != nil {
			return fmt.Errorf("the picture of person %d: %w", p.ID, err)
		}
		w := pictureOut(p.ID, *p.Picture, urls)
		w.AddTime, w.UpdateTime = value.Stamp(&p.Picture.AddTime), value.Stamp(&p.Picture.AddTime)
		h.pictures[p.ID] = pictureV1{w, w.ID}
	}
	return nil
}

// related are all records that are named, as v1 lists them beside the data.
func (h flatOut) related() map[string]any {
	all := h.known.related(h.mail)
	for id, o := range all["organization"].(map[string]any) {
		short := o.(relatedOrganization)
		short.PeopleCount = h.people(short.ID)
		all["organization"].(map[string]any)[id] = short
	}
	pictures := map[string]any{}
	for _, p := range h.pictures {
		pictures[fmt.Sprint(p.ID)] = p.pictureWire
	}
	if h.contacts {
		all["picture"] = pictures
	}
	return all
}

// people is how many persons a named organization has.
func (h flatOut) people(organization int64) *int64 {
	n := h.derived.by[change.Of(change.Organization, organization)].Count(change.PeopleCount)
	return &n
}

// activityEnds are a record's next and last activity.
type activityEnds struct {
	NextActivityDate *value.Date `json:"next_activity_date"`
	NextActivityTime *string     `json:"next_activity_time"`
	NextActivityID   *int64      `json:"next_activity_id"`
	LastActivityID   *int64      `json:"last_activity_id"`
	LastActivityDate *value.Date `json:"last_activity_date"`
}

func (h flatOut) ends(of change.Ref) activityEnds {
	sum := h.derived.by[of]
	w := activityEnds{NextActivityID: sum.NextActivityID, LastActivityID: sum.LastActivityID, LastActivityDate: localDate(sum.LastActivityTime, h.zone)}
	if n, ok := lookup[activities.Activity](h.known, change.Activity, value.Deref(sum.NextActivityID)); ok {
		w.NextActivityDate, w.NextActivityTime = n.DueDate, n.DueTime
	}
	return w
}

// activitiesWhole are the next and the last activity in full; only with one record.
type activitiesWhole struct {
	LastActivity *activityV1 `json:"last_activity"`
	NextActivity *activityV1 `json:"next_activity"`
}

func (h flatOut) wholeEnds(of change.Ref) (w activitiesWhole) {
	sum := h.derived.by[of]
	for id, to := range map[*int64]**activityV1{sum.LastActivityID: &w.LastActivity, sum.NextActivityID: &w.NextActivity} {
		if n, ok := lookup[activities.Activity](h.known, change.Activity, value.Deref(id)); ok {
			shown := h.activity(n)
			*to = &shown
		}
	}
	return w
}

// labels are those of a record that were not deleted.
func (h flatOut) labels(kind string, ids []int64) []int64 {
	f, _ := h.sheets[kind].Labels()
	return f.Existing(ids)
}
