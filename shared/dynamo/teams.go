package dynamo

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/lejek/lejek/shared/auth"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/schema"
	"github.com/lejek/lejek/shared/signed"
	"github.com/lejek/lejek/shared/teams"
)

const (
	kindTeam = teams.KindTeam
	kindUser = teams.KindUser
)

var (
	teamKind     = kindOf[teams.Team]{name: kindTeam}
	userKind     = kindOf[teams.User]{name: kindUser}
	linkKeysKind = kindOf[signed.Keys]{name: signed.Kind}
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

// LinkKeys is a read.
func (t Teams) LinkKeys(ctx context.Context, team int64) (signed.Keys, error) {
	it, err := t.get(ctx, keyOf(team, change.Named(signed.Kind, signed.Name)))
	if err != nil || it == nil {
		return signed.Keys{}, err
	}
	return linkKeysKind.decode(it)
}

// TokenActor finds the owner of a token by its hash.
func (t Teams) TokenActor(ctx context.Context, hash string) (a auth.Actor, used time.Time, err error) {
	it, err := t.get(ctx, schema.Token.Key(hash))
	if err == nil && it == nil {
		err = fault.New(fault.Unauthorized, "unauthorized access")
	}
	if err != nil {
		return a, used, err
	}
	return auth.Actor{Team: numberOf(it, "Team"), User: numberOf(it, "User"), Scope: scopeOf(it)}, momentOf(it, "LastUsed"), nil
}

// TokenUsed notes when a token was used, if it is still there.
func (t Teams) TokenUsed(ctx context.Context, hash string, at time.Time) error {
	_, err := t.client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: &t.table, Key: keyItem(schema.Token.Key(hash)), UpdateExpression: aws.String("SET LastUsed = :at"),
		ConditionExpression: aws.String("attribute_exists(pk)"), ExpressionAttributeValues: item{":at": number(at.UnixMilli())},
	})
	var gone *types.ConditionalCheckFailedException
	if errors.As(err, &gone) {
		return fault.New(fault.Unauthorized, "unauthorized access") // revoked this moment
	}
	if err != nil {
		return unavailable(fmt.Errorf("dynamo.TokenUsed: %w", err))
	}
	return nil
}

// Tokens reads the lines of a user's tokens, or of all users', and from the directory when each was used.
func (t Teams) Tokens(ctx context.Context, team, user int64) ([]teams.Token, error) {
	q := query{pk: schema.UserToken.Partition(team), from: "0", to: "~"}
	if user != 0 {
		q.from = schema.UserToken.Key(team, user, "").SK
		q.to = q.from + "~"
	}
	lines, _, err := t.query(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("dynamo.Tokens: %w", err)
	}
	var keys []schema.Key
	for _, line := range lines {
		keys = append(keys, schema.Token.Key(hashOf(line)))
	}
	found, err := t.batch(ctx, keys)
	if err != nil {
		return nil, fmt.Errorf("dynamo.Tokens: %w", err)
	}
	all := make([]teams.Token, len(lines))
	for i, line := range lines {
		all[i] = teams.Token{
			Hash: hashOf(line), UserID: numberOf(line, "User"), Name: textOf(line, "Called"), Scope: scopeOf(line),
			AddTime: momentOf(line, "Made"), LastUsed: momentOf(found[keys[i]], "LastUsed"),
		}
	}
	return all, nil
}

func hashOf(line item) string {
	_, hash, _ := strings.Cut(textOf(line, schema.SK), "#")
	return hash
}

// scopeOf is a token's; one that was made before there were scopes is good for everything.
func scopeOf(it item) auth.Scope {
	return auth.Scope(cmp.Or(textOf(it, "Scope"), string(auth.ReadWrite)))
}

// momentOf is a time kept as milliseconds; zero for none.
func momentOf(it item, name string) time.Time {
	if ms := numberOf(it, name); ms != 0 {
		return time.UnixMilli(ms).UTC()
	}
	return time.Time{}
}

// AddressTeam finds the team of a dedicated address by its local part, and until when it receives mail, zero for ever; NotFound when
// nobody has it. What has expired may still be in the table for some days.
func (t Teams) AddressTeam(ctx context.Context, local string) (team int64, until time.Time, err error) {
	it, err := t.get(ctx, schema.Address.Key(local))
	if err == nil && it == nil {
		err = fault.Missing("Address")
	}
	if ends := numberOf(it, schema.Expires); ends != 0 {
		until = time.Unix(ends, 0).UTC()
	}
	return numberOf(it, "Team"), until, err
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
	for i, key := range keys {
		if e.Remove {
			o.set(key, types.TransactWriteItem{Delete: &types.Delete{TableName: &o.db.table, Key: keyItem(key)}})
			continue
		}
		it := merge(keyItem(key), item{"Team": number(team), "User": number(e.User)})
		if e.Scope != "" {
			it["Scope"] = text(string(e.Scope))
		}
		if e.Directory == change.Tokens && i > 0 { // what the owner typed lies with the team
			it["Called"], it["Made"] = text(e.Called), number(e.Made.UnixMilli())
		}
		if e.Fate != "" {
			it["Fate"] = text(e.Fate)
		}
		if !e.Expires.IsZero() {
			it[schema.Expires] = number(e.Expires.Unix())
		}
		put := &types.Put{TableName: &o.db.table, Item: it, ConditionExpression: aws.String("attribute_not_exists(pk)")}
		if e.Replace {
			put.ConditionExpression, put.ExpressionAttributeValues = aws.String("Team = :team"), item{":team": it["Team"]}
		}
		o.set(key, types.TransactWriteItem{Put: put})
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
