package mailbox

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/signed"
)

// Linker stores mail and links it.
//
// Calls for the usual mail, one message of a known contact: the team's users (1 query); Look (1 batch read), threads and the
// message that an id leads to (1), persons (1), their open deals (1 query for each of at most 10, 1 batch), targets (1–2
// batches); with a signed tag in the address, the team (1), and whom it names (1 batch); an id each for a new message and thread (2 updates); the body and each attachment (1 object each); what is derived
// for the records that it shows on (1 batch); and one transaction, into which everything goes that fits. An unknown contact costs 1 more id and 1–3 queries for the organization,
// an answer without ids 1 query and 1 batch for the recent threads. Each further message inside a forward repeats this.
type Linker struct {
	Store   Store
	People  People
	Deals   Deals
	Annexes Annexes
	Objects Objects
	Users   func(ctx context.Context, team int64) ([]User, error)
	// Choose settles the deal of a thread as it was read, nil for none, by a raw mail that answers the question about it.
	Choose func(ctx context.Context, a auth.Actor, t Thread, deal *int64, rawID string) error
	Keys   func(ctx context.Context, team int64) (func(local string) signed.AddressKey, error) // of its dedicated addresses
	Read   Reader
	Domain string // of the dedicated addresses
	Now    func() time.Time
}

// Link decides what becomes of a message in one team and writes it. The ledger's entry is written with the last of it: until
// then everything can be done again and takes effect once, after that nothing happens any more.
func (l Linker) Link(ctx context.Context, d Delivery) (e Entry, err error) {
	users, err := l.Users(ctx, d.Team)
	if err != nil {
		return e, fmt.Errorf("mailbox.Link %s: %w", d.RawID, err)
	}
	roles := Roles{Users: users, Domain: l.Domain, Site: l.Read.Site}
	r := run{Linker: l, Delivery: d, roles: roles, judged: roles.Judge(d, l.Read), now: l.Now().UTC().Truncate(time.Millisecond), kept: map[string]bool{}}
	if len(users) > 0 {
		r.actor = auth.Actor{Team: d.Team, User: users[0].ID, Source: "app"}
	}
	if r.judged.User.ID != 0 {
		r.actor.User = r.judged.User.ID
	}
	if r.heard, err = l.hear(ctx, d, r.judged.User.ID != 0); err != nil {
		return e, fmt.Errorf("mailbox.Link %s: %w", d.RawID, err)
	}
	err = change.Retry(ctx, func() error {
		for {
			e, err = r.attempt(ctx)
			if !errors.Is(err, errAgain) {
				return err
			}
		}
	})
	if err != nil {
		return e, fmt.Errorf("mailbox.Link %s: %w", d.RawID, err)
	}
	return e, nil
}

// errAgain says that a part was written first, such as new persons who did not fit, and that all is to be read anew.
var errAgain = errors.New("decide again")

// run is one message on its way.
type run struct {
	Linker
	Delivery
	roles  Roles
	judged Judgement
	heard  heard
	actor  auth.Actor
	now    time.Time
	kept   map[string]bool // objects that are in S3 already

	// Of a mail that is decided anew: its entry, and which item is which message.
	prior   *Entry
	had     map[int]Message
	changed bool // something was written before the last item
}

// outcome is what became of one item.
type outcome struct {
	state   string
	rule    int
	reason  string
	why     []string
	thread  int64
	message int64
	persons []int64
	suggest []Suggestion
	steps   []change.Set // still to be written, each by itself whole
}

func (r run) attempt(ctx context.Context) (e Entry, err error) {
	if r.Again {
		if r, err = r.recall(ctx); err != nil {
			return e, err
		}
	}
	if r.judged.State != "" {
		return r.end(ctx)
	}
	if thread := r.asked(); thread != 0 {
		return r.answer(ctx, thread)
	}
	e = r.entry(Linked)
	var rest []change.Set
	for i, it := range r.judged.Items {
		if change.Weight(rest...) > 0 { // of the item before, which this one is to see
			if err := r.write(ctx, rest); err != nil {
				return e, err
			}
			r.changed = true
		}
		f, err := r.facts(ctx, it)
		if err != nil {
			return e, err
		}
		if f.Entry != nil && !r.Again {
			return *f.Entry, nil
		}
		out, err := r.item(ctx, it, i, f)
		if err != nil {
			return e, err
		}
		e, rest = e.with(out), out.steps
	}
	return r.close(ctx, e, rest)
}

// item stores one message, or finds that it is there already.
func (r run) item(ctx context.Context, it Item, n int, f facts) (outcome, error) {
	if had, ok := r.had[n]; ok {
		return r.refresh(ctx, it, n, f, had)
	}
	pl := it.resolve(f, r.heard.of(signed.TagThread), r.Read.Domain, r.Read.FreeMail)
	if pl.repeat == nil && r.Ours != nil {
		pl = r.Ours.place(pl, f)
	}
	if pl.repeat != nil {
		return r.repeat(ctx, it, n, f, pl)
	}
	if it.OnlyKnown && pl.thread == nil {
		return outcome{state: Ignored, rule: r.judged.Rule, reason: "it is about a mail that is not here", why: pl.why}, nil
	}
	return r.store(ctx, it, n, f, pl)
}

// end closes mail that is not linked at all.
func (r run) end(ctx context.Context) (Entry, error) {
	if !r.Again {
		seen, err := r.Store.Look(ctx, r.Team, r.RawID, nil, nil)
		if err != nil {
			return Entry{}, err
		}
		if seen.Entry != nil {
			return *seen.Entry, nil
		}
	}
	e := r.entry(r.judged.State)
	set := change.Set{Team: r.Team}
	if failed(r.Virus) && r.prior != nil && len(r.prior.FileIDs) > 0 {
		e.FileIDs = r.prior.FileIDs
	} else if failed(r.Virus) {
		var err error
		if e.FileIDs, err = r.lock(ctx, &set); err != nil {
			return e, err
		}
	}
	return r.close(ctx, e, []change.Set{set})
}

// close writes the last steps with the ledger's entry. A mail that was decided anew, and comes out as before, keeps its entry.
func (r run) close(ctx context.Context, e Entry, steps []change.Set) (Entry, error) {
	if r.Ours != nil { // it did not come in: the message itself tells what becomes of it
		return e, r.write(ctx, steps)
	}
	if r.prior == nil {
		return e, r.write(ctx, append(steps, r.ledger(e)))
	}
	if apart := r.prior.FileIDs; len(apart) > 0 && len(e.FileIDs) == 0 {
		dropped, err := r.remove(ctx, refsOf(change.File, apart)) // they are its messages' now
		if err != nil {
			return e, err
		}
		steps = append(steps, dropped...)
	}
	e.Version = r.prior.Version
	if change.Weight(steps...) == 0 && !r.changed && same(e, *r.prior) && (r.judged.State == "" || e.Rule == r.prior.Rule) {
		return *r.prior, nil
	}
	err := r.write(ctx, append(steps, r.ledger(e)))
	e.Version++
	return e, err
}

// entry is the ledger's line before anything was linked.
func (r run) entry(state string) Entry {
	from := sender(r.Parsed)
	return Entry{
		ID: r.RawID, RawKey: r.RawKey, State: state, Reason: r.judged.Reason, Why: r.judged.because(),
		Recipients: r.Recipients, MessageID: r.Parsed.MessageID, From: from.Email, Subject: cut(r.Parsed.Subject, maxSubject),
		Time: r.Received, UpdateTime: r.now, ReleasedBy: r.Released,
	}
}

// with adds what became of an item; one that needs a choice makes the whole mail need it.
func (e Entry) with(out outcome) Entry {
	if len(e.MessageIDs) == 0 || out.state == NeedsChoice {
		e.State = out.state
		if out.reason != "" {
			e.Reason = out.reason
		}
	}
	if out.rule != 0 {
		e.Rule = out.rule
	}
	e.Why = e.because(out.why...)
	e.ThreadIDs = union(e.ThreadIDs, out.thread)
	e.MessageIDs = union(e.MessageIDs, out.message)
	e.PersonIDs = union(e.PersonIDs, out.persons...)
	e.Suggestions = suggested(e.Suggestions, out.suggest)
	return e
}

func (r run) ledger(e Entry) change.Set {
	set := change.Set{Team: r.Team}
	set.Put(e.Ref(), e, e.Version)
	return set
}

// write commits steps in their order.
func (r run) write(ctx context.Context, steps []change.Set) error {
	return inOrder(ctx, r.Store, steps)
}

const maxSubject = 500 // characters kept; the raw message has all of it

func cut(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n])
	}
	return s
}

// union adds ids that are not there yet; 0 is none.
func union(ids []int64, more ...int64) []int64 {
	out := slices.Clone(ids)
	for _, id := range more {
		if id != 0 && !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
}
