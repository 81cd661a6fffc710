package persons

import (
	"strings"
	"unicode/utf8"

	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/value"
)

const maxName = 255

// apply names every wrong input at once.
func (p Person) apply(in Input) (Person, error) {
	var bad fault.Fields
	p = p.named(in, &bad)
	p.OwnerID = in.OwnerID.Or(p.OwnerID)
	in.OrganizationID.Into(&p.OrganizationID)
	p.Emails = details(&bad, "emails", in.Emails, p.Emails, checkAddress)
	p.Phones = details(&bad, "phones", in.Phones, p.Phones, nil)
	p.IM = details(&bad, "im", in.IM, p.IM, nil)
	in.PostalAddress.Into(&p.PostalAddress)
	in.Notes.Into(&p.Notes)
	in.Birthday.Into(&p.Birthday)
	in.JobTitle.Into(&p.JobTitle)
	p.VisibleTo = in.VisibleTo.Or(p.VisibleTo)
	if in.LabelIDs.Set {
		p.LabelIDs = value.Unique(in.LabelIDs.V)
	}
	p.Custom = change.SetCustom(p.Custom, in.Custom)
	return p.reachable(), bad.Err()
}

// named keeps the whole name and its parts together (contract §2.2): a name splits at its first space, a part that is
// written rebuilds the name. Where both are given, the parts win. A new person needs a name or both parts.
func (p Person) named(in Input, bad *fault.Fields) Person {
	if p.Name == "" && !in.Name.Has() && !(given(in.FirstName) && given(in.LastName)) {
		bad.Add("name", "must be given, or first_name and last_name")
		return p
	}
	if in.Name.Set {
		p.Name = strings.TrimSpace(in.Name.V)
		first, last, _ := strings.Cut(p.Name, " ")
		p.FirstName, p.LastName = part(first), part(last)
	}
	if in.FirstName.Set || in.LastName.Set {
		if in.FirstName.Set {
			p.FirstName = part(in.FirstName.V)
		}
		if in.LastName.Set {
			p.LastName = part(in.LastName.V)
		}
		p.Name = strings.TrimSpace(value.Deref(p.FirstName) + " " + value.Deref(p.LastName))
	}
	switch {
	case p.Name == "":
		bad.Add("name", "must be given")
	case utf8.RuneCountInString(p.Name) > maxName:
		bad.Add("name", "must be at most %d characters", maxName)
	}
	return p
}

func given(in value.Opt[string]) bool { return strings.TrimSpace(in.Or("")) != "" }

// part is a part of a name; a blank one is none.
func part(text string) *string {
	if text = strings.TrimSpace(text); text == "" {
		return nil
	}
	return &text
}
