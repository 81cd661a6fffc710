// Package demo gives a new local system two teams to try things with: one with a few records, one empty. It takes the ways
// that everybody takes, the teams function and the HTTP API, and remembers in demo.json what it made, because a token is
// told only once. A later start finds the same teams.
package demo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/lejek/lejek/infra/local/disk"
)

// Team is what somebody needs to use a team.
type Team struct {
	Team           int64  `json:"team"`
	Token          string `json:"token"`
	UserEmail      string `json:"user_email"`
	InboundAddress string `json:"inbound_address"`
}

// Demo is the two teams.
type Demo struct {
	Team
	Second  Team   `json:"second_team"`
	Records bool   `json:"records"` // the demo team has its records
	Contact string `json:"contact"` // the address of a person among them, with an open deal
}

// Invoke calls a function with an event.
type Invoke func(ctx context.Context, function string, event []byte) ([]byte, error)

type seeder struct {
	Demo
	path, url string
	invoke    Invoke
}

// Seed makes what is missing of the two teams.
func Seed(ctx context.Context, dir, url string, invoke Invoke) (Demo, error) {
	s := &seeder{path: filepath.Join(dir, "demo.json"), url: url, invoke: invoke}
	if _, err := disk.ReadJSON(s.path, &s.Demo); err != nil {
		return s.Demo, fmt.Errorf("demo.Seed: %w", err)
	}
	teams := []struct {
		team              *Team
		name, email, user string
	}{
		{&s.Demo.Team, "Demo", "anna@demo.example", "Anna Nowak"},
		{&s.Second, "Second", "piotr@second.example", "Piotr Lis"},
	}
	for _, t := range teams {
		if err := s.team(ctx, t.team, t.name, t.email, t.user); err != nil {
			return s.Demo, fmt.Errorf("demo.Seed: %w", err)
		}
	}
	if !s.Records {
		if err := s.records(ctx); err != nil {
			return s.Demo, fmt.Errorf("demo.Seed: %w", err)
		}
		s.Records = true
		if err := disk.WriteJSON(s.path, s.Demo); err != nil {
			return s.Demo, fmt.Errorf("demo.Seed: %w", err)
		}
	}
	return s.Demo, nil
}

// team creates the team, or a new token when the remembered one was revoked, and remembers at once.
func (s *seeder) team(ctx context.Context, t *Team, name, email, user string) error {
	if t.Team == 0 {
		err := s.call(ctx, map[string]any{
			"action": "create_team", "name": name, "email": email, "user_name": user, "time_zone": "Europe/Warsaw", "currency": "EUR",
		}, t)
		if err != nil {
			return err
		}
		t.UserEmail = email
		return disk.WriteJSON(s.path, s.Demo)
	}
	valid, err := s.valid(ctx, t.Token)
	if err != nil || valid {
		return err
	}
	if err := s.call(ctx, map[string]any{"action": "create_token", "team": t.Team, "email": t.UserEmail}, t); err != nil {
		return err
	}
	return disk.WriteJSON(s.path, s.Demo)
}

// call invokes the teams function and takes from its answer what is named as in into.
func (s *seeder) call(ctx context.Context, request map[string]any, into any) error {
	event, err := json.Marshal(request)
	if err != nil {
		return err
	}
	answer, err := s.invoke(ctx, "teams", event)
	var refused struct {
		Error string `json:"error"`
	}
	if err == nil {
		err = errors.Join(json.Unmarshal(answer, &refused), json.Unmarshal(answer, into))
	}
	if err == nil && refused.Error != "" {
		err = errors.New(refused.Error)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", request["action"], err)
	}
	return nil
}
