package teams

import (
	"context"
	"fmt"
	"strings"

	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/fault"
)

// Authenticate finds whose token it is with one read; it holds no cache, so a revoked token is refused at once.
func (s Service) Authenticate(ctx context.Context, t auth.Token) (auth.Actor, error) {
	if t == "" || len(t) > 200 {
		return auth.Actor{}, fault.New(fault.Unauthorized, "unauthorized access")
	}
	return s.Store.TokenActor(ctx, t.Hash())
}

// CreateToken gives a user another token, shown this once.
func (s Service) CreateToken(ctx context.Context, team int64, email string) (auth.Token, error) {
	u, err := s.UserByEmail(ctx, team, strings.ToLower(strings.TrimSpace(email)))
	if err != nil {
		return "", err
	}
	set := change.Set{Team: team}
	t := addToken(&set, u.ID)
	if err := s.Store.Commit(ctx, set); err != nil {
		return "", fmt.Errorf("teams.CreateToken: %w", err)
	}
	return t, nil
}

// RevokeTokens takes all tokens of a user away and tells how many there were.
func (s Service) RevokeTokens(ctx context.Context, team int64, email string) (int, error) {
	u, err := s.UserByEmail(ctx, team, strings.ToLower(strings.TrimSpace(email)))
	if err != nil {
		return 0, err
	}
	hashes, err := s.Store.TokensOf(ctx, team, u.ID)
	if err != nil {
		return 0, err
	}
	for start := 0; start < len(hashes); start += maxTokens {
		set := change.Set{Team: team}
		for _, h := range hashes[start:min(start+maxTokens, len(hashes))] {
			set.Entries = append(set.Entries, change.Entry{Directory: change.Tokens, Name: h, User: u.ID, Remove: true})
		}
		if err := s.Store.Commit(ctx, set); err != nil {
			return start, fmt.Errorf("teams.RevokeTokens: %w", err)
		}
	}
	return len(hashes), nil
}

const maxTokens = 40 // revoked in one transaction: two items each

func addToken(set *change.Set, user int64) auth.Token {
	t := auth.NewToken()
	set.Entries = append(set.Entries, change.Entry{Directory: change.Tokens, Name: t.Hash(), User: user})
	return t
}
