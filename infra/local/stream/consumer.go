package stream

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams/types"

	"github.com/lejek/lejek/infra/local/disk"
	"github.com/lejek/lejek/shared/manifest"
	"github.com/lejek/lejek/shared/schema"
)

// consumer is one function's reading of the stream.
type consumer struct {
	Consumer
	stream    *Stream
	place     map[string]string  // shard → sequence number of the last record done
	iterators map[string]*string // shard → where the next look continues

	mu sync.Mutex
	n  counters
}

type counters struct{ served, empty int }

func (c *consumer) counts() counters {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.n
}

func (c *consumer) placeFile() string { return filepath.Join(c.stream.dir(), c.Name+".json") }

func (c *consumer) read(ctx context.Context) {
	for ctx.Err() == nil {
		found, err := c.look(ctx)
		if err != nil && ctx.Err() == nil {
			slog.Error("stream: reading", "function", c.Name, "error", err)
		}
		if found && err == nil {
			continue
		}
		if err == nil {
			c.mu.Lock()
			c.n.empty++
			c.mu.Unlock()
		}
		wait(ctx, c.stream.Poll)
	}
}

// look hands out what is new in every shard.
func (c *consumer) look(ctx context.Context) (found bool, err error) {
	for _, shard := range c.stream.shards {
		records, err := c.next(ctx, shard)
		if err != nil {
			delete(c.iterators, shard) // it may have expired: the next look starts again from the place
			return found, err
		}
		if len(records) == 0 {
			continue
		}
		found = true
		if wanted := c.wantedOf(records); len(wanted) > 0 {
			c.hand(ctx, shard, wanted)
			if ctx.Err() != nil {
				return found, ctx.Err() // broken off: not done, so not remembered
			}
			c.mu.Lock()
			c.n.served++
			c.mu.Unlock()
		}
		c.place[shard] = records[len(records)-1].Change.SequenceNumber
		if err := disk.WriteJSON(c.placeFile(), c.place); err != nil {
			return found, err
		}
	}
	return found, nil
}

// wantedOf are the records that the filter of production's trigger lets through.
func (c *consumer) wantedOf(records batch) (wanted batch) {
	for _, r := range records {
		pk, sk := r.Change.Keys[schema.PK], r.Change.Keys[schema.SK]
		if sk.DataType() != events.DataTypeString || pk.DataType() != events.DataTypeString {
			continue
		}
		kept := func(collection string) bool { return strings.HasSuffix(pk.String(), "#"+collection) }
		if sk.String() == manifest.StreamKey || slices.ContainsFunc(c.Kept, kept) {
			wanted = append(wanted, r)
		}
	}
	return wanted
}

func (c *consumer) next(ctx context.Context, shard string) (batch, error) {
	if c.iterators[shard] == nil {
		in := &dynamodbstreams.GetShardIteratorInput{StreamArn: &c.stream.arn, ShardId: &shard, ShardIteratorType: types.ShardIteratorTypeTrimHorizon}
		if at := c.place[shard]; at != "" {
			in.ShardIteratorType, in.SequenceNumber = types.ShardIteratorTypeAfterSequenceNumber, &at
		}
		out, err := c.stream.client.GetShardIterator(ctx, in)
		if err != nil {
			return nil, fmt.Errorf("stream.next(%s): %w", shard, err)
		}
		c.iterators[shard] = out.ShardIterator
	}
	out, err := c.stream.client.GetRecords(ctx, &dynamodbstreams.GetRecordsInput{
		ShardIterator: c.iterators[shard], Limit: aws.Int32(manifest.StreamBatchSize),
	})
	if err != nil {
		return nil, fmt.Errorf("stream.next(%s): %w", shard, err)
	}
	c.iterators[shard] = out.NextShardIterator
	var records batch
	for _, r := range out.Records {
		converted, err := record(c.stream.arn, r)
		if err != nil {
			return nil, fmt.Errorf("stream.next(%s): %w", shard, err)
		}
		records = append(records, converted)
	}
	return records, nil
}

func wait(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}
