// Package dynamo is the only code that speaks DynamoDB. A record is stored as its entity's own struct, attribute by
// attribute, with the keys and index attributes beside it; testdata/items.golden pins that form, so that renaming a field is
// a visible decision. Reads of a record and of what shows on it are strongly consistent; lists come from indexes and may lag.
// All writes of records go through Commit.
package dynamo

import (
	"context"
	"fmt"
	"maps"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/schema"
)

// DB is the table. It is safe for concurrent use.
type DB struct {
	client *dynamodb.Client
	table  string
	now    func() time.Time
}

// New is the table of that name; now decides what has expired.
func New(client *dynamodb.Client, table string, now func() time.Time) *DB {
	return &DB{client: client, table: table, now: now}
}

type item = map[string]types.AttributeValue

func text(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }
func number(n int64) types.AttributeValue {
	return &types.AttributeValueMemberN{Value: fmt.Sprint(n)}
}

func keyItem(k schema.Key) item { return item{schema.PK: text(k.PK), schema.SK: text(k.SK)} }

func keyFrom(it item) schema.Key {
	return schema.Key{PK: textOf(it, schema.PK), SK: textOf(it, schema.SK)}
}

func textOf(it item, name string) string {
	if s, ok := it[name].(*types.AttributeValueMemberS); ok {
		return s.Value
	}
	return ""
}

func numberOf(it item, name string) (n int64) {
	if v, ok := it[name].(*types.AttributeValueMemberN); ok {
		fmt.Sscan(v.Value, &n)
	}
	return n
}

// alive is false for what TTL will remove: DynamoDB takes up to days, readers do not wait ("Using time to live").
func (db *DB) alive(it item) bool {
	at := numberOf(it, schema.Expires)
	return len(it) > 0 && (at == 0 || at > db.now().Unix())
}

// get reads one item, strongly consistent; nil when there is none.
func (db *DB) get(ctx context.Context, k schema.Key) (item, error) {
	out, err := db.client.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: &db.table, Key: keyItem(k), ConsistentRead: aws.Bool(true),
	})
	if err != nil {
		return nil, unavailable(fmt.Errorf("get %s %s: %w", k.PK, k.SK, err))
	}
	if !db.alive(out.Item) {
		return nil, nil
	}
	return out.Item, saw(ctx, out.Item)
}

const batchSize = 100 // keys in one BatchGetItem

// batch reads items by key, strongly consistent; what does not exist or has expired is absent from the answer.
func (db *DB) batch(ctx context.Context, keys []schema.Key) (map[schema.Key]item, error) {
	found, err := db.batchAll(ctx, keys)
	maps.DeleteFunc(found, func(_ schema.Key, it item) bool { return !db.alive(it) })
	return found, err
}

// batchAll reads what has expired too, as long as it is there.
func (db *DB) batchAll(ctx context.Context, keys []schema.Key) (map[schema.Key]item, error) {
	return db.batchAs(ctx, keys, true)
}

// batchAs reads what may be a moment old at half the price, unless it has to be right at once.
func (db *DB) batchAs(ctx context.Context, keys []schema.Key, atOnce bool) (map[schema.Key]item, error) {
	found := make(map[schema.Key]item, len(keys))
	seen := make(map[schema.Key]bool, len(keys))
	var wanted []item
	for _, k := range keys {
		if !seen[k] {
			seen[k] = true
			wanted = append(wanted, keyItem(k))
		}
	}
	for try := 0; len(wanted) > 0; {
		n := min(len(wanted), batchSize)
		out, err := db.client.BatchGetItem(ctx, &dynamodb.BatchGetItemInput{RequestItems: map[string]types.KeysAndAttributes{
			db.table: {Keys: wanted[:n], ConsistentRead: aws.Bool(atOnce)},
		}})
		if err != nil {
			return nil, unavailable(fmt.Errorf("batch get of %d: %w", n, err))
		}
		for _, it := range out.Responses[db.table] {
			found[keyFrom(it)] = it
			if err := saw(ctx, it); err != nil {
				return nil, err
			}
		}
		// An answer over 16 MB or a throttled partition leaves keys for the next call.
		left := out.UnprocessedKeys[db.table].Keys
		wanted = append(left, wanted[n:]...)
		if len(left) == n { // nothing of it was read
			if try++; try > 6 {
				return nil, fault.New(fault.Unavailable, "The service is busy, please try again")
			}
			time.Sleep(pause(try))
		}
	}
	return found, nil
}

// query reads one partition of the base table from its start or after `after`, between two sort keys (inclusive), at most
// limit items; more tells that others follow.
type query struct {
	pk       string
	from, to string
	after    string // sort key; excluded
	desc     bool
	limit    int
	once     bool // one call only: more than its 1 MB is cut off, and more tells so
}

func (db *DB) query(ctx context.Context, q query) (items []item, more bool, err error) {
	in := &dynamodb.QueryInput{
		TableName: &db.table, ConsistentRead: aws.Bool(true), ScanIndexForward: aws.Bool(!q.desc),
		KeyConditionExpression:    aws.String("pk = :pk AND sk BETWEEN :from AND :to"),
		ExpressionAttributeValues: item{":pk": text(q.pk), ":from": text(q.from), ":to": text(q.to)},
	}
	if q.after != "" {
		in.ExclusiveStartKey = keyItem(schema.Key{PK: q.pk, SK: q.after})
	}
	for {
		if q.limit > 0 {
			in.Limit = aws.Int32(int32(q.limit + 1 - len(items)))
		}
		out, err := db.client.Query(ctx, in)
		if err != nil {
			return nil, false, unavailable(fmt.Errorf("query %s %s…: %w", q.pk, q.from, err))
		}
		for _, it := range out.Items {
			if !db.alive(it) {
				continue
			}
			if items = append(items, it); saw(ctx, it) != nil {
				return nil, false, saw(ctx, it)
			}
		}
		if q.limit > 0 && len(items) > q.limit {
			return items[:q.limit], true, nil
		}
		if q.once {
			return items, out.LastEvaluatedKey != nil, nil
		}
		if in.ExclusiveStartKey = out.LastEvaluatedKey; in.ExclusiveStartKey == nil {
			return items, false, nil
		}
	}
}

// unavailable marks what the client may simply try again; everything else stays internal.
func unavailable(err error) error {
	if throttled(err) {
		return fault.New(fault.Unavailable, "The service is busy, please try again").Because(err)
	}
	return err
}
