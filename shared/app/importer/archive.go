package importer

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go"

	"github.com/lejek/lejek/shared/app"
	"github.com/lejek/lejek/shared/boot"
	"github.com/lejek/lejek/shared/change"
	"github.com/lejek/lejek/shared/dynamo"
	"github.com/lejek/lejek/shared/exports"
	"github.com/lejek/lejek/shared/fault"
	"github.com/lejek/lejek/shared/files"
	"github.com/lejek/lejek/shared/mailbox"
	"github.com/lejek/lejek/shared/persons"
)

// Bounded is the function with other limits of an archive's steps.
func Bounded(env boot.Env, l exports.Limits) lambda.Handler {
	i := construct(env)
	i.archive.Limits = l
	return lambda.NewHandler(i.handle)
}

func archive(c app.Core) exports.Worker {
	return exports.Worker{
		Store: dynamo.NewExports(c.DB), Records: dynamo.Everything{DB: c.DB}, Bucket: bucket{objects{c.S3, c.DataBucket}, c.MailBucket},
		Belongs: belongs, Now: c.Now, Log: c.Log, Limits: exports.Production,
	}
}

// belongs tells which objects a record has, and which record the bytes that several files share.
func belongs(record any) (refs []change.Ref, list []exports.Object) {
	data := func(key string, text bool) exports.Object {
		return exports.Object{Key: key, Name: exports.NameOf(key), Text: text}
	}
	switch r := record.(type) {
	case files.File:
		if r.Hash != "" {
			refs = append(refs, change.ContentRef(r.Hash))
		}
		if r.Key != "" {
			list = append(list, data(r.Key, false))
		}
	case persons.Person:
		for _, key := range r.Objects() {
			list = append(list, data(key, false))
		}
	case mailbox.Message:
		if r.BodyKey != "" {
			list = append(list, data(r.BodyKey, true))
		}
		if r.RawKey != "" {
			list = append(list, exports.Object{Mail: true, Key: r.RawKey, Name: exports.RawName(r.RawKey), Text: true})
		}
	case mailbox.Entry:
		if r.RawKey != "" {
			list = append(list, exports.Object{Mail: true, Key: r.RawKey, Name: exports.RawName(r.RawKey), Text: true})
		}
	}
	return refs, list
}

// bucket is where archives are made.
type bucket struct {
	objects
	mail string
}

var _ exports.Bucket = bucket{}

func (b bucket) Begin(ctx context.Context, key string) (string, error) {
	out, err := b.client.CreateMultipartUpload(ctx, &s3.CreateMultipartUploadInput{Bucket: &b.bucket, Key: &key, ContentType: aws.String("application/zip")})
	if err != nil {
		return "", fmt.Errorf("importer.Begin %s: %w", key, err)
	}
	return *out.UploadId, nil
}

func (b bucket) Part(ctx context.Context, key, upload string, number int, content []byte) (string, error) {
	out, err := b.client.UploadPart(ctx, &s3.UploadPartInput{
		Bucket: &b.bucket, Key: &key, UploadId: &upload, PartNumber: aws.Int32(int32(number)), Body: bytes.NewReader(content),
	})
	if err != nil {
		return "", lost(fmt.Errorf("importer.Part %d of %s: %w", number, key, err))
	}
	return *out.ETag, nil
}

func (b bucket) Complete(ctx context.Context, key, upload string, etags []string) error {
	parts := make([]types.CompletedPart, len(etags))
	for i := range etags {
		parts[i] = types.CompletedPart{PartNumber: aws.Int32(int32(i + 1)), ETag: &etags[i]}
	}
	_, err := b.client.CompleteMultipartUpload(ctx, &s3.CompleteMultipartUploadInput{
		Bucket: &b.bucket, Key: &key, UploadId: &upload, MultipartUpload: &types.CompletedMultipartUpload{Parts: parts},
	})
	if err != nil {
		return lost(fmt.Errorf("importer.Complete %s: %w", key, err))
	}
	return nil
}

// lost tells that an archive which was begun is not there any more, or has other parts ("CompleteMultipartUpload": errors).
func lost(err error) error {
	var api smithy.APIError
	if errors.As(err, &api) && slices.Contains([]string{"NoSuchUpload", "InvalidPart", "InvalidPartOrder"}, api.ErrorCode()) {
		return fault.Missing("Archive").Because(err)
	}
	return err
}

func (b bucket) Size(ctx context.Context, key string) (int64, error) {
	out, err := b.client.HeadObject(ctx, &s3.HeadObjectInput{Bucket: &b.bucket, Key: &key})
	if err != nil {
		return 0, missing("importer.Size", key, err)
	}
	return aws.ToInt64(out.ContentLength), nil
}

func (b bucket) Open(ctx context.Context, o exports.Object) (io.ReadCloser, error) {
	from := b.bucket
	if o.Mail {
		from = b.mail
	}
	out, err := b.client.GetObject(ctx, &s3.GetObjectInput{Bucket: &from, Key: &o.Key})
	if err != nil {
		return nil, missing("importer.Open", o.Key, err)
	}
	return out.Body, nil
}

func (b bucket) Delete(ctx context.Context, key string) error {
	if _, err := b.client.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &b.bucket, Key: &key}); err != nil {
		return fmt.Errorf("importer.Delete %s: %w", key, err)
	}
	return nil
}
