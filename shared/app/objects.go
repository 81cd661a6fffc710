package app

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
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
	_ files.Signer           = objects{}
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

// uploadLife is how long a file may be put; what has begun by then is finished.
const uploadLife = time.Hour

// SignPut makes a request that puts one object, of just this size and type where they are given, and needs no token. It is as
// good as the rights of the function that signs.
func SignPut(ctx context.Context, client *s3.Client, bucket, key, mediaType string, size int64) (files.Upload, error) {
	in := &s3.PutObjectInput{Bucket: &bucket, Key: &key}
	if size > 0 {
		in.ContentLength, in.ContentType = &size, &mediaType
	}
	r, err := s3.NewPresignClient(client, s3.WithPresignExpires(uploadLife)).PresignPutObject(ctx, in)
	if err != nil {
		return files.Upload{}, fmt.Errorf("app.SignPut %s: %w", key, err)
	}
	up := files.Upload{Method: r.Method, URL: r.URL, Headers: map[string]string{}}
	for name, values := range r.SignedHeader {
		// Every client sends these by itself, and a browser lets nobody else.
		if n := http.CanonicalHeaderKey(name); n != "Host" && n != "Content-Length" && len(values) > 0 {
			up.Headers[name] = values[0]
		}
	}
	return up, nil
}

// SignPut is a request that puts an announced file.
func (o objects) SignPut(ctx context.Context, key, mediaType string, size int64) (files.Upload, error) {
	return SignPut(ctx, o.client, o.bucket, key, mediaType, size)
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
