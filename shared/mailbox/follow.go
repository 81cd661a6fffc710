package mailbox

import (
	"slices"

	"github.com/lejek/lejek/shared/change"
)

// Follow gives the thread the links that it has after merges.
func (t Thread) Follow(r change.Redirects) change.Placed {
	t.DealID, t.PersonIDs = r.Opt(change.Deal, t.DealID), r.IDs(change.Person, t.PersonIDs)
	t.OrganizationID = r.Opt(change.Organization, t.OrganizationID)
	t.From = followed(r, t.From, func(p *ThreadParty) *int64 { return &p.PersonID })
	t.To = followed(r, t.To, func(p *ThreadParty) *int64 { return &p.PersonID })
	t.Suggestions = followed(r, t.Suggestions, func(s *Suggestion) *int64 { return &s.PersonID })
	return t
}

// Follow gives the message the links that it has after merges.
func (m Message) Follow(r change.Redirects) change.Placed {
	m.DealID, m.PersonIDs = r.Opt(change.Deal, m.DealID), r.IDs(change.Person, m.PersonIDs)
	m.OrganizationID = r.Opt(change.Organization, m.OrganizationID)
	for _, list := range []*[]Party{&m.From, &m.To, &m.Cc, &m.Bcc} {
		*list = followed(r, *list, func(p *Party) *int64 { return &p.PersonID })
	}
	return m
}

func followed[P any](r change.Redirects, list []P, person func(*P) *int64) []P {
	if !slices.ContainsFunc(list, func(p P) bool { return r.ID(change.Person, *person(&p)) != *person(&p) }) {
		return list
	}
	list = slices.Clone(list)
	for i := range list {
		p := person(&list[i])
		*p = r.ID(change.Person, *p)
	}
	return list
}
