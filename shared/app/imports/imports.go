// Package imports constructs the function through which users announce spreadsheets and follow what becomes of them. It reads
// none itself, so it carries nothing that could.
package imports

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"time"

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

// uploadLife is how long a file may be put; what has begun by then is finished.
const uploadLife = time.Hour

type uploads struct {
	client *s3.Client
	bucket string
}

var _ imports.Uploads = uploads{}

// Sign makes a PUT that needs no token, for this one key. It is as good as the rights of the function that signs.
func (u uploads) Sign(ctx context.Context, key string) (imports.Upload, error) {
	r, err := s3.NewPresignClient(u.client, s3.WithPresignExpires(uploadLife)).PresignPutObject(ctx, &s3.PutObjectInput{
		Bucket: &u.bucket, Key: &key,
	})
	if err != nil {
		return imports.Upload{}, fmt.Errorf("imports.Sign %s: %w", key, err)
	}
	up := imports.Upload{Method: r.Method, URL: r.URL, Headers: map[string]string{}}
	for name, values := range r.SignedHeader {
		if http.CanonicalHeaderKey(name) != "Host" && len(values) > 0 { // every client sends that by itself
			up.Headers[name] = values[0]
		}
	}
	return up, nil
}

func (u uploads) Signal(ctx context.Context, key string) error {
	if _, err := u.client.PutObject(ctx, &s3.PutObjectInput{Bucket: &u.bucket, Key: &key, Body: bytes.NewReader(nil)}); err != nil {
		return fmt.Errorf("imports.Signal %s: %w", key, err)
	}
	return nil
}
