// Package lag shows, in tests, what the local engine does not: an index that is behind. Queries of an index are answered
// from a second table, which gets every change of the first one some time later; reads of the base table stay exact. What
// a test still passes under it does not lean on an index for what must not be wrong.
package lag

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams"
	streamtypes "github.com/aws/aws-sdk-go-v2/service/dynamodbstreams/types"
	"github.com/aws/smithy-go/middleware"
)

// Replica is the second table.
type Replica struct {
	table, replica string
	behind         time.Duration
	db             *dynamodb.Client
	streams        *dynamodbstreams.Client
	stop           context.CancelFunc
	done           sync.WaitGroup
}

// Follow feeds the replica, an empty table of the same schema, with the changes of the table, each at least behind after it
// was made.
func Follow(ctx context.Context, cfg aws.Config, table, replica string, behind time.Duration) (*Replica, error) {
	r := &Replica{table: table, replica: replica, behind: behind, db: dynamodb.NewFromConfig(cfg), streams: dynamodbstreams.NewFromConfig(cfg)}
	iterator, err := r.begin(ctx)
	if err != nil {
		return nil, fmt.Errorf("lag.Follow(%s): %w", table, err)
	}
	ctx, r.stop = context.WithCancel(context.Background())
	r.done.Go(func() { r.follow(ctx, iterator) })
	return r, nil
}

func (r *Replica) begin(ctx context.Context) (iterator *string, err error) {
	table, err := r.db.DescribeTable(ctx, &dynamodb.DescribeTableInput{TableName: &r.table})
	if err != nil {
		return nil, err
	}
	arn := table.Table.LatestStreamArn
	stream, err := r.streams.DescribeStream(ctx, &dynamodbstreams.DescribeStreamInput{StreamArn: arn})
	if err != nil {
		return nil, err
	}
	out, err := r.streams.GetShardIterator(ctx, &dynamodbstreams.GetShardIteratorInput{
		StreamArn: arn, ShardId: stream.StreamDescription.Shards[0].ShardId, // the engine has one
		ShardIteratorType: streamtypes.ShardIteratorTypeTrimHorizon,
	})
	if err != nil {
		return nil, err
	}
	return out.ShardIterator, nil
}

type seen struct {
	at      time.Time
	records []streamtypes.Record
}

// follow notes when it first saw each change, which is never before it was made, and applies it that much later.
func (r *Replica) follow(ctx context.Context, iterator *string) {
	var pending []seen
	for ctx.Err() == nil {
		out, err := r.streams.GetRecords(ctx, &dynamodbstreams.GetRecordsInput{ShardIterator: iterator})
		if err == nil {
			iterator = out.NextShardIterator
			if len(out.Records) > 0 {
				pending = append(pending, seen{time.Now(), out.Records})
			}
		}
		for err == nil && len(pending) > 0 && time.Since(pending[0].at) >= r.behind {
			err = r.apply(ctx, pending[0].records)
			pending = pending[1:]
		}
		if err != nil && ctx.Err() == nil {
			slog.Error("lag: following the table", "table", r.table, "error", err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(10 * time.Millisecond):
		}
	}
}

func (r *Replica) apply(ctx context.Context, records []streamtypes.Record) error {
	for _, record := range records {
		if record.Dynamodb.NewImage == nil {
			key, err := attributevalue.FromDynamoDBStreamsMap(record.Dynamodb.Keys)
			if err == nil {
				_, err = r.db.DeleteItem(ctx, &dynamodb.DeleteItemInput{TableName: &r.replica, Key: key})
			}
			if err != nil {
				return fmt.Errorf("lag: delete: %w", err)
			}
			continue
		}
		item, err := attributevalue.FromDynamoDBStreamsMap(record.Dynamodb.NewImage)
		if err == nil {
			_, err = r.db.PutItem(ctx, &dynamodb.PutItemInput{TableName: &r.replica, Item: item})
		}
		if err != nil {
			return fmt.Errorf("lag: put: %w", err)
		}
	}
	return nil
}

// Answer makes queries of an index be answered from the replica; use it as an APIOption, after the grants.
func (r *Replica) Answer(s *middleware.Stack) error {
	return s.Initialize.Add(middleware.InitializeMiddlewareFunc("lejek.Lag", func(ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler) (middleware.InitializeOutput, middleware.Metadata, error) {
		if q, ok := in.Parameters.(*dynamodb.QueryInput); ok && q.IndexName != nil && aws.ToString(q.TableName) == r.table {
			late := *q
			late.TableName = &r.replica
			in.Parameters = &late
		}
		return next.HandleInitialize(ctx, in)
	}), middleware.After)
}

// Close stops following.
func (r *Replica) Close() {
	r.stop()
	r.done.Wait()
}
