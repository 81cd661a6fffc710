package mailbox

import (
	"context"
	"fmt"
	"time"

	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/letter"
)

// Resend hands over once more a mail that did not go out, or of which nobody knows: then that is for the user to decide. It is made of
// what is stored, and stays the message that it is. Who asks at the same time is refused, since it is Sending by then.
func (d Desk) Resend(ctx context.Context, a auth.Actor, id int64) (Message, error) {
	m, err := d.unsent(ctx, a, id)
	if err != nil {
		return m, err
	}
	l, to, err := d.rewrite(ctx, a, m)
	if err != nil {
		return m, err
	}
	raw, err := bytesOf(l)
	if err != nil {
		return m, err
	}
	err = change.Retry(ctx, func() error {
		if m, err = d.unsent(ctx, a, id); err != nil {
			return err
		}
		now := d.Now().UTC().Truncate(time.Millisecond)
		o := *m.Outgoing
		o.State, o.Error, o.Until = Sending, "", now.Add(lease)
		m.Outgoing, m.UpdateTime = &o, now
		set := change.By(a)
		set.Put(m.Ref(), m, m.Version)
		return d.Store.Commit(ctx, set)
	})
	if err != nil {
		return m, err
	}
	m.Version++
	return d.part(ctx, a.Team, m, l, to, raw)
}

// unsent is a mail that may be sent again.
func (d Desk) unsent(ctx context.Context, a auth.Actor, id int64) (Message, error) {
	m, err := d.Written(ctx, a, id)
	if err != nil {
		return m, err
	}
	if s := m.Outgoing.StateAt(d.Now()); s != Failed && s != Unconfirmed {
		return m, fault.New(fault.Invalid, "Only a mail that failed, or is unconfirmed, is sent again: this one is %s", s)
	}
	return m, nil
}

// rewrite makes a letter of a message as it is stored.
func (d Desk) rewrite(ctx context.Context, a auth.Actor, m Message) (l letter.Letter, to parties, err error) {
	for _, list := range []struct {
		from []Party
		to   *[]Address
	}{{m.To, &to.to}, {m.Cc, &to.cc}, {m.Bcc, &to.bcc}} {
		for _, p := range list.from {
			*list.to = append(*list.to, Address{Name: p.Name, Email: p.Email, Strict: true})
		}
	}
	l = letter.Letter{Date: d.Now(), Subject: m.Subject}
	body, err := d.Objects.Get(ctx, m.BodyKey)
	if err != nil {
		return l, to, fmt.Errorf("mailbox.rewrite: %w", err)
	}
	if l.Text = string(body); m.BodyType == "text/html" {
		l.HTML, l.Text = l.Text, d.Plain(l.Text)
	}
	var bad fault.Fields
	stock, err := d.stock(ctx, &bad, a.Team, m.FileIDs)
	if err == nil {
		err = bad.Err()
	}
	if err != nil {
		return l, to, err
	}
	if err := d.enclose(ctx, &l, stock); err != nil {
		return l, to, err
	}
	if err := d.cite(ctx, a.Team, m.ThreadID, m.ID, &l); err != nil {
		return l, to, err
	}
	_, err = d.address(ctx, a, m.ThreadID, &l, to)
	l.MessageID = m.MessageID
	return l, to, err
}
