package flow

import (
	"context"
	"slices"
	"strconv"

	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/value"
)

// fill reads what the entries refer to, and then what these name; five hundred of the longest notes would be more than fits
// into memory, let alone into an answer, so the page ends where they do. A source that was deleted since its row was read is left
// out: the page is then shorter than its limit.
func (s Service) fill(ctx context.Context, a auth.Actor, of change.Ref, p *Page) error {
	var sources []change.Ref
	var at []int // the entries of these
	for i, e := range p.Entries {
		if e.Field == nil {
			sources, at = append(sources, e.Row.Source), append(at, i)
		}
	}
	found, n, err := s.Store.GetSome(ctx, a.Team, sources)
	if err != nil {
		return err
	}
	if n < len(sources) {
		p.Next, p.Entries, p.More = p.Entries[at[n]].Offset, p.Entries[:at[n]], true
	}
	p.Entries = join(p.Entries, found)
	names, err := s.types(ctx, a.Team, p.Entries)
	if err != nil {
		return err
	}
	names = append(names, of, change.Of(kindUser, a.User))
	for _, e := range p.Entries {
		names = append(names, e.names()...)
	}
	p.Records, err = s.Store.GetAny(ctx, a.Team, distinct(names))
	return err
}

// types are the team's activity types, should an entry be an activity: it shows the name of its type.
func (s Service) types(ctx context.Context, team int64, entries []Entry) ([]change.Ref, error) {
	if !slices.ContainsFunc(entries, func(e Entry) bool { return e.Row.Source.Kind() == change.Activity }) {
		return nil, nil
	}
	return s.Store.ActivityTypeRefs(ctx, team)
}

// join puts sources into their entries.
func join(entries []Entry, found map[change.Ref]any) []Entry {
	whole := make([]Entry, 0, len(entries))
	for _, e := range entries {
		if e.Field == nil {
			// Placed in rows, so still there: a deleted record has none.
			if e.Source, _ = found[e.Row.Source].(change.Placed); e.Source == nil || len(e.Source.Rows()) == 0 {
				continue
			}
		}
		whole = append(whole, e)
	}
	return whole
}

// A record says whom it speaks of by Names, or, when these are only its links and its owner, by what it has anyway.
type (
	named   interface{ Names() []change.Ref }
	faceted interface{ Facets() value.Facets }
)

// names are the records that an entry speaks of.
func (e Entry) names() []change.Ref {
	if e.Field == nil {
		return NamesOf(e.Source)
	}
	refs := []change.Ref{change.Of(kindUser, e.Row.Log.User)}
	for _, text := range []*string{e.Field.Old, e.Field.New} {
		if ref, ok := FieldRef(e.Field.Key, text); ok {
			refs = append(refs, ref)
		}
	}
	return refs
}

// NamesOf are the records that something names: what it hangs on, and its user.
func NamesOf(record any) (refs []change.Ref) {
	if n, ok := record.(named); ok {
		return n.Names()
	}
	if p, ok := record.(change.Placed); ok {
		refs = p.HangsOn().Refs()
	}
	if f, ok := record.(faceted); ok && f.Facets().Owner != 0 {
		refs = append(refs, change.Of(kindUser, f.Facets().Owner))
	}
	return refs
}

// linkFields are the fields of the change log whose value is an id, and of what.
var linkFields = map[string]string{
	"user_id": kindUser, "owner_id": kindUser, "stage_id": kindStage, "pipeline": kindPipeline, "person_id": change.Person, keyParticipants: change.Person,
	"org_id": change.Organization, "deal_id": change.Deal,
}

// FieldRef is the record that a value in the change log stands for.
func FieldRef(key string, text *string) (change.Ref, bool) {
	kind, ok := linkFields[key]
	if !ok || text == nil {
		return "", false
	}
	id, err := strconv.ParseInt(*text, 10, 64)
	return change.Of(kind, id), err == nil
}

func distinct(refs []change.Ref) []change.Ref {
	slices.Sort(refs)
	return slices.Compact(refs)
}
