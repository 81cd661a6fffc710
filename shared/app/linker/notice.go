package linker

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/lejek/lejek/shared/app/mailroom"
	"github.com/lejek/lejek/shared/mailbox"
	"github.com/lejek/lejek/shared/manifest"
)

// notice is what SES publishes when a receipt rule stored a message ("Contents of notifications for Amazon SES email
// receiving"). The library's types describe the event of a Lambda action, which knows no object.
type notice struct {
	NotificationType string `json:"notificationType"`
	Mail             struct {
		MessageID string    `json:"messageId"`
		Source    string    `json:"source"`
		Timestamp time.Time `json:"timestamp"`
	} `json:"mail"`
	Receipt struct {
		Timestamp    time.Time `json:"timestamp"`
		Recipients   []string  `json:"recipients"`
		SpamVerdict  verdict   `json:"spamVerdict"`
		VirusVerdict verdict   `json:"virusVerdict"`
		SPFVerdict   verdict   `json:"spfVerdict"`
		DKIMVerdict  verdict   `json:"dkimVerdict"`
		DMARCVerdict verdict   `json:"dmarcVerdict"`
		Action       struct {
			Type       string `json:"type"`
			BucketName string `json:"bucketName"`
			ObjectKey  string `json:"objectKey"`
		} `json:"action"`
	} `json:"receipt"`
}

type verdict struct {
	Status string `json:"status"`
}

// read takes SNS's envelope off a queue's message. ok is false for what is no mail: trials of SES, S3 and SNS.
func read(body string) (n notice, ok bool, err error) {
	var envelope struct {
		Type    string
		Message string
		Event   string // "s3:TestEvent"
	}
	if err := json.Unmarshal([]byte(body), &envelope); err != nil {
		return n, false, fmt.Errorf("the queue's message is not JSON: %w", err)
	}
	text := envelope.Message
	if envelope.Type == "" && text == "" {
		text = body // raw delivery
	}
	if !json.Valid([]byte(text)) {
		if strings.Contains(text, "Successfully validated SNS topic") {
			return n, false, nil // SES says so when the topic is chosen
		}
		return n, false, errors.New("the notification is not JSON")
	}
	if err := json.Unmarshal([]byte(text), &n); err != nil {
		return n, false, fmt.Errorf("the notification: %w", err)
	}
	var trial struct{ Event string }
	_ = json.Unmarshal([]byte(text), &trial)
	switch {
	case envelope.Event == "s3:TestEvent", trial.Event == "s3:TestEvent":
		return n, false, nil
	case n.Mail.MessageID == mailroom.SetupID, strings.HasSuffix(n.Receipt.Action.ObjectKey, mailroom.SetupID), n.NotificationType == mailroom.SetupID:
		return n, false, nil
	case n.Mail.MessageID == "" || n.NotificationType != "Received":
		return n, false, fmt.Errorf("a notification of type %q is not about received mail", n.NotificationType)
	case len(n.Receipt.Recipients) == 0:
		return n, false, errors.New("the receipt names no recipient")
	}
	return n, true, nil
}

// key is where the message lies. Keys in events are URL-encoded; one that the rule made needs no decoding and is not harmed.
func (n notice) key() string {
	key := n.Receipt.Action.ObjectKey
	if key == "" {
		return manifest.MailPrefix + n.Mail.MessageID
	}
	if decoded, err := url.QueryUnescape(key); err == nil {
		return decoded
	}
	return key
}

// delivery is the notice as the mailbox takes it, still of all teams and without the message.
func (n notice) delivery(now time.Time) mailbox.Delivery {
	received := n.Mail.Timestamp
	if received.IsZero() {
		received = n.Receipt.Timestamp
	}
	if received.IsZero() || received.After(now) {
		received = now
	}
	source := n.Mail.Source
	if !strings.Contains(source, "@") {
		source = ""
	}
	r := n.Receipt
	return mailbox.Delivery{
		Recipients: r.Recipients, RawID: n.Mail.MessageID, RawKey: n.key(), Received: received.UTC().Truncate(time.Millisecond), Spam: r.SpamVerdict.Status, Virus: r.VirusVerdict.Status,
		Checks: mailbox.Checks{SPF: r.SPFVerdict.Status, DKIM: r.DKIMVerdict.Status, DMARC: r.DMARCVerdict.Status, MailFrom: source},
	}
}
