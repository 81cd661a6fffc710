package mailbox

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/value"
)

// Acceptance is which offers a user accepts for a person, and to which deal they go: none when null, and as the rules say when not set.
type Acceptance struct {
	ThreadIDs []int64
	DealID    value.Opt[int64]
}

// Accepted is what became of one of them.
type Accepted struct {
	Thread Thread
	State  string
	Reason string // why it was left
}

// States of an accepted offer.
const (
	OfferLinked    = "linked"
	OfferUnchanged = "unchanged" // it was so already
	OfferLeft      = "left"      // it is not offered any more, or there was no time
)

// Accept links threads that are offered to a person. All are looked at before any is written; each is then a transaction of its own, so
// that who asks again goes on where it ended. A thread takes about 8 calls beside what all take, more where it has many messages: those follow by a job, if
// there is no time to wait for them.
func (b Box) Accept(ctx context.Context, a auth.Actor, person int64, in Acceptance) (list []Accepted, err error) {
	p, err := b.offered(ctx, a, person)
	if err != nil {
		return nil, err
	}
	var bad fault.Fields
	if len(in.ThreadIDs) == 0 {
		bad.Add("thread_ids", "must name at least one mail thread")
	}
	if in.DealID.Has() {
		d, err := b.Deals.Deal(ctx, a.Team, in.DealID.V)
		if fault.Is(err, fault.NotFound) || err == nil && d.ID != in.DealID.V {
			bad.Add("deal_id", "deal %d not found", in.DealID.V)
		} else if err != nil {
			return nil, err
		}
	}
	steps, err := b.acceptances(ctx, a, p, in, value.Unique(in.ThreadIDs))
	if err != nil {
		return nil, err
	}
	for _, s := range steps {
		if s.wrong != "" {
			bad.Add(s.field, "%s", s.wrong)
		}
	}
	if err := bad.Err(); err != nil {
		return nil, err
	}
	var behind []Thread
	for _, s := range steps {
		out, left, err := b.accept(ctx, a, p, in, s)
		if err != nil {
			return list, fmt.Errorf("mailbox.Accept %d: %w", s.ID, err)
		}
		if list = append(list, out); left {
			behind = append(behind, out.Thread)
		}
	}
	for _, t := range behind {
		if late(ctx, answerReserve) {
			break
		}
		if err := b.follow(ctx, a.Team, t); err != nil {
			return list, fmt.Errorf("mailbox.Accept %d: %w", t.ID, err)
		}
	}
	return list, nil
}

// acceptance is what is to be done with a thread: nothing where it is done already, or wrong says why it cannot be.
type acceptance struct {
	Offer
	done         bool
	field, wrong string
}

// acceptances judges threads: one batch read, and what Candidates takes.
func (b Box) acceptances(ctx context.Context, a auth.Actor, p offeree, in Acceptance, ids []int64) ([]acceptance, error) {
	found, err := b.Store.Mail(ctx, a.Team, ids, nil)
	if err != nil {
		return nil, err
	}
	var open []Thread
	for _, t := range found.Threads {
		if t.has(p.ID) && t.dealOpen() && !in.DealID.Set {
			open = append(open, t)
		}
	}
	candidates, err := b.Candidates(ctx, a, open...)
	if err != nil {
		return nil, err
	}
	steps := make([]acceptance, len(ids))
	for i, id := range ids {
		steps[i] = p.accepts(found.Threads[id], in.DealID, candidates[id])
		if s := &steps[i]; s.ID == 0 || s.Deleted {
			s.Thread = Thread{ID: id}
		}
		if s := &steps[i]; s.field == "thread_ids" {
			s.wrong = fmt.Sprintf("mail thread %d is not suggested for person %d", id, p.ID)
		}
	}
	return steps, nil
}

// accepts judges one thread. A deal that is given is for threads without one.
func (p offeree) accepts(t Thread, deal value.Opt[int64], candidates []Deal) (s acceptance) {
	var ok bool
	if s.Offer, ok = p.offer(t); ok && !(s.Reason == OfferDeal && !deal.Set && len(candidates) == 0) {
		s.Candidates = candidates
		switch {
		case t.DealID != nil && deal.Set && (deal.Null || deal.V != *t.DealID):
			s.field, s.wrong = "deal_id", fmt.Sprintf("mail thread %d has deal %d already", t.ID, *t.DealID)
		case s.Reason == OfferDeal && !deal.Set && len(candidates) > 1:
			s.field, s.wrong = "deal_id", fmt.Sprintf("mail thread %d may belong to several open deals, such as %d and %d: name one", t.ID, candidates[0].ID, candidates[1].ID)
		}
		return s
	}
	switch {
	case t.ID == 0 || t.Deleted || !t.has(p.ID):
		s.field = "thread_ids"
	case !deal.Set, deal.Has() && value.Deref(t.DealID) == deal.V, deal.Null && t.DealID == nil && t.DealChosenTime != nil:
		s.done = true // by whoever asked before, or by a rule
	case t.DealID != nil:
		s.field, s.wrong = "deal_id", fmt.Sprintf("mail thread %d has deal %d already", t.ID, *t.DealID)
	default:
		s.field = "thread_ids"
	}
	return s
}

// accept does it with one thread, which is judged anew when somebody else came first.
func (b Box) accept(ctx context.Context, a auth.Actor, p offeree, in Acceptance, s acceptance) (out Accepted, left bool, err error) {
	if !s.done && late(ctx, answerReserve) {
		return Accepted{Thread: s.Thread, State: OfferLeft, Reason: "there was no time left: ask again"}, false, nil
	}
	first := true
	err = change.Retry(ctx, func() error {
		if !first {
			if p, err = b.offered(ctx, a, p.ID); err != nil {
				return err
			}
			again, err := b.acceptances(ctx, a, p, in, []int64{s.ID})
			if err != nil {
				return err
			}
			s = again[0]
		}
		first = false
		if out = (Accepted{Thread: s.Thread, State: OfferUnchanged}); s.wrong != "" {
			out.State, out.Reason = OfferLeft, s.wrong
			return nil
		}
		if s.done {
			return nil
		}
		now, err := b.acceptedBy(ctx, a, p, in, s)
		if err != nil {
			return err
		}
		out.State = OfferLinked
		out.Thread, left, err = b.relink(ctx, a, s.Thread, now)
		return err
	})
	return out, left, err
}

// acceptedBy is the thread as a user accepts it for a person. It stays about whom it is about.
func (b Box) acceptedBy(ctx context.Context, a auth.Actor, p offeree, in Acceptance, s acceptance) (Thread, error) {
	t, now := s.Thread, b.Now().UTC().Truncate(time.Millisecond)
	switch {
	case s.Reason == OfferDeal && !in.DealID.Set:
		t = t.choose(a, ThreadInput{DealID: value.Some(s.Candidates[0].ID)}, now)
	case s.Reason == OfferAddress:
		first := len(t.PersonIDs) == 0
		t.PersonIDs = union(t.PersonIDs, p.ID)
		t = t.recognise(p.Person)
		t.Suggestions = slices.DeleteFunc(slices.Clone(t.Suggestions), func(o Suggestion) bool { return first || o.PersonID == p.ID || slices.Contains(p.Emails, o.Email) })
		t.Why = t.because(fmt.Sprintf("user %d accepted: thread is of address %s, linked to person %d", a.User, s.Email, p.ID))
		if !in.DealID.Set && t.dealOpen() {
			open, err := b.Deals.OpenDeals(ctx, a.Team, refsOf(change.Person, t.PersonIDs))
			if err != nil {
				return t, err
			}
			ch := chooseDeal(&s.Thread, nil, open)
			t.DealID, t.Undecided, t.Why = ch.deal, ch.undecided, t.because(ch.why)
		}
	}
	if in.DealID.Set && t.DealID == nil {
		t = t.choose(a, ThreadInput{DealID: in.DealID}, now)
	}
	t = t.answered()
	t.Links++
	t.UpdateTime = now
	return t, nil
}
