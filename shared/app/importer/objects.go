package importer

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/imports"
)

// objects are files and pieces of work in the data bucket.
type objects struct {
	client *s3.Client
	bucket string
}

var _ imports.Objects = objects{}

// Fetch copies the object to a temporary file: spreadsheets are read here and there, and none fits the memory for sure. What is
// too large to be read anyway is not copied beyond that.
func (o objects) Fetch(ctx context.Context, key string) (imports.File, int64, string, error) {
	out, err := o.client.GetObject(ctx, &s3.GetObjectInput{Bucket: &o.bucket, Key: &key})
	if err != nil {
		return nil, 0, "", missing("importer.Fetch", key, err)
	}
	defer out.Body.Close()
	f, err := os.CreateTemp("", "lejek-import-")
	if err == nil {
		err = os.Remove(f.Name()) // it is gone when it is closed, or when the function dies
	}
	var size int64
	if err == nil {
		size, err = io.Copy(f, io.LimitReader(out.Body, imports.MaxFile+1))
	}
	if err != nil {
		return nil, 0, "", errors.Join(fmt.Errorf("importer.Fetch %s: %w", key, err), f.Close())
	}
	return f, size, tag(out.ETag), nil
}

func (o objects) ETag(ctx context.Context, key string) (string, error) {
	out, err := o.client.HeadObject(ctx, &s3.HeadObjectInput{Bucket: &o.bucket, Key: &key})
	if err != nil {
		return "", missing("importer.ETag", key, err)
	}
	return tag(out.ETag), nil
}

// tag is an ETag as events write it, without quotes.
func tag(header *string) string { return strings.Trim(aws.ToString(header), `"`) }

func (o objects) Read(ctx context.Context, key string) ([]byte, error) {
	out, err := o.client.GetObject(ctx, &s3.GetObjectInput{Bucket: &o.bucket, Key: &key})
	if err != nil {
		return nil, missing("importer.Read", key, err)
	}
	defer out.Body.Close()
	return io.ReadAll(out.Body)
}

func (o objects) Write(ctx context.Context, key string, content []byte) error {
	_, err := o.client.PutObject(ctx, &s3.PutObjectInput{
		Bucket: &o.bucket, Key: &key, ContentType: aws.String("application/json"), Body: bytes.NewReader(content),
	})
	if err != nil {
		return fmt.Errorf("importer.Write %s: %w", key, err)
	}
	return nil
}

// missing tells what is not there. S3 says 403 instead of 404 to who may not list the bucket ("GetObject", Permissions); the
// manifest grants us these keys, so nothing else is meant by it.
func missing(what, key string, err error) error {
	var r *awshttp.ResponseError
	if errors.As(err, &r) && (r.HTTPStatusCode() == http.StatusNotFound || r.HTTPStatusCode() == http.StatusForbidden) {
		return fault.Missing("Object").Because(fmt.Errorf("%s %s: %w", what, key, err))
	}
	return fmt.Errorf("%s %s: %w", what, key, err)
}
