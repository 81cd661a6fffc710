// Package stream is Lambda's reading of the table's stream on this machine: every consumer gets each change of a record (see
// manifest.StreamKey) at least once, in order per shard, in batches. A batch that fails is halved until the guilty record is alone; that one is tried
// manifest.StreamRetries times more and then written to disk, as production writes it to S3, and the stream goes on.
//
// Each consumer's place is kept on disk. The engine shows its whole history after a restart, which must not be replayed.
package stream

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams"

	"github.com/lejek/lejek/infra/local/disk"
)

// Consumer is a function that reads the stream.
type Consumer struct {
	Name   string
	Kept   []string // as manifest.Function has it
	Invoke func(ctx context.Context, event []byte) (answer []byte, err error)
}

// Options of a reader.
type Options struct {
	Config    aws.Config // of the engine
	Table     string
	Dir       string // places lie in Dir/stream, what failed for good in Dir/stream-failures
	Consumers []Consumer
	Poll      time.Duration // 0: 100 ms
	Backoff   time.Duration // before the first retry, then doubled; 0: 100 ms
	Now       func() time.Time
}

// Stream is a running reader.
type Stream struct {
	Options
	arn       string
	shards    []string
	client    *dynamodbstreams.Client
	consumers []*consumer
	stop      context.CancelFunc
	readers   sync.WaitGroup
}

// Start reads for every consumer from where it was.
func Start(ctx context.Context, o Options) (*Stream, error) {
	if o.Poll == 0 {
		o.Poll = 100 * time.Millisecond
	}
	if o.Backoff == 0 {
		o.Backoff = 100 * time.Millisecond
	}
	s := &Stream{Options: o, client: dynamodbstreams.NewFromConfig(o.Config)}
	table, err := dynamodb.NewFromConfig(o.Config).DescribeTable(ctx, &dynamodb.DescribeTableInput{TableName: &o.Table})
	if err != nil {
		return nil, fmt.Errorf("stream.Start(%s): %w", o.Table, err)
	}
	s.arn = aws.ToString(table.Table.LatestStreamArn)
	description, err := s.client.DescribeStream(ctx, &dynamodbstreams.DescribeStreamInput{StreamArn: &s.arn})
	if err != nil {
		return nil, fmt.Errorf("stream.Start(%s): %w", o.Table, err)
	}
	for _, shard := range description.StreamDescription.Shards {
		s.shards = append(s.shards, aws.ToString(shard.ShardId)) // the engine never splits them
	}
	for _, dir := range []string{s.dir(), s.FailureDir()} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return nil, fmt.Errorf("stream.Start(%s): %w", o.Table, err)
		}
	}
	for _, c := range o.Consumers {
		one := &consumer{Consumer: c, stream: s, place: map[string]string{}, iterators: map[string]*string{}}
		if _, err := disk.ReadJSON(one.placeFile(), &one.place); err != nil {
			return nil, fmt.Errorf("stream.Start(%s): %w", o.Table, err)
		}
		s.consumers = append(s.consumers, one)
	}
	ctx, s.stop = context.WithCancel(context.Background())
	for _, c := range s.consumers {
		s.readers.Go(func() { c.read(ctx) })
	}
	return s, nil
}

func (s *Stream) dir() string { return filepath.Join(s.Dir, "stream") }

// FailureDir is where batches lie that failed for good.
func (s *Stream) FailureDir() string { return filepath.Join(s.Dir, "stream-failures") }

// Served is how many batches were handed out so far. Settle waits until every consumer looked, after the call, and found
// nothing new.
func (s *Stream) Served() (n int) {
	for _, c := range s.consumers {
		n += c.counts().served
	}
	return n
}

func (s *Stream) Settle(ctx context.Context) error {
	for _, c := range s.consumers {
		// A look that was under way at the call may have missed what was written since: two more are needed.
		for target := c.counts().empty + 2; c.counts().empty < target; {
			select {
			case <-ctx.Done():
				return fmt.Errorf("stream.Settle: %s still reads: %w", c.Name, ctx.Err())
			case <-time.After(s.Poll / 4):
			}
		}
	}
	return nil
}

// Close lets the batches under way finish.
func (s *Stream) Close() {
	s.stop()
	s.readers.Wait()
}
