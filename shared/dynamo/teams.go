package dynamo

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/schema"
	"github.com/lejek/lejek/shared/teams"
)

const (
	kindTeam = teams.KindTeam
	kindUser = teams.KindUser
)

var (
	teamKind = kindOf[teams.Team]{name: kindTeam}
	userKind = kindOf[teams.User]{name: kindUser}
)

// Teams keeps teams, users, tokens and the directories that lead to them.
type Teams struct{ *DB }

var _ teams.Store = Teams{}

// NextTeamID counts in the one directory item that all teams share.
func (t Teams) NextTeamID(ctx context.Context) (int64, error) {
	return t.count(ctx, schema.TeamSequence.Key(), 1)
}

// Team is the team's own record.
func (t Teams) Team(ctx context.Context, team int64) (teams.Team, error) {
	it, err := t.get(ctx, schema.Team.Key(team))
	if err == nil && it == nil {
		err = fault.Missing("Team")
	}
	if err != nil {
		return teams.Team{}, err
	}
	return teamKind.decode(it)
}

// Users reads all users of a team with one query.
func (t Teams) Users(ctx context.Context, team int64) ([]teams.User, error) {
	items, _, err := t.query(ctx, query{pk: schema.User.Partition(team), from: "0", to: "~"})
	if err != nil {
		return nil, fmt.Errorf("dynamo.Users: %w", err)
	}
	return decodeAll(userKind, items)
}

// User is one user.
func (t Teams) User(ctx context.Context, team, id int64) (teams.User, error) {
	it, err := t.get(ctx, schema.User.Key(team, id))
	if err == nil && it == nil {
		err = fault.Missing("User")
	}
	if err != nil {
		return teams.User{}, err
	}
	return userKind.decode(it)
}

// TokenActor finds the owner of a token by its hash.
func (t Teams) TokenActor(ctx context.Context, hash string) (auth.Actor, error) {
	it, err := t.get(ctx, schema.Token.Key(hash))
	if err == nil && it == nil {
		err = fault.New(fault.Unauthorized, "unauthorized access")
	}
	if err != nil {
		return auth.Actor{}, err
	}
	return auth.Actor{Team: numberOf(it, "Team"), User: numberOf(it, "User")}, nil
}

// TokensOf are the hashes of a user's tokens.
func (t Teams) TokensOf(ctx context.Context, team, user int64) (hashes []string, err error) {
	from := schema.UserToken.Key(team, user, "")
	items, _, err := t.query(ctx, query{pk: from.PK, from: from.SK, to: from.SK + "~"})
	for _, it := range items {
		hashes = append(hashes, textOf(it, schema.SK)[len(from.SK):])
	}
	return hashes, err
}

// AddressTeam finds the team of a dedicated address by its local part; NotFound when nobody has it.
func (t Teams) AddressTeam(ctx context.Context, local string) (int64, error) {
	it, err := t.get(ctx, schema.Address.Key(local))
	if err == nil && it == nil {
		err = fault.Missing("Address")
	}
	return numberOf(it, "Team"), err
}

// entry writes or removes a directory's line; a token also has a line among its user's tokens.
func (o *operations) entry(team int64, e change.Entry) {
	keys := []schema.Key{schema.Address.Key(e.Name)}
	switch e.Directory {
	case change.Tokens:
		keys = []schema.Key{schema.Token.Key(e.Name), schema.UserToken.Key(team, e.User, e.Name)}
	case change.Unroutable:
		keys = []schema.Key{schema.Unroutable.Key(e.Name)}
	}
	for _, key := range keys {
		if e.Remove {
			o.set(key, types.TransactWriteItem{Delete: &types.Delete{TableName: &o.db.table, Key: keyItem(key)}})
			continue
		}
		it := merge(keyItem(key), item{"Team": number(team), "User": number(e.User)})
		if e.Fate != "" {
			it["Fate"] = text(e.Fate)
		}
		if !e.Expires.IsZero() {
			it[schema.Expires] = number(e.Expires.Unix())
		}
		o.set(key, types.TransactWriteItem{Put: &types.Put{
			TableName: &o.db.table, Item: it, ConditionExpression: aws.String("attribute_not_exists(pk)"),
		}})
	}
}

func decodeAll[T any](k kindOf[T], items []item) ([]T, error) {
	all := make([]T, 0, len(items))
	for _, it := range items {
		v, err := k.decode(it)
		if err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, nil
}
