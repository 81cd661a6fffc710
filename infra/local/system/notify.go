package system

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/aws/aws-lambda-go/events"

	"github.com/lejek/lejek/infra/local/queue"
	"github.com/lejek/lejek/shared/manifest"
)

// notify sends the event of a new object to the queue that the manifest has fed by its bucket and prefix, as the bucket's
// notification does. A queue that was full at the last stop writes objects while the others are still being opened.
func (s *System) notify(event []byte) error {
	var e events.S3Event
	if err := json.Unmarshal(event, &e); err != nil {
		return fmt.Errorf("system.notify: %w", err)
	}
	<-s.queuesUp
	for _, r := range e.Records {
		key, err := url.QueryUnescape(r.S3.Object.Key)
		if err != nil {
			return fmt.Errorf("system.notify: %w", err)
		}
		if q, ok := s.queueByObject(r.S3.Bucket.Name, key); ok {
			if err := q.Send(string(event)); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *System) queueByObject(bucket, key string) (*queue.Queue, bool) {
	names := map[manifest.Resource]string{manifest.MailBucket: MailBucket, manifest.DataBucket: DataBucket}
	for _, q := range s.queues {
		spec, ok := manifest.QueueByName(q.Name)
		below := func(prefix string) bool { return strings.HasPrefix(key, prefix) }
		if ok && names[spec.Bucket] == bucket && slices.ContainsFunc(spec.Prefixes, below) {
			return q, true
		}
	}
	return nil, false
}
