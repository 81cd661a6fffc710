package mailbox

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/signed"
)

// heard is what stands behind the plus in the addresses that a mail was sent to (row 15): the records that it is about, each named by a
// tag. A signed tag counts whoever sends the mail; without signature, as people type it, only from a user. A wrong signature never does.
type heard struct {
	tags []signed.Tag
	why  []string
}

// of is the first record of a kind that is named, 0 for none.
func (h heard) of(kind string) int64 {
	for _, t := range h.tags {
		if t.Kind == kind {
			return t.ID
		}
	}
	return 0
}

// hear reads the tags: one read of the team where any is signed.
func (l Linker) hear(ctx context.Context, d Delivery, user bool) (h heard, err error) {
	var keyOf func(local string) signed.AddressKey
	for _, recipient := range d.Recipients {
		local, _, _ := strings.Cut(recipient, "@")
		local, text, _ := strings.Cut(local, "+")
		if text == "" {
			continue
		}
		t, ok := signed.ReadTag(text)
		if ok && t.MAC != "" && keyOf == nil {
			if keyOf, err = l.Keys(ctx, d.Team); err != nil {
				return h, err
			}
		}
		switch {
		case !ok:
			h.why = append(h.why, "row 15: the tag in the address names nothing")
		case t.MAC != "" && !keyOf(local).Signed(t):
			h.why = append(h.why, fmt.Sprintf("row 15: the tag of %s %d was ignored, since its signature is not ours", t.Kind, t.ID))
		case t.MAC == "" && (t.Kind == signed.TagThread || t.Kind == signed.TagChoose):
			h.why = append(h.why, fmt.Sprintf("row 15: the tag of %s %d was ignored, since it is not signed", t.Kind, t.ID))
		case t.MAC == "" && !user:
			h.why = append(h.why, fmt.Sprintf("row 15: the tag of %s %d was ignored, since it is not signed and no user sent the mail", t.Kind, t.ID))
		default:
			if t.MAC = ""; !slices.Contains(h.tags, t) {
				h.tags = append(h.tags, t)
			}
		}
	}
	return h, nil
}

// tagged is the first deal that the mail is addressed to, or the one that has absorbed it; nil without one. tag is its number in the
// address, ignored tells why tags did not count.
func (r run) tagged(ctx context.Context) (d *Deal, tag int64, ignored []string, err error) {
	for _, t := range r.heard.tags {
		if t.Kind != signed.TagDeal {
			continue
		}
		found, err := r.Deals.Deal(ctx, r.Team, t.ID)
		if err == nil {
			return &found, t.ID, ignored, nil
		}
		if !fault.Is(err, fault.NotFound) {
			return nil, 0, ignored, err
		}
		ignored = append(ignored, fmt.Sprintf("row 15: the tag was ignored, since there is no deal %d", t.ID))
	}
	return nil, 0, ignored, nil
}

// overrules tells whether a deal in the address counts for a thread. Everybody who answers all goes on writing to the address, so what
// a user chose in between is not undone by it: only by a user who writes to another one, or names it with a mail that is written here.
// A mail that is decided anew was addressed before whatever came since.
func (r run) overrules(t *Thread, tag int64) bool {
	switch {
	case t == nil || r.Ours != nil:
		return true
	case r.Again:
		return t.DealChosenTime == nil && (t.TaggedDealID == 0 || t.TaggedDealID == tag)
	}
	return t.DealChosenTime == nil || r.judged.User.ID != 0 && t.TaggedDealID != tag
}

// tagLinks are the person and the organization that the mail is addressed to, or those that have absorbed them; 0 without.
func (r run) tagLinks(ctx context.Context) (person, organization int64, why []string, err error) {
	var refs []change.Ref
	for kind, of := range map[string]string{signed.TagPerson: change.Person, signed.TagOrganization: change.Organization} {
		if id := r.heard.of(kind); id != 0 {
			refs = append(refs, change.Of(of, id))
		}
	}
	if len(refs) == 0 {
		return 0, 0, nil, nil
	}
	slices.Sort(refs)
	now, err := r.People.Living(ctx, r.Team, refs)
	for _, ref := range refs {
		to, ok := now[ref]
		switch {
		case !ok:
			why = append(why, fmt.Sprintf("row 15: the tag was ignored, since there is no %s %d", ref.Kind(), ref.ID()))
			continue
		case ref.Kind() == change.Person:
			person = to
		default:
			organization = to
		}
		why = append(why, fmt.Sprintf("row 15: addressed to %s %d", ref.Kind(), to))
	}
	return person, organization, why, err
}
