package deals

import (
	"slices"

	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/value"
)

// A deal counts, by its status, for its person and its organization, and for the person's organization when that is another one:
// there it is related. It is also counted how many of a person's deals are with which organization, since all deals of an
// organization but a person's own are related to that person. For those who only take part it counts apart. An archived deal counts
// like any other, a deleted one does not.

// placedAnew tells that a write changes what the deal counts for, or where it shows.
func placedAnew(before, now Deal) bool {
	return before.Status != now.Status || before.Deleted != now.Deleted || before.Archived != now.Archived || !sameLinks(before, now) ||
		!slices.Equal(before.others(), now.others())
}

// linked is the deal with the links and the status of an input, archived or not.
func (d Deal) linked(in Input) Deal {
	in.PersonID.Into(&d.PersonID)
	in.OrganizationID.Into(&d.OrganizationID)
	d.Status, d.Archived = in.Status.Or(d.Status), in.Archived.Or(d.Archived)
	return d
}

// counts are what the deal counts for, added or taken away. What is gone for good is left alone: nobody would ever remove what
// was written beside it.
func (d Deal) counts(sign int64, t change.Targets) (all []change.Count) {
	if d.Deleted {
		return nil
	}
	add := func(record, of change.Ref, n change.Number) {
		if t.Has(record) {
			all = append(all, change.Count{Of: of, Add: map[change.Number]int64{n: sign}})
		}
	}
	n, own := change.DealsCount(d.Status), value.Deref(d.OrganizationID)
	organization := change.Of(change.Organization, own)
	if d.PersonID != nil {
		person := change.Of(change.Person, *d.PersonID)
		add(person, person, n)
		if own != 0 {
			add(person, person.Within(own), n)
		}
		if led := t.Leads[person].Organization; led != 0 && led != own {
			firm := change.Of(change.Organization, led)
			add(firm, firm, change.RelatedCount(d.Status))
		}
	}
	if own != 0 {
		add(organization, organization, n)
	}
	for _, person := range d.others() {
		add(person, person, change.ParticipantCount(d.Status))
	}
	return all
}
