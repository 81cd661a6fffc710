package notes

import (
	"slices"
	"strings"
	"time"

	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/value"
)

// MaxContent is the largest content in bytes (contract §3.1).
const MaxContent = 100 * 1024

// Input is what a client may write; what is absent stays as it is.
type Input struct {
	Content              value.Opt[string]
	UserID               value.Opt[int64] // only an admin may write for someone else
	DealID               value.Opt[int64]
	PersonID             value.Opt[int64]
	OrganizationID       value.Opt[int64]
	AddTime              value.Opt[time.Time]
	PinnedToDeal         value.Opt[bool]
	PinnedToPerson       value.Opt[bool]
	PinnedToOrganization value.Opt[bool]
}

// New is a note made from its input.
func New(a auth.Actor, in Input, now time.Time) (Note, fault.Fields) {
	n, bad := Note{UserID: a.User, AddTime: now}.Apply(a, in, now)
	n.LastUpdateUserID = nil
	return n, bad
}

// Apply writes an input, whose content is safe already, onto the note and names every input that is wrong.
func (n Note) Apply(a auth.Actor, in Input, now time.Time) (Note, fault.Fields) {
	var bad fault.Fields
	n.Content = in.Content.Or(n.Content)
	switch {
	case strings.TrimSpace(n.Content) == "":
		bad.Add("content", "must be given, and not only of elements that are not allowed")
	case in.Content.Has() && len(n.Content) > MaxContent: // only new content: what is stored never stands in the way of a change
		bad.Add("content", "must be at most %d KB", MaxContent/1024)
	}
	n.UserID = in.UserID.Or(n.UserID)
	before := n
	in.DealID.Into(&n.DealID)
	in.PersonID.Into(&n.PersonID)
	in.OrganizationID.Into(&n.OrganizationID)
	if !slices.Equal(before.HangsOn().Refs(), n.HangsOn().Refs()) {
		n.MailThreadID = nil
	}
	if len(n.HangsOn().Refs()) == 0 {
		bad.Add("deal_id", "one of deal_id, person_id, org_id must be given")
	}
	n.AddTime = in.AddTime.Or(n.AddTime)
	n.PinnedToDeal = pinned(&bad, "deal", in.PinnedToDeal, n.PinnedToDeal, n.DealID)
	n.PinnedToPerson = pinned(&bad, "person", in.PinnedToPerson, n.PinnedToPerson, n.PersonID)
	n.PinnedToOrganization = pinned(&bad, "organization", in.PinnedToOrganization, n.PinnedToOrganization, n.OrganizationID)
	n.UpdateTime, n.LastUpdateUserID = now, &a.User
	return n, bad
}

// pinned is whether the note is pinned to a record; a note that leaves the record is so no more.
func pinned(bad *fault.Fields, to string, in value.Opt[bool], was bool, link *int64) bool {
	if link == nil && in.Or(false) {
		bad.Add("pinned_to_"+to+"_flag", "can be set only on a note of that %s", to)
	}
	return link != nil && in.Or(was && !in.Null)
}

// Delete marks the note.
func (n Note) Delete(a auth.Actor, now time.Time) Note {
	n.Deleted, n.UpdateTime, n.LastUpdateUserID = true, now, &a.User
	return n
}
