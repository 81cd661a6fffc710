package teams

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/letter"
	"github.com/lejek/lejek/shared/signed"
)

// OtherAddress is a further mailbox of a user. It counts as theirs once somebody who reads it has said so.
type OtherAddress struct {
	ID          int64
	Email       string
	Code        string // in the link that confirms it; another one with each link, none once it is confirmed
	AddTime     time.Time
	ConfirmTime *time.Time
}

const (
	kindAddress    = "userAddress"
	confirming     = "user address" // the purpose of a link
	maxAddresses   = 10
	maxMails       = 10 // that ask for a confirmation, a user and day
	confirmWithin  = 3 * 24 * time.Hour
	confirmAddress = "/api/v2/userAddresses/confirm"
)

// Addresses are the further mailboxes of users, confirmed by links that are mailed to them.
type Addresses struct {
	Service
	Sender letter.Sender
	Domain string // of the dedicated addresses
}

// List are the actor's own.
func (s Addresses) List(ctx context.Context, a auth.Actor) ([]OtherAddress, error) {
	u, err := s.Store.User(ctx, a.Team, a.User)
	return u.Addresses, err
}

// Add notes an address, or one that still waits, and mails it a link; any earlier link is void from then on.
func (s Addresses) Add(ctx context.Context, a auth.Actor, email, base string) (added OtherAddress, err error) {
	var bad fault.Fields
	email = checkEmail(&bad, email)
	if err := bad.Err(); err != nil {
		return added, err
	}
	if email = change.NormalAddress(email); !letter.Deliverable(email) {
		return added, fault.BadField("email", "must be in ASCII letters before the @")
	}
	if strings.HasSuffix(email, "@"+s.Domain) {
		return added, fault.BadField("email", "must be a mailbox of yours, not an address of Lejek")
	}
	id, err := s.Store.NextID(ctx, a.Team, kindAddress)
	if err != nil {
		return added, err
	}
	var token string
	var u User
	err = change.Retry(ctx, func() error {
		users, err := s.Store.Users(ctx, a.Team)
		if err != nil {
			return err
		}
		if taken(users, email, 0) {
			return fault.BadField("email", "is known as the address of a user already")
		}
		if u, err = s.Store.User(ctx, a.Team, a.User); err != nil {
			return err
		}
		set := change.By(a)
		keys, err := s.keys(ctx, &set)
		if err != nil {
			return err
		}
		if u, added, err = u.adding(id, email, s.now()); err != nil {
			return err
		}
		token = keys.Sign(signed.Claims{Purpose: confirming, Team: a.Team, Subject: subject(u.ID, added), Expires: s.now().Add(confirmWithin)})
		set.Audit(a, s.now(), "userAddress.added", u.Ref(), map[string]string{"email": email})
		set.Put(u.Ref(), u, u.Version)
		return s.Store.Commit(ctx, set)
	})
	if err != nil {
		return added, err
	}
	return added, s.ask(ctx, u, email, base+confirmAddress+"?token="+url.QueryEscape(token))
}

// adding is the user with one address more that waits, or one that waits anew.
func (u User) adding(id int64, email string, now time.Time) (User, OtherAddress, error) {
	mails := slices.DeleteFunc(slices.Clone(u.AddressMails), func(t time.Time) bool { return now.Sub(t) >= 24*time.Hour })
	if len(mails) >= maxMails {
		return u, OtherAddress{}, fault.New(fault.Limited, "A user may have %d addresses a day asked for their confirmation", maxMails)
	}
	u.AddressMails, u.Addresses = append(mails, now), slices.Clone(u.Addresses)
	i := slices.IndexFunc(u.Addresses, func(o OtherAddress) bool { return o.Email == email })
	if i < 0 {
		if len(u.Addresses) >= maxAddresses {
			return u, OtherAddress{}, fault.New(fault.Limited, "A user has at most %d further addresses", maxAddresses)
		}
		i, u.Addresses = len(u.Addresses), append(u.Addresses, OtherAddress{ID: id, Email: email, AddTime: now})
	}
	u.Addresses[i].Code, u.UpdateTime = strings.ToLower(rand.Text()[:16]), now
	return u, u.Addresses[i], nil
}

// taken reports that an address is a user's main one, or a confirmed one of anybody but except.
func taken(users []User, email string, except int64) bool {
	return slices.ContainsFunc(users, func(u User) bool {
		return change.NormalAddress(u.Email) == email || u.ID != except && slices.ContainsFunc(u.Addresses, func(o OtherAddress) bool {
			return o.ConfirmTime != nil && o.Email == email
		})
	})
}

func subject(user int64, o OtherAddress) string { return fmt.Sprintf("%d/%d/%s", user, o.ID, o.Code) }

// Remove takes one of the actor's addresses away; a link that waits for it does nothing from then on.
func (s Addresses) Remove(ctx context.Context, a auth.Actor, id int64) error {
	return change.Retry(ctx, func() error {
		u, err := s.Store.User(ctx, a.Team, a.User)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(u.Addresses, func(o OtherAddress) bool { return o.ID == id })
		if i < 0 {
			return fault.Missing("Address")
		}
		set := change.By(a)
		set.Audit(a, s.now(), "userAddress.removed", u.Ref(), map[string]string{"email": u.Addresses[i].Email})
		u.Addresses, u.UpdateTime = slices.Delete(slices.Clone(u.Addresses), i, i+1), s.now()
		set.Put(u.Ref(), u, u.Version)
		return s.Store.Commit(ctx, set)
	})
}

// Asked is what a link asks whoever opens it.
type Asked struct {
	Email, User, Team string
}

// errVoid is all that is told of a link that does nothing: nothing of whose it was.
func errVoid() error {
	return fault.New(fault.NotFound, "This link is not valid, or not any more. Links work once, for three days.")
}

// Asks reads what a link is about, and changes nothing.
func (s Addresses) Asks(ctx context.Context, token string) (Asked, error) {
	o, err := s.opened(ctx, token)
	return o.Asked, err
}

// opened is what a valid link is about, as it was read.
type opened struct {
	Asked
	team Team
	user User
	at   int // which of the user's addresses waits
}

func (s Addresses) opened(ctx context.Context, token string) (o opened, err error) {
	c, ok, err := s.Open(ctx, token, confirming)
	if err == nil && !ok {
		err = errVoid()
	}
	if err != nil {
		return o, err
	}
	user, _, _ := strings.Cut(c.Subject, "/")
	id, _ := strconv.ParseInt(user, 10, 64) // it was signed
	if o.team, err = s.Store.Team(ctx, c.Team); err != nil {
		return o, err
	}
	if o.user, err = s.Store.User(ctx, c.Team, id); err != nil {
		return o, err
	}
	o.at = slices.IndexFunc(o.user.Addresses, func(a OtherAddress) bool { return a.Code != "" && subject(id, a) == c.Subject })
	if o.at < 0 || !o.user.Active {
		return o, errVoid()
	}
	o.Asked = Asked{o.user.Addresses[o.at].Email, o.user.Name, o.team.Name}
	return o, nil
}

// Confirm makes the address that a link is about the user's. The link has done its work then.
func (s Addresses) Confirm(ctx context.Context, token string) (asked Asked, err error) {
	err = change.Retry(ctx, func() error {
		o, err := s.opened(ctx, token)
		if asked = o.Asked; err != nil {
			return err
		}
		u, team := o.user, o.team
		users, err := s.Store.Users(ctx, team.ID)
		if err != nil {
			return err
		}
		if taken(users, asked.Email, u.ID) {
			return fault.New(fault.NotFound, "This address has become another user's meanwhile.")
		}
		now, a := s.now(), auth.Actor{Team: team.ID, User: u.ID, Source: "app"}
		u.Addresses, u.UpdateTime = slices.Clone(u.Addresses), now
		u.Addresses[o.at].Code, u.Addresses[o.at].ConfirmTime = "", &now
		set := change.By(a)
		set.Audit(a, now, "userAddress.confirmed", u.Ref(), map[string]string{"email": asked.Email})
		set.Put(u.Ref(), u, u.Version)
		set.Put(team.Ref(), team, team.Version) // as for a new user: no two get one address
		return s.Store.Commit(ctx, set)
	})
	return asked, err
}
