package mailbox

import (
	"slices"

	"github.com/lejek/lejek/shared/change"
)

// A stranger in a thread is an outside address that takes part and is nobody's, or that of a person who is not linked. Whoever comes
// to have the address later is offered the thread, which is found in the address's collection. So strangers cost a row each, and
// threads in which all are known cost nothing.

const (
	maxStrangers = 20
	// Where a thread shows on many records, it is found by fewer addresses: when a message goes, its rows, what they count for, and all
	// rows of the thread, which move to another time, are one transaction.
	roomForRows = 46
)

// strangers are those by which the thread is to be found, first the writers. None where no more persons can be linked.
func (t Thread) strangers() (emails []string) {
	if len(t.PersonIDs) >= maxLinked {
		return nil
	}
	most := min(maxStrangers, roomForRows-2*len(t.Shown))
	var settled []string // somebody is linked who has it
	for _, p := range slices.Concat(t.From, t.To) {
		if t.has(p.PersonID) {
			settled = append(settled, change.NormalAddress(p.Email))
		}
	}
	for _, p := range slices.Concat(t.From, t.To) {
		if len(emails) >= most {
			break
		}
		if email := change.NormalAddress(p.Email); p.Outside && !slices.Contains(settled, email) && !slices.Contains(emails, email) {
			emails = append(emails, email)
		}
	}
	return emails
}

// has tells that a person is linked.
func (t Thread) has(person int64) bool { return slices.Contains(t.PersonIDs, person) }

// recognise takes a person for whoever writes or reads from that person's addresses, unless they are somebody else's who is linked.
func (t Thread) recognise(p Person) Thread {
	is := func(list []ThreadParty) []ThreadParty {
		list = slices.Clone(list)
		for i, party := range list {
			if !t.has(party.PersonID) && slices.Contains(p.Emails, change.NormalAddress(party.Email)) {
				list[i].PersonID = p.ID
			}
		}
		return list
	}
	t.From, t.To = is(t.From), is(t.To)
	return t
}

// whose is the linked person that the thread knows behind an address; 0 for none.
func (t Thread) whose(email string) int64 {
	for _, p := range slices.Concat(t.From, t.To) {
		if p.Email == email && t.has(p.PersonID) {
			return p.PersonID
		}
	}
	return 0
}

// Pass is a record as it is in the thread: a message, a file or a note takes over its links, unless somebody filed it elsewhere, and a
// message the persons whom the thread knows.
func (t Thread) Pass(p change.Placed) change.Placed {
	if m, ok := p.(Message); ok {
		for _, list := range []*[]Party{&m.From, &m.To, &m.Cc, &m.Bcc} {
			*list = slices.Clone(*list)
			for i, party := range *list {
				if who := t.whose(party.Email); who != 0 && !t.has(party.PersonID) {
					(*list)[i].PersonID = who
				}
			}
		}
		p = m
	}
	if f, ok := p.(interface{ Follows() bool }); ok && !f.Follows() {
		return p
	}
	if f, ok := p.(interface {
		LinkTo(change.Links) change.Placed
	}); ok {
		return f.LinkTo(t.HangsOn())
	}
	return p
}
