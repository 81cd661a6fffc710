package reminders

import (
	"context"
	"time"

	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/dispatch"
	"github.com/lejek/lejek/shared/fault"
)

// Service makes reminders of activities that fall due, and tells about them.
type Service struct {
	Store  Store
	Agenda Agenda
	Users  Users
	From   string // the sender's address
	Link   string // where a record is seen, with {entities} and {id}
}

// Matter is the reminder that an activity's line is about.
func (s Service) Matter(ctx context.Context, l dispatch.Line) (m dispatch.Matter, err error) {
	a, err := s.Agenda.Activity(ctx, l.Team, l.Of.ID())
	if err != nil {
		return m, err
	}
	m.Unchanged = []change.Check{{Ref: l.Of, Version: a.Version}}
	if m.Idle = !a.Open || a.DueAt.IsZero(); m.Idle {
		return m, nil
	}
	owner, err := s.Users.Owner(ctx, l.Team, a.OwnerID)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return m, err
	}
	if m.Idle = err != nil || owner.Lead == nil || !owner.Active; m.Idle {
		return m, nil
	}
	m.Again = func(ctx context.Context) (dispatch.Delivery, int64, error) {
		r, err := s.Store.Reminder(ctx, l.Team, a.ID, a.DueAt, a.OwnerID)
		return r.Delivery, r.Version, err
	}
	m.Keep = func(set *change.Set, d dispatch.Delivery, version int64) {
		r := Reminder{Version: version, ActivityID: a.ID, OwnerID: a.OwnerID, DueAt: a.DueAt, Delivery: d}
		set.Put(r.Ref(), r, version)
	}
	m.Write = func(ctx context.Context, now time.Time) (dispatch.Mail, error) {
		linked, err := s.Agenda.Named(ctx, l.Team, a.Links)
		if err != nil {
			return dispatch.Mail{}, err
		}
		raw, err := compose(message{activity: a, owner: owner, linked: linked, from: s.From, link: s.Link, now: now})
		return dispatch.Mail{From: s.From, To: []string{owner.Email}, Raw: raw}, err
	}
	m.From, m.Late = a.DueAt.Add(-*owner.Lead), a.DueAt.Add(dispatch.Late)
	m.Delivery, m.Version, err = m.Again(ctx)
	return m, err
}

// OfActivity tells what became of the reminders of an activity, and of the one that waits.
func (s Service) OfActivity(ctx context.Context, team, id int64) ([]Reminder, error) {
	a, err := s.Agenda.Activity(ctx, team, id)
	if err != nil {
		return nil, err
	}
	list, err := s.Store.OfActivity(ctx, team, id)
	if err != nil {
		return nil, err
	}
	if !a.Open || a.DueAt.IsZero() || a.RemindAt == nil {
		return list, nil
	}
	for _, r := range list {
		if r.OwnerID == a.OwnerID && r.DueAt.Equal(a.DueAt) {
			return list, nil
		}
	}
	return append(list, Reminder{ActivityID: id, OwnerID: a.OwnerID, DueAt: a.DueAt, Delivery: dispatch.Delivery{State: dispatch.Pending}}), nil
}
