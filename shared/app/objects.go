package app

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/lejek/lejek/shared/files"
	"github.com/lejek/lejek/shared/flow"
	"github.com/lejek/lejek/shared/mailbox"
	"github.com/lejek/lejek/shared/persons"
)

// linkLife is how long a download link works: long enough to follow it, too short to be passed on.
const linkLife = 5 * time.Minute

// objects are the bytes of files in the data bucket.
type objects struct {
	client *s3.Client
	bucket string
}

var (
	_ files.Objects          = objects{}
	_ flow.Objects           = objects{}
	_ mailbox.Objects        = objects{}
	_ persons.PictureObjects = objects{}
)

// SignedURL is as good as the rights of the function that signs.
func (o objects) SignedURL(ctx context.Context, key, disposition, mediaType string) (string, error) {
	r, err := s3.NewPresignClient(o.client, s3.WithPresignExpires(linkLife)).PresignGetObject(ctx, &s3.GetObjectInput{
		Bucket: &o.bucket, Key: &key, ResponseContentDisposition: &disposition, ResponseContentType: &mediaType,
		ResponseCacheControl: aws.String("private, no-store"),
	})
	if err != nil {
		return "", fmt.Errorf("app.SignedURL %s: %w", key, err)
	}
	return r.URL, nil
}

// Put stores an object.
func (o objects) Put(ctx context.Context, key, mediaType string, content []byte) error {
	_, err := o.client.PutObject(ctx, &s3.PutObjectInput{Bucket: &o.bucket, Key: &key, ContentType: &mediaType, Body: bytes.NewReader(content)})
	if err != nil {
		return fmt.Errorf("app.Put %s: %w", key, err)
	}
	return nil
}

// Get reads an object whole.
func (o objects) Get(ctx context.Context, key string) ([]byte, error) {
	out, err := o.client.GetObject(ctx, &s3.GetObjectInput{Bucket: &o.bucket, Key: &key})
	if err != nil {
		return nil, fmt.Errorf("app.Get %s: %w", key, err)
	}
	defer out.Body.Close()
	return io.ReadAll(out.Body)
}

// Delete removes an object, whether it is there or not.
func (o objects) Delete(ctx context.Context, key string) error {
	if _, err := o.client.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &o.bucket, Key: &key}); err != nil {
		return fmt.Errorf("app.Delete %s: %w", key, err)
	}
	return nil
}
