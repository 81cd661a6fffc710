// Package importer constructs the function that lets spreadsheets in. Its event is a batch of a queue, each message a notice of
// S3 that there is a new object: a file, or a chunk of one that this function wrote itself, or a file that a user announced to
// keep, or the signal for a step of a team's export. What fails is reported by message;
// the queue brings it again and, after some times, puts it aside with its input intact.
package importer

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"

	"github.com/lejek/lejek/shared/app"
	"github.com/lejek/lejek/shared/boot"
	"github.com/lejek/lejek/shared/dynamo"
	"github.com/lejek/lejek/shared/exports"
	"github.com/lejek/lejek/shared/files"
	"github.com/lejek/lejek/shared/imports"
	"github.com/lejek/lejek/shared/manifest"
	"github.com/lejek/lejek/shared/sheet"
)

type importer struct {
	boot.Env
	worker  imports.Worker
	files   files.Service
	archive exports.Worker
}

// New is the handler of the function.
func New(env boot.Env) lambda.Handler { return lambda.NewHandler(construct(env).handle) }

func construct(env boot.Env) importer {
	c := app.New(env)
	return importer{env, imports.Worker{
		Store: dynamo.NewImports(c.DB), Objects: objects{env.S3, env.DataBucket}, Team: team{c}, Open: sheet.Open, Now: env.Now, Log: env.Log,
	}, c.Files().Files, archive(c)}
}

func (i importer) handle(ctx context.Context, e events.SQSEvent) (answer events.SQSEventResponse, _ error) {
	answer.BatchItemFailures = []events.SQSBatchItemFailure{}
	for _, m := range e.Records {
		start := time.Now()
		if err := i.one(dynamo.Remembering(ctx), m.Body); err != nil {
			i.Log.LogAttrs(ctx, slog.LevelError, "file failed", slog.String("message", m.MessageId), slog.String("cause", err.Error()))
			answer.BatchItemFailures = append(answer.BatchItemFailures, events.SQSBatchItemFailure{ItemIdentifier: m.MessageId})
			continue
		}
		i.Log.LogAttrs(ctx, slog.LevelInfo, "file", slog.String("message", m.MessageId), slog.Int64("ms", time.Since(start).Milliseconds()))
	}
	return answer, nil
}

// one takes up the objects of one notice. S3's test event, sent when the notification is set, names none.
func (i importer) one(ctx context.Context, body string) error {
	var e events.S3Event
	if err := json.Unmarshal([]byte(body), &e); err != nil {
		return fmt.Errorf("importer: a message that is no notice of S3: %w", err)
	}
	for _, r := range e.Records {
		if !strings.HasPrefix(r.EventName, "ObjectCreated:") || r.S3.Bucket.Name != i.DataBucket {
			continue
		}
		key, err := url.QueryUnescape(r.S3.Object.Key)
		if err != nil {
			return fmt.Errorf("importer: the key %q: %w", r.S3.Object.Key, err)
		}
		if strings.HasPrefix(key, manifest.IncomingPrefix) {
			if err := i.files.Arrived(ctx, key, r.S3.Object.Size); err != nil {
				return err
			}
			continue
		}
		if p, ok := exports.PlaceOf(key); ok {
			if err := i.archive.Signalled(ctx, p); err != nil {
				return err
			}
			continue
		}
		o := imports.Object{Key: key, ETag: r.S3.Object.ETag, Size: r.S3.Object.Size, Sequencer: r.S3.Object.Sequencer}
		if err := i.worker.Arrived(ctx, o); err != nil {
			return err
		}
	}
	return nil
}
