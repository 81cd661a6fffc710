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
)

// Token is what is known of a token besides the token itself. One that was made before scopes were has ReadWrite and no time.
type Token struct {
	Hash     string
	UserID   int64
	Name     string // what its owner calls it
	Scope    auth.Scope
	AddTime  time.Time
	LastUsed time.Time // to the hour; zero for never
}

// ID is what the token is called: enough of its hash to tell it from all others of a team, and nothing of itself.
func (t Token) ID() string { return t.Hash[:idDigits] }

const idDigits = 16

// usedEvery is how exactly it is kept when a token was used last: a write an hour, not one a request.
const usedEvery = time.Hour

// Authenticate finds whose token it is with one read; it holds no cache, so a revoked token is refused at once.
func (s Service) Authenticate(ctx context.Context, t auth.Token) (auth.Actor, error) {
	if t == "" || len(t) > 200 {
		return auth.Actor{}, fault.New(fault.Unauthorized, "unauthorized access")
	}
	a, used, err := s.Store.TokenActor(ctx, t.Hash())
	if now := s.now(); err == nil && now.Sub(used) >= usedEvery {
		err = s.Store.TokenUsed(ctx, t.Hash(), now)
	}
	return a, err
}

// TokenInput makes a token of a user, ReadWrite where nothing else is said.
type TokenInput struct {
	UserID int64
	Name   string
	Scope  auth.Scope
}

// AddToken gives a user another token, shown this once. Everyone may have tokens of their own; an admin gives them to others too.
func (s Service) AddToken(ctx context.Context, a auth.Actor, in TokenInput) (auth.Token, Token, error) {
	if in.UserID != a.User {
		if err := s.demandAdmin(ctx, a); err != nil {
			return "", Token{}, err
		}
	}
	u, err := s.Store.User(ctx, a.Team, in.UserID)
	if err == nil && !u.Active || fault.Is(err, fault.NotFound) {
		err = fault.BadField("user_id", "must be an active user of the team")
	}
	if err != nil {
		return "", Token{}, err
	}
	return s.addToken(ctx, a, in)
}

// CreateToken is AddToken for the operator, who knows a user by the address.
func (s Service) CreateToken(ctx context.Context, team int64, email string, scope auth.Scope) (auth.Token, error) {
	u, err := s.UserByEmail(ctx, team, strings.ToLower(strings.TrimSpace(email)))
	if err != nil {
		return "", err
	}
	clear, _, err := s.addToken(ctx, auth.Actor{Team: team}, TokenInput{UserID: u.ID, Scope: scope})
	return clear, err
}

func (s Service) addToken(ctx context.Context, a auth.Actor, in TokenInput) (auth.Token, Token, error) {
	set := change.By(a)
	clear, t := newToken(&set, a, in, s.now())
	if err := s.Store.Commit(ctx, set); err != nil {
		return "", t, fmt.Errorf("teams.addToken: %w", err)
	}
	return clear, t, nil
}

// Tokens are the user's own, or all of the team's for an admin, the oldest first.
func (s Service) Tokens(ctx context.Context, a auth.Actor) ([]Token, error) {
	admin, err := s.UserAdmin(ctx, a.Team, a.User)
	if err != nil {
		return nil, err
	}
	of := a.User
	if admin {
		of = 0
	}
	all, err := s.Store.Tokens(ctx, a.Team, of)
	slices.SortStableFunc(all, func(x, y Token) int { return x.AddTime.Compare(y.AddTime) })
	return all, err
}

// RevokeToken takes one token away: an own one, or any for an admin.
func (s Service) RevokeToken(ctx context.Context, a auth.Actor, id string) error {
	all, err := s.Tokens(ctx, a)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(all, func(t Token) bool { return t.ID() == id })
	if i < 0 {
		return fault.Missing("Token")
	}
	return s.revoke(ctx, a, all[i:i+1])
}

// RevokeTokens takes all tokens of a user away and tells how many there were.
func (s Service) RevokeTokens(ctx context.Context, a auth.Actor, email string) (int, error) {
	u, err := s.UserByEmail(ctx, a.Team, strings.ToLower(strings.TrimSpace(email)))
	if err != nil {
		return 0, err
	}
	all, err := s.Store.Tokens(ctx, a.Team, u.ID)
	if err != nil {
		return 0, err
	}
	return len(all), s.revoke(ctx, a, all)
}

const maxTokens = 30 // revoked in one transaction: three items each

func (s Service) revoke(ctx context.Context, a auth.Actor, all []Token) error {
	for some := range slices.Chunk(all, maxTokens) {
		set := change.By(a)
		for _, t := range some {
			set.Entries = append(set.Entries, change.Entry{Directory: change.Tokens, Name: t.Hash, User: t.UserID, Remove: true})
			set.Audit(a, s.now(), "token.revoked", change.Named("token", t.ID()), t.told())
		}
		if err := s.Store.Commit(ctx, set); err != nil {
			return fmt.Errorf("teams.revoke: %w", err)
		}
	}
	return nil
}

// newToken adds a token to what is written.
func newToken(set *change.Set, a auth.Actor, in TokenInput, now time.Time) (auth.Token, Token) {
	if in.Scope == "" {
		in.Scope = auth.ReadWrite
	}
	clear := auth.NewToken()
	t := Token{Hash: clear.Hash(), UserID: in.UserID, Name: in.Name, Scope: in.Scope, AddTime: now}
	set.Entries = append(set.Entries, change.Entry{
		Directory: change.Tokens, Name: t.Hash, User: t.UserID, Scope: t.Scope, Called: t.Name, Made: t.AddTime,
	})
	set.Audit(a, now, "token.created", change.Named("token", t.ID()), t.told())
	return clear, t
}

func (t Token) told() map[string]string {
	return map[string]string{"user_id": fmt.Sprint(t.UserID), "name": t.Name, "scope": string(t.Scope)}
}
