package app

import (
	"context"
	"net/url"

	"github.com/lejek/lejek/shared/api"
	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/dynamo"
	"github.com/lejek/lejek/shared/teams"
	"github.com/lejek/lejek/shared/webhooks"
)

// Webhooks is the service of webhooks.
func (c Core) Webhooks(queue webhooks.Queue) webhooks.Service {
	store := dynamo.NewWebhooks(c.DB)
	return webhooks.Service{Store: store, Log: store, Queue: queue, Users: c.Teams(), Plain: c.PrivateWebhooks, Now: c.Now}
}

// Announcer announces one batch of changes.
func (c Core) Announcer(queue webhooks.Queue) webhooks.Announcer {
	store := dynamo.NewWebhooks(c.DB)
	host := ""
	if u, err := url.Parse(c.LinkURL); err == nil {
		host = u.Host
	}
	return webhooks.Announcer{
		Hooks: store, Log: store, Queue: queue, Sight: &sight{teams: c.Teams()}, Now: c.Now,
		Writer: &api.Payloads{Flat: c.FlatRecords(), Fields: c.Fields(), Pipelines: c.Pipelines(), Host: host, Now: c.Now},
	}
}

// Sender sends what was announced.
func (c Core) Sender(post webhooks.Poster, queue webhooks.Queue) webhooks.Sender {
	return webhooks.Sender{Store: dynamo.NewWebhooks(c.DB), Post: post, Queue: queue, Now: c.Now}
}

// sight knows who may see what; it reads each team's users once. For now every active user sees all of the team.
type sight struct {
	teams teams.Service
	users map[int64][]int64
}

func (s *sight) Permitted(ctx context.Context, c webhooks.Changed) ([]int64, error) {
	if ids, ok := s.users[c.Team]; ok {
		return ids, nil
	}
	ids, err := s.teams.UserIDs(ctx, auth.Actor{Team: c.Team})
	if err != nil {
		return nil, err
	}
	if s.users == nil {
		s.users = map[int64][]int64{}
	}
	s.users[c.Team] = ids
	return ids, nil
}
