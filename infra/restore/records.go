package restore

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/lejek/lejek/shared/activities"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/deals"
	"github.com/lejek/lejek/shared/dynamo"
	"github.com/lejek/lejek/shared/exports"
	"github.com/lejek/lejek/shared/files"
	"github.com/lejek/lejek/shared/followers"
	"github.com/lejek/lejek/shared/mailbox"
	"github.com/lejek/lejek/shared/organizations"
	"github.com/lejek/lejek/shared/persons"
	"github.com/lejek/lejek/shared/statistics"
	"github.com/lejek/lejek/shared/teams"
)

// order is that in which kinds go in: what others refer to first. Webhooks stay out: their secrets are not in an archive, and whoever
// listened to the old team did not ask to hear of the new one. The company's own records and the figures are dealt with by themselves.
var order = []string{
	"fields", "fieldOptions", "filter", change.Organization, change.Relation, change.Person, change.Signpost, change.Deal, "reminder",
	change.Activity, change.Note, "comment", change.ContentOf, change.MailThread, change.MailMessage, change.File, change.InboundMail,
	exports.LogLine, exports.FollowerLine, exports.EventLine,
}

// small are the kinds of which a new team has records of its own, which those of the archive replace, by their collection.
var small = []struct {
	collection change.Ref
	kinds      []string
}{
	{"activityTypes", []string{"activityType"}}, {"pipelines", []string{"pipeline", "stage"}}, {"users", []string{"user"}}, {"team", []string{"team"}},
}

// company replaces what a new team begins with. The team keeps its number and its mail address, and its first user the token.
func (a *Archive) company(ctx context.Context, all dynamo.Everything) error {
	for _, s := range small {
		had, err := all.Collection(ctx, a.team, s.collection)
		if err != nil {
			return err
		}
		versions := map[change.Ref]int64{}
		for _, l := range had {
			versions[l.Ref] = versionOf(l.Record)
		}
		for _, kind := range s.kinds {
			err := a.each(kind, func(l line) error {
				record, err := dynamo.FromArchive(kind, l.Record)
				if err != nil {
					return err
				}
				if t, ok := record.(teams.Team); ok {
					own, err := dynamo.Teams{DB: a.db}.Team(ctx, a.team)
					if err != nil {
						return err
					}
					t.ID, t.InboundLocal, t.AddressKey, t.Former = own.ID, own.InboundLocal, own.AddressKey, own.Former
					record, l.Ref = t, own.Ref()
				}
				set := change.Set{Team: a.team, Records: []change.Record{{Ref: l.Ref, Value: record, Expect: versions[l.Ref], Restored: true}}}
				delete(versions, l.Ref)
				return a.db.Commit(ctx, set)
			})
			if err != nil {
				return err
			}
		}
		var left []change.Ref
		for ref := range versions {
			left = append(left, ref)
		}
		if err := all.Remove(ctx, a.team, left); err != nil {
			return err
		}
	}
	return nil
}

func versionOf(record any) int64 {
	var v struct{ Version int64 }
	text, err := json.Marshal(record)
	if err == nil {
		err = json.Unmarshal(text, &v)
	}
	if err != nil {
		panic(err) // it was read from the table
	}
	return v.Version
}

// one puts a line in with all that follows from it.
func (a *Archive) one(ctx context.Context, kind string, l line) error {
	if slices.Contains([]string{exports.LogLine, exports.FollowerLine, exports.EventLine}, kind) {
		var r exports.Row
		if err := json.Unmarshal(l.Record, &r); err != nil {
			return err
		}
		row := change.Row{On: l.Ref, Shelf: r.Shelf, At: r.At, Source: r.Source, Log: r.Log}
		if kind == exports.FollowerLine {
			return a.commit(ctx, followers.Restored(row))
		}
		return a.commit(ctx, change.Set{Show: []change.Row{row}})
	}
	record, err := dynamo.FromArchive(kind, l.Record)
	if err != nil {
		return err
	}
	set, err := a.set(ctx, l.Ref, record)
	if err == nil {
		err = a.commit(ctx, set)
	}
	return err
}

// aliases lead to messages by their ids, and then, where no message is, from what was answered to the thread.
func (a *Archive) aliases(ctx context.Context) error {
	for _, mentioned := range []bool{false, true} {
		err := a.each(change.MailMessage, func(l line) error {
			var list []mailbox.Message
			if err := into(l, &list); err != nil || list[0].Deleted {
				return err
			}
			for ref, alias := range list[0].Aliases() {
				if (alias.MessageID == 0) != mentioned {
					continue
				}
				lead := change.Set{}
				lead.Put(ref, alias, 0)
				if err := a.commit(ctx, lead); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// set is a record with its rows, guards and counts.
func (a *Archive) set(ctx context.Context, ref change.Ref, record any) (set change.Set, err error) {
	switch r := record.(type) {
	case organizations.Organization:
		return r.Restored(), nil
	case organizations.Relation:
		return r.Restored(), nil
	case persons.Person:
		if r.Picture != nil {
			r.Picture.Key = exports.Moved(r.Picture.Key, a.team)
		}
		t, err := a.db.Targets(ctx, a.team, r.LeadsTo())
		return r.Restored(t), err
	case deals.Deal:
		t, err := a.db.Targets(ctx, a.team, r.LeadsTo())
		return r.Restored(t), err
	case activities.Activity:
		return r.Restored(a.env.Now()), nil
	case mailbox.Message:
		r.BodyKey = exports.Moved(r.BodyKey, a.team)
		return r.Restored(), nil
	case change.Content:
		r.Key = exports.Moved(r.Key, a.team)
		record = r
	case files.File:
		r.Key = exports.Moved(r.Key, a.team)
		record = r
	}
	set.Restore(ref, record)
	if p, ok := record.(change.Placed); ok {
		set.Show = p.Rows()
	}
	return set, nil
}

// figures folds all that the archive knows of deals.
func (a *Archive) figures(ctx context.Context) error {
	var trails []statistics.Trail
	var facts, now []change.Fact
	if err := a.each(statistics.KindTrail, func(l line) error { return into(l, &trails) }); err != nil {
		return err
	}
	if err := a.each(exports.FactLine, func(l line) error { return into(l, &facts) }); err != nil {
		return err
	}
	err := a.each(change.Deal, func(l line) error {
		var list []deals.Deal
		err := into(l, &list)
		for _, d := range list {
			now = append(now, d.Fact())
		}
		return err
	})
	if err != nil {
		return err
	}
	for _, set := range statistics.Restored(trails, facts, now, a.env.Now().UTC()) {
		if err := a.commit(ctx, set); err != nil {
			return fmt.Errorf("%d records: %w", len(set.Records), err)
		}
	}
	return nil
}

func into[T any](l line, list *[]T) error {
	var v T
	err := json.Unmarshal(l.Record, &v)
	*list = append(*list, v)
	return err
}
