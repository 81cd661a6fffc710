package dynamo

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/organizations"
	"github.com/lejek/lejek/shared/schema"
	"github.com/lejek/lejek/shared/value"
)

// Relations are in no list, so only their removal after deletion needs an attribute of its own.
var relationKind = kindOf[organizations.Relation]{
	name: change.Relation, follow: organizations.Relation.Follow,
	extra: func(_ int64, r organizations.Relation, it item) { expire(it, r.Deleted, r.UpdateTime) },
}

// Relations keeps relations between organizations.
type Relations struct {
	records[organizations.Relation]
}

var _ organizations.RelationStore = Relations{}

// NewRelations keeps relations in db.
func NewRelations(db *DB) Relations {
	return Relations{records[organizations.Relation]{db, relationKind, "Organization relationship"}}
}

// Of reads the rows on the organization's shelf and what they name.
func (r Relations) Of(ctx context.Context, team, organization int64) ([]organizations.Relation, error) {
	rows, _, err := r.Rows(ctx, team, change.Of(change.Organization, organization), change.Range{Shelf: change.Relations})
	if err != nil {
		return nil, err
	}
	ids := make([]int64, len(rows))
	for i, row := range rows {
		ids[i] = row.Source.ID()
	}
	found, err := r.GetMany(ctx, team, ids)
	if err != nil {
		return nil, err
	}
	var list []organizations.Relation
	for _, id := range ids {
		if rel, ok := found[id]; ok && !rel.Deleted {
			list = append(list, rel)
		}
	}
	return list, nil
}

const countersAtOnce = 8

// People counts in the index of persons by organization, some organizations at a time.
func (r Relations) People(ctx context.Context, team int64, ids []int64) (map[int64]int64, error) {
	counts, errs := make([]int64, len(ids)), make([]error, len(ids))
	slots := make(chan struct{}, countersAtOnce)
	var all sync.WaitGroup
	for i, id := range ids {
		slots <- struct{}{}
		all.Go(func() {
			counts[i], errs[i] = r.countPeople(ctx, team, id)
			<-slots
		})
	}
	all.Wait()
	people := make(map[int64]int64, len(ids))
	for i, id := range ids {
		people[id] = counts[i]
	}
	return people, errors.Join(errs...)
}

func (db *DB) countPeople(ctx context.Context, team, organization int64) (n int64, err error) {
	index := schema.ByOrganization
	in := &dynamodb.QueryInput{
		TableName: &db.table, IndexName: &index.Name, Select: types.SelectCount,
		KeyConditionExpression: aws.String("#p = :p"), FilterExpression: aws.String("Deleted = :no"),
		ExpressionAttributeNames: map[string]string{"#p": index.PK},
		ExpressionAttributeValues: item{
			":p":  text(schema.ListPartition(team, change.Person, value.ByOrganization, organization)),
			":no": &types.AttributeValueMemberBOOL{Value: false},
		},
	}
	for {
		out, err := db.client.Query(ctx, in)
		if err != nil {
			return 0, unavailable(fmt.Errorf("count persons of organization %d: %w", organization, err))
		}
		n += int64(out.Count)
		if in.ExclusiveStartKey = out.LastEvaluatedKey; in.ExclusiveStartKey == nil {
			return n, nil
		}
	}
}
