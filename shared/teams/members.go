package teams

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/fault"
)

// What an admin does with the users of the own team, through the API.

// MemberInput makes a user; who is not active gets one that cannot act yet.
type MemberInput struct {
	Email         string
	Admin, Active bool
}

// AddMember adds a user. There is no log-in: the operator gives a new user a token.
func (s Service) AddMember(ctx context.Context, a auth.Actor, in MemberInput) (User, error) {
	if err := s.demandAdmin(ctx, a); err != nil {
		return User{}, err
	}
	return s.CreateUser(ctx, UserInput{Team: a.Team, By: a, Email: in.Email, Admin: in.Admin, Inactive: !in.Active})
}

// SetActive switches a user off or on. Who is off has no token, gets no mail and none is taken from; the records stay theirs.
func (s Service) SetActive(ctx context.Context, a auth.Actor, id int64, active bool) (u User, err error) {
	if err := s.demandAdmin(ctx, a); err != nil {
		return u, err
	}
	err = change.Retry(ctx, func() error {
		team, err := s.Store.Team(ctx, a.Team)
		if err != nil {
			return err
		}
		users, err := s.Store.Users(ctx, a.Team)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(users, func(u User) bool { return u.ID == id })
		if i < 0 {
			return fault.Missing("User")
		}
		if u = users[i]; u.Active == active {
			return nil
		}
		others := slices.ContainsFunc(users, func(o User) bool { return o.ID != id && o.Active && o.Admin })
		if u.Admin && !active && !others {
			return fault.BadField("active_flag", "must stay true: this is the team's last active admin")
		}
		u.Active, u.UpdateTime = active, s.now()
		set := change.By(a)
		set.Audit(a, u.UpdateTime, map[bool]string{true: "user.switched_on", false: "user.switched_off"}[active], u.Ref(), u.told())
		set.Put(u.Ref(), u, u.Version)
		set.Put(team.Ref(), team, team.Version) // so that two admins do not switch each other off at once
		return s.Store.Commit(ctx, set)
	})
	if err == nil && !active {
		_, err = s.RevokeTokens(ctx, a, u.Email)
	}
	return u, err
}

// FindUsers are those whose name, or whose address, contains the term, by name.
func (s Service) FindUsers(ctx context.Context, a auth.Actor, term string, byEmail bool) ([]User, error) {
	users, err := s.Store.Users(ctx, a.Team)
	term = strings.ToLower(strings.TrimSpace(term))
	users = slices.DeleteFunc(users, func(u User) bool {
		text := u.Name
		if byEmail {
			text = u.Email
		}
		return !strings.Contains(strings.ToLower(text), term)
	})
	slices.SortStableFunc(users, func(x, y User) int { return cmp.Compare(strings.ToLower(x.Name), strings.ToLower(y.Name)) })
	return users, err
}

// UserIDs are those of all active users: everyone sees everything of the team.
func (s Service) UserIDs(ctx context.Context, a auth.Actor) ([]int64, error) {
	users, err := s.Store.Users(ctx, a.Team)
	ids := []int64{}
	for _, u := range users {
		if u.Active {
			ids = append(ids, u.ID)
		}
	}
	return ids, err
}

func (s Service) demandAdmin(ctx context.Context, a auth.Actor) error {
	admin, err := s.UserAdmin(ctx, a.Team, a.User)
	if err == nil && !admin {
		err = fault.New(fault.Forbidden, "Only an admin may do this")
	}
	return err
}
