package persons

import (
	"context"
	"fmt"
	"slices"

	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/value"
)

// Two persons are alike when they have the same name, and the same organization, a phone number or an e-mail address in common
// (contract §6.3). Two of the same name who have nothing else in common are two persons.

// guards hold the person under all by which it is found, each once; none when the person is deleted.
func (p Person) guards() []change.Ref {
	if p.Deleted {
		return nil
	}
	var refs []change.Ref
	add := func(ref change.Ref) {
		if !slices.Contains(refs, ref) {
			refs = append(refs, ref)
		}
	}
	for _, e := range p.Emails {
		add(change.AddressOf(e.Value))
	}
	if p.OrganizationID != nil {
		add(change.NamesakeIn(p.Name, *p.OrganizationID))
	}
	for _, phone := range p.Phones {
		add(change.NamesakeOn(p.Name, phone.Value))
	}
	return refs
}

// like tells whether both are the same person.
func (p Person) like(other Person) bool {
	if p.Deleted || other.Deleted || change.NormalText(p.Name) != change.NormalText(other.Name) {
		return false
	}
	has := p.guards()
	return slices.ContainsFunc(other.guards(), func(ref change.Ref) bool { return slices.Contains(has, ref) })
}

// merged is the person with what another knows besides: ways to reach it are added, what is empty is filled, nothing is
// overwritten.
func (p Person) merged(in Input) Input {
	var add Input
	add.Emails = union(p.Emails, in.Emails, change.NormalAddress)
	add.Phones = union(p.Phones, in.Phones, change.NormalPhone)
	if p.OrganizationID == nil {
		add.OrganizationID = in.OrganizationID
	}
	if p.PostalAddress == nil {
		add.PostalAddress = in.PostalAddress
	}
	if p.Birthday == nil {
		add.Birthday = in.Birthday
	}
	if p.JobTitle == nil {
		add.JobTitle = in.JobTitle
	}
	return add
}

// union adds those that are not there yet; absent when there are none.
func union(had []Detail, in value.Opt[[]Detail], normal func(string) string) value.Opt[[]Detail] {
	all := slices.Clone(had)
	for _, d := range in.Or(nil) {
		if !slices.ContainsFunc(all, func(h Detail) bool { return normal(h.Value) == normal(d.Value) }) {
			d.Primary = d.Primary && len(had) == 0
			all = append(all, d)
		}
	}
	if len(all) == len(had) {
		return value.Opt[[]Detail]{}
	}
	return value.Some(all)
}

// Reconcile is the person that an input means: the oldest of those like it, with what the input adds, or a new one. The change
// is part of a larger transaction, whose links the caller vouches for; it holds only if nobody else made a like one meanwhile.
func (s Service) Reconcile(ctx context.Context, a auth.Actor, in Input, newID func(context.Context) (int64, error)) (Person, change.Set, error) {
	wanted, err := New(a, in, 0, s.now())
	if err != nil {
		return Person{}, change.Set{}, err
	}
	seen, err := s.Store.Members(ctx, a.Team, wanted.guards()...)
	if err != nil {
		return Person{}, change.Set{}, err
	}
	for _, ref := range wanted.guards() {
		if _, held := seen[ref]; !held {
			seen[ref] = nil // read, though it holds nobody
		}
	}
	found, err := s.Store.GetMany(ctx, a.Team, change.IDs(seen))
	if err != nil {
		return Person{}, change.Set{}, err
	}
	for _, id := range change.IDs(seen) {
		if before := found[id]; before.like(wanted) {
			now, err := before.Apply(before.merged(in), s.now())
			if err != nil || len(change.Diff(logged, before.asStored(), now)) == 0 { // what a merge moves is written too
				return before, change.Set{}, err
			}
			set := written(a, before, now, nil)
			demand(set.Members, seen)
			t := change.Targets{Refs: now.LeadsTo().Refs(), Absorbed: before.asStored().LeadsTo().Refs()}
			set.Counts, err = s.counts(ctx, a.Team, before, now, t)
			return now, set, err
		}
	}
	if wanted.ID, err = newID(ctx); err != nil {
		return Person{}, change.Set{}, fmt.Errorf("persons.Reconcile: %w", err)
	}
	return wanted, Created(a, wanted, seen), nil
}
