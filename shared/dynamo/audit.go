package dynamo

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/schema"
	"github.com/lejek/lejek/shared/teams"
	"github.com/lejek/lejek/shared/value"
)

// AuditLog reads a page of a team's log, newest first.
func (t Teams) AuditLog(ctx context.Context, team int64, cursor string, limit int) (page value.Page[teams.Audited], err error) {
	q := query{pk: schema.Audit.Partition(team), from: schema.Audit.Prefix(), to: schema.Audit.Prefix() + "~", desc: true, limit: limit}
	if cursor != "" {
		after, err := base64.RawURLEncoding.DecodeString(cursor)
		if q.after = string(after); err != nil || q.after < q.from || q.after > q.to {
			return page, fault.Cursor(fmt.Errorf("cursor %q", cursor))
		}
	}
	items, more, err := t.query(ctx, q)
	if err != nil {
		return page, fmt.Errorf("dynamo.AuditLog: %w", err)
	}
	for _, it := range items {
		a := teams.Audited{ID: textOf(it, schema.SK)[len(q.from):]}
		if err := attributevalue.UnmarshalMap(it, &a.Audit); err != nil {
			return page, fmt.Errorf("dynamo.AuditLog: %w", err)
		}
		page.Items = append(page.Items, a)
	}
	if more {
		page.Next = base64.RawURLEncoding.EncodeToString([]byte(textOf(items[len(items)-1], schema.SK)))
	}
	return page, nil
}

// audit adds an act to the log. Two of one moment lie side by side, since their keys end at random.
func (o *operations) audit(team int64, a change.Audit) error {
	it, err := marshal(a)
	if err != nil {
		return err
	}
	key := schema.Audit.Key(team, value.SortTime(a.At), rand.Text()[:8])
	o.set(key, types.TransactWriteItem{Put: &types.Put{
		TableName: &o.db.table, Item: merge(it, keyItem(key)), ConditionExpression: aws.String("attribute_not_exists(pk)"),
	}})
	return nil
}
