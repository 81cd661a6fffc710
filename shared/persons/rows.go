package persons

import (
	"strconv"

	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/value"
)

// Facets are what lists sort and filter persons by.
func (p Person) Facets() value.Facets {
	return value.Facets{
		ID: p.ID, Owner: p.OwnerID, Organization: value.Deref(p.OrganizationID), Added: p.AddTime, Updated: p.UpdateTime, Deleted: p.Deleted,
	}
}

// LeadsTo is the person's organization: what hangs on the person shows there too.
func (p Person) LeadsTo() change.Links {
	return change.Links{Organization: value.Deref(p.OrganizationID)}
}

// Rows are with those whom the person's custom fields name.
func (p Person) Rows() []change.Row {
	if p.Deleted {
		return nil
	}
	return change.Mentions(p.Ref(), p.Custom)
}

// logged are the fields of the change log under their v1 keys.
var logged = []change.Logged[Person]{
	change.As("name", func(p Person) *string { return &p.Name }),
	change.As("first_name", func(p Person) *string { return p.FirstName }),
	change.As("last_name", func(p Person) *string { return p.LastName }),
	change.As("owner_id", func(p Person) *string { return value.Digits(&p.OwnerID) }),
	change.As("org_id", func(p Person) *string { return value.Digits(p.OrganizationID) }),
	change.As("email", func(p Person) *string { return text(p.Emails) }),
	change.As("phone", func(p Person) *string { return text(p.Phones) }),
	change.As("im", func(p Person) *string { return text(p.IM) }),
	change.As("postal_address", func(p Person) *string { return p.PostalAddress.Text() }),
	change.As("notes", func(p Person) *string { return p.Notes }),
	change.As("birthday", func(p Person) *string { return (*string)(p.Birthday) }),
	change.As("job_title", func(p Person) *string { return p.JobTitle }),
	change.As("label", func(p Person) *string { return value.NonZero(value.JoinIDs(p.LabelIDs)) }),
	change.As("picture_id", func(p Person) *string { return value.Digits(p.PictureID()) }),
	change.As("visible_to", func(p Person) *string { return value.Digits(&p.VisibleTo) }),
	change.As("active_flag", func(p Person) *string { s := strconv.FormatBool(!p.Deleted); return &s }),
}

// Created is a new person as a change, for whoever creates one within a larger transaction. With seen, the guards of all its
// addresses must be as they were read (none where seen names none), so that two who both looked for the address and found
// nobody do not both create; nil adds to them whatever they hold.
func Created(a auth.Actor, p Person, seen map[change.Ref][]int64) change.Set {
	set := written(a, Person{}, p, nil)
	if p.OrganizationID != nil {
		firm := change.Of(change.Organization, *p.OrganizationID)
		set.Counts = []change.Count{{Of: firm, Add: map[change.Number]int64{change.PeopleCount: 1}}}
	}
	if seen != nil {
		demand(set.Members, seen)
	}
	return set
}

// demand lets members in only where their guards are as they were read. Who looked for addresses alone has not read the
// other guards, and adds to them whatever they hold.
func demand(members []change.Member, seen map[change.Ref][]int64) {
	for i, m := range members {
		if ids, read := seen[m.Of]; !m.Remove && (read || m.Of.Kind() == change.Address) {
			members[i].Seen = &ids
		}
	}
}

// written is the write of a person that was read so, with all that follows from it: the guards that find it, its log (custom are
// the changed custom fields), the job that moves rows after its organization changed. A new organization must not be deleted at
// that moment.
func written(a auth.Actor, read, now Person, custom []change.Field) change.Set {
	set := change.By(a)
	before := read.asStored()
	if before.ID != 0 && !value.Equal(before.OrganizationID, now.OrganizationID) && now.Links == before.Links {
		now.Links++ // a merge has moved it
	}
	set.Put(now.Ref(), now, before.Version)
	set.Join(now.ID, before.guards(), now.guards())
	set.Place(before.Rows(), now.Rows())
	if to := value.Deref(now.OrganizationID); to != 0 && to != value.Deref(read.OrganizationID) {
		set.Checks = append(set.Checks, change.Check{Ref: change.Of(change.Organization, to), Alive: true})
	}
	set.Log(change.Written(a, logged, before, now, before.Version, custom...))
	if before.ID != 0 && !value.Equal(read.OrganizationID, now.OrganizationID) { // after a merge its own job moves rows
		set.Jobs = append(set.Jobs, change.Job{Name: change.JobName(now.Ref(), now.Links), Of: now.Ref()})
	}
	if now.Deleted && !before.Deleted && now.MergedInto == nil {
		set.Leave(now.Ref(), now.LeadsTo())
	}
	return set
}

// Texts are what searches look in, the telling ones first.
func (p Person) Texts() []value.Text {
	texts := []value.Text{{In: value.InName, Value: p.Name}}
	for _, e := range p.Emails {
		texts = append(texts, value.Text{In: value.InEmail, Form: value.Email, Value: e.Value})
	}
	for _, n := range p.Phones {
		texts = append(texts, value.Text{In: value.InPhone, Form: value.Phone, Value: n.Value})
	}
	texts = append(texts, value.CustomTexts(p.Custom)...)
	if p.Notes != nil {
		texts = append(texts, value.Text{In: value.InNotes, Value: *p.Notes})
	}
	return texts
}
