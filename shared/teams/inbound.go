package teams

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/signed"
)

// FormerAddress is a dedicated address that the team gave up. Mail to it arrives until then, flagged.
type FormerAddress struct {
	Local string
	Key   signed.AddressKey
	Until time.Time
}

const grace = 30 * 24 * time.Hour

// tags are how records are named in an address.
var tags = map[string]string{
	change.Deal: signed.TagDeal, change.Person: signed.TagPerson, change.Organization: signed.TagOrganization, change.MailThread: signed.TagThread,
}

// Address is the team's dedicated address.
func (t Team) Address(domain string) string { return t.InboundLocal + "@" + domain }

// AddressOf is the address under which mail is filed with a deal, a person, an organization or a mail thread, whoever sends it there.
func (t Team) AddressOf(ref change.Ref, domain string) string {
	return t.InboundLocal + "+" + t.AddressKey.Tag(tags[ref.Kind()], ref.ID()) + "@" + domain
}

// AnswersAbout is the address at which the answer is taken which deal a mail thread is about. A team without a key has none: nothing would
// prove that the question was asked.
func (t Team) AnswersAbout(thread int64, domain string) string {
	if len(t.AddressKey) == 0 {
		return ""
	}
	return t.InboundLocal + "+" + t.AddressKey.Tag(signed.TagChoose, thread) + "@" + domain
}

// KeyOf is the key of the address with that local part; none when it is not the team's.
func (t Team) KeyOf(local string) signed.AddressKey {
	if local == t.InboundLocal {
		return t.AddressKey
	}
	for _, f := range t.Former {
		if f.Local == local {
			return f.Key
		}
	}
	return nil
}

// Receiving are the former addresses that still receive mail, the last one first.
func (t Team) Receiving(now time.Time) []FormerAddress {
	return slices.DeleteFunc(slices.Clone(t.Former), func(f FormerAddress) bool { return !now.Before(f.Until) })
}

// RotateAddress gives the team another dedicated address, and with it one to each record. The one before receives mail for thirty days more.
func (s Service) RotateAddress(ctx context.Context, a auth.Actor) (t Team, err error) {
	u, err := s.Store.User(ctx, a.Team, a.User)
	if err == nil && !u.Admin {
		err = fault.New(fault.Forbidden, "Only an admin may do this")
	}
	if err != nil {
		return t, err
	}
	err = change.Retry(ctx, func() error {
		if t, err = s.Store.Team(ctx, a.Team); err != nil {
			return err
		}
		now := s.now()
		before, until := t.InboundLocal, now.Add(grace)
		t.Former = append([]FormerAddress{{Local: before, Key: t.AddressKey, Until: until}}, t.Receiving(now)...)
		t.InboundLocal, t.AddressKey = newLocalPart(t.Name), signed.NewAddressKey()
		set := change.By(a)
		set.Put(t.Ref(), t, t.Version)
		set.Entries = append(set.Entries,
			change.Entry{Directory: change.Addresses, Name: t.InboundLocal},
			change.Entry{Directory: change.Addresses, Name: before, Expires: until, Replace: true})
		set.Audit(a, now, "inboundAddress.rotated", t.Ref(), map[string]string{"from": before, "to": t.InboundLocal})
		return s.Store.Commit(ctx, set)
	})
	if err != nil {
		return t, fmt.Errorf("teams.RotateAddress: %w", err)
	}
	return t, nil
}
