package mailbox

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/letter"
)

// Desk is where users write mail. What they write is stored by the Linker, as what they write elsewhere is: the same rules decide which
// persons it is about, who is made a person, which deal it belongs to. It is stored first, as Sending, then handed over, then
// noted. So nothing that went out is missing here, and who asks again under the same Idempotency-Key is told of the first.
type Desk struct {
	Linker
	Parse  func(raw []byte) (Parsed, error)
	Plain  func(html string) string                                                        // an HTML text without HTML
	Home   func(ctx context.Context, team, thread int64) (own, ofThread string, err error) // addresses that mail is received under
	Files  func(ctx context.Context, team int64, ids []int64) (map[int64]Stock, error)
	Sender letter.Sender
	Region string // of the mail service, which puts ids of its own in the place of ours
}

// Stock is a file of the team that can go with a mail.
type Stock struct {
	Name, Key, MediaType string
	Size                 int64
}

// Draft is a mail as a user writes it; addresses with names or without.
type Draft struct {
	To, Cc, Bcc         []string
	Subject, Text, HTML string
	ThreadID, DealID    int64
	FileIDs             []int64
}

const (
	lease    = 2 * time.Minute // longer than any function that answers requests may take
	handover = 15 * time.Second
	patience = 8 * time.Second // for noting what became of it
	tries    = 3
)

// Send stores a mail and hands it over. What is answered says whether it went out; the error is nil once it is stored.
func (d Desk) Send(ctx context.Context, a auth.Actor, in Draft) (Message, error) {
	l, to, err := d.write(ctx, a, in)
	if err != nil {
		return Message{}, err
	}
	thread, err := d.address(ctx, a, in.ThreadID, &l, to)
	if err != nil {
		return Message{}, err
	}
	raw, err := bytesOf(l)
	if err != nil {
		return Message{}, err
	}
	m, err := d.store(ctx, a, in, l, raw, to, thread)
	if err != nil {
		return m, err
	}
	return d.part(ctx, a.Team, m, l, to, raw)
}

func bytesOf(l letter.Letter) ([]byte, error) {
	raw, err := l.Bytes()
	if err == nil && len(raw) > maxRaw {
		err = fault.BadField("file_ids", "must be less: with its text the mail is larger than %d MB", maxRaw>>20)
	}
	return raw, err
}

// part hands over a message that is stored as Sending, and notes what became of it. Time for that is kept, whatever handing over took: a
// function ends at its deadline.
func (d Desk) part(ctx context.Context, team int64, m Message, l letter.Letter, to parties, raw []byte) (Message, error) {
	within := ctx
	if end, ok := ctx.Deadline(); ok {
		var stop context.CancelFunc
		within, stop = context.WithDeadline(ctx, end.Add(-patience))
		defer stop()
	}
	id, state, failure := d.hand(within, l.From.Address, addressesOf(to), raw)
	ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer stop()
	return d.note(ctx, team, m, id, state, failure)
}

// store has the linker keep the mail as Sending. Where that fails midway it is done once more, which finishes what was begun.
func (d Desk) store(ctx context.Context, a auth.Actor, in Draft, l letter.Letter, raw []byte, to parties, thread int64) (m Message, err error) {
	p, err := d.Parse(raw)
	if err != nil {
		return m, fmt.Errorf("mailbox.Send: what was written cannot be read: %w", err)
	}
	p.Bcc, p.Signals.Loop = to.bcc, nil // the one is told to the mail service alone, the other is our own mark
	now := d.Now().UTC().Truncate(time.Millisecond)
	mail := Delivery{
		Team: a.Team, RawID: "sent-" + strings.ToLower(rand.Text()), Received: now, Spam: Pass, Virus: Pass, Parsed: p,
		Ours: &Ours{User: User{ID: a.User, Email: l.From.Address, Name: l.From.Name}, Thread: thread, New: in.ThreadID == 0, Until: now.Add(lease)},
	}
	if in.DealID != 0 {
		mail.Recipients = []string{fmt.Sprintf("+deal%d@%s", in.DealID, d.Domain)} // row 15
	}
	e, err := d.Link(ctx, mail)
	if err != nil {
		if e, err = d.Link(ctx, mail); err != nil {
			return m, err
		}
	}
	found, err := d.Store.Mail(ctx, a.Team, nil, e.MessageIDs)
	if err != nil {
		return m, err
	}
	for _, m := range found.Messages {
		return m, nil
	}
	return m, errors.New("mailbox.Send: the mail was not stored")
}

// hand hands a mail over. What was not taken is offered again, what may have been taken never.
func (d Desk) hand(ctx context.Context, from string, to []string, raw []byte) (id, state, failure string) {
	pause := 200 * time.Millisecond
	for try := 1; ; try++ {
		within, stop := context.WithTimeout(ctx, handover)
		id, fate, err := d.Sender.Send(within, from, to, raw)
		stop()
		if err != nil {
			failure = err.Error()
		}
		switch {
		case fate == letter.Accepted:
			return id, Sent, ""
		case fate == letter.Unknown:
			return "", Unconfirmed, "the mail was handed over, but the answer was lost (" + failure + "); it is not sent again"
		case fate == letter.Refused || try == tries:
			return "", Failed, failure
		}
		select {
		case <-ctx.Done():
			return "", Failed, failure
		case <-time.After(pause):
		}
		pause *= 3
	}
}

// note writes what became of a mail, and the id under which its recipients have it, with patience. What cannot be written is answered all the
// same; the message then stays Sending until it is Unconfirmed.
func (d Desk) note(ctx context.Context, team int64, m Message, id, state, failure string) (Message, error) {
	for pause := 50 * time.Millisecond; ; pause *= 2 {
		now, err := d.noted(ctx, team, m.ID, id, state, failure)
		if err == nil {
			return now, nil
		}
		select {
		case <-ctx.Done():
			o := *m.Outgoing
			if o.State, o.Error = state, failure; state == Sent {
				o.State, o.Error = Unconfirmed, "the mail went out, but that could not be noted: "+err.Error()
			}
			m.Outgoing = &o
			return m, nil
		case <-time.After(pause):
		}
	}
}

func (d Desk) noted(ctx context.Context, team, message int64, id, state, failure string) (Message, error) {
	found, err := d.Store.Mail(ctx, team, nil, []int64{message})
	m, ok := found.Messages[message]
	if err != nil || !ok || m.Outgoing == nil {
		return m, errors.Join(err, fault.Missing("Mail message"))
	}
	if m.Outgoing.State != Sending {
		return m, nil // it was written, and only the answer was lost
	}
	now := d.Now().UTC().Truncate(time.Millisecond)
	o := *m.Outgoing
	o.State, o.Error = state, failure
	set := change.Set{Team: team}
	if state == Sent {
		o.SentTime = &now
		if err := d.name(ctx, &set, &m, id); err != nil {
			return m, err
		}
	}
	m.Outgoing, m.UpdateTime = &o, now
	set.Put(m.Ref(), m, m.Version)
	if err := d.Store.Commit(ctx, set); err != nil {
		return m, err
	}
	m.Version++
	return m, nil
}

// name registers the ids that the mail service may have given a message; by one of them it is cited. Our own stays registered too.
func (d Desk) name(ctx context.Context, set *change.Set, m *Message, id string) error {
	ids := []string{id + "@" + d.Region + ".amazonses.com", id + "@email.amazonses.com"}
	guards := []change.Ref{idGuard(ids[0]), idGuard(ids[1])}
	seen, err := d.Store.Look(ctx, set.Team, m.RawID, guards, nil)
	if err != nil {
		return err
	}
	for _, guard := range guards {
		set.Put(guard, Alias{ThreadID: m.ThreadID, MessageID: m.ID}, seen.Aliases[guard].Version)
	}
	if m.MessageID = ids[0]; d.Region == "us-east-1" {
		m.MessageID = ids[1]
	}
	return nil
}

// Written is a mail that was written here, as it stands now.
func (d Desk) Written(ctx context.Context, a auth.Actor, id int64) (Message, error) {
	found, err := d.Store.Mail(ctx, a.Team, nil, []int64{id})
	m, ok := found.Messages[id]
	if err == nil && (!ok || m.Deleted || m.Outgoing == nil) {
		err = fault.Missing("Mail message")
	}
	return m, err
}

func addressesOf(p parties) (all []string) {
	for _, a := range slices.Concat(p.to, p.cc, p.bcc) {
		all = append(all, a.Email)
	}
	return all
}
