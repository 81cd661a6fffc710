// Package persons holds the people that deals are made with: a name that is kept whole and in parts, and any number of ways to
// reach them. Mail finds a person by e-mail address, so every address of a person is also a member of the address's guard,
// written in the same change as the person.
package persons

import (
	"time"

	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/value"
)

// Person as stored (contract §2.2). Times are UTC.
type Person struct {
	ID             int64
	Version        int64
	Links          int64 // counts changes of the organization; see change.Check
	Name           string
	FirstName      *string
	LastName       *string
	OwnerID        int64
	OrganizationID *int64
	Emails         []Detail
	Phones         []Detail
	IM             []Detail
	PostalAddress  *value.Address
	Notes          *string
	Birthday       *value.Date
	JobTitle       *string
	Picture        *Picture
	FromMail       bool     // made of an address in a mail that nobody had
	Bounces        []Bounce // addresses that mail does not reach
	AddTime        time.Time
	UpdateTime     time.Time
	VisibleTo      int64
	LabelIDs       []int64                // options of the built-in field of labels
	Custom         map[int64]value.Custom // by the field's number; those of deleted fields stay
	Deleted        bool
	MergedInto     *int64  // the person that absorbed this one
	stored         *Person // see Follow
}

// Ref names the person.
func (p Person) Ref() change.Ref { return change.Of(change.Person, p.ID) }

// Input is what a client may write; what is absent stays as it is.
type Input struct {
	Name           value.Opt[string]
	FirstName      value.Opt[string]
	LastName       value.Opt[string]
	OwnerID        value.Opt[int64]
	OrganizationID value.Opt[int64]
	Emails         value.Opt[[]Detail]
	Phones         value.Opt[[]Detail]
	IM             value.Opt[[]Detail]
	PostalAddress  value.Opt[value.Address]
	Notes          value.Opt[string]
	Birthday       value.Opt[value.Date]
	JobTitle       value.Opt[string]
	AddTime        value.Opt[time.Time]
	VisibleTo      value.Opt[int64]
	LabelIDs       value.Opt[[]int64]
	Custom         []change.Custom
	Wrong          fault.Fields // what was found wrong on the way here: named together with the rest
}

// New is a person made from its input. update_time is now, whatever add_time its author gives it: whoever asks what changed lately
// has to learn of it.
func New(a auth.Actor, in Input, id int64, now time.Time) (Person, error) {
	p, err := Person{ID: id, OwnerID: a.User, AddTime: in.AddTime.Or(now), VisibleTo: 3}.Apply(in, now)
	p.Links = 1
	return p, err
}

// Apply writes an input onto the person.
func (p Person) Apply(in Input, now time.Time) (Person, error) {
	before := p
	p, err := p.apply(in)
	if err != nil {
		return before, err
	}
	if !value.Equal(p.OrganizationID, before.OrganizationID) {
		p.Links++
	}
	p.UpdateTime = now
	return p, nil
}

// Delete marks the person; it stays readable for 30 days, its addresses are free at once.
func (p Person) Delete(now time.Time) Person {
	p.Deleted, p.UpdateTime = true, now
	return p
}
