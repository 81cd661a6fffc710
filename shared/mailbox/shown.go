package mailbox

import (
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/value"
)

// What the flow needs of mail: how links pass from a thread to what is in it, whom it names, and which objects it owns.

// Check demands that the thread's links are as they were read.
func (t Thread) Check() change.Check { return change.Check{Ref: t.Ref(), Links: t.Links} }

// Names are its links and its user.
func (t Thread) Names() []change.Ref {
	refs := append(t.HangsOn().Refs(), userRef(t.UserID))
	for _, p := range append(t.From[:len(t.From):len(t.From)], t.To...) {
		if p.PersonID != 0 {
			refs = append(refs, change.Of(change.Person, p.PersonID))
		}
	}
	return refs
}

// LinkTo gives the message the links of its thread.
func (m Message) LinkTo(l change.Links) change.Placed {
	m.DealID, m.PersonIDs, m.OrganizationID = value.NonZero(l.Deal), l.Persons, value.NonZero(l.Organization)
	return m
}

// Attachments are the records of its files.
func (m Message) Attachments() []change.Ref {
	refs := make([]change.Ref, len(m.FileIDs))
	for i, id := range m.FileIDs {
		refs[i] = change.Of(change.File, id)
	}
	return refs
}

// Carries are the records that go where it goes: its attachments, and what was typed above it.
func (m Message) Carries() []change.Ref {
	return append(m.Attachments(), refsOf(change.Note, m.NoteIDs)...)
}

// Names are its links, its user, its attachments and the persons among its parties.
func (m Message) Names() []change.Ref {
	refs := append(m.HangsOn().Refs(), userRef(m.UserID))
	refs = append(refs, m.Attachments()...)
	for _, list := range [][]Party{m.From, m.To, m.Cc, m.Bcc} {
		for _, p := range list {
			if p.PersonID != 0 {
				refs = append(refs, change.Of(change.Person, p.PersonID))
			}
		}
	}
	return refs
}

// Objects are the keys of what belongs to the message alone in the data bucket.
func (m Message) Objects() []string {
	if m.BodyKey == "" {
		return nil
	}
	return []string{m.BodyKey}
}

func userRef(id int64) change.Ref { return change.Of("user", id) }
