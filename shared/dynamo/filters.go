package dynamo

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/lejek/lejek/shared/filters"
	"github.com/lejek/lejek/shared/schema"
	"github.com/lejek/lejek/shared/value"
)

// filterKind keeps only filters that are not deleted in the index by id, so that their list does not pay for the others.
var filterKind = kindOf[filters.Filter]{name: filters.Kind, extra: func(team int64, f filters.Filter, it item) {
	it[schema.ByUpdateTime.PK] = text(schema.ListPartition(team, filters.Kind))
	it[schema.ByUpdateTime.SK] = text(value.SortTime(f.UpdateTime) + "#" + padded(f.ID))
	if expire(it, f.Deleted, f.UpdateTime); !f.Deleted {
		it[schema.ByID.SK] = text(padded(f.ID))
	}
}}

// Filters keeps filters.
type Filters struct{ records[filters.Filter] }

var _ filters.Store = Filters{}

// NewFilters keeps filters in db.
func NewFilters(db *DB) Filters { return Filters{records[filters.Filter]{db, filterKind, "Filter"}} }

// All reads the index to its end; there are at most filters.MaxFilters, and some more when several were made at once.
func (f Filters) All(ctx context.Context, team int64) (all []filters.Filter, err error) {
	in := &dynamodb.QueryInput{
		TableName: &f.table, IndexName: &schema.ByID.Name,
		KeyConditionExpression:    aws.String("#p = :p"),
		ExpressionAttributeNames:  map[string]string{"#p": schema.ByID.PK},
		ExpressionAttributeValues: item{":p": text(schema.ListPartition(team, filters.Kind))},
	}
	for {
		out, err := f.client.Query(ctx, in)
		if err != nil {
			return nil, unavailable(fmt.Errorf("dynamo.Filters.All: %w", err))
		}
		page, err := decodeAll(filterKind, out.Items)
		if err != nil {
			return nil, err
		}
		if all, in.ExclusiveStartKey = append(all, page...), out.LastEvaluatedKey; in.ExclusiveStartKey == nil {
			return all, nil
		}
	}
}
