package persons

import (
	"slices"
	"time"

	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/change"
)

// What mail tells of a person.

// Bounce is an address of a person that mail came back from for good.
type Bounce struct {
	Email  string
	Status string // enhanced status code of the last one, as in 5.1.1
	Time   time.Time
}

// Bounced notes that mail to one of the person's addresses came back; a newer note replaces an older one. false: nothing new.
func (p Person) Bounced(email, status string, at time.Time) (Person, bool) {
	is := func(e string) bool { return change.NormalAddress(e) == change.NormalAddress(email) }
	i := slices.IndexFunc(p.Emails, func(d Detail) bool { return is(d.Value) })
	if i < 0 || slices.ContainsFunc(p.Bounces, func(b Bounce) bool { return is(b.Email) && !b.Time.Before(at) }) {
		return p, false
	}
	p.Bounces = slices.DeleteFunc(slices.Clone(p.Bounces), func(b Bounce) bool { return is(b.Email) })
	p.Bounces = append(p.Bounces, Bounce{Email: p.Emails[i].Value, Status: status, Time: at})
	return p, true
}

// reachable forgets bounces of addresses that the person has no longer: whoever corrects an address starts anew.
func (p Person) reachable() Person {
	p.Bounces = slices.DeleteFunc(slices.Clone(p.Bounces), func(b Bounce) bool {
		return !slices.ContainsFunc(p.Emails, func(d Detail) bool { return change.NormalAddress(d.Value) == change.NormalAddress(b.Email) })
	})
	if len(p.Bounces) == 0 {
		p.Bounces = nil
	}
	return p
}

// Noted is a person with a new note from mail, as a change. It is no edit: the change log tells what people wrote, and what a merge
// under way moves stays where it is until then.
func Noted(a auth.Actor, before, now Person) change.Set {
	set, kept := change.By(a), before.asStored()
	kept.Bounces = now.Bounces
	set.Put(now.Ref(), kept, before.Version)
	return set
}
