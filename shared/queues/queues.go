// Package queues is the only package that speaks SQS: it puts jobs in line behind those of the same group, and has a received one
// come back later.
package queues

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"github.com/lejek/lejek/shared/webhooks"
)

// Queue is the line of deliveries, a FIFO queue.
type Queue struct {
	client *sqs.Client
	url    string
}

var _ webhooks.Queue = Queue{}

// New is the queue at that address.
func New(cfg aws.Config, url string) Queue {
	return Queue{sqs.NewFromConfig(cfg), url}
}

const maxBatch = 10 // messages in one SendMessageBatch

// Send puts jobs in line. A batch may be taken in parts, so none holds two jobs of one group: the second could be in line without
// the first.
func (q Queue) Send(ctx context.Context, jobs []webhooks.Queued) error {
	for len(jobs) > 0 {
		n, groups := 0, map[string]bool{}
		for n < len(jobs) && n < maxBatch && !groups[jobs[n].Group] {
			groups[jobs[n].Group] = true
			n++
		}
		if err := q.batch(ctx, jobs[:n]); err != nil {
			return err
		}
		jobs = jobs[n:]
	}
	return nil
}

func (q Queue) batch(ctx context.Context, jobs []webhooks.Queued) error {
	in := &sqs.SendMessageBatchInput{QueueUrl: &q.url}
	for i, j := range jobs {
		body, err := json.Marshal(j.Job)
		if err != nil {
			return fmt.Errorf("queues.Send: %w", err)
		}
		in.Entries = append(in.Entries, types.SendMessageBatchRequestEntry{
			Id: aws.String(strconv.Itoa(i)), MessageBody: aws.String(string(body)), MessageGroupId: aws.String(j.Group), MessageDeduplicationId: aws.String(j.Once),
		})
	}
	out, err := q.client.SendMessageBatch(ctx, in)
	if err != nil {
		return fmt.Errorf("queues.Send: %w", err)
	}
	var failed []error
	for _, f := range out.Failed {
		failed = append(failed, fmt.Errorf("queues.Send: %s: %s", aws.ToString(f.Code), aws.ToString(f.Message)))
	}
	return errors.Join(failed...)
}

// Hide has a received message come back after a time, in whole seconds.
func (q Queue) Hide(ctx context.Context, receipt string, after time.Duration) error {
	seconds := int32((after + time.Second - 1) / time.Second)
	_, err := q.client.ChangeMessageVisibility(ctx, &sqs.ChangeMessageVisibilityInput{
		QueueUrl: &q.url, ReceiptHandle: &receipt, VisibilityTimeout: max(seconds, 0),
	})
	if err != nil {
		return fmt.Errorf("queues.Hide: %w", err)
	}
	return nil
}
