package mailbox

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/fault"
)

// Offer is an earlier thread that may belong to a person: one of the person's addresses takes part in it, or it is the person's and
// without a deal, while there are open ones now.
type Offer struct {
	Thread
	Reason     string
	Email      string // the address that takes part
	Candidates []Deal // for a thread whose deal is open
}

// Reasons of an offer. A thread has one of them for a person, since the one is that nobody has linked it to the person.
const (
	OfferAddress = "address"
	OfferDeal    = "deal"
)

const (
	offerRows    = 300 // that one page looks at: in a full mailbox it comes back short
	offerPersons = 20  // of its threads, whose deals are looked up
	offerNames   = 100 // that its threads mention
)

// Offers is a page of a person's offers, newest message first; next is "" on the last page. However much mail there is, it takes at most:
// the person and the open deals, 1 batch read and 1–6 calls; for each 100 rows looked at 1 query per address, and one where there are open
// deals, and 1 batch read; then what candidates the threads of others have, 1 query for each of at most 20 persons and as many
// organizations, and their batches.
func (b Box) Offers(ctx context.Context, a auth.Actor, person int64, cursor string, limit int) (list []Offer, next string, err error) {
	after, err := offerRow(person, cursor)
	if err != nil {
		return nil, "", err
	}
	p, err := b.offered(ctx, a, person)
	if err != nil {
		return nil, "", err
	}
	names, people := map[change.Ref]bool{}, []int64{}
	for examined := 0; ; {
		rows, more, err := b.Store.ThreadRows(ctx, a.Team, p.shelves(), after, min(offerRows-examined, maxRows))
		if err != nil {
			return nil, "", fmt.Errorf("mailbox.Offers: %w", err)
		}
		ids := make([]int64, len(rows))
		for i, row := range rows {
			ids[i] = row.Source.ID()
		}
		found, err := b.Store.Mail(ctx, a.Team, ids, nil)
		if err != nil {
			return nil, "", fmt.Errorf("mailbox.Offers: %w", err)
		}
		for _, row := range rows {
			o, ok := p.offer(found.Threads[row.Source.ID()])
			if ok {
				for _, ref := range o.Names() {
					names[ref] = true
				}
				people = union(people, o.PersonIDs...)
				if len(list) == limit || len(list) > 0 && (len(names) > offerNames || len(people) > offerPersons) {
					next = offerCursor(person, *after)
					break
				}
				list = append(list, o)
			}
			after = &row
		}
		if examined += len(rows); next == "" && more && examined >= offerRows {
			next = offerCursor(person, *after)
		}
		if next != "" || !more || len(rows) == 0 {
			return list, next, b.candidates(ctx, a, p, list)
		}
	}
}

const maxRows = 100

// offeree is a person to whom threads are offered.
type offeree struct {
	Person
	open []Deal // what a thread of this person alone may belong to
}

func (b Box) offered(ctx context.Context, a auth.Actor, id int64) (p offeree, err error) {
	known, err := b.People.Persons(ctx, a.Team, []int64{id})
	if err != nil {
		return p, err
	}
	var ok bool
	if p.Person, ok = known[id]; !ok {
		return p, fault.Missing("Person")
	}
	open, err := b.Candidates(ctx, a, Thread{PersonIDs: []int64{id}})
	p.open = open[0]
	return p, err
}

// shelves are where threads may be that are offered to the person.
func (p offeree) shelves() (on []change.Ref) {
	if len(p.open) > 0 {
		on = append(on, change.Of(change.Person, p.ID))
	}
	for _, email := range p.Emails {
		on = append(on, change.AddressOf(email))
	}
	return distinct(on)
}

// offer is the thread as it is offered to the person, if it is.
func (p offeree) offer(t Thread) (o Offer, ok bool) {
	if o = (Offer{Thread: t}); t.ID == 0 || t.Deleted {
		return o, false
	}
	if t.has(p.ID) {
		o.Reason = OfferDeal
		return o, t.dealOpen() && len(p.open) > 0
	}
	strangers := t.strangers() // as merges have left them
	i := slices.IndexFunc(strangers, func(email string) bool { return slices.Contains(p.Emails, email) })
	if i < 0 {
		return o, false
	}
	o.Reason, o.Email = OfferAddress, strangers[i]
	return o, true
}

// dealOpen tells that the thread has no deal and no user has said that it is to have none.
func (t Thread) dealOpen() bool { return t.DealID == nil && t.DealChosenTime == nil }

// joined is the thread with the person.
func (o Offer) joined(person int64) Thread {
	t := o.Thread
	t.PersonIDs = union(t.PersonIDs, person)
	return t
}

// candidates fills in what deals the threads may belong to once they are the person's.
func (b Box) candidates(ctx context.Context, a auth.Actor, p offeree, list []Offer) error {
	var others []Thread
	for _, o := range list {
		if t := o.joined(p.ID); len(t.PersonIDs) > 1 {
			others = append(others, t)
		}
	}
	of, err := b.Candidates(ctx, a, others...)
	for i, o := range list {
		if list[i].Candidates = of[o.ID]; len(o.joined(p.ID).PersonIDs) == 1 && o.dealOpen() {
			list[i].Candidates = p.open
		}
	}
	return err
}

// offerPlace is where a page ended.
type offerPlace struct {
	Person int64
	At     time.Time
	Thread int64
}

func offerCursor(person int64, row change.Row) string {
	b, _ := json.Marshal(offerPlace{person, row.At, row.Source.ID()})
	return base64.RawURLEncoding.EncodeToString(b)
}

// offerRow is the last row of the page that the cursor is of; nil for the first page.
func offerRow(person int64, cursor string) (*change.Row, error) {
	if cursor == "" {
		return nil, nil
	}
	var at offerPlace
	b, err := base64.RawURLEncoding.DecodeString(cursor)
	if err == nil {
		err = json.Unmarshal(b, &at)
	}
	if err != nil || at.Person != person || at.Thread <= 0 || at.At.Year() < 1 || at.At.Year() > 9999 {
		return nil, fault.BadField("cursor", "must be the next_cursor of an earlier page of this person").Because(err)
	}
	return &change.Row{Shelf: change.Threads, At: at.At, Source: change.Of(change.MailThread, at.Thread)}, nil
}
