package app

import (
	"context"
	"slices"

	"github.com/lejek/lejek/shared/activities"
	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/deals"
	"github.com/lejek/lejek/shared/dynamo"
	"github.com/lejek/lejek/shared/organizations"
	"github.com/lejek/lejek/shared/persons"
	"github.com/lejek/lejek/shared/reminders"
	"github.com/lejek/lejek/shared/teams"
)

// Reminders is the service of reminders.
func (c Core) Reminders() reminders.Service {
	return reminders.Service{
		Store: dynamo.Reminders{DB: c.DB}, Agenda: agenda{c}, Users: owners{c.Teams()}, From: "reminders@" + c.MailDomain, Link: c.LinkURL,
	}
}

// clocks are what users' clocks decide about activities.
type clocks struct{ teams.Service }

func (c clocks) UserClock(ctx context.Context, team, user int64) (activities.Clock, error) {
	u, err := c.User(ctx, auth.Actor{Team: team}, user)
	return activities.Clock{Zone: u.Zone(), Lead: u.Lead()}, err
}

// owners are users as reminders know them.
type owners struct{ teams.Service }

func (o owners) Owner(ctx context.Context, team, user int64) (reminders.Owner, error) {
	u, err := o.User(ctx, auth.Actor{Team: team}, user)
	return reminders.Owner{Name: u.Name, Email: u.Email, Zone: u.Zone(), Active: u.Active, Lead: u.Lead()}, err
}

// agenda is activities as reminders know them.
type agenda struct{ Core }

func (g agenda) Activity(ctx context.Context, team, id int64) (reminders.Activity, error) {
	n, err := g.Activities().Get(ctx, auth.Actor{Team: team}, id)
	if err != nil {
		return reminders.Activity{}, err
	}
	a := reminders.Activity{
		ID: n.ID, Version: n.Version, OwnerID: n.OwnerID, Subject: n.Subject, Type: n.Type, RemindAt: n.RemindAt, Links: n.HangsOn().Refs(),
		Open: !n.Done && !n.Deleted,
	}
	if n.DueTime != nil && n.DueAt != nil {
		a.DueAt = *n.DueAt
	}
	if n.Duration != nil {
		a.Duration = *n.Duration
	}
	if n.Location != nil {
		a.Location = n.Location.Value
	}
	return a, nil
}

// Named tells what records are called; what is gone is left out.
func (g agenda) Named(ctx context.Context, team int64, refs []change.Ref) ([]reminders.Linked, error) {
	found, err := g.DB.GetAny(ctx, team, refs)
	var list []reminders.Linked
	for _, ref := range refs {
		l := reminders.Linked{Ref: ref}
		switch r := found[ref].(type) {
		case deals.Deal:
			l.Name = r.Title
		case persons.Person:
			l.Name = r.Name
		case organizations.Organization:
			l.Name = r.Name
		default:
			continue
		}
		list = append(list, l)
	}
	return slices.Clip(list), err
}
