package objects

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/johannesboyne/gofakes3"

	"github.com/lejek/lejek/infra/local/engine"
)

// notifying tells of each object that was put or copied, after it was stored.
type notifying struct {
	gofakes3.Backend
	created func(event []byte) error
	now     func() time.Time
}

func (n notifying) PutObject(bucket, key string, meta map[string]string, in io.Reader, size int64, only *gofakes3.PutConditions) (gofakes3.PutObjectResult, error) {
	result, err := n.Backend.PutObject(bucket, key, meta, in, size, only)
	if err != nil {
		return result, err
	}
	return result, n.tell("ObjectCreated:Put", bucket, key)
}

func (n notifying) CopyObject(srcBucket, srcKey, bucket, key string, meta map[string]string) (gofakes3.CopyObjectResult, error) {
	result, err := n.Backend.CopyObject(srcBucket, srcKey, bucket, key, meta)
	if err != nil {
		return result, err
	}
	return result, n.tell("ObjectCreated:Copy", bucket, key)
}

func (n notifying) tell(name, bucket, key string) error {
	object, err := n.HeadObject(bucket, key)
	if err != nil {
		return fmt.Errorf("objects: event of %s/%s: %w", bucket, key, err)
	}
	defer object.Contents.Close()
	now := n.now().UTC()
	event, err := json.Marshal(events.S3Event{Records: []events.S3EventRecord{{
		EventVersion: "2.1", EventSource: "aws:s3", AWSRegion: engine.Region, EventTime: now, EventName: name,
		PrincipalID:       events.S3UserIdentity{PrincipalID: "AWS:LOCAL"},
		RequestParameters: events.S3RequestParameters{SourceIPAddress: "127.0.0.1"},
		ResponseElements:  map[string]string{"x-amz-request-id": fmt.Sprintf("%016X", now.UnixNano())},
		S3: events.S3Entity{
			SchemaVersion: "1.0", ConfigurationID: "created",
			Bucket: events.S3Bucket{Name: bucket, Arn: "arn:aws:s3:::" + bucket, OwnerIdentity: events.S3UserIdentity{PrincipalID: "LOCAL"}},
			Object: events.S3Object{
				Key:       encodeKey(key),
				Size:      object.Size,
				ETag:      hex.EncodeToString(object.Hash),
				Sequencer: fmt.Sprintf("%018X", now.UnixNano()), // orders the events of one key
			},
		},
	}}})
	if err != nil {
		return fmt.Errorf("objects: event of %s/%s: %w", bucket, key, err)
	}
	return n.created(event)
}

// encodeKey writes a key as S3's events do: like a form value, but with the slashes left alone.
func encodeKey(key string) string {
	return strings.ReplaceAll(url.QueryEscape(key), "%2F", "/")
}
