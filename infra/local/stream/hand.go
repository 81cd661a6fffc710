package stream

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"path/filepath"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/lejek/lejek/infra/local/disk"
	"github.com/lejek/lejek/shared/manifest"
)

type batch = []events.DynamoDBEventRecord

// hand gives the batch to the function until every record is done, one way or the other.
func (c *consumer) hand(ctx context.Context, shard string, records batch) {
	for len(records) > 0 && ctx.Err() == nil {
		done, err := c.try(ctx, records)
		switch {
		case done > 0: // the function named the first record that failed: what came before it is done
			records = records[done:]
		case len(records) > 1: // as with BisectBatchOnFunctionError; a halving costs no retry
			half := len(records) / 2
			c.hand(ctx, shard, records[:half])
			records = records[half:]
		default:
			c.insist(ctx, shard, records, err)
			return
		}
	}
}

// try invokes the function once; done is how many records, from the start, need not be handed out again.
func (c *consumer) try(ctx context.Context, records batch) (done int, err error) {
	event, err := marshal(records)
	if err != nil {
		return 0, err
	}
	answer, err := c.Invoke(context.WithoutCancel(ctx), event)
	if err != nil {
		return 0, err
	}
	var r events.DynamoDBEventResponse
	if len(answer) > 0 {
		if err := json.Unmarshal(answer, &r); err != nil {
			return 0, fmt.Errorf("the answer cannot be read: %w", err)
		}
	}
	done = len(records)
	for _, f := range r.BatchItemFailures {
		done = min(done, position(records, f.ItemIdentifier))
	}
	if done < len(records) {
		err = fmt.Errorf("record %s was reported as failed", records[done].Change.SequenceNumber)
	}
	return done, err
}

// position is the index of the record; an unknown identifier means the whole batch, as with Lambda.
func position(records batch, sequence string) int {
	for i, r := range records {
		if r.Change.SequenceNumber == sequence {
			return i
		}
	}
	return 0
}

// insist retries a single record, and puts it aside when that does not help.
func (c *consumer) insist(ctx context.Context, shard string, one batch, err error) {
	pause := c.stream.Backoff
	for range manifest.StreamRetries {
		wait(ctx, pause)
		if ctx.Err() != nil {
			return
		}
		pause *= 2
		var done int
		if done, err = c.try(ctx, one); done == 1 {
			return
		}
	}
	c.putAside(shard, one, err)
}

// failure has the shape of what Lambda writes to an S3 failure destination.
type failure struct {
	RequestContext struct {
		FunctionArn            string `json:"functionArn"`
		Condition              string `json:"condition"`
		ApproximateInvokeCount int    `json:"approximateInvokeCount"`
	} `json:"requestContext"`
	ResponseContext struct {
		StatusCode    int    `json:"statusCode"`
		FunctionError string `json:"functionError"`
	} `json:"responseContext"`
	Version   string    `json:"version"`
	Timestamp time.Time `json:"timestamp"`
	BatchInfo struct {
		ShardID             string `json:"shardId"`
		StartSequenceNumber string `json:"startSequenceNumber"`
		EndSequenceNumber   string `json:"endSequenceNumber"`
		BatchSize           int    `json:"batchSize"`
		StreamArn           string `json:"streamArn"`
	} `json:"DDBStreamBatchInfo"`
	Payload string `json:"payload"` // the event, to be handed out again
}

func (c *consumer) putAside(shard string, records batch, cause error) {
	var f failure
	f.RequestContext.FunctionArn = c.Name
	f.RequestContext.Condition = "RetryAttemptsExhausted"
	f.RequestContext.ApproximateInvokeCount = 1 + manifest.StreamRetries
	f.ResponseContext.StatusCode = 200
	f.ResponseContext.FunctionError = cause.Error()
	f.Version, f.Timestamp = "1.0", c.stream.Now().UTC()
	first, last := records[0].Change.SequenceNumber, records[len(records)-1].Change.SequenceNumber
	f.BatchInfo.ShardID, f.BatchInfo.StreamArn, f.BatchInfo.BatchSize = shard, c.stream.arn, len(records)
	f.BatchInfo.StartSequenceNumber, f.BatchInfo.EndSequenceNumber = first, last
	payload, err := marshal(records)
	f.Payload = string(payload)
	if err == nil {
		err = disk.WriteJSON(filepath.Join(c.stream.FailureDir(), c.Name+"-"+first+".json"), f)
	}
	slog.Warn("stream: a record failed for the last time and was put aside", "function", c.Name, "sequence", first, "cause", cause, "error", err)
}

func marshal(records batch) ([]byte, error) {
	event, err := json.Marshal(events.DynamoDBEvent{Records: records})
	if err != nil {
		return nil, fmt.Errorf("stream.marshal: %w", err)
	}
	return event, nil
}
