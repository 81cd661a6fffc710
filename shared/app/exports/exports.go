// Package exports constructs the function through which admins have archives of their team made, and get them. The archives
// themselves are made by the importer, which hears of the object that begins one.
package exports

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/lejek/lejek/shared/api"
	"github.com/lejek/lejek/shared/app"
	"github.com/lejek/lejek/shared/boot"
	"github.com/lejek/lejek/shared/dynamo"
	"github.com/lejek/lejek/shared/exports"
)

// New is the handler of the function.
func New(env boot.Env) lambda.Handler {
	c := app.New(env)
	service := exports.Service{Store: dynamo.NewExports(c.DB), Admins: c.Teams(), Objects: objects{env.S3, env.DataBucket}, Now: env.Now}
	return api.New("exports", c.Options(), api.Exports{Exports: service}.Routes()...)
}

type objects struct {
	client *s3.Client
	bucket string
}

var _ exports.Objects = objects{}

func (o objects) Signal(ctx context.Context, key string) error {
	if _, err := o.client.PutObject(ctx, &s3.PutObjectInput{Bucket: &o.bucket, Key: &key, Body: bytes.NewReader(nil)}); err != nil {
		return fmt.Errorf("exports.Signal %s: %w", key, err)
	}
	return nil
}

// linkLife is how long a download may be begun, or gone on with where it broke off: archives are large.
const linkLife = time.Hour

func (o objects) Link(ctx context.Context, key, name string) (string, error) {
	r, err := s3.NewPresignClient(o.client, s3.WithPresignExpires(linkLife)).PresignGetObject(ctx, &s3.GetObjectInput{
		Bucket: &o.bucket, Key: &key, ResponseContentDisposition: aws.String(`attachment; filename="` + name + `"`),
		ResponseContentType: aws.String("application/zip"), ResponseCacheControl: aws.String("private, no-store"),
	})
	if err != nil {
		return "", fmt.Errorf("exports.Link %s: %w", key, err)
	}
	return r.URL, nil
}

func (o objects) Delete(ctx context.Context, key string) error {
	if _, err := o.client.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &o.bucket, Key: &key}); err != nil {
		return fmt.Errorf("exports.Delete %s: %w", key, err)
	}
	return nil
}
