package teams

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/signed"
	"github.com/lejek/lejek/shared/value"
)

// Store is where teams, users and tokens are kept.
type Store interface {
	NextTeamID(ctx context.Context) (int64, error)
	NextID(ctx context.Context, team int64, kind string) (int64, error)
	Team(ctx context.Context, team int64) (Team, error)
	// Users are all users of a team, by id.
	Users(ctx context.Context, team int64) ([]User, error)
	User(ctx context.Context, team, id int64) (User, error)
	// TokenActor finds whose token has this hash, and when it was used last; Unauthorized when nobody's.
	TokenActor(ctx context.Context, hash string) (a auth.Actor, used time.Time, err error)
	TokenUsed(ctx context.Context, hash string, at time.Time) error
	// Tokens are those of a user; 0 is everyone of the team.
	Tokens(ctx context.Context, team, user int64) ([]Token, error)
	// LinkKeys are those that a team's links are signed with; none before the first.
	LinkKeys(ctx context.Context, team int64) (signed.Keys, error)
	AuditLog(ctx context.Context, team int64, cursor string, limit int) (value.Page[Audited], error)
	Commit(ctx context.Context, sets ...change.Set) error
}

// Service is what can be done with teams, users and tokens.
type Service struct {
	Store Store
	// Currency knows the ISO codes.
	Currency func(code string) bool
	// Begin is what a new team gets besides its first user: a pipeline, activity types.
	Begin func(ctx context.Context, team int64, now time.Time) ([]change.Set, error)
	Now   func() time.Time
}

// TeamInput makes a team and its first user. TimeZone is the company's and the user's default.
type TeamInput struct{ Name, Email, UserName, TimeZone, Currency string }

// UserInput makes a user; an empty zone is the team's.
type UserInput struct {
	Team                  int64
	By                    auth.Actor // who makes it; the zero value is the operator
	Email, Name, TimeZone string
	Admin, Inactive       bool
}

// Created is what is told once about a new team.
type Created struct {
	Team  Team
	User  User
	Token auth.Token
}

// CreateTeam makes a team, its mail address, its first user with a token, its default pipeline and activity types.
func (s Service) CreateTeam(ctx context.Context, in TeamInput) (c Created, err error) {
	var bad fault.Fields
	in.Name = checkName(&bad, "name", in.Name)
	if in.Name == "" {
		bad.Add("name", "must be given")
	}
	in.UserName = checkName(&bad, "user_name", in.UserName)
	if !s.Currency(in.Currency) {
		bad.Add("currency", "must be an ISO 4217 code, such as EUR")
	}
	checkZone(&bad, in.TimeZone)
	email := checkEmail(&bad, in.Email)
	if err := bad.Err(); err != nil {
		return c, err
	}
	now := s.now()
	id, err := s.Store.NextTeamID(ctx)
	if err != nil {
		return c, fmt.Errorf("teams.CreateTeam: %w", err)
	}
	c.Team = Team{ID: id, Name: in.Name, TimeZone: in.TimeZone, Currency: in.Currency, InboundLocal: newLocalPart(in.Name), AddressKey: signed.NewAddressKey(), AddTime: now}
	if c.User, err = s.newUser(ctx, c.Team, email, in.UserName, in.TimeZone); err != nil {
		return c, err
	}
	c.User.Admin = true
	set := change.Set{Team: id}
	set.Put(c.Team.Ref(), c.Team, 0)
	set.Put(c.User.Ref(), c.User, 0)
	set.Entries = append(set.Entries, change.Entry{Directory: change.Addresses, Name: c.Team.InboundLocal})
	operator := auth.Actor{Team: id}
	set.Audit(operator, now, "team.created", c.Team.Ref(), map[string]string{"name": in.Name})
	set.Audit(operator, now, "user.created", c.User.Ref(), c.User.told())
	c.Token, _ = newToken(&set, operator, TokenInput{UserID: c.User.ID}, now)
	begin, err := s.Begin(ctx, id, now)
	if err != nil {
		return c, fmt.Errorf("teams.CreateTeam: %w", err)
	}
	if err := s.Store.Commit(ctx, append(begin, set)...); err != nil {
		return c, fmt.Errorf("teams.CreateTeam: %w", err)
	}
	return c, nil
}

// CreateUser adds a user to a team.
func (s Service) CreateUser(ctx context.Context, in UserInput) (u User, err error) {
	var bad fault.Fields
	if in.Team < 1 {
		bad.Add("team", "must be the number of a team")
	}
	in.Name = checkName(&bad, "name", in.Name)
	email := checkEmail(&bad, in.Email)
	if in.TimeZone != "" {
		checkZone(&bad, in.TimeZone)
	}
	if err := bad.Err(); err != nil {
		return u, err
	}
	err = change.Retry(ctx, func() error {
		team, err := s.Store.Team(ctx, in.Team)
		if err != nil {
			return err
		}
		users, err := s.Store.Users(ctx, in.Team)
		if err != nil {
			return err
		}
		if taken(users, change.NormalAddress(email), 0) {
			return fault.BadField("email", "the team has a user with this address already")
		}
		if in.TimeZone == "" {
			in.TimeZone = team.TimeZone
		}
		if u, err = s.newUser(ctx, team, email, in.Name, in.TimeZone); err != nil {
			return err
		}
		u.Admin, u.Active = in.Admin, !in.Inactive
		set := change.By(in.By)
		set.Team = in.Team
		set.Put(u.Ref(), u, 0)
		set.Audit(in.By, u.AddTime, "user.created", u.Ref(), u.told())
		// Writing the team's version makes two users with one address impossible, at one write more per new user.
		set.Put(team.Ref(), team, team.Version)
		return s.Store.Commit(ctx, set)
	})
	return u, err
}

func (s Service) newUser(ctx context.Context, t Team, email, name, zone string) (User, error) {
	id, err := s.Store.NextID(ctx, t.ID, KindUser)
	if err != nil {
		return User{}, err
	}
	if name == "" {
		name = email
	}
	now := s.now()
	return User{ID: id, Name: name, Email: email, TimeZone: zone, Currency: t.Currency, Active: true, AddTime: now, UpdateTime: now}, nil
}

func (s Service) now() time.Time { return s.Now().UTC().Truncate(time.Millisecond) }

// UserByEmail finds a user by address; NotFound when the team has none.
func (s Service) UserByEmail(ctx context.Context, team int64, email string) (User, error) {
	users, err := s.Store.Users(ctx, team)
	if err != nil {
		return User{}, err
	}
	if i := slices.IndexFunc(users, func(u User) bool { return u.Email == email }); i >= 0 {
		return users[i], nil
	}
	return User{}, fault.Missing("User")
}

// Team, Users and User read them for an actor.
func (s Service) Team(ctx context.Context, a auth.Actor) (Team, error) {
	return s.Store.Team(ctx, a.Team)
}

func (s Service) Users(ctx context.Context, a auth.Actor) ([]User, error) {
	return s.Store.Users(ctx, a.Team)
}

func (s Service) User(ctx context.Context, a auth.Actor, id int64) (User, error) {
	return s.Store.User(ctx, a.Team, id)
}

// UserCurrency is a user's default currency; NotFound for users of other teams.
func (s Service) UserCurrency(ctx context.Context, team, user int64) (string, error) {
	u, err := s.Store.User(ctx, team, user)
	return u.Currency, err
}

// HasUser tells whether the team has this user.
func (s Service) HasUser(ctx context.Context, team, user int64) (bool, error) {
	_, err := s.Store.User(ctx, team, user)
	if fault.Is(err, fault.NotFound) {
		return false, nil
	}
	return err == nil, err
}

// SetReminders sets how many minutes before an activity a user is reminded: 0 to a week, less than 0 for never, nil for
// DefaultLead. It holds for activities that are written from then on.
func (s Service) SetReminders(ctx context.Context, team int64, email string, minutes *int64) error {
	if minutes != nil && *minutes > 7*24*60 {
		return fault.BadField("minutes", "must be at most a week, 10080")
	}
	return change.Retry(ctx, func() error {
		u, err := s.UserByEmail(ctx, team, strings.ToLower(email))
		if err != nil {
			return err
		}
		u.ReminderMinutes, u.UpdateTime = minutes, s.now()
		set := change.Set{Team: team}
		set.Audit(auth.Actor{Team: team}, u.UpdateTime, "user.reminders_set", u.Ref(), u.remindersTold())
		set.Put(u.Ref(), u, u.Version)
		return s.Store.Commit(ctx, set)
	})
}

// UserZone is where a user lives; NotFound for users of other teams.
func (s Service) UserZone(ctx context.Context, team, user int64) (*time.Location, error) {
	u, err := s.Store.User(ctx, team, user)
	return u.Zone(), err
}

// UserActive tells whether a user can act; NotFound for users of other teams.
func (s Service) UserActive(ctx context.Context, team, user int64) (bool, error) {
	u, err := s.Store.User(ctx, team, user)
	return u.Active, err
}

// UserAdmin tells whether a user is an admin; NotFound for users of other teams.
func (s Service) UserAdmin(ctx context.Context, team, user int64) (bool, error) {
	u, err := s.Store.User(ctx, team, user)
	return u.Admin, err
}
