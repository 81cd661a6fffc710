package system

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/smtp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go/middleware"

	"github.com/lejek/lejek/infra/local/faults"
	"github.com/lejek/lejek/shared/boot"
	"github.com/lejek/lejek/shared/schema"
)

func text(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }

func put(ctx context.Context, env boot.Env, key string) error {
	_, err := env.DynamoDB.PutItem(ctx, &dynamodb.PutItemInput{TableName: &env.Table, Item: map[string]types.AttributeValue{
		schema.PK: text(key), schema.SK: text("#"), schema.ByID.PK: text("l"), schema.ByID.SK: text(key),
	}})
	return err
}

// seen records what reached the functions.
type seen struct {
	mu   sync.Mutex
	list []string
}

func (s *seen) add(v string) { s.mu.Lock(); defer s.mu.Unlock(); s.list = append(s.list, v) }
func (s *seen) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Join(s.list, " ")
}

// A letter goes all the way: SMTP, bucket, queue, linker, table, stream, indexer.
func TestMailGoesFromTheListenerToTheStream(t *testing.T) {
	t.Parallel()
	var indexed seen
	s := Test(t, Options{Functions: map[string]func(boot.Env) lambda.Handler{
		"linker": func(env boot.Env) lambda.Handler {
			return lambda.NewHandler(func(ctx context.Context, e events.SQSEvent) error {
				for _, m := range e.Records {
					var envelope events.SNSEntity
					var n events.SimpleEmailService
					if err := errors.Join(json.Unmarshal([]byte(m.Body), &envelope), json.Unmarshal([]byte(envelope.Message), &n)); err != nil {
						return err
					}
					if n.Receipt.Action.BucketName != env.MailBucket {
						return fmt.Errorf("bucket %s", n.Receipt.Action.BucketName)
					}
					object, err := env.S3.GetObject(ctx, &s3.GetObjectInput{Bucket: &env.MailBucket, Key: &n.Receipt.Action.ObjectKey})
					if err != nil {
						return err
					}
					raw, _ := io.ReadAll(object.Body)
					if err := put(ctx, env, string(raw[bytes.LastIndexByte(bytes.TrimSpace(raw), '\n')+1:][:5])); err != nil {
						return err
					}
				}
				return nil
			})
		},
		"indexer": func(boot.Env) lambda.Handler {
			return lambda.NewHandler(func(_ context.Context, e events.DynamoDBEvent) error {
				for _, r := range e.Records {
					indexed.add(r.Change.NewImage[schema.PK].String())
				}
				return nil
			})
		},
	}})
	if err := smtp.SendMail(s.SMTP, nil, "a@example.com", []string{"x@" + MailDomain}, []byte("From: a@example.com\r\n\r\nhello\r\n")); err != nil {
		t.Fatal(err)
	}
	drain(t, s)
	if indexed.String() != "hello" {
		t.Errorf("the indexer saw %q", indexed.String())
	}
}

func drain(t *testing.T, s *System) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	if err := s.Drain(ctx); err != nil {
		t.Fatal(err)
	}
}

func handler(h func(context.Context, boot.Env, json.RawMessage) (any, error)) func(boot.Env) lambda.Handler {
	return func(env boot.Env) lambda.Handler {
		return lambda.NewHandler(func(ctx context.Context, in json.RawMessage) (any, error) { return h(ctx, env, in) })
	}
}

func TestFunctionGetsTheContextAndEnvironmentOfProduction(t *testing.T) {
	t.Parallel()
	s := Test(t, Options{Functions: map[string]func(boot.Env) lambda.Handler{
		"teams": handler(func(ctx context.Context, env boot.Env, _ json.RawMessage) (any, error) {
			deadline, _ := ctx.Deadline()
			lc, ok := lambdacontext.FromContext(ctx)
			return []any{time.Until(deadline).Round(time.Second).Seconds(), ok && lc.AwsRequestID != "", env.Config}, nil
		}),
		"deals": handler(func(context.Context, boot.Env, json.RawMessage) (any, error) { panic("a mistake") }),
	}})
	answer, err := s.Invoke(t.Context(), "teams", []byte(`{}`))
	want := fmt.Sprintf(`[15,true,{"Table":%q,"MailBucket":"","DataBucket":"","MailDomain":%q,"LinkURL":"","APIURL":"","Deliveries":"","RateLimit":0}]`, s.Options.Table, MailDomain)
	if err != nil || string(answer) != want {
		t.Errorf("got %s, %v; want %s", answer, err, want)
	}
	if _, err := s.Invoke(t.Context(), "deals", []byte(`{}`)); err == nil || !strings.Contains(err.Error(), "a mistake") {
		t.Errorf("a panic came out as %v", err)
	}
}

func TestUngrantedCallIsRefused(t *testing.T) {
	t.Parallel()
	s := Test(t, Options{Functions: map[string]func(boot.Env) lambda.Handler{
		"docs": handler(func(ctx context.Context, env boot.Env, _ json.RawMessage) (any, error) {
			return nil, put(ctx, env, "a")
		}),
	}})
	if _, err := s.Invoke(t.Context(), "docs", []byte(`{}`)); err == nil || !strings.Contains(err.Error(), "not granted dynamodb:PutItem") {
		t.Errorf("docs, which may do nothing, wrote: %v", err)
	}
}

func TestIndexLagShowsInAFunctionsQueries(t *testing.T) {
	t.Parallel()
	s := Test(t, Options{IndexLag: 300 * time.Millisecond, Functions: map[string]func(boot.Env) lambda.Handler{
		"deals": handler(func(ctx context.Context, env boot.Env, _ json.RawMessage) (any, error) {
			if err := put(ctx, env, "a"); err != nil {
				return nil, err
			}
			out, err := env.DynamoDB.Query(ctx, &dynamodb.QueryInput{
				TableName: &env.Table, IndexName: aws.String(schema.ByID.Name), KeyConditionExpression: aws.String("#l = :l"),
				ExpressionAttributeNames: map[string]string{"#l": schema.ByID.PK}, ExpressionAttributeValues: map[string]types.AttributeValue{":l": text("l")},
			})
			if err != nil {
				return nil, err
			}
			return out.Count, nil
		}),
	}})
	if answer, err := s.Invoke(t.Context(), "deals", []byte(`{}`)); err != nil || string(answer) != "0" {
		t.Errorf("right after the write the index holds %s, %v", answer, err)
	}
}

func TestFaultBeforeOrAfterTheEffect(t *testing.T) {
	t.Parallel()
	cut := errors.New("connection reset")
	for what, c := range map[string]struct {
		hook    faults.Hook
		written bool
	}{
		"before": {faults.Hook{Before: func(context.Context, faults.Call) error { return cut }}, false},
		"after": {faults.Hook{After: func(_ context.Context, c faults.Call) error {
			if c.Operation == "PutItem" {
				return cut
			}
			return nil
		}}, true},
	} {
		s := Test(t, Options{
			Middleware: map[string][]func(*middleware.Stack) error{"deals": {c.hook.Add}},
			Functions: map[string]func(boot.Env) lambda.Handler{
				"deals": handler(func(ctx context.Context, env boot.Env, _ json.RawMessage) (any, error) {
					return nil, put(ctx, env, "a")
				}),
			},
		})
		if _, err := s.Invoke(t.Context(), "deals", []byte(`{}`)); err == nil || !strings.Contains(err.Error(), cut.Error()) {
			t.Errorf("%s: the function saw %v", what, err)
		}
		out, err := dynamodb.NewFromConfig(s.Engine.Config()).GetItem(t.Context(), &dynamodb.GetItemInput{
			TableName: &s.Options.Table, Key: map[string]types.AttributeValue{schema.PK: text("a"), schema.SK: text("#")},
		})
		if err != nil || (out.Item != nil) != c.written {
			t.Errorf("%s: written %v, %v", what, out.Item != nil, err)
		}
	}
}

func TestLocalPagesRunFunctionsWithoutRoutesOnly(t *testing.T) {
	t.Parallel()
	echo := handler(func(_ context.Context, _ boot.Env, in json.RawMessage) (any, error) { return in, nil })
	fail := handler(func(context.Context, boot.Env, json.RawMessage) (any, error) { return nil, errors.New("no such team") })
	s := Test(t, Options{Functions: map[string]func(boot.Env) lambda.Handler{"teams": echo, "deals": echo, "linker": fail, "misc": echo}})
	for _, c := range []struct{ method, path, origin, want string }{
		{"POST", "/_local/run/teams", "", `200 {"a":1}`},
		{"POST", "/_local/run/teams", "http://evil.example", `403 {"error":"functions are not run from web pages"}`},
		{"POST", "/_local/run/deals", "", `404 {"error":"function \"deals\" has routes of its own: use them"}`},
		{"POST", "/_local/run/none", "", `404 {"error":"there is no function \"none\""}`},
		{"POST", "/_local/run/linker", "", `500 {"error":"invoking linker: no such team"}`},
		{"GET", "/_local/queues", "", `200 [{"name":"mail","waiting":[],"in_flight":0,"dead":[]}]`},
	} {
		req, _ := http.NewRequest(c.method, s.URL+c.path, strings.NewReader(`{"a":1}`))
		if c.origin != "" {
			req.Header.Set("Origin", c.origin)
		}
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(res.Body)
		res.Body.Close()
		if got := fmt.Sprintf("%d %s", res.StatusCode, strings.TrimSpace(string(body))); got != c.want {
			t.Errorf("%s %s: %s, want %s", c.method, c.path, got, c.want)
		}
	}
}
