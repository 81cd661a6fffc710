package teams

import (
	"context"

	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/signed"
)

// Sign makes tokens of links of a team. Keys that are new are kept before they sign.
func (s Service) Sign(ctx context.Context, team int64, claims ...signed.Claims) (tokens []string, err error) {
	var keys signed.Keys
	err = change.Retry(ctx, func() error {
		set := change.Set{Team: team}
		if keys, err = s.keys(ctx, &set); err != nil || len(set.Records) == 0 {
			return err
		}
		return s.Store.Commit(ctx, set)
	})
	if err != nil {
		return nil, err
	}
	for _, c := range claims {
		c.Team = team
		tokens = append(tokens, keys.Sign(c))
	}
	return tokens, nil
}

// Open is what a token says; ok is false for any that the team which it names did not sign for that purpose, or that has expired.
func (s Service) Open(ctx context.Context, token, purpose string) (c signed.Claims, ok bool, err error) {
	said, err := signed.Read(token)
	if err != nil {
		return c, false, nil
	}
	keys, err := s.Store.LinkKeys(ctx, said.Team)
	if err != nil {
		return c, false, err
	}
	c, err = keys.Verify(token, purpose, s.now())
	return c, err == nil, nil
}

// keys are those that may sign now; new ones are kept with what they are the first to sign for.
func (s Service) keys(ctx context.Context, set *change.Set) (signed.Keys, error) {
	keys, err := s.Store.LinkKeys(ctx, set.Team)
	if err != nil {
		return keys, err
	}
	keys, fresh := keys.Ready(s.now())
	if fresh {
		set.Put(change.Named(signed.Kind, signed.Name), keys, keys.Version)
	}
	return keys, nil
}
