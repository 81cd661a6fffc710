package restore

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/lejek/lejek/shared/exports"
)

// objects puts files and raw mail where their records say, which is a key of the new team. A file has at most 100 MB and is held in
// memory. What is there already, from an earlier try or as raw mail that the old team has too, is not put again.
func (a *Archive) objects(ctx context.Context) error {
	for _, f := range a.zip.File {
		if _, lines := exports.KindOf(f.Name); lines || f.Name == exports.ManifestName {
			continue
		}
		bucket, key := a.env.DataBucket, ""
		if raw, mail := exports.RawKey(f.Name); mail && strings.HasPrefix(f.Name, "mail/") {
			bucket, key = a.env.MailBucket, raw
		} else {
			key = exports.KeyOf(f.Name, a.team)
		}
		if had, err := a.env.S3.HeadObject(ctx, &s3.HeadObjectInput{Bucket: &bucket, Key: &key}); err == nil && uint64(aws.ToInt64(had.ContentLength)) == f.UncompressedSize64 {
			continue
		} else if r := (*awshttp.ResponseError)(nil); err != nil && !(errors.As(err, &r) && r.HTTPStatusCode() == http.StatusNotFound) {
			return fmt.Errorf("%s: %w", f.Name, err)
		}
		content, err := f.Open()
		if err != nil {
			return fmt.Errorf("%s: %w", f.Name, err)
		}
		b, err := io.ReadAll(content)
		if err == nil {
			err = content.Close()
		}
		if err == nil {
			_, err = a.env.S3.PutObject(ctx, &s3.PutObjectInput{Bucket: &bucket, Key: &key, Body: bytes.NewReader(b)})
		}
		if err != nil {
			return fmt.Errorf("%s: %w", f.Name, err)
		}
	}
	return nil
}
