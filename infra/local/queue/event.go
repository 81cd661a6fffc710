package queue

import (
	"crypto/md5"
	"encoding/hex"
	"strconv"

	"github.com/aws/aws-lambda-go/events"

	"github.com/lejek/lejek/infra/local/engine"
)

// receipt names one receipt of a message.
func receipt(m Message) string { return m.ID + "#" + strconv.Itoa(m.Receives) }

// Event is the batch as Lambda hands it to the function.
func Event(queue string, batch []Message) events.SQSEvent {
	var e events.SQSEvent
	for _, m := range batch {
		sum := md5.Sum([]byte(m.Body))
		e.Records = append(e.Records, events.SQSMessage{
			MessageId:     m.ID,
			ReceiptHandle: receipt(m),
			Body:          m.Body,
			Md5OfBody:     hex.EncodeToString(sum[:]),
			Attributes: map[string]string{
				"ApproximateReceiveCount":          strconv.Itoa(m.Receives),
				"SentTimestamp":                    strconv.FormatInt(m.Sent.UnixMilli(), 10),
				"SenderId":                         "LOCAL",
				"ApproximateFirstReceiveTimestamp": strconv.FormatInt(m.FirstReceived.UnixMilli(), 10),
			},
			MessageAttributes: map[string]events.SQSMessageAttribute{},
			EventSourceARN:    "arn:aws:sqs:" + engine.Region + ":000000000000:" + queue,
			EventSource:       "aws:sqs",
			AWSRegion:         engine.Region,
		})
	}
	for i, m := range batch {
		if m.Group != "" {
			e.Records[i].Attributes["MessageGroupId"], e.Records[i].Attributes["MessageDeduplicationId"] = m.Group, m.Once
		}
	}
	return e
}
