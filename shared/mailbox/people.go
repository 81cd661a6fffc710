package mailbox

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/fault"
)

// cast are the persons of an item: linked ones, the main one first, and who stands behind each address.
type cast struct {
	linked       []int64
	organization int64 // that the mail is addressed to, 0: none
	created      []Person
	sets         []change.Set // that create them
	owner        int64        // of the main person
	by           map[string]int64
	open         []Deal // of all linked persons
	suggest      []Suggestion
	braked       bool // somebody was not created since the sender brought too many
	why          []string
}

// cast finds the persons of an item's external parties and creates those that are missing, where mail may create
// (rows 3, 12, 13, 14). thread are the persons that its thread has already.
func (r run) cast(ctx context.Context, it Item, f facts, thread []int64) (c cast, err error) {
	c.by = map[string]int64{}
	person, organization, why, err := r.tagLinks(ctx)
	if err != nil {
		return c, err
	}
	c.organization, c.why = organization, append(c.why, why...)
	known, err := r.known(ctx, f, union(thread, person))
	if err != nil {
		return c, err
	}
	about := it.About
	if len(about) > maxLinked {
		c.why = append(c.why, fmt.Sprintf("row 3: of %d recipients the first %d are linked", len(about), maxLinked))
		about = about[:maxLinked]
	}
	thread = filter(thread, func(id int64) bool { _, ok := known[id]; return ok }) // others were deleted
	var persons []Person
	for _, id := range union(thread, person) {
		if p, ok := known[id]; ok {
			persons = append(persons, p)
		}
	}
	for _, a := range about {
		for _, id := range f.Persons[change.AddressOf(a.Email)] {
			if p, ok := known[id]; ok {
				persons = append(persons, p)
			}
		}
	}
	if c.open, err = r.openDeals(ctx, persons); err != nil {
		return c, err
	}
	if _, ok := known[person]; ok {
		c.linked = union(c.linked, person)
	}
	for _, a := range about {
		id, why := pick(f.Persons[change.AddressOf(a.Email)], known, thread, c.open)
		if why != "" {
			c.why = append(c.why, why)
		}
		if id == 0 {
			var made Person
			if p, ok := namesake(thread, known, a.Name); ok {
				c.suggest = append(c.suggest, Suggestion{PersonID: p.ID, Name: p.Name, Email: a.Email, Reason: "writes from an address that is not known as hers or his"})
				c.why = append(c.why, fmt.Sprintf("row 13: no person is made, since person %d of this thread has the same name", p.ID))
				continue
			}
			if made, err = r.create(ctx, it, a, f, &c); err != nil {
				return c, err
			}
			if id = made.ID; id != 0 {
				known[id] = made
			}
		}
		c.linked = union(c.linked, id)
	}
	r.count(&c)
	for ref, ids := range f.Persons {
		if id, _ := pick(ids, known, thread, c.open); id != 0 {
			c.by[ref.Name()] = id
		}
	}
	if person == 0 {
		c.mainFirst(thread)
	}
	c.linked = union(c.linked, thread...)
	if len(thread) > 0 {
		c.linked = union(thread, c.linked...) // a thread stays about whom it is about
	}
	if c.linked = c.linked[:min(len(c.linked), maxLinked)]; person != 0 && !slices.Contains(c.linked, person) {
		c.why = append(c.why, fmt.Sprintf("row 3: person %d is not linked, since the thread has %d persons", person, maxLinked))
	}
	if len(c.linked) > 0 {
		c.owner = known[c.linked[0]].OwnerID
	}
	c.open = slices.DeleteFunc(c.open, func(d Deal) bool { return d.PersonID != 0 && !slices.Contains(c.linked, d.PersonID) })
	return c, nil
}

// known reads all persons that may matter, with one batch.
func (r run) known(ctx context.Context, f facts, thread []int64) (map[int64]Person, error) {
	ids := slices.Clone(thread)
	for _, of := range f.Persons {
		ids = union(ids, of[:min(len(of), maxLinked)]...)
	}
	if len(ids) == 0 {
		return map[int64]Person{}, nil
	}
	return r.People.Persons(ctx, r.Team, ids)
}

func (r run) openDeals(ctx context.Context, persons []Person) ([]Deal, error) {
	var refs []change.Ref
	for _, p := range persons {
		refs = append(refs, change.Of(change.Person, p.ID))
	}
	if refs = distinct(refs); len(refs) == 0 {
		return nil, nil
	}
	return r.Deals.OpenDeals(ctx, r.Team, refs[:min(len(refs), maxLinked)])
}

// pick is row 12: of several persons with one address the thread's, else one with an open deal, else the latest.
func pick(ids []int64, known map[int64]Person, thread []int64, open []Deal) (int64, string) {
	var best Person
	rank := func(p Person) int {
		switch {
		case slices.Contains(thread, p.ID):
			return 2
		case slices.ContainsFunc(open, func(d Deal) bool { return d.PersonID == p.ID }):
			return 1
		}
		return 0
	}
	alive := 0
	for _, id := range ids {
		p, ok := known[id]
		if !ok {
			continue
		}
		alive++
		if best.ID == 0 || rank(p) > rank(best) || rank(p) == rank(best) && p.UpdateTime.After(best.UpdateTime) {
			best = p
		}
	}
	if alive > 1 {
		return best.ID, fmt.Sprintf("row 12: the address belongs to persons %v, taken is %d", ids, best.ID)
	}
	return best.ID, ""
}

// create makes a person of an address that nobody has, unless the mail may not (row 13). It joins the one organization whose
// people write from that domain (row 14).
func (r run) create(ctx context.Context, it Item, a Address, f facts, c *cast) (Person, error) {
	switch {
	case robot(a.Email):
		c.why = append(c.why, "row 13: no person is made of a robot's address")
		return Person{}, nil
	case !it.MayCreate:
		c.why = append(c.why, "row 13: no person is made, since "+r.whyNot(it))
		return Person{}, nil
	}
	of := change.AddressOf(a.Email)
	if id, ok := c.by[of.Name()]; ok {
		return Person{ID: id}, nil
	}
	in := NewPerson{Name: nameOf(a), Email: a.Email, Of: of, Seen: f.Persons[of]}
	if _, _, err := r.People.NewPerson(r.actor, in, r.now); fault.Is(err, fault.Invalid) {
		// The grammar of mail allows more than the rules of a person do; the mail is linked all the same.
		c.why = append(c.why, "row 13: no person, not a usable address")
		return Person{}, nil
	}
	if ok, err := r.mayCreate(ctx, c); err != nil || !ok {
		return Person{}, err
	}
	var err error
	if in.OrganizationID = c.organization; in.OrganizationID == 0 {
		if in.OrganizationID, err = r.organization(ctx, a.Email); err != nil {
			return Person{}, err
		}
	}
	if in.ID, err = r.Store.NextIDs(ctx, r.Team, change.Person, 1); err != nil {
		return Person{}, err
	}
	p, set, err := r.People.NewPerson(r.actor, in, r.now)
	if err != nil {
		return p, err
	}
	c.created, c.sets, c.by[of.Name()] = append(c.created, p), append(c.sets, set), p.ID
	c.why = append(c.why, fmt.Sprintf("row 13: person %d was created from the mail", p.ID))
	if in.OrganizationID != 0 && c.organization == 0 {
		c.why = append(c.why, fmt.Sprintf("row 14: organization %d owns the domain", in.OrganizationID))
	}
	return p, nil
}

func (r run) whyNot(it Item) string {
	if it.Auto {
		return "a machine wrote it"
	}
	return "the sender is not proven: " + r.judged.Check.Reason
}

func (r run) organization(ctx context.Context, email string) (int64, error) {
	domain := r.Read.Domain(email)
	if domain == "" || r.Read.FreeMail(domain) {
		return 0, nil
	}
	ids, err := r.People.OrganizationsAt(ctx, r.Team, domain)
	if err != nil || len(ids) != 1 {
		return 0, err
	}
	return ids[0], nil
}

// nameOf is the display name, unless that is an address too; else the local part.
func nameOf(a Address) string {
	if name := strings.TrimSpace(a.Name); name != "" && !strings.Contains(name, "@") {
		return cut(name, 255)
	}
	local, _, _ := strings.Cut(a.Email, "@")
	return cut(local, 255)
}

// mainFirst puts forward whom the mail is about (row 3): who has the thread, else who has an open deal, else the first.
func (c *cast) mainFirst(thread []int64) {
	for _, is := range []func(int64) bool{
		func(id int64) bool { return slices.Contains(thread, id) },
		func(id int64) bool { return slices.ContainsFunc(c.open, func(d Deal) bool { return d.PersonID == id }) },
	} {
		if i := slices.IndexFunc(c.linked, is); i >= 0 {
			id := c.linked[i]
			c.linked = slices.Insert(slices.Delete(slices.Clone(c.linked), i, i+1), 0, id)
			return
		}
	}
}
