package change

import "slices"

// What hangs on a deal shows on its person and organization too. When the deal is deleted and at last purged, that must stay
// so: nothing that a customer wrote vanishes because something else was deleted. So a record that is deleted leaves a Post, an
// item of two ids that is never removed, and whoever follows links follows it where the record is no more.

// Post is where a deleted record led, or what it was absorbed into.
type Post struct {
	PersonID       int64
	OrganizationID int64
	Into           Ref
}

// SignpostOf is where the Post of a record lies.
func SignpostOf(ref Ref) Ref { return Named(Signpost, string(ref)) }

// Leave puts up the signpost of a record that is being deleted, unless it led nowhere.
func (s *Set) Leave(ref Ref, led Links) {
	if refs := led.Refs(); len(refs) > 0 {
		p := Post{OrganizationID: led.Organization}
		if refs[0].Kind() == Person {
			p.PersonID = refs[0].ID()
		}
		s.Put(SignpostOf(ref), p, 0)
	}
}

// Links are where the post leads.
func (p Post) Links() Links {
	switch p.Into.Kind() {
	case Deal:
		return Links{Deal: p.Into.ID()}
	case Person:
		return Links{Persons: []int64{p.Into.ID()}}
	case Organization:
		return Links{Organization: p.Into.ID()}
	}
	return Links{Persons: []int64{p.PersonID}, Organization: p.OrganizationID}
}

// Inherit replaces a link to what is gone by what that led to, as far as there is no link of that kind yet.
func (l Links) Inherit(gone Ref, led Links) Links {
	if !slices.Contains(l.Refs(), gone) {
		return l
	}
	switch gone.Kind() {
	case Deal:
		l.Deal = 0
	case Organization:
		l.Organization = 0
	}
	l.Persons = slices.DeleteFunc(slices.Clone(l.Persons), func(id int64) bool { return id == 0 || Of(Person, id) == gone })
	if len(l.Persons) == 0 {
		l.Persons = led.Persons
	}
	if l.Organization == 0 {
		l.Organization = led.Organization
	}
	return l
}
