package inbox

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/lejek/lejek/infra/local/engine"
)

// notification is what SES publishes when an S3 action ran ("Examples of notifications for Amazon SES email receiving").
// The library's types describe the event of a Lambda action and always write dmarcPolicy, which SES writes only when DMARC
// failed, and know no objectKeyPrefix.
type notification struct {
	Type    string                    `json:"notificationType"`
	Mail    events.SimpleEmailMessage `json:"mail"`
	Receipt receipt                   `json:"receipt"`
}

type receipt struct {
	Timestamp            time.Time                 `json:"timestamp"`
	ProcessingTimeMillis int64                     `json:"processingTimeMillis"`
	Recipients           []string                  `json:"recipients"`
	SpamVerdict          events.SimpleEmailVerdict `json:"spamVerdict"`
	VirusVerdict         events.SimpleEmailVerdict `json:"virusVerdict"`
	SPFVerdict           events.SimpleEmailVerdict `json:"spfVerdict"`
	DKIMVerdict          events.SimpleEmailVerdict `json:"dkimVerdict"`
	DMARCVerdict         events.SimpleEmailVerdict `json:"dmarcVerdict"`
	DMARCPolicy          string                    `json:"dmarcPolicy,omitempty"`
	Action               action                    `json:"action"`
}

type action struct {
	Type            string `json:"type"`
	TopicARN        string `json:"topicArn"`
	BucketName      string `json:"bucketName"`
	ObjectKeyPrefix string `json:"objectKeyPrefix"`
	ObjectKey       string `json:"objectKey"`
}

// sns is the envelope in which SNS puts a notification into a queue without raw delivery.
type sns struct {
	Type             string
	MessageID        string `json:"MessageId"`
	TopicArn         string
	Subject          string
	Message          string
	Timestamp        string
	SignatureVersion string
	Signature        string
	SigningCertURL   string
	UnsubscribeURL   string
}

// envelope is the body of the queue's message.
func (m message) envelope(topic, bucket, key string) (string, error) {
	arn := "arn:aws:sns:" + engine.Region + ":000000000000:" + topic
	n := notification{
		Type: "Received",
		Mail: m.mail(),
		Receipt: receipt{
			Timestamp: m.received.UTC().Truncate(time.Millisecond), ProcessingTimeMillis: 1, Recipients: m.recipients,
			SpamVerdict: status(m.verdict.spam), VirusVerdict: status(m.verdict.virus), SPFVerdict: status(m.verdict.spf),
			DKIMVerdict: status(m.verdict.dkim), DMARCVerdict: status(m.verdict.dmarc),
			Action: action{Type: "S3", TopicARN: arn, BucketName: bucket, ObjectKeyPrefix: strings.TrimSuffix(key, m.id), ObjectKey: key},
		},
	}
	if m.verdict.dmarc == "FAIL" {
		n.Receipt.DMARCPolicy = "reject"
	}
	text, err := json.Marshal(n)
	if err != nil {
		return "", fmt.Errorf("inbox.envelope(%s): %w", m.id, err)
	}
	service := "https://sns." + engine.Region + ".amazonaws.com/"
	body, err := json.Marshal(sns{
		Type: "Notification", MessageID: strings.ToLower(rand.Text()), TopicArn: arn, Subject: "Amazon SES Email Receipt Notification",
		Message: string(text), Timestamp: m.received.UTC().Format("2006-01-02T15:04:05.000Z"), SignatureVersion: "1", Signature: "local",
		SigningCertURL: service + "local.pem", UnsubscribeURL: service + "?Action=Unsubscribe&SubscriptionArn=" + arn + ":local",
	})
	if err != nil {
		return "", fmt.Errorf("inbox.envelope(%s): %w", m.id, err)
	}
	return string(body), nil
}

func status(s string) events.SimpleEmailVerdict { return events.SimpleEmailVerdict{Status: s} }
