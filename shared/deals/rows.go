package deals

import (
	"slices"
	"strconv"
	"time"

	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/value"
)

// Rows are where the deal itself shows: an open one that is not archived among the open deals of its person and its organization,
// any with those who take part, or whom its custom fields name.
func (d Deal) Rows() []change.Row {
	if d.Deleted || d.ID == 0 {
		return nil
	}
	return append(d.places(), change.Mentions(d.Ref(), d.Custom)...)
}

// Left are the rows that a deleted deal still has with whom it names: they do not fit into the transaction that deletes it.
func (d Deal) Left() []change.Row { return change.Mentions(d.Ref(), d.Custom) }

func (d Deal) places() (rows []change.Row) {
	if d.Deleted {
		return nil
	}
	if !d.Archived && d.Status == Open {
		rows = change.RowsOn(d.LeadsTo().Refs(), change.OpenDeals, d.AddTime, d.Ref())
	}
	for _, person := range d.others() {
		rows = append(rows, change.Row{On: person, Shelf: change.NamedBy, Source: d.Ref()})
	}
	return rows
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
		Archived: d.Archived,
	}
}

// fact is what figures need to know of a write.
func (d Deal) fact(version int64, at time.Time) change.Fact {
	return change.Fact{
		At: at, Deal: d.ID, Version: version, OwnerID: d.OwnerID, PipelineID: d.PipelineID, StageID: d.StageID, Status: d.Status, Value: d.Value,
		Currency: d.Currency, Probability: d.Probability, AddTime: d.AddTime, UpdateTime: d.UpdateTime, StageChangeTime: d.StageChangeTime,
		WonTime: d.WonTime, LostTime: d.LostTime, CloseTime: d.CloseTime, FirstWonTime: d.FirstWonTime, ExpectedCloseDate: d.ExpectedCloseDate,
		Deleted: d.Deleted, Archived: d.Archived,
	}
}

// Fact is the deal as it is, as figures know it.
func (d Deal) Fact() change.Fact { return d.fact(d.Version, d.UpdateTime) }

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
	change.As("label", func(d Deal) *string { return value.NonZero(value.JoinIDs(d.LabelIDs)) }),
	change.As("visible_to", func(d Deal) *string { return value.Digits(&d.VisibleTo) }),
	change.As("is_archived", func(d Deal) *string { s := strconv.FormatBool(d.Archived); return &s }),
	change.As("archive_time", func(d Deal) *string { return value.Stamp(d.ArchiveTime) }),
	change.As("active", func(d Deal) *string { s := strconv.FormatBool(!d.Deleted); return &s }),
}

// Created is a new deal as a change, for whoever creates one within a larger transaction and knows where it leads. Its stage is not checked: who creates
// deals by the thousand has them all wait for one item, and a stage with deals in it is not deleted anyway.
func Created(a auth.Actor, d Deal, t change.Targets, at time.Time) change.Set {
	set := written(a, Deal{}, d, t, nil, at)
	set.Checks = slices.DeleteFunc(set.Checks, func(c change.Check) bool { return c.Ref.Kind() == change.Stage })
	return set
}

// written is the write of a deal that was read so, with what follows from it: its rows, its log (custom are the changed custom
// fields), its fact, and the job that moves rows after its links changed.
func written(a auth.Actor, read, now Deal, t change.Targets, custom []change.Field, at time.Time) change.Set {
	set := change.By(a)
	before := read.asStored()
	if before.ID != 0 && !sameLinks(before, now) && now.Links == before.Links {
		now.Links++ // a merge has moved one
	}
	set.Put(now.Ref(), now, before.Version)
	rows := now.Rows()
	if placedAnew(before, now) {
		rows = slices.DeleteFunc(now.places(), func(r change.Row) bool { return !t.Has(r.On) })
		rows = append(rows, change.Mentions(now.Ref(), now.Custom)...)
		set.Counts = append(before.counts(-1, t), now.counts(1, t)...)
	}
	set.Place(before.Rows(), rows)
	set.Log(change.Written(a, logged, before, now, before.Version, append(custom, takingPart(before, now)...)...))
	set.Facts = append(set.Facts, now.fact(before.Version+1, at))
	set.Checks = append(newlyLinked(read, now), checksOn(t, before, now)...)
	if before.ID != 0 && !sameLinks(read, now) { // after a merge its own job moves rows
		set.Jobs = append(set.Jobs, change.Job{Name: change.JobName(now.Ref(), now.Links), Of: now.Ref()})
	}
	if now.Deleted && !before.Deleted && now.MergedInto == nil {
		set.Leave(now.Ref(), now.LeadsTo())
	}
	return set
}

func sameLinks(a, b Deal) bool {
	return value.Equal(a.PersonID, b.PersonID) && value.Equal(a.OrganizationID, b.OrganizationID)
}

// checksOn are the checks of where the deal itself led and leads; where those lead who only take part does not matter.
func checksOn(t change.Targets, before, now Deal) (checks []change.Check) {
	refs := append(before.LeadsTo().Refs(), now.LeadsTo().Refs()...)
	for _, c := range t.Checks {
		if slices.Contains(refs, c.Ref) {
			checks = append(checks, c)
		}
	}
	return checks
}

// Texts are what searches look in.
func (d Deal) Texts() []value.Text {
	return append([]value.Text{{In: value.InTitle, Value: d.Title}}, value.CustomTexts(d.Custom)...)
}
