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
	"github.com/lejek/lejek/shared/notes"
	"github.com/lejek/lejek/shared/organizations"
	"github.com/lejek/lejek/shared/persons"
	"github.com/lejek/lejek/shared/statistics"
	"github.com/lejek/lejek/shared/teams"
	"github.com/lejek/lejek/shared/value"
)

// order is that in which kinds go in: what others refer to first. Webhooks stay out: their secrets are not in an archive, and whoever
// listened to the old team did not ask to hear of the new one. The company's own records and the figures are dealt with by themselves.
var order = []string{
	"fields", "fieldOptions", "filter", change.Organization, change.Relation, change.Person, change.Signpost, change.Deal, "reminder",
	change.Activity, change.ContentOf, change.MailThread, change.MailMessage, change.Note, "comment", change.File, change.InboundMail,
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
			row.On = a.moved.To(row.On)
			return a.commit(ctx, followers.Restored(row))
		}
		return a.commit(ctx, change.Set{Show: []change.Row{row}})
	}
	record, err := dynamo.FromArchive(kind, l.Record)
	if err != nil {
		return err
	}
	set, err := a.set(ctx, l.Ref, record)
	if err != nil {
		return err
	}
	if set, err = a.before(ctx, set); err != nil {
		return err
	}
	return a.commit(ctx, set)
}

// before writes rows that count for nothing before their record, since a deal with all who take part may not fit into one
// transaction with them.
func (a *Archive) before(ctx context.Context, set change.Set) (change.Set, error) {
	var named, rest []change.Row
	for _, r := range set.Show {
		if r.Shelf == change.NamedBy {
			named = append(named, r)
		} else {
			rest = append(rest, r)
		}
	}
	for part := range slices.Chunk(named, change.MaxOperations) {
		if err := a.commit(ctx, change.Set{Show: part}); err != nil {
			return set, err
		}
	}
	set.Show = rest
	return set, nil
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

// set is a record with its rows, guards and counts. The links that it has are those after the merges that the archive knows of, and where
// they lead is asked anew: what of that had not come about yet, or came about while the archive was made, is so at once.
func (a *Archive) set(ctx context.Context, ref change.Ref, record any) (set change.Set, err error) {
	switch r := record.(type) {
	case organizations.Organization:
		return r.Follow(a.moved).Restored(), nil
	case organizations.Relation:
		if r, err = a.relation(ctx, r.Follow(a.moved)); err != nil {
			return set, err
		}
		return r.Restored(), nil
	case persons.Person:
		if r = r.Follow(a.moved); r.Picture != nil {
			r.Picture.Key = exports.Moved(r.Picture.Key, a.team)
		}
		t, err := a.db.Targets(ctx, a.team, r.LeadsTo())
		return r.Restored(t), err
	case deals.Deal:
		r = r.Follow(a.moved)
		refs := r.LeadsTo().Refs()
		for _, p := range r.TakePart() {
			if ref := change.Of(change.Person, p.PersonID); !slices.Contains(refs, ref) {
				refs = append(refs, ref)
			}
		}
		t, err := a.db.Follow(ctx, a.team, refs...)
		return r.Restored(t), err
	case mailbox.Thread:
		record = r.Restored()
	case mailbox.Message:
		r.BodyKey = exports.Moved(r.BodyKey, a.team)
		record = r
	case change.Content:
		r.Key = exports.Moved(r.Key, a.team)
		record = r
	case files.File:
		r.Key = exports.Moved(r.Key, a.team)
		record = r
	}
	if p, ok := record.(change.Placed); ok {
		if p, err = a.place(ctx, p); err != nil {
			return set, err
		}
		record, set.Show = p, p.Rows()
	}
	if n, ok := record.(activities.Activity); ok {
		return n.Restored(a.env.Now()), nil
	}
	set.Restore(ref, record)
	return set, nil
}

// place has a record show where its links lead now; what came with a mail has the links of its thread.
func (a *Archive) place(ctx context.Context, p change.Placed) (change.Placed, error) {
	p, err := a.beside(ctx, p)
	if err != nil {
		return p, err
	}
	p = p.Follow(a.moved)
	t, err := a.db.Targets(ctx, a.team, p.HangsOn())
	return p.ShowOn(t.Refs), err
}

// beside is what belongs to a thread as it is there.
func (a *Archive) beside(ctx context.Context, p change.Placed) (change.Placed, error) {
	var thread int64
	switch r := p.(type) {
	case mailbox.Message:
		thread = r.ThreadID
	case notes.Note:
		thread = value.Deref(r.MailThreadID)
	case files.File:
		thread = value.Deref(r.MailThreadID)
	}
	if thread == 0 {
		return p, nil
	}
	ref := change.Of(change.MailThread, thread)
	found, err := a.db.GetAny(ctx, a.team, []change.Ref{ref})
	if t, ok := found[ref].(mailbox.Thread); ok && !t.Deleted {
		p = t.Pass(p)
	}
	return p, err
}

// relation is one that goes if merges made it one of an organization with itself, or another one stands for it already.
func (a *Archive) relation(ctx context.Context, r organizations.Relation) (organizations.Relation, error) {
	if r.Deleted || !a.moved.Any() {
		return r, nil
	}
	ends := []change.Ref{change.Of(change.RelationsOf, r.OwnerID), change.Of(change.RelationsOf, r.LinkedID)}
	seen, err := a.db.Members(ctx, a.team, ends...)
	r.Deleted = r.OwnerID == r.LinkedID || slices.ContainsFunc(seen[ends[0]], func(other int64) bool {
		return other != r.ID && slices.Contains(seen[ends[1]], other)
	})
	return r, err
}

// merges are all that the archive knows of: of records that were absorbed and are still there.
func (a *Archive) merges() (change.Redirects, error) {
	var all []change.Merge
	for _, kind := range []string{change.Deal, change.Person, change.Organization} {
		err := a.each(kind, func(l line) error {
			var r struct{ MergedInto *int64 }
			err := json.Unmarshal(l.Record, &r)
			if r.MergedInto != nil {
				all = append(all, change.Merge{Absorbed: l.Ref, Into: change.Of(kind, *r.MergedInto)})
			}
			return err
		})
		if err != nil {
			return change.Redirects{}, err
		}
	}
	return change.NewRedirects(all...), nil
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
