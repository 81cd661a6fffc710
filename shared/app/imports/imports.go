// Package imports constructs the function through which users announce spreadsheets and follow what becomes of them. It reads
// none itself, so it carries nothing that could.
package imports

import (
	"bytes"
	"context"
	"fmt"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/lejek/lejek/shared/api"
	"github.com/lejek/lejek/shared/app"
	"github.com/lejek/lejek/shared/boot"
	"github.com/lejek/lejek/shared/dynamo"
	"github.com/lejek/lejek/shared/imports"
)

// New is the handler of the function.
func New(env boot.Env) lambda.Handler {
	c := app.New(env)
	service := imports.Service{Store: dynamo.NewImports(c.DB), Uploads: uploads{env.S3, env.DataBucket}, Now: env.Now}
	return api.New("imports", c.Options(), api.Imports{Imports: service}.Routes()...)
}

type uploads struct {
	client *s3.Client
	bucket string
}

var _ imports.Uploads = uploads{}

func (u uploads) Sign(ctx context.Context, key string) (imports.Upload, error) {
	up, err := app.SignPut(ctx, u.client, u.bucket, key, "", 0)
	return imports.Upload(up), err
}

func (u uploads) Signal(ctx context.Context, key string) error {
	if _, err := u.client.PutObject(ctx, &s3.PutObjectInput{Bucket: &u.bucket, Key: &key, Body: bytes.NewReader(nil)}); err != nil {
		return fmt.Errorf("imports.Signal %s: %w", key, err)
	}
	return nil
}
