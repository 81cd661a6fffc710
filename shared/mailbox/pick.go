package mailbox

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/letter"
	"github.com/lejek/lejek/shared/value"
)

// Pick is a choice that a link offers.
type Pick struct {
	Thread int64
	Called string // the thread
	Deal   string // empty: none
	User   string
	Team   string
}

// errVoid is all that is told of a link that does nothing: nothing of whose it was.
func errVoid() error {
	return fault.New(fault.NotFound, "This link is not valid, or not any more. Links work for 14 days, and until the deal of the conversation is decided.")
}

// Offers reads what a link offers, and changes nothing.
func (q Questions) Offers(ctx context.Context, token string) (Pick, error) {
	p, _, _, _, err := q.opened(ctx, token)
	return p, err
}

// Take does what a link offers. The link, and all others of its mail, have done their work then.
func (q Questions) Take(ctx context.Context, token string) (p Pick, err error) {
	err = change.Retry(ctx, func() error {
		var a auth.Actor
		var t Thread
		var deal *int64
		if p, a, t, deal, err = q.opened(ctx, token); err != nil {
			return err
		}
		return q.settle(ctx, a, t, ThreadInput{DealID: orNone(deal), how: ", by a link that was mailed"})
	})
	return p, err
}

// ByAnswer settles the deal of a thread as it was read, by a raw mail that answers the question about it.
func (b Box) ByAnswer(ctx context.Context, a auth.Actor, t Thread, deal *int64, rawID string) error {
	return b.settle(ctx, a, t, ThreadInput{DealID: orNone(deal), how: ", by answering the question", answer: &Answer{rawID, value.Deref(deal)}})
}

// settle settles the deal of a thread that was read. It is settled once that is written, whatever becomes of the rest, which a job
// takes care of.
func (b Box) settle(ctx context.Context, a auth.Actor, t Thread, in ThreadInput) error {
	now, err := b.update(ctx, a, t, in)
	if now.Version > t.Version {
		return nil
	}
	return err
}

func orNone(deal *int64) value.Opt[int64] {
	return value.Opt[int64]{Set: true, Null: deal == nil, V: value.Deref(deal)}
}

// opened is what a valid link is about: who chooses, the thread as it was read, and the deal.
func (q Questions) opened(ctx context.Context, token string) (p Pick, a auth.Actor, t Thread, deal *int64, err error) {
	c, ok, err := q.Links.Open(ctx, token, choosing)
	if err == nil && !ok {
		err = errVoid()
	}
	if err != nil {
		return p, a, t, nil, err
	}
	part := strings.SplitN(c.Subject+"//", "/", 3) // it was signed
	thread, _ := strconv.ParseInt(part[0], 10, 64)
	id, _ := strconv.ParseInt(strings.TrimRight(part[2], "/"), 10, 64)
	t, err = q.Thread(ctx, auth.Actor{Team: c.Team}, thread)
	if fault.Is(err, fault.NotFound) || err == nil && !t.open(part[1]) {
		err = errVoid()
	}
	if err != nil {
		return p, a, t, nil, err
	}
	a = auth.Actor{Team: c.Team, User: t.Question.UserID, Source: "app"}
	user, err := q.Users(ctx, c.Team, a.User)
	if fault.Is(err, fault.NotFound) || err == nil && !user.Active {
		err = errVoid()
	}
	if err != nil {
		return p, a, t, nil, err
	}
	p = Pick{Thread: t.ID, Called: t.called(), User: letter.Brief(user.Name), Team: letter.Brief(user.Team)}
	if id == 0 {
		return p, a, t, nil, nil
	}
	d, err := q.deal(ctx, c.Team, id)
	if err != nil {
		return p, a, t, nil, err
	}
	if p.Deal = letter.Brief(d.Title); d.Status != dealOpen {
		p.Deal += fmt.Sprintf(" (%s)", d.Status)
	}
	return p, a, t, &d.ID, nil
}

// deal is one that was listed, or the one that has absorbed it since.
func (q Questions) deal(ctx context.Context, team, id int64) (Deal, error) {
	d, err := q.Deals.Deal(ctx, team, id)
	if fault.Is(err, fault.NotFound) {
		err = fault.New(fault.NotFound, "This deal has been deleted meanwhile, so the conversation was not linked to it. The other links still work.")
	}
	return d, err
}
